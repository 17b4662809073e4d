//! Browsers to be told of something, each by itself: a service that is not there is not waited for.

use super::{Tables, number, text};
use crate::domain::id::PushSubscriptionId;
use crate::domain::notification::news::News;
use crate::domain::time::Instant;
use serde::Deserialize;
use worker::{Result, SqlStorageValue};

/// Objects that are older than this table get it when they are next read.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS pushes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      subscription_id TEXT NOT NULL,
      news TEXT NOT NULL,
      tries INTEGER NOT NULL,        -- how often it failed
      due_at INTEGER NOT NULL
    );
";

/// A browser that is owed word.
pub struct OwedPush {
    pub id: i64,
    pub subscription: PushSubscriptionId,
    pub news: News,
    pub tries: u32,
}

impl Tables {
    /// Notes that a browser is to be told of news, which are given as JSON.
    pub(super) fn owe_push(&self, subscription: PushSubscriptionId, news: &str, now: Instant) -> Result<()> {
        self.next_push.set(None);
        let insert = "INSERT INTO pushes (subscription_id, news, tries, due_at) VALUES (?, ?, 0, ?)";
        let due = SqlStorageValue::Integer(now.as_millis());
        self.sql.exec(insert, vec![text(&subscription.to_string()), text(news), due]).map(drop)
    }

    /// Browsers that are to be told by now.
    pub fn due_pushes(&self, now: Instant, limit: u32) -> Result<Vec<OwedPush>> {
        #[derive(Deserialize)]
        struct Row {
            id: i64,
            subscription_id: PushSubscriptionId,
            news: String,
            tries: u32,
        }
        if self.next_push()?.is_none_or(|due| due > now) {
            return Ok(Vec::new());
        }
        let query = "SELECT id, subscription_id, news, tries FROM pushes WHERE due_at <= ? ORDER BY due_at, id LIMIT ?";
        let values = vec![SqlStorageValue::Integer(now.as_millis()), number(u64::from(limit))];
        let rows: Vec<Row> = self.sql.exec(query, values)?.to_array()?;
        let push = |row: Row| {
            let news = serde_json::from_str(&row.news)?;
            Ok(OwedPush { id: row.id, subscription: row.subscription_id, news, tries: row.tries })
        };
        rows.into_iter().map(push).collect()
    }

    /// When the next browser is to be told, if any is.
    pub fn next_push(&self) -> Result<Option<Instant>> {
        #[derive(Deserialize)]
        struct Row {
            due_at: Option<i64>,
        }
        if let Some(known) = self.next_push.get() {
            return Ok(known);
        }
        let rows: Vec<Row> = self.sql.exec("SELECT MIN(due_at) AS due_at FROM pushes", None)?.to_array()?;
        let next = rows.first().and_then(|row| row.due_at).map(Instant::from_millis);
        self.next_push.set(Some(next));
        Ok(next)
    }

    /// Strikes a browser that needs not be told any more.
    pub fn push_is_done(&self, id: i64) -> Result<()> {
        self.next_push.set(None);
        self.sql.exec("DELETE FROM pushes WHERE id = ?", vec![SqlStorageValue::Integer(id)]).map(drop)
    }

    /// Notes that telling a browser failed, and when to try again.
    pub fn push_failed(&self, id: i64, due: Instant) -> Result<()> {
        self.next_push.set(None);
        let values = vec![SqlStorageValue::Integer(due.as_millis()), SqlStorageValue::Integer(id)];
        self.sql.exec("UPDATE pushes SET tries = tries + 1, due_at = ? WHERE id = ?", values).map(drop)
    }
}
