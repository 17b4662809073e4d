//! The people who write to a company (specification B11, B12).

use super::body::{Json, Nothing, OptionalJson, Query};
use super::conversations::list::viewer;
use super::cursor;
use super::problem::{Answer, Problem};
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, ContactId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::email;
use crate::domain::people::permission::{Capability, permit_company};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::store::audit::Deed;
use crate::store::contacts::{ContactRecord, Position};
use crate::store::db::StoreError;
use crate::store::{agents, contacts, db};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Characters of a note about a contact, at most.
const NOTE_CHARACTERS: usize = 5_000;
/// Characters that are searched for, at most.
const SEARCHED_CHARACTERS: usize = 100;
/// A contact's newest conversations, which learn of a correction.
const TOLD: u32 = 200;

/// Which contacts to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContactsQuery {
    /// A part of the name, the address or the organisation.
    q: Option<String>,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// A part of the contacts, by name.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Contacts {
    items: Vec<ContactRecord>,
    next: Option<String>,
}

/// What is to be corrected about a contact; the rest stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactChange {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    organisation: Option<String>,
    /// At most 5,000 characters; never shown to the contact.
    #[schema(max_length = 5_000)]
    note: Option<String>,
    /// As a BCP 47 tag.
    language: Option<String>,
}

/// To whom a customer is stuck.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sticky {
    agent_id: AgentId,
}

impl Thing for ContactRecord {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = ContactId::parse(id) else { return Ok(None) };
        // Who sees no conversation of his learns of nobody by guessing.
        if !contacts::is_known(&at.db, &viewer(at), id).await? {
            return Ok(None);
        }
        Ok(contacts::find(&at.db, at.company.id, id).await?)
    }
}

/// The contacts with a conversation that the caller may see.
#[utoipa::path(get, path = "/api/companies/{company}/contacts", tag = "contacts",
    params(("company" = String, Path), ContactsQuery), responses((status = 200, body = Contacts)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<ContactsQuery>) -> Answer<axum::Json<Contacts>> {
    at.require_unconfined()?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let words = query.q.as_deref().unwrap_or_default().trim();
    if words.chars().count() > SEARCHED_CHARACTERS {
        let detail = format!("At most {SEARCHED_CHARACTERS} characters, please.");
        return Err(FieldError::new("q", "too_long", detail).into());
    }
    let after = query.cursor.as_deref().map(cursor::read).transpose()?;
    let mut items = contacts::list(&at.db, &viewer(&at), words, after.as_ref(), limit.saturating_add(1)).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let last = items.last().filter(|_| more).map(|last| Position { id: last.id, name: last.name.clone() });
    let next = last.as_ref().map(cursor::write).transpose()?;
    Ok(axum::Json(Contacts { items, next }))
}

/// One contact.
#[utoipa::path(get, path = "/api/companies/{company}/contacts/{id}", tag = "contacts",
    params(("company" = String, Path), ("id" = ContactId, Path)), responses((status = 200, body = ContactRecord)))]
#[worker::send]
pub async fn show(AtThing { thing: contact, .. }: AtThing<ContactRecord>) -> Answer<axum::Json<ContactRecord>> {
    Ok(axum::Json(contact))
}

/// Corrects what is known of a contact; his conversations learn of it.
#[utoipa::path(patch, path = "/api/companies/{company}/contacts/{id}", tag = "contacts",
    params(("company" = String, Path), ("id" = ContactId, Path)), request_body = ContactChange,
    responses((status = 200, body = ContactRecord), (status = 409, description = "`email_taken`: another contact has it")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: before }: AtThing<ContactRecord>,
    Json(change): Json<ContactChange>,
) -> Answer<axum::Json<ContactRecord>> {
    let after = change.applied_to(&before)?;
    permit_company(&at.member, Capability::ContactEdit)?;
    let fields = changed(&before, &after);
    if !fields.is_empty() {
        let deed = deed("contact.edited", &after, json!({ "fields": fields }));
        let statements = vec![contacts::update(&at.db, &after)?, at.audit(&deed)?];
        db::transaction(&at.db, statements).await.map_err(email_taken)?;
    }
    // Also on a repeat: the one before may have stopped half-way.
    tell(&at, &after).await?;
    Ok(axum::Json(after))
}

/// Sticks a customer to an agent: his new conversations go there first.
#[utoipa::path(put, path = "/api/companies/{company}/contacts/{id}/sticky", tag = "contacts",
    params(("company" = String, Path), ("id" = ContactId, Path)), request_body = Sticky,
    responses((status = 200, body = ContactRecord), (status = 422, description = "`not_assignable`")))]
#[worker::send]
pub async fn stick(
    AtThing { at, thing: contact }: AtThing<ContactRecord>,
    Json(body): Json<Sticky>,
) -> Answer<axum::Json<ContactRecord>> {
    permit_company(&at.member, Capability::ContactStick)?;
    let candidate = agents::candidate(&at.db, at.company.id, body.agent_id).await?;
    let candidate = candidate.filter(|candidate| candidate.assignable).ok_or(Refusal::NotAssignable)?;
    set(at, contact, Some((candidate.agent.id, candidate.agent.name))).await
}

/// Takes a customer off the agent he is stuck to.
#[utoipa::path(delete, path = "/api/companies/{company}/contacts/{id}/sticky", tag = "contacts",
    params(("company" = String, Path), ("id" = ContactId, Path)), responses((status = 200, body = ContactRecord)))]
#[worker::send]
pub async fn unstick(
    AtThing { at, thing: contact }: AtThing<ContactRecord>,
    _: OptionalJson<Nothing>,
) -> Answer<axum::Json<ContactRecord>> {
    permit_company(&at.member, Capability::ContactUnstick)?;
    set(at, contact, None).await
}

async fn set(
    at: AtCompany,
    contact: ContactRecord,
    to: Option<(AgentId, String)>,
) -> Answer<axum::Json<ContactRecord>> {
    let (id, name) = to.unzip();
    let action = if id.is_some() { "contact.stuck" } else { "contact.unstuck" };
    let deed = deed(action, &contact, json!({ "from": contact.sticky_agent_id, "to": id }));
    db::transaction(&at.db, vec![contacts::stick(&at.db, contact.id, id)?, at.audit(&deed)?]).await?;
    Ok(axum::Json(ContactRecord { sticky_agent_id: id, sticky_agent_name: name, ..contact }))
}

/// His conversations show, and mail, what is known of him.
async fn tell(at: &AtCompany, contact: &ContactRecord) -> Answer<()> {
    let known = Contact { id: contact.id, name: contact.name.clone(), email: contact.email.clone() };
    for id in contacts::conversations(&at.db, contact.id, TOLD).await? {
        let command = Command::SetContact { contact: known.clone() };
        let request = ConversationRequest::Command { actor: Actor::System, client_id: None, command };
        call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await?;
    }
    Ok(())
}

impl ContactChange {
    fn applied_to(&self, contact: &ContactRecord) -> Answer<ContactRecord> {
        let mut form = Form::default();
        let mut after = contact.clone();
        if let Some(name) = &self.name {
            after.name = form.line("name", name);
        }
        if let Some(email) = &self.email {
            after.email = form.take(email::normalise("email", email));
        }
        let lines = [
            ("phone", &self.phone, &mut after.phone),
            ("organisation", &self.organisation, &mut after.organisation),
            ("language", &self.language, &mut after.language),
        ];
        for (field, value, place) in lines {
            if let Some(value) = value {
                *place = form.take(input::optional_line(field, value));
            }
        }
        if let Some(note) = &self.note {
            after.note = form.take(input::text("note", note, NOTE_CHARACTERS));
        }
        form.finish()?;
        Ok(after)
    }
}

/// The names of what differs: the audit trail keeps no personal data of customers.
fn changed(before: &ContactRecord, after: &ContactRecord) -> Vec<&'static str> {
    let differs = [
        ("name", before.name != after.name),
        ("email", before.email != after.email),
        ("phone", before.phone != after.phone),
        ("organisation", before.organisation != after.organisation),
        ("note", before.note != after.note),
        ("language", before.language != after.language),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

fn email_taken(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(_) => Problem::conflict("email_taken", "Another contact has this address."),
        other => other.into(),
    }
}

pub(super) fn deed(action: &'static str, contact: &ContactRecord, detail: serde_json::Value) -> Deed {
    // The trail cannot be changed: it names contacts by their ids, so that it tells nothing of who was erased.
    let (target_id, target_name) = (contact.id.to_string(), String::new());
    Deed { action, target_kind: "contact", target_id, target_name, detail }
}
