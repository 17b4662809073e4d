//! Conversations that an agent starts with a customer.

use super::json;
use crate::domain::conversation::command::{Actor, Command, Opening};
use crate::domain::conversation::event::{Channel, Contact};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{ClientId, ContactId, ConversationId};
use crate::domain::input::{self, Form};
use crate::domain::people::email;
use crate::domain::people::permission::{Capability, ScopeSet, scope_of};
use crate::http::body::Json;
use crate::http::problem::{Answer, Problem};
use crate::http::session::AtCompany;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::random;
use crate::store::conversations::{self as index, NewContact};
use crate::store::{contacts, profiles};
use http::StatusCode;
use serde::Deserialize;

/// What an agent writes to whom.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: ClientId,
    contact: NewContactBody,
    subject: String,
    /// At most 20,000 characters.
    #[schema(max_length = 20_000, min_length = 1)]
    body: String,
}

/// To whom.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContactBody {
    email: String,
    /// The address, where it is left out.
    name: Option<String>,
}

/// Starts a conversation with a customer, who gets a mail with his link. It is its starter's, if he has room for it.
#[utoipa::path(post, path = "/api/companies/{company}/conversations", tag = "conversations",
    params(("company" = String, Path)), request_body = NewConversation,
    responses((status = 201, body = ConversationView), (status = 409, description = "`client_id_reused`")))]
#[worker::send]
pub async fn start(at: AtCompany, Json(body): Json<NewConversation>) -> Answer {
    at.require_unconfined()?;
    let mut form = Form::default();
    let email = form.take(email::normalise("contact.email", &body.contact.email));
    let given = body.contact.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let known = contacts::name_of(&at.db, at.company.id, &email).await?;
    // An address that is none is one fault, not two.
    let name = match given.or(known.as_deref()) {
        None if email.is_empty() => String::new(),
        known => form.line("contact.name", known.unwrap_or(&email)),
    };
    let subject = form.line("subject", &body.subject);
    let words = form.take(input::message("body", &body.body));
    form.finish()?;
    if scope_of(&at.member, Capability::ConversationReply) == ScopeSet::NONE {
        return Err(Problem::forbidden(Capability::ConversationReply));
    }
    let profile = profiles::of_company(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
    let contact = NewContact { id: ContactId::new(random::id(at.here.now)), email: &email, name: &name, language: "" };
    let id = ConversationId::new(random::id(at.here.now));
    let beginning = index::begin(&at.db, at.company.id, body.client_id, id, &contact, at.here.now).await?;
    let opening = Opening {
        id: beginning.id,
        company_id: at.company.id,
        number: beginning.number,
        subject,
        channel: Channel::Agent,
        contact: Contact { id: beginning.contact, name, email },
        body: words,
        attachments: Vec::new(),
        language: String::new(),
        sticky: beginning.sticky,
        terms: profile.terms,
    };
    let actor = Actor::Agent(at.member);
    let open = command(&actor, Some(body.client_id), Command::Open(opening));
    let name = beginning.id.to_string();
    let opened = match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &name, &open).await? {
        call::Answer::Done(view) => view,
        call::Answer::Refused(refusal) => return Err(refusal.into()),
    };
    let claim = command(&actor, None, Command::Claim { dealt: false });
    // Whoever has no room, or is never assigned any, leaves it to whoever is free when the customer answers.
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &name, &claim).await? {
        call::Answer::Done(view) => Ok(json(StatusCode::CREATED, view)),
        call::Answer::Refused(_) => Ok(json(StatusCode::CREATED, opened)),
    }
}

fn command(actor: &Actor, client_id: Option<ClientId>, command: Command) -> ConversationRequest {
    ConversationRequest::Command { actor: actor.clone(), client_id, command }
}
