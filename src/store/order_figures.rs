//! Orders and their payments, for reports.

use super::db::{self, StoreResult};
use crate::domain::id::{AgentId, CompanyId};
use crate::domain::report::payments::{OrderSample, PaymentSample};
use crate::domain::time::Instant;
use serde::Deserialize;
use std::collections::BTreeMap;
use worker::D1Database;

/// How many orders each agent made that are under way: neither settled nor given up. Orders that customers asked for, and
/// nobody has taken up, are nobody's.
///
/// # Errors
/// When the database fails.
pub async fn under_way(db: &D1Database, company: CompanyId) -> StoreResult<BTreeMap<AgentId, u32>> {
    #[derive(Deserialize)]
    struct Row {
        made_by: AgentId,
        count: u32,
    }
    let sql = "SELECT made_by, COUNT(*) AS count FROM orders \
               WHERE company_id = ?1 AND state IN ('requested', 'draft', 'offered', 'awaiting_payment', 'paid') \
                 AND made_by IS NOT NULL AND deleted_at IS NULL GROUP BY made_by";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.made_by, row.count)).collect())
}

/// The orders that were made from one instant until another and are not deleted; those of some agents only, where they are
/// named.
///
/// # Errors
/// When the database fails.
pub async fn read(
    db: &D1Database,
    company: CompanyId,
    (from, until): (Instant, Instant),
    agents: Option<&[AgentId]>,
) -> StoreResult<Vec<OrderSample>> {
    #[derive(Deserialize)]
    struct Row {
        created_at: f64,
        made_by: Option<AgentId>,
        state: String,
        currency: String,
        total: f64,
        payments: String,
    }
    #[derive(Deserialize)]
    struct Payment {
        method: String,
        state: String,
        received: i64,
        paid_at: Option<i64>,
        reconciled_at: Option<i64>,
    }
    let sql = "SELECT o.created_at, o.made_by, o.state, o.currency, o.total, \
                 (SELECT json_group_array(json_object('method', p.method, 'state', p.state, 'received', p.received, \
                    'paid_at', (SELECT MIN(l.at) FROM order_log l \
                      WHERE l.order_id = o.id AND l.payment_id = p.id AND l.what = 'payment_received'), \
                    'reconciled_at', (SELECT MIN(l.at) FROM order_log l \
                      WHERE l.order_id = o.id AND l.payment_id = p.id AND l.what = 'payment_reconciled'))) \
                  FROM order_payments p WHERE p.order_id = o.id) AS payments \
               FROM orders o WHERE o.company_id = ?1 AND o.created_at >= ?2 AND o.created_at < ?3 AND o.deleted_at IS NULL \
                 AND (?4 IS NULL OR o.made_by IN (SELECT value FROM json_each(?4)))";
    let agents = agents.map(serde_json::to_string).transpose()?;
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), from.into(), until.into(), agents.into()]).await?;
    let sample = |Payment { method, state, received, paid_at, reconciled_at }| {
        let [paid_at, reconciled_at] = [paid_at, reconciled_at].map(|at| at.map(Instant::from_millis));
        PaymentSample { method, state, received, paid_at, reconciled_at }
    };
    rows.into_iter()
        .map(|row| {
            let payments: Vec<Payment> = serde_json::from_str(&row.payments)?;
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds and minor units below 2^53")]
            let (created_at, total) = (Instant::from_millis(row.created_at as i64), row.total as i64);
            Ok(OrderSample {
                created_at,
                agent: row.made_by,
                state: row.state,
                currency: row.currency,
                total,
                payments: payments.into_iter().map(sample).collect(),
            })
        })
        .collect()
}
