//! A company that is brought back from an export: how far it is, and what is put back into D1.

pub mod rows;
pub mod tables;

use super::db::{self, StoreResult, statement};
use crate::domain::id::{CompanyId, ConversationId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use worker::{D1Database, D1PreparedStatement};

/// How far a restoration is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestorationState {
    /// Lines are awaited.
    UnderWay,
    /// All lines are there: its conversations are opened one by one.
    Opening,
    Done,
}

/// A company that is brought back.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Restoration {
    pub company_id: CompanyId,
    /// The URL that the company gets when it is open.
    pub slug: String,
    /// When the export was made: names it.
    pub exported_at: String,
    pub state: RestorationState,
    /// Lines of the export that are taken in.
    pub lines: u32,
    /// The number of the newest conversation that is open again.
    pub opened: u32,
}

/// A conversation of the company that is brought back.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Next {
    pub id: ConversationId,
    pub number: u32,
}

/// The restoration of a company, if there is or was one.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId) -> StoreResult<Option<Restoration>> {
    let sql = "SELECT company_id, slug, exported_at, state, lines, opened FROM restorations WHERE company_id = ?1";
    db::first(db, sql, vec![company.into()]).await
}

/// Whether there is a company of this id.
///
/// # Errors
/// When the database fails.
pub async fn company_exists(db: &D1Database, company: CompanyId) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Row {
        #[expect(dead_code, reason = "that there is one says it all")]
        id: CompanyId,
    }
    let row: Option<Row> = db::first(db, "SELECT id FROM companies WHERE id = ?1", vec![company.into()]).await?;
    Ok(row.is_some())
}

/// Begins a restoration with the company's own line, under a URL that leads nowhere.
///
/// # Errors
/// When a statement cannot be made.
pub fn begin(
    db: &D1Database,
    restoration: &Restoration,
    company: &Map<String, Value>,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let begun = "INSERT INTO restorations (company_id, slug, former_slugs, exported_at, state, lines, begun_at) \
                 VALUES (?1, ?2, ?3 ->> '$.former_slugs', ?4, 'under_way', 1, ?5) \
                 ON CONFLICT (company_id) DO UPDATE SET slug = excluded.slug, former_slugs = excluded.former_slugs, \
                   exported_at = excluded.exported_at, state = 'under_way', lines = 1, opened = 0, \
                   begun_at = excluded.begun_at, done_at = NULL";
    // A slash is in no URL's slug.
    let row = "INSERT INTO companies (id, slug, name, description, language, time_zone, logo_id, terms_accepted_at, created_at) \
               SELECT ?1, 'restoring/' || lower(hex(randomblob(16))), ?2 ->> '$.name', ?2 ->> '$.description', \
                 ?2 ->> '$.language', ?2 ->> '$.time_zone', ?2 ->> '$.logo_id', ?2 ->> '$.terms_accepted_at', \
                 ?2 ->> '$.created_at'";
    let id = restoration.company_id;
    let line = serde_json::to_string(company)?;
    Ok(vec![
        statement(
            db,
            begun,
            vec![id.into(), (&restoration.slug).into(), (&line).into(), (&restoration.exported_at).into(), now.into()],
        )?,
        statement(db, row, vec![id.into(), line.into()])?,
    ])
}

/// Puts the company's settings back.
///
/// # Errors
/// When a statement cannot be made.
pub fn settings(
    db: &D1Database,
    company: CompanyId,
    line: &Map<String, Value>,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let set: Vec<String> = tables::SETTINGS
        .iter()
        .filter(|column| !tables::OF_ORDERS.contains(&column.field))
        .map(|column| format!("{0} = ?2 ->> '$.{0}'", column.field))
        .collect();
    let update = format!("UPDATE companies SET {} WHERE id = ?1", set.join(", "));
    let orders = "INSERT INTO order_settings (company_id, currency, bank_details, expires_after) \
                  SELECT ?1, ?2 ->> '$.currency', ?2 ->> '$.bank_details', ?2 ->> '$.orders_expire_after' \
                  WHERE ?2 ->> '$.currency' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM order_settings WHERE company_id = ?1)";
    let line = serde_json::to_string(line)?;
    Ok(vec![
        statement(db, &update, vec![company.into(), (&line).into()])?,
        statement(db, orders, vec![company.into(), line.into()])?,
    ])
}

/// Notes how many lines are taken in.
///
/// # Errors
/// When the database fails.
pub async fn took(db: &D1Database, company: CompanyId, lines: u32) -> StoreResult<()> {
    let sql = "UPDATE restorations SET lines = MAX(lines, CAST(?2 AS INTEGER)) WHERE company_id = ?1";
    statement(db, sql, vec![company.into(), lines.into()])?.run().await?;
    Ok(())
}

/// All lines are there: everybody is what he was. Files that the company does not have are shown by nobody.
///
/// # Errors
/// When a statement cannot be made.
pub fn all_there(db: &D1Database, company: CompanyId, lines: u32) -> StoreResult<Vec<D1PreparedStatement>> {
    let file = |column: &str| {
        format!(
            "{column} = CASE WHEN EXISTS (SELECT 1 FROM files f WHERE f.id = {column} AND f.company_id = ?1) THEN {column} END"
        )
    };
    let standing = format!(
        "UPDATE memberships SET {}, {}, status = COALESCE((SELECT r.status FROM restoring_members r \
           WHERE r.agent_id = memberships.id), status) WHERE company_id = ?1",
        file("photo_id"),
        file("description_file_id")
    );
    let logo = format!("UPDATE companies SET {} WHERE id = ?1", file("logo_id"));
    let opening = "UPDATE restorations SET state = 'opening', lines = ?2, opened = 0 WHERE company_id = ?1";
    Ok(vec![
        statement(db, &standing, vec![company.into()])?,
        statement(db, "DELETE FROM restoring_members WHERE company_id = ?1", vec![company.into()])?,
        statement(db, &logo, vec![company.into()])?,
        statement(db, opening, vec![company.into(), lines.into()])?,
    ])
}

/// The conversations that are opened next, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub async fn next(db: &D1Database, company: CompanyId, after: u32, limit: u32) -> StoreResult<Vec<Next>> {
    let sql = "SELECT id, number FROM conversations WHERE company_id = ?1 AND number > ?2 AND erased_at IS NULL \
               ORDER BY number LIMIT ?3";
    db::all(db, sql, vec![company.into(), after.into(), limit.into()]).await
}

/// Notes up to which conversation the company is open again.
///
/// # Errors
/// When the database fails.
pub async fn opened(db: &D1Database, company: CompanyId, number: u32) -> StoreResult<()> {
    let sql = "UPDATE restorations SET opened = MAX(opened, CAST(?2 AS INTEGER)) WHERE company_id = ?1";
    statement(db, sql, vec![company.into(), number.into()])?.run().await?;
    Ok(())
}

/// The company is open again, under its URL; those that it had before lead there, unless they lead elsewhere by now.
///
/// # Errors
/// When a statement cannot be made; run in a transaction, a taken slug is a conflict.
pub fn done(db: &D1Database, restoration: &Restoration, now: Instant) -> StoreResult<Vec<D1PreparedStatement>> {
    let id = restoration.company_id;
    let open = "UPDATE companies SET slug = ?2 WHERE id = ?1";
    let free = "DELETE FROM former_slugs WHERE slug = ?1 AND kept_until <= ?2";
    let former = "INSERT INTO former_slugs (slug, company_id, kept_until) \
                  SELECT j.value ->> '$.slug', ?1, j.value ->> '$.kept_until' FROM restorations r, json_each(r.former_slugs) j \
                  WHERE r.company_id = ?1 AND (j.value ->> '$.kept_until') > ?2 \
                    AND NOT EXISTS (SELECT 1 FROM companies c WHERE c.slug = j.value ->> '$.slug') \
                    AND NOT EXISTS (SELECT 1 FROM former_slugs f WHERE f.slug = j.value ->> '$.slug')";
    let done = "UPDATE restorations SET state = 'done', done_at = ?2 WHERE company_id = ?1";
    Ok(vec![
        statement(db, free, vec![(&restoration.slug).into(), now.into()])?,
        statement(db, open, vec![id.into(), (&restoration.slug).into()])?,
        statement(db, former, vec![id.into(), now.into()])?,
        statement(db, done, vec![id.into(), now.into()])?,
    ])
}

/// Forgets a restoration that is given up.
///
/// # Errors
/// When a statement cannot be made.
pub fn forget(db: &D1Database, company: CompanyId) -> StoreResult<Vec<D1PreparedStatement>> {
    Ok(vec![
        statement(db, "DELETE FROM restorations WHERE company_id = ?1", vec![company.into()])?,
        statement(db, "DELETE FROM restoring_members WHERE company_id = ?1", vec![company.into()])?,
    ])
}

/// When a company was last brought back; nothing that was erased with it before then is erased again.
///
/// # Errors
/// When the database fails.
pub async fn begun_at(db: &D1Database, company: CompanyId) -> StoreResult<Option<Instant>> {
    #[derive(Deserialize)]
    struct Row {
        begun_at: f64,
    }
    let row: Option<Row> =
        db::first(db, "SELECT begun_at FROM restorations WHERE company_id = ?1", vec![company.into()]).await?;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds far below 2^53")]
    Ok(row.map(|row| Instant::from_millis(row.begun_at as i64)))
}
