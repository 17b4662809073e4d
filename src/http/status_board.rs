//! Agent Status: what everybody has, and what waits (specification F21, I8).

use super::body::Query;
use super::conversations::list::viewer;
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::status::Status;
use crate::domain::id::{AgentId, ConversationId};
use crate::domain::people::permission::{Capability, Scope, permit_company, relation_between, scope_of};
use crate::domain::time::Instant;
use crate::objects::call;
use crate::objects::desk_do::protocol::{self as desk, Availability, Board, DeskRequest, OnBoard, Presence};
use crate::store::agents::{self, AgentRecord, Standing};
use crate::store::contacts::{self, Stuck};
use crate::store::conversations;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What everybody has, and what waits.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StatusBoard {
    items: Vec<AgentStatus>,
    next: Option<String>,
    /// Conversations that wait for an agent, of the whole company.
    waiting: u32,
    /// Since when the first of them has waited.
    longest_waiting_since: Option<Instant>,
}

/// What one agent has.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AgentStatus {
    id: AgentId,
    name: String,
    photo_url: Option<String>,
    status: Standing,
    /// Whether conversations may be assigned to him.
    assignable: bool,
    presence: Presence,
    /// His own word.
    availability: Availability,
    last_seen_at: Option<Instant>,
    /// Conversations he has.
    open: u32,
    /// Conversations he may have at once.
    limit: u32,
    /// Those of them that the caller may see.
    conversations: Vec<Held>,
    /// Customers who are stuck to him.
    sticky_contacts: Vec<Contact>,
}

/// A conversation that somebody has.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Held {
    id: ConversationId,
    number: u32,
    subject: String,
    status: Status,
    contact: Contact,
    /// Send it as `if_epoch`.
    assignment_epoch: u64,
    waiting_since: Option<Instant>,
    /// Since when its customer has waited for longer than the company lets him.
    #[serde(default)]
    escalated_at: Option<Instant>,
    last_event_at: Instant,
}

/// Nothing to choose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoQuery {}

/// What everybody has whom the caller may list.
#[utoipa::path(get, path = "/api/companies/{company}/status-board", tag = "people", params(("company" = String, Path)),
    responses((status = 200, body = StatusBoard)))]
#[worker::send]
pub async fn show(at: AtCompany, _: Query<NoQuery>) -> Answer<axum::Json<StatusBoard>> {
    permit_company(&at.member, Capability::StatusBoardView)?;
    let call::Answer::Done(text) = desk::ask::<()>(&at.here.env, at.company.id, &DeskRequest::Board).await? else {
        return Err(Problem::internal("status board", &"the Desk has none"));
    };
    let Board { mut agents, waiting, longest_waiting_since } = serde_json::from_str(&text)?;
    let reach = scope_of(&at.member, Capability::StatusBoardView);
    let visible = |record: &AgentRecord| {
        record.status != Standing::Invited
            && (reach.has(Scope::All) || reach.meets(relation_between(&at.member, &record.member)))
    };
    let people: Vec<_> = agents::list(&at.db, at.company.id).await?.into_iter().filter(visible).collect();
    let ids: Vec<ConversationId> =
        people.iter().filter_map(|one| agents.get(&one.member.id)).flat_map(|one| one.conversations.clone()).collect();
    let held: Vec<Held> = conversations::among(&at.db, &viewer(&at), &ids).await?;
    let held: BTreeMap<ConversationId, Held> = held.into_iter().map(|held| (held.id, held)).collect();
    let mut stuck: BTreeMap<AgentId, Vec<Contact>> = BTreeMap::new();
    for Stuck { agent, contact } in contacts::stuck(&at.db, at.company.id).await? {
        stuck.entry(agent).or_default().push(contact);
    }
    let items = people.into_iter().map(|record| {
        let id = record.member.id;
        AgentStatus::new(record, agents.remove(&id).unwrap_or_default(), &held, stuck.remove(&id).unwrap_or_default())
    });
    Ok(axum::Json(StatusBoard { items: items.collect(), next: None, waiting, longest_waiting_since }))
}

impl AgentStatus {
    fn new(
        record: AgentRecord,
        on_board: OnBoard,
        held: &BTreeMap<ConversationId, Held>,
        sticky_contacts: Vec<Contact>,
    ) -> Self {
        let OnBoard { seen, conversations } = on_board;
        Self {
            id: record.member.id,
            status: record.status,
            assignable: record.status == Standing::Active && record.member.assignable(),
            presence: seen.presence,
            availability: seen.chosen,
            last_seen_at: seen.last_seen_at,
            open: seen.open,
            limit: seen.limit,
            conversations: conversations.iter().filter_map(|id| held.get(id).cloned()).collect(),
            sticky_contacts,
            name: record.member.name,
            photo_url: record.member.photo_url,
        }
    }
}
