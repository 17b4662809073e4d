//! A company's Desk: the live feed of its dashboards, and who watches what.
//!
//! The feed carries each conversation's newest present, in the order in which the index got them; dashboards resume
//! with the last position they have. What a member may not see is not sent to him.

pub mod protocol;
mod schema;

use self::protocol::{DashboardOpening, DeskRequest};
use self::schema::{FeedEntry, Tables};
use super::call;
use super::conversation_do::{self, protocol::ConversationRequest};
use super::socket::{close, close_back, misunderstood, recall, remember, send, text};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::SessionId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit};
use crate::platform::log;
use serde_json::json;
use std::cell::OnceCell;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, WebSocketPair,
    durable_object,
};

/// The binding of `wrangler.toml`.
pub const BINDING: &str = "DESKS";

/// The Durable Object of one company.
#[durable_object]
pub struct DeskObject {
    object: State,
    env: Env,
    tables: OnceCell<Tables>,
}

impl DurableObject for DeskObject {
    fn new(object: State, env: Env) -> Self {
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new("ping", "pong") {
            object.set_websocket_auto_response(&pair);
        }
        Self { object, env, tables: OnceCell::new() }
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
            DeskRequest::Watch { session, conversation } => self.tables()?.watch(session, conversation)?,
            DeskRequest::Revoke { session } => self.revoke(session).await?,
        }
        call::done("{}")
    }

    async fn alarm(&self) -> Result<Response> {
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
        self.object.accept_websocket_with_tags(&server, &[&session_tag(opening.session)]);
        remember(&server, opening)?;
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

    /// Closes the sockets of a session here, then at every conversation it watches.
    async fn revoke(&self, session: SessionId) -> Result<()> {
        for socket in self.object.get_websockets_with_tag(&session_tag(session)) {
            close(&socket, 4401, "signed out");
        }
        for conversation in self.tables()?.watched(session)? {
            let request = ConversationRequest::Revoke { session };
            let answer = call::call::<Refusal>(&self.env, conversation_do::BINDING, &conversation, &request).await;
            match answer {
                Ok(_) => self.tables()?.forget(session, &conversation)?,
                Err(error) => log::fault("desk revoke", &conversation, &error),
            }
        }
        Ok(())
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

fn session_tag(session: SessionId) -> String {
    format!("session:{session}")
}
