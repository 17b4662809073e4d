//! The log's hashes: see [`crate::domain::conversation::chain`].

use super::{Tables, Turn, number, text};
use crate::domain::conversation::chain::{Line, Link};
use crate::domain::conversation::event::Entry;
use crate::domain::conversation::state::State;
use crate::platform::storage::atomically;
use serde::Deserialize;
use serde_json::value::RawValue;
use worker::Result;

/// An entry as it is written.
pub(super) struct Chained<'a> {
    pub entry: &'a Entry,
    pub text: String,
    pub hash: Link,
}

/// An entry as it is stored.
#[derive(Deserialize)]
struct Text {
    seq: u64,
    entry: String,
}

/// How the head of the chain is written down.
pub(super) fn head(seq: u64, hash: Link) -> String {
    format!("{seq}:{hash}")
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

    /// The hash of the newest entry; what was written without one, by a version that knows of none, is chained as it is found.
    pub(super) fn chain(&self, state: &State, known: &str) -> Result<Link> {
        let known = known.split_once(':').and_then(|(seq, hash)| Some((seq.parse::<u64>().ok()?, Link::parse(hash)?)));
        let (mut seq, mut hash) = known.unwrap_or((0, Link::genesis(state.id)));
        if seq < state.head {
            atomically(&self.storage, || {
                for entry in self.texts(seq)? {
                    hash = hash.next(&entry.entry);
                    seq = entry.seq;
                    let values = vec![text(&hash.to_string()), number(seq)];
                    self.sql.exec("UPDATE events SET hash = ? WHERE seq = ?", values)?;
                }
                self.sql.exec("UPDATE snapshot SET chain = ?", vec![text(&head(seq, hash))]).map(drop)
            })?;
        }
        Ok(hash)
    }

    fn texts(&self, after: u64) -> Result<Vec<Text>> {
        self.sql.exec("SELECT seq, entry FROM events WHERE seq > ? ORDER BY seq", vec![number(after)])?.to_array()
    }
}
