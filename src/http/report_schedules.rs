//! Reports that people have sent to themselves, daily, weekly or monthly.

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::reports::{reach, require_known};
use super::session::AtCompany;
use crate::domain::id::{ClientId, ReportScheduleId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::capability::ScopeSet;
use crate::domain::people::permission::{Capability, Denied, permit_company};
use crate::domain::report::period::Interval;
use crate::domain::report::question::{Format, Subject, Wanted};
use crate::domain::time::Instant;
use crate::effects::report_mail;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::random;
use crate::store::report_schedules::{self, ReportSchedule};
use crate::store::{companies, db};
use axum::extract::{FromRequestParts, Path};
use axum::response::IntoResponse;
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use worker::send::SendFuture;

/// Most reports that one person has sent to himself.
const MOST: usize = 20;

/// A member at a report that he has sent to himself; whoever is kept to orders may have some, too.
pub struct AtSchedule {
    at: AtCompany,
    schedule: ReportSchedule,
}

/// A report to be sent.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReportSchedule {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    report: Subject,
    #[serde(default)]
    wanted: Wanted,
    every: Interval,
    /// From 0 to 23, by the company's clock.
    hour: u8,
    /// `csv` or `xlsx`.
    format: Format,
}

/// What to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportScheduleChange {
    name: Option<String>,
    wanted: Option<Wanted>,
    every: Option<Interval>,
    hour: Option<u8>,
    format: Option<Format>,
}

/// A report that is sent, and when next.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReportScheduleBody {
    #[serde(flatten)]
    schedule: ReportSchedule,
    next_at: Instant,
}

/// One's own.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ReportSchedules {
    items: Vec<ReportScheduleBody>,
    next: Option<String>,
}

/// The reports that the caller has sent to himself.
#[utoipa::path(get, path = "/api/companies/{company}/report-schedules", tag = "reports",
    params(("company" = String, Path)), responses((status = 200, body = ReportSchedules)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<ReportSchedules>> {
    let zone = time_zone(&at).await?;
    let own = report_schedules::list(&at.db, at.member.id).await?;
    let items = own.into_iter().map(|schedule| ReportScheduleBody::new(&at, schedule, &zone)).collect();
    Ok(axum::Json(ReportSchedules { items, next: None }))
}

/// Has a report sent to the caller.
#[utoipa::path(post, path = "/api/companies/{company}/report-schedules", tag = "reports",
    params(("company" = String, Path)), request_body = NewReportSchedule,
    responses((status = 201, body = ReportScheduleBody), (status = 409, description = "`too_many`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewReportSchedule>) -> Answer {
    let route = format!("report schedules of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    let NewReportSchedule { name, report, wanted, every, hour, format, .. } = body;
    let reach = reach(&at, report)?;
    let name = checked(&name, hour, format)?;
    require_known(&at, report, &wanted).await?;
    permit(&at, reach)?;
    let zone = time_zone(&at).await?;
    if let Some(first) = repeatable.earlier::<ReportScheduleId>(&at.db).await? {
        return kept(&at, first, &zone).await;
    }
    if report_schedules::list(&at.db, at.member.id).await?.len() >= MOST {
        return Err(Problem::conflict("too_many", &format!("At most {MOST} at once. Delete one first.")));
    }
    let id = ReportScheduleId::new(random::id(at.here.now));
    let agent = Some(at.member.id);
    let schedule =
        ReportSchedule { id, agent, name, report, wanted, every, hour, format, sent_for: None, paused: None };
    let statements = vec![report_schedules::insert(&at.db, at.company.id, at.member.id, &schedule, at.here.now)?];
    let told = ReportScheduleBody::new(&at, schedule, &zone);
    // First of all: none is kept that would never be sent. What the Desk knows in vain it forgets soon after that was due.
    tell(&at, id, Some(told.next_at)).await?;
    if let Some(first) = repeatable.settle(&at.db, &id, statements, at.here.now, Problem::from).await? {
        tell(&at, id, None).await?;
        return kept(&at, first, &zone).await;
    }
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// One that is kept already; the Desk may not know of it yet.
async fn kept(at: &AtCompany, id: ReportScheduleId, zone: &str) -> Answer {
    let schedule = report_schedules::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    let told = ReportScheduleBody::new(at, schedule, zone);
    tell(at, id, Some(told.next_at)).await?;
    Ok((StatusCode::CREATED, axum::Json(told)).into_response())
}

/// Changes a report that the caller has sent to himself.
#[utoipa::path(patch, path = "/api/companies/{company}/report-schedules/{id}", tag = "reports",
    params(("company" = String, Path), ("id" = ReportScheduleId, Path)), request_body = ReportScheduleChange,
    responses((status = 200, body = ReportScheduleBody)))]
#[worker::send]
pub async fn update(
    AtSchedule { at, mut schedule }: AtSchedule,
    Json(body): Json<ReportScheduleChange>,
) -> Answer<axum::Json<ReportScheduleBody>> {
    let reach = reach(&at, schedule.report)?;
    if body.every.is_some_and(|every| every != schedule.every) {
        // The last day of a month may be that of a week, too, about which nothing was sent.
        schedule.sent_for = None;
    }
    schedule.every = body.every.unwrap_or(schedule.every);
    schedule.hour = body.hour.unwrap_or(schedule.hour);
    schedule.format = body.format.unwrap_or(schedule.format);
    schedule.name = checked(body.name.as_deref().unwrap_or(&schedule.name), schedule.hour, schedule.format)?;
    if let Some(wanted) = body.wanted {
        require_known(&at, schedule.report, &wanted).await?;
        schedule.wanted = wanted;
    }
    permit(&at, reach)?;
    let statements = report_schedules::update(&at.db, &schedule)?;
    db::transaction(&at.db, statements.into_iter().collect()).await?;
    let told = ReportScheduleBody::new(&at, schedule, &time_zone(&at).await?);
    tell(&at, told.schedule.id, Some(told.next_at)).await?;
    Ok(axum::Json(told))
}

/// Has a report sent no longer.
#[utoipa::path(delete, path = "/api/companies/{company}/report-schedules/{id}", tag = "reports",
    params(("company" = String, Path), ("id" = ReportScheduleId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove(AtSchedule { at, schedule }: AtSchedule, _: OptionalJson<Nothing>) -> Answer {
    db::transaction(&at.db, vec![report_schedules::delete(&at.db, schedule.id)?]).await?;
    tell(&at, schedule.id, None).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

impl ReportScheduleBody {
    fn new(at: &AtCompany, schedule: ReportSchedule, zone: &str) -> Self {
        Self { next_at: report_mail::next(&schedule, zone, at.here.now), schedule }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AtSchedule {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let at = AtCompany::from_request_parts(parts, state).await?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
        let id = path.ok().and_then(|Path(path)| ReportScheduleId::parse(path.get("id")?));
        SendFuture::new(Self::find(at, id.ok_or_else(Problem::not_found)?)).await
    }
}

impl AtSchedule {
    async fn find(at: AtCompany, id: ReportScheduleId) -> Result<Self, Problem> {
        let found = report_schedules::find(&at.db, at.company.id, id).await?;
        let own = found.filter(|schedule| schedule.agent == Some(at.member.id));
        Ok(Self { schedule: own.ok_or_else(Problem::not_found)?, at })
    }
}

fn checked(name: &str, hour: u8, format: Format) -> Answer<String> {
    let mut form = Form::default();
    let name = form.line("name", name);
    if hour > 23 {
        form.fault(FieldError::new("hour", "out_of_range", "From 0 to 23, please."));
    }
    if format == Format::Json {
        form.fault(FieldError::new("format", "unknown_value", "One of csv and xlsx, please."));
    }
    form.finish()?;
    Ok(name)
}

/// Whoever may see the report, and take it out as a file.
fn permit(at: &AtCompany, reach: Result<ScopeSet, Denied>) -> Answer<()> {
    permit_company(&at.member, Capability::ReportExport)?;
    Ok(reach.map(drop)?)
}

async fn time_zone(at: &AtCompany) -> Answer<String> {
    let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
    Ok(settings.time_zone)
}

/// The Desk has to know when it is due.
async fn tell(at: &AtCompany, schedule: ReportScheduleId, due: Option<Instant>) -> Answer<()> {
    desk::ask::<()>(&at.here.env, at.company.id, &DeskRequest::Report { schedule, due }).await?;
    Ok(())
}
