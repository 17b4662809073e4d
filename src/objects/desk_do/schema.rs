//! The Desk's own tables, and all SQL for them.

use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::{ConversationId, SessionId};
use crate::platform::storage::atomically;
use serde::Deserialize;
use worker::{Result, SqlStorage, SqlStorageValue, Storage};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS feed (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      conversation_id TEXT NOT NULL UNIQUE,
      rev INTEGER NOT NULL,
      conversation TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS watches (
      session_id TEXT NOT NULL,
      conversation_id TEXT NOT NULL,
      PRIMARY KEY (session_id, conversation_id)
    ) WITHOUT ROWID;
";

/// Entries of the feed that are kept: who has been away for longer starts over.
const KEPT: u64 = 5_000;

/// A conversation's newest entry in the feed.
pub struct FeedEntry {
    pub seq: u64,
    pub conversation: Conversation,
}

/// The Desk's tables.
pub struct Tables {
    storage: Storage,
    sql: SqlStorage,
}

impl Tables {
    /// The tables behind an object's storage, made where there are none.
    pub fn new(storage: Storage) -> Result<Self> {
        let sql = storage.sql();
        sql.exec(TABLES, None)?;
        Ok(Self { storage, sql })
    }

    /// Puts a conversation's present at the feed's end, in place of its earlier entry. None when a newer one is there.
    pub fn publish(&self, conversation: &Conversation) -> Result<Option<u64>> {
        #[derive(Deserialize)]
        struct Known {
            rev: u64,
        }
        #[derive(Deserialize)]
        struct Head {
            seq: u64,
        }
        let id = conversation.id.to_string();
        let text = serde_json::to_string(conversation)?;
        let mut seq = None;
        atomically(&self.storage, || {
            let known: Vec<Known> =
                self.sql.exec("SELECT rev FROM feed WHERE conversation_id = ?", vec![id.clone().into()])?.to_array()?;
            if known.first().is_some_and(|known| known.rev >= conversation.head) {
                return Ok(());
            }
            self.sql.exec("DELETE FROM feed WHERE conversation_id = ?", vec![id.clone().into()])?;
            let values = vec![id.clone().into(), number(conversation.head), text.clone().into()];
            let insert = "INSERT INTO feed (conversation_id, rev, conversation) VALUES (?, ?, ?) RETURNING seq";
            let head: Head = self.sql.exec(insert, values)?.one()?;
            self.sql.exec("DELETE FROM feed WHERE seq <= ?", vec![number(head.seq.saturating_sub(KEPT))])?;
            seq = Some(head.seq);
            Ok(())
        })?;
        Ok(seq)
    }

    /// The newest position of the feed.
    pub fn head(&self) -> Result<u64> {
        #[derive(Deserialize)]
        struct Head {
            seq: u64,
        }
        let rows: Vec<Head> = self.sql.exec("SELECT seq FROM sqlite_sequence WHERE name = 'feed'", None)?.to_array()?;
        Ok(rows.first().map_or(0, |head| head.seq))
    }

    /// Everything after a position; none when the position is unknown here, or too long ago.
    pub fn since(&self, after: u64) -> Result<Option<Vec<FeedEntry>>> {
        #[derive(Deserialize)]
        struct Row {
            seq: u64,
            conversation: String,
        }
        let head = self.head()?;
        if after > head || head - after > KEPT {
            return Ok(None);
        }
        let rows: Vec<Row> = self
            .sql
            .exec("SELECT seq, conversation FROM feed WHERE seq > ? ORDER BY seq", vec![number(after)])?
            .to_array()?;
        let entries = rows.into_iter().map(|row| {
            let conversation = serde_json::from_str(&row.conversation)?;
            Ok(FeedEntry { seq: row.seq, conversation })
        });
        entries.collect::<Result<Vec<_>>>().map(Some)
    }

    /// Remembers that a session looks at a conversation.
    pub fn watch(&self, session: SessionId, conversation: ConversationId) -> Result<()> {
        let values = vec![session.to_string().into(), conversation.to_string().into()];
        self.sql.exec("INSERT OR IGNORE INTO watches (session_id, conversation_id) VALUES (?, ?)", values).map(drop)
    }

    /// The conversations a session looks at, newest first.
    pub fn watched(&self, session: SessionId) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Row {
            conversation_id: String,
        }
        let query = "SELECT conversation_id FROM watches WHERE session_id = ? ORDER BY conversation_id DESC";
        let rows: Vec<Row> = self.sql.exec(query, vec![session.to_string().into()])?.to_array()?;
        Ok(rows.into_iter().map(|row| row.conversation_id).collect())
    }

    /// Forgets that a session looked at a conversation.
    pub fn forget(&self, session: SessionId, conversation: &str) -> Result<()> {
        let values = vec![session.to_string().into(), conversation.into()];
        self.sql.exec("DELETE FROM watches WHERE session_id = ? AND conversation_id = ?", values).map(drop)
    }
}

fn number(value: u64) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
