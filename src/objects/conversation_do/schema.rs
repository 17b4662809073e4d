//! The conversation object's own tables, and all SQL for them.

use crate::domain::assignment::tenure::Tenure;
use crate::domain::conversation::event::Entry;
use crate::domain::conversation::state::State;
use crate::domain::id::ClientId;
use crate::effects::mail::Occasion;
use crate::platform::storage::atomically;
use serde::Deserialize;
use worker::{Result, SqlStorage, SqlStorageValue, Storage};

const TABLES: &str = "
    CREATE TABLE snapshot (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      version INTEGER NOT NULL,      -- of these tables
      state TEXT NOT NULL,
      indexed_rev INTEGER NOT NULL,  -- the newest revision that the index and the feed have
      notified INTEGER NOT NULL,     -- whether the customer has been told of an answer he has not read
      tenure TEXT NOT NULL,          -- who has it, by which slot of his
      searched INTEGER NOT NULL DEFAULT 0 -- the newest entry whose words can be searched
    );
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY,
      pub_seq INTEGER UNIQUE,
      entry TEXT NOT NULL
    );
    CREATE TABLE sent (
      author TEXT NOT NULL,
      client_id TEXT NOT NULL,
      seq INTEGER NOT NULL,          -- the first event it caused; 0 when it caused none
      hash TEXT NOT NULL,            -- of the command, so that another one under the same name is noticed
      answer TEXT,                   -- what it was answered; null for words, which are in the log
      PRIMARY KEY (author, client_id)
    ) WITHOUT ROWID;
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      mail TEXT NOT NULL
    );
";

const VERSION: i64 = 3;

/// Brings tables of version 1 up to date. Whoever has the conversation then has it by a slot that the Desk is yet to hear
/// of.
const FROM_VERSION_1: &str = "
    ALTER TABLE snapshot ADD COLUMN tenure TEXT NOT NULL DEFAULT '';
    UPDATE snapshot SET version = 2;
";

/// Brings tables of version 2 up to date: nothing that was said can be searched yet.
const FROM_VERSION_2: &str = "
    ALTER TABLE snapshot ADD COLUMN searched INTEGER NOT NULL DEFAULT 0;
    UPDATE snapshot SET version = 3;
";

/// Where a read starts counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// All events, for agents.
    All,
    /// What the customer sees.
    Public,
}

/// What the object keeps beside the log.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub state: State,
    pub tenure: Tenure,
    pub indexed_rev: u64,
    /// The newest entry whose words can be searched.
    pub searched: u64,
    pub notified: bool,
}

/// A command that came before.
#[derive(Debug, Deserialize)]
pub struct Sent {
    pub seq: u64,
    pub hash: String,
    pub answer: Option<String>,
}

/// How a command is recognised when it comes again.
#[derive(Clone, Debug)]
pub struct Idempotency {
    pub author: String,
    pub client_id: ClientId,
    pub hash: String,
}

/// A mail that is owed.
#[derive(Debug, Deserialize)]
pub struct OwedMail {
    pub id: i64,
    pub mail: String,
}

/// Everything one turn writes.
pub struct Turn<'a> {
    pub first: bool,
    pub snapshot: &'a Snapshot,
    pub entries: &'a [Entry],
    pub idempotency: Option<&'a Idempotency>,
    pub answer: Option<&'a str>,
    pub mails: &'a [Occasion],
}

/// The object's tables.
pub struct Tables {
    storage: Storage,
    sql: SqlStorage,
}

impl Tables {
    /// The tables behind an object's storage.
    pub fn new(storage: Storage) -> Self {
        let sql = storage.sql();
        Self { storage, sql }
    }

    /// The snapshot; none in an object that has no conversation.
    pub fn load(&self) -> Result<Option<Snapshot>> {
        #[derive(Deserialize)]
        struct Row {
            state: String,
            tenure: String,
            indexed_rev: u64,
            searched: u64,
            notified: u8,
        }
        if !self.is_up_to_date()? {
            return Ok(None);
        }
        let query = "SELECT state, tenure, indexed_rev, searched, notified FROM snapshot";
        let rows: Vec<Row> = self.sql.exec(query, None)?.to_array()?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let state: State = serde_json::from_str(&row.state)?;
        let tenure = match row.tenure.as_str() {
            "" => Tenure::of_old(
                state.assignment_epoch,
                state.assignee.as_ref().filter(|_| state.is_under_way()).map(|agent| agent.id),
            ),
            tenure => serde_json::from_str(tenure)?,
        };
        let Row { indexed_rev, searched, notified, .. } = row;
        Ok(Some(Snapshot { state, tenure, indexed_rev, searched, notified: notified != 0 }))
    }

    /// Whether there are tables; those of an earlier version are changed first.
    fn is_up_to_date(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Column {
            name: String,
        }
        let columns: Vec<Column> = self.sql.exec("SELECT name FROM pragma_table_info('snapshot')", None)?.to_array()?;
        if columns.is_empty() {
            return Ok(false);
        }
        for (column, change) in [("tenure", FROM_VERSION_1), ("searched", FROM_VERSION_2)] {
            if !columns.iter().any(|known| known.name == column) {
                atomically(&self.storage, || self.sql.exec(change, None).map(drop))?;
            }
        }
        Ok(true)
    }

    /// Writes down who has the conversation, by which slot.
    pub fn write_tenure(&self, tenure: &Tenure) -> Result<()> {
        let tenure = SqlStorageValue::String(serde_json::to_string(tenure)?);
        self.sql.exec("UPDATE snapshot SET tenure = ?", vec![tenure]).map(drop)
    }

    /// Writes down what the company has set since.
    pub fn write_state(&self, state: &State) -> Result<()> {
        let state = SqlStorageValue::String(serde_json::to_string(state)?);
        self.sql.exec("UPDATE snapshot SET state = ?", vec![state]).map(drop)
    }

    /// Writes a turn, whole or not at all.
    pub fn write(&self, turn: &Turn<'_>) -> Result<()> {
        atomically(&self.storage, || {
            if turn.first {
                self.sql.exec(TABLES, None)?;
            }
            self.insert_entries(turn.entries)?;
            self.write_snapshot(turn)?;
            if let Some(key) = turn.idempotency {
                let seq = turn.entries.first().map_or(0, |entry| entry.seq);
                self.sql.exec(
                    "INSERT INTO sent (author, client_id, seq, hash, answer) VALUES (?, ?, ?, ?, ?)",
                    vec![
                        text(&key.author),
                        text(&key.client_id.to_string()),
                        number(seq),
                        text(&key.hash),
                        turn.answer.map_or(SqlStorageValue::Null, text),
                    ],
                )?;
            }
            for occasion in turn.mails {
                self.sql.exec("INSERT INTO outbox (mail) VALUES (?)", vec![text(occasion.name())])?;
            }
            Ok(())
        })
    }

    /// What was sent under this name before.
    pub fn sent(&self, key: &Idempotency) -> Result<Option<Sent>> {
        let rows: Vec<Sent> = self
            .sql
            .exec(
                "SELECT seq, hash, answer FROM sent WHERE author = ? AND client_id = ?",
                vec![text(&key.author), text(&key.client_id.to_string())],
            )?
            .to_array()?;
        Ok(rows.into_iter().next())
    }

    /// At most `limit` entries after a position.
    pub fn entries(&self, numbering: Numbering, after: u64, limit: u32) -> Result<Vec<Entry>> {
        #[derive(Deserialize)]
        struct Row {
            entry: String,
        }
        let query = match numbering {
            Numbering::All => "SELECT entry FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
            Numbering::Public => "SELECT entry FROM events WHERE pub_seq > ? ORDER BY pub_seq LIMIT ?",
        };
        let rows: Vec<Row> = self.sql.exec(query, vec![number(after), number(u64::from(limit))])?.to_array()?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.entry)?)).collect()
    }

    /// The oldest mail that is owed.
    pub fn owed_mail(&self) -> Result<Option<OwedMail>> {
        let rows: Vec<OwedMail> = self.sql.exec("SELECT id, mail FROM outbox ORDER BY id LIMIT 1", None)?.to_array()?;
        Ok(rows.into_iter().next())
    }

    /// Strikes a mail that was sent.
    pub fn mail_was_sent(&self, id: i64) -> Result<()> {
        self.sql.exec("DELETE FROM outbox WHERE id = ?", vec![SqlStorageValue::Integer(id)]).map(drop)
    }

    /// Notes that index and feed have a revision.
    pub fn was_indexed(&self, rev: u64) -> Result<()> {
        self.sql.exec("UPDATE snapshot SET indexed_rev = ?", vec![number(rev)]).map(drop)
    }

    /// Notes up to where the words can be searched.
    pub fn was_searched(&self, seq: u64) -> Result<()> {
        self.sql.exec("UPDATE snapshot SET searched = max(searched, ?)", vec![number(seq)]).map(drop)
    }

    /// Notes that the customer has looked: the next answer is worth a mail again.
    pub fn customer_looked(&self) -> Result<()> {
        self.sql.exec("UPDATE snapshot SET notified = 0", None).map(drop)
    }

    fn insert_entries(&self, entries: &[Entry]) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let places = vec!["(?, ?, ?)"; entries.len()].join(", ");
        let mut values = Vec::new();
        for entry in entries {
            values.push(number(entry.seq));
            values.push(entry.pub_seq.map_or(SqlStorageValue::Null, number));
            values.push(SqlStorageValue::String(serde_json::to_string(entry)?));
        }
        self.sql.exec(&format!("INSERT INTO events (seq, pub_seq, entry) VALUES {places}"), values).map(drop)
    }

    fn write_snapshot(&self, turn: &Turn<'_>) -> Result<()> {
        let Snapshot { state, tenure, indexed_rev, notified, .. } = turn.snapshot;
        let tenure = SqlStorageValue::String(serde_json::to_string(tenure)?);
        let state = SqlStorageValue::String(serde_json::to_string(state)?);
        let notified = SqlStorageValue::Integer(i64::from(*notified));
        if turn.first {
            let values = vec![SqlStorageValue::Integer(VERSION), state, number(*indexed_rev), notified, tenure];
            let insert =
                "INSERT INTO snapshot (id, version, state, indexed_rev, notified, tenure) VALUES (1, ?, ?, ?, ?, ?)";
            self.sql.exec(insert, values).map(drop)
        } else {
            let update = "UPDATE snapshot SET state = ?, notified = ?, tenure = ?";
            self.sql.exec(update, vec![state, notified, tenure]).map(drop)
        }
    }
}

fn text(value: &str) -> SqlStorageValue {
    SqlStorageValue::String(value.to_owned())
}

fn number(value: u64) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
