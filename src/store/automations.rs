//! Automation rules, and what became of them.

use super::db::{self, StoreResult, statement};
use crate::domain::automation::action::Action;
use crate::domain::automation::agenda::{Outcome, Run};
use crate::domain::automation::rule::{Definition, Kind, Named, Rule};
use crate::domain::conversation::event::RuleRef;
use crate::domain::id::{CompanyId, ConversationId, RuleId, TagId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// Runs of one rule that are kept.
const RUNS_KEPT: u32 = 100;

/// A rule with its place.
#[derive(Clone, Debug)]
pub struct Stored {
    pub rule: Rule,
    pub enabled: bool,
    /// When it acted last.
    pub last_run_at: Option<Instant>,
    /// Of the runs that are kept, those of which an action was not taken.
    pub failures: u32,
}

/// What a rule did in one conversation, at one time.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RunBody {
    pub conversation_id: ConversationId,
    /// The company's own count of conversations.
    pub number: u32,
    pub at: Instant,
    /// Whether an action was not taken.
    pub failed: bool,
    pub steps: Vec<StepBody>,
}

/// An action, and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = RunStep)]
pub struct StepBody {
    pub action: Action,
    pub outcome: Outcome,
}

#[derive(Deserialize)]
struct Row {
    id: RuleId,
    name: String,
    enabled: u8,
    definition: String,
    last_run_at: Option<f64>,
    failures: Option<u32>,
}

const SELECT: &str = "SELECT a.id, a.name, a.enabled, a.definition, \
       (SELECT MAX(r.at) FROM automation_runs r WHERE r.company_id = a.company_id AND r.rule_id = a.id) AS last_run_at, \
       (SELECT SUM(r.failed) FROM automation_runs r WHERE r.company_id = a.company_id AND r.rule_id = a.id) AS failures \
     FROM automations a WHERE a.company_id = ?1";

/// The rules of a company, in their order.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId) -> StoreResult<Vec<Stored>> {
    let rows: Vec<Row> = db::all(db, &format!("{SELECT} ORDER BY a.position, a.id"), vec![company.into()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One of them.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: RuleId) -> StoreResult<Option<Stored>> {
    let row: Option<Row> = db::first(db, &format!("{SELECT} AND a.id = ?2"), vec![company.into(), id.into()]).await?;
    row.map(Row::read).transpose()
}

/// The rules that are switched on, in their order.
///
/// # Errors
/// When the database fails.
pub async fn enabled(db: &D1Database, company: CompanyId) -> StoreResult<Vec<Rule>> {
    #[derive(Deserialize)]
    struct Row {
        id: RuleId,
        name: String,
        definition: String,
    }
    let sql =
        "SELECT id, name, definition FROM automations WHERE company_id = ?1 AND enabled = 1 ORDER BY position, id";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into()]).await?;
    rows.into_iter()
        .map(|Row { id, name, definition }| {
            let definition = serde_json::from_str(&definition)?;
            Ok(Rule { reference: RuleRef { id, name }, definition })
        })
        .collect()
}

/// Lets a company's rules name another tag instead of one.
///
/// # Errors
/// When the statement cannot be made.
pub fn replace_tag(db: &D1Database, company: CompanyId, tag: TagId, by: TagId) -> StoreResult<D1PreparedStatement> {
    // Ids are the same in every text, and part of no other word.
    let sql = "UPDATE automations SET definition = replace(definition, ?2, ?3) \
               WHERE company_id = ?1 AND instr(definition, ?2) > 0";
    statement(db, sql, vec![company.into(), tag.into(), by.into()])
}

/// Creates a rule, the last in the order.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken name is a conflict.
pub fn insert(
    db: &D1Database,
    company: CompanyId,
    rule: &Rule,
    enabled: bool,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO automations (id, company_id, name, enabled, position, definition, created_at) \
               VALUES (?1, ?2, ?3, ?4, (SELECT COALESCE(MAX(position), 0) + 1 FROM automations WHERE company_id = ?2), ?5, ?6)";
    let definition = serde_json::to_string(&rule.definition)?;
    let Rule { reference: RuleRef { id, name }, .. } = rule;
    let values = vec![(*id).into(), company.into(), name.into(), enabled.into(), definition.into(), now.into()];
    statement(db, sql, values)
}

/// Replaces what a rule says.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken name is a conflict.
pub fn update(db: &D1Database, rule: &Rule, enabled: bool) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE automations SET name = ?2, enabled = ?3, definition = ?4 WHERE id = ?1";
    let definition = serde_json::to_string(&rule.definition)?;
    let Rule { reference: RuleRef { id, name }, .. } = rule;
    statement(db, sql, vec![(*id).into(), name.into(), enabled.into(), definition.into()])
}

/// Gives each rule its place.
///
/// # Errors
/// When the statement cannot be made.
pub fn set_order(db: &D1Database, company: CompanyId, order: &[RuleId]) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE automations SET position = (SELECT key + 1 FROM json_each(?2) WHERE value = automations.id) \
               WHERE company_id = ?1 AND id IN (SELECT value FROM json_each(?2))";
    statement(db, sql, vec![company.into(), serde_json::to_string(order)?.into()])
}

/// Deletes a rule with what became of it.
///
/// # Errors
/// When a statement cannot be made.
pub fn delete(db: &D1Database, company: CompanyId, id: RuleId) -> StoreResult<Vec<D1PreparedStatement>> {
    Ok(vec![
        statement(
            db,
            "DELETE FROM automation_runs WHERE company_id = ?1 AND rule_id = ?2",
            vec![company.into(), id.into()],
        )?,
        statement(db, "DELETE FROM automations WHERE company_id = ?1 AND id = ?2", vec![company.into(), id.into()])?,
    ])
}

/// Those of these things that the company does not have, or not any more.
///
/// # Errors
/// When the database fails.
pub async fn missing(db: &D1Database, company: CompanyId, names: &[Named]) -> StoreResult<Vec<Named>> {
    #[derive(Deserialize)]
    struct Found {
        kind: Kind,
        id: String,
    }
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let sql = "WITH wanted AS (SELECT json_extract(value, '$.kind') AS kind, json_extract(value, '$.id') AS id FROM json_each(?2)) \
               SELECT kind, id FROM wanted WHERE CASE kind \
                 WHEN 'folder' THEN EXISTS (SELECT 1 FROM folders f WHERE f.company_id = ?1 AND f.id = wanted.id) \
                 WHEN 'team' THEN EXISTS (SELECT 1 FROM teams t WHERE t.company_id = ?1 AND t.id = wanted.id) \
                 WHEN 'tag' THEN EXISTS (SELECT 1 FROM tags g WHERE g.company_id = ?1 AND g.id = wanted.id) \
                 ELSE EXISTS (SELECT 1 FROM memberships m WHERE m.company_id = ?1 AND m.id = wanted.id AND m.status <> 'removed') \
               END";
    let found: Vec<Found> = db::all(db, sql, vec![company.into(), serde_json::to_string(names)?.into()]).await?;
    let is_there = |name: &&Named| found.iter().any(|one| one.kind == name.kind && one.id == name.id);
    Ok(names.iter().filter(|name| !is_there(name)).cloned().collect())
}

/// Conversations whose customers wait, those who have waited longest first.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &D1Database, company: CompanyId, limit: u32) -> StoreResult<Vec<ConversationId>> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
    }
    let sql = "SELECT id FROM conversations WHERE company_id = ?1 AND waiting_since IS NOT NULL \
               ORDER BY waiting_since, id LIMIT ?2";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Writes down what became of a run; what was written before stays. The oldest of its rule are struck.
///
/// # Errors
/// When the database fails.
pub async fn record(db: &D1Database, company: CompanyId, conversation: ConversationId, run: &Run) -> StoreResult<()> {
    let insert = "INSERT OR IGNORE INTO automation_runs (id, company_id, rule_id, conversation_id, at, failed, steps) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let strike = "DELETE FROM automation_runs WHERE company_id = ?1 AND rule_id = ?2 AND id NOT IN \
                  (SELECT id FROM automation_runs WHERE company_id = ?1 AND rule_id = ?2 ORDER BY at DESC, id DESC LIMIT ?3)";
    let steps = run.actions.iter().zip(&run.outcomes);
    let steps: Vec<StepBody> =
        steps.map(|(action, outcome)| StepBody { action: action.clone(), outcome: outcome.clone() }).collect();
    let values = vec![
        format!("{conversation}:{}", run.name()).into(),
        company.into(),
        run.rule.id.into(),
        conversation.into(),
        run.at.into(),
        run.failed().into(),
        serde_json::to_string(&steps)?.into(),
    ];
    let struck = vec![company.into(), run.rule.id.into(), RUNS_KEPT.into()];
    db::transaction(db, vec![statement(db, insert, values)?, statement(db, strike, struck)?]).await.map(drop)
}

/// What a rule did, newest first.
///
/// # Errors
/// When the database fails.
pub async fn runs(db: &D1Database, company: CompanyId, rule: RuleId, limit: u32) -> StoreResult<Vec<RunBody>> {
    #[derive(Deserialize)]
    struct Row {
        conversation_id: ConversationId,
        number: u32,
        at: f64,
        failed: u8,
        steps: String,
    }
    let sql = "SELECT r.conversation_id, c.number, r.at, r.failed, r.steps FROM automation_runs r \
               JOIN conversations c ON c.id = r.conversation_id \
               WHERE r.company_id = ?1 AND r.rule_id = ?2 ORDER BY r.at DESC, r.id DESC LIMIT ?3";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), rule.into(), limit.into()]).await?;
    rows.into_iter()
        .map(|row| {
            let Row { conversation_id, number, at, failed, steps } = row;
            Ok(RunBody {
                conversation_id,
                number,
                at: instant(at),
                failed: failed != 0,
                steps: serde_json::from_str(&steps)?,
            })
        })
        .collect()
}

impl Row {
    fn read(self) -> StoreResult<Stored> {
        let definition: Definition = serde_json::from_str(&self.definition)?;
        let rule = Rule { reference: RuleRef { id: self.id, name: self.name }, definition };
        let last_run_at = self.last_run_at.map(instant);
        Ok(Stored { rule, enabled: self.enabled != 0, last_run_at, failures: self.failures.unwrap_or_default() })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
const fn instant(millis: f64) -> Instant {
    Instant::from_millis(millis as i64)
}
