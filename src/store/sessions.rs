//! Sessions: one sign-in of one person on one device.

use super::db::{self, StoreResult, changes, statement, transaction};
use crate::domain::id::{SessionId, UserId};
use crate::domain::time::Instant;
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement};

/// An open session.
#[derive(Clone, Debug)]
pub struct Open {
    pub id: SessionId,
    pub created_at: Instant,
    pub expires_at: Instant,
    /// The browser, as it called itself.
    pub user_agent: String,
}

/// Starts a session.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(
    db: &D1Database,
    id: SessionId,
    user: UserId,
    user_agent: &str,
    now: Instant,
    expires_at: Instant,
) -> StoreResult<D1PreparedStatement> {
    let user_agent: String = user_agent.chars().take(200).collect();
    let sql = "INSERT INTO sessions (id, user_id, created_at, expires_at, user_agent) VALUES (?1, ?2, ?3, ?4, ?5)";
    statement(db, sql, vec![id.into(), user.into(), now.into(), expires_at.into(), user_agent.into()])
}

/// A person's open sessions, newest first.
///
/// # Errors
/// When the database fails.
pub async fn open(db: &D1Database, user: UserId, now: Instant) -> StoreResult<Vec<Open>> {
    #[derive(Deserialize)]
    struct Row {
        id: SessionId,
        created_at: f64,
        expires_at: f64,
        user_agent: String,
    }
    let sql = "SELECT id, created_at, expires_at, user_agent FROM sessions \
               WHERE user_id = ?1 AND revoked_at IS NULL AND expires_at > ?2 ORDER BY id DESC LIMIT 100";
    let rows: Vec<Row> = db::all(db, sql, vec![user.into(), now.into()]).await?;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
    let open = |row: Row| Open {
        id: row.id,
        created_at: Instant::from_millis(row.created_at as i64),
        expires_at: Instant::from_millis(row.expires_at as i64),
        user_agent: row.user_agent,
    };
    Ok(rows.into_iter().map(open).collect())
}

/// Ends one session of a person. False when he has no such session, or it had ended.
///
/// # Errors
/// When the database fails.
pub async fn revoke(db: &D1Database, user: UserId, id: SessionId, now: Instant) -> StoreResult<bool> {
    let sql = "UPDATE sessions SET revoked_at = ?3 WHERE id = ?2 AND user_id = ?1 AND revoked_at IS NULL";
    let results = transaction(db, vec![statement(db, sql, vec![user.into(), id.into(), now.into()])?]).await?;
    Ok(results.first().is_some_and(|result| changes(result) == 1))
}

/// Ends every session of a person but one, or every one.
///
/// # Errors
/// When the statement cannot be made.
pub fn revoke_all(
    db: &D1Database,
    user: UserId,
    except: Option<SessionId>,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE sessions SET revoked_at = ?3 WHERE user_id = ?1 AND revoked_at IS NULL AND id IS NOT ?2";
    statement(db, sql, vec![user.into(), except.into(), now.into()])
}
