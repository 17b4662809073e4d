//! Roles of companies' own.

use super::db::{self, StoreResult, statement};
use crate::domain::id::{CompanyId, RoleId};
use crate::domain::people::custom_role::CustomRole;
use crate::domain::people::role::Role;
use crate::domain::time::Instant;
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement};

#[derive(Deserialize)]
struct Row {
    id: RoleId,
    name: String,
    base: Role,
    grants: String,
}

const SELECT: &str = "SELECT id, name, base, grants FROM custom_roles WHERE company_id = ?1";

/// The roles of a company's own, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId) -> StoreResult<Vec<CustomRole>> {
    let rows: Vec<Row> = db::all(db, &format!("{SELECT} ORDER BY name, id"), vec![company.into()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One of them.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: RoleId) -> StoreResult<Option<CustomRole>> {
    let row: Option<Row> = db::first(db, &format!("{SELECT} AND id = ?2"), vec![company.into(), id.into()]).await?;
    row.map(Row::read).transpose()
}

/// Creates a role.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken name is a conflict.
pub fn insert(
    db: &D1Database,
    company: CompanyId,
    role: &CustomRole,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql =
        "INSERT INTO custom_roles (id, company_id, name, base, grants, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let grants = serde_json::to_string(&role.grants)?;
    let values =
        vec![role.id.into(), company.into(), (&role.name).into(), role.base.key().into(), grants.into(), now.into()];
    statement(db, sql, values)
}

/// Changes a role's name and what it allows.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken name is a conflict.
pub fn update(db: &D1Database, role: &CustomRole) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE custom_roles SET name = ?2, grants = ?3 WHERE id = ?1";
    statement(db, sql, vec![role.id.into(), (&role.name).into(), serde_json::to_string(&role.grants)?.into()])
}

/// Deletes a role and its rights in folders.
///
/// # Errors
/// When a statement cannot be made.
pub fn delete(db: &D1Database, id: RoleId) -> StoreResult<Vec<D1PreparedStatement>> {
    Ok(vec![
        statement(db, "DELETE FROM folder_rights WHERE kind = 'role' AND holder = ?1", vec![id.into()])?,
        statement(db, "DELETE FROM custom_roles WHERE id = ?1", vec![id.into()])?,
    ])
}

/// Undoes its transaction when one of these roles of the company's own is not there any more.
///
/// # Errors
/// When the statement cannot be made.
pub fn require_known(db: &D1Database, company: CompanyId, names: &[String]) -> StoreResult<D1PreparedStatement> {
    let own: Vec<&String> = names.iter().filter(|name| Role::parse(name).is_none()).collect();
    let condition = "NOT EXISTS (SELECT 1 FROM json_each(?2) WHERE value NOT IN \
                     (SELECT id FROM custom_roles WHERE company_id = ?1))";
    db::require(db, db::CHANGED_MEANWHILE, condition, vec![company.into(), serde_json::to_string(&own)?.into()])
}

/// Undoes its transaction when somebody has the role.
///
/// # Errors
/// When the statement cannot be made.
pub fn require_unused(db: &D1Database, company: CompanyId, id: RoleId) -> StoreResult<D1PreparedStatement> {
    let condition = "NOT EXISTS (SELECT 1 FROM memberships m, json_each(m.roles) held \
                     WHERE m.company_id = ?1 AND m.status <> 'removed' AND held.value = ?2)";
    db::require(db, db::CHANGED_MEANWHILE, condition, vec![company.into(), id.into()])
}

impl Row {
    fn read(self) -> StoreResult<CustomRole> {
        Ok(CustomRole { id: self.id, name: self.name, base: self.base, grants: serde_json::from_str(&self.grants)? })
    }
}
