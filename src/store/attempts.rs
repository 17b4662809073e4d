//! How often something was tried: counted exactly, whatever comes at once.

use super::db::{self, StoreResult, statement};
use crate::domain::time::{Instant, Span};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{D1Database, D1PreparedStatement};

/// A limit of attempts within a time.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// What is tried.
    pub what: &'static str,
    pub most: u32,
    pub within: Span,
}

/// Wrong passwords for one address before everybody has to wait.
pub const WRONG_PASSWORDS: Limit = Limit { what: "password", most: 10, within: Span::seconds(15 * 60) };

/// Attempts of one kind, by or about one person.
pub struct Attempts {
    limit: Limit,
    key: String,
}

impl Attempts {
    /// Attempts that concern an address. The address itself is not kept.
    #[must_use]
    pub fn of(limit: Limit, address: &str) -> Self {
        let digest = Sha256::digest(address.as_bytes());
        let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { limit, key: format!("{}:{hash}", limit.what) }
    }

    /// Counts an attempt before it is made. Seconds to wait when it is one too many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, db: &D1Database, now: Instant) -> StoreResult<Result<(), u32>> {
        #[derive(Deserialize)]
        struct Row {
            count: f64,
            since: f64,
        }
        let sql = "INSERT INTO attempts (what, count, since) VALUES (?1, 1, ?2) ON CONFLICT (what) DO UPDATE SET \
                     count = CASE WHEN since <= ?3 THEN 1 ELSE MIN(count + 1, 1000000) END, \
                     since = CASE WHEN since <= ?3 THEN ?2 ELSE since END \
                   RETURNING count, since";
        let over = now.before(self.limit.within);
        let row: Option<Row> = db::first(db, sql, vec![(&self.key).into(), now.into(), over.into()]).await?;
        let Some(row) = row else { return Ok(Ok(())) };
        if row.count <= f64::from(self.limit.most) {
            return Ok(Ok(()));
        }
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
        let ends = Instant::from_millis(row.since as i64).after(self.limit.within);
        let seconds = ends.as_millis().saturating_sub(now.as_millis()).saturating_add(999) / 1_000;
        Ok(Err(u32::try_from(seconds).unwrap_or(1).max(1)))
    }

    /// Forgets the attempts: the last one succeeded.
    ///
    /// # Errors
    /// When the statement cannot be made.
    pub fn forget(&self, db: &D1Database) -> StoreResult<D1PreparedStatement> {
        statement(db, "DELETE FROM attempts WHERE what = ?1", vec![(&self.key).into()])
    }
}
