//! Second factors: from what their secrets are derived, and hashes of recovery codes.

use super::db::{self, StoreResult, changes, statement, transaction};
use crate::domain::id::UserId;
use crate::domain::time::Instant;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{D1Database, D1PreparedStatement};

/// How far a person's second factor is.
#[derive(Clone, Debug, Deserialize)]
pub struct SecondFactor {
    /// From which its secret is derived.
    pub totp_seed: Option<String>,
    confirmed: u8,
    pub recovery_codes_left: u32,
}

impl SecondFactor {
    /// Whether it is asked for.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.confirmed != 0
    }
}

/// How far a person's second factor is.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, user: UserId) -> StoreResult<Option<SecondFactor>> {
    let sql = "SELECT totp_seed, totp_confirmed_at IS NOT NULL AS confirmed, (SELECT COUNT(*) FROM recovery_codes \
                 WHERE user_id = ?1 AND used_at IS NULL) AS recovery_codes_left FROM users WHERE id = ?1";
    db::first(db, sql, vec![user.into()]).await
}

/// Begins to set one up; it is not asked for before it is confirmed.
///
/// # Errors
/// When the statement cannot be made.
pub fn begin(db: &D1Database, user: UserId, seed: &str) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE users SET totp_seed = ?2 WHERE id = ?1 AND totp_confirmed_at IS NULL";
    statement(db, sql, vec![user.into(), seed.into()])
}

/// Turns it on, with recovery codes.
///
/// # Errors
/// When a statement cannot be made.
pub fn confirm(
    db: &D1Database,
    user: UserId,
    seed: &str,
    step: u64,
    codes: &[String],
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let confirm = "UPDATE users SET totp_confirmed_at = ?2, totp_last_step = ?3 \
                   WHERE id = ?1 AND totp_confirmed_at IS NULL AND totp_seed = ?4";
    let done = "EXISTS (SELECT 1 FROM users WHERE id = ?1 AND totp_confirmed_at = ?2 AND totp_seed = ?3)";
    let insert = "INSERT INTO recovery_codes (user_id, hash) SELECT ?1, value FROM json_each(?2)";
    let hashes: Vec<String> = codes.iter().map(|code| hash(code)).collect();
    Ok(vec![
        statement(db, confirm, vec![user.into(), now.into(), step.into(), seed.into()])?,
        db::require(db, db::CHANGED_MEANWHILE, done, vec![user.into(), now.into(), seed.into()])?,
        statement(db, "DELETE FROM recovery_codes WHERE user_id = ?1", vec![user.into()])?,
        statement(db, insert, vec![user.into(), serde_json::to_string(&hashes)?.into()])?,
    ])
}

/// Turns it off.
///
/// # Errors
/// When a statement cannot be made.
pub fn remove(db: &D1Database, user: UserId) -> StoreResult<Vec<D1PreparedStatement>> {
    let off = "UPDATE users SET totp_seed = NULL, totp_confirmed_at = NULL, totp_last_step = 0 WHERE id = ?1";
    Ok(vec![
        statement(db, off, vec![user.into()])?,
        statement(db, "DELETE FROM recovery_codes WHERE user_id = ?1", vec![user.into()])?,
    ])
}

/// Uses up the code of a time step. False when it, or a later one, was used before.
///
/// # Errors
/// When the database fails.
pub async fn use_step(db: &D1Database, user: UserId, step: u64) -> StoreResult<bool> {
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    let sql = "UPDATE users SET totp_last_step = ?2 WHERE id = ?1 AND totp_last_step < ?2";
    use_once(db, statement(db, sql, vec![user.into(), step.into()])?).await
}

/// Uses up a recovery code. False when there is no such code, or it was used before.
///
/// # Errors
/// When the database fails.
pub async fn use_recovery_code(db: &D1Database, user: UserId, code: &str, now: Instant) -> StoreResult<bool> {
    let sql = "UPDATE recovery_codes SET used_at = ?3 WHERE user_id = ?1 AND hash = ?2 AND used_at IS NULL";
    use_once(db, statement(db, sql, vec![user.into(), hash(code).into(), now.into()])?).await
}

async fn use_once(db: &D1Database, statement: D1PreparedStatement) -> StoreResult<bool> {
    let results = transaction(db, vec![statement]).await?;
    Ok(results.first().is_some_and(|result| changes(result) == 1))
}

/// People type codes with or without their hyphens, in either case.
fn hash(code: &str) -> String {
    let bare: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    Sha256::digest(bare.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
