//! Companies: those of a person, founding another, and settings (specification A1–A4, A15–A20).

use super::accounts::{check_founding, founded, require_free, taken_in_the_meantime};
use super::agents::MAX_CHATS;
use super::body::{Json, Query, present};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::{AtCompany, Person};
use crate::domain::conversation::terms::Escalation;
use crate::domain::id::{AgentId, ClientId, CompanyId, TeamId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::hours::{self, AwayReply};
use crate::domain::people::password_policy::PasswordPolicy;
use crate::domain::people::permission::{Capability, permit_company};
use crate::domain::people::settings::{self, AssignmentPolicy, Hours, Switch};
use crate::domain::people::slug as slugs;
use crate::domain::people::widget::{self, Position};
use crate::domain::time::{Instant, Span};
use crate::effects::automation::OpeningTimes;
use crate::effects::revocation;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::translator::Translator;
use crate::platform::{intl, random};
use crate::store::accounts::{self, Workplace};
use crate::store::agents::{self, Seats};
use crate::store::audit::Deed;
use crate::store::callers::Company;
use crate::store::companies::{self, Change, NewCompany};
use crate::store::{db, files, profiles};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::{D1Database, Env};

/// Shortest and longest time before a pending conversation closes.
const PENDING_SECONDS: std::ops::RangeInclusive<i64> = 1..=365 * 86_400;
/// Shortest and longest time for which a customer may wait.
const RESPONSE_SECONDS: std::ops::RangeInclusive<i64> = 1..=90 * 86_400;
/// Fewest and most people who may work at a company.
const SEATS: std::ops::RangeInclusive<u32> = 1..=1_000;
/// Shortest and longest time, in days, for which what is closed is kept.
const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 30..=36_500;

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
    logo_url: Option<String>,
    /// In which its people work where they say nothing else.
    language: String,
    /// By whose clock its hours and reports go.
    time_zone: String,
    /// How long an answer may stay unanswered before the conversation is closed (`PT504H`).
    pending_close_after: Span,
    /// Conversations an agent may hold at once where nothing else is said.
    max_chats: u32,
    assignment_policy: AssignmentPolicy,
    password_policy: PasswordPolicy,
    /// When it is open; always, when empty.
    business_hours: Vec<Hours>,
    /// Dates on which it stays closed.
    holidays: Vec<String>,
    /// What a customer is told who writes while it is closed.
    away_reply: AwayReply,
    /// How long a customer may wait for an answer; null where nobody counts.
    response_time: Option<Span>,
    /// What happens when one has waited for longer.
    escalation: Escalation,
    /// Origins of the sites that may show the chat window (`https://www.example.com`); nowhere, when empty.
    widget_origins: Vec<String>,
    /// The colour of its button, as `#4f46b8`.
    widget_colour: String,
    /// What it says before anything was written; empty for the usual words.
    widget_greeting: String,
    widget_position: Position,
    /// Whether messages in other languages are translated for agents, and answers for customers.
    translation: Switch,
    /// For how many days closed conversations are kept; null: for ever.
    retention_days: Option<u32>,
    /// Whether this desk has anything that translates; without, it cannot be switched on.
    translation_available: bool,
    seats: Seats,
}

/// Settings to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompanyChange {
    name: Option<String>,
    /// Another URL; links with the old one still work.
    slug: Option<String>,
    description: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
    pending_close_after: Option<Span>,
    max_chats: Option<u32>,
    assignment_policy: Option<AssignmentPolicy>,
    password_policy: Option<PasswordPolicy>,
    business_hours: Option<Vec<Hours>>,
    /// Dates on which the company stays closed, as `2026-12-25`.
    holidays: Option<Vec<String>>,
    away_reply: Option<AwayReply>,
    /// Null: nobody counts.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    response_time: Option<Option<Span>>,
    escalation: Option<Escalation>,
    /// At most 20 origins; `http` for localhost only.
    widget_origins: Option<Vec<String>>,
    widget_colour: Option<String>,
    widget_greeting: Option<String>,
    widget_position: Option<Position>,
    /// Refused as `not_configured` where this desk has nothing that translates.
    translation: Option<Switch>,
    /// From 30 to 36,500: conversations that were closed for longer are erased, for good, and so are contacts that have none.
    /// Null: everything is kept.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    retention_days: Option<Option<u32>>,
    /// How many people may work here.
    seats: Option<u32>,
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
    require_free(&here, &db, &founding.slug, None).await?;
    let company = NewCompany {
        id: CompanyId::new(random::id(here.now)),
        slug: &founding.slug,
        name: &founding.name,
        owner: signed_in.user,
        owner_agent: AgentId::new(random::id(here.now)),
        owner_name: &format!("{} {}", signed_in.first_name, signed_in.last_name),
        unit: TeamId::new(random::id(here.now)),
    };
    let workplace = founded(&company);
    let mut statements = companies::insert(&db, &company, here.now)?;
    statements.extend(repeatable.keep(&db, &workplace, here.now)?);
    match db::transaction(&db, statements).await {
        Ok(_) => Ok((StatusCode::CREATED, axum::Json(workplace)).into_response()),
        Err(error) => match repeatable.earlier::<Workplace>(&db).await? {
            Some(first) => Ok((StatusCode::CREATED, axum::Json(first)).into_response()),
            _ => Err(taken_in_the_meantime(&here, &db, &founding.slug, None, error).await),
        },
    }
}

/// A company's settings.
#[utoipa::path(get, path = "/api/companies/{company}", tag = "companies", params(("company" = String, Path)),
    responses((status = 200, body = CompanyBody)))]
#[worker::send]
pub async fn show(at: AtCompany) -> Answer<axum::Json<CompanyBody>> {
    CompanyBody::of(&at.here.env, &at.db, at.company).await
}

/// Of which instant to say whether the company is open.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpenQuery {
    /// Now, when left out.
    at: Option<Instant>,
}

/// Whether a company is open.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OpenBody {
    at: Instant,
    /// What its clock shows then (`2026-03-29T03:30`).
    local_time: String,
    open: bool,
}

/// Whether the company is open, by its own clock.
#[utoipa::path(get, path = "/api/companies/{company}/business-hours", tag = "companies",
    params(("company" = String, Path), OpenQuery), responses((status = 200, body = OpenBody)))]
#[worker::send]
pub async fn business_hours(at: AtCompany, Query(query): Query<OpenQuery>) -> Answer<axum::Json<OpenBody>> {
    at.require_unconfined()?;
    let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
    let when = query.at.unwrap_or(at.here.now);
    let local_time = intl::civil(&settings.time_zone, when).to_string();
    let times = OpeningTimes { calendar: settings.calendar, zone: settings.time_zone };
    Ok(axum::Json(OpenBody { at: when, local_time, open: times.is_open(when) }))
}

/// Changes a company's settings.
#[utoipa::path(patch, path = "/api/companies/{company}", tag = "companies", params(("company" = String, Path)),
    request_body = CompanyChange,
    responses((status = 200, body = CompanyBody), (status = 409, description = "`slug_taken` with a suggestion, `no_free_seat`")))]
#[worker::send]
pub async fn update(at: AtCompany, Json(body): Json<CompanyChange>) -> Answer<axum::Json<CompanyBody>> {
    let change = checked(&body)?;
    for capability in needed(&body) {
        if permit_company(&at.member, capability).is_err() {
            // Who may change nothing at all is told so.
            permit_company(&at.member, Capability::TenantSettings)?;
            return Err(Problem::forbidden(capability));
        }
    }
    if body.translation == Some(Switch::On) && Translator::of(&at.here.env).is_none() {
        let detail = "This desk has nothing that translates. Whoever runs it can connect a service: see its README.";
        return Err(FieldError::new("translation", "not_configured", detail).into());
    }
    let (id, now) = (at.company.id, at.here.now);
    if let Some(slug) = &change.slug {
        require_free(&at.here, &at.db, slug, Some(id)).await?;
    }
    let mut statements = companies::update(&at.db, id, &at.company.slug, &change, now)?;
    if change.seats.is_some() {
        statements.push(agents::require_seats(&at.db, id)?);
    }
    let before = companies::settings(&at.db, id).await?.ok_or_else(Problem::not_found)?;
    statements.push(at.audit(&Deed {
        action: "company.settings_changed",
        target_kind: "company",
        target_id: id.to_string(),
        target_name: at.company.name.clone(),
        detail: difference(&at.company, &before, &body),
    })?);
    if let Err(error) = db::transaction(&at.db, statements).await {
        let slug = change.slug.as_deref().unwrap_or(&at.company.slug);
        return Err(taken_in_the_meantime(&at.here, &at.db, slug, Some(id), error).await);
    }
    if body.max_chats.is_some()
        || body.assignment_policy.is_some()
        || body.language.is_some()
        || body.translation.is_some()
    {
        revocation::people_changed(&at.here.env, id).await;
    }
    if body.retention_days.is_some() {
        desk::tell(&at.here.env, id, &DeskRequest::ErasuresDue { due: now }).await;
    }
    profiles::forget(&at.here.env, &at.company.slug).await;
    if let Some(slug) = &change.slug {
        profiles::forget(&at.here.env, slug).await;
    }
    let company = Company {
        slug: change.slug.unwrap_or(at.company.slug),
        name: change.name.unwrap_or(at.company.name),
        description: change.description.unwrap_or(at.company.description),
        pending_close_after: body.pending_close_after.unwrap_or(at.company.pending_close_after),
        ..at.company
    };
    CompanyBody::of(&at.here.env, &at.db, company).await
}

fn checked(body: &CompanyChange) -> Answer<Change> {
    let mut form = Form::default();
    let change = Change {
        name: body.name.as_ref().map(|name| form.line("name", name)),
        slug: body.slug.as_ref().map(|slug| form.take(slugs::check("slug", slug.trim()))),
        description: body.description.as_ref().map(|text| form.take(input::optional_line("description", text))),
        pending_close_after: body.pending_close_after.map(Span::as_seconds),
        language: body.language.as_ref().map(|name| form.take(settings::check_language("language", name))),
        time_zone: body.time_zone.clone(),
        max_chats: body.max_chats,
        seats: body.seats,
        assignment_policy: body.assignment_policy,
        response_time: body.response_time.map(|time| time.map(Span::as_seconds)),
        escalation: body.escalation,
        widget_origins: body
            .widget_origins
            .as_ref()
            .map(|origins| form.take(widget::check_origins("widget_origins", origins))),
        widget_colour: body
            .widget_colour
            .as_ref()
            .map(|colour| form.take(widget::check_colour("widget_colour", colour))),
        widget_greeting: body
            .widget_greeting
            .as_ref()
            .map(|words| form.take(input::optional_line("widget_greeting", words))),
        widget_position: body.widget_position,
        translation: body.translation,
        retention_days: body.retention_days,
        password_policy: body.password_policy.map(|policy| form.take(policy.check("password_policy"))),
        business_hours: body
            .business_hours
            .as_ref()
            .map(|hours| form.take(settings::check_hours("business_hours", hours.clone()))),
        holidays: body.holidays.as_ref().map(|dates| form.take(hours::check_holidays("holidays", dates))),
        away_reply: body.away_reply.clone().map(|reply| form.take(reply.check("away_reply"))),
    };
    if change.pending_close_after.is_some_and(|seconds| !PENDING_SECONDS.contains(&seconds)) {
        let detail = "Between one second and a year, please.";
        form.fault(FieldError::new("pending_close_after", "out_of_range", detail));
    }
    if change.response_time.flatten().is_some_and(|seconds| !RESPONSE_SECONDS.contains(&seconds)) {
        let detail = "Between one second and ninety days, please.";
        form.fault(FieldError::new("response_time", "out_of_range", detail));
    }
    if change.time_zone.as_ref().is_some_and(|zone| !intl::is_time_zone(zone)) {
        let detail = "Write a time zone as Europe/Paris.";
        form.fault(FieldError::new("time_zone", "time_zone", detail));
    }
    let days = change.retention_days.flatten();
    for (field, number, range) in [
        ("max_chats", change.max_chats, MAX_CHATS),
        ("seats", change.seats, SEATS),
        ("retention_days", days, RETENTION_DAYS),
    ] {
        if number.is_some_and(|number| !range.contains(&number)) {
            let detail = format!("Between {} and {}, please.", range.start(), range.end());
            form.fault(FieldError::new(field, "out_of_range", detail));
        }
    }
    form.finish()?;
    Ok(change)
}

/// What a change takes: each part of the settings has a capability of its own.
fn needed(body: &CompanyChange) -> Vec<Capability> {
    let branding = body.name.is_some() || body.description.is_some();
    let patience = body.response_time.is_some() || body.escalation.is_some();
    let chat = body.widget_origins.is_some()
        || body.widget_colour.is_some()
        || body.widget_greeting.is_some()
        || body.widget_position.is_some()
        || body.translation.is_some();
    let general = body.language.is_some()
        || body.time_zone.is_some()
        || body.assignment_policy.is_some()
        || patience
        || chat
        || body.retention_days.is_some();
    let hours = body.business_hours.is_some() || body.holidays.is_some() || body.away_reply.is_some();
    let needed = [
        (branding, Capability::TenantBranding),
        (body.slug.is_some(), Capability::TenantUrl),
        (general, Capability::TenantSettings),
        (body.pending_close_after.is_some(), Capability::TenantAutoclose),
        (body.max_chats.is_some(), Capability::TenantMaxChatsDefault),
        (body.password_policy.is_some(), Capability::TenantPasswordPolicy),
        (hours, Capability::TenantHours),
        (body.seats.is_some(), Capability::TenantSeats),
    ];
    let needed: Vec<_> = needed.into_iter().filter(|(needed, _)| *needed).map(|(_, capability)| capability).collect();
    if needed.is_empty() { vec![Capability::TenantSettings] } else { needed }
}

fn difference(company: &Company, before: &companies::Settings, body: &CompanyChange) -> serde_json::Value {
    let mut difference = serde_json::Map::new();
    let mut note = |name: &str, from: serde_json::Value, to: Option<serde_json::Value>| {
        if let Some(to) = to.filter(|to| *to != from) {
            difference.insert(name.to_owned(), json!({ "from": from, "to": to }));
        }
    };
    note("name", json!(company.name), body.name.as_ref().map(|v| json!(v)));
    note("slug", json!(company.slug), body.slug.as_ref().map(|v| json!(v)));
    note("description", json!(company.description), body.description.as_ref().map(|v| json!(v)));
    note("pending_close_after", json!(company.pending_close_after), body.pending_close_after.map(|v| json!(v)));
    note("language", json!(before.language), body.language.as_ref().map(|v| json!(v)));
    note("time_zone", json!(before.time_zone), body.time_zone.as_ref().map(|v| json!(v)));
    note("max_chats", json!(before.max_chats), body.max_chats.map(|v| json!(v)));
    note("seats", json!(before.seats), body.seats.map(|v| json!(v)));
    note("assignment_policy", json!(before.assignment_policy), body.assignment_policy.map(|v| json!(v)));
    note("password_policy", json!(before.password_policy), body.password_policy.map(|v| json!(v)));
    note("response_time", json!(before.terms.response_time), body.response_time.map(|v| json!(v)));
    note("escalation", json!(before.terms.escalation), body.escalation.map(|v| json!(v)));
    note("business_hours", json!(before.calendar.hours), body.business_hours.as_ref().map(|v| json!(v)));
    note("holidays", json!(before.calendar.holidays), body.holidays.as_ref().map(|v| json!(v)));
    note("away_reply", json!(before.away_reply), body.away_reply.as_ref().map(|v| json!(v)));
    note("widget_origins", json!(before.widget.origins), body.widget_origins.as_ref().map(|v| json!(v)));
    note("widget_colour", json!(before.widget.colour), body.widget_colour.as_ref().map(|v| json!(v)));
    note("widget_greeting", json!(before.widget.greeting), body.widget_greeting.as_ref().map(|v| json!(v)));
    note("widget_position", json!(before.widget.position), body.widget_position.map(|v| json!(v)));
    note("retention_days", json!(before.retention_days), body.retention_days.map(|v| json!(v)));
    note("translation", json!(before.translation), body.translation.map(|v| json!(v)));
    json!(difference)
}

impl CompanyBody {
    async fn of(env: &Env, db: &D1Database, company: Company) -> Answer<axum::Json<Self>> {
        let settings = companies::settings(db, company.id).await?.ok_or_else(Problem::not_found)?;
        Ok(axum::Json(Self {
            seats: agents::seats(db, company.id).await?,
            id: company.id,
            slug: company.slug,
            name: company.name,
            description: company.description,
            logo_url: settings.logo.map(files::public_url),
            language: settings.language,
            time_zone: settings.time_zone,
            pending_close_after: company.pending_close_after,
            max_chats: settings.max_chats,
            assignment_policy: settings.assignment_policy,
            password_policy: settings.password_policy,
            business_hours: settings.calendar.hours,
            holidays: settings.calendar.holidays,
            away_reply: settings.away_reply,
            response_time: settings.terms.response_time,
            escalation: settings.terms.escalation,
            widget_origins: settings.widget.origins,
            widget_colour: settings.widget.colour,
            widget_greeting: settings.widget.greeting,
            widget_position: settings.widget.position,
            translation: settings.translation,
            retention_days: settings.retention_days,
            translation_available: Translator::of(env).is_some(),
        }))
    }
}
