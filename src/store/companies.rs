//! Companies and their settings.

use super::callers::seconds;
use super::db::{self, Changes, StoreResult, statement};
use crate::domain::conversation::terms::{Escalation, Terms};
use crate::domain::id::{AgentId, CompanyId, FileId, TeamId, UserId};
use crate::domain::people::hours::{AwayReply, Calendar};
use crate::domain::people::password_policy::PasswordPolicy;
use crate::domain::people::settings::{AssignmentPolicy, Hours, Switch};
use crate::domain::people::widget::{Position, Widget};
use crate::domain::time::{Instant, Span};
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement, D1Result};

/// How long a URL that a company gave up leads there, and to nobody else.
const FORMER_SLUG_KEPT: Span = Span::days(365);

/// A company to be created together with its first member.
pub struct NewCompany<'a> {
    pub id: CompanyId,
    pub slug: &'a str,
    pub name: &'a str,
    pub owner: UserId,
    pub owner_agent: AgentId,
    pub owner_name: &'a str,
    /// Its first business unit.
    pub unit: TeamId,
}

/// A company's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    pub logo: Option<FileId>,
    pub language: String,
    pub time_zone: String,
    pub max_chats: u32,
    pub seats: u32,
    pub assignment_policy: AssignmentPolicy,
    pub password_policy: PasswordPolicy,
    /// When it is open.
    pub calendar: Calendar,
    pub away_reply: AwayReply,
    pub terms: Terms,
    pub widget: Widget,
    pub translation: Switch,
    /// For how many days closed conversations are kept; none: for ever.
    pub retention_days: Option<u32>,
}

/// Settings to change; what is none stays.
#[derive(Default)]
pub struct Change {
    pub name: Option<String>,
    pub description: Option<String>,
    pub slug: Option<String>,
    pub pending_close_after: Option<i64>,
    pub language: Option<String>,
    pub time_zone: Option<String>,
    pub max_chats: Option<u32>,
    pub seats: Option<u32>,
    pub assignment_policy: Option<AssignmentPolicy>,
    pub password_policy: Option<PasswordPolicy>,
    pub business_hours: Option<Vec<Hours>>,
    pub holidays: Option<Vec<String>>,
    pub away_reply: Option<AwayReply>,
    pub response_time: Option<Option<i64>>,
    pub escalation: Option<Escalation>,
    pub widget_origins: Option<Vec<String>>,
    pub widget_colour: Option<String>,
    pub widget_greeting: Option<String>,
    pub widget_position: Option<Position>,
    pub translation: Option<Switch>,
    pub retention_days: Option<Option<u32>>,
}

/// Which of these slugs are taken, or were until not long ago.
///
/// # Errors
/// When the database fails.
pub async fn taken_slugs(
    db: &D1Database,
    slugs: &[String],
    by_others_than: Option<CompanyId>,
    now: Instant,
) -> StoreResult<Vec<String>> {
    #[derive(Deserialize)]
    struct Row {
        slug: String,
    }
    let sql = "SELECT slug FROM companies WHERE slug IN (SELECT value FROM json_each(?1)) AND id IS NOT ?2 \
               UNION SELECT slug FROM former_slugs WHERE slug IN (SELECT value FROM json_each(?1)) \
                 AND company_id IS NOT ?2 AND kept_until > ?3";
    let values = vec![serde_json::to_string(slugs)?.into(), by_others_than.into(), now.into()];
    let rows: Vec<Row> = db::all(db, sql, values).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// Creates a company and makes its founder the owner and administrator (specification N2).
///
/// # Errors
/// When a statement cannot be made; run in a transaction, a taken slug is a conflict.
pub fn insert(db: &D1Database, company: &NewCompany<'_>, now: Instant) -> StoreResult<Vec<D1PreparedStatement>> {
    let company_sql =
        "INSERT INTO companies (id, slug, name, terms_accepted_at, created_at) VALUES (?1, ?2, ?3, ?4, ?4)";
    let owner_sql = "INSERT INTO memberships (id, company_id, user_id, status, owner, roles, display_name, created_at) \
                     VALUES (?1, ?2, ?3, 'active', 1, '[\"administrator\"]', ?4, ?5)";
    let unit_sql = "INSERT INTO teams (id, company_id, kind, name, created_at) \
                    VALUES (?1, ?2, 'business_unit', 'General', ?3)";
    let member_sql = "INSERT INTO team_members (team_id, agent_id) VALUES (?1, ?2)";
    let id = company.id;
    let agent = company.owner_agent;
    Ok(vec![
        statement(
            db,
            "DELETE FROM former_slugs WHERE slug = ?1 AND kept_until <= ?2",
            vec![company.slug.into(), now.into()],
        )?,
        statement(db, company_sql, vec![id.into(), company.slug.into(), company.name.into(), now.into()])?,
        statement(
            db,
            owner_sql,
            vec![agent.into(), id.into(), company.owner.into(), company.owner_name.into(), now.into()],
        )?,
        statement(db, unit_sql, vec![company.unit.into(), id.into(), now.into()])?,
        statement(db, member_sql, vec![company.unit.into(), agent.into()])?,
    ])
}

/// A company's settings.
///
/// # Errors
/// When the database fails.
pub async fn settings(db: &D1Database, id: CompanyId) -> StoreResult<Option<Settings>> {
    #[derive(Deserialize)]
    struct Row {
        logo_id: Option<FileId>,
        language: String,
        time_zone: String,
        max_chats: u32,
        seats: u32,
        assignment_policy: String,
        password_policy: String,
        business_hours: String,
        holidays: String,
        away_reply: String,
        translation: String,
        retention_days: Option<u32>,
        #[serde(flatten)]
        terms: TermsRow,
        #[serde(flatten)]
        widget: WidgetRow,
    }
    let sql = format!(
        "SELECT logo_id, language, time_zone, max_chats, seats, assignment_policy, password_policy, business_hours, \
           holidays, away_reply, translation, retention_days, {TERMS}, {WIDGET} FROM companies WHERE id = ?1"
    );
    let row: Option<Row> = db::first(db, &sql, vec![id.into()]).await?;
    row.map(|row| {
        Ok(Settings {
            logo: row.logo_id,
            language: row.language,
            time_zone: row.time_zone,
            max_chats: row.max_chats,
            seats: row.seats,
            assignment_policy: AssignmentPolicy::parse(&row.assignment_policy).unwrap_or_default(),
            password_policy: serde_json::from_str(&row.password_policy)?,
            calendar: Calendar {
                hours: serde_json::from_str(&row.business_hours)?,
                holidays: serde_json::from_str(&row.holidays)?,
            },
            away_reply: serde_json::from_str(&row.away_reply)?,
            terms: row.terms.read(),
            widget: row.widget.read()?,
            translation: Switch::parse(&row.translation),
            retention_days: row.retention_days,
        })
    })
    .transpose()
}

/// In which language messages are read, and whether they are translated into it.
#[derive(Clone, Debug)]
pub struct Speech {
    /// The agent's where he has one of his own, else the company's.
    pub language: String,
    pub translates: bool,
}

/// How an agent of a company reads, or the company itself; none where there is no such company.
///
/// # Errors
/// When the database fails.
pub async fn speech(db: &D1Database, id: CompanyId, agent: Option<AgentId>) -> StoreResult<Option<Speech>> {
    #[derive(Deserialize)]
    struct Row {
        language: String,
        translation: String,
    }
    let sql = "SELECT COALESCE(memberships.language, companies.language) AS language, translation FROM companies \
               LEFT JOIN memberships ON memberships.company_id = companies.id AND memberships.id = ?2 \
               WHERE companies.id = ?1";
    let row: Option<Row> = db::first(db, sql, vec![id.into(), agent.into()]).await?;
    Ok(row.map(|Row { language, translation }| Speech {
        language,
        translates: Switch::parse(&translation) == Switch::On,
    }))
}

/// The columns of what a company has set about waiting.
pub const TERMS: &str = "pending_close_after, response_time, escalation";

/// What [`TERMS`] are read into.
#[derive(Deserialize)]
pub struct TermsRow {
    pending_close_after: Option<f64>,
    response_time: Option<f64>,
    escalation: Option<String>,
}

impl TermsRow {
    /// As conversations know them.
    #[must_use]
    pub fn read(self) -> Terms {
        Terms {
            pending_close_after: seconds(self.pending_close_after),
            response_time: self.response_time.map(|time| seconds(Some(time))),
            escalation: self.escalation.and_then(|name| Escalation::parse(&name)).unwrap_or_default(),
        }
    }
}

/// The columns of a company's chat window.
pub const WIDGET: &str = "widget_origins, widget_colour, widget_greeting, widget_position";

/// What [`WIDGET`] are read into.
#[derive(Deserialize)]
pub struct WidgetRow {
    widget_origins: String,
    widget_colour: String,
    widget_greeting: String,
    widget_position: String,
}

impl WidgetRow {
    /// As the chat window knows them.
    ///
    /// # Errors
    /// When what is stored is not what it should be.
    pub fn read(self) -> StoreResult<Widget> {
        Ok(Widget {
            origins: serde_json::from_str(&self.widget_origins)?,
            colour: self.widget_colour,
            greeting: self.widget_greeting,
            position: Position::parse(&self.widget_position),
        })
    }
}

/// What every conversation has to know of its company's settings.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub terms: Terms,
    /// Whether rules may have to look at what happens.
    pub automated: bool,
}

/// Asks what conversations have to know of a company.
///
/// # Errors
/// When the statement cannot be made.
pub fn known(db: &D1Database, id: CompanyId) -> StoreResult<D1PreparedStatement> {
    let sql = format!(
        "SELECT {TERMS}, COALESCE(json_extract(away_reply, '$.enabled'), 0) OR \
           EXISTS (SELECT 1 FROM automations WHERE company_id = ?1 AND enabled = 1) AS automated \
         FROM companies WHERE id = ?1"
    );
    statement(db, &sql, vec![id.into()])
}

/// Reads the answer to [`known`].
///
/// # Errors
/// When it is not what it should be.
pub fn read_known(result: Option<&D1Result>) -> StoreResult<Option<Known>> {
    #[derive(Deserialize)]
    struct Row {
        automated: u8,
        #[serde(flatten)]
        terms: TermsRow,
    }
    let rows: Vec<Row> = result.map(D1Result::results).transpose()?.unwrap_or_default();
    Ok(rows.into_iter().next().map(|row| Known { terms: row.terms.read(), automated: row.automated != 0 }))
}

/// Changes settings of a company. A URL that it gives up still leads to it, for a year.
///
/// # Errors
/// When a statement cannot be made; run in a transaction, a taken slug is a conflict.
pub fn update(
    db: &D1Database,
    id: CompanyId,
    old_slug: &str,
    change: &Change,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let mut statements = Vec::new();
    if let Some(slug) = change.slug.as_deref().filter(|slug| *slug != old_slug) {
        let keep = "INSERT INTO former_slugs (slug, company_id, kept_until) VALUES (?1, ?2, ?3) \
                    ON CONFLICT (slug) DO UPDATE SET company_id = excluded.company_id, kept_until = excluded.kept_until";
        let free = "DELETE FROM former_slugs WHERE slug = ?1 AND (company_id = ?2 OR kept_until <= ?3)";
        statements.push(statement(db, keep, vec![old_slug.into(), id.into(), now.after(FORMER_SLUG_KEPT).into()])?);
        statements.push(statement(db, free, vec![slug.into(), id.into(), now.into()])?);
    }
    let mut changes = Changes::default();
    changes.set_some("name", change.name.as_ref());
    changes.set_some("description", change.description.as_ref());
    changes.set_some("slug", change.slug.as_ref());
    changes.set_some("pending_close_after", change.pending_close_after);
    changes.set_some("language", change.language.as_ref());
    changes.set_some("time_zone", change.time_zone.as_ref());
    changes.set_some("max_chats", change.max_chats);
    changes.set_some("seats", change.seats);
    changes.set_some("assignment_policy", change.assignment_policy.map(AssignmentPolicy::name));
    changes
        .set_some("password_policy", change.password_policy.map(|policy| serde_json::to_string(&policy)).transpose()?);
    changes.set_some("business_hours", change.business_hours.as_ref().map(serde_json::to_string).transpose()?);
    changes.set_some("holidays", change.holidays.as_ref().map(serde_json::to_string).transpose()?);
    changes.set_some("away_reply", change.away_reply.as_ref().map(serde_json::to_string).transpose()?);
    if let Some(time) = change.response_time {
        changes.set("response_time", time);
    }
    changes.set_some("escalation", change.escalation.map(Escalation::name));
    changes.set_some("widget_origins", change.widget_origins.as_ref().map(serde_json::to_string).transpose()?);
    changes.set_some("widget_colour", change.widget_colour.as_ref());
    changes.set_some("widget_greeting", change.widget_greeting.as_ref());
    changes.set_some("widget_position", change.widget_position.map(Position::name));
    changes.set_some("translation", change.translation.map(Switch::name));
    if let Some(days) = change.retention_days {
        changes.set("retention_days", days);
    }
    statements.extend(changes.update(db, "companies", id)?);
    Ok(statements)
}

/// Sets or removes a company's logo.
///
/// # Errors
/// When the statement cannot be made.
pub fn set_logo(db: &D1Database, id: CompanyId, logo: Option<FileId>) -> StoreResult<D1PreparedStatement> {
    statement(db, "UPDATE companies SET logo_id = ?2 WHERE id = ?1", vec![id.into(), logo.into()])
}
