//! A company's Desk: the live feed of its dashboards, and who watches what.
//!
//! The feed carries each conversation's newest present, in the order in which the index got them; dashboards resume
//! with the last position they have. What a member may not see is not sent to him.

pub mod protocol;
mod schema;

use self::protocol::{Availability, DashboardOpening, DeskRequest, Presence, Presences, Seen};
use self::schema::{FeedEntry, OwedCut, Tables};
use super::call;
use super::conversation_do::{self, protocol::ConversationRequest};
use super::cut::{Cut, RecentCuts};
use super::socket::{close, close_back, misunderstood, recall, remember, send, text};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit};
use crate::platform::{clock, log};
use serde_json::json;
use std::cell::OnceCell;
use std::time::Duration;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object,
};

/// The binding of `wrangler.toml`.
pub const BINDING: &str = "DESKS";

/// A conversation that could not be told to close sockets is told again after this.
const TELL_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The Durable Object of one company.
#[durable_object]
pub struct DeskObject {
    object: State,
    env: Env,
    tables: OnceCell<Tables>,
    cuts: RecentCuts,
}

impl DurableObject for DeskObject {
    fn new(object: State, env: Env) -> Self {
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new("ping", "pong") {
            object.set_websocket_auto_response(&pair);
        }
        Self { object, env, tables: OnceCell::new(), cuts: RecentCuts::default() }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(opening) = call::opening::<DashboardOpening>(&request)? {
            return self.open_socket(&opening);
        }
        match serde_json::from_str(&request.text().await?)? {
            DeskRequest::Publish { conversation } => {
                if let Some(seq) = self.tables()?.publish(&conversation)? {
                    self.broadcast(&FeedEntry { seq, conversation: *conversation });
                }
            }
            DeskRequest::Watch { holder, conversation } => {
                if self.cuts.code_for(&holder).is_some() {
                    return call::refused(&());
                }
                self.tables()?.watch(&holder, conversation)?;
            }
            DeskRequest::Cut { cut } => self.cut(&cut).await?,
            DeskRequest::SetAvailability { agent, availability } => {
                self.tables()?.set_availability(agent, availability, clock::now())?;
            }
            DeskRequest::Presences => return call::done(&serde_json::to_string(&self.presences()?)?),
        }
        call::done("{}")
    }

    async fn alarm(&self) -> Result<Response> {
        self.tell_conversations().await?;
        Response::ok("")
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        // Dashboards only listen; `ping` is answered by the runtime.
        if text(&socket, message).is_some() {
            misunderstood(&socket);
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        close_back(&socket, code);
        if let Some(owner) = recall::<DashboardOpening>(&socket) {
            self.tables()?.saw(owner.member.id, clock::now())?;
        }
        Ok(())
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        close(&socket, 1011, "");
        Ok(())
    }
}

impl DeskObject {
    fn tables(&self) -> Result<&Tables> {
        if self.tables.get().is_none() {
            let _set_by_nobody_else = self.tables.set(Tables::new(self.object.storage())?);
        }
        self.tables.get().ok_or_else(|| worker::Error::RustError("the Desk has no tables".to_owned()))
    }

    fn open_socket(&self, opening: &DashboardOpening) -> Result<Response> {
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let [session, agent] = opening.holder.tags();
        self.object.accept_websocket_with_tags(&server, &[&session, &agent]);
        remember(&server, opening)?;
        if let Some(code) = self.cuts.code_for(&opening.holder) {
            close(&server, code, "");
            return Response::from_websocket(client);
        }
        self.tables()?.saw(opening.member.id, clock::now())?;
        let head = self.tables()?.head()?;
        send(&server, &json!({ "type": "hello", "head": head }).to_string());
        if let Some(after) = opening.after {
            match self.tables()?.since(after)? {
                Some(entries) => {
                    for entry in entries {
                        send(&server, &frame_for(&opening.member, &entry));
                    }
                }
                None => send(&server, &json!({ "type": "resync", "head": head }).to_string()),
            }
        }
        Response::from_websocket(client)
    }

    fn broadcast(&self, entry: &FeedEntry) {
        let seen = changed_frame(entry);
        for socket in self.object.get_websockets() {
            let Some(owner) = recall::<DashboardOpening>(&socket) else { continue };
            if sees(&owner.member, entry) {
                send(&socket, &seen);
            } else {
                send(&socket, &frame_for(&owner.member, entry));
            }
        }
    }

    /// Closes sockets here, then at every conversation where there may be some.
    async fn cut(&self, cut: &Cut) -> Result<()> {
        let holder = |socket: &WebSocket| recall::<DashboardOpening>(socket).map(|owner| owner.holder);
        self.cuts.make(&self.object, cut, holder, clock::now());
        self.tables()?.owe(cut)?;
        self.tell_conversations().await
    }

    /// Tells conversations to close sockets. One that cannot be told now is told later.
    async fn tell_conversations(&self) -> Result<()> {
        let mut failed = false;
        for OwedCut { id, conversation, cut } in self.tables()?.owed()? {
            let request = ConversationRequest::Cut { cut };
            match call::call::<Refusal>(&self.env, conversation_do::BINDING, &conversation, &request).await {
                Ok(_) => self.tables()?.told(id)?,
                Err(error) => {
                    log::fault("desk cut", &conversation, &error);
                    failed = true;
                }
            }
        }
        if failed { self.object.storage().set_alarm(TELL_AGAIN_AFTER).await } else { Ok(()) }
    }

    fn presences(&self) -> Result<Presences> {
        let connected = |agent: AgentId| !self.object.get_websockets_with_tag(&format!("agent:{agent}")).is_empty();
        let seen = self.tables()?.seen()?.into_iter().map(|(agent, chosen, last_seen_at)| {
            let presence = match (connected(agent), chosen) {
                (false, _) => Presence::Offline,
                (true, Availability::Online) => Presence::Online,
                (true, Availability::Away) => Presence::Away,
                (true, Availability::Busy) => Presence::Busy,
            };
            let last_seen_at = if presence == Presence::Offline { last_seen_at } else { Some(clock::now()) };
            (agent, Seen { presence, chosen, last_seen_at })
        });
        Ok(seen.collect())
    }
}

fn sees(member: &Member, entry: &FeedEntry) -> bool {
    permit(member, Capability::ConversationView, entry.conversation.relation_to(member)).is_ok()
}

/// What a member is told of an entry: the conversation, or, of one he does not see, that it is none of his.
fn frame_for(member: &Member, entry: &FeedEntry) -> String {
    if sees(member, entry) {
        changed_frame(entry)
    } else {
        json!({ "type": "event", "seq": entry.seq, "event": { "kind": "elsewhere" } }).to_string()
    }
}

fn changed_frame(entry: &FeedEntry) -> String {
    let view = ConversationView::from(&entry.conversation);
    json!({ "type": "event", "seq": entry.seq, "event": { "kind": "conversation", "conversation": view } }).to_string()
}
