//! The conversations that somebody may see: parts of their list, and how many each view has.

use super::require_sight;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{AgentId, ContactId, ConversationId, FolderId, TeamId};
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, scope_of};
use crate::domain::search::Terms;
use crate::domain::time::Instant;
use crate::http::body::Query;
use crate::http::problem::{Answer, Problem};
use crate::http::session::AtCompany;
use crate::store::conversations::{self as index, Assignee, Counters, Filter, Position, Sort, Viewer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// Which conversations to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// One or more of `new`, `pending`, `open`, `closed`, `snoozed`, separated by commas.
    status: Option<String>,
    /// `me`, `none` or an agent's id.
    assignee: Option<String>,
    /// A contact's id.
    contact: Option<String>,
    /// A folder's id.
    folder: Option<FolderId>,
    /// A group's or a business unit's id.
    team: Option<TeamId>,
    /// What has to be found in it, as in the search: at most 200 characters.
    q: Option<String>,
    #[serde(default)]
    sort: Sort,
    /// From 1 to 100; 50 when left out.
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// A part of a list of conversations.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Conversations {
    #[schema(value_type = Vec<ConversationView>)]
    items: Vec<Box<RawValue>>,
    next: Option<String>,
}

/// The conversations of a company that the caller may see.
#[utoipa::path(get, path = "/api/companies/{company}/conversations", tag = "conversations",
    params(("company" = String, Path), ListQuery), responses((status = 200, body = Conversations)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<ListQuery>) -> Answer<axum::Json<Conversations>> {
    require_sight(&at)?;
    let filter = filter(&at, &query)?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let after = query.cursor.as_deref().map(read_cursor).transpose()?;
    let page = index::list(&at.db, &viewer(&at), &filter, after, limit).await?;
    Ok(axum::Json(Conversations { items: page.items, next: page.next.map(write_cursor) }))
}

/// How many conversations each view has.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/counters", tag = "conversations",
    params(("company" = String, Path)), responses((status = 200, body = Counters)))]
#[worker::send]
pub async fn counters(at: AtCompany) -> Answer<axum::Json<Counters>> {
    require_sight(&at)?;
    Ok(axum::Json(index::counters(&at.db, &viewer(&at)).await?))
}

/// Who looks, and how far he sees.
pub fn viewer(at: &AtCompany) -> Viewer {
    let sees = scope_of(&at.member, Capability::ConversationView);
    let folders = at.member.folders.iter().filter(|right| right.see_incoming).map(|right| right.folder).collect();
    Viewer { company: at.company.id, agent: at.member.id, sees, folders, teams: at.member.teams.clone() }
}

fn filter(at: &AtCompany, query: &ListQuery) -> Answer<Filter> {
    let unknown = |field: &str| Problem::from(FieldError::new(field, "unknown_value", "There is no such value."));
    let statuses = match &query.status {
        Some(names) => names.split(',').map(Status::parse).collect::<Option<BTreeSet<_>>>(),
        None => Some(BTreeSet::new()),
    };
    let statuses = statuses.ok_or_else(|| unknown("status"))?.into_iter().collect();
    let assignee = match query.assignee.as_deref() {
        None => Assignee::Anybody,
        Some("none") => Assignee::Nobody,
        Some("me") => Assignee::Agent(at.member.id),
        Some(id) => Assignee::Agent(AgentId::parse(id).ok_or_else(|| unknown("assignee"))?),
    };
    let contact = match &query.contact {
        Some(id) => Some(ContactId::parse(id).ok_or_else(|| unknown("contact"))?),
        None => None,
    };
    let terms = query.q.as_deref().map(|text| Terms::parse(text, None)).transpose()?;
    Ok(Filter { statuses, assignee, contact, folder: query.folder, team: query.team, terms, sort: query.sort })
}

fn write_cursor(position: Position) -> String {
    URL_SAFE_NO_PAD.encode(format!("{}:{}", position.at.as_millis(), position.id))
}

fn read_cursor(cursor: &str) -> Answer<Position> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (at, id) = text.split_once(':')?;
        Some(Position { at: Instant::from_millis(at.parse().ok()?), id: ConversationId::parse(id)? })
    };
    read().ok_or_else(|| FieldError::new("cursor", "unknown_value", "This is no cursor of ours.").into())
}
