//! The log of orders, which is only ever added to, and what conversations have yet to be told of it.

use super::db::{self, Bound, StoreResult, statement};
use crate::domain::conversation::event::Author;
use crate::domain::id::{AgentId, ClientId, CompanyId, ConversationId, OrderId, OrderLogId, PaymentId};
use crate::domain::order::money::Money;
use crate::domain::order::state::Method;
use crate::domain::order::step::{OrderRef, OrderStep, OrderWhat};
use crate::domain::time::Instant;
use crate::platform::log;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use worker::{D1Database, D1PreparedStatement};

/// The name of a comment among the steps.
const COMMENT: &str = "comment";

/// A line of an order's log.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LogLine {
    pub id: OrderLogId,
    pub at: Instant,
    pub by: LogBy,
    /// A step's name, or `comment`.
    pub what: String,
    pub payment_id: Option<PaymentId>,
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// Who did it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LogBy {
    /// `agent`, `customer` or `system`.
    pub kind: String,
    /// The agent's.
    pub id: Option<AgentId>,
    pub name: String,
}

/// A line to be written.
pub struct NewLine<'a> {
    pub id: OrderLogId,
    pub company: CompanyId,
    pub order: OrderId,
    pub payment: Option<PaymentId>,
    pub by: &'a Author,
    /// A step; none: a comment.
    pub what: Option<OrderWhat>,
    pub detail: Value,
    pub at: Instant,
}

/// A step that a conversation has yet to be told of. The order's number is not known before it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Told {
    pub by: Author,
    pub what: OrderWhat,
    pub amount: Money,
    pub method: Option<Method>,
    pub known: bool,
}

/// What is owed to a conversation.
pub struct Owed {
    pub id: ClientId,
    pub conversation: ConversationId,
    pub by: Author,
    pub step: OrderStep,
}

/// Writes a line.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(db: &D1Database, line: &NewLine<'_>) -> StoreResult<D1PreparedStatement> {
    let (kind, id, name) = match line.by {
        Author::Agent(agent) => ("agent", Some(agent.id), agent.name.as_str()),
        Author::Customer { name } => ("customer", None, name.as_str()),
        Author::Automation(rule) => ("system", None, rule.name.as_str()),
        Author::System => ("system", None, ""),
    };
    let sql = "INSERT INTO order_log (id, company_id, order_id, payment_id, at, by_kind, by_id, by_name, what, detail) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let what = match line.what {
        Some(what) => what.name(),
        None => COMMENT,
    };
    let values = vec![
        line.id.into(),
        line.company.into(),
        line.order.into(),
        line.payment.into(),
        line.at.into(),
        kind.into(),
        id.into(),
        name.into(),
        what.into(),
        serde_json::to_string(&line.detail)?.into(),
    ];
    statement(db, sql, values)
}

/// Notes what a conversation has to be told, in one transaction with what it tells of.
///
/// # Errors
/// When the statement cannot be made.
pub fn owe(
    db: &D1Database,
    line: &NewLine<'_>,
    conversation: ConversationId,
    told: &Told,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO order_outbox (id, company_id, order_id, conversation_id, step) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = vec![
        line.id.into(),
        line.company.into(),
        line.order.into(),
        conversation.into(),
        serde_json::to_string(told)?.into(),
    ];
    statement(db, sql, values)
}

/// What conversations have yet to be told, first come first; of one order, or of all. Each is told where its order belongs
/// now; those that are `silent` are left out.
///
/// # Errors
/// When the database fails.
pub async fn owed(
    db: &D1Database,
    company: CompanyId,
    order: Option<OrderId>,
    silent: &[ConversationId],
    limit: u32,
) -> StoreResult<Vec<Owed>> {
    #[derive(Deserialize)]
    struct Row {
        id: ClientId,
        order_id: OrderId,
        conversation_id: ConversationId,
        step: String,
        number: u32,
    }
    let sql = "SELECT b.id, b.order_id, o.conversation_id, b.step, o.number FROM order_outbox b \
               JOIN orders o ON o.id = b.order_id \
               WHERE b.company_id = ?1 AND (?2 IS NULL OR b.order_id = ?2) \
                 AND o.conversation_id NOT IN (SELECT value FROM json_each(?3)) ORDER BY b.rowid LIMIT ?4";
    let silent = serde_json::to_string(silent)?;
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), order.into(), silent.into(), limit.into()]).await?;
    let read = |row: Row| match serde_json::from_str(&row.step) {
        Ok(Told { by, what, amount, method, known }) => {
            let order = OrderRef { id: row.order_id, number: row.number };
            let step = OrderStep { order, what, amount, method, known };
            Some(Owed { id: row.id, conversation: row.conversation_id, by, step })
        }
        Err(error) => {
            // It stays for whoever mends it, and keeps nothing else waiting.
            log::fault("reading what a conversation is owed", &row.id.to_string(), &error);
            None
        }
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Strikes what a conversation was told.
///
/// # Errors
/// When the database fails.
pub async fn was_told(db: &D1Database, id: ClientId) -> StoreResult<()> {
    statement(db, "DELETE FROM order_outbox WHERE id = ?1", vec![id.into()])?.run().await?;
    Ok(())
}

/// A part of an order's log, oldest first; only its comments, or all of it.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    order: OrderId,
    comments_only: bool,
    after: Option<OrderLogId>,
    limit: u32,
) -> StoreResult<Vec<LogLine>> {
    #[derive(Deserialize)]
    struct Row {
        id: OrderLogId,
        payment_id: Option<PaymentId>,
        at: i64,
        by_kind: String,
        by_id: Option<AgentId>,
        by_name: String,
        what: String,
        detail: String,
    }
    let sql = "SELECT id, payment_id, at, by_kind, by_id, by_name, what, detail FROM order_log \
               WHERE order_id = ?1 AND (?2 = 0 OR what = 'comment') \
                 AND (?3 IS NULL OR rowid > (SELECT rowid FROM order_log WHERE id = ?3)) ORDER BY rowid LIMIT ?4";
    let values: Vec<Bound> = vec![order.into(), comments_only.into(), after.into(), limit.into()];
    let rows: Vec<Row> = db::all(db, sql, values).await?;
    let read = |row: Row| {
        Ok(LogLine {
            id: row.id,
            at: Instant::from_millis(row.at),
            by: LogBy { kind: row.by_kind, id: row.by_id, name: row.by_name },
            what: row.what,
            payment_id: row.payment_id,
            detail: serde_json::from_str(&row.detail)?,
        })
    };
    rows.into_iter().map(read).collect()
}
