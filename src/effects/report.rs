//! Makes reports, for whoever asks and for those who have them sent: within what they may see, by the company's own clock.

use super::{attendance, report_payments};
use crate::domain::id::{AgentId, CompanyId};
use crate::domain::people::capability::{Capability, Scope, ScopeSet};
use crate::domain::people::hours::Calendar;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Denied, relation_between, scope_of};
use crate::domain::report::attendance::Stretch;
use crate::domain::report::fact::Kind;
use crate::domain::report::measure::{Besides, Measures, Sample};
use crate::domain::report::period::{Interval, Period, date};
use crate::domain::report::question::{Clock, Format, Subject, Wanted};
use crate::domain::report::summary::{Group, Places, Row, Summary};
use crate::domain::report::table::{self, Table};
use crate::domain::time::Instant;
use crate::domain::zone::Zone;
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::{csv, intl, json, xlsx};
use crate::store::conversations::{Filter, Viewer};
use crate::store::db::{StoreError, StoreResult};
use crate::store::facts::{self, PlaceKind, Question};
use crate::store::{agents, search};
use serde::Serialize;
use std::collections::BTreeMap;
use worker::{D1Database, Env};

/// A report on conversations, or on agents.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Report {
    pub report: Subject,
    /// The first day, by the company's clock.
    pub from: String,
    /// The last day.
    pub to: String,
    pub time_zone: String,
    pub clock: Clock,
    pub group: Group,
    pub totals: Measures,
    /// The same of as many days before; null where nobody asked.
    pub before: Option<Before>,
    /// By what it is grouped by.
    pub rows: Vec<Row>,
    /// Over time.
    pub series: Series,
    /// What customers wrote, by day of the week, from Monday, and by hour of the day.
    pub heat: Vec<Vec<u32>>,
    /// Conversations whose facts are not all here yet.
    pub outstanding: u32,
}

/// The figures of the days before.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Before {
    pub from: String,
    pub to: String,
    pub totals: Measures,
}

/// Figures over time.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Series {
    pub interval: Interval,
    pub rows: Vec<Row>,
}

/// Of which company, for whom and when a report is made.
pub struct Setting<'a> {
    pub env: &'a Env,
    pub db: &'a D1Database,
    pub company: CompanyId,
    pub member: &'a Member,
    pub time_zone: String,
    /// When the company is open.
    pub calendar: Calendar,
    pub period: Period,
    /// Whether the days before are to be told, too.
    pub compare: bool,
}

/// How far somebody's reports reach.
///
/// # Errors
/// As [`Denied`]: whoever is kept to orders knows of no other reports.
pub fn reach(member: &Member, capability: Capability) -> Result<ScopeSet, Denied> {
    if member.is_confined() && !capability.is_of_orders() {
        return Err(Denied::NotVisible);
    }
    let reach = scope_of(member, capability);
    if reach == ScopeSet::NONE { Err(Denied::Forbidden(capability)) } else { Ok(reach) }
}

/// What day it is at a company, counted from 1970-01-01.
#[must_use]
pub fn today(time_zone: &str, now: Instant) -> i64 {
    intl::civil(time_zone, now).day()
}

/// Makes a report, as a table.
///
/// # Errors
/// When the database fails.
pub async fn table(setting: &Setting<'_>, subject: Subject, wanted: &Wanted) -> StoreResult<Table> {
    match subject {
        Subject::Payments => Ok(report_payments::make(setting, wanted.group).await?.table()),
        Subject::Conversations | Subject::Agents => Ok(make(setting, subject, wanted).await?.table()),
    }
}

/// Makes a report on conversations, or on agents.
///
/// # Errors
/// When the database fails.
pub async fn make(setting: &Setting<'_>, subject: Subject, wanted: &Wanted) -> StoreResult<Report> {
    let Setting { db, company, member, period, .. } = *setting;
    let reach = scope_of(member, Capability::ReportConversations);
    let on_agents = subject == Subject::Agents;
    let group = if on_agents { Group::Agent } else { wanted.group };
    let visible = if on_agents { colleagues(db, company, member, reach).await? } else { None };
    let of_one = wanted.agent.map(|agent| match &visible {
        Some(visible) if !visible.contains(&agent) => Vec::new(),
        _ => vec![agent],
    });
    let (names, places) = match place_kind(group) {
        Some(kind) => facts::places(db, company, kind).await?,
        None => (Vec::new(), Places::default()),
    };
    let before = period.before();
    let (from, _) = before.bounds(&Zone::fixed(0));
    let (_, until) = period.bounds(&Zone::fixed(0));
    let zone = intl::zone(&setting.time_zone, from, until);
    let besides = Besides { handled: on_agents, attendance: on_agents && wanted.is_of_every_conversation() };
    // Asked before the database: what it does not have yet is told here, and what is told here is not read there.
    let stretches = if besides.attendance { stretches(setting.env, company).await? } else { Vec::new() };
    let told: Vec<u64> = stretches.iter().map(|one| one.id).collect();
    let kinds: Vec<Kind> = if besides.attendance { Kind::all().collect() } else { Kind::OF_CONVERSATIONS.into() };
    let question = Question {
        kinds: &kinds,
        viewer: &viewer(company, member, if on_agents { ScopeSet::ALL } else { reach }),
        filter: &Filter {
            folder: wanted.folder,
            team: wanted.team,
            tags: wanted.tag.into_iter().collect(),
            channels: wanted.channel.into_iter().collect(),
            ..Filter::default()
        },
        agents: of_one.as_deref().or(visible.as_deref()),
        open_only: wanted.clock == Clock::Business,
        by_agent: group == Group::Agent,
        by_number: on_agents || group.is_of_places(),
        told: &told,
    };
    let known = if group == Group::Agent { facts::agents(db, company).await? } else { BTreeMap::new() };
    let sees = |agent: &AgentId| question.agents.is_none_or(|agents| agents.contains(agent));
    let numbers: BTreeMap<AgentId, u32> =
        known.iter().map(|(number, (agent, _))| (*agent, *number)).filter(|(agent, _)| sees(agent)).collect();
    let mut summary = Summary::new(&zone, period, group, &places, besides);
    let counts = |agent: u32| !on_agents || agent != 0;
    let days: Vec<_> = period.spans(&zone).collect();
    facts::read(db, &question, &days, |sample| {
        if counts(sample.agent) {
            summary.add(sample);
        }
    })
    .await?;
    let (then, now, end) = (before.bounds(&zone).0, period.bounds(&zone).0, period.bounds(&zone).1);
    for sample in
        stretches.into_iter().flat_map(|one| samples(one, (then, end), &zone, setting, wanted.clock, &numbers))
    {
        if sample.at >= now {
            summary.add(&sample);
        } else if setting.compare {
            summary.add_before(&sample);
        }
    }
    if setting.compare {
        let days: Vec<_> = before.spans(&zone).collect();
        facts::read(db, &question, &days, |sample| {
            if counts(sample.agent) {
                summary.add_before(sample);
            }
        })
        .await?;
    }
    let summed = summary.finish();
    let name = |(key, measures): (i64, Measures)| {
        let place = usize::try_from(key).ok().and_then(|key| key.checked_sub(1)).and_then(|at| names.get(at));
        let agent = u32::try_from(key).ok().and_then(|key| known.get(&key));
        let (key, name) = match group {
            Group::Day | Group::Week | Group::Month => (Some(date(key)), None),
            Group::Hour | Group::Weekday => (Some(key.to_string()), None),
            Group::Agent => (agent.map(|(id, _)| id.to_string()), agent.map(|(_, name)| name.clone())),
            Group::Channel => (place.map(|(id, _)| id.clone()), None),
            _ => (place.map(|(id, _)| id.clone()), place.map(|(_, name)| name.clone())),
        };
        Row { key, name, measures }
    };
    let mut rows: Vec<Row> = summed.rows.into_iter().map(name).collect();
    if group == Group::Agent {
        rows.sort_by_cached_key(|row| {
            (row.key.is_none(), row.name.as_deref().unwrap_or_default().to_lowercase(), row.key.clone())
        });
    }
    Ok(Report {
        report: subject,
        from: period.from(),
        to: period.to(),
        time_zone: setting.time_zone.clone(),
        clock: wanted.clock,
        group,
        totals: summed.totals,
        before: setting.compare.then(|| Before { from: before.from(), to: before.to(), totals: summed.before }),
        rows,
        series: Series { interval: period.interval(), rows: summed.series },
        heat: summed.heat,
        outstanding: search::outstanding(db, company).await?,
    })
}

/// Stretches in which agents were there that the database does not have yet.
async fn stretches(env: &Env, company: CompanyId) -> StoreResult<Vec<Stretch>> {
    let broken = |error: &dyn std::fmt::Display| StoreError::Broken(error.to_string());
    match desk::ask::<()>(env, company, &DeskRequest::Attendance).await.map_err(|error| broken(&error))? {
        Answer::Done(text) => serde_json::from_str(&text).map_err(|error| broken(&error)),
        Answer::Refused(()) => Err(broken(&"the Desk refused")),
    }
}

/// What a report makes of a stretch, between two instants; nothing of people it is not about.
fn samples<'a>(
    stretch: Stretch,
    (from, until): (Instant, Instant),
    zone: &'a Zone,
    setting: &'a Setting<'_>,
    clock: Clock,
    numbers: &BTreeMap<AgentId, u32>,
) -> impl Iterator<Item = Sample> + use<'a> {
    let agent = numbers.get(&stretch.agent).copied();
    let within = Stretch { since: stretch.since.max(from), until: stretch.until.min(until), ..stretch };
    agent.into_iter().flat_map(move |agent| {
        attendance::timed(within, zone, &setting.calendar).map(move |(fact, spent, open)| {
            let value = if clock == Clock::Business { open } else { spent }.as_millis();
            Sample { kind: fact.kind, at: fact.at, number: 0, agent, value }
        })
    })
}

impl Report {
    /// The report as JSON, row by row.
    ///
    /// # Errors
    /// When it cannot be written, which is a fault of ours.
    pub fn pieces(mut self) -> Result<impl Iterator<Item = Result<Vec<u8>, String>>, String> {
        let lists = vec![std::mem::take(&mut self.rows), std::mem::take(&mut self.series.rows)];
        json::pieces(&self, lists)
    }

    /// The report as a table.
    #[must_use]
    pub fn table(&self) -> Table {
        let title = format!("{} {} {}", self.report.name(), self.from, self.to);
        table::of_measures(title, self.group.column(), &self.rows, &self.totals, "total")
    }
}

/// What a report takes.
#[must_use]
pub const fn capability(subject: Subject) -> Capability {
    match subject {
        Subject::Conversations | Subject::Agents => Capability::ReportConversations,
        Subject::Payments => Capability::ReportPayments,
    }
}

/// Writes a table as a file.
///
/// # Errors
/// When it cannot be written, which is a fault of ours.
pub fn write(table: Table, format: Format) -> Result<Vec<u8>, String> {
    match format {
        Format::Xlsx => Ok(xlsx::pieces(table).collect::<Vec<_>>().concat()),
        Format::Csv | Format::Json => csv::lines(table).collect::<Result<Vec<_>, _>>().map(|lines| lines.concat()),
    }
}

/// Those whose work somebody may see reports on; none where that is everybody's.
pub(super) async fn colleagues(
    db: &D1Database,
    company: CompanyId,
    member: &Member,
    reach: ScopeSet,
) -> StoreResult<Option<Vec<AgentId>>> {
    if reach.has(Scope::All) {
        return Ok(None);
    }
    let people = agents::list(db, company).await?;
    let sees = |other: &Member| reach.meets(relation_between(member, other));
    Ok(Some(people.into_iter().map(|record| record.member).filter(sees).map(|other| other.id).collect()))
}

/// Whose conversations reports are about, and how far he sees.
#[must_use]
pub fn viewer(company: CompanyId, member: &Member, sees: ScopeSet) -> Viewer {
    let folders = member.folders.iter().filter(|right| right.see_incoming).map(|right| right.folder).collect();
    Viewer { company, agent: member.id, sees, folders, teams: member.teams.clone() }
}

const fn place_kind(group: Group) -> Option<PlaceKind> {
    match group {
        Group::Team => Some(PlaceKind::Team),
        Group::Folder => Some(PlaceKind::Folder),
        Group::Tag => Some(PlaceKind::Tag),
        Group::Channel => Some(PlaceKind::Channel),
        _ => None,
    }
}
