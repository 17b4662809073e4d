//! Users and where they work.

use super::db::{self, StoreResult, statement};
use crate::domain::id::{AgentId, CompanyId, UserId};
use crate::domain::people::password_policy::PasswordPolicy;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A person as signing in needs him.
#[derive(Debug, Deserialize)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub password_hash: Option<String>,
    /// From which the second factor's secret is derived; none without one.
    pub totp_seed: Option<String>,
    pub totp_last_step: f64,
    /// Whether he works anywhere; one who was never anywhere may.
    pub welcome: u8,
}

impl User {
    /// Whether he may come in: not when every company he belongs to keeps him out.
    #[must_use]
    pub const fn is_welcome(&self) -> bool {
        self.welcome != 0
    }
}

/// A company in which a person works.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Workplace {
    pub id: CompanyId,
    pub slug: String,
    pub name: String,
    /// Keys of presets and ids of the company's own.
    pub roles: Vec<String>,
    /// Whether another password has to be chosen before anything else there.
    pub must_change_password: bool,
}

/// A person to be created.
pub struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub password_hash: Option<&'a str>,
}

const SELECT: &str = "SELECT id, email, first_name, last_name, password_hash, \
     CASE WHEN totp_confirmed_at IS NOT NULL THEN totp_seed END AS totp_seed, totp_last_step, \
     EXISTS (SELECT 1 FROM memberships WHERE user_id = users.id AND status = 'active') AS welcome FROM users";

/// The user of an address.
///
/// # Errors
/// When the database fails.
pub async fn user_by_email(db: &D1Database, email: &str) -> StoreResult<Option<User>> {
    db::first(db, &format!("{SELECT} WHERE email = ?1"), vec![email.into()]).await
}

/// A user by his id.
///
/// # Errors
/// When the database fails.
pub async fn user(db: &D1Database, id: UserId) -> StoreResult<Option<User>> {
    db::first(db, &format!("{SELECT} WHERE id = ?1"), vec![id.into()]).await
}

/// The companies in which a person is an active member, by name. One that is being brought back is closed yet: its URL has a slash.
///
/// # Errors
/// When the database fails.
pub async fn workplaces(db: &D1Database, user: UserId) -> StoreResult<Vec<Workplace>> {
    #[derive(Deserialize)]
    struct Row {
        id: CompanyId,
        slug: String,
        name: String,
        roles: String,
        must_change: f64,
    }
    let sql = "SELECT c.id, c.slug, c.name, m.roles, \
                 (u.password_temporary OR (m.password_after > 0 AND u.password_changed_at <= m.password_after)) AS must_change \
               FROM memberships m JOIN companies c ON c.id = m.company_id JOIN users u ON u.id = m.user_id \
               WHERE m.user_id = ?1 AND m.status = 'active' AND instr(c.slug, '/') = 0 ORDER BY c.name COLLATE NOCASE, c.id";
    let rows: Vec<Row> = db::all(db, sql, vec![user.into()]).await?;
    rows.into_iter()
        .map(|row| {
            let roles = serde_json::from_str(&row.roles)?;
            let must_change_password = row.must_change > 0.0;
            Ok(Workplace { id: row.id, slug: row.slug, name: row.name, roles, must_change_password })
        })
        .collect()
}

/// Where a person works: company and membership.
///
/// # Errors
/// When the database fails.
pub async fn memberships(db: &D1Database, user: UserId) -> StoreResult<Vec<MembershipOf>> {
    let sql = "SELECT company_id AS company, id AS agent FROM memberships WHERE user_id = ?1 AND status = 'active'";
    db::all(db, sql, vec![user.into()]).await
}

/// One membership of a person.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct MembershipOf {
    pub company: CompanyId,
    pub agent: AgentId,
}

/// What the companies of a person ask of his password, together.
pub struct PasswordRules {
    pub policy: PasswordPolicy,
    /// What they are called: no password is just that.
    pub companies: Vec<String>,
}

/// What the companies where a person works ask of his password, and the one that he is about to join.
///
/// # Errors
/// When the database fails.
pub async fn password_rules(db: &D1Database, user: UserId, joins: Option<CompanyId>) -> StoreResult<PasswordRules> {
    #[derive(Deserialize)]
    struct Row {
        name: String,
        password_policy: String,
    }
    let sql = "SELECT name, password_policy FROM companies WHERE id = ?2 \
                 OR id IN (SELECT company_id FROM memberships WHERE user_id = ?1 AND status = 'active')";
    let rows: Vec<Row> = db::all(db, sql, vec![user.into(), joins.into()]).await?;
    let policies = rows.iter().map(|row| serde_json::from_str(&row.password_policy)).collect::<Result<Vec<_>, _>>()?;
    let companies = rows.into_iter().map(|row| row.name).collect();
    Ok(PasswordRules { policy: PasswordPolicy::strictest(policies), companies })
}

/// Creates a user.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken address is a conflict.
pub fn insert_user(db: &D1Database, user: &NewUser<'_>, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO users (id, email, first_name, last_name, password_hash, password_changed_at, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)";
    let values = vec![
        user.id.into(),
        user.email.into(),
        user.first_name.into(),
        user.last_name.into(),
        user.password_hash.into(),
        now.into(),
    ];
    statement(db, sql, values)
}
