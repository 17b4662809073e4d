//! Taking data out: a body that is made piece by piece, so that a company of any size fits.

use crate::domain::conversation::chain::Line;
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{ContactId, ConversationId};
use crate::domain::time::Instant;
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do;
use crate::objects::conversation_do::protocol::{BackedUp, ConversationRequest, CurrentLink};
use crate::platform::log;
use crate::store::callers::Company;
use crate::store::db::StoreError;
use crate::store::export::{self, Numbered, Part, Record};
use futures_util::{Stream, stream};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::VecDeque;
use worker::{D1Database, Env, Error, Result};

/// Rows that are read at once.
const ROWS: u32 = 500;
/// Conversations whose ids are read at once, and entries of a log.
const CONVERSATIONS: u32 = 100;
const EVENTS: u32 = 500;

/// What is taken out, and how far it is.
pub struct Export {
    env: Env,
    db: D1Database,
    company: Company,
    stage: Stage,
    /// Conversations that come next, and the last one's number.
    next: VecDeque<Numbered>,
    last: u32,
    lines: u64,
    at: Instant,
}

enum Stage {
    /// A company's rows of one part after another, after an id: those before its conversations, or those after them.
    Rows(&'static [Part], usize, String),
    /// A company's conversations.
    Conversations,
    /// The rest of a conversation's log.
    Events(ConversationId, u64),
    /// A contact, and the beginning of the document.
    Contact(ContactId),
    /// His conversations; whether it is the first one.
    OfContact(ContactId, bool),
    /// His orders, after an id; whether it is the first one.
    Orders(ContactId, String, bool),
    End,
    Done,
}

/// A part of a log, as an object answers it.
#[derive(Deserialize)]
struct Events {
    items: Vec<Box<RawValue>>,
    next: Option<String>,
}

impl Export {
    /// A company, whole: a line of JSON for each thing, the last one says how many there were.
    #[must_use]
    pub fn of_company(env: Env, db: D1Database, company: Company, at: Instant) -> Self {
        Self::new(env, db, company, at, Stage::Rows(export::BEFORE, 0, String::new()))
    }

    /// A contact: one document.
    #[must_use]
    pub fn of_contact(env: Env, db: D1Database, company: Company, contact: ContactId, at: Instant) -> Self {
        Self::new(env, db, company, at, Stage::Contact(contact))
    }

    fn new(env: Env, db: D1Database, company: Company, at: Instant, stage: Stage) -> Self {
        Self { env, db, company, stage, next: VecDeque::new(), last: 0, lines: 0, at }
    }

    /// Its pieces. Should one fail, the body breaks off: it never looks whole.
    pub fn pieces(self) -> impl Stream<Item = Result<Vec<u8>>> {
        stream::unfold(self, async |mut this| match this.piece().await {
            Ok(None) => None,
            Ok(Some(piece)) => Some((Ok(piece.into_bytes()), this)),
            Err(error) => {
                log::fault("export", &this.company.id.to_string(), &error);
                this.stage = Stage::Done;
                Some((Err(error), this))
            }
        })
    }

    async fn piece(&mut self) -> Result<Option<String>> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Rows(parts, at, after) => self.rows(parts, at, after).await.map(Some),
            Stage::Conversations => self.conversation().await.map(Some),
            Stage::Events(id, after) => self.events(id, after).await.map(Some),
            Stage::Contact(contact) => self.contact(contact).await.map(Some),
            Stage::OfContact(contact, first) => self.conversation_of(contact, first).await.map(Some),
            Stage::Orders(contact, after, first) => self.orders(contact, after, first).await.map(Some),
            Stage::End => {
                let end = json!({ "kind": "end", "exported_at": self.at, "lines": self.lines });
                Ok(Some(format!("{end}\n")))
            }
            Stage::Done => Ok(None),
        }
    }

    async fn rows(&mut self, parts: &'static [Part], at: usize, after: String) -> Result<String> {
        let Some(part) = parts.get(at) else {
            let is_over = parts.as_ptr() == export::AFTER.as_ptr();
            self.stage = if is_over { Stage::End } else { Stage::Conversations };
            return Ok(String::new());
        };
        let rows = self.read(part, &self.company.id.to_string(), &after).await?;
        let last = rows.last().and_then(id_of).map(str::to_owned);
        self.stage = match last {
            Some(last) if rows.len() >= ROWS as usize => Stage::Rows(parts, at, last),
            _ => Stage::Rows(parts, at.saturating_add(1), String::new()),
        };
        let mut text = String::new();
        for mut row in rows {
            if self.lines == 0 {
                row.insert("format".to_owned(), json!(export::FORMAT));
                row.insert("exported_at".to_owned(), json!(self.at));
            }
            let line = serde_json::to_string(&row)?;
            self.line(&mut text, part.kind, line.strip_prefix('{').unwrap_or_default());
        }
        Ok(text)
    }

    /// A company's next conversation, and its log. One that was erased meanwhile is left out.
    async fn conversation(&mut self) -> Result<String> {
        let Some(Numbered { id, created_at, .. }) = self.take(None).await? else {
            self.stage = Stage::Rows(export::AFTER, 0, String::new());
            return Ok(String::new());
        };
        self.stage = Stage::Conversations;
        let Some(BackedUp { conversation, kept, lines }) = self.back_up(id, 0).await? else { return Ok(String::new()) };
        let (began, kept) = (json!(Instant::from_millis(created_at)), serde_json::to_string(&kept)?);
        let view = conversation.get().strip_prefix('{').unwrap_or_default();
        let mut text = String::new();
        self.line(&mut text, "conversation", &format!("\"created_at\":{began},\"kept\":{kept},{view}"));
        self.entries(&mut text, id, lines)?;
        Ok(text)
    }

    async fn events(&mut self, id: ConversationId, after: u64) -> Result<String> {
        self.stage = Stage::Conversations;
        let mut text = String::new();
        if let Some(BackedUp { lines, .. }) = self.back_up(id, after).await? {
            self.entries(&mut text, id, lines)?;
        }
        Ok(text)
    }

    /// Entries of a log, as they are stored; where there may be more, they are next.
    fn entries(&mut self, text: &mut String, id: ConversationId, lines: Vec<Line>) -> Result<()> {
        if let Some(last) = lines.last().filter(|_| lines.len() >= EVENTS as usize) {
            self.stage = Stage::Events(id, last.seq);
        }
        for line in lines {
            let line = serde_json::to_string(&line)?;
            let line = line.strip_prefix('{').unwrap_or_default();
            self.line(text, "event", &format!("\"conversation_id\":\"{id}\",{line}"));
        }
        Ok(())
    }

    async fn back_up(&self, id: ConversationId, after: u64) -> Result<Option<BackedUp>> {
        let answer = self.ask(id, &ConversationRequest::BackUp { after, limit: EVENTS }).await?;
        Ok(answer.map(|text| serde_json::from_str(&text)).transpose()?)
    }

    async fn contact(&mut self, contact: ContactId) -> Result<String> {
        let row = self.read(&export::CONTACT, &contact.to_string(), "").await?.into_iter().next().unwrap_or_default();
        self.stage = Stage::OfContact(contact, true);
        let company = json!({ "slug": self.company.slug, "name": self.company.name });
        let mut head = json!({ "exported_at": self.at, "company": company, "contact": row }).to_string();
        head.truncate(head.len().saturating_sub(1));
        Ok(head + ",\"conversations\":[")
    }

    /// A contact's next conversation, as he sees it: nothing internal can be in there.
    async fn conversation_of(&mut self, contact: ContactId, first: bool) -> Result<String> {
        let Some(Numbered { id, number, .. }) = self.take(Some(contact)).await? else {
            self.stage = Stage::Orders(contact, String::new(), true);
            return Ok("],\"orders\":[".to_owned());
        };
        let Some(link) = self.ask(id, &ConversationRequest::Link).await? else {
            self.stage = Stage::OfContact(contact, first);
            return Ok(String::new());
        };
        let CurrentLink { version } = serde_json::from_str(&link)?;
        let actor = || Actor::Customer { link_version: version };
        let view = self.ask(id, &ConversationRequest::Read { actor: actor() }).await?.unwrap_or_default();
        let (mut events, mut after) = (Vec::new(), Some(0));
        while let Some(from) = after {
            let request = ConversationRequest::Events { actor: actor(), after: from, limit: EVENTS };
            let Some(part) = self.ask(id, &request).await? else { break };
            let Events { items, next } = serde_json::from_str(&part)?;
            events.extend(items);
            after = next.and_then(|next| next.parse().ok());
        }
        let mut conversation: Value = serde_json::from_str(if view.is_empty() { "{}" } else { &view })?;
        if let Some(fields) = conversation.as_object_mut() {
            let files = events.iter().flat_map(|event| self.files(id, event)).collect();
            fields.insert("number".to_owned(), json!(number));
            fields.insert("files".to_owned(), Value::Array(files));
            fields.insert("events".to_owned(), serde_json::to_value(&events)?);
        }
        self.stage = Stage::OfContact(contact, false);
        Ok(format!("{}{conversation}", if first { "" } else { "," }))
    }

    /// The files of an event, and where colleagues find them.
    fn files(&self, conversation: ConversationId, event: &RawValue) -> Vec<Value> {
        #[derive(Deserialize)]
        struct WithFiles {
            #[serde(default)]
            attachments: Vec<Record>,
        }
        let Ok(WithFiles { attachments }) = serde_json::from_str(event.get()) else { return Vec::new() };
        let with_url = |mut file: Record| {
            let id = file.get("id").and_then(Value::as_str).unwrap_or_default();
            let url = format!("/api/companies/{}/conversations/{conversation}/files/{id}", self.company.slug);
            file.insert("url".to_owned(), Value::String(url));
            Value::Object(file)
        };
        attachments.into_iter().map(with_url).collect()
    }

    async fn orders(&mut self, contact: ContactId, after: String, first: bool) -> Result<String> {
        let orders = self.read(&export::ORDERS, &contact.to_string(), &after).await?;
        let more = orders.len() >= ROWS as usize;
        let last = orders.last().and_then(id_of).map(str::to_owned);
        let mut whole = Vec::new();
        for mut order in orders {
            let id = id_of(&order).unwrap_or_default().to_owned();
            let payments = self.read(&export::PAYMENTS, &id, "").await?;
            order.insert("payments".to_owned(), json!(payments));
            whole.push(serde_json::to_string(&order)?);
        }
        let text = format!("{}{}", if first || whole.is_empty() { "" } else { "," }, whole.join(","));
        Ok(match last.filter(|_| more) {
            Some(last) => {
                self.stage = Stage::Orders(contact, last, false);
                text
            }
            None => text + "]}\n",
        })
    }

    /// The next conversation: a contact's, or any of the company's.
    async fn take(&mut self, contact: Option<ContactId>) -> Result<Option<Numbered>> {
        if self.next.is_empty() {
            let read = match contact {
                Some(contact) => export::of_contact(&self.db, contact, self.last, CONVERSATIONS).await,
                None => export::conversations(&self.db, self.company.id, self.last, CONVERSATIONS).await,
            };
            self.next = read.map_err(broken)?.into();
        }
        let next = self.next.pop_front();
        self.last = next.as_ref().map_or(self.last, |next| next.number);
        Ok(next)
    }

    async fn read(&self, part: &Part, owner: &str, after: &str) -> Result<Vec<Record>> {
        part.read(&self.db, owner, after, ROWS).await.map_err(broken)
    }

    /// What a conversation answers; none where it does not.
    async fn ask(&self, id: ConversationId, request: &ConversationRequest) -> Result<Option<String>> {
        match call::call::<Refusal>(&self.env, conversation_do::BINDING, &id.to_string(), request).await? {
            Answer::Done(text) => Ok(Some(text)),
            Answer::Refused(_) => Ok(None),
        }
    }

    fn line(&mut self, text: &mut String, kind: &str, rest: &str) {
        self.lines = self.lines.saturating_add(1);
        text.push_str(&format!("{{\"kind\":\"{kind}\",{rest}\n"));
    }
}

fn id_of(record: &Record) -> Option<&str> {
    record.get("id")?.as_str()
}

fn broken(error: StoreError) -> Error {
    Error::RustError(error.to_string())
}
