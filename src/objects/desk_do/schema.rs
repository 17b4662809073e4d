//! The Desk's own tables, and all SQL for them.

pub mod attendance;
mod forgetting;
pub mod viewing;

use super::presence::LastSeen;
use super::protocol::Availability;
use crate::domain::assignment::ledger::{Ledger, Record};
use crate::domain::assignment::routing::Roster;
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::{AgentId, ClientId, CompanyId, ConversationId, ReportScheduleId};
use crate::domain::time::{Instant, Span};
use crate::objects::cut::{Cut, Holder, Whose};
use crate::platform::storage::{Sql, atomically};
use serde::Deserialize;
use std::collections::BTreeMap;
use worker::{Result, SqlStorageValue, Storage};

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS feed (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      conversation_id TEXT NOT NULL UNIQUE,
      rev INTEGER NOT NULL,
      conversation TEXT NOT NULL
    );
    DROP TABLE IF EXISTS watches;
    CREATE TABLE IF NOT EXISTS watching (       -- who may have a socket at which conversation
      conversation_id TEXT NOT NULL,
      session_id TEXT NOT NULL,
      agent_id TEXT NOT NULL,
      PRIMARY KEY (conversation_id, session_id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS watching_by_session ON watching (session_id);
    CREATE INDEX IF NOT EXISTS watching_by_agent ON watching (agent_id);
    CREATE TABLE IF NOT EXISTS owed_cuts (      -- which conversation has to be told to close which sockets
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      conversation_id TEXT NOT NULL,
      cut TEXT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS known (          -- single facts
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS ledger (         -- every conversation: whose slots it takes, whether it waits
      conversation_id TEXT PRIMARY KEY,
      active INTEGER NOT NULL,                  -- it does either
      record TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS ledger_active ON ledger (active) WHERE active = 1;
    CREATE TABLE IF NOT EXISTS turns (          -- who was given something last: the higher, the later
      agent_id TEXT PRIMARY KEY,
      turn INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS plans (          -- where the conversations of somebody go who left; null: back into the queue
      agent_id TEXT PRIMARY KEY,
      candidate TEXT
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deals (          -- what the Dispenser dealt under which name
      agent_id TEXT NOT NULL,
      client_id TEXT NOT NULL,
      conversation_id TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (agent_id, client_id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS deals_by_time ON deals (at);
    CREATE TABLE IF NOT EXISTS digests (        -- whose digest is due when
      agent_id TEXT PRIMARY KEY,
      due_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS due_reports (    -- which report is to be sent when
      schedule_id TEXT PRIMARY KEY,
      due_at INTEGER NOT NULL,                  -- which says what days it is about
      try_at INTEGER NOT NULL                   -- the same, or later where it could not be sent
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS presences (
      agent_id TEXT PRIMARY KEY,
      chosen TEXT NOT NULL,
      last_seen_at INTEGER NOT NULL
    ) WITHOUT ROWID;
";

/// For how long it is known under which name the Dispenser dealt what.
const DEALS_KEPT: Span = Span::days(1);
/// Entries of the feed that are kept: who has been away for longer starts over.
const KEPT: u64 = 5_000;

/// A row of which only the presence counts.
#[derive(Deserialize)]
struct Nothing {}

/// A conversation's newest entry in the feed.
pub struct FeedEntry {
    pub seq: u64,
    pub conversation: Conversation,
}

/// A conversation that has to be told to close sockets.
pub struct OwedCut {
    pub id: i64,
    pub conversation: String,
    pub cut: Cut,
}

/// The Desk's tables.
pub struct Tables {
    storage: Storage,
    sql: Sql,
}

impl Tables {
    /// The tables behind an object's storage, made where there are none.
    pub fn new(storage: Storage) -> Result<Self> {
        let sql = Sql::of(&storage);
        sql.exec(TABLES, None)?;
        sql.exec(viewing::TABLE, None)?;
        sql.exec(forgetting::TABLE, None)?;
        sql.exec(attendance::TABLE, None)?;
        let tables = Self { storage, sql };
        tables.take_over_reports()?;
        Ok(tables)
    }

    /// What was due is kept under another name than once.
    fn take_over_reports(&self) -> Result<()> {
        let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'reports'";
        let earlier: Vec<Nothing> = self.sql.exec(query, None)?.to_array()?;
        if !earlier.is_empty() {
            let take = "INSERT OR IGNORE INTO due_reports (schedule_id, due_at, try_at) \
                        SELECT schedule_id, due_at, due_at FROM reports; DROP TABLE reports";
            self.sql.exec(take, None)?;
        }
        Ok(())
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
        if after > head || head - after > KEPT || after < self.whole_since()? {
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

    /// Remembers that somebody looks at a conversation.
    pub fn watch(&self, holder: &Holder, conversation: ConversationId) -> Result<()> {
        let insert = "INSERT OR IGNORE INTO watching (conversation_id, session_id, agent_id) VALUES (?, ?, ?)";
        let values = vec![text(conversation), text(holder.session), text(holder.agent)];
        self.sql.exec(insert, values).map(drop)
    }

    /// Notes that every conversation which the cut may concern has to be told.
    pub fn owe(&self, cut: &Cut) -> Result<()> {
        let (condition, values) = match &cut.whose {
            Whose::Session(session) => ("session_id = ?", vec![text(session)]),
            Whose::Agent { agent, except: Some(session) } => {
                ("agent_id = ? AND session_id <> ?", vec![text(agent), text(session)])
            }
            Whose::Agent { agent, except: None } => ("agent_id = ?", vec![text(agent)]),
        };
        let cut = serde_json::to_string(cut)?;
        atomically(&self.storage, || {
            let owe = format!(
                "INSERT INTO owed_cuts (conversation_id, cut) SELECT DISTINCT conversation_id, ? FROM watching WHERE {condition}"
            );
            self.sql.exec(&owe, [vec![text(&cut)], values.clone()].concat())?;
            self.sql.exec(&format!("DELETE FROM watching WHERE {condition}"), values.clone()).map(drop)
        })
    }

    /// What conversations have yet to be told.
    pub fn owed(&self) -> Result<Vec<OwedCut>> {
        #[derive(Deserialize)]
        struct Row {
            id: i64,
            conversation_id: String,
            cut: String,
        }
        let rows: Vec<Row> =
            self.sql.exec("SELECT id, conversation_id, cut FROM owed_cuts ORDER BY id", None)?.to_array()?;
        let owed = |row: Row| {
            Ok(OwedCut { id: row.id, conversation: row.conversation_id, cut: serde_json::from_str(&row.cut)? })
        };
        rows.into_iter().map(owed).collect()
    }

    /// Notes that a conversation has been told.
    pub fn told(&self, id: i64) -> Result<()> {
        self.sql.exec("DELETE FROM owed_cuts WHERE id = ?", vec![SqlStorageValue::Integer(id)]).map(drop)
    }

    /// Keeps when an agent was last there, and his own word.
    pub fn write_last_seen(&self, agent: AgentId, seen: LastSeen) -> Result<()> {
        let upsert = "INSERT INTO presences (agent_id, chosen, last_seen_at) VALUES (?, ?, ?) \
                      ON CONFLICT (agent_id) DO UPDATE SET chosen = excluded.chosen, last_seen_at = excluded.last_seen_at";
        let chosen = match seen.chosen {
            Availability::Online => "online",
            Availability::Away => "away",
            Availability::Busy => "busy",
        };
        let values = vec![text(agent), text(chosen), SqlStorageValue::Integer(seen.at.as_millis())];
        self.sql.exec(upsert, values).map(drop)
    }

    /// Everybody who was ever there: what he said, and when.
    pub fn last_seen(&self) -> Result<BTreeMap<AgentId, LastSeen>> {
        #[derive(Deserialize)]
        struct Row {
            agent_id: AgentId,
            chosen: Availability,
            last_seen_at: i64,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT agent_id, chosen, last_seen_at FROM presences", None)?.to_array()?;
        let seen =
            |row: Row| (row.agent_id, LastSeen { chosen: row.chosen, at: Instant::from_millis(row.last_seen_at) });
        Ok(rows.into_iter().map(seen).collect())
    }

    /// Whether conversations have yet to be told to close sockets.
    pub fn owes_cuts(&self) -> Result<bool> {
        let rows: Vec<Nothing> = self.sql.exec("SELECT 1 FROM owed_cuts LIMIT 1", None)?.to_array()?;
        Ok(!rows.is_empty())
    }

    /// Keeps whose Desk this is.
    pub fn belongs_to(&self, company: CompanyId) -> Result<()> {
        self.write_known("company", &company.to_string())
    }

    /// Whose Desk this is, if anybody has said so.
    pub fn company(&self) -> Result<Option<CompanyId>> {
        Ok(self.known("company")?.and_then(|id| CompanyId::parse(&id)))
    }

    /// The copy of the company's people, if there is one.
    pub fn roster(&self) -> Result<Option<Roster>> {
        // One that an earlier version wrote is as good as none.
        Ok(self.known("roster")?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Keeps a copy of the company's people.
    pub fn write_roster(&self, roster: &Roster) -> Result<()> {
        self.write_known("roster", &serde_json::to_string(roster)?)
    }

    /// Slots and queue.
    pub fn ledger(&self) -> Result<Ledger> {
        #[derive(Deserialize)]
        struct Row {
            conversation_id: ConversationId,
            record: String,
        }
        let reservations = self.known("reservations")?.and_then(|number| number.parse().ok()).unwrap_or_default();
        let mut ledger = Ledger::resuming(reservations);
        let query = "SELECT conversation_id, record FROM ledger WHERE active = 1";
        let rows: Vec<Row> = self.sql.exec(query, None)?.to_array()?;
        for row in rows {
            ledger.recall(row.conversation_id, serde_json::from_str(&row.record)?);
        }
        Ok(ledger)
    }

    /// The conversations after one of them, in order.
    pub fn conversations(&self, after: Option<ConversationId>, limit: u32) -> Result<Vec<ConversationId>> {
        #[derive(Deserialize)]
        struct Row {
            conversation_id: ConversationId,
        }
        let query = "SELECT conversation_id FROM ledger WHERE conversation_id > ? ORDER BY conversation_id LIMIT ?";
        let after = SqlStorageValue::String(after.map(|id| id.to_string()).unwrap_or_default());
        let limit = SqlStorageValue::Integer(i64::from(limit));
        let rows: Vec<Row> = self.sql.exec(query, vec![after, limit])?.to_array()?;
        Ok(rows.into_iter().map(|row| row.conversation_id).collect())
    }

    /// What is known of one conversation.
    pub fn record(&self, conversation: ConversationId) -> Result<Option<Record>> {
        #[derive(Deserialize)]
        struct Row {
            record: String,
        }
        let query = "SELECT record FROM ledger WHERE conversation_id = ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![text(conversation)])?.to_array()?;
        rows.first().map(|row| Ok(serde_json::from_str(&row.record)?)).transpose()
    }

    /// Writes what a turn over the ledger changed; and how many reservations there were, if there are more now.
    pub fn write_ledger(&self, changes: &[(ConversationId, Record)], reservations: Option<u64>) -> Result<()> {
        if changes.is_empty() {
            return Ok(());
        }
        atomically(&self.storage, || {
            for (conversation, record) in changes {
                let upsert = "INSERT INTO ledger (conversation_id, active, record) VALUES (?, ?, ?) \
                              ON CONFLICT (conversation_id) DO UPDATE SET active = excluded.active, record = excluded.record";
                let active = SqlStorageValue::Integer(i64::from(record.is_active()));
                let record = SqlStorageValue::String(serde_json::to_string(record)?);
                self.sql.exec(upsert, vec![text(conversation), active, record])?;
            }
            reservations.map_or(Ok(()), |number| self.write_known("reservations", &number.to_string()))
        })
    }

    /// Who was given something last.
    pub fn turns(&self) -> Result<BTreeMap<AgentId, u64>> {
        #[derive(Deserialize)]
        struct Row {
            agent_id: AgentId,
            turn: u64,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT agent_id, turn FROM turns", None)?.to_array()?;
        Ok(rows.into_iter().map(|row| (row.agent_id, row.turn)).collect())
    }

    /// Keeps that somebody was given something.
    pub fn write_turn(&self, agent: AgentId, turn: u64) -> Result<()> {
        let upsert = "INSERT INTO turns (agent_id, turn) VALUES (?, ?) ON CONFLICT (agent_id) DO UPDATE SET turn = excluded.turn";
        self.sql.exec(upsert, vec![text(agent), number(turn)]).map(drop)
    }

    /// Keeps where the conversations of somebody go who leaves.
    pub fn plan(&self, agent: AgentId, to: Option<&Candidate>) -> Result<()> {
        let upsert = "INSERT INTO plans (agent_id, candidate) VALUES (?, ?) \
                      ON CONFLICT (agent_id) DO UPDATE SET candidate = excluded.candidate";
        let to = to.map(serde_json::to_string).transpose()?;
        let values = vec![text(agent), to.map_or(SqlStorageValue::Null, SqlStorageValue::String)];
        self.sql.exec(upsert, values).map(drop)
    }

    /// Where the conversations of somebody go who left; back into the queue, where none.
    pub fn planned(&self, agent: AgentId) -> Result<Option<Candidate>> {
        #[derive(Deserialize)]
        struct Row {
            candidate: Option<String>,
        }
        let query = "SELECT candidate FROM plans WHERE agent_id = ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![text(agent)])?.to_array()?;
        let candidate = rows.into_iter().next().and_then(|row| row.candidate);
        candidate.map(|candidate| Ok(serde_json::from_str(&candidate)?)).transpose()
    }

    /// Keeps what the Dispenser dealt under a name; those of long ago are dropped.
    pub fn deals(&self, agent: AgentId, name: ClientId, conversation: ConversationId, now: Instant) -> Result<()> {
        let upsert = "INSERT INTO deals (agent_id, client_id, conversation_id, at) VALUES (?, ?, ?, ?) \
                      ON CONFLICT (agent_id, client_id) DO UPDATE SET conversation_id = excluded.conversation_id";
        let values = vec![text(agent), text(name), text(conversation), SqlStorageValue::Integer(now.as_millis())];
        self.sql.exec(upsert, values)?;
        let old = SqlStorageValue::Integer(now.before(DEALS_KEPT).as_millis());
        self.sql.exec("DELETE FROM deals WHERE at < ?", vec![old]).map(drop)
    }

    /// What the Dispenser dealt under a name.
    pub fn dealt_before(&self, agent: AgentId, name: ClientId) -> Result<Option<ConversationId>> {
        #[derive(Deserialize)]
        struct Row {
            conversation_id: ConversationId,
        }
        let query = "SELECT conversation_id FROM deals WHERE agent_id = ? AND client_id = ?";
        let rows: Vec<Row> = self.sql.exec(query, vec![text(agent), text(name)])?.to_array()?;
        Ok(rows.first().map(|row| row.conversation_id))
    }

    /// Notes when somebody's digest is due, unless it is due earlier.
    pub fn digest_is_due(&self, agent: AgentId, due: Instant) -> Result<()> {
        let upsert = "INSERT INTO digests (agent_id, due_at) VALUES (?, ?) \
                      ON CONFLICT (agent_id) DO UPDATE SET due_at = MIN(due_at, excluded.due_at)";
        self.sql.exec(upsert, vec![text(agent), SqlStorageValue::Integer(due.as_millis())]).map(drop)
    }

    /// Forgets when somebody's digest is due; where a moment is named, only if it is due then.
    pub fn no_digest(&self, agent: AgentId, due: Option<Instant>) -> Result<()> {
        let delete = "DELETE FROM digests WHERE agent_id = ?1 AND (?2 IS NULL OR due_at = ?2)";
        let due = due.map_or(SqlStorageValue::Null, |due| SqlStorageValue::Integer(due.as_millis()));
        self.sql.exec(delete, vec![text(agent), due]).map(drop)
    }

    /// Whose digests are due, each put off to `later`: should nothing come of it, it is due again then.
    pub fn take_due_digests(&self, now: Instant, later: Instant) -> Result<Vec<AgentId>> {
        #[derive(Deserialize)]
        struct Row {
            agent_id: AgentId,
        }
        let update = "UPDATE digests SET due_at = ? WHERE due_at <= ? RETURNING agent_id";
        let values = vec![SqlStorageValue::Integer(later.as_millis()), SqlStorageValue::Integer(now.as_millis())];
        let rows: Vec<Row> = self.sql.exec(update, values)?.to_array()?;
        Ok(rows.into_iter().map(|row| row.agent_id).collect())
    }

    /// When the next digest is due.
    pub fn next_digest(&self) -> Result<Option<Instant>> {
        #[derive(Deserialize)]
        struct Row {
            due_at: Option<i64>,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT MIN(due_at) AS due_at FROM digests", None)?.to_array()?;
        Ok(rows.first().and_then(|row| row.due_at).map(Instant::from_millis))
    }

    /// When orders are to be looked after, if they are.
    pub fn orders_due(&self) -> Result<Option<Instant>> {
        Ok(self.known("orders_due")?.and_then(|at| at.parse().ok()).map(Instant::from_millis))
    }

    /// Notes when orders are to be looked after.
    pub fn set_orders_due(&self, due: Option<Instant>) -> Result<()> {
        self.write_known("orders_due", &due.map_or_else(String::new, |due| due.as_millis().to_string()))
    }

    /// Notes when a report is to be sent, or that it is no longer.
    pub fn report_is_due(&self, schedule: ReportScheduleId, due: Option<Instant>) -> Result<()> {
        match due {
            Some(due) => {
                let upsert = "INSERT OR REPLACE INTO due_reports (schedule_id, due_at, try_at) VALUES (?1, ?2, ?2)";
                self.sql.exec(upsert, vec![text(schedule), SqlStorageValue::Integer(due.as_millis())]).map(drop)
            }
            None => self.sql.exec("DELETE FROM due_reports WHERE schedule_id = ?", vec![text(schedule)]).map(drop),
        }
    }

    /// The report that is to be tried first, if it is by now, put off to `later`: should nothing come of it, it is tried again
    /// then. And when it was due.
    pub fn take_due_report(&self, now: Instant, later: Instant) -> Result<Option<(ReportScheduleId, Instant)>> {
        #[derive(Deserialize)]
        struct Row {
            schedule_id: ReportScheduleId,
            due_at: i64,
        }
        let update = "UPDATE due_reports SET try_at = ?1 WHERE schedule_id = \
                        (SELECT schedule_id FROM due_reports WHERE try_at <= ?2 ORDER BY try_at, schedule_id LIMIT 1) \
                      RETURNING schedule_id, due_at";
        let values = vec![SqlStorageValue::Integer(later.as_millis()), SqlStorageValue::Integer(now.as_millis())];
        let rows: Vec<Row> = self.sql.exec(update, values)?.to_array()?;
        Ok(rows.first().map(|row| (row.schedule_id, Instant::from_millis(row.due_at))))
    }

    /// Notes when a report is due next, or that it is no longer; unless it was to be sent at another time meanwhile.
    pub fn report_was_sent(&self, schedule: ReportScheduleId, due: Instant, next: Option<Instant>) -> Result<()> {
        let whose = vec![text(schedule), SqlStorageValue::Integer(due.as_millis())];
        match next {
            Some(next) => {
                let update = "UPDATE due_reports SET due_at = ?3, try_at = ?3 WHERE schedule_id = ?1 AND due_at = ?2";
                let next = SqlStorageValue::Integer(next.as_millis());
                self.sql.exec(update, whose.into_iter().chain([next]).collect::<Vec<_>>()).map(drop)
            }
            None => self.sql.exec("DELETE FROM due_reports WHERE schedule_id = ?1 AND due_at = ?2", whose).map(drop),
        }
    }

    /// When the next report is to be tried.
    pub fn next_report(&self) -> Result<Option<Instant>> {
        #[derive(Deserialize)]
        struct Row {
            try_at: Option<i64>,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT MIN(try_at) AS try_at FROM due_reports", None)?.to_array()?;
        Ok(rows.first().and_then(|row| row.try_at).map(Instant::from_millis))
    }

    fn known(&self, name: &str) -> Result<Option<String>> {
        #[derive(Deserialize)]
        struct Row {
            value: String,
        }
        let rows: Vec<Row> = self.sql.exec("SELECT value FROM known WHERE name = ?", vec![text(name)])?.to_array()?;
        Ok(rows.into_iter().next().map(|row| row.value))
    }

    fn write_known(&self, name: &str, value: &str) -> Result<()> {
        let upsert =
            "INSERT INTO known (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.sql.exec(upsert, vec![text(name), text(value)]).map(drop)
    }
}

fn text(value: impl ToString) -> SqlStorageValue {
    SqlStorageValue::String(value.to_string())
}

fn number(value: u64) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
