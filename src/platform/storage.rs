//! A Durable Object's database: statements that cross to the runtime in one call each, and the synchronous transaction,
//! which the `worker` crate does not bind.

use super::bridge;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::prelude::*;
use worker::{Error, Result, SqlStorage, SqlStorageValue, Storage};

#[wasm_bindgen]
extern "C" {
    type RawStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &RawStorage,
        body: &mut dyn FnMut() -> std::result::Result<(), JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;
}

/// Runs `body` so that either all of its writes happen or none.
///
/// # Errors
/// What `body` or the storage failed with; nothing was written then.
pub fn atomically(storage: &Storage, mut body: impl FnMut() -> Result<()>) -> Result<()> {
    let raw: &RawStorage = storage.as_raw().unchecked_ref();
    raw.transaction_sync(&mut || body().map_err(JsValue::from)).map(drop).map_err(worker::Error::from)
}

/// The database.
pub struct Sql(SqlStorage);

/// What a statement found, as JSON; none where it found nothing.
pub struct Rows(Option<String>);

impl Sql {
    /// The database of an object.
    #[must_use]
    pub fn of(storage: &Storage) -> Self {
        Self(storage.sql())
    }

    /// Runs a statement to its end, with values in the order of its question marks.
    ///
    /// # Errors
    /// When the statement fails, or a value is of a kind that no table here has.
    pub fn exec(&self, query: &str, values: impl Into<Option<Vec<SqlStorageValue>>>) -> Result<Rows> {
        let values = match values.into() {
            Some(values) => {
                let values: Result<Vec<Value>> = values.into_iter().map(json).collect();
                serde_json::to_string(&values?)?
            }
            None => String::new(),
        };
        bridge::execute(&self.0, query, &values).map(Rows)
    }
}

impl Rows {
    /// All rows.
    ///
    /// # Errors
    /// When a row has another shape.
    pub fn to_array<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        match &self.0 {
            Some(rows) => Ok(serde_json::from_str(rows)?),
            None => Ok(Vec::new()),
        }
    }

    /// The only row.
    ///
    /// # Errors
    /// When there is none, or it has another shape.
    pub fn one<T: DeserializeOwned>(&self) -> Result<T> {
        let row = self.to_array()?.into_iter().next();
        row.ok_or_else(|| Error::RustError("a statement that has a row had none".to_owned()))
    }
}

fn json(value: SqlStorageValue) -> Result<Value> {
    Ok(match value {
        SqlStorageValue::Null => Value::Null,
        SqlStorageValue::Boolean(value) => value.into(),
        SqlStorageValue::Integer(value) => value.into(),
        SqlStorageValue::Float(value) => value.into(),
        SqlStorageValue::String(value) => value.into(),
        SqlStorageValue::Blob(_) => return Err(Error::RustError("bytes are no JSON".to_owned())),
    })
}
