//! When agents were there: every stretch of it, for good. Reports have copies.

use super::{Tables, number, text};
use crate::domain::id::AgentId;
use crate::domain::report::attendance::{How, Stretch};
use crate::domain::time::Instant;
use serde::Deserialize;
use worker::{Result, SqlStorageValue};

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS attendance (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      agent_id TEXT NOT NULL,
      how TEXT NOT NULL,                        -- by his own word: online, away, busy
      since INTEGER NOT NULL,
      until INTEGER NOT NULL,                   -- its end; of one that goes on, until when that is known
      step TEXT NOT NULL                        -- goes_on, left (he may come back in a moment), ended, told (to reports)
    );
    CREATE INDEX IF NOT EXISTS attendance_open ON attendance (step) WHERE step <> 'told';
";

/// How far a stretch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A dashboard of his is open, as far as is known.
    GoesOn,
    /// He closed his last one just now, and may come back.
    Left,
    /// It is over, and reports do not know yet.
    Ended,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::GoesOn => "goes_on",
            Self::Left => "left",
            Self::Ended => "ended",
        }
    }
}

#[derive(Deserialize)]
struct Row {
    id: u64,
    agent_id: AgentId,
    how: How,
    since: i64,
    until: i64,
    step: Step,
}

impl From<Row> for (Stretch, Step) {
    fn from(row: Row) -> Self {
        let (since, until) = (Instant::from_millis(row.since), Instant::from_millis(row.until));
        (Stretch { id: row.id, agent: row.agent_id, how: row.how, since, until }, row.step)
    }
}

impl Tables {
    /// Begins a stretch.
    pub fn begin_stretch(&self, agent: AgentId, how: How, now: Instant) -> Result<Stretch> {
        #[derive(Deserialize)]
        struct Begun {
            id: u64,
        }
        let insert = "INSERT INTO attendance (agent_id, how, since, until, step) VALUES (?1, ?2, ?3, ?3, 'goes_on') RETURNING id";
        let values = vec![text(agent), text(how.name()), SqlStorageValue::Integer(now.as_millis())];
        let Begun { id } = self.sql.exec(insert, values)?.one()?;
        Ok(Stretch { id, agent, how, since: now, until: now })
    }

    /// Keeps until when a stretch is known to have lasted, and how far it has come.
    pub fn write_stretch(&self, stretch: &Stretch, step: Step) -> Result<()> {
        let update = "UPDATE attendance SET until = ?2, step = ?3 WHERE id = ?1";
        let until = SqlStorageValue::Integer(stretch.until.as_millis());
        self.sql.exec(update, vec![number(stretch.id), until, text(step.name())]).map(drop)
    }

    /// The stretches that have not ended.
    pub fn open_stretches(&self) -> Result<Vec<(Stretch, Step)>> {
        let query = "SELECT id, agent_id, how, since, until, step FROM attendance WHERE step IN ('goes_on', 'left')";
        let rows: Vec<Row> = self.sql.exec(query, None)?.to_array()?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Stretches that have ended and that reports are to be told of: so many of the oldest.
    pub fn untold_stretches(&self, most: u32) -> Result<Vec<Stretch>> {
        let query =
            "SELECT id, agent_id, how, since, until, step FROM attendance WHERE step = 'ended' ORDER BY id LIMIT ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![SqlStorageValue::Integer(i64::from(most))])?.to_array()?;
        Ok(rows.into_iter().map(|row| <(Stretch, Step)>::from(row).0).collect())
    }

    /// Reports know of none.
    pub fn nothing_was_told(&self) -> Result<()> {
        self.sql.exec("UPDATE attendance SET step = 'ended' WHERE step = 'told'", None).map(drop)
    }

    /// Reports have these.
    pub fn stretches_told(&self, stretches: &[Stretch]) -> Result<()> {
        let ids: Vec<u64> = stretches.iter().map(|one| one.id).collect();
        let update =
            "UPDATE attendance SET step = 'told' WHERE id IN (SELECT value FROM json_each(?)) AND step = 'ended'";
        self.sql.exec(update, vec![text(serde_json::to_string(&ids)?)]).map(drop)
    }
}
