//! The conversation's object without its runtime: the turn of `src/objects/conversation_do.rs` over storage in memory.

use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::decide;
use edgedesk::domain::conversation::event::{Author, Entry};
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::view::{AgentEvent, ConversationView, PublicConversation, PublicEvent};
use edgedesk::domain::id::ClientId;
use edgedesk::domain::people::permission::{Capability, permit};
use edgedesk::domain::time::Instant;
use serde_json::json;
use std::collections::BTreeMap;

/// What reaches the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    pub actor: Actor,
    pub client_id: Option<ClientId>,
    pub command: Command,
}

/// Where the machine dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    BeforeCommit,
    /// What was decided is durable, but nobody hears of it.
    BeforeAnswer,
}

/// What a client gets to read.
pub type Answer = Result<String, Refusal>;

/// What survives a crash: the tables, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Disk {
    snapshot: Option<String>,
    events: Vec<String>,
    /// By author and the author's name for the request: the first event it caused, and the request's fingerprint.
    sent: BTreeMap<(String, ClientId), (u64, String)>,
}

/// The object: its tables, and what it remembers of them while awake.
#[derive(Debug, Default)]
pub struct Object {
    disk: Disk,
    snapshot: Option<State>,
}

impl Object {
    /// One turn; no answer where the machine died.
    pub fn handle(&mut self, request: &Request, now: Instant, crash: Option<Crash>) -> Option<Answer> {
        let answer = match self.decide(request, now) {
            Ok(Decision::Repeat(first)) => Ok(self.answer_to(request, first.map(|entry| *entry))),
            Ok(Decision::Commit(disk, after, entries)) => {
                if crash == Some(Crash::BeforeCommit) {
                    self.snapshot = None;
                    return None;
                }
                self.disk = disk;
                self.snapshot = Some(*after);
                Ok(self.answer_to(request, entries.into_iter().next()))
            }
            Err(refusal) => Err(refusal),
        };
        if crash.is_some() {
            self.snapshot = None;
            return None;
        }
        Some(answer)
    }

    /// The conversation as an actor sees it.
    pub fn view(&mut self, actor: &Actor) -> String {
        match (actor, self.load()) {
            (_, None) => "{}".to_owned(),
            (Actor::Customer { .. }, Some(state)) => json!(PublicConversation::from(&state)).to_string(),
            (_, Some(state)) => json!(ConversationView::from(&state)).to_string(),
        }
    }

    /// The log as it was written.
    pub fn entries(&self) -> Vec<Entry> {
        self.disk.events.iter().map(|entry| read(entry)).collect()
    }

    /// The state as it was written.
    pub fn state(&self) -> Option<State> {
        self.disk.snapshot.as_deref().map(read)
    }

    /// Everything that is durable, to see whether it changed.
    pub fn durable(&self) -> String {
        format!("{:?}", self.disk)
    }

    fn decide(&mut self, request: &Request, now: Instant) -> Result<Decision, Refusal> {
        let before = self.load();
        if let Some(first) = self.repeated(before.as_ref(), request)? {
            return Ok(Decision::Repeat(first.map(Box::new)));
        }
        let (mut state, by, events) = match (before, &request.command) {
            (None, Command::Open(opening)) => {
                let by = Author::Customer { name: opening.contact.name.clone() };
                (State::before(opening, now), by, decide::open(opening, &request.actor)?)
            }
            (None, _) => return Err(Refusal::NotFound),
            (Some(state), command) => {
                let events = decide::decide(&state, &request.actor, command, now)?;
                let by = decide::author(&state, &request.actor, &request.command);
                (state, by, events)
            }
        };
        let entries = state.record(&by, events, now);
        Ok(Decision::Commit(self.written(request, &state, &entries), Box::new(state), entries))
    }

    /// The first entry of a command that came before. It is a secret to those who may not see the conversation.
    fn repeated(&self, before: Option<&State>, request: &Request) -> Result<Option<Option<Entry>>, Refusal> {
        let (Some(state), Some(client_id)) = (before, request.client_id) else { return Ok(None) };
        let Some((seq, fingerprint)) = self.disk.sent.get(&(author(&request.actor), client_id)) else {
            return Ok(None);
        };
        visible(state, &request.actor)?;
        if *fingerprint != fingerprint_of(request) {
            return Err(Refusal::ClientIdReused);
        }
        let index = usize::try_from(*seq).ok().and_then(|seq| seq.checked_sub(1));
        Ok(Some(index.and_then(|index| self.disk.events.get(index)).map(|entry| read(entry))))
    }

    /// The tables after the turn: all of it, or none.
    fn written(&self, request: &Request, after: &State, entries: &[Entry]) -> Disk {
        let mut disk = self.disk.clone();
        disk.snapshot = Some(json!(after).to_string());
        disk.events.extend(entries.iter().map(|entry| json!(entry).to_string()));
        if let Some(client_id) = request.client_id {
            let seq = entries.first().map_or(0, |entry| entry.seq);
            let before = disk.sent.insert((author(&request.actor), client_id), (seq, fingerprint_of(request)));
            assert!(before.is_none(), "the table's key is unique");
        }
        disk
    }

    fn load(&mut self) -> Option<State> {
        if self.snapshot.is_none() {
            self.snapshot = self.state();
        }
        self.snapshot.clone()
    }

    fn answer_to(&mut self, request: &Request, first: Option<Entry>) -> String {
        match (&request.command, first) {
            (Command::Message { .. } | Command::Note { .. }, Some(entry)) => said(&request.actor, entry),
            _ => self.view(&request.actor),
        }
    }
}

enum Decision {
    /// It was done before; its first event, if it had any.
    Repeat(Option<Box<Entry>>),
    Commit(Disk, Box<State>, Vec<Entry>),
}

fn said(actor: &Actor, entry: Entry) -> String {
    match actor {
        Actor::Customer { .. } => {
            let event = PublicEvent::of(&entry).expect("customers see what they write");
            json!({ "seq": event.seq, "event": event }).to_string()
        }
        _ => json!({ "seq": entry.seq, "event": AgentEvent::from(entry) }).to_string(),
    }
}

fn visible(state: &State, actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Customer { link_version } if *link_version != state.link_version => Err(Refusal::NotFound),
        Actor::Agent(member) => Ok(permit(member, Capability::ConversationView, state.relation_to(member))?),
        Actor::Customer { .. } | Actor::Automation { .. } | Actor::System => Ok(()),
    }
}

fn author(actor: &Actor) -> String {
    match actor {
        Actor::Customer { .. } => "customer".to_owned(),
        Actor::Agent(member) => member.id.to_string(),
        Actor::Automation { rule } => format!("automation:{}", rule.id),
        Actor::System => "system".to_owned(),
    }
}

fn fingerprint_of(request: &Request) -> String {
    json!(request.command.fingerprint()).to_string()
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("what was written can be read")
}
