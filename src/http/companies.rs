//! Companies: those of a person, founding another, and settings (specification A1–A4, A15–A20).

use super::accounts::{check_founding, founded, require_free, taken_in_the_meantime};
use super::body::Json;
use super::problem::Answer;
use super::repeat::Repeatable;
use super::session::{AtCompany, Person};
use crate::domain::id::{AgentId, ClientId, CompanyId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::permission::{Capability, permit_company};
use crate::domain::time::Span;
use crate::platform::random;
use crate::store::accounts::{self, NewCompany, Workplace};
use crate::store::callers::Company;
use crate::store::{db, profiles};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Shortest and longest time before a pending conversation closes.
const PENDING_SECONDS: std::ops::RangeInclusive<i64> = 1..=365 * 86_400;

/// Another company of the same person.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCompanyBody {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    company: String,
    /// The company's URL; made from its name when left out.
    slug: Option<String>,
}

/// A company with its settings.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CompanyBody {
    id: CompanyId,
    slug: String,
    name: String,
    description: String,
    /// How long an answer may stay unanswered before the conversation is closed (`PT504H`).
    pending_close_after: Span,
}

/// Settings to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyChange {
    name: Option<String>,
    description: Option<String>,
    pending_close_after: Option<Span>,
}

/// A person's companies.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Workplaces {
    items: Vec<Workplace>,
    next: Option<String>,
}

/// The companies of the signed-in person.
#[utoipa::path(get, path = "/api/companies", tag = "companies", responses((status = 200, body = Workplaces)))]
#[worker::send]
pub async fn list(person: Person) -> Answer<axum::Json<Workplaces>> {
    let items = accounts::workplaces(&person.db, person.signed_in.user).await?;
    Ok(axum::Json(Workplaces { items, next: None }))
}

/// Founds another company.
#[utoipa::path(post, path = "/api/companies", tag = "companies", request_body = NewCompanyBody, responses(
    (status = 201, body = Workplace), (status = 409, description = "`slug_taken` with a suggestion")))]
#[worker::send]
pub async fn create(person: Person, Json(body): Json<NewCompanyBody>) -> Answer {
    let Person { here, db, signed_in } = person;
    let mut form = Form::default();
    let founding = check_founding(&mut form, &body.company, body.slug.as_deref());
    form.finish()?;
    let repeatable = Repeatable::new(signed_in.user, body.client_id, "companies", &body)?;
    if let Some(first) = repeatable.earlier::<Workplace>(&db).await? {
        return Ok((StatusCode::CREATED, axum::Json(first)).into_response());
    }
    require_free(&db, &founding.slug).await?;
    let company = NewCompany {
        id: CompanyId::new(random::id(here.now)),
        slug: &founding.slug,
        name: &founding.name,
        owner: signed_in.user,
        owner_agent: AgentId::new(random::id(here.now)),
        owner_name: &format!("{} {}", signed_in.first_name, signed_in.last_name),
    };
    let workplace = founded(&company);
    let mut statements = accounts::insert_company(&db, &company, here.now)?;
    statements.extend(repeatable.keep(&db, &workplace, here.now)?);
    match db::transaction(&db, statements).await {
        Ok(_) => Ok((StatusCode::CREATED, axum::Json(workplace)).into_response()),
        Err(error) => match repeatable.earlier::<Workplace>(&db).await? {
            Some(first) if Repeatable::is_lost_race(&error) => {
                Ok((StatusCode::CREATED, axum::Json(first)).into_response())
            }
            _ => Err(taken_in_the_meantime(&db, &founding.slug, error).await),
        },
    }
}

/// A company's settings.
#[utoipa::path(get, path = "/api/companies/{company}", tag = "companies", params(("company" = String, Path)),
    responses((status = 200, body = CompanyBody)))]
pub async fn show(at: AtCompany) -> axum::Json<CompanyBody> {
    axum::Json(CompanyBody::from(at.company))
}

/// Changes a company's settings.
#[utoipa::path(patch, path = "/api/companies/{company}", tag = "companies", params(("company" = String, Path)),
    request_body = CompanyChange, responses((status = 200, body = CompanyBody)))]
#[worker::send]
pub async fn update(at: AtCompany, Json(change): Json<CompanyChange>) -> Answer<axum::Json<CompanyBody>> {
    let mut form = Form::default();
    let name = change.name.map(|name| form.line("name", &name));
    let description = change.description.map(|text| form.take(input::optional_line("description", &text)));
    let seconds = change.pending_close_after.map(Span::as_seconds);
    if seconds.is_some_and(|seconds| !PENDING_SECONDS.contains(&seconds)) {
        let detail = "Between one second and a year, please.";
        form.fault(FieldError::new("pending_close_after", "out_of_range", detail));
    }
    form.finish()?;
    permit_company(&at.member, Capability::TenantSettings)?;
    accounts::update_company(&at.db, at.company.id, name.as_deref(), description.as_deref(), seconds).await?;
    profiles::forget(&at.here.env, &at.company.slug).await;
    let company = Company {
        name: name.unwrap_or(at.company.name),
        description: description.unwrap_or(at.company.description),
        pending_close_after: change.pending_close_after.unwrap_or(at.company.pending_close_after),
        ..at.company
    };
    Ok(axum::Json(CompanyBody::from(company)))
}

impl From<Company> for CompanyBody {
    fn from(company: Company) -> Self {
        Self {
            id: company.id,
            slug: company.slug,
            name: company.name,
            description: company.description,
            pending_close_after: company.pending_close_after,
        }
    }
}
