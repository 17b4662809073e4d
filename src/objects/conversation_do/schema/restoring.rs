//! A conversation that comes back from a back-up: its log is put in piece by piece, and it is there once it is awake. Until then
//! there is no snapshot, and so no conversation to anybody.

use super::super::protocol::Written;
use super::{Numbering, Snapshot, Tables, Turn, number, text};
use crate::domain::conversation::backup::Backup;
use crate::domain::conversation::chain::Link;
use crate::domain::conversation::event::Entry;
use crate::domain::id::{AgentId, CompanyId, ConversationId};
use crate::platform::storage::atomically;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use worker::{Result, SqlStorageValue};

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS restoring (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      what TEXT NOT NULL             -- JSON
    );
";

/// What is being brought back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Restoring {
    pub id: ConversationId,
    pub company: CompanyId,
    pub backup: Backup,
}

impl Tables {
    /// Notes what is being brought back; what was erased here may be.
    pub fn begin_restoring(&self, restoring: &Restoring) -> Result<()> {
        let what = text(&serde_json::to_string(restoring)?);
        atomically(&self.storage, || {
            self.sql.exec("DROP TABLE IF EXISTS erased", None)?;
            if !self.has_table("snapshot")? {
                self.create()?;
            }
            self.sql.exec(TABLE, None)?;
            self.sql.exec("INSERT OR REPLACE INTO restoring (id, what) VALUES (1, ?)", vec![what.clone()]).map(drop)
        })
    }

    /// What is being brought back, if anything is.
    pub fn restoring(&self) -> Result<Option<Restoring>> {
        #[derive(Deserialize)]
        struct Row {
            what: String,
        }
        if !self.has_table("restoring")? {
            return Ok(None);
        }
        let rows: Vec<Row> = self.sql.exec("SELECT what FROM restoring", None)?.to_array()?;
        rows.first().map(|row| Ok(serde_json::from_str(&row.what)?)).transpose()
    }

    /// The place and the hash of the newest entry that is here.
    pub fn newest(&self, id: ConversationId) -> Result<(u64, Link)> {
        #[derive(Deserialize)]
        struct Row {
            seq: u64,
            hash: Link,
        }
        let query = "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1";
        let rows: Vec<Row> = self.sql.exec(query, None)?.to_array()?;
        Ok(rows.first().map_or((0, Link::genesis(id)), |row| (row.seq, row.hash)))
    }

    /// The hash of an entry that is here.
    pub fn hash_of(&self, seq: u64) -> Result<Option<Link>> {
        Ok(self.lines(seq.saturating_sub(1), 1)?.first().filter(|line| line.seq == seq).map(|line| line.hash))
    }

    /// Puts entries back whose hashes were looked at.
    pub fn put_back(&self, entries: &[(Written, Entry)]) -> Result<()> {
        atomically(&self.storage, || {
            for (written, entry) in entries {
                let values = vec![
                    number(entry.seq),
                    entry.pub_seq.map_or(SqlStorageValue::Null, number),
                    text(&written.text),
                    text(&written.hash.to_string()),
                ];
                self.sql.exec("INSERT INTO events (seq, pub_seq, entry, hash) VALUES (?, ?, ?, ?)", values)?;
            }
            Ok(())
        })
    }

    /// The conversation is there from here on.
    pub fn awake(&self, snapshot: &Snapshot, restoring: &Restoring, log: &[Entry]) -> Result<()> {
        let Restoring { id, company, backup } = restoring;
        let turn = Turn {
            first: true,
            snapshot,
            entries: &[],
            idempotency: None,
            answer: None,
            mails: &[],
            news: &[],
            to_translate: &[],
        };
        atomically(&self.storage, || {
            self.attach_again(*company, *id, log)?;
            self.write_snapshot(&turn, snapshot.chain)?;
            if backup.read_by_customer > 0 {
                self.customer_has_read(backup.read_by_customer)?;
            }
            for (agent, seq) in &backup.read_by_agents {
                self.agent_has_read(*agent, *seq)?;
            }
            self.sql.exec("DROP TABLE restoring", None).map(drop)
        })
    }

    /// How far each agent has read.
    pub fn read_by_agents(&self) -> Result<BTreeMap<AgentId, u64>> {
        #[derive(Deserialize)]
        struct Row {
            who: String,
            seq: u64,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT who, seq FROM reads", None)?.to_array()?;
        Ok(rows.into_iter().filter_map(|row| Some((AgentId::parse(&row.who)?, row.seq))).collect())
    }

    /// The whole log.
    pub fn log(&self) -> Result<Vec<Entry>> {
        self.entries(Numbering::All, 0, u32::MAX)
    }

    fn has_table(&self, name: &str) -> Result<bool> {
        let query = "SELECT count(*) AS number FROM sqlite_master WHERE type = 'table' AND name = ?";
        Ok(self.one_number(query, vec![text(name)])? > 0)
    }
}
