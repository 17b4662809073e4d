//! Erasing a company: it is closed at once, its conversations are worked off, then everything else goes, its own row last.
//! People whose only company it was are erased with it: an account without a company opens nothing.

use super::{NewErasure, begin, hide};
use crate::domain::id::{CompanyId, UserId};
use crate::store::db::{self, StoreResult, changes, statement};
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement};

/// Rows that one statement deletes.
const AT_ONCE: u32 = 5_000;

/// Figures of a company `?1`, at most `?2` of them.
const FACTS: &str = "DELETE FROM facts WHERE (part, kind, at, number, seq) IN (SELECT part, kind, at, number, seq FROM facts \
     WHERE part = (SELECT part FROM search_parts WHERE company_id = ?1) LIMIT ?2)";
/// Large tables, from which some rows are deleted at a time; whatever refers to something before that.
const LARGE: [&str; 9] = [
    "notifications",
    "automation_runs",
    "order_outbox",
    "order_log",
    "order_payments",
    "orders",
    "conversations",
    "contacts",
    "audit",
];

/// Everything else, in that order, too.
const REST: [&str; 22] = [
    "DELETE FROM search_parts WHERE company_id = ?1",
    "DELETE FROM automations WHERE company_id = ?1",
    "DELETE FROM order_settings WHERE company_id = ?1",
    "DELETE FROM catalog_pictures WHERE company_id = ?1",
    "DELETE FROM catalog_items WHERE company_id = ?1",
    "DELETE FROM response_uses WHERE agent_id IN (SELECT id FROM memberships WHERE company_id = ?1)",
    "DELETE FROM responses WHERE company_id = ?1",
    "DELETE FROM tags WHERE company_id = ?1",
    "DELETE FROM folders WHERE company_id = ?1",
    "DELETE FROM team_members WHERE agent_id IN (SELECT id FROM memberships WHERE company_id = ?1)",
    "DELETE FROM teams WHERE company_id = ?1",
    "DELETE FROM custom_roles WHERE company_id = ?1",
    "DELETE FROM report_schedules WHERE company_id = ?1",
    "DELETE FROM push_subscriptions WHERE agent_id IN (SELECT id FROM memberships WHERE company_id = ?1)",
    "DELETE FROM fact_agents WHERE agent_id IN (SELECT id FROM memberships WHERE company_id = ?1)",
    "DELETE FROM invitations WHERE company_id = ?1",
    "DELETE FROM files WHERE company_id = ?1",
    "DELETE FROM former_slugs WHERE company_id = ?1",
    // Earlier answers to its people, wherever they work: they say what was created here, too.
    "DELETE FROM answers WHERE user_id IN (SELECT user_id FROM memberships WHERE company_id = ?1)",
    "DELETE FROM password_resets WHERE issued_by IN (SELECT id FROM memberships WHERE company_id = ?1)",
    "DELETE FROM memberships WHERE company_id = ?1",
    "DELETE FROM companies WHERE id = ?1",
];

/// Of somebody who works nowhere any more.
const OF_PEOPLE: [&str; 5] = [
    "DELETE FROM push_subscriptions WHERE session_id IN \
       (SELECT id FROM sessions WHERE user_id IN (SELECT value FROM json_each(?1)))",
    "DELETE FROM sessions WHERE user_id IN (SELECT value FROM json_each(?1))",
    "DELETE FROM recovery_codes WHERE user_id IN (SELECT value FROM json_each(?1))",
    "DELETE FROM password_resets WHERE user_id IN (SELECT value FROM json_each(?1))",
    "DELETE FROM answers WHERE user_id IN (SELECT value FROM json_each(?1))",
];

/// Somebody whose only company it is.
#[derive(Debug, Deserialize)]
pub struct OnlyHere {
    pub id: UserId,
    pub email: String,
}

/// Closes a company for good: no URL leads there any more, and nobody works there.
///
/// # Errors
/// When a statement cannot be made.
pub fn begin_company(db: &D1Database, erasure: &NewErasure) -> StoreResult<Vec<D1PreparedStatement>> {
    let company = erasure.company;
    let its = "INSERT INTO erasure_conversations (erasure_id, conversation_id) \
               SELECT ?1, id FROM conversations WHERE company_id = ?2 AND erased_at IS NULL";
    // A slash is in no URL's slug; that nobody can guess it, the randomness sees to.
    let closed = "UPDATE companies SET slug = 'erased/' || lower(hex(randomblob(16))), name = '', description = '' \
                  WHERE id = ?1";
    let contacts = "(SELECT COUNT(*) FROM contacts WHERE company_id = ?2 AND erased_at IS NULL)";
    let mut statements = vec![
        statement(db, its, vec![erasure.id.into(), company.into()])?,
        begin(db, erasure, contacts)?,
        statement(db, closed, vec![company.into()])?,
        statement(db, "DELETE FROM former_slugs WHERE company_id = ?1", vec![company.into()])?,
        statement(db, "UPDATE memberships SET status = 'removed' WHERE company_id = ?1", vec![company.into()])?,
    ];
    statements.extend(hide(db, erasure)?);
    Ok(statements)
}

/// The people whose only company it is.
///
/// # Errors
/// When the database fails.
pub async fn only_here(db: &D1Database, company: CompanyId) -> StoreResult<Vec<OnlyHere>> {
    let sql = "SELECT u.id, u.email FROM users u WHERE u.id IN (SELECT user_id FROM memberships WHERE company_id = ?1) \
               AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = u.id AND m.company_id <> ?1 \
                 AND m.status <> 'removed')";
    db::all(db, sql, vec![company.into()]).await
}

/// Deletes everything of a company whose conversations are gone, and the people whose only company it was; `more` goes with
/// them. What somebody else's company still says of them (a colleague who left) stays there without their account.
///
/// # Errors
/// When the database fails; what is left is deleted the next time.
pub async fn delete(
    db: &D1Database,
    company: CompanyId,
    people: &[OnlyHere],
    more: Vec<D1PreparedStatement>,
) -> StoreResult<()> {
    let requests = "DELETE FROM order_requests WHERE order_id IN (SELECT id FROM orders WHERE company_id = ?1)";
    let taking_part = "DELETE FROM participants WHERE agent_id IN (SELECT id FROM memberships WHERE company_id = ?1)";
    let small = [requests, taking_part].map(|sql| statement(db, sql, vec![company.into()]));
    db::transaction(db, small.into_iter().collect::<Result<_, _>>()?).await?;
    delete_parts(db, company, FACTS).await?;
    for table in LARGE {
        let sql =
            format!("DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE company_id = ?1 LIMIT ?2)");
        delete_parts(db, company, &sql).await?;
    }
    let ids = serde_json::to_string(&people.iter().map(|one| one.id).collect::<Vec<_>>())?;
    let mut statements = more;
    for sql in OF_PEOPLE {
        statements.push(statement(db, sql, vec![(&ids).into()])?);
    }
    for sql in REST {
        statements.push(statement(db, sql, vec![company.into()])?);
    }
    let nameless = "UPDATE users SET email = 'erased:' || id, first_name = '', last_name = '', password_hash = NULL, \
                    totp_seed = NULL, totp_confirmed_at = NULL WHERE id IN (SELECT value FROM json_each(?1))";
    let gone = "DELETE FROM users WHERE id IN (SELECT value FROM json_each(?1)) \
                AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id)";
    statements.push(statement(db, gone, vec![(&ids).into()])?);
    statements.push(statement(db, nameless, vec![ids.into()])?);
    db::transaction(db, statements).await.map(drop)
}

async fn delete_parts(db: &D1Database, company: CompanyId, sql: &str) -> StoreResult<()> {
    loop {
        let results = db::transaction(db, vec![statement(db, sql, vec![company.into(), AT_ONCE.into()])?]).await?;
        if results.first().is_none_or(|result| changes(result) == 0) {
            return Ok(());
        }
    }
}
