//! Tags (specification C10–C12). Which conversations have one is a copy in the index ([`super::conversations`]).

use super::db::{self, StoreResult, statement};
use crate::domain::conversation::label::TagRef;
use crate::domain::id::{CompanyId, ConversationId, TagId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A tag.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Tag {
    pub id: TagId,
    pub name: String,
    /// The name of one of [`COLOURS`].
    pub colour: String,
}

/// The colours that a tag may have; what each looks like by day and by night is the dashboard's affair.
pub const COLOURS: [&str; 9] = ["grey", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"];

/// A tag, and how many of the company's conversations have it.
#[derive(Deserialize)]
pub struct UsedTag {
    #[serde(flatten)]
    pub tag: Tag,
    pub conversations: f64,
}

/// The tags of a company, by name, and how many conversations have each.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId) -> StoreResult<Vec<UsedTag>> {
    let sql = "SELECT id, name, colour, (SELECT COUNT(*) FROM conversation_tags c WHERE c.tag_id = t.id) AS conversations \
               FROM tags t WHERE company_id = ?1 ORDER BY name, id";
    db::all(db, sql, vec![company.into()]).await
}

/// One tag.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: TagId) -> StoreResult<Option<Tag>> {
    let sql = "SELECT id, name, colour FROM tags WHERE company_id = ?1 AND id = ?2";
    db::first(db, sql, vec![company.into(), id.into()]).await
}

/// Creates a tag.
///
/// # Errors
/// When the statement cannot be made; run, a taken name is a conflict.
pub fn insert(db: &D1Database, company: CompanyId, tag: &Tag, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO tags (id, company_id, name, colour, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    statement(db, sql, vec![tag.id.into(), company.into(), (&tag.name).into(), (&tag.colour).into(), now.into()])
}

/// Changes a tag's name and colour.
///
/// # Errors
/// When the statement cannot be made; run, a taken name is a conflict.
pub fn update(db: &D1Database, tag: &Tag) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE tags SET name = ?2, colour = ?3 WHERE id = ?1";
    statement(db, sql, vec![tag.id.into(), (&tag.name).into(), (&tag.colour).into()])
}

/// Deletes a tag.
///
/// # Errors
/// When the statement cannot be made.
pub fn delete(db: &D1Database, id: TagId) -> StoreResult<D1PreparedStatement> {
    statement(db, "DELETE FROM tags WHERE id = ?1", vec![id.into()])
}

#[derive(Deserialize)]
struct Tagged {
    conversation_id: ConversationId,
}

/// Conversations that have a tag, as far as the index knows; from one on.
///
/// # Errors
/// When the database fails.
pub async fn tagged(
    db: &D1Database,
    id: TagId,
    after: Option<ConversationId>,
    limit: u32,
) -> StoreResult<Vec<ConversationId>> {
    let sql = "SELECT conversation_id FROM conversation_tags WHERE tag_id = ?1 AND conversation_id > COALESCE(?2, '') \
               ORDER BY conversation_id LIMIT ?3";
    let rows: Vec<Tagged> = db::all(db, sql, vec![id.into(), after.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.conversation_id).collect())
}

/// Conversations from which a tag is yet to be taken, as far as the index knows: those that have it, but for what was merged
/// into others and stays as it was.
///
/// # Errors
/// When the database fails.
pub async fn bearing(db: &D1Database, id: TagId, limit: u32) -> StoreResult<Vec<ConversationId>> {
    let sql = "SELECT t.conversation_id FROM conversation_tags t JOIN conversations v ON v.id = t.conversation_id \
               WHERE t.tag_id = ?1 AND v.view ->> '$.merged_into' IS NULL ORDER BY t.conversation_id LIMIT ?2";
    let rows: Vec<Tagged> = db::all(db, sql, vec![id.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.conversation_id).collect())
}

impl From<Tag> for TagRef {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id, name: tag.name, colour: tag.colour }
    }
}
