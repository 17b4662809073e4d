//! Folders, and who may do what in them (specification C7–C9, D1–D4).

use super::db::{self, StoreResult, statement};
use crate::domain::conversation::event::FolderRef;
use crate::domain::id::{CompanyId, ConversationId, FolderId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A folder.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Folder {
    pub id: FolderId,
    pub name: String,
}

/// What holds a right in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderKind {
    Agent,
    Team,
    Role,
}

/// A right in a folder, and who holds it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Right {
    pub kind: HolderKind,
    /// An agent's or a team's id; a preset's key or the id of a company's own role.
    pub holder: String,
    pub see_incoming: bool,
    pub assign: bool,
}

/// The folders of a company, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId) -> StoreResult<Vec<Folder>> {
    db::all(db, "SELECT id, name FROM folders WHERE company_id = ?1 ORDER BY name, id", vec![company.into()]).await
}

/// One folder.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: FolderId) -> StoreResult<Option<Folder>> {
    let sql = "SELECT id, name FROM folders WHERE company_id = ?1 AND id = ?2";
    db::first(db, sql, vec![company.into(), id.into()]).await
}

/// Creates a folder.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken name is a conflict.
pub fn insert(db: &D1Database, company: CompanyId, folder: &Folder, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO folders (id, company_id, name, created_at) VALUES (?1, ?2, ?3, ?4)";
    statement(db, sql, vec![folder.id.into(), company.into(), (&folder.name).into(), now.into()])
}

/// Renames a folder.
///
/// # Errors
/// When the statement cannot be made; run, a taken name is a conflict.
pub fn rename(db: &D1Database, id: FolderId, name: &str) -> StoreResult<D1PreparedStatement> {
    statement(db, "UPDATE folders SET name = ?2 WHERE id = ?1", vec![id.into(), name.into()])
}

/// Deletes a folder and the rights in it.
///
/// # Errors
/// When a statement cannot be made.
pub fn delete(db: &D1Database, id: FolderId) -> StoreResult<Vec<D1PreparedStatement>> {
    Ok(vec![
        statement(db, "DELETE FROM folder_rights WHERE folder_id = ?1", vec![id.into()])?,
        statement(db, "DELETE FROM folders WHERE id = ?1", vec![id.into()])?,
    ])
}

/// Conversations that the index knows in a folder.
///
/// # Errors
/// When the database fails.
pub async fn contents(
    db: &D1Database,
    company: CompanyId,
    id: FolderId,
    limit: u32,
) -> StoreResult<Vec<ConversationId>> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
    }
    let sql = "SELECT id FROM conversations WHERE company_id = ?1 AND folder_id = ?2 LIMIT ?3";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), id.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The rights in a folder.
///
/// # Errors
/// When the database fails.
pub async fn rights(db: &D1Database, id: FolderId) -> StoreResult<Vec<Right>> {
    #[derive(Deserialize)]
    struct Row {
        kind: HolderKind,
        holder: String,
        see_incoming: u8,
        assign: u8,
    }
    let sql = "SELECT kind, holder, see_incoming, assign FROM folder_rights WHERE folder_id = ?1 ORDER BY kind, holder";
    let rows: Vec<Row> = db::all(db, sql, vec![id.into()]).await?;
    let right = |row: Row| Right {
        kind: row.kind,
        holder: row.holder,
        see_incoming: row.see_incoming != 0,
        assign: row.assign != 0,
    };
    Ok(rows.into_iter().map(right).collect())
}

/// Makes these the rights in a folder.
///
/// # Errors
/// When a statement cannot be made.
pub fn set_rights(db: &D1Database, id: FolderId, rights: &[Right]) -> StoreResult<Vec<D1PreparedStatement>> {
    let insert =
        "INSERT INTO folder_rights (folder_id, kind, holder, see_incoming, assign) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statements = vec![statement(db, "DELETE FROM folder_rights WHERE folder_id = ?1", vec![id.into()])?];
    for right in rights {
        let kind = match right.kind {
            HolderKind::Agent => "agent",
            HolderKind::Team => "team",
            HolderKind::Role => "role",
        };
        let values =
            vec![id.into(), kind.into(), (&right.holder).into(), right.see_incoming.into(), right.assign.into()];
        statements.push(statement(db, insert, values)?);
    }
    Ok(statements)
}

impl From<Folder> for FolderRef {
    fn from(folder: Folder) -> Self {
        Self { id: folder.id, name: folder.name }
    }
}
