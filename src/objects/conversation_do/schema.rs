//! The conversation object's own tables, and all SQL for them.

pub mod chain;
mod erasing;
pub mod merging;
pub mod pushes;
pub mod restoring;
pub mod translations;
pub mod uploads;

use self::chain::{Chained, links};
use self::merging::Seal;
use crate::domain::assignment::tenure::Tenure;
use crate::domain::automation::agenda::Agenda;
use crate::domain::conversation::chain::Link;
use crate::domain::conversation::event::Entry;
use crate::domain::conversation::state::State;
use crate::domain::id::{AgentId, ClientId};
use crate::domain::notification::news::News;
use crate::domain::report::fact::Course;
use crate::domain::time::Instant;
use crate::effects::mail::Occasion;
use crate::effects::notify::PushTo;
use crate::platform::storage::{Sql, atomically};
use serde::Deserialize;
use std::cell::Cell;
use worker::{Result, SqlStorageValue, Storage};

const TABLES: &str = "
    CREATE TABLE snapshot (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      version INTEGER NOT NULL,      -- of these tables
      state TEXT NOT NULL,
      indexed_rev INTEGER NOT NULL,  -- the newest revision that the index and the feed have
      notified INTEGER NOT NULL,     -- whether the customer has been told of an answer he has not read
      tenure TEXT NOT NULL,          -- who has it, by which slot of his
      agenda TEXT NOT NULL,          -- what is still to be done by rules
      searched INTEGER NOT NULL,     -- the newest entry whose words can be searched, and whose facts reports have
      course TEXT NOT NULL,          -- what has to be remembered of it to read facts off what follows
      chain TEXT NOT NULL DEFAULT '' -- the newest entry's number and hash
    );
    CREATE TABLE events (
      seq INTEGER PRIMARY KEY,
      pub_seq INTEGER UNIQUE,
      entry TEXT NOT NULL,
      hash TEXT NOT NULL DEFAULT ''  -- of the entry and of the hash before it: see `domain::conversation::chain`
    );
    CREATE TABLE sent (
      author TEXT NOT NULL,
      client_id TEXT NOT NULL,
      seq INTEGER NOT NULL,          -- the first event it caused; 0 when it caused none
      hash TEXT NOT NULL,            -- of the command, so that another one under the same name is noticed
      answer TEXT,                   -- what it was answered; null for words, which are in the log
      PRIMARY KEY (author, client_id)
    ) WITHOUT ROWID;
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      mail TEXT NOT NULL             -- an occasion's name, or news as JSON
    );
";

/// How far somebody has read: the customer, in his own numbers, or an agent, in those of the log. Objects that are older than
/// this table get it when they are next read.
const READS: &str = "
    CREATE TABLE IF NOT EXISTS reads (
      who TEXT PRIMARY KEY,          -- `customer`, or an agent's id
      seq INTEGER NOT NULL
    ) WITHOUT ROWID;
";

/// An object binds at most a hundred values to a statement, and an entry has four.
const ROWS_AT_ONCE: usize = 25;

/// The customer, in the table of what was read.
const CUSTOMER: &str = "customer";

const VERSION: i64 = 6;

/// Brings tables of version 1 up to date. Whoever has the conversation then has it by a slot that the Desk is yet to hear
/// of.
const FROM_VERSION_1: &str = "
    ALTER TABLE snapshot ADD COLUMN tenure TEXT NOT NULL DEFAULT '';
    UPDATE snapshot SET version = 2;
";

/// Brings tables of version 2 up to date: rules look at what happens from then on.
const FROM_VERSION_2: &str = "
    ALTER TABLE snapshot ADD COLUMN agenda TEXT NOT NULL DEFAULT '';
    UPDATE snapshot SET version = 3;
";

/// Brings tables of version 3 up to date: nothing that was said can be searched yet.
const FROM_VERSION_3: &str = "
    ALTER TABLE snapshot ADD COLUMN searched INTEGER NOT NULL DEFAULT 0;
    UPDATE snapshot SET version = 4;
";

/// Brings tables of version 4 up to date: reports have none of its facts yet, and what was said goes along once more.
const FROM_VERSION_4: &str = "
    ALTER TABLE snapshot ADD COLUMN course TEXT NOT NULL DEFAULT '';
    UPDATE snapshot SET version = 5, searched = 0;
";

/// Brings tables of version 5 up to date: what is in the log is chained as it is found.
const FROM_VERSION_5: &str = "
    ALTER TABLE events ADD COLUMN hash TEXT NOT NULL DEFAULT '';
    ALTER TABLE snapshot ADD COLUMN chain TEXT NOT NULL DEFAULT '';
    UPDATE snapshot SET version = 6;
";

/// Where a read starts counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// All events, for agents.
    All,
    /// What the customer sees.
    Public,
}

/// What the object keeps beside the log.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub state: State,
    pub tenure: Tenure,
    pub agenda: Agenda,
    pub indexed_rev: u64,
    /// The newest entry whose words can be searched, and whose facts reports have.
    pub searched: u64,
    /// What has to be remembered of the log up to there.
    pub course: Course,
    pub notified: bool,
    /// The hash of the newest entry.
    pub chain: Link,
    /// The merge into another conversation that is under way.
    pub seal: Option<Seal>,
}

/// A command that came before.
#[derive(Debug, Deserialize)]
pub struct Sent {
    pub seq: u64,
    pub hash: String,
    pub answer: Option<String>,
}

/// How a command is recognised when it comes again.
#[derive(Clone, Debug)]
pub struct Idempotency {
    pub author: String,
    pub client_id: ClientId,
    pub hash: String,
}

/// Something that is owed.
pub struct Owed {
    pub id: i64,
    pub what: What,
}

/// What is owed.
pub enum What {
    /// A mail to the customer.
    Mail(Occasion),
    /// Word to agents.
    News(News),
    /// What an earlier version owed, and nobody owes any more.
    Nothing,
}

/// Everything one turn writes.
pub struct Turn<'a> {
    pub first: bool,
    pub snapshot: &'a Snapshot,
    pub entries: &'a [Entry],
    pub idempotency: Option<&'a Idempotency>,
    pub answer: Option<&'a str>,
    pub mails: &'a [Occasion],
    pub news: &'a [News],
    /// Messages that are to be put into the customer's language.
    pub to_translate: &'a [u64],
}

/// The object's tables.
pub struct Tables {
    storage: Storage,
    sql: Sql,
    /// Whether there is a table of files; none before somebody asked.
    has_uploads: Cell<Option<bool>>,
    /// Whether it is known that nothing is owed: an object alone writes to its tables.
    nothing_owed: Cell<bool>,
    /// When the next browser is to be told; none before somebody asked, or since that changed.
    next_push: Cell<Option<Option<Instant>>>,
}

impl Tables {
    /// The tables behind an object's storage.
    pub fn new(storage: Storage) -> Self {
        let sql = Sql::of(&storage);
        let (has_uploads, nothing_owed, next_push) = (Cell::new(None), Cell::new(false), Cell::new(None));
        Self { storage, sql, has_uploads, nothing_owed, next_push }
    }

    /// The snapshot; none in an object that has no conversation.
    pub fn load(&self) -> Result<Option<Snapshot>> {
        #[derive(Deserialize)]
        struct Row {
            state: String,
            tenure: String,
            agenda: String,
            indexed_rev: u64,
            searched: u64,
            course: String,
            chain: String,
            notified: u8,
        }
        if !self.is_up_to_date()? {
            return Ok(None);
        }
        let query = "SELECT state, tenure, agenda, indexed_rev, searched, course, chain, notified FROM snapshot";
        let rows: Vec<Row> = self.sql.exec(query, None)?.to_array()?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let state: State = serde_json::from_str(&row.state)?;
        let tenure = match row.tenure.as_str() {
            "" => Tenure::of_old(
                state.assignment_epoch,
                state.assignee.as_ref().filter(|_| state.is_under_way()).map(|agent| agent.id),
            ),
            tenure => serde_json::from_str(tenure)?,
        };
        let agenda = match row.agenda.as_str() {
            "" => Agenda::from_now_on(row.indexed_rev),
            agenda => serde_json::from_str(agenda)?,
        };
        let course = match row.course.as_str() {
            "" => Course::default(),
            course => serde_json::from_str(course)?,
        };
        let chain = self.chain(&state, &row.chain)?;
        let Row { indexed_rev, searched, notified, .. } = row;
        let (notified, seal) = (notified != 0, self.seal()?);
        Ok(Some(Snapshot { state, tenure, agenda, indexed_rev, searched, course, notified, chain, seal }))
    }

    /// Whether there are tables; those of an earlier version are changed first.
    fn is_up_to_date(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Column {
            name: String,
        }
        let columns: Vec<Column> = self.sql.exec("SELECT name FROM pragma_table_info('snapshot')", None)?.to_array()?;
        if columns.is_empty() {
            return Ok(false);
        }
        let steps = [
            ("tenure", FROM_VERSION_1),
            ("agenda", FROM_VERSION_2),
            ("searched", FROM_VERSION_3),
            ("course", FROM_VERSION_4),
            ("chain", FROM_VERSION_5),
        ];
        for (column, change) in steps {
            if !columns.iter().any(|known| known.name == column) {
                atomically(&self.storage, || self.sql.exec(change, None).map(drop))?;
            }
        }
        self.sql.exec(pushes::TABLES, None)?;
        self.sql.exec(READS, None)?;
        self.sql.exec(translations::TABLES, None)?;
        self.sql.exec(merging::TABLES, None)?;
        Ok(true)
    }

    /// Writes down who has the conversation, by which slot.
    pub fn write_tenure(&self, tenure: &Tenure) -> Result<()> {
        let tenure = SqlStorageValue::String(serde_json::to_string(tenure)?);
        self.sql.exec("UPDATE snapshot SET tenure = ?", vec![tenure]).map(drop)
    }

    /// Writes down what is still to be done by rules.
    pub fn write_agenda(&self, agenda: &Agenda) -> Result<()> {
        let agenda = SqlStorageValue::String(serde_json::to_string(agenda)?);
        self.sql.exec("UPDATE snapshot SET agenda = ?", vec![agenda]).map(drop)
    }

    /// Writes down what the company has set since.
    pub fn write_state(&self, state: &State) -> Result<()> {
        let state = SqlStorageValue::String(serde_json::to_string(state)?);
        self.sql.exec("UPDATE snapshot SET state = ?", vec![state]).map(drop)
    }

    /// Writes a turn, whole or not at all; answers the hash of the newest entry.
    pub fn write(&self, turn: &Turn<'_>) -> Result<Link> {
        let links = links(turn)?;
        let head = links.last().map_or(turn.snapshot.chain, |link| link.hash);
        atomically(&self.storage, || {
            if turn.first {
                self.create()?;
            }
            if turn.snapshot.state.merged_into.is_some() {
                self.end_merge()?;
            }
            self.insert_entries(&links)?;
            self.attach(turn.snapshot.state.company_id, turn.entries)?;
            self.write_snapshot(turn, head)?;
            if let Some(key) = turn.idempotency {
                let seq = turn.entries.first().map_or(0, |entry| entry.seq);
                self.sql.exec(
                    "INSERT INTO sent (author, client_id, seq, hash, answer) VALUES (?, ?, ?, ?, ?)",
                    vec![
                        text(&key.author),
                        text(&key.client_id.to_string()),
                        number(seq),
                        text(&key.hash),
                        turn.answer.map_or(SqlStorageValue::Null, text),
                    ],
                )?;
            }
            if !turn.mails.is_empty() || !turn.news.is_empty() {
                self.nothing_owed.set(false);
            }
            for occasion in turn.mails {
                self.sql.exec("INSERT INTO outbox (mail) VALUES (?)", vec![text(occasion.name())])?;
            }
            for news in turn.news {
                self.sql.exec("INSERT INTO outbox (mail) VALUES (?)", vec![text(&serde_json::to_string(news)?)])?;
            }
            for seq in turn.to_translate {
                self.owe_translation(*seq, turn.snapshot.state.last_event_at)?;
            }
            Ok(())
        })?;
        Ok(head)
    }

    /// Makes the tables of an object that has none.
    fn create(&self) -> Result<()> {
        for tables in [TABLES, pushes::TABLES, READS, translations::TABLES, merging::TABLES] {
            self.sql.exec(tables, None)?;
        }
        Ok(())
    }

    /// What was sent under this name before.
    pub fn sent(&self, key: &Idempotency) -> Result<Option<Sent>> {
        let rows: Vec<Sent> = self
            .sql
            .exec(
                "SELECT seq, hash, answer FROM sent WHERE author = ? AND client_id = ?",
                vec![text(&key.author), text(&key.client_id.to_string())],
            )?
            .to_array()?;
        Ok(rows.into_iter().next())
    }

    /// At most `limit` entries after a position.
    pub fn entries(&self, numbering: Numbering, after: u64, limit: u32) -> Result<Vec<Entry>> {
        #[derive(Deserialize)]
        struct Row {
            entry: String,
        }
        let query = match numbering {
            Numbering::All => "SELECT entry FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
            Numbering::Public => "SELECT entry FROM events WHERE pub_seq > ? ORDER BY pub_seq LIMIT ?",
        };
        let rows: Vec<Row> = self.sql.exec(query, vec![number(after), number(u64::from(limit))])?.to_array()?;
        rows.iter().map(|row| Ok(serde_json::from_str(&row.entry)?)).collect()
    }

    /// What has been owed for longest.
    pub fn owed(&self) -> Result<Option<Owed>> {
        #[derive(Deserialize)]
        struct Row {
            id: i64,
            mail: String,
        }
        if self.nothing_owed.get() {
            return Ok(None);
        }
        let rows: Vec<Row> = self.sql.exec("SELECT id, mail FROM outbox ORDER BY id LIMIT 1", None)?.to_array()?;
        self.nothing_owed.set(rows.is_empty());
        let what = |text: &str| match Occasion::parse(text) {
            Some(occasion) => What::Mail(occasion),
            None => serde_json::from_str(text).map_or(What::Nothing, What::News),
        };
        Ok(rows.first().map(|row| Owed { id: row.id, what: what(&row.mail) }))
    }

    /// Strikes what was delivered, and notes the browsers that are to be told of it.
    pub fn was_delivered(&self, owed: &Owed, pushes: &[PushTo], now: Instant) -> Result<()> {
        let news = match &owed.what {
            What::News(news) => serde_json::to_string(news)?,
            What::Mail(_) | What::Nothing => String::new(),
        };
        atomically(&self.storage, || {
            pushes.iter().try_for_each(|push| self.owe_push(push.subscription, &news, now))?;
            self.sql.exec("DELETE FROM outbox WHERE id = ?", vec![SqlStorageValue::Integer(owed.id)]).map(drop)
        })
    }

    /// Notes that index and feed have a revision, and what rules have still to look at.
    pub fn was_indexed(&self, rev: u64, agenda: &Agenda) -> Result<()> {
        let agenda = SqlStorageValue::String(serde_json::to_string(agenda)?);
        self.sql.exec("UPDATE snapshot SET indexed_rev = ?, agenda = ?", vec![number(rev), agenda]).map(drop)
    }

    /// Notes that index, search and reports have nothing.
    pub fn nothing_was_told(&self) -> Result<()> {
        self.sql.exec("UPDATE snapshot SET indexed_rev = 0, searched = 0, course = ''", None).map(drop)
    }

    /// Notes up to where the words can be searched and reports have the facts, and what has to be remembered from there on.
    pub fn was_searched(&self, seq: u64, course: &Course) -> Result<()> {
        let course = SqlStorageValue::String(serde_json::to_string(course)?);
        self.sql.exec("UPDATE snapshot SET searched = ?, course = ?", vec![number(seq), course]).map(drop)
    }

    /// Notes that the customer has looked: the next answer is worth a mail again.
    pub fn customer_looked(&self) -> Result<()> {
        self.sql.exec("UPDATE snapshot SET notified = 0", None).map(drop)
    }

    /// How far the customer has read, in his numbers.
    pub fn read_by_customer(&self) -> Result<u64> {
        self.one_number("SELECT seq AS number FROM reads WHERE who = ?", vec![text(CUSTOMER)])
    }

    /// How far any agent has read, in the customer's numbers.
    pub fn read_by_company(&self) -> Result<u64> {
        let query = "SELECT MAX(pub_seq) AS number FROM events \
                     WHERE seq <= (SELECT MAX(seq) FROM reads WHERE who <> ?)";
        self.one_number(query, vec![text(CUSTOMER)])
    }

    /// The customer's number of an entry, as the log's; 0 where there is none.
    pub fn seq_of(&self, pub_seq: u64) -> Result<u64> {
        self.one_number("SELECT seq AS number FROM events WHERE pub_seq = ?", vec![number(pub_seq)])
    }

    /// Notes how far the customer has read; whether that is further than before.
    pub fn customer_has_read(&self, seq: u64) -> Result<bool> {
        self.has_read(CUSTOMER, seq)
    }

    /// Notes how far an agent has read; whether that is further than before.
    pub fn agent_has_read(&self, agent: AgentId, seq: u64) -> Result<bool> {
        self.has_read(&agent.to_string(), seq)
    }

    fn has_read(&self, who: &str, seq: u64) -> Result<bool> {
        let known = self.one_number("SELECT seq AS number FROM reads WHERE who = ?", vec![text(who)])?;
        if seq <= known {
            return Ok(false);
        }
        self.sql.exec("INSERT OR REPLACE INTO reads (who, seq) VALUES (?, ?)", vec![text(who), number(seq)])?;
        Ok(true)
    }

    fn one_number(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<u64> {
        #[derive(Deserialize)]
        struct Row {
            number: Option<u64>,
        }
        let rows: Vec<Row> = self.sql.exec(query, values)?.to_array()?;
        Ok(rows.into_iter().next().and_then(|row| row.number).unwrap_or_default())
    }

    fn insert_entries(&self, links: &[Chained<'_>]) -> Result<()> {
        for some in links.chunks(ROWS_AT_ONCE) {
            let places = vec!["(?, ?, ?, ?)"; some.len()].join(", ");
            let mut values = Vec::new();
            for Chained { entry, text, hash } in some {
                values.push(number(entry.seq));
                values.push(entry.pub_seq.map_or(SqlStorageValue::Null, number));
                values.push(SqlStorageValue::String(text.clone()));
                values.push(SqlStorageValue::String(hash.to_string()));
            }
            self.sql.exec(&format!("INSERT INTO events (seq, pub_seq, entry, hash) VALUES {places}"), values)?;
        }
        Ok(())
    }

    fn write_snapshot(&self, turn: &Turn<'_>, head: Link) -> Result<()> {
        let Snapshot { state, tenure, agenda, indexed_rev, searched, course, notified, .. } = turn.snapshot;
        let tenure = SqlStorageValue::String(serde_json::to_string(tenure)?);
        let state = SqlStorageValue::String(serde_json::to_string(state)?);
        let notified = SqlStorageValue::Integer(i64::from(*notified));
        let head = text(&chain::head(turn.snapshot.state.head, head));
        if turn.first {
            let agenda = SqlStorageValue::String(serde_json::to_string(agenda)?);
            let version = SqlStorageValue::Integer(VERSION);
            let course = SqlStorageValue::String(serde_json::to_string(course)?);
            let values =
                vec![version, state, number(*indexed_rev), notified, tenure, agenda, number(*searched), course, head];
            let insert = "INSERT INTO snapshot \
                          (id, version, state, indexed_rev, notified, tenure, agenda, searched, course, chain) \
                          VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
            self.sql.exec(insert, values).map(drop)
        } else {
            let update = "UPDATE snapshot SET state = ?, notified = ?, tenure = ?, chain = ?";
            self.sql.exec(update, vec![state, notified, tenure, head]).map(drop)
        }
    }
}

fn text(value: &str) -> SqlStorageValue {
    SqlStorageValue::String(value.to_owned())
}

fn number(value: u64) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}
