//! Reports that people have sent to themselves.

use super::db::{self, Changes, StoreResult, statement};
use crate::domain::id::{AgentId, CompanyId, ReportScheduleId};
use crate::domain::report::period::Interval;
use crate::domain::report::question::{Format, Subject, Wanted};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A report that somebody has sent to himself.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReportSchedule {
    pub id: ReportScheduleId,
    #[serde(skip)]
    #[schema(ignore)]
    pub agent: Option<AgentId>,
    pub name: String,
    pub report: Subject,
    pub wanted: Wanted,
    /// Each day, each Monday, or the first of each month; about the day, the week or the month before.
    pub every: Interval,
    /// From 0 to 23, by the company's clock.
    pub hour: u8,
    pub format: Format,
    /// The last day of the last report that was sent; null before the first.
    pub sent_for: Option<String>,
    /// Why the last one was not sent: `no_permission`, or null where it was.
    pub paused: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    id: ReportScheduleId,
    agent_id: AgentId,
    name: String,
    report: Subject,
    wanted: String,
    every: Interval,
    hour: u8,
    format: Format,
    sent_for: String,
    paused: String,
}

impl Row {
    fn read(self) -> StoreResult<ReportSchedule> {
        let some = |text: String| (!text.is_empty()).then_some(text);
        Ok(ReportSchedule {
            id: self.id,
            agent: Some(self.agent_id),
            name: self.name,
            report: self.report,
            wanted: serde_json::from_str(&self.wanted)?,
            every: self.every,
            hour: self.hour,
            format: self.format,
            sent_for: some(self.sent_for),
            paused: some(self.paused),
        })
    }
}

const COLUMNS: &str = "id, agent_id, name, report, wanted, every, hour, format, sent_for, paused";

/// Those of an agent, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, agent: AgentId) -> StoreResult<Vec<ReportSchedule>> {
    let sql = format!("SELECT {COLUMNS} FROM report_schedules WHERE agent_id = ?1 ORDER BY id");
    let rows: Vec<Row> = db::all(db, &sql, vec![agent.into()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One of a company's.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: ReportScheduleId) -> StoreResult<Option<ReportSchedule>> {
    let sql = format!("SELECT {COLUMNS} FROM report_schedules WHERE company_id = ?1 AND id = ?2");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), id.into()]).await?;
    row.map(Row::read).transpose()
}

/// The next of a company's after one of them.
///
/// # Errors
/// When the database fails.
pub async fn next_of_company(
    db: &D1Database,
    company: CompanyId,
    after: Option<ReportScheduleId>,
) -> StoreResult<Option<ReportSchedule>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM report_schedules WHERE company_id = ?1 AND (?2 IS NULL OR id > ?2) ORDER BY id LIMIT 1"
    );
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), after.into()]).await?;
    row.map(Row::read).transpose()
}

/// Keeps a new one.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(
    db: &D1Database,
    company: CompanyId,
    agent: AgentId,
    schedule: &ReportSchedule,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO report_schedules (id, company_id, agent_id, name, report, wanted, every, hour, format, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let values = vec![
        schedule.id.into(),
        company.into(),
        agent.into(),
        (&schedule.name).into(),
        schedule.report.name().into(),
        serde_json::to_string(&schedule.wanted)?.into(),
        schedule.every.name().into(),
        u32::from(schedule.hour).into(),
        schedule.format.extension().into(),
        now.into(),
    ];
    statement(db, sql, values)
}

/// Changes one.
///
/// # Errors
/// When the statement cannot be made.
pub fn update(db: &D1Database, schedule: &ReportSchedule) -> StoreResult<Option<D1PreparedStatement>> {
    let mut changes = Changes::default();
    changes.set("name", &schedule.name);
    changes.set("wanted", serde_json::to_string(&schedule.wanted)?);
    changes.set("every", schedule.every.name());
    changes.set("hour", u32::from(schedule.hour));
    changes.set("format", schedule.format.extension());
    if schedule.sent_for.is_none() {
        changes.set("sent_for", "");
    }
    changes.update(db, "report_schedules", schedule.id)
}

/// Notes what became of the last one: about which days it was, or why it was not sent.
///
/// # Errors
/// When the database fails.
pub async fn was_sent(db: &D1Database, id: ReportScheduleId, sent_for: Option<&str>, paused: &str) -> StoreResult<()> {
    let sql = "UPDATE report_schedules SET sent_for = coalesce(?2, sent_for), paused = ?3 WHERE id = ?1";
    let values = vec![id.into(), sent_for.into(), paused.into()];
    db::transaction(db, vec![statement(db, sql, values)?]).await.map(drop)
}

/// Strikes one.
///
/// # Errors
/// When the statement cannot be made.
pub fn delete(db: &D1Database, id: ReportScheduleId) -> StoreResult<D1PreparedStatement> {
    statement(db, "DELETE FROM report_schedules WHERE id = ?1", vec![id.into()])
}
