//! Passwords, and the ways to a new one.

use super::db::{self, StoreResult, changes, statement, transaction};
use crate::domain::id::{AgentId, PasswordResetId, UserId};
use crate::domain::time::{Instant, Span};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{D1Database, D1PreparedStatement};

/// How long a way to a new password stands open.
pub const RESET_LIFETIME: Span = Span::seconds(3_600);

/// A way to a new password, as its holder finds it.
#[derive(Clone, Debug, Deserialize)]
pub struct Reset {
    pub id: PasswordResetId,
    pub user_id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// The present one.
    pub password_hash: Option<String>,
    usable: u8,
}

impl Reset {
    /// Neither used, nor replaced, nor expired.
    #[must_use]
    pub const fn is_usable(&self) -> bool {
        self.usable != 0
    }
}

/// How a way to a new password came to be.
#[derive(Clone, Copy, Debug)]
pub struct Issue {
    /// Whether the link goes to the address, and nowhere else.
    pub mailed: bool,
    /// The agent who asked for it; none when it was the person himself.
    pub by: Option<AgentId>,
}

/// Closes the ways to new passwords that an agent handed over, and those that were handed over for him.
///
/// # Errors
/// When the statement cannot be made.
pub fn void_handed_over(db: &D1Database, agent: AgentId, now: Instant) -> StoreResult<Vec<D1PreparedStatement>> {
    let void = "UPDATE password_resets SET used_at = ?2 WHERE used_at IS NULL AND NOT mailed \
                AND (issued_by = ?1 OR user_id = (SELECT user_id FROM memberships WHERE id = ?1))";
    Ok(vec![statement(db, void, vec![agent.into(), now.into()])?])
}

/// Opens a way to a new password; earlier ones of the same person close.
///
/// # Errors
/// When a statement cannot be made.
pub fn insert_reset(
    db: &D1Database,
    id: PasswordResetId,
    user: UserId,
    token: &str,
    issue: Issue,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let supersede = "UPDATE password_resets SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL";
    let insert = "INSERT INTO password_resets (id, user_id, token_hash, mailed, issued_by, created_at, expires_at) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let expires_at = now.after(RESET_LIFETIME);
    let values = vec![
        id.into(),
        user.into(),
        hash(token).into(),
        issue.mailed.into(),
        issue.by.into(),
        now.into(),
        expires_at.into(),
    ];
    Ok(vec![statement(db, supersede, vec![user.into(), now.into()])?, statement(db, insert, values)?])
}

/// The way to a new password that a token opens.
///
/// # Errors
/// When the database fails.
pub async fn find_reset(db: &D1Database, token: &str, now: Instant) -> StoreResult<Option<Reset>> {
    let sql = "SELECT r.id, r.user_id, u.email, u.first_name, u.last_name, u.password_hash, \
                 (r.used_at IS NULL AND r.expires_at > ?2) AS usable \
               FROM password_resets r JOIN users u ON u.id = r.user_id WHERE r.token_hash = ?1";
    db::first(db, sql, vec![hash(token).into(), now.into()]).await
}

/// Sets the password of whoever holds the token: of any number of attempts at once, one succeeds. All his sessions end;
/// a link that was mailed proves that the address is his. False when another attempt came first.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn use_reset(
    db: &D1Database,
    reset: &Reset,
    attempt: &str,
    password_hash: &str,
    more: Vec<D1PreparedStatement>,
    now: Instant,
) -> StoreResult<bool> {
    // A link that a company handed over opens nothing for somebody who has joined another one since.
    let mark = "UPDATE password_resets SET used_at = ?2, used_by = ?3 \
                WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2 AND (mailed OR \
                  (SELECT COUNT(*) FROM memberships m WHERE m.user_id = password_resets.user_id \
                   AND m.status <> 'removed') <= 1)";
    let mine = "EXISTS (SELECT 1 FROM password_resets WHERE id = ?1 AND used_by = ?2)";
    let user = format!(
        "UPDATE users SET password_hash = ?4, password_changed_at = ?5, password_temporary = 0, email_proved_at = COALESCE(email_proved_at, \
           CASE WHEN (SELECT mailed FROM password_resets WHERE id = ?1) THEN ?5 END) WHERE id = ?3 AND {mine}"
    );
    let sessions = format!("UPDATE sessions SET revoked_at = ?4 WHERE user_id = ?3 AND revoked_at IS NULL AND {mine}");
    let (id, user_id) = (reset.id, reset.user_id);
    let mut statements = vec![
        statement(db, mark, vec![id.into(), now.into(), attempt.into()])?,
        statement(db, &user, vec![id.into(), attempt.into(), user_id.into(), password_hash.into(), now.into()])?,
        statement(db, &sessions, vec![id.into(), attempt.into(), user_id.into(), now.into()])?,
    ];
    statements.extend(more);
    let results = transaction(db, statements).await?;
    Ok(results.first().is_some_and(|marked| changes(marked) == 1))
}

/// Whether a password is its person's own, or was given to him and has to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    ByHimself,
    ForHim,
}

/// Whether a person's password was set after an instant.
///
/// # Errors
/// When the database fails.
pub async fn changed_since(db: &D1Database, user: UserId, since: Instant) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Row {}
    let sql = "SELECT 1 FROM users WHERE id = ?1 AND password_changed_at > ?2";
    Ok(db::first::<Row>(db, sql, vec![user.into(), since.into()]).await?.is_some())
}

/// Sets a person's password; ways to a new one that stood open close.
///
/// # Errors
/// When a statement cannot be made.
pub fn set(
    db: &D1Database,
    user: UserId,
    password_hash: &str,
    chosen: Chosen,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let set = "UPDATE users SET password_hash = ?2, password_changed_at = ?3, password_temporary = ?4 WHERE id = ?1";
    let close = "UPDATE password_resets SET used_at = ?2 WHERE user_id = ?1 AND used_at IS NULL";
    let temporary = chosen == Chosen::ForHim;
    Ok(vec![
        statement(db, set, vec![user.into(), password_hash.into(), now.into(), temporary.into()])?,
        statement(db, close, vec![user.into(), now.into()])?,
    ])
}

/// From now on a member has to choose another password before he goes on at this company. Sessions that are open do not
/// count there any more; what he is elsewhere is not touched.
///
/// # Errors
/// When the statement cannot be made.
pub fn force_change(db: &D1Database, agent: AgentId, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE memberships SET password_after = ?2, sessions_after = ?2 WHERE id = ?1";
    statement(db, sql, vec![agent.into(), now.into()])
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
