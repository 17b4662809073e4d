//! Messages in other languages, and those that are yet to be put into the customer's.

use super::{Tables, number, text};
use crate::domain::conversation::event::Entry;
use crate::domain::time::Instant;
use crate::domain::translation::{Service, Translation};
use serde::Deserialize;
use worker::{Result, SqlStorageValue};

/// Kept beside the log, which holds what was written and nothing else. Objects that are older than these tables get them
/// when they are next read.
pub const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS translations (
      seq INTEGER NOT NULL,
      language TEXT NOT NULL,        -- it is in now
      source TEXT NOT NULL,          -- it was written in
      body TEXT NOT NULL,
      service TEXT NOT NULL,
      told INTEGER NOT NULL,         -- whether the customer reads it; else an agent asked for it
      PRIMARY KEY (seq, language)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS translating (
      seq INTEGER PRIMARY KEY,       -- of a message to the customer
      tries INTEGER NOT NULL,        -- how often it failed
      due_at INTEGER NOT NULL
    );
";

/// A message that is to be put into the customer's language.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct OwedTranslation {
    pub seq: u64,
    pub tries: u32,
}

#[derive(Deserialize)]
struct Row {
    seq: u64,
    language: String,
    source: String,
    body: String,
    service: String,
}

impl From<Row> for Translation {
    fn from(Row { seq, language, source, body, service }: Row) -> Self {
        Self { seq, language, from: source, text: body, by: Service::parse(&service) }
    }
}

impl Tables {
    /// A message in a language, if it was translated into it before.
    pub fn translation(&self, seq: u64, language: &str) -> Result<Option<Translation>> {
        let query = "SELECT seq, language, source, body, service FROM translations WHERE seq = ? AND language = ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![number(seq), text(language)])?.to_array()?;
        Ok(rows.into_iter().next().map(Translation::from))
    }

    /// Keeps a translation, in the log's numbers; `told` where the customer reads it.
    pub fn keep_translation(&self, translation: &Translation, told: bool) -> Result<()> {
        let Translation { seq, language, from, text: body, by } = translation;
        let service = by.map(Service::name).unwrap_or_default();
        let insert = "INSERT INTO translations (seq, language, source, body, service, told) VALUES (?, ?, ?, ?, ?, ?) \
                      ON CONFLICT (seq, language) DO UPDATE SET told = max(told, excluded.told)";
        let told = SqlStorageValue::Integer(i64::from(told));
        let values = vec![number(*seq), text(language), text(from), text(body), text(service), told];
        self.sql.exec(insert, values).map(drop)
    }

    /// What the customer reads of his messages after `after` up to `up_to`, in the log's numbers.
    pub fn told_translations(&self, after: u64, up_to: u64) -> Result<Vec<Translation>> {
        let query = "SELECT seq, language, source, body, service FROM translations \
                     WHERE told = 1 AND seq > ? AND seq <= ? ORDER BY seq";
        let rows: Vec<Row> = self.sql.exec(query, vec![number(after), number(up_to)])?.to_array()?;
        Ok(rows.into_iter().map(Translation::from).collect())
    }

    /// The same in the customer's numbers.
    pub fn translations_for_customer(&self, after: u64, up_to: u64) -> Result<Vec<Translation>> {
        let query = "SELECT events.pub_seq AS seq, language, source, body, service \
                     FROM translations JOIN events ON events.seq = translations.seq \
                     WHERE told = 1 AND events.pub_seq > ? AND events.pub_seq <= ? ORDER BY events.pub_seq";
        let rows: Vec<Row> = self.sql.exec(query, vec![number(after), number(up_to)])?.to_array()?;
        Ok(rows.into_iter().map(Translation::from).collect())
    }

    /// The customer's newest messages, last one first.
    pub fn last_of_customer(&self, limit: u32) -> Result<Vec<Entry>> {
        #[derive(Deserialize)]
        struct Row {
            entry: String,
        }
        let query = "SELECT entry FROM events WHERE json_extract(entry, '$.by.kind') = 'customer' \
                     AND json_extract(entry, '$.event.kind') = 'message' ORDER BY seq DESC LIMIT ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![number(u64::from(limit))])?.to_array()?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.entry)?)).collect()
    }

    /// Notes that a message is to be put into the customer's language.
    pub(super) fn owe_translation(&self, seq: u64, due: Instant) -> Result<()> {
        let insert = "INSERT INTO translating (seq, tries, due_at) VALUES (?, 0, ?)";
        self.sql.exec(insert, vec![number(seq), SqlStorageValue::Integer(due.as_millis())]).map(drop)
    }

    /// The message that has been due for longest.
    pub fn due_translation(&self, now: Instant) -> Result<Option<OwedTranslation>> {
        let query = "SELECT seq, tries FROM translating WHERE due_at <= ? ORDER BY due_at, seq LIMIT 1";
        let rows: Vec<OwedTranslation> =
            self.sql.exec(query, vec![SqlStorageValue::Integer(now.as_millis())])?.to_array()?;
        Ok(rows.into_iter().next())
    }

    /// When the next message is due, if any is.
    pub fn next_translation(&self) -> Result<Option<Instant>> {
        #[derive(Deserialize)]
        struct Row {
            due_at: Option<i64>,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT MIN(due_at) AS due_at FROM translating", None)?.to_array()?;
        Ok(rows.first().and_then(|row| row.due_at).map(Instant::from_millis))
    }

    /// Strikes a message that needs no translation any more.
    pub fn translation_is_done(&self, seq: u64) -> Result<()> {
        self.sql.exec("DELETE FROM translating WHERE seq = ?", vec![number(seq)]).map(drop)
    }

    /// Notes that translating failed, and when to try again.
    pub fn translation_failed(&self, seq: u64, due: Instant) -> Result<()> {
        let values = vec![SqlStorageValue::Integer(due.as_millis()), number(seq)];
        self.sql.exec("UPDATE translating SET tries = tries + 1, due_at = ? WHERE seq = ?", values).map(drop)
    }
}
