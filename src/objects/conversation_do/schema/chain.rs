//! The log's hashes: see [`crate::domain::conversation::chain`].

use super::{Tables, Turn, number, text};
use crate::domain::conversation::chain::{Line, Link};
use crate::domain::conversation::event::Entry;
use crate::domain::id::ConversationId;
use crate::platform::storage::atomically;
use serde::Deserialize;
use serde_json::value::RawValue;
use worker::{Result, SqlStorageValue};

/// An entry as it is written.
pub(super) struct Chained<'a> {
    pub entry: &'a Entry,
    pub text: String,
    pub hash: Link,
}

/// Chains what a turn writes.
pub(super) fn links<'a>(turn: &Turn<'a>) -> Result<Vec<Chained<'a>>> {
    let mut hash = turn.snapshot.chain;
    let chain = |entry| {
        let text = serde_json::to_string(entry)?;
        hash = hash.next(&text);
        Ok(Chained { entry, text, hash })
    };
    turn.entries.iter().map(chain).collect()
}

impl Tables {
    /// At most `limit` entries after a position, with their hashes.
    pub fn lines(&self, after: u64, limit: u32) -> Result<Vec<Line>> {
        #[derive(Deserialize)]
        struct Row {
            seq: u64,
            hash: Link,
            entry: String,
        }
        let query = "SELECT seq, hash, entry FROM events WHERE seq > ? ORDER BY seq LIMIT ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![number(after), number(u64::from(limit))])?.to_array()?;
        let line = |Row { seq, hash, entry }| Ok(Line { seq, hash, entry: RawValue::from_string(entry)? });
        rows.into_iter().map(line).collect()
    }

    /// Chains a log that is older than the chain; answers the hash of its newest entry.
    pub(super) fn chain_up(&self, conversation: ConversationId) -> Result<Link> {
        #[derive(Deserialize)]
        struct Row {
            seq: i64,
            entry: String,
        }
        let mut hash = Link::genesis(conversation);
        atomically(&self.storage, || {
            hash = Link::genesis(conversation);
            let rows: Vec<Row> = self.sql.exec("SELECT seq, entry FROM events ORDER BY seq", None)?.to_array()?;
            for Row { seq, entry } in rows {
                hash = hash.next(&entry);
                let values = vec![text(&hash.to_string()), SqlStorageValue::Integer(seq)];
                self.sql.exec("UPDATE events SET hash = ? WHERE seq = ?", values)?;
            }
            self.sql.exec("UPDATE snapshot SET chain = ?", vec![text(&hash.to_string())]).map(drop)
        })?;
        Ok(hash)
    }
}
