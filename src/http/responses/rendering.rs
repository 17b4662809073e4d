//! Automated responses with their placeholders filled in, for an agent to look at before he sends them.

use super::super::body::Json;
use super::super::problem::{Answer, Problem};
use super::super::session::{AtCompany, AtThing};
use super::check_placeholders;
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::placeholder::{self, Values};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::ConversationId;
use crate::domain::input::{self, FieldError};
use crate::domain::people::permission::{Capability, permit_company};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::store::responses::Stored;
use crate::store::{agents, conversations};
use serde::{Deserialize, Serialize};

/// Which conversation fills the placeholders in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenderingOf {
    conversation_id: ConversationId,
}

/// A text that is not saved yet.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    body: String,
}

/// A text to send.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Rendering {
    body: String,
}

/// Fills an automated response in for a conversation; nothing is sent.
#[utoipa::path(post, path = "/api/companies/{company}/responses/{id}/rendering", tag = "responses",
    params(("company" = String, Path), ("id" = crate::domain::id::ResponseId, Path)), request_body = RenderingOf,
    responses((status = 200, body = Rendering), (status = 422, description = "`unknown_conversation`")))]
#[worker::send]
pub async fn create(
    AtThing { at, thing: response }: AtThing<Stored>,
    Json(of): Json<RenderingOf>,
) -> Answer<axum::Json<Rendering>> {
    permit_company(&at.member, Capability::TemplateUse)?;
    let subject = subject(&at, of.conversation_id).await?;
    render(&at, &response.text.body, &subject).await
}

/// Fills a text in that is being written, with an example's values.
#[utoipa::path(post, path = "/api/companies/{company}/responses/rendering", tag = "responses",
    params(("company" = String, Path)), request_body = Draft,
    responses((status = 200, body = Rendering), (status = 422, description = "`unknown_placeholder`")))]
#[worker::send]
pub async fn preview(at: AtCompany, Json(draft): Json<Draft>) -> Answer<axum::Json<Rendering>> {
    at.require_unconfined()?;
    let body = input::message("body", &draft.body).and_then(check_placeholders)?;
    permit_company(&at.member, Capability::TemplateUse)?;
    let contact = Contact { name: "Camille Martin".to_owned() };
    let example = Subject { number: 1024, subject: "Service 24/7".to_owned(), contact };
    render(&at, &body, &example).await
}

/// What a conversation is about, and with whom it is.
#[derive(Deserialize)]
struct Subject {
    number: u32,
    subject: String,
    contact: Contact,
}

#[derive(Deserialize)]
struct Contact {
    name: String,
}

async fn subject(at: &AtCompany, id: ConversationId) -> Answer<Subject> {
    let unknown =
        || Problem::from(FieldError::new("conversation_id", "unknown_conversation", "You see no such conversation."));
    if !conversations::belongs(&at.db, at.company.id, id).await? {
        return Err(unknown());
    }
    let request = ConversationRequest::Read { actor: Actor::Agent(at.member.clone()) };
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(conversation) => Ok(serde_json::from_str(&conversation)?),
        call::Answer::Refused(_) => Err(unknown()),
    }
}

async fn render(at: &AtCompany, text: &str, of: &Subject) -> Answer<axum::Json<Rendering>> {
    let agent = agents::find(&at.db, at.company.id, at.member.id).await?.ok_or_else(Problem::not_found)?;
    let values = Values {
        contact_name: &of.contact.name,
        agent_name: &agent.member.public_name,
        agent_signature: &agent.signature,
        company_name: &at.company.name,
        conversation_number: of.number,
        conversation_subject: &of.subject,
    };
    Ok(axum::Json(Rendering { body: placeholder::render(text, &values) }))
}
