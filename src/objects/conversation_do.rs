//! The conversation's object: it serialises everything that happens to one conversation.
//!
//! One turn reads, decides and writes without an `await` in between, so that no other event of the object comes
//! between (input gates do not cover calls to D1 or other objects); the output gate holds the answer back until what was
//! written is durable. What is owed to others (index, feed, mail, word to agents) is part of what the turn writes and is delivered
//! afterwards; an alarm stands behind it.

mod assignment;
mod automations;
mod delivery;
mod erasing;
mod hearing;
mod marks;
mod merging;
pub mod protocol;
mod reading;
mod restoring;
mod schema;
mod sockets;
mod translating;
mod turn;
mod uploads;

pub use self::automations::Rehearsal;
use self::protocol::{ConversationRequest, CurrentLink, SocketOpening};
use self::reading::said;
use self::schema::{Snapshot, Tables};
use self::turn::Done;
use super::cut::RecentCuts;
use super::lane::Lane;
use super::pace::Pace;
use super::{call, socket};
use crate::domain::assignment::tenure::Waiting;
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::{AgentName, PublicConversation};
use crate::domain::id::ClientId;
use crate::domain::time::Instant;
use crate::platform::translator::Translator;
use crate::platform::{clock, log, settings};
use serde_json::json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, durable_object,
};

/// The binding of `wrangler.toml`.
pub const BINDING: &str = "CONVERSATIONS";

/// An alarm whose work failed rings again after this.
const RING_AGAIN_AFTER: Duration = Duration::from_secs(10);

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
    snapshot: RefCell<Option<Rc<Snapshot>>>,
    /// When the alarm rings, as far as is known.
    alarm_at: Cell<Option<Instant>>,
    /// Attempts to get a slot whose handlers wait for the Desk.
    waiting: RefCell<Waiting>,
    reporting: Lane,
    delivering: Lane,
    pushing: Lane,
    translating: Lane,
    /// What translates, where this deployment has anything that does.
    translator: Option<Translator>,
    /// Before then, what translates is left alone.
    translator_rests_until: Cell<Instant>,
    under_way: RefCell<Vec<translating::UnderWay>>,
    telling_viewers: Lane,
    /// Agents who have it open, where the Desk is yet to be told.
    viewers: RefCell<Option<Vec<AgentName>>>,
    /// Whether more than words is owed to index and feed.
    changed_hands: Cell<bool>,
    /// Before then, index and feed are left alone.
    next_index_at: Cell<Instant>,
    cuts: RecentCuts,
    pace: Pace,
    /// Whether the conversation was erased; none before somebody asked.
    erased: Cell<Option<bool>>,
    /// How often something may have changed since the object woke.
    turns: Cell<u64>,
    /// The turn since which nothing is owed to anybody; none before everything was delivered once.
    settled_since: Cell<Option<u64>>,
}

impl DurableObject for ConversationObject {
    fn new(object: State, env: Env) -> Self {
        let tables = Tables::new(object.storage());
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new("ping", "pong") {
            object.set_websocket_auto_response(&pair);
        }
        let core = Core {
            translator: Translator::of(&env),
            pace: Pace::new(settings::words_a_minute(&env)),
            object,
            env,
            tables,
            snapshot: RefCell::new(None),
            alarm_at: Cell::new(None),
            waiting: RefCell::default(),
            reporting: Lane::default(),
            delivering: Lane::default(),
            pushing: Lane::default(),
            translating: Lane::default(),
            translator_rests_until: Cell::new(Instant::default()),
            under_way: RefCell::default(),
            telling_viewers: Lane::default(),
            viewers: RefCell::default(),
            changed_hands: Cell::new(false),
            next_index_at: Cell::new(Instant::default()),
            cuts: RecentCuts::default(),
            erased: Cell::new(None),
            turns: Cell::new(0),
            settled_since: Cell::new(None),
        };
        Self { core: Rc::new(core) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(opening) = call::opening::<SocketOpening>(&request)? {
            let opened = self.core.open_socket(&opening);
            Core::tell_viewers_afterwards(&self.core);
            return opened;
        }
        let request: ConversationRequest = serde_json::from_str(&request.text().await?)?;
        if !request.only_reads() {
            self.core.takes_a_turn();
        }
        let answer = self.core.answer(request).await?;
        if !self.core.is_settled() {
            Core::report_afterwards(&self.core);
            Core::deliver_afterwards(&self.core);
            Core::translate_afterwards(&self.core);
        }
        Core::tell_viewers_afterwards(&self.core);
        match answer {
            Ok(json) => call::done(&json),
            Err(refusal) => call::refused(&refusal),
        }
    }

    async fn alarm(&self) -> Result<Response> {
        self.core.takes_a_turn();
        self.core.alarm_at.set(None);
        if let Err(error) = self.core.ring().await {
            log::fault("conversation alarm", "", &error);
            self.core.object.storage().set_alarm(RING_AGAIN_AFTER).await?;
        }
        Core::push_afterwards(&self.core);
        Core::translate_afterwards(&self.core);
        Response::ok("")
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        self.core.takes_a_turn();
        if let Err(error) = self.core.hear(&socket, message).await {
            log::fault("conversation socket", "", &error);
            socket::close(&socket, 1011, "internal error");
        }
        Core::report_afterwards(&self.core);
        Core::deliver_afterwards(&self.core);
        Core::translate_afterwards(&self.core);
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        socket::close_back(&socket, code);
        self.core.went(&socket)?;
        Core::tell_viewers_afterwards(&self.core);
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        socket::close(&socket, 1011, "");
        self.core.went(&socket)?;
        Core::tell_viewers_afterwards(&self.core);
        Ok(())
    }
}

impl Core {
    async fn answer(&self, request: ConversationRequest) -> Result<std::result::Result<String, Refusal>> {
        match request {
            ConversationRequest::Command { actor, client_id, command } => {
                self.carry_out(&actor, client_id, &command).await
            }
            ConversationRequest::Send { actor, client_id, mut command, files } => {
                match self.files_of(&actor, &files)? {
                    Ok(attachments) => command.attach(attachments),
                    Err(refusal) => return Ok(Err(refusal)),
                }
                self.carry_out(&actor, client_id, &command).await
            }
            ConversationRequest::File { actor, about } => self.file(&actor, about).await,
            ConversationRequest::Check { actor, command } => self.check(&actor, &command),
            ConversationRequest::Read { actor } => {
                self.read(&actor, |core, conversation| core.view(&actor, conversation))
            }
            ConversationRequest::Events { actor, after, limit } => {
                self.read(&actor, |core, conversation| core.events(&actor, conversation, after, limit))
            }
            ConversationRequest::Log { actor, after, limit } => {
                self.read(&actor, |core, conversation| core.log(conversation, after, limit))
            }
            ConversationRequest::BackUp { after, limit } => self.back_up(after, limit),
            ConversationRequest::Restore(part) => Ok(Ok(serde_json::to_string(&self.restore(&part)?)?)),
            ConversationRequest::Awaken => Ok(Ok(serde_json::to_string(&self.awaken().await?)?)),
            ConversationRequest::TellAnew => self.tell_anew().await,
            ConversationRequest::Page { actor, looks } => self.read(&actor, |core, conversation| {
                let (events, read) = (core.page_events(&actor)?, core.read_marks()?);
                if looks {
                    core.customer_has_read(&actor, conversation.pub_head)?;
                }
                let (view, language) = (PublicConversation::from(conversation), &conversation.language);
                let first = events.first().map_or(0, |event| event.seq.saturating_sub(1));
                let translations = core.told(&actor, first, conversation.pub_head)?;
                Ok(json!({
                    "conversation": view, "events": events, "language": language, "read": read,
                    "translations": translations,
                })
                .to_string())
            }),
            ConversationRequest::Speak { actor, language } => self.read(&actor, |core, conversation| {
                core.set_language(&language)?;
                core.view(&actor, conversation)
            }),
            ConversationRequest::Translate { actor, seq, to, on } => self.translation(&actor, seq, &to, on).await,
            ConversationRequest::Absorb { by, source } => self.absorb(*by, *source).await,
            ConversationRequest::EndMerge { source, attempt } => self.end_merge(source, attempt, Refusal::NotMerged),
            ConversationRequest::Viewers => {
                self.say_viewers(None)?;
                Ok(Ok("{}".to_owned()))
            }
            ConversationRequest::Link => self.read(&Actor::System, |_, conversation| {
                Ok(serde_json::to_string(&CurrentLink { version: conversation.link_version })?)
            }),
            ConversationRequest::Rehearse { actor, rule, times } => {
                self.read(&actor, |core, _| Ok(serde_json::to_string(&core.rehearse(&rule, &times)?)?))
            }
            ConversationRequest::Reconsider => {
                self.reconsider_wait()?;
                Ok(Ok("{}".to_owned()))
            }
            ConversationRequest::Offer(dealt) => Ok(Ok(serde_json::to_string(&self.offered(&dealt).await?)?)),
            ConversationRequest::Settle(settle) => Ok(Ok(serde_json::to_string(&self.settle(&settle).await?)?)),
            ConversationRequest::Erase => {
                self.erase().await?;
                Ok(Ok("{}".to_owned()))
            }
            ConversationRequest::Cut { cut } => {
                let holder = |socket: &WebSocket| sockets::owner(socket)?.holder;
                self.cuts.make(&self.object, &cut, holder, clock::now());
                Ok(Ok("{}".to_owned()))
            }
        }
    }

    async fn carry_out(
        &self,
        actor: &Actor,
        client_id: Option<ClientId>,
        command: &Command,
    ) -> Result<std::result::Result<String, Refusal>> {
        if let (Command::Merge { into, contact }, Actor::Agent(member)) = (command, actor) {
            return self.merge(member, client_id, into, *contact).await;
        }
        Ok(match self.command(actor, client_id, command).await? {
            Ok(Done::Said(entry)) => Ok(said(actor, *entry)),
            Ok(Done::Changed(view)) => Ok(view),
            Err(refusal) => Err(refusal),
        })
    }
}
