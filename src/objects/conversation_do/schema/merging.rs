//! The seal of a conversation that is being merged into another one, and the attempts of others that it has refused.

use super::{Tables, number, text};
use crate::domain::conversation::merge::ConversationRef;
use crate::domain::id::{ClientId, ConversationId};
use crate::domain::people::member::Member;
use serde::{Deserialize, Serialize};
use worker::{Result, SqlStorageValue};

/// Objects that are older than these tables get them when they are next read.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS merging (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      attempt INTEGER NOT NULL,      -- the newest: they only grow
      seal TEXT                      -- JSON; null where nothing is under way
    );
    CREATE TABLE IF NOT EXISTS refused_merges (
      source TEXT PRIMARY KEY,
      attempt INTEGER NOT NULL       -- of that source's, this one and all before are refused
    ) WITHOUT ROWID;
";

/// A merge that is under way: nothing is written to the conversation until it is known what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Seal {
    pub into: ConversationRef,
    pub by: Member,
    /// The name under which he asked for it.
    pub client_id: Option<ClientId>,
    #[serde(default)]
    pub attempt: u64,
}

impl Tables {
    /// The merge that is under way, if one is.
    pub fn seal(&self) -> Result<Option<Seal>> {
        #[derive(Deserialize)]
        struct Row {
            attempt: u64,
            seal: String,
        }
        let query = "SELECT attempt, seal FROM merging WHERE seal IS NOT NULL";
        let rows: Vec<Row> = self.sql.exec(query, None)?.to_array()?;
        let Some(Row { attempt, seal }) = rows.into_iter().next() else { return Ok(None) };
        let seal: Seal = serde_json::from_str(&seal)?;
        Ok(Some(Seal { attempt, ..seal }))
    }

    /// Begins an attempt at a merge; answers its number, which no earlier one had.
    pub fn begin_merge(&self, seal: &Seal) -> Result<u64> {
        let insert = "INSERT INTO merging (id, attempt, seal) VALUES (1, 1, ?) \
                      ON CONFLICT (id) DO UPDATE SET attempt = attempt + 1, seal = excluded.seal";
        self.sql.exec(insert, vec![text(&serde_json::to_string(seal)?)])?;
        self.one_number("SELECT attempt AS number FROM merging", Vec::new())
    }

    /// Nothing is under way any more.
    pub fn end_merge(&self) -> Result<()> {
        self.sql.exec("UPDATE merging SET seal = NULL", None).map(drop)
    }

    /// Refuses an attempt of another conversation's for good, and all that it made before.
    pub fn refuse_merge(&self, source: ConversationId, attempt: u64) -> Result<()> {
        let insert = "INSERT INTO refused_merges (source, attempt) VALUES (?, ?) \
                      ON CONFLICT (source) DO UPDATE SET attempt = max(attempt, excluded.attempt)";
        let values: Vec<SqlStorageValue> = vec![text(&source.to_string()), number(attempt)];
        self.sql.exec(insert, values).map(drop)
    }

    /// The newest attempt of another conversation's that was refused; 0 where none was.
    pub fn refused_merge(&self, source: ConversationId) -> Result<u64> {
        let query = "SELECT attempt AS number FROM refused_merges WHERE source = ?";
        self.one_number(query, vec![text(&source.to_string())])
    }
}
