//! What a company sells: its items, and their pictures.

use super::db::{self, Bound, Changes, StoreResult, statement};
use super::files::{self, NewPicture};
use crate::domain::id::{CatalogItemId, CompanyId, FileId};
use crate::domain::order::currency::Currency;
use crate::domain::order::money::Money;
use crate::domain::order::step::Card;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement, Env};

/// Something that a company sells.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CatalogItem {
    pub id: CatalogItemId,
    pub name: String,
    pub description: String,
    /// Without tax.
    pub price: Money,
    /// In basis points: 1900 is 19 %.
    pub tax_rate: u32,
    pub picture_url: Option<String>,
    /// Not sold any more; what was sent or ordered stays as it is.
    pub archived: bool,
    pub created_at: Instant,
}

/// What is to change about an item; none: that stays.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: Option<String>,
    pub description: Option<String>,
    pub price: Option<Money>,
    pub tax_rate: Option<u32>,
    pub archived: Option<bool>,
}

impl Edit {
    /// The item with the changes.
    #[must_use]
    pub fn of(self, item: CatalogItem) -> CatalogItem {
        CatalogItem {
            name: self.name.unwrap_or(item.name),
            description: self.description.unwrap_or(item.description),
            price: self.price.unwrap_or(item.price),
            tax_rate: self.tax_rate.unwrap_or(item.tax_rate),
            archived: self.archived.unwrap_or(item.archived),
            ..item
        }
    }
}

/// Which items to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the name or the description, in small letters.
    pub words: String,
    /// Archived ones, or those that are not; none: both.
    pub archived: Option<bool>,
}

/// A place in the list, after which it goes on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Position {
    pub name: String,
    pub id: CatalogItemId,
}

#[derive(Deserialize)]
struct Row {
    id: CatalogItemId,
    name: String,
    description: String,
    price: i64,
    currency: Currency,
    tax_rate: u32,
    picture_id: Option<FileId>,
    archived_at: Option<i64>,
    created_at: i64,
}

const FIELDS: &str = "id, name, description, price, currency, tax_rate, picture_id, archived_at, created_at";

impl From<Row> for CatalogItem {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            price: Money::new(row.price, row.currency),
            tax_rate: row.tax_rate,
            picture_url: row.picture_id.map(files::public_url),
            archived: row.archived_at.is_some(),
            created_at: Instant::from_millis(row.created_at),
        }
    }
}

impl From<CatalogItem> for Card {
    fn from(item: CatalogItem) -> Self {
        let CatalogItem { id, name, description, price, picture_url, .. } = item;
        Self { id, name, description, price, picture_url }
    }
}

/// An item of a company.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: CatalogItemId) -> StoreResult<Option<CatalogItem>> {
    Ok(several(db, company, &[id]).await?.into_iter().next())
}

/// Those of some items that a company has.
///
/// # Errors
/// When the database fails.
pub async fn several(db: &D1Database, company: CompanyId, ids: &[CatalogItemId]) -> StoreResult<Vec<CatalogItem>> {
    let sql = format!(
        "SELECT {FIELDS} FROM catalog_items WHERE company_id = ?1 AND id IN (SELECT value FROM json_each(?2)) ORDER BY name"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into(), serde_json::to_string(ids)?.into()]).await?;
    Ok(rows.into_iter().map(CatalogItem::from).collect())
}

/// A part of a company's items, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    company: CompanyId,
    filter: &Filter,
    after: Option<&Position>,
    limit: u32,
) -> StoreResult<Vec<CatalogItem>> {
    let mut conditions = vec!["company_id = ?1".to_owned()];
    let mut values: Vec<Bound> = vec![company.into(), limit.into()];
    match filter.archived {
        Some(true) => conditions.push("archived_at IS NOT NULL".to_owned()),
        Some(false) => conditions.push("archived_at IS NULL".to_owned()),
        None => {}
    }
    if !filter.words.is_empty() {
        values.push((&filter.words).into());
        let at = values.len();
        conditions.push(format!("(instr(lower(name), ?{at}) > 0 OR instr(lower(description), ?{at}) > 0)"));
    }
    if let Some(Position { name, id }) = after {
        values.push(name.into());
        values.push((*id).into());
        conditions.push(format!("(name, id) > (?{}, ?{})", values.len().saturating_sub(1), values.len()));
    }
    let sql =
        format!("SELECT {FIELDS} FROM catalog_items WHERE {} ORDER BY name, id LIMIT ?2", conditions.join(" AND "));
    let rows: Vec<Row> = db::all(db, &sql, values).await?;
    Ok(rows.into_iter().map(CatalogItem::from).collect())
}

/// Makes an item.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(db: &D1Database, company: CompanyId, item: &CatalogItem) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO catalog_items (id, company_id, name, description, price, currency, tax_rate, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = vec![
        item.id.into(),
        company.into(),
        (&item.name).into(),
        (&item.description).into(),
        item.price.amount.into(),
        item.price.currency.code().into(),
        item.tax_rate.into(),
        item.created_at.into(),
    ];
    statement(db, sql, values)
}

/// Changes of an item; the rest stays as it is, also where somebody else is changing it.
///
/// # Errors
/// When the statement cannot be made; there is none where nothing is to change.
pub fn update(
    db: &D1Database,
    id: CatalogItemId,
    edit: Edit,
    now: Instant,
) -> StoreResult<Option<D1PreparedStatement>> {
    let mut changes = Changes::default();
    changes.set_some("name", edit.name);
    changes.set_some("description", edit.description);
    changes.set_some("price", edit.price.map(|price| price.amount));
    changes.set_some("currency", edit.price.map(|price| price.currency.code().to_owned()));
    changes.set_some("tax_rate", edit.tax_rate);
    changes.set_some("archived_at", edit.archived.map(|archived| archived.then_some(now)));
    changes.update(db, "catalog_items", id)
}

/// Deletes an item; its pictures stay for the conversations that show them.
///
/// # Errors
/// When the statement cannot be made.
pub fn delete(db: &D1Database, id: CatalogItemId) -> StoreResult<D1PreparedStatement> {
    statement(db, "DELETE FROM catalog_items WHERE id = ?1", vec![id.into()])
}

/// Shows another picture with an item, or none.
///
/// # Errors
/// When the statement cannot be made.
pub fn set_picture(db: &D1Database, id: CatalogItemId, picture: Option<FileId>) -> StoreResult<D1PreparedStatement> {
    let mut changes = Changes::default();
    changes.set("picture_id", picture);
    let update = changes.update(db, "catalog_items", id)?;
    update.ok_or_else(|| db::StoreError::Broken("there is nothing to change".to_owned()))
}

/// Keeps a picture's bytes, and answers the statement that makes it known.
///
/// # Errors
/// When the bucket fails.
pub async fn keep_picture(
    env: &Env,
    db: &D1Database,
    item: CatalogItemId,
    picture: NewPicture<'_>,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let (id, company, kind) = (picture.id, picture.company, picture.kind);
    let hash = files::keep_bytes(env, company, picture.bytes).await?;
    let sql = "INSERT INTO catalog_pictures (id, company_id, item_id, type, hash, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    statement(db, sql, vec![id.into(), company.into(), item.into(), kind.into(), hash.into(), now.into()])
}
