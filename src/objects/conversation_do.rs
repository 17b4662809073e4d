//! The conversation's object: it serialises everything that happens to one conversation.
//!
//! One turn reads, decides and writes without an `await` in between, so that no other event of the object comes
//! between (input gates do not cover calls to D1 or other objects); the output gate holds the answer back until what was
//! written is durable. What is owed to others (index, feed, mail) is part of what the turn writes and is delivered
//! afterwards; an alarm stands behind it.

pub mod protocol;
mod schema;
mod sockets;

use self::protocol::{ClientFrame, ConversationRequest, SocketOpening};
use self::schema::{Idempotency, Numbering, Snapshot, Tables, Turn};
use super::{call, socket};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::decide;
use crate::domain::conversation::event::{Author, Entry, Event};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::{AgentEvent, ConversationView, PublicConversation, PublicEvent};
use crate::domain::id::ClientId;
use crate::domain::people::permission::{Capability, permit};
use crate::domain::time::{Instant, Span};
use crate::effects;
use crate::effects::mail::Occasion;
use crate::platform::{clock, log};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object,
};

/// The binding of `wrangler.toml`.
pub const BINDING: &str = "CONVERSATIONS";

/// Largest frame a client may send, in bytes (`api.md`, "Sizes").
const FRAME_BYTES: usize = 65_536;
/// Most events in one answer.
const EVENTS_AT_ONCE: u32 = 1_000;
/// An alarm rings this long after something became owed, should the delivery that follows each turn have failed.
const OWED_WITHIN: Span = Span::seconds(10);
/// A delivery that has not come to an end by then is taken for dead.
const DELIVERY_DIES_AFTER: Span = Span::seconds(60);

/// The Durable Object of one conversation.
#[durable_object]
pub struct ConversationObject {
    core: Rc<Core>,
}

struct Core {
    object: State,
    env: Env,
    tables: Tables,
    /// The snapshot as last written; none before it is first read, or after a write failed.
    snapshot: RefCell<Option<Snapshot>>,
    /// When the alarm rings, as far as is known.
    alarm_at: Cell<Option<Instant>>,
    delivering_since: Cell<Option<Instant>>,
}

impl DurableObject for ConversationObject {
    fn new(object: State, env: Env) -> Self {
        let tables = Tables::new(object.storage());
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new("ping", "pong") {
            object.set_websocket_auto_response(&pair);
        }
        let core = Core {
            object,
            env,
            tables,
            snapshot: RefCell::new(None),
            alarm_at: Cell::new(None),
            delivering_since: Cell::new(None),
        };
        Self { core: Rc::new(core) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(opening) = call::opening::<SocketOpening>(&request)? {
            return self.core.open_socket(&opening);
        }
        let request = request.json::<ConversationRequest>().await?;
        let answer = self.core.answer(request).await?;
        Core::deliver_afterwards(&self.core);
        match answer {
            Ok(json) => call::done(&json),
            Err(refusal) => call::refused(&refusal),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.core.alarm_at.set(None);
        if let Err(error) = self.core.ring().await {
            log::fault("conversation alarm", "", &error);
        }
        Response::ok("")
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        if let Err(error) = self.core.hear(&socket, message).await {
            log::fault("conversation socket", "", &error);
            socket::close(&socket, 1011, "internal error");
        }
        Core::deliver_afterwards(&self.core);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        socket::close_back(&socket, code);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        socket::close(&socket, 1011, "");
        Ok(())
    }
}

impl Core {
    async fn answer(&self, request: ConversationRequest) -> Result<std::result::Result<String, Refusal>> {
        match request {
            ConversationRequest::Command { actor, client_id, command } => {
                Ok(match self.command(&actor, client_id, &command).await? {
                    Ok(done) => Ok(self.answer_to(&actor, &command, done)?),
                    Err(refusal) => Err(refusal),
                })
            }
            ConversationRequest::Read { actor } => {
                self.read(&actor, |core, conversation| core.view(&actor, conversation))
            }
            ConversationRequest::Events { actor, after, limit } => {
                self.read(&actor, |core, conversation| core.events(&actor, conversation, after, limit))
            }
            ConversationRequest::Page { actor } => self.read(&actor, |core, conversation| {
                core.customer_looked()?;
                let events = core.page_events(&actor)?;
                Ok(json!({ "conversation": PublicConversation::from(conversation), "events": events }).to_string())
            }),
            ConversationRequest::Revoke { session } => {
                sockets::revoke(&self.object, session);
                Ok(Ok("{}".to_owned()))
            }
        }
    }

    /// One turn. Between `load` and the end of `commit` nothing is awaited: what was decided is decided on what is.
    async fn command(
        &self,
        actor: &Actor,
        client_id: Option<ClientId>,
        command: &Command,
    ) -> Result<std::result::Result<Vec<Entry>, Refusal>> {
        let now = clock::now();
        let before = self.load()?;
        let key = client_id.map(|client_id| idempotency(actor, client_id, command)).transpose()?;
        if let (Some(before), Some(key)) = (&before, &key) {
            if let Err(denied) = visible(&before.state, actor) {
                return Ok(Err(denied));
            }
            if let Some(sent) = self.tables.sent(key)? {
                return self.repeat(key, sent.seq, &sent.hash);
            }
        }
        let (mut after, by, events) = match (before.clone(), command) {
            (None, Command::Open(opening)) => match decide::open(opening) {
                Ok(events) => {
                    let state = Conversation::before(opening, now);
                    let by = Author::Customer { name: opening.contact.name.clone() };
                    (Snapshot { state, indexed_rev: 0, notified: true }, by, events)
                }
                Err(refusal) => return Ok(Err(refusal)),
            },
            (None, _) => return Ok(Err(Refusal::NotFound)),
            (Some(snapshot), command) => match decide::decide(&snapshot.state, actor, command, now) {
                Ok(events) => {
                    let by = decide::author(&snapshot.state, actor);
                    (snapshot, by, events)
                }
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        let mail = self.occasion(before.as_ref(), &by, &events, &mut after);
        let entries = after.state.record(&by, events, now);
        self.commit(before.as_ref(), after, &entries, key.as_ref(), mail)?;
        self.arm(now).await?;
        Ok(Ok(entries))
    }

    fn load(&self) -> Result<Option<Snapshot>> {
        if self.snapshot.borrow().is_none() {
            *self.snapshot.borrow_mut() = self.tables.load()?;
        }
        Ok(self.snapshot.borrow().clone())
    }

    /// The entries that a command caused when it came first; a conflict when it was another one then.
    fn repeat(&self, key: &Idempotency, seq: u64, hash: &str) -> Result<std::result::Result<Vec<Entry>, Refusal>> {
        if hash != key.hash {
            return Ok(Err(Refusal::ClientIdReused));
        }
        let first =
            if seq == 0 { Vec::new() } else { self.tables.entries(Numbering::All, seq.saturating_sub(1), 1)? };
        Ok(Ok(first))
    }

    /// The mail a turn owes the customer: the link when he starts, and word of an answer that he does not see live.
    fn occasion(
        &self,
        before: Option<&Snapshot>,
        by: &Author,
        events: &[Event],
        after: &mut Snapshot,
    ) -> Option<Occasion> {
        if before.is_none() {
            return Some(Occasion::Opened);
        }
        let said = events.iter().any(|event| matches!(event, Event::Message { .. }));
        match by {
            Author::Customer { .. } if said => {
                after.notified = false;
                None
            }
            Author::Agent(_) if said && !after.notified && !sockets::customer_listens(&self.object) => {
                after.notified = true;
                Some(Occasion::Answered)
            }
            _ => None,
        }
    }

    fn commit(
        &self,
        before: Option<&Snapshot>,
        after: Snapshot,
        entries: &[Entry],
        key: Option<&Idempotency>,
        mail: Option<Occasion>,
    ) -> Result<()> {
        if entries.is_empty() && key.is_none() {
            return Ok(());
        }
        let turn = Turn { first: before.is_none(), snapshot: &after, entries, idempotency: key, mail };
        if let Err(error) = self.tables.write(&turn) {
            *self.snapshot.borrow_mut() = None;
            return Err(error);
        }
        sockets::broadcast(&self.object, before.map(|before| &before.state), &after.state, entries);
        *self.snapshot.borrow_mut() = Some(after);
        Ok(())
    }

    /// Sees to it that the alarm rings in time for what is due and for what is owed.
    async fn arm(&self, now: Instant) -> Result<()> {
        let Some(snapshot) = self.snapshot.borrow().clone() else { return Ok(()) };
        let owed = (snapshot.indexed_rev < snapshot.state.head).then(|| now.after(OWED_WITHIN));
        let Some(wanted) = owed.into_iter().chain(snapshot.state.next_due()).min() else { return Ok(()) };
        if self.alarm_at.get().is_none_or(|at| wanted < at) {
            self.alarm_at.set(Some(wanted));
            // A date is absolute; a bare number would be an offset.
            let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(milliseconds(wanted)));
            self.object.storage().set_alarm(worker::ScheduledTime::new(date)).await?;
        }
        Ok(())
    }

    /// The alarm rang, perhaps early, perhaps twice: does what is due by what is stored.
    async fn ring(&self) -> Result<()> {
        if self.load()?.is_none() {
            return Ok(());
        }
        if let Err(refusal) = self.command(&Actor::System, None, &Command::Tick).await? {
            log::fault("conversation tick", "", &format!("{refusal:?}"));
        }
        let now = clock::now();
        self.arm(now).await?;
        self.deliver().await;
        self.arm(clock::now()).await
    }

    /// Delivers what is owed once the answer is on its way.
    fn deliver_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move { this.deliver().await });
    }

    /// Delivers what is owed until nothing is, or something fails; the alarm tries again then.
    async fn deliver(&self) {
        let now = clock::now();
        if self.delivering_since.get().is_some_and(|since| now < since.after(DELIVERY_DIES_AFTER)) {
            return;
        }
        self.delivering_since.set(Some(now));
        loop {
            match self.deliver_one().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    log::fault("conversation effects", "", &error);
                    break;
                }
            }
        }
        self.delivering_since.set(None);
    }

    async fn deliver_one(&self) -> std::result::Result<bool, String> {
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        let rev = snapshot.state.head;
        if snapshot.indexed_rev < rev {
            effects::index::deliver(&self.env, &snapshot.state).await?;
            if let Some(snapshot) = self.snapshot.borrow_mut().as_mut() {
                snapshot.indexed_rev = snapshot.indexed_rev.max(rev);
            }
            self.tables.was_indexed(rev).map_err(|error| error.to_string())?;
            return Ok(true);
        }
        if let Some(owed) = self.tables.owed_mail().map_err(|error| error.to_string())? {
            effects::mail::deliver(&self.env, &snapshot.state, &owed.mail).await?;
            self.tables.mail_was_sent(owed.id).map_err(|error| error.to_string())?;
            return Ok(true);
        }
        Ok(false)
    }

    fn read(
        &self,
        actor: &Actor,
        answer: impl FnOnce(&Self, &Conversation) -> Result<String>,
    ) -> Result<std::result::Result<String, Refusal>> {
        let Some(snapshot) = self.load()? else { return Ok(Err(Refusal::NotFound)) };
        match visible(&snapshot.state, actor) {
            Ok(()) => answer(self, &snapshot.state).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// The customer has seen what there is: the next answer is worth a mail again.
    fn customer_looked(&self) -> Result<()> {
        if self.load()?.is_some_and(|snapshot| snapshot.notified) {
            self.tables.customer_looked()?;
            if let Some(snapshot) = self.snapshot.borrow_mut().as_mut() {
                snapshot.notified = false;
            }
        }
        Ok(())
    }

    fn answer_to(&self, actor: &Actor, command: &Command, entries: Vec<Entry>) -> Result<String> {
        let words = matches!(command, Command::Message { .. } | Command::Note { .. });
        match (entries.into_iter().next(), self.load()?) {
            (Some(entry), _) if words => Ok(said(actor, entry)),
            (_, Some(snapshot)) => self.view(actor, &snapshot.state),
            _ => Ok("{}".to_owned()),
        }
    }

    fn view(&self, actor: &Actor, conversation: &Conversation) -> Result<String> {
        Ok(match actor {
            Actor::Customer { .. } => serde_json::to_string(&PublicConversation::from(conversation))?,
            _ => serde_json::to_string(&ConversationView::from(conversation))?,
        })
    }

    fn events(&self, actor: &Actor, conversation: &Conversation, after: u64, limit: u32) -> Result<String> {
        let limit = limit.min(EVENTS_AT_ONCE);
        let entries = self.tables.entries(numbering(actor), after, limit.saturating_add(1))?;
        let more = entries.len() > limit as usize;
        let entries = entries.into_iter().take(limit as usize);
        Ok(match actor {
            Actor::Customer { .. } => {
                let items: Vec<PublicEvent> = entries.filter_map(|entry| PublicEvent::of(&entry)).collect();
                list(more.then(|| items.last().map(|event| event.seq)).flatten(), conversation.pub_head, &items)
            }
            _ => {
                let items: Vec<AgentEvent> = entries.map(AgentEvent::from).collect();
                list(more.then(|| items.last().map(|event| event.seq)).flatten(), conversation.head, &items)
            }
        })
    }

    /// What a page of the whole conversation shows: its newest events.
    fn page_events(&self, actor: &Actor) -> Result<Vec<PublicEvent>> {
        let Some(snapshot) = self.load()? else { return Ok(Vec::new()) };
        let after = snapshot.state.pub_head.saturating_sub(u64::from(EVENTS_AT_ONCE));
        let entries = self.tables.entries(numbering(actor), after, EVENTS_AT_ONCE)?;
        Ok(entries.iter().filter_map(PublicEvent::of).collect())
    }

    fn open_socket(&self, opening: &SocketOpening) -> Result<Response> {
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let Some(snapshot) = self.load()? else { return call::refused(&Refusal::NotFound) };
        if let Err(refusal) = visible(&snapshot.state, &opening.actor) {
            return call::refused(&refusal);
        }
        sockets::accept(&self.object, &server, opening)?;
        let head = match opening.actor {
            Actor::Customer { .. } => snapshot.state.pub_head,
            _ => snapshot.state.head,
        };
        sockets::hello(&server, head);
        match opening.after {
            Some(after) if after > head || head - after > u64::from(EVENTS_AT_ONCE) => sockets::resync(&server, head),
            Some(after) => {
                let missed = self.tables.entries(numbering(&opening.actor), after, EVENTS_AT_ONCE)?;
                sockets::catch_up(&server, &opening.actor, missed);
            }
            None => {}
        }
        Response::from_websocket(client)
    }

    async fn hear(&self, socket: &WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        let Some(owner) = sockets::owner(socket) else {
            socket::close(socket, 4401, "");
            return Ok(());
        };
        let text = match message {
            WebSocketIncomingMessage::String(text) if text.len() <= FRAME_BYTES => text,
            WebSocketIncomingMessage::Binary(bytes) if bytes.len() <= FRAME_BYTES => {
                socket::misunderstood(socket);
                return Ok(());
            }
            _ => {
                socket::close(socket, 1009, "too large");
                return Ok(());
            }
        };
        match serde_json::from_str::<ClientFrame>(&text) {
            Ok(ClientFrame::Message { client_id, body }) => {
                self.say(socket, &owner.actor, client_id, Command::Message { body }).await
            }
            Ok(ClientFrame::Note { client_id, body }) => {
                self.say(socket, &owner.actor, client_id, Command::Note { body }).await
            }
            Ok(ClientFrame::Typing {}) => {
                if let Some(snapshot) = self.load()? {
                    sockets::broadcast_typing(&self.object, socket, &owner.actor, &snapshot.state);
                }
                Ok(())
            }
            Ok(ClientFrame::Read { .. }) => match owner.actor {
                Actor::Customer { .. } => self.customer_looked(),
                _ => Ok(()),
            },
            Err(_) => {
                socket::misunderstood(socket);
                Ok(())
            }
        }
    }

    async fn say(&self, socket: &WebSocket, actor: &Actor, client_id: ClientId, command: Command) -> Result<()> {
        match self.command(actor, Some(client_id), &command).await? {
            Ok(entries) => {
                if let Some(entry) = entries.first() {
                    let seq = match actor {
                        Actor::Customer { .. } => entry.pub_seq.unwrap_or(entry.seq),
                        _ => entry.seq,
                    };
                    sockets::acknowledge(socket, client_id, seq);
                }
            }
            Err(refusal) => sockets::refuse(socket, client_id, &refusal),
        }
        Ok(())
    }
}

/// Whether an actor may know of the conversation at all.
fn visible(conversation: &Conversation, actor: &Actor) -> std::result::Result<(), Refusal> {
    match actor {
        Actor::Customer { link_version } if *link_version == conversation.link_version => Ok(()),
        Actor::Customer { .. } => Err(Refusal::NotFound),
        Actor::Agent(member) => Ok(permit(member, Capability::ConversationView, conversation.relation_to(member))?),
        Actor::System => Ok(()),
    }
}

fn idempotency(actor: &Actor, client_id: ClientId, command: &Command) -> Result<Idempotency> {
    let author = match actor {
        Actor::Customer { .. } => "customer".to_owned(),
        Actor::Agent(member) => member.id.to_string(),
        Actor::System => "system".to_owned(),
    };
    let digest = Sha256::digest(serde_json::to_vec(&command.fingerprint())?);
    let hash = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Idempotency { author, client_id, hash })
}

fn said(actor: &Actor, entry: Entry) -> String {
    match actor {
        Actor::Customer { .. } => {
            let event = PublicEvent::of(&entry);
            json!({ "seq": event.as_ref().map(|event| event.seq), "event": event }).to_string()
        }
        _ => json!({ "seq": entry.seq, "event": AgentEvent::from(entry) }).to_string(),
    }
}

const fn numbering(actor: &Actor) -> Numbering {
    match actor {
        Actor::Customer { .. } => Numbering::Public,
        _ => Numbering::All,
    }
}

fn list(next: Option<u64>, head: u64, items: &impl Serialize) -> String {
    json!({ "items": items, "next": next.map(|seq| seq.to_string()), "head": head }).to_string()
}

#[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
fn milliseconds(at: Instant) -> f64 {
    at.as_millis() as f64
}
