//! What is known of the files of a conversation: whose, and whether they were sent. The table is there once there is a
//! first file, which may be before the conversation is.

use super::{Tables, number, text};
use crate::domain::conversation::attachment::Attachment;
use crate::domain::conversation::event::{Author, Entry, Event};
use crate::domain::conversation::merge::{Item, ItemWords};
use crate::domain::conversation::upload::{Brought, DAY, ON_ITS_WAY_FOR, Stage, Uploader};
use crate::domain::id::{CompanyId, ConversationId, FileId};
use crate::domain::time::Instant;
use crate::store::attachments;
use serde::{Deserialize, Deserializer};
use worker::{Result, SqlStorageValue};

const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS uploads (
      id TEXT PRIMARY KEY,
      by TEXT NOT NULL,              -- an agent's id, or 'customer'
      at INTEGER NOT NULL,
      key TEXT NOT NULL,             -- of its bytes in R2
      name TEXT NOT NULL,
      type TEXT NOT NULL,            -- as sniffed; empty until the bytes are there
      size INTEGER NOT NULL,         -- as announced until they are there
      stage TEXT NOT NULL            -- arriving, ready, public, internal, removed
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS uploads_by_time ON uploads (at);
";

/// Most files that are cleared away at once.
const CLEARED_AT_ONCE: u64 = 100;

/// A file as it is known.
#[derive(Debug, Deserialize)]
pub struct Upload {
    pub id: FileId,
    pub by: String,
    #[serde(deserialize_with = "millis")]
    pub at: Instant,
    pub key: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub size: u64,
    pub stage: Stage,
}

impl Upload {
    /// The file as a message carries it.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        let size = u32::try_from(self.size).unwrap_or(u32::MAX);
        Attachment { id: self.id, name: self.name.clone(), media_type: self.kind.clone(), size }
    }
}

/// Numbers come out of the storage as doubles where they are large.
fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Instant, D::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "instants are below 2^53 milliseconds")]
    f64::deserialize(deserializer).map(|millis| Instant::from_millis(millis as i64))
}

impl Tables {
    /// Notes that the bytes of a file are about to come.
    pub fn begin_upload(&self, upload: &Upload) -> Result<()> {
        self.sql.exec(TABLE, None)?;
        self.has_uploads.set(Some(true));
        self.sql
            .exec(
                "INSERT INTO uploads (id, by, at, key, name, type, size, stage) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                vec![
                    text(&upload.id.to_string()),
                    text(&upload.by),
                    SqlStorageValue::Integer(upload.at.as_millis()),
                    text(&upload.key),
                    text(&upload.name),
                    text(&upload.kind),
                    number(upload.size),
                    text(upload.stage.name()),
                ],
            )
            .map(drop)
    }

    /// Notes that the bytes of a file are there, and what they are.
    pub fn end_upload(&self, upload: &Upload) -> Result<()> {
        let query = "UPDATE uploads SET type = ?, size = ?, stage = ? WHERE id = ?";
        let values =
            vec![text(&upload.kind), number(upload.size), text(upload.stage.name()), text(&upload.id.to_string())];
        self.sql.exec(query, values).map(drop)
    }

    /// A file, by its id.
    pub fn upload(&self, id: FileId) -> Result<Option<Upload>> {
        let query = "SELECT id, by, at, key, name, type, size, stage FROM uploads WHERE id = ?";
        Ok(self.uploads(query, vec![text(&id.to_string())])?.into_iter().next())
    }

    /// What somebody has brought within a day.
    pub fn brought(&self, by: Uploader, now: Instant) -> Result<Brought> {
        #[derive(Deserialize)]
        struct Row {
            bytes: u64,
            files: u64,
            #[serde(deserialize_with = "millis")]
            since: Instant,
        }
        if !self.has_uploads()? {
            return Ok(Brought::default());
        }
        let query = "SELECT COALESCE(SUM(size), 0) AS bytes, COUNT(*) AS files, COALESCE(MIN(at), 0) AS since \
                     FROM uploads WHERE by = ? AND at > ? AND (stage <> 'arriving' OR at > ?)";
        let since = |span| SqlStorageValue::Integer(now.before(span).as_millis());
        let values = vec![text(&by.to_string()), since(DAY), since(ON_ITS_WAY_FOR)];
        let rows: Vec<Row> = self.sql.exec(query, values)?.to_array()?;
        let row = rows.into_iter().next();
        Ok(row.map_or_else(Brought::default, |Row { bytes, files, since }| Brought { bytes, files, since }))
    }

    /// When the oldest file came that was not sent.
    pub fn oldest_unsent(&self) -> Result<Option<Instant>> {
        Ok(self.unsent(Instant::from_millis(i64::MAX), 1)?.first().map(|upload| upload.at))
    }

    /// Files that were not sent and came before an instant, oldest first.
    pub fn unsent_since(&self, before: Instant) -> Result<Vec<Upload>> {
        self.unsent(before, CLEARED_AT_ONCE)
    }

    /// Forgets a file.
    pub fn forget_upload(&self, id: FileId) -> Result<()> {
        self.sql.exec("DELETE FROM uploads WHERE id = ?", vec![text(&id.to_string())]).map(drop)
    }

    /// Notes of the files of new entries that they were sent.
    pub(super) fn attach(&self, company: CompanyId, entries: &[Entry]) -> Result<()> {
        for entry in entries {
            let (attachments, stage) = match &entry.event {
                Event::Message { attachments, .. } => (attachments, Stage::Public),
                Event::Note { attachments, .. } => (attachments, Stage::Internal),
                Event::Absorbed(absorbed) => {
                    self.take_over(company, &absorbed.items)?;
                    continue;
                }
                _ => continue,
            };
            for attachment in attachments {
                let values = vec![text(stage.name()), text(&attachment.id.to_string())];
                self.sql.exec("UPDATE uploads SET stage = ? WHERE id = ?", values)?;
            }
        }
        Ok(())
    }

    /// The files of another conversation are this one's as well; their bytes stay where they are.
    fn take_over(&self, company: CompanyId, items: &[Item]) -> Result<()> {
        for item in items {
            let stage = match item.words {
                ItemWords::Note { .. } => Stage::Internal,
                _ => Stage::Public,
            };
            self.note_sent((company, item.origin), (&item.by, item.at), item.words.attachments(), stage)?;
        }
        Ok(())
    }

    /// Notes the files of a log that comes back, which were all sent.
    pub(super) fn attach_again(&self, company: CompanyId, id: ConversationId, log: &[Entry]) -> Result<()> {
        for Entry { by, at, event, .. } in log {
            match event {
                Event::Message { attachments, .. } => {
                    self.note_sent((company, id), (by, *at), attachments, Stage::Public)?;
                }
                Event::Note { attachments, .. } => {
                    self.note_sent((company, id), (by, *at), attachments, Stage::Internal)?;
                }
                Event::Absorbed(absorbed) => self.take_over(company, &absorbed.items)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Notes files that were sent in a conversation, this one or another.
    fn note_sent(
        &self,
        (company, origin): (CompanyId, ConversationId),
        (by, at): (&Author, Instant),
        attachments: &[Attachment],
        stage: Stage,
    ) -> Result<()> {
        let by = match by {
            Author::Agent(agent) => agent.id.to_string(),
            Author::Customer { .. } => Uploader::Customer.to_string(),
            Author::Automation(_) | Author::System => String::new(),
        };
        for Attachment { id, name, media_type, size } in attachments {
            self.begin_upload(&Upload {
                id: *id,
                by: by.clone(),
                at,
                key: attachments::key(company, origin, *id),
                name: name.clone(),
                kind: media_type.clone(),
                size: u64::from(*size),
                stage,
            })?;
        }
        Ok(())
    }

    fn unsent(&self, before: Instant, limit: u64) -> Result<Vec<Upload>> {
        let query = "SELECT id, by, at, key, name, type, size, stage FROM uploads \
                     WHERE at <= ? AND stage NOT IN ('public', 'internal') ORDER BY at LIMIT ?";
        self.uploads(query, vec![SqlStorageValue::Integer(before.as_millis()), number(limit)])
    }

    fn uploads(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Upload>> {
        if !self.has_uploads()? {
            return Ok(Vec::new());
        }
        self.sql.exec(query, values)?.to_array()
    }

    fn has_uploads(&self) -> Result<bool> {
        #[derive(Deserialize)]
        struct Name {
            #[expect(dead_code, reason = "that there is one says it all")]
            name: String,
        }
        if let Some(known) = self.has_uploads.get() {
            return Ok(known);
        }
        let query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'uploads'";
        let tables: Vec<Name> = self.sql.exec(query, None)?.to_array()?;
        self.has_uploads.set(Some(!tables.is_empty()));
        Ok(!tables.is_empty())
    }
}
