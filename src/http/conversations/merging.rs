//! Merging two conversations of a customer into one.

use super::command;
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::merge::ConversationRef;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{ClientId, ConversationId};
use crate::http::body::Json;
use crate::http::problem::{Answer, Problem};
use crate::http::session::{AtCompany, AtConversation};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::store::conversations;
use http::StatusCode;
use serde::Deserialize;

/// Into which conversation to merge it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergerBody {
    /// Another conversation of the same contact.
    into: ConversationId,
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
}

/// What is asked of the target before.
#[derive(Deserialize)]
struct Target {
    number: u32,
    subject: String,
    contact: Contact,
}

/// Merges a conversation into another one of the same contact: what was said in it stands in that one, and it is closed for
/// good. The customer's links of both stop working, and he is mailed a new one. Takes `conversation.merge` on both. Repeated with the same target, it is as asked.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/merger", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = MergerBody,
    responses((status = 200, body = ConversationView),
        (status = 409, description = "`merged` into another one, with its id as `into`; `merging`: try again"),
        (status = 503, description = "`not_merged`: both are as they were, try again later"),
        (status = 422, description = "`another_contact`, `itself`, `already_merged`: the target was merged; `too_many_tags`: together they \
            have more than one may have")))]
#[worker::send]
pub async fn merge(at: AtConversation, Json(body): Json<MergerBody>) -> Answer {
    let Target { number, subject, contact } = target(&at.at, body.into).await?;
    let into = ConversationRef { id: body.into, number, subject };
    command(at, StatusCode::OK, body.client_id, Command::Merge { into, contact: contact.id }).await
}

/// The target, as far as the caller sees it.
async fn target(at: &AtCompany, id: ConversationId) -> Answer<Target> {
    if !conversations::belongs(&at.db, at.company.id, id).await? {
        return Err(Problem::not_found());
    }
    let request = ConversationRequest::Read { actor: Actor::Agent(at.member.clone()) };
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(view) => Ok(serde_json::from_str(&view)?),
        call::Answer::Refused(refusal) => Err(refusal.into()),
    }
}
