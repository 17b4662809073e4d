//! What a company keeps no longer than it has set: conversations that were closed long ago, and contacts that have none. Who
//! has orders is kept: accounting has rules of its own.

use super::{NewErasure, begin, hide};
use crate::domain::id::CompanyId;
use crate::domain::time::{Instant, Span};
use crate::store::db::{self, StoreResult, statement};
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement};

/// Conversations that are erased at once, and as many contacts.
const AT_ONCE: u32 = 50;

/// Conversations of the company `?1` that were closed before `?2`. What was merged into another one goes with that.
const OLD: &str = "SELECT v.id FROM conversations v WHERE v.company_id = ?1 AND v.rev > 0 AND v.status = 'closed' \
     AND v.last_event_at < ?2 AND v.view ->> '$.merged_into' IS NULL";
/// Contacts of the company `?1` that came before `?2` and have nothing any more.
const ALONE: &str = "SELECT c.id FROM contacts c WHERE c.company_id = ?1 AND c.created_at < ?2 AND c.erased_at IS NULL \
     AND NOT EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND v.erased_at IS NULL) \
     AND NOT EXISTS (SELECT 1 FROM orders o WHERE o.contact_id = c.id)";

/// Before when what is closed is too old; none where a company keeps everything.
///
/// # Errors
/// When the database fails.
pub async fn limit(db: &D1Database, company: CompanyId, now: Instant) -> StoreResult<Option<Instant>> {
    #[derive(Deserialize)]
    struct Row {
        retention_days: Option<u32>,
    }
    let sql = "SELECT retention_days FROM companies WHERE id = ?1";
    let row: Option<Row> = db::first(db, sql, vec![company.into()]).await?;
    let days = row.and_then(|row| row.retention_days);
    Ok(days.map(|days| now.before(Span::days(i64::from(days)))))
}

/// Whether there is anything that is too old.
///
/// # Errors
/// When the database fails.
pub async fn is_due(db: &D1Database, company: CompanyId, before: Instant) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Row {
        due: u8,
    }
    let sql = format!("SELECT EXISTS ({OLD}) OR EXISTS ({ALONE}) AS due");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), before.into()]).await?;
    Ok(row.is_some_and(|row| row.due > 0))
}

/// Writes down that the oldest of it is erased, and hides it.
///
/// # Errors
/// When a statement cannot be made.
pub fn begin_old(db: &D1Database, erasure: &NewErasure, before: Instant) -> StoreResult<Vec<D1PreparedStatement>> {
    let its = format!(
        "INSERT INTO erasure_conversations (erasure_id, conversation_id) \
         WITH RECURSIVE old (id) AS (SELECT * FROM ({OLD} ORDER BY v.last_event_at LIMIT {AT_ONCE}) \
           UNION SELECT m.id FROM old JOIN conversations v ON v.id = old.id JOIN conversations m \
             ON m.contact_id = v.contact_id AND m.erased_at IS NULL AND m.view ->> '$.merged_into.id' = v.id) \
         SELECT ?3, id FROM old"
    );
    let contacts = format!(
        "UPDATE contacts SET email = 'erased:' || id, name = '—', phone = '', organisation = '', note = '', language = '', \
           sticky_agent_id = NULL, erased_at = ?3 WHERE id IN ({ALONE} LIMIT {AT_ONCE})"
    );
    let (company, now) = (erasure.company, erasure.at);
    let mut statements = vec![statement(db, &its, vec![company.into(), before.into(), erasure.id.into()])?];
    statements.extend(hide(db, erasure)?);
    statements.push(statement(db, &contacts, vec![company.into(), before.into(), now.into()])?);
    // How many contacts that were, the statement before says.
    statements.push(begin(db, erasure, "changes()")?);
    Ok(statements)
}
