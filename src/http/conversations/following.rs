//! Colleagues in a conversation: who is named in a comment, and who follows without having had it.

use super::{Command, forward};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::FolderRef;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::Place;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{AgentId, ConversationId, TeamId};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, ScopeSet, permit};
use crate::http::body::{Nothing, OptionalJson};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{AtCompany, AtConversation};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::store::agents::{self, Standing};
use axum::extract::Path;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Somebody who can be named in a conversation's comments.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Colleague {
    id: AgentId,
    name: String,
    /// Whether he sees the conversation already; if not, he follows it once he is named.
    sees: bool,
    follows: bool,
}

/// Everybody who can be named, by name.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Colleagues {
    items: Vec<Colleague>,
    next: Option<String>,
}

/// A follower of a conversation.
#[derive(Deserialize)]
pub struct FollowerPath {
    agent_id: String,
}

/// The colleagues whom the caller may name in this conversation, or have follow it: those who see it, and, where he may
/// give it to others, those who would.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}/colleagues", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), responses((status = 200, body = Colleagues)))]
#[worker::send]
pub async fn colleagues(AtConversation { at, id }: AtConversation) -> Answer<axum::Json<Colleagues>> {
    let seen = Seen::read(&at, id).await?;
    let shows = permit(&at.member, Capability::ConversationAssignOther, seen.relation_to(&at.member)).is_ok();
    let people = agents::list(&at.db, at.company.id).await?;
    let active = people.into_iter().filter(|record| record.status == Standing::Active).map(|record| record.member);
    let items = active.filter_map(|member| {
        let relation = seen.relation_to(&member);
        let views = |relation| permit(&member, Capability::ConversationView, relation).is_ok();
        let sees = views(relation);
        let would_see = shows && views(relation.with(ScopeSet::of(&[Scope::Participating])));
        let follows = seen.followers.iter().any(|follower| follower.id == member.id);
        (sees || would_see).then_some(Colleague { id: member.id, name: member.name, sees, follows })
    });
    Ok(axum::Json(Colleagues { items: items.collect(), next: None }))
}

/// Lets somebody follow a conversation: he sees it and hears of it from then on.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/followers/{agent_id}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("agent_id" = AgentId, Path)),
    responses((status = 200, body = ConversationView), (status = 422, description = "`may_not_see`")))]
#[worker::send]
pub async fn follow(at: AtConversation, Path(path): Path<FollowerPath>, _: OptionalJson<Nothing>) -> Answer {
    set(at, &path, true).await
}

/// Lets somebody follow a conversation no longer; whoever saw it by that alone sees it no longer.
#[utoipa::path(delete, path = "/api/companies/{company}/conversations/{id}/followers/{agent_id}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("agent_id" = AgentId, Path)),
    responses((status = 200, body = ConversationView)))]
#[worker::send]
pub async fn unfollow(at: AtConversation, Path(path): Path<FollowerPath>, _: OptionalJson<Nothing>) -> Answer {
    set(at, &path, false).await
}

async fn set(AtConversation { at, id }: AtConversation, path: &FollowerPath, on: bool) -> Answer {
    let agent = AgentId::parse(&path.agent_id).ok_or_else(Problem::not_found)?;
    let record = agents::find(&at.db, at.company.id, agent).await?;
    // Whoever was disabled can still be taken out.
    let known = record.filter(|record| !on || record.status == Standing::Active);
    let who = Box::new(known.ok_or_else(Problem::not_found)?.member);
    let command = Command::Follow { who, on };
    let request = ConversationRequest::Command { actor: Actor::Agent(at.member), client_id: None, command };
    forward(&at.here.env, id, StatusCode::OK, &request).await
}

/// What of a conversation decides who sees it.
#[derive(Deserialize)]
struct Seen {
    assignee: Option<Reference<AgentId>>,
    folder: Option<FolderRef>,
    team: Option<Reference<TeamId>>,
    business_unit: Option<Reference<TeamId>>,
    participants: Vec<Reference<AgentId>>,
    followers: Vec<Reference<AgentId>>,
}

#[derive(Deserialize)]
struct Reference<T> {
    id: T,
}

impl Seen {
    async fn read(at: &AtCompany, id: ConversationId) -> Answer<Self> {
        let request = ConversationRequest::Read { actor: Actor::Agent(at.member.clone()) };
        match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
            call::Answer::Done(conversation) => Ok(serde_json::from_str(&conversation)?),
            call::Answer::Refused(refusal) => Err(refusal.into()),
        }
    }

    fn relation_to(&self, member: &Member) -> ScopeSet {
        let place = Place {
            assignee: self.assignee.as_ref().map(|agent| agent.id),
            folder: self.folder.as_ref().map(|folder| folder.id),
            team: self.team.as_ref().or(self.business_unit.as_ref()).map(|team| team.id),
        };
        let mut insiders = self.participants.iter().chain(&self.followers);
        place.relation_to(member, insiders.any(|agent| agent.id == member.id))
    }
}
