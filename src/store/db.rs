//! The database binding, and the few helpers that keep SQL readable.

use crate::domain::id::Id;
use crate::domain::time::Instant;
use crate::platform::bridge;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use std::fmt;
use worker::{D1Database, D1PreparedStatement, Env};

/// The binding of `wrangler.toml`.
const BINDING: &str = "DB";

/// Why a statement did not do what was asked.
#[derive(Debug)]
pub enum StoreError {
    /// A row with this unique value is there already; names `table.column` as SQLite does.
    Conflict(String),
    /// A guard of a transaction did not hold ([`require`]); its name.
    Guarded(&'static str),
    /// Anything else: ours to mend.
    Broken(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(text) | Self::Broken(text) => f.write_str(text),
            Self::Guarded(name) => f.write_str(name),
        }
    }
}

impl StoreError {
    /// Whether a value came out longer than the database lets any be.
    #[must_use]
    pub fn is_too_big(&self) -> bool {
        matches!(self, Self::Broken(text) if text.contains("SQLITE_TOOBIG") || text.contains("string or blob too big"))
    }
}

impl From<worker::Error> for StoreError {
    fn from(error: worker::Error) -> Self {
        let text = error.to_string();
        if let Some(guard) = GUARDS.iter().find(|guard| text.contains("JSON path") && text.contains(*guard)) {
            return Self::Guarded(guard);
        }
        if text.contains("FOREIGN KEY constraint failed") || text.contains("the contact was erased") {
            // What a row belongs to was deleted or erased between looking and writing.
            return Self::Guarded(CHANGED_MEANWHILE);
        }
        if text.contains("UNIQUE constraint failed") { Self::Conflict(text) } else { Self::Broken(text) }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// The names of guards.
const GUARDS: [&str; 3] = [NO_FREE_SEAT, LAST_OWNER, CHANGED_MEANWHILE];
/// Every seat of the company is taken.
pub const NO_FREE_SEAT: &str = "no_free_seat";
/// The company would be nobody's.
pub const LAST_OWNER: &str = "last_owner";
/// Another request had this name.
pub const CLIENT_ID_REUSED: &str = "client_id_reused";
/// What was decided upon is not so any more.
pub const CHANGED_MEANWHILE: &str = "changed_meanwhile";

/// A statement that undoes its whole transaction unless a condition holds. SQLite raises errors of its own choice in
/// triggers only; elsewhere a function has to fail, and this one names what was wrong.
///
/// # Errors
/// When the statement cannot be made.
pub fn require(
    db: &D1Database,
    guard: &'static str,
    condition: &str,
    values: Vec<Bound>,
) -> StoreResult<D1PreparedStatement> {
    statement(db, &format!("SELECT CASE WHEN {condition} THEN 1 ELSE json_extract('{{}}', '{guard}') END"), values)
}

/// The answer of anything in the store.
pub type StoreResult<T> = Result<T, StoreError>;

/// Opens the database.
///
/// # Errors
/// When the deployment has no such binding.
pub fn open(env: &Env) -> StoreResult<D1Database> {
    Ok(env.d1(BINDING)?)
}

/// A value to bind. The binding takes 32-bit integers only, so numbers travel as doubles, exact to 2^53.
pub enum Bound {
    Null,
    Text(String),
    Number(f64),
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => serializer.serialize_f64(*number),
        }
    }
}

impl From<&str> for Bound {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Bound {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Bound {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Instant> for Bound {
    #[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
    fn from(at: Instant) -> Self {
        Self::Number(at.as_millis() as f64)
    }
}

impl From<i64> for Bound {
    #[expect(clippy::cast_precision_loss, reason = "the numbers stored are below 2^53")]
    fn from(number: i64) -> Self {
        Self::Number(number as f64)
    }
}

impl From<bool> for Bound {
    fn from(value: bool) -> Self {
        Self::Number(f64::from(u8::from(value)))
    }
}

impl From<u32> for Bound {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl<T: Into<Bound>> From<Option<T>> for Bound {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Id> From<T> for Bound {
    fn from(id: T) -> Self {
        Self::Text(id.to_string())
    }
}

/// A statement with its values, in the order of `?1, ?2, …`.
///
/// # Errors
/// When a value cannot be bound.
pub fn statement(db: &D1Database, sql: &str, values: Vec<Bound>) -> StoreResult<D1PreparedStatement> {
    Ok(bridge::bound(db, sql, &serde_json::to_string(&values)?)?)
}

/// The first row of a query.
///
/// # Errors
/// When the query fails or the row has another shape.
pub async fn first<T: DeserializeOwned>(db: &D1Database, sql: &str, values: Vec<Bound>) -> StoreResult<Option<T>> {
    let row = bridge::first_row(db, sql, &serde_json::to_string(&values)?).await?;
    Ok(row.map(|row| serde_json::from_str(&row)).transpose()?)
}

/// All rows of a query.
///
/// # Errors
/// When the query fails or a row has another shape.
pub async fn all<T: DeserializeOwned>(db: &D1Database, sql: &str, values: Vec<Bound>) -> StoreResult<Vec<T>> {
    Ok(serde_json::from_str(&bridge::all_rows(db, sql, &serde_json::to_string(&values)?).await?)?)
}

/// Columns to change, in a table whose key is `id`.
#[derive(Default)]
pub struct Changes {
    columns: Vec<&'static str>,
    values: Vec<Bound>,
}

impl Changes {
    /// Sets a column.
    pub fn set(&mut self, column: &'static str, value: impl Into<Bound>) {
        self.columns.push(column);
        self.values.push(value.into());
    }

    /// Sets a column, if there is a value.
    pub fn set_some(&mut self, column: &'static str, value: Option<impl Into<Bound>>) {
        if let Some(value) = value {
            self.set(column, value);
        }
    }

    /// The statement that makes the changes; none when there are none.
    ///
    /// # Errors
    /// When the statement cannot be made.
    pub fn update(
        self,
        db: &D1Database,
        table: &str,
        id: impl Into<Bound>,
    ) -> StoreResult<Option<D1PreparedStatement>> {
        if self.columns.is_empty() {
            return Ok(None);
        }
        let set: Vec<String> = self
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| format!("{column} = ?{}", at.saturating_add(2)))
            .collect();
        let mut values = vec![id.into()];
        values.extend(self.values);
        statement(db, &format!("UPDATE {table} SET {} WHERE id = ?1", set.join(", ")), values).map(Some)
    }
}

/// Runs statements in one transaction.
///
/// # Errors
/// When one of them fails: none took effect then.
pub async fn transaction(db: &D1Database, statements: Vec<D1PreparedStatement>) -> StoreResult<Vec<worker::D1Result>> {
    Ok(db.batch(statements).await?)
}

/// How many rows a statement of a transaction changed.
#[must_use]
pub fn changes(result: &worker::D1Result) -> usize {
    result.meta().ok().flatten().and_then(|meta| meta.changes).unwrap_or(0)
}
