//! The conversations that somebody may see: parts of their list, and how many each view has.

use super::{json, require_sight};
use crate::domain::conversation::event::Channel;
use crate::domain::conversation::label::Priority;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{AgentId, ContactId, FolderId, TagId, TeamId};
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, scope_of};
use crate::domain::search::Terms;
use crate::http::body::Query;
use crate::http::cursor;
use crate::http::problem::{Answer, Problem};
use crate::http::session::AtCompany;
use crate::store::conversations::{self as index, Assignee, Filter, Position, Sort, Viewer};
use crate::store::counters::{self, Counters};
use http::StatusCode;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Most tags in one filter.
const MOST_TAGS: usize = 10;

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
    /// One or more tags' ids, separated by commas: conversations that have all of them.
    tag: Option<String>,
    /// One or more of `low`, `normal`, `high`, `urgent`, separated by commas.
    priority: Option<String>,
    /// How they came in: one or more of `web`, `agent`, separated by commas.
    channel: Option<String>,
    /// What has to be found in it, as in the search: at most 200 characters.
    q: Option<String>,
    #[serde(default)]
    sort: Sort,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// A part of a list of conversations.
#[derive(utoipa::ToSchema)]
pub struct Conversations {
    #[schema(value_type = Vec<ConversationView>)]
    items: Vec<String>,
    next: Option<String>,
}

/// The conversations of a company that the caller may see.
#[utoipa::path(get, path = "/api/companies/{company}/conversations", tag = "conversations",
    params(("company" = String, Path), ListQuery), responses((status = 200, body = Conversations)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<ListQuery>) -> Answer {
    require_sight(&at)?;
    let filter = filter(&at, &query)?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let after = query.cursor.as_deref().map(|cursor| position(cursor, filter.sort)).transpose()?;
    let page = index::list(&at.db, &viewer(&at), &filter, after, limit).await?;
    let next = page.next.as_ref().map(cursor::write).transpose()?;
    let part = Conversations { items: page.items, next };
    Ok(json(StatusCode::OK, part.text()?))
}

impl Conversations {
    /// As JSON. The conversations are JSON already, as the index keeps it: nothing reads them again here.
    fn text(&self) -> serde_json::Result<String> {
        Ok(format!("{{\"items\":[{}],\"next\":{}}}", self.items.join(","), serde_json::to_string(&self.next)?))
    }
}

/// How many conversations each view has.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/counters", tag = "conversations",
    params(("company" = String, Path)), responses((status = 200, body = Counters)))]
#[worker::send]
pub async fn counters(at: AtCompany) -> Answer<axum::Json<Counters>> {
    require_sight(&at)?;
    Ok(axum::Json(counters::counters(&at.db, &viewer(&at), &at.member).await?))
}

/// Who looks, and how far he sees.
pub fn viewer(at: &AtCompany) -> Viewer {
    let sees = scope_of(&at.member, Capability::ConversationView);
    let folders = at.member.folders.iter().filter(|right| right.see_incoming).map(|right| right.folder).collect();
    Viewer { company: at.company.id, agent: at.member.id, sees, folders, teams: at.member.teams.clone() }
}

fn filter(at: &AtCompany, query: &ListQuery) -> Answer<Filter> {
    let unknown = |field: &str| Problem::from(FieldError::new(field, "unknown_value", "There is no such value."));
    let statuses = several(query.status.as_deref(), Status::parse).ok_or_else(|| unknown("status"))?;
    let priorities = several(query.priority.as_deref(), Priority::parse).ok_or_else(|| unknown("priority"))?;
    let channels = several(query.channel.as_deref(), Channel::parse).ok_or_else(|| unknown("channel"))?;
    let tags = several(query.tag.as_deref(), TagId::parse).ok_or_else(|| unknown("tag"))?;
    if tags.len() > MOST_TAGS {
        return Err(FieldError::new("tag", "too_long", format!("At most {MOST_TAGS} tags, please.")).into());
    }
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
    let (folder, team, sort) = (query.folder, query.team, query.sort);
    Ok(Filter { statuses, assignee, contact, folder, team, tags, priorities, channels, terms, sort })
}

/// Values separated by commas, each once; none where one of them is unknown.
pub fn several<T: Ord>(names: Option<&str>, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let names = names.into_iter().flat_map(|names| names.split(','));
    Some(names.map(parse).collect::<Option<BTreeSet<_>>>()?.into_iter().collect())
}

/// A cursor leads on in the order in which it was given.
fn position(cursor: &str, sort: Sort) -> Answer<Position> {
    let position: Position = cursor::read(cursor)?;
    if position.rank.is_some() == (sort == Sort::Priority) { Ok(position) } else { Err(cursor::unknown().into()) }
}
