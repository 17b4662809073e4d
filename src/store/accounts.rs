//! Users, their sessions and their companies.

use super::db::{self, Bound, StoreResult, statement};
use crate::domain::id::{AgentId, CompanyId, SessionId, UserId};
use crate::domain::people::role::Role;
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
}

/// A company in which a person works.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Workplace {
    pub id: CompanyId,
    pub slug: String,
    pub name: String,
    pub roles: Vec<Role>,
}

/// A company to be created together with its first member.
pub struct NewCompany<'a> {
    pub id: CompanyId,
    pub slug: &'a str,
    pub name: &'a str,
    pub owner: UserId,
    pub owner_agent: AgentId,
    pub owner_name: &'a str,
}

/// A person to be created.
pub struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub password_hash: Option<&'a str>,
}

/// The user of an address.
///
/// # Errors
/// When the database fails.
pub async fn user_by_email(db: &D1Database, email: &str) -> StoreResult<Option<User>> {
    let sql = "SELECT id, email, first_name, last_name, password_hash FROM users WHERE email = ?1";
    db::first(db, sql, vec![email.into()]).await
}

/// The companies in which a person is an active member, by name.
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
    }
    let sql = "SELECT c.id, c.slug, c.name, m.roles FROM memberships m JOIN companies c ON c.id = m.company_id \
               WHERE m.user_id = ?1 AND m.status = 'active' ORDER BY c.name COLLATE NOCASE, c.id";
    let rows: Vec<Row> = db::all(db, sql, vec![user.into()]).await?;
    rows.into_iter()
        .map(|row| {
            let roles = serde_json::from_str(&row.roles)?;
            Ok(Workplace { id: row.id, slug: row.slug, name: row.name, roles })
        })
        .collect()
}

/// Which of these slugs are taken.
///
/// # Errors
/// When the database fails.
pub async fn taken_slugs(db: &D1Database, slugs: &[String]) -> StoreResult<Vec<String>> {
    #[derive(Deserialize)]
    struct Row {
        slug: String,
    }
    let sql = "SELECT slug FROM companies WHERE slug IN (SELECT value FROM json_each(?1))";
    let rows: Vec<Row> = db::all(db, sql, vec![serde_json::to_string(slugs)?.into()]).await?;
    Ok(rows.into_iter().map(|row| row.slug).collect())
}

/// Creates a user.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken address is a conflict.
pub fn insert_user(db: &D1Database, user: &NewUser<'_>, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO users (id, email, first_name, last_name, password_hash, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
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

/// Creates a company and makes its founder the owner and administrator (specification N2).
///
/// # Errors
/// When a statement cannot be made; run in a transaction, a taken slug is a conflict.
pub fn insert_company(
    db: &D1Database,
    company: &NewCompany<'_>,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let company_sql =
        "INSERT INTO companies (id, slug, name, terms_accepted_at, created_at) VALUES (?1, ?2, ?3, ?4, ?4)";
    let owner_sql = "INSERT INTO memberships (id, company_id, user_id, status, owner, roles, display_name, created_at) \
                     VALUES (?1, ?2, ?3, 'active', 1, '[\"administrator\"]', ?4, ?5)";
    Ok(vec![
        statement(db, company_sql, vec![company.id.into(), company.slug.into(), company.name.into(), now.into()])?,
        statement(
            db,
            owner_sql,
            vec![
                company.owner_agent.into(),
                company.id.into(),
                company.owner.into(),
                company.owner_name.into(),
                now.into(),
            ],
        )?,
    ])
}

/// Starts a session.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert_session(
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

/// Ends a session; a repeat changes nothing.
///
/// # Errors
/// When the database fails.
pub async fn revoke_session(db: &D1Database, id: SessionId, now: Instant) -> StoreResult<()> {
    let sql = "UPDATE sessions SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    statement(db, sql, vec![id.into(), now.into()])?.run().await?;
    Ok(())
}

/// Changes settings of a company; what is `None` stays.
///
/// # Errors
/// When the database fails.
pub async fn update_company(
    db: &D1Database,
    id: CompanyId,
    name: Option<&str>,
    description: Option<&str>,
    pending_close_after: Option<i64>,
) -> StoreResult<()> {
    let sql = "UPDATE companies SET name = COALESCE(?2, name), description = COALESCE(?3, description), \
               pending_close_after = COALESCE(?4, pending_close_after) WHERE id = ?1";
    let values: Vec<Bound> = vec![id.into(), name.into(), description.into(), pending_close_after.into()];
    statement(db, sql, values)?.run().await?;
    Ok(())
}
