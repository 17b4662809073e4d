//! What the law gives the people who write to a company: everything that is held about one of them, taken out, and erased;
//! and the ledger of what was erased.

use super::body::{Json, Nothing, OptionalJson, Query};
use super::contacts::deed;
use super::exporting::Export;
use super::links;
use super::problem::{Answer, Problem};
use super::session::{AtCompany, AtThing};
use crate::domain::id::ErasureId;
use crate::domain::input::FieldError;
use crate::domain::people::email;
use crate::domain::people::permission::{Capability, permit_company};
use crate::effects::erasing_again::{self, Again};
use crate::effects::mail::link_keys;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::keyring::Keyring;
use crate::platform::transfer::Passing;
use crate::platform::{pseudonym, random};
use crate::store::attempts::Attempts;
use crate::store::contacts::ContactRecord;
use crate::store::db;
use crate::store::erasures::{self, Erasure, Kind, NewErasure};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::Env;

/// That a contact is to be erased, in so many words.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactErasure {
    /// The contact's e-mail address, typed once more: there is no way back.
    confirm: String,
}

/// Which lines of the ledger to read.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ErasuresQuery {
    /// From 1 to 100; 50 when left out.
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<ErasureId>,
}

/// A part of the ledger, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Erasures {
    items: Vec<Erasure>,
    next: Option<ErasureId>,
}

/// What is erased again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Reapplied {
    /// Lines of the ledger that are worked off again.
    erasures: usize,
    /// Contacts that had come back under another id.
    found_again: usize,
}

/// Everything that is held about a contact, as one document: what is known of him, his conversations as he sees them with
/// their files, his orders and payments. Internal comments are not in it: they tell of colleagues, too.
#[utoipa::path(get, path = "/api/companies/{company}/contacts/{id}/export", tag = "privacy",
    params(("company" = String, Path), ("id" = crate::domain::id::ContactId, Path)),
    responses((status = 200, description = "a file", body = serde_json::Value)))]
#[worker::send]
pub async fn export_contact(AtThing { at, thing: contact }: AtThing<ContactRecord>) -> Answer {
    permit_company(&at.member, Capability::ContactExport)?;
    db::transaction(&at.db, vec![at.audit(&deed("contact.exported", &contact, json!({})))?]).await?;
    let name = format!("contact-{}.json", contact.id);
    let AtCompany { here, db, company, .. } = at;
    file(Export::of_contact(here.env, db, company, contact.id, here.now), "application/json", &name)
}

/// Erases a contact with all conversations, for good. It is under way once this is answered: nobody sees anything of him any
/// more, and the rest is gone moments later.
#[utoipa::path(delete, path = "/api/companies/{company}/contacts/{id}", tag = "privacy",
    params(("company" = String, Path), ("id" = crate::domain::id::ContactId, Path)), request_body = ContactErasure,
    responses((status = 202, body = Erasure), (status = 422, description = "`not_confirmed`: that is another address")))]
#[worker::send]
pub async fn erase_contact(
    AtThing { at, thing: contact }: AtThing<ContactRecord>,
    Json(body): Json<ContactErasure>,
) -> Answer {
    permit_company(&at.member, Capability::ContactErase)?;
    if email::normalise("confirm", &body.confirm).ok().as_ref() != Some(&contact.email) {
        let detail = "To erase this contact, type the contact's e-mail address.";
        return Err(FieldError::new("confirm", "not_confirmed", detail).into());
    }
    let keys = keys(&at.here.env)?;
    let erasure =
        begun(&at, Kind::Contact, contact.id.to_string(), pseudonym::of_address(&keys, at.company.id, &contact.email));
    let asked = Attempts::of(links::MAILS, &format!("{}:{}", at.company.id, contact.email));
    let mut statements = erasures::begin_contact(&at.db, &erasure, contact.id)?;
    statements.push(asked.forget(&at.db)?);
    statements.push(at.audit(&deed("contact.erased", &contact, json!({ "erasure": erasure.id })))?);
    stand_behind(&at).await?;
    db::transaction(&at.db, statements).await?;
    work_off(&at).await;
    accepted(&at, erasure.id).await
}

/// What was erased here, when, and by whom. Of whom, nothing says.
#[utoipa::path(get, path = "/api/companies/{company}/erasures", tag = "privacy",
    params(("company" = String, Path), ErasuresQuery), responses((status = 200, body = Erasures)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<ErasuresQuery>) -> Answer<axum::Json<Erasures>> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    permit_company(&at.member, Capability::ContactErase)?;
    let mut items = erasures::list(&at.db, at.company.id, query.cursor, limit.saturating_add(1)).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = more.then(|| items.last().map(|line| line.id)).flatten();
    Ok(axum::Json(Erasures { items, next }))
}

/// Erases again what was erased before, after the database or a conversation was restored from an earlier state: every line
/// of the ledger, as R2 has it, is worked off once more.
#[utoipa::path(post, path = "/api/companies/{company}/erasures/reapplication", tag = "privacy",
    params(("company" = String, Path)), responses((status = 202, body = Reapplied)))]
#[worker::send]
pub async fn reapply(at: AtCompany, _: OptionalJson<Nothing>) -> Answer {
    permit_company(&at.member, Capability::ContactErase)?;
    let (env, company) = (&at.here.env, at.company.id);
    stand_behind(&at).await?;
    let Again { erasures, found_again } =
        erasing_again::begin(env, &at.db, company, Some(at.member.id), at.here.now).await?;
    let deed = crate::store::audit::Deed {
        action: "erasures.reapplied",
        target_kind: "company",
        target_id: company.to_string(),
        target_name: at.company.name.clone(),
        detail: json!({ "erasures": erasures, "found_again": found_again }),
    };
    db::transaction(&at.db, vec![at.audit(&deed)?]).await?;
    work_off(&at).await;
    let body = Reapplied { erasures, found_again };
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

/// An erasure that somebody asks for.
pub(super) fn begun(at: &AtCompany, kind: Kind, subject: String, subject_hash: String) -> NewErasure {
    NewErasure {
        id: ErasureId::new(random::id(at.here.now)),
        company: at.company.id,
        kind,
        subject: Some(subject),
        subject_hash,
        by: Some(at.member.id),
        at: at.here.now,
    }
}

/// Sets the Desk's alarm, so that a crash after the commit loses nothing.
pub(super) async fn stand_behind(at: &AtCompany) -> Answer<()> {
    let due = at.here.now.after(crate::domain::time::Span::seconds(2));
    desk::ask::<()>(&at.here.env, at.company.id, &DeskRequest::ErasuresDue { due }).await?;
    Ok(())
}

/// Has the Desk begin at once.
pub(super) async fn work_off(at: &AtCompany) {
    desk::tell(&at.here.env, at.company.id, &DeskRequest::ErasuresDue { due: at.here.now }).await;
}

/// 202, with the line of the ledger.
pub(super) async fn accepted(at: &AtCompany, id: ErasureId) -> Answer {
    let erasure = erasures::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::ACCEPTED, axum::Json(erasure)).into_response())
}

/// An answer that is kept as a file.
pub(super) fn file(export: Export, kind: &'static str, name: &str) -> Answer {
    let body = Passing::streamed(export.pieces())?;
    let mut response = Response::new(axum::body::Body::empty());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_DISPOSITION, super::disposition::disposition(false, name));
    response.extensions_mut().insert(body);
    Ok(response)
}

pub(super) fn keys(env: &Env) -> Answer<Keyring> {
    link_keys(env).map_err(|error| Problem::internal("link", &error))
}
