//! A company's data as a whole: taken out, and erased with the company. Both are its owners' alone.

use super::body::Json;
use super::credentials::{self, Claim};
use super::exporting::Export;
use super::privacy::{accepted, begun, file, stand_behind, work_off};
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use crate::domain::input::FieldError;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::store::audit::Deed;
use crate::store::erasures::company::begin_company;
use crate::store::erasures::{Erasure, Kind};
use crate::store::{db, profiles};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

/// That a company is to be erased, in so many words.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyErasure {
    /// The company's URL, typed once more: there is no way back.
    slug: String,
    /// The caller's own password.
    password: String,
    /// A code of his authenticator, where he has a second factor.
    otp: Option<String>,
}

/// The company whole: a line of JSON for each thing (`kind` first), the conversations with their whole logs, internal comments
/// and all. The last line says how many lines came before it; without it, the file broke off. Passwords, tokens and keys
/// are never in it.
#[utoipa::path(get, path = "/api/companies/{company}/export", tag = "privacy", params(("company" = String, Path)),
    responses((status = 200, description = "a file", body = String, content_type = "application/x-ndjson"),
        (status = 403, description = "`owner_only`")))]
#[worker::send]
pub async fn export(at: AtCompany) -> Answer {
    require_owner(&at)?;
    db::transaction(&at.db, vec![at.audit(&deed(&at, "company.exported"))?]).await?;
    let name = format!("{}.ndjson", at.company.slug);
    let AtCompany { here, db, company, .. } = at;
    file(Export::of_company(here.env, db, company, here.now), "application/x-ndjson", &name)
}

/// Erases the company for good. It is closed once this is answered: its URL leads nowhere, nobody works there; conversations,
/// files and everything else are gone some time later. People whose only company it is lose their accounts.
#[utoipa::path(delete, path = "/api/companies/{company}", tag = "privacy", params(("company" = String, Path)),
    request_body = CompanyErasure,
    responses((status = 202, body = Erasure), (status = 403, description = "`owner_only`"),
        (status = 401, description = "`wrong_credentials`, `otp_required`, `wrong_otp`"),
        (status = 422, description = "`not_confirmed`: that is another URL")))]
#[worker::send]
pub async fn erase(at: AtCompany, Json(body): Json<CompanyErasure>) -> Answer {
    require_owner(&at)?;
    if body.slug.trim() != at.company.slug {
        let detail = "To erase this company, type its URL.";
        return Err(FieldError::new("slug", "not_confirmed", detail).into());
    }
    let claim = Claim { email: &at.signed_in.email, password: &body.password, otp: body.otp.as_deref() };
    let (_, attempts) = credentials::check(&at.here, &at.db, &claim).await?;
    let erasure = begun(&at, Kind::Company, at.company.id.to_string(), String::new());
    let mut statements = begin_company(&at.db, &erasure)?;
    statements.push(attempts.forget(&at.db)?);
    stand_behind(&at).await?;
    db::transaction(&at.db, statements).await?;
    desk::tell(&at.here.env, at.company.id, &DeskRequest::Shut).await;
    work_off(&at).await;
    profiles::forget(&at.here.env, &at.company.slug).await;
    accepted(&at, erasure.id).await
}

fn require_owner(at: &AtCompany) -> Answer<()> {
    at.require_unconfined()?;
    if at.member.owner {
        return Ok(());
    }
    Err(Problem::new(StatusCode::FORBIDDEN, "owner_only", "Only an owner of the company may do this."))
}

fn deed(at: &AtCompany, action: &'static str) -> Deed {
    let (target_id, target_name) = (at.company.id.to_string(), at.company.name.clone());
    Deed { action, target_kind: "company", target_id, target_name, detail: json!({}) }
}
