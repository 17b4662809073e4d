//! Reports (specification K1–K6): what conversations, agents and payments came to.

use super::body::Query;
use super::disposition::disposition;
use super::problem::{Answer, Problem};
use super::search::ask_for_words;
use super::session::AtCompany;
use crate::domain::conversation::event::Channel;
use crate::domain::id::{AgentId, FolderId, TagId, TeamId};
use crate::domain::input::FieldError;
use crate::domain::people::capability::ScopeSet;
use crate::domain::people::permission::{Capability, Denied, permit_company};
use crate::domain::report::period::Period;
use crate::domain::report::question::{Clock, Format, Subject, Wanted};
use crate::domain::report::summary::Group;
use crate::domain::report::table::Table;
use crate::effects::report::{self, Report, Setting};
use crate::effects::report_payments::{self, PaymentReport};
use crate::platform::transfer::Passing;
use crate::platform::{csv, xlsx};
use crate::store::{companies, facts};
use axum::response::IntoResponse;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;

/// What a report is to be about.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The first day, by the company's clock, as `2026-12-25`; thirty days in all when left out.
    from: Option<String>,
    /// The last day; today when left out. At most 366 days.
    to: Option<String>,
    /// What its rows are about; not `state`, `method` or `currency`, which only orders have.
    #[serde(default)]
    group: Group,
    /// Whether time counts only while the company is open.
    #[serde(default)]
    clock: Clock,
    /// Whether to tell what the days before came to; yes when left out.
    compare: Option<bool>,
    /// Only what this agent did, or what happened in conversations of his.
    agent: Option<AgentId>,
    /// Only conversations that belong to this team now.
    team: Option<TeamId>,
    /// Only conversations that are in this folder now.
    folder: Option<FolderId>,
    /// Only conversations that have this tag now.
    tag: Option<TagId>,
    /// Only conversations that came in this way.
    channel: Option<Channel>,
    /// As what to answer; files take `report.export`.
    #[serde(default)]
    format: Format,
}

/// What conversations came to: how many, how fast, how good.
#[utoipa::path(get, path = "/api/companies/{company}/reports/conversations", tag = "reports",
    params(("company" = String, Path), ReportQuery), responses(
        (status = 200, content((Report = "application/json"), (String = "text/csv"), 
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[worker::send]
pub async fn conversations(at: AtCompany, Query(query): Query<ReportQuery>) -> Answer {
    tell(at, Subject::Conversations, query).await
}

/// What each agent came to whom the caller may know of.
#[utoipa::path(get, path = "/api/companies/{company}/reports/agents", tag = "reports",
    params(("company" = String, Path), ReportQuery), responses(
        (status = 200, content((Report = "application/json"), (String = "text/csv"), 
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[worker::send]
pub async fn agents(at: AtCompany, Query(query): Query<ReportQuery>) -> Answer {
    tell(at, Subject::Agents, query).await
}

async fn tell(at: AtCompany, subject: Subject, query: ReportQuery) -> Answer {
    let ReportQuery { from, to, group, clock, compare, agent, team, folder, tag, channel, format } = query;
    let wanted = Wanted { group, clock, agent, team, folder, tag, channel };
    let setting = Asked { from, to, compare, format }.allowed(&at, subject, &wanted).await?;
    let report = report::make(&setting, subject, &wanted).await?;
    if report.outstanding > 0 {
        ask_for_words(&at).await?;
    }
    match format {
        Format::Json => document(report.pieces()),
        format => file(report.table(), subject, setting.period, format),
    }
}

/// What a report on payments is to be about.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentReportQuery {
    /// The first day, by the company's clock, as `2026-12-25`; thirty days in all when left out.
    from: Option<String>,
    /// The last day; today when left out. At most 366 days.
    to: Option<String>,
    /// What its rows are about: `day`, `week`, `month`, `agent`, `state`, `method` or `currency`.
    #[serde(default)]
    group: Group,
    /// Whether to tell what the days before came to; yes when left out.
    compare: Option<bool>,
    /// As what to answer; files take `report.export`.
    #[serde(default)]
    format: Format,
}

/// What was ordered in some days, and what has become of it.
#[utoipa::path(get, path = "/api/companies/{company}/reports/payments", tag = "reports",
    params(("company" = String, Path), PaymentReportQuery), responses(
        (status = 200, content((PaymentReport = "application/json"), (String = "text/csv"), 
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[worker::send]
pub async fn payments(at: AtCompany, Query(query): Query<PaymentReportQuery>) -> Answer {
    let PaymentReportQuery { from, to, group, compare, format } = query;
    let wanted = Wanted { group, ..Wanted::default() };
    let setting = Asked { from, to, compare, format }.allowed(&at, Subject::Payments, &wanted).await?;
    let report = report_payments::make(&setting, group).await?;
    match format {
        Format::Json => document(report.pieces()),
        format => file(report.table(), Subject::Payments, setting.period, format),
    }
}

/// What is asked of every report.
struct Asked {
    from: Option<String>,
    to: Option<String>,
    compare: Option<bool>,
    format: Format,
}

impl Asked {
    /// How the report is made, if the caller may have it.
    async fn allowed<'a>(self, at: &'a AtCompany, subject: Subject, wanted: &Wanted) -> Answer<Setting<'a>> {
        let reach = reach(at, subject)?;
        let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
        let today = report::today(&settings.time_zone, at.here.now);
        let period = Period::parse(self.from.as_deref(), self.to.as_deref(), today)?;
        require_known(at, subject, wanted).await?;
        reach?;
        if self.format != Format::Json {
            permit_company(&at.member, Capability::ReportExport)?;
        }
        Ok(Setting {
            env: &at.here.env,
            db: &at.db,
            company: at.company.id,
            member: &at.member,
            time_zone: settings.time_zone,
            calendar: settings.calendar,
            period,
            compare: self.compare.unwrap_or(true),
        })
    }
}

/// How far the caller's reports of a kind reach: a 403 comes only after what is wrong with what he asks. 404 for whom there are
/// no such reports.
pub(super) fn reach(at: &AtCompany, subject: Subject) -> Answer<Result<ScopeSet, Denied>> {
    match report::reach(&at.member, report::capability(subject)) {
        Err(Denied::NotVisible) => Err(Problem::not_found()),
        reach => Ok(reach),
    }
}

/// 422 for what such a report cannot be about: what the company does not have, or not any more.
pub(super) async fn require_known(at: &AtCompany, subject: Subject, wanted: &Wanted) -> Answer<()> {
    let tags: Vec<TagId> = wanted.tag.into_iter().collect();
    let unknown = if subject.takes(wanted.group) {
        facts::named(&at.db, at.company.id, wanted.team, wanted.folder, &tags, wanted.agent).await?
    } else {
        Some("group")
    };
    match unknown {
        Some(field) => Err(FieldError::new(field, "unknown_value", "There is no such value.").into()),
        None => Ok(()),
    }
}

/// The report as JSON: row by row, as it is read.
fn document<P>(pieces: Result<P, String>) -> Answer
where
    P: Iterator<Item = Result<Vec<u8>, String>> + 'static,
{
    let pieces = pieces.map_err(|error| Problem::internal("report", &error))?;
    passing([(CONTENT_TYPE, HeaderValue::from_static(Format::Json.media_type()))], pieces)
}

/// The report as a file: line by line, as it is read.
fn file(table: Table, subject: Subject, period: Period, format: Format) -> Answer {
    let name = format!("{}-{}-{}.{}", subject.name(), period.from(), period.to(), format.extension());
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (CONTENT_DISPOSITION, disposition(false, &name)),
    ];
    match format {
        Format::Xlsx => passing(headers, xlsx::pieces(table).map(Ok)),
        Format::Csv | Format::Json => passing(headers, csv::lines(table)),
    }
}

fn passing(headers: impl IntoResponse, pieces: impl Iterator<Item = Result<Vec<u8>, String>> + 'static) -> Answer {
    let pieces = Passing::of(pieces).map_err(|error| Problem::internal("report", &error))?;
    let mut response = headers.into_response();
    response.extensions_mut().insert(pieces);
    Ok(response)
}
