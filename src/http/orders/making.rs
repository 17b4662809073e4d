//! Making an order: in a conversation, or independent of any (specification J2, J6, J8, N10).

use super::super::body::Json;
use super::super::conversations::list::viewer;
use super::super::problem::{Answer, Problem};
use super::super::repeat::Repeatable;
use super::super::session::AtCompany;
use super::body::OrderBody;
use super::input::{LineIn, NOTE_CHARACTERS, Priced, billing, check_expiry, priced};
use super::{AtOrder, changing};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::Place;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::{AgentId, ClientId, ContactId, ConversationId, FolderId, OrderId, TeamId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::order::currency::Currency;
use crate::domain::order::state::OrderState;
use crate::domain::order::step::OrderWhat;
use crate::domain::people::email;
use crate::domain::people::permission::{Capability, ScopeSet, scope_of};
use crate::domain::time::{Instant, Span};
use crate::effects::orders::{Loaded, Note};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::random;
use crate::store::conversations::{self as index, NewContact};
use crate::store::orders::{Billing, ConversationName, NewOrder as New, OrderRecord};
use crate::store::{contacts, payments};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// An order to be made.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// The conversation it belongs to; without one it is independent.
    conversation_id: Option<ConversationId>,
    /// Whose it is; the conversation's where there is one.
    contact_id: Option<ContactId>,
    /// Whose it is, by address, of an independent one.
    contact: Option<OrderContact>,
    /// The lines' where it is left out, else the company's.
    currency: Option<Currency>,
    /// From 1 to 100.
    lines: Vec<LineIn>,
    /// At most 2,000 characters; shown to the customer.
    #[serde(default)]
    note: String,
    #[serde(default)]
    billing: Billing,
    /// When it runs out, unless it is paid; as the company has set where it is left out.
    expires_at: Option<Instant>,
    /// Whether its customer is asked to confirm it at once.
    #[serde(default)]
    send: bool,
}

/// Whose an order is.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderContact {
    email: String,
    /// The address, where it is left out.
    name: Option<String>,
}

/// The conversation that an order is made in, as its maker sees it.
#[derive(Deserialize)]
struct Seen {
    number: u32,
    contact: Contact,
    assignee: Option<Named<AgentId>>,
    folder: Option<Named<FolderId>>,
    team: Option<Named<TeamId>>,
    business_unit: Option<Named<TeamId>>,
    participants: Vec<Named<AgentId>>,
    followers: Vec<Named<AgentId>>,
}

#[derive(Deserialize)]
struct Named<T> {
    id: T,
}

/// Makes an order, and asks its customer to confirm it if that is wanted.
#[utoipa::path(post, path = "/api/companies/{company}/orders", tag = "orders", params(("company" = String, Path)),
    request_body = NewOrder, responses((status = 201, body = OrderBody),
        (status = 409, description = "`no_conversation`: there is nowhere to send it")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewOrder>) -> Answer {
    let now = at.here.now;
    let mut form = Form::default();
    let note = form.take(input::text("note", &body.note, NOTE_CHARACTERS));
    let billing = billing(&mut form, &body.billing);
    check_expiry(&mut form, body.expires_at, now);
    form.finish()?;
    let Priced { currency, lines, totals } = priced(&at, body.currency, body.lines.clone()).await?;
    let seen = match body.conversation_id {
        Some(id) => Some((id, seen(&at, id).await?)),
        None => None,
    };
    if let Some((_, seen)) = &seen {
        require_same_contact(&body, &seen.contact)?;
    }
    let contact = if seen.is_none() { Some(whose(&at, &body).await?) } else { None };
    permit(&at, seen.as_ref().map(|(_, seen)| seen))?;
    let repeatable =
        Repeatable::new(at.signed_in.user, body.client_id, &format!("orders of {}", at.company.id), &body)?;
    if let Some(first) = repeatable.earlier::<OrderId>(&at.db).await? {
        return Ok((StatusCode::CREATED, AtOrder::find(at, first).await?.body()).into_response());
    }
    if body.send && seen.is_none() {
        return Err(Problem::conflict(
            "no_conversation",
            "This order belongs to no conversation: there is nowhere to send it.",
        ));
    }
    let contact = match (contact, &seen) {
        (Some(whose), _) => whose.known(&at).await?,
        (None, Some((_, seen))) => seen.contact.clone(),
        (None, None) => return Err(Problem::not_found()),
    };
    let set = payments::settings(&at.db, at.company.id).await?.and_then(|settings| settings.expires_after);
    let new = New {
        company: at.company.id,
        conversation: seen.map(|(id, seen)| ConversationName { id, number: seen.number }),
        contact,
        agent: Some(AgentName { id: at.member.id, name: at.member.name.clone() }),
        state: if body.send { OrderState::Offered } else { OrderState::Draft },
        currency,
        lines,
        totals,
        note,
        billing,
        known: body.send,
        expires_at: body.expires_at.or_else(|| set.map(|seconds| now.after(Span::seconds(seconds)))),
    };
    let order = OrderRecord::new(OrderId::new(random::id(now)), new, now);
    let loaded = Loaded { order, payments: Vec::new() };
    let mut notes = vec![Note::of_order(OrderWhat::Created, &loaded)];
    if body.send {
        notes.push(Note::of_order(OrderWhat::Offered, &loaded));
    }
    let id = loaded.order.id;
    let kept = repeatable.keep(&at.db, &id, now)?.into_iter().collect();
    let id = match changing(&at).create(loaded.order, &notes, kept).await {
        Ok(_) => id,
        Err(error) => repeatable.first(&at.db, error.into()).await?,
    };
    Ok((StatusCode::CREATED, AtOrder::find(at, id).await?.body()).into_response())
}

/// Who may make it: in a conversation by how he stands to it, otherwise by a right of its own.
fn permit(at: &AtCompany, seen: Option<&Seen>) -> Answer<()> {
    let (capability, relation) = match seen {
        Some(seen) => (Capability::OrderCreateFromConversation, seen.relation_to(at)),
        None => (Capability::OrderCreateIndependent, ScopeSet::NONE),
    };
    let reach = scope_of(&at.member, capability);
    let allowed = if seen.is_some() { reach.meets(relation.with(ScopeSet::ALL)) } else { reach != ScopeSet::NONE };
    if allowed { Ok(()) } else { Err(Problem::forbidden(capability)) }
}

impl Seen {
    fn relation_to(&self, at: &AtCompany) -> ScopeSet {
        let place = Place {
            assignee: self.assignee.as_ref().map(|agent| agent.id),
            folder: self.folder.as_ref().map(|folder| folder.id),
            team: self.team.as_ref().or(self.business_unit.as_ref()).map(|team| team.id),
        };
        let takes_part = self.participants.iter().chain(&self.followers).any(|agent| agent.id == at.member.id);
        place.relation_to(&at.member, takes_part)
    }
}

/// The conversation, from itself, where the caller may see it.
async fn seen(at: &AtCompany, id: ConversationId) -> Answer<Seen> {
    let unknown = || FieldError::new("conversation_id", "unknown_conversation", "There is no such conversation.");
    if at.member.is_confined() || !index::belongs(&at.db, at.company.id, id).await? {
        return Err(unknown().into());
    }
    let request = ConversationRequest::Read { actor: Actor::Agent(at.member.clone()) };
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(seen) => Ok(serde_json::from_str(&seen)?),
        call::Answer::Refused(_) => Err(unknown().into()),
    }
}

/// Nobody's order belongs to somebody else's conversation.
fn require_same_contact(body: &NewOrder, contact: &Contact) -> Answer<()> {
    let by_id = body.contact_id.is_none_or(|id| id == contact.id);
    let by_email = body
        .contact
        .as_ref()
        .is_none_or(|one| email::normalise("contact.email", &one.email).ok().as_deref() == Some(&contact.email));
    let field = if by_id { "contact" } else { "contact_id" };
    if by_id && by_email {
        return Ok(());
    }
    Err(FieldError::new(field, "other_contact", "This conversation is with somebody else.").into())
}

/// Whose an independent order is.
enum Whose {
    Known(Contact),
    ByAddress { email: String, name: String },
}

async fn whose(at: &AtCompany, body: &NewOrder) -> Answer<Whose> {
    let mut form = Form::default();
    match (&body.contact, body.contact_id) {
        (None, Some(id)) => {
            let unknown = || FieldError::new("contact_id", "unknown_contact", "There is no such contact.");
            // Who sees conversations knows the people in them; in the orders section, people are known by their address.
            let known = at.member.is_confined() || contacts::is_known(&at.db, &viewer(at), id).await?;
            let found = if known { contacts::find(&at.db, at.company.id, id).await? } else { None };
            let contact = found.ok_or_else(unknown)?;
            Ok(Whose::Known(Contact { id, name: contact.name, email: contact.email }))
        }
        (Some(typed), None) => {
            let email = form.take(email::normalise("contact.email", &typed.email));
            let name = form.take(input::optional_line("contact.name", typed.name.as_deref().unwrap_or_default()));
            form.finish()?;
            let name = if name.is_empty() { email.clone() } else { name };
            Ok(Whose::ByAddress { email, name })
        }
        _ => Err(FieldError::new("contact_id", "required", "Say whose order it is: contact_id or contact.").into()),
    }
}

impl Whose {
    async fn known(self, at: &AtCompany) -> Answer<Contact> {
        match self {
            Self::Known(contact) => Ok(contact),
            Self::ByAddress { email, name } => {
                let now = at.here.now;
                let new = NewContact { id: ContactId::new(random::id(now)), email: &email, name: &name, language: "" };
                Ok(contacts::ensure(&at.db, at.company.id, &new, now).await?)
            }
        }
    }
}
