//! First answers to what a person created under a name of his own.

use super::db::{self, StoreResult, statement};
use crate::domain::id::{ClientId, UserId};
use crate::domain::time::Instant;
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement};

/// An earlier answer.
#[derive(Debug, Deserialize)]
pub struct Answered {
    /// Of the request that was answered.
    pub hash: String,
    /// What the answer is made from.
    pub body: String,
}

/// What was answered to this person under this name.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, user: UserId, client_id: ClientId) -> StoreResult<Option<Answered>> {
    let sql = "SELECT hash, body FROM answers WHERE user_id = ?1 AND client_id = ?2";
    db::first(db, sql, vec![user.into(), client_id.into()]).await
}

/// Writes an answer down; in one transaction with what it answers, a second one under the same name is a conflict.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(
    db: &D1Database,
    user: UserId,
    client_id: ClientId,
    answered: &Answered,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO answers (user_id, client_id, hash, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = vec![user.into(), client_id.into(), (&answered.hash).into(), (&answered.body).into(), now.into()];
    statement(db, sql, values)
}

/// Writes an answer down in place of an earlier one under the same name.
///
/// # Errors
/// When the database fails.
pub async fn replace(
    db: &D1Database,
    user: UserId,
    client_id: ClientId,
    answered: &Answered,
    now: Instant,
) -> StoreResult<()> {
    let sql = "INSERT INTO answers (user_id, client_id, hash, body, created_at) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (user_id, client_id) DO UPDATE SET hash = excluded.hash, body = excluded.body";
    let values = vec![user.into(), client_id.into(), (&answered.hash).into(), (&answered.body).into(), now.into()];
    statement(db, sql, values)?.run().await?;
    Ok(())
}
