//! What the Worker asks of a conversation's object, and what clients say on its sockets.

use crate::domain::conversation::command::{Actor, Command};
use crate::domain::id::ClientId;
use crate::objects::cut::{Cut, Holder};
use serde::{Deserialize, Serialize};

/// One request to the object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum ConversationRequest {
    /// Decide a command. Answers `{seq, event}` to words, and the conversation to everything else.
    Command { actor: Actor, client_id: Option<ClientId>, command: Command },
    /// The conversation as the actor sees it.
    Read { actor: Actor },
    /// The events after a position, as the actor sees them: `{items, next, head}`.
    Events { actor: Actor, after: u64, limit: u32 },
    /// The conversation and all its events, for a page rendered here.
    Page { actor: Actor },
    /// Close sockets of agents.
    Cut { cut: Cut },
}

/// Who a socket belongs to; kept with it while the object sleeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SocketOpening {
    pub actor: Actor,
    /// Which agent's, and by which session; none for customers.
    pub holder: Option<Holder>,
    /// The last event the client has; none when it wants only what comes.
    pub after: Option<u64>,
}

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    Message { client_id: ClientId, body: String },
    Note { client_id: ClientId, body: String },
    Typing {},
    Read { seq: u64 },
}
