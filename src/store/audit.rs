//! The audit trail: who did what to whom, from where. It is only ever added to; the database itself refuses more.

use super::db::{self, Bound, StoreResult, statement};
use crate::domain::id::{AgentId, AuditId, CompanyId, UserId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::{D1Database, D1PreparedStatement};

/// Who did it, and from where.
#[derive(Clone, Debug)]
pub struct Doer {
    pub agent: Option<AgentId>,
    pub name: String,
    /// The network address.
    pub address: String,
    pub user_agent: String,
}

/// What was done, and to whom.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Such as `agent.disabled`.
    pub action: &'static str,
    /// Such as `agent`.
    pub target_kind: &'static str,
    pub target_id: String,
    pub target_name: String,
    /// What exactly, without anything secret.
    pub detail: Value,
}

/// A line of the trail.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = TrailLine)]
pub struct Line {
    pub id: AuditId,
    pub at: Instant,
    pub by: By,
    pub action: String,
    pub target: Target,
    #[schema(value_type = Object)]
    pub detail: Value,
    /// The network address that it came from.
    pub address: String,
    pub user_agent: String,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct By {
    /// None when nobody was signed in.
    pub id: Option<AgentId>,
    pub name: String,
}

/// To whom or what it was done.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Target {
    pub kind: String,
    pub id: String,
    pub name: String,
}

/// Which lines to read.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub action: Option<String>,
    pub actor: Option<AgentId>,
    pub target: Option<String>,
    pub from: Option<Instant>,
    pub until: Option<Instant>,
    /// Lines before this one.
    pub before: Option<AuditId>,
}

/// What a line's target is called. Of a contact the line has the id only: his name is there as long as he is.
pub const TARGET_NAME: &str = "CASE target_kind WHEN 'contact' THEN \
     COALESCE((SELECT c.name FROM contacts c WHERE c.id = target_id AND c.erased_at IS NULL), '') ELSE target_name END";

/// Writes a line, in one transaction with what it tells of.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(
    db: &D1Database,
    id: AuditId,
    company: CompanyId,
    doer: &Doer,
    deed: &Deed,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO audit (id, company_id, at, actor_id, actor_name, action, target_kind, target_id, target_name, \
                 detail, address, user_agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let mut values = vec![id.into(), company.into()];
    values.extend(columns(doer, deed, now)?);
    statement(db, sql, values)
}

/// Writes a line at every company where a person works: what he does to his own account concerns them all.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert_everywhere(
    db: &D1Database,
    seed: AuditId,
    user: UserId,
    action: &'static str,
    doer: &Doer,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    // Each line's id is the seed's, with its tail drawn anew.
    let sql = "INSERT INTO audit (id, company_id, at, actor_id, actor_name, action, target_kind, target_id, target_name, \
                 detail, address, user_agent) \
               SELECT substr(?1, 1, 24) || lower(hex(randomblob(6))), company_id, ?3, id, display_name, ?4, 'agent', id, \
                 display_name, '{}', ?5, ?6 FROM memberships WHERE user_id = ?2 AND status = 'active'";
    let values = vec![
        seed.into(),
        user.into(),
        now.into(),
        action.into(),
        (&doer.address).into(),
        short(&doer.user_agent).into(),
    ];
    statement(db, sql, values)
}

fn short(user_agent: &str) -> String {
    user_agent.chars().take(200).collect()
}

fn columns(doer: &Doer, deed: &Deed, now: Instant) -> StoreResult<Vec<Bound>> {
    Ok(vec![
        now.into(),
        doer.agent.into(),
        (&doer.name).into(),
        deed.action.into(),
        deed.target_kind.into(),
        (&deed.target_id).into(),
        (&deed.target_name).into(),
        serde_json::to_string(&deed.detail)?.into(),
        (&doer.address).into(),
        short(&doer.user_agent).into(),
    ])
}

/// Lines of the trail, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId, filter: &Filter, limit: u32) -> StoreResult<Vec<Line>> {
    #[derive(Deserialize)]
    struct Row {
        id: AuditId,
        at: f64,
        actor_id: Option<AgentId>,
        actor_name: String,
        action: String,
        target_kind: String,
        target_id: String,
        target_name: String,
        detail: String,
        address: String,
        user_agent: String,
    }
    let mut conditions = vec!["company_id = ?1".to_owned()];
    let mut values: Vec<Bound> = vec![company.into()];
    let mut add = |condition: &str, value: Option<Bound>| {
        if let Some(value) = value {
            values.push(value);
            conditions.push(format!("{condition} ?{}", values.len()));
        }
    };
    add("action =", filter.action.as_ref().map(Bound::from));
    add("actor_id =", filter.actor.map(Bound::from));
    add("target_id =", filter.target.as_ref().map(Bound::from));
    add("at >=", filter.from.map(Bound::from));
    add("at <", filter.until.map(Bound::from));
    add("id <", filter.before.map(Bound::from));
    values.push(limit.into());
    let sql = format!(
        "SELECT id, at, actor_id, actor_name, action, target_kind, target_id, {TARGET_NAME} AS target_name, detail, \
           address, user_agent FROM audit WHERE {} ORDER BY id DESC LIMIT ?{}",
        conditions.join(" AND "),
        values.len()
    );
    let rows: Vec<Row> = db::all(db, &sql, values).await?;
    rows.into_iter()
        .map(|row| {
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
            let at = Instant::from_millis(row.at as i64);
            Ok(Line {
                id: row.id,
                at,
                by: By { id: row.actor_id, name: row.actor_name },
                action: row.action,
                target: Target { kind: row.target_kind, id: row.target_id, name: row.target_name },
                detail: serde_json::from_str(&row.detail)?,
                address: row.address,
                user_agent: row.user_agent,
            })
        })
        .collect()
}
