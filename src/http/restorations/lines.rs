//! Reading the lines of an export: each says what it is, and has the fields of that and no others.

use super::super::problem::{Answer, Problem};
use crate::domain::conversation::backup::Backup;
use crate::domain::conversation::chain::Link;
use crate::domain::id::ConversationId;
use crate::domain::input::FieldError;
use crate::domain::people::email;
use crate::objects::conversation_do::protocol::Written;
use crate::store::export::{FORMAT, Record};
use crate::store::restoring::rows::{self, Wrong};
use crate::store::restoring::tables::{self, CONVERSATION, Table};
use http::StatusCode;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Most characters of a fault that the answer repeats.
const REPEATED: usize = 60;

/// The lines of one request.
pub struct Batch {
    /// The export's first line, where it is among them.
    pub first: Option<Record>,
    pub runs: Vec<Run>,
}

/// Lines that follow one another and are taken in together.
pub enum Run {
    Settings {
        line_number: u32,
        line: Record,
    },
    /// Rows of one table; `first` is the number of the first line.
    Rows {
        table: &'static Table,
        first: u32,
        rows: Vec<Record>,
    },
    /// Conversations, and what was said in them.
    Said {
        first: u32,
        said: Vec<Said>,
    },
    /// The last line of the export.
    End {
        line: u32,
        exported_at: String,
        lines: u32,
    },
}

/// A conversation, or an entry of its log.
pub enum Said {
    Conversation { id: ConversationId, kept: Box<Backup>, row: Record },
    Event { id: ConversationId, entry: Written },
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

/// Of a conversation's line. The rest of it is for readers: it follows from the log.
#[derive(Deserialize)]
struct ConversationLine {
    id: ConversationId,
    created_at: String,
    kept: Backup,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    #[serde(rename = "kind")]
    _kind: String,
    conversation_id: ConversationId,
    seq: u64,
    hash: Link,
    entry: Box<RawValue>,
}

impl Run {
    /// The number of the last line.
    pub fn last(&self) -> u32 {
        let after =
            |first: u32, count: usize| first.saturating_add(u32::try_from(count).unwrap_or(u32::MAX)).saturating_sub(1);
        match self {
            Self::Settings { line_number, .. } => *line_number,
            Self::Rows { first, rows, .. } => after(*first, rows.len()),
            Self::Said { first, said } => after(*first, said.len()),
            Self::End { line, .. } => *line,
        }
    }
}

/// Reads the lines that come after a number of others.
///
/// # Errors
/// 422 with the number of the first line that is wrong.
pub fn batch(text: &str, after: u32) -> Answer<Batch> {
    let mut batch = Batch { first: None, runs: Vec::new() };
    for (number, line) in (after.saturating_add(1)..).zip(text.lines()) {
        let Ok(Kind { kind }) = serde_json::from_str(line) else {
            return Err(bad_line(number, "kind", "malformed", "This is no JSON object with a kind."));
        };
        match (kind.as_str(), number) {
            ("company", 1) => batch.first = Some(company(line)?),
            (_, 1) => return Err(bad_line(1, "kind", "out_of_order", "An export begins with its company.")),
            ("conversation" | "event", _) => {
                let said = said(&kind, line, number)?;
                match batch.runs.last_mut() {
                    Some(Run::Said { said: before, .. }) => before.push(said),
                    _ => batch.runs.push(Run::Said { first: number, said: vec![said] }),
                }
            }
            ("settings", _) => {
                let mut line = object(line, number)?;
                line.remove("id");
                let line = rows::read(tables::SETTINGS, line).map_err(|fault| wrong(number, &fault))?;
                batch.runs.push(Run::Settings { line_number: number, line });
            }
            ("end", _) => batch.runs.push(end(line, number)?),
            (kind, _) => {
                let Some(table) = tables::of_kind(kind) else {
                    let known: String = kind.chars().take(REPEATED).collect();
                    let detail = format!("No line of an export is a {known:?}.");
                    return Err(bad_line(number, "kind", "unknown_kind", &detail));
                };
                let row = row(table, line, number)?;
                match batch.runs.last_mut() {
                    Some(Run::Rows { table: before, rows, .. }) if before.kind == table.kind => rows.push(row),
                    _ => batch.runs.push(Run::Rows { table, first: number, rows: vec![row] }),
                }
            }
        }
    }
    Ok(batch)
}

/// 422: a line is wrong.
pub fn bad_line(line: u32, field: &str, code: &'static str, detail: &str) -> Problem {
    let detail = format!("Line {line}: {detail}");
    let errors = [FieldError::new(field, code, detail.as_str())];
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_line", &detail)
        .with("line", json!(line))
        .with("errors", json!(errors))
}

/// The same, for what is wrong with a row.
pub fn wrong(line: u32, wrong: &Wrong) -> Problem {
    match wrong {
        Wrong::Field(field) => bad_line(line, field, "invalid", &format!("`{field}` is missing, or no such thing.")),
        Wrong::Unknown(field) => {
            let field: String = field.chars().take(REPEATED).collect();
            bad_line(line, &field, "unknown_field", &format!("There is no field `{field}` here."))
        }
        Wrong::Foreign => {
            let detail = format!("Line {line}: this id belongs to another company.");
            Problem::conflict("foreign_id", &detail).with("line", json!(line))
        }
        Wrong::Reference(field) => {
            bad_line(line, field, "unknown_reference", &format!("`{field}` names what the company does not have."))
        }
        Wrong::Refused => {
            bad_line(line, "kind", "refused", "The database does not take this as it is, or has another like it.")
        }
    }
}

fn company(line: &str) -> Answer<Record> {
    let row = rows::read(tables::COMPANY, object(line, 1)?).map_err(|fault| wrong(1, &fault))?;
    match row.get("format").and_then(Value::as_str) {
        Some(FORMAT) => Ok(row),
        _ => Err(bad_line(1, "format", "unknown_format", &format!("This is no export of the form {FORMAT}."))),
    }
}

fn row(table: &Table, line: &str, number: u32) -> Answer<Record> {
    let mut row = rows::read(table.fields, object(line, number)?).map_err(|fault| wrong(number, &fault))?;
    if table.kind == "member" {
        check_member(&row, number)?;
    }
    (table.prepare)(&mut row);
    Ok(row)
}

/// An address is what an account is known by. Of somebody whose account is gone there is another sign.
fn check_member(row: &Record, number: u32) -> Answer<()> {
    let of = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let (address, status) = (of("email"), of("status"));
    let gone = status == "removed" && address.starts_with("erased:");
    if !gone && email::normalise("email", address).ok().as_deref() != Some(address) {
        return Err(bad_line(number, "email", "email", "This is not an e-mail address."));
    }
    if !["invited", "active", "disabled", "removed"].contains(&status) {
        return Err(bad_line(number, "status", "invalid", "`status` is no such thing."));
    }
    Ok(())
}

fn said(kind: &str, line: &str, number: u32) -> Answer<Said> {
    let malformed = |error: serde_json::Error| {
        let text: String =
            error.to_string().split(" at line ").next().unwrap_or_default().chars().take(REPEATED).collect();
        bad_line(number, kind, "invalid", &format!("This has the wrong form: {text}."))
    };
    if kind == "event" {
        let EventLine { conversation_id: id, seq, hash, entry, .. } = serde_json::from_str(line).map_err(malformed)?;
        return Ok(Said::Event { id, entry: Written { seq, hash, text: entry.get().to_owned() } });
    }
    let ConversationLine { id, created_at, kept } = serde_json::from_str(line).map_err(malformed)?;
    let row = json!({ "id": id, "number": kept.number, "contact_id": kept.contact.id, "created_at": created_at });
    let row = row.as_object().cloned().unwrap_or_default();
    let row = rows::read(CONVERSATION.fields, row).map_err(|fault| wrong(number, &fault))?;
    Ok(Said::Conversation { id, kept: Box::new(kept), row })
}

fn end(line: &str, number: u32) -> Answer<Run> {
    let row = rows::read(tables::END, object(line, number)?).map_err(|fault| wrong(number, &fault))?;
    let exported_at = row.get("exported_at").and_then(Value::as_str).unwrap_or_default().to_owned();
    let lines = row.get("lines").and_then(Value::as_u64).and_then(|lines| u32::try_from(lines).ok());
    Ok(Run::End { line: number, exported_at, lines: lines.unwrap_or(u32::MAX) })
}

/// A line without its kind.
fn object(line: &str, number: u32) -> Answer<Record> {
    let Ok(mut object) = serde_json::from_str::<Record>(line) else {
        return Err(bad_line(number, "kind", "malformed", "This is no JSON object."));
    };
    object.remove("kind");
    Ok(object)
}
