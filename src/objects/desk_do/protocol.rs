//! What the Worker and conversations ask of a company's Desk, and who its sockets belong to.

use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::{ConversationId, SessionId};
use crate::domain::people::member::Member;
use serde::{Deserialize, Serialize};

/// One request to the Desk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum DeskRequest {
    /// A conversation changed, and the index has it.
    Publish { conversation: Box<Conversation> },
    /// An agent's session opens a conversation: should the session end, that socket has to close too.
    Watch { session: SessionId, conversation: ConversationId },
    /// A session ended: its sockets close, here and at the conversations it watches.
    Revoke { session: SessionId },
}

/// Whose socket a dashboard's is; kept with it while the object sleeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DashboardOpening {
    pub member: Member,
    pub session: SessionId,
    /// The last entry of the feed the dashboard has; none when it wants only what comes.
    pub after: Option<u64>,
}
