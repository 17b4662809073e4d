//! Putting rows back: what they refer to is looked at first, then all go in together; what is there already stays.

use super::tables::{Field, Is, Table};
use crate::domain::id::{CompanyId, UserId};
use crate::domain::time::Instant;
use crate::store::db::{self, StoreError, StoreResult, statement};
use crate::store::export::Record;
use serde::Deserialize;
use serde_json::{Value, json};
use worker::D1Database;

/// About how many bytes of rows one statement takes.
const BYTES_AT_ONCE: usize = 400_000;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A field is not there, or is no such thing.
    Field(String),
    /// There is no such field.
    Unknown(String),
    /// The id is another company's.
    Foreign,
    /// A field names something that the company does not have.
    Reference(String),
    /// The database does not take it.
    Refused,
}

/// What is wrong with which of several rows.
#[derive(Debug)]
pub struct WrongRow {
    pub at: usize,
    pub wrong: Wrong,
}

/// A line as the database takes it: instants as numbers, lists and objects as text.
///
/// # Errors
/// The first field that is wrong, missing or unknown.
pub fn read(fields: &[Field], mut line: Record) -> Result<Record, Wrong> {
    let mut row = Record::new();
    for Field { field, is, nullable, .. } in fields {
        let wrong = || Wrong::Field((*field).to_owned());
        let value = line.remove(*field).ok_or_else(wrong)?;
        let value = match (is, value) {
            (_, Value::Null) if *nullable => Value::Null,
            (Is::Text, value @ Value::String(_)) => value,
            (Is::At, Value::String(text)) => json!(Instant::parse(&text).ok_or_else(wrong)?.as_millis()),
            (Is::Number, Value::Number(number)) if number.is_i64() => Value::Number(number),
            (Is::Flag, Value::Bool(value)) => json!(i64::from(value)),
            (Is::List, value @ Value::Array(_)) | (Is::Object, value @ Value::Object(_)) => json!(value.to_string()),
            _ => return Err(wrong()),
        };
        row.insert((*field).to_owned(), value);
    }
    match line.into_iter().next() {
        Some((unknown, _)) => Err(Wrong::Unknown(unknown)),
        None => Ok(row),
    }
}

/// Makes accounts for people who have none here, without passwords. Whoever has one keeps it as it is.
///
/// # Errors
/// When the database fails.
pub async fn people(db: &D1Database, rows: &[Record], now: Instant, new_id: impl Fn() -> UserId) -> StoreResult<()> {
    let with_id = |row: &Record| {
        let mut row = row.clone();
        row.insert("user".to_owned(), json!(new_id()));
        row
    };
    let rows: Vec<Record> = rows.iter().map(with_id).collect();
    let sql = "INSERT INTO users (id, email, first_name, last_name, created_at) \
               SELECT j.value ->> '$.user', j.value ->> '$.email', j.value ->> '$.first_name', j.value ->> '$.last_name', \
                 CAST(?2 AS INTEGER) FROM json_each(?1) j WHERE true ON CONFLICT (email) DO NOTHING";
    for some in parts(&rows) {
        statement(db, sql, vec![serde_json::to_string(some)?.into(), now.into()])?.run().await?;
    }
    Ok(())
}

/// Puts rows of one kind back.
///
/// # Errors
/// When the database fails; what is wrong with a row is inside.
pub async fn insert(
    db: &D1Database,
    company: CompanyId,
    table: &Table,
    rows: &[Record],
) -> StoreResult<Result<(), WrongRow>> {
    let mut done = 0_usize;
    for some in parts(rows) {
        let text = serde_json::to_string(some)?;
        if let Some(wrong) = look(db, company, table, &text).await? {
            return Ok(Err(WrongRow { at: done.saturating_add(wrong.at), ..wrong }));
        }
        if let Err(error) = put(db, company, table, &text).await {
            if !is_about_rows(&error) {
                return Err(error);
            }
            for (at, row) in some.iter().enumerate() {
                match put(db, company, table, &serde_json::to_string(&[row])?).await {
                    Err(error) if is_about_rows(&error) => {
                        return Ok(Err(WrongRow { at: done.saturating_add(at), wrong: Wrong::Refused }));
                    }
                    other => other?,
                }
            }
        }
        done = done.saturating_add(some.len());
    }
    Ok(Ok(()))
}

/// The first row that is another company's already, or refers to what is not this one's.
async fn look(db: &D1Database, company: CompanyId, table: &Table, rows: &str) -> StoreResult<Option<WrongRow>> {
    #[derive(Deserialize)]
    struct Row {
        at: usize,
        field: Option<String>,
    }
    let mut looks = vec![format!(
        "SELECT j.key AS at, NULL AS field FROM json_each(?2) j JOIN {} t ON t.id = j.value ->> '$.id' WHERE t.company_id <> ?1",
        table.table
    )];
    for (field, other) in table.references {
        looks.push(format!(
            "SELECT j.key, '{field}' FROM json_each(?2) j WHERE j.value ->> '$.{field}' IS NOT NULL AND NOT EXISTS \
               (SELECT 1 FROM {other} r WHERE r.id = j.value ->> '$.{field}' AND r.company_id = ?1)"
        ));
    }
    if let Some((field, other)) = table.listed {
        looks.push(format!(
            "SELECT j.key, '{field}' FROM json_each(?2) j, json_each(j.value ->> '$.{field}') m WHERE NOT EXISTS \
               (SELECT 1 FROM {other} r WHERE r.id = m.value AND r.company_id = ?1)"
        ));
    }
    let sql = format!("{} ORDER BY 1 LIMIT 1", looks.join(" UNION ALL "));
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), rows.into()]).await?;
    Ok(row.map(|Row { at, field }| WrongRow { at, wrong: field.map_or(Wrong::Foreign, Wrong::Reference) }))
}

async fn put(db: &D1Database, company: CompanyId, table: &Table, rows: &str) -> StoreResult<()> {
    let mut columns = vec!["company_id".to_owned()];
    let mut values = vec!["?1".to_owned()];
    for field in table.fields {
        if let Some(column) = field.column {
            columns.push(format!("\"{column}\""));
            values.push(format!("j.value ->> '$.{}'", field.field));
        }
    }
    for (column, made) in table.made {
        columns.push((*column).to_owned());
        values.push((*made).to_owned());
    }
    let insert = format!(
        "INSERT INTO {0} ({1}) SELECT {2} FROM json_each(?2) j \
         WHERE NOT EXISTS (SELECT 1 FROM {0} t WHERE t.id = j.value ->> '$.id')",
        table.table,
        columns.join(", "),
        values.join(", ")
    );
    let mut statements = vec![statement(db, &insert, vec![company.into(), rows.into()])?];
    for then in table.then {
        let values = if then.contains("?1") { vec![company.into(), rows.into()] } else { vec![rows.into()] };
        statements.push(statement(
            db,
            &if then.contains("?1") { (*then).to_owned() } else { then.replace("?2", "?1") },
            values,
        )?);
    }
    db::transaction(db, statements).await.map(drop)
}

/// Whether a failure is for what the rows say: a value that is no such thing, or is there twice.
fn is_about_rows(error: &StoreError) -> bool {
    match error {
        StoreError::Conflict(_) | StoreError::Guarded(_) => true,
        StoreError::Broken(text) => text.contains("constraint") || text.contains("cannot store"),
    }
}

/// Rows by as many as one statement takes.
fn parts(rows: &[Record]) -> Vec<&[Record]> {
    let mut parts = Vec::new();
    let (mut first, mut bytes) = (0_usize, 0_usize);
    for (at, row) in rows.iter().enumerate() {
        let size = serde_json::to_string(row).map_or(0, |text| text.len());
        bytes = bytes.saturating_add(size);
        if bytes > BYTES_AT_ONCE && at > first {
            parts.extend(rows.get(first..at));
            (first, bytes) = (at, size);
        }
    }
    parts.extend(rows.get(first..).filter(|rest| !rest.is_empty()));
    parts
}
