//! Conversations that were erased: only that they were is known of them.

use super::{Nothing, TABLES, Tables, attendance, text, viewing};
use crate::domain::id::ConversationId;
use crate::domain::time::Instant;
use crate::platform::storage::atomically;
use worker::{Result, SqlStorageValue};

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS forgotten (
      conversation_id TEXT PRIMARY KEY          -- or `*`: the whole company
    ) WITHOUT ROWID;
";

/// Since which place in the feed nothing was erased: whoever has an earlier one starts over.
const WHOLE_SINCE: &str = "feed_whole_since";
/// When erasures are to be worked off.
const ERASURES_DUE: &str = "erasures_due";

impl Tables {
    /// Forgets a conversation, and takes in nothing of it any more. Its ledger's record stays: there is nothing in it but
    /// numbers.
    pub fn forget(&self, conversation: ConversationId) -> Result<()> {
        atomically(&self.storage, || {
            let id = || vec![text(conversation)];
            self.sql.exec("INSERT OR IGNORE INTO forgotten (conversation_id) VALUES (?)", id())?;
            for table in ["feed", "viewing", "watching", "owed_cuts", "deals"] {
                self.sql.exec(&format!("DELETE FROM {table} WHERE conversation_id = ?"), id())?;
            }
            // The feed's next place: who has an earlier one may have what is gone.
            let place = "INSERT INTO feed (conversation_id, rev, conversation) VALUES ('', 0, '')";
            self.sql.exec(place, None)?;
            self.sql.exec("DELETE FROM feed WHERE conversation_id = ''", None)?;
            self.write_known(WHOLE_SINCE, &self.head()?.to_string())
        })
    }

    /// Whether a conversation was forgotten.
    pub fn is_forgotten(&self, conversation: ConversationId) -> Result<bool> {
        let query = "SELECT 1 FROM forgotten WHERE conversation_id IN (?, '*')";
        let rows: Vec<Nothing> = self.sql.exec(query, vec![text(conversation)])?.to_array()?;
        Ok(!rows.is_empty())
    }

    /// Since which place in the feed nothing was erased.
    pub(super) fn whole_since(&self) -> Result<u64> {
        Ok(self.known(WHOLE_SINCE)?.and_then(|place| place.parse().ok()).unwrap_or_default())
    }

    /// When erasures are to be worked off, if they are.
    pub fn erasures_due(&self) -> Result<Option<Instant>> {
        Ok(self.known(ERASURES_DUE)?.and_then(|at| at.parse().ok()).map(Instant::from_millis))
    }

    /// Notes when erasures are to be worked off.
    pub fn set_erasures_due(&self, due: Option<Instant>) -> Result<()> {
        self.write_known(ERASURES_DUE, &due.map_or_else(String::new, |due| due.as_millis().to_string()))
    }

    /// Makes the tables anew, after they were emptied, for a company that is gone.
    pub fn close_for_good(&self) -> Result<()> {
        for tables in [TABLES, viewing::TABLE, attendance::TABLE, TABLE] {
            self.sql.exec(tables, None)?;
        }
        let gone = vec![SqlStorageValue::String("*".to_owned())];
        self.sql.exec("INSERT OR IGNORE INTO forgotten (conversation_id) VALUES (?)", gone).map(drop)
    }
    /// The company comes back: only single conversations of it were forgotten for good.
    pub fn reopen(&self) -> Result<()> {
        self.sql.exec("DELETE FROM forgotten WHERE conversation_id = '*'", None).map(drop)
    }
}
