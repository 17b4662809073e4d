//! Tags and the priority of a conversation (specification C10, C11).

use super::command;
use crate::domain::conversation::command::Command;
use crate::domain::conversation::label::Priority;
use crate::domain::conversation::label::TagRef;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{ConversationId, TagId};
use crate::http::body::{Json, Nothing, OptionalJson};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{AtCompany, AtConversation};
use crate::store::tags;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;
use std::collections::HashMap;

/// The priority to be set.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityBody {
    priority: Priority,
}

/// Says how pressing a conversation is.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/priority", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = PriorityBody,
    responses((status = 200, body = ConversationView)))]
#[worker::send]
pub async fn set_priority(at: AtConversation, Json(body): Json<PriorityBody>) -> Answer {
    command(at, StatusCode::OK, None, Command::SetPriority { priority: body.priority }).await
}

/// Puts a tag on a conversation.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/tags/{tag_id}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("tag_id" = TagId, Path)),
    responses((status = 200, body = ConversationView)))]
#[worker::send]
pub async fn tag(at: AtConversation, Path(path): Path<HashMap<String, String>>, _: OptionalJson<Nothing>) -> Answer {
    set(at, &path, true).await
}

/// Takes a tag off a conversation.
#[utoipa::path(delete, path = "/api/companies/{company}/conversations/{id}/tags/{tag_id}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("tag_id" = TagId, Path)),
    responses((status = 200, body = ConversationView)))]
#[worker::send]
pub async fn untag(at: AtConversation, Path(path): Path<HashMap<String, String>>, _: OptionalJson<Nothing>) -> Answer {
    set(at, &path, false).await
}

async fn set(at: AtConversation, path: &HashMap<String, String>, on: bool) -> Answer {
    let id = path.get("tag_id").and_then(|id| TagId::parse(id)).ok_or_else(Problem::not_found)?;
    let tag = find(&at.at, id).await?.ok_or_else(Problem::not_found)?;
    command(at, StatusCode::OK, None, Command::SetTag { tag, on }).await
}

/// A tag of the company's.
///
/// # Errors
/// When the database fails.
pub async fn find(at: &AtCompany, id: TagId) -> Answer<Option<TagRef>> {
    Ok(tags::find(&at.db, at.company.id, id).await?.map(TagRef::from))
}
