//! What an object keeps whose conversation was erased: that it was.

use super::Tables;
use serde::Deserialize;
use worker::Result;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS erased (at_all INTEGER)";

impl Tables {
    /// Notes, in tables that were emptied, that there was a conversation here.
    pub fn mark_erased(&self) -> Result<()> {
        self.has_uploads.set(Some(false));
        self.sql.exec(TABLE, None).map(drop)
    }

    /// Whether there was one.
    pub fn is_erased(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Known {
            erased: u8,
        }
        let query = "SELECT count(*) AS erased FROM sqlite_master WHERE type = 'table' AND name = 'erased'";
        Ok(self.sql.exec(query, None)?.one::<Known>()?.erased > 0)
    }
}
