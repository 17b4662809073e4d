//! What the Worker and conversations ask of a company's Desk, and who its sockets belong to.

use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::{AgentId, ConversationId};
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use crate::objects::cut::{Cut, Holder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One request to the Desk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum DeskRequest {
    /// A conversation changed, and the index has it.
    Publish { conversation: Box<Conversation> },
    /// Somebody opens a conversation: should he be cut off, that socket has to close too.
    Watch { holder: Holder, conversation: ConversationId },
    /// Close sockets, here and at the conversations that are watched.
    Cut { cut: Cut },
    /// An agent says whether he is there.
    SetAvailability { agent: AgentId, availability: Availability },
    /// Who is there: [`Presences`].
    Presences,
}

/// Whether an agent is there, by his own word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    #[default]
    Online,
    Away,
    Busy,
}

/// Whether an agent is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Online,
    Away,
    Busy,
    /// No dashboard of his is open.
    Offline,
}

/// What the Desk knows of an agent's presence.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Seen {
    pub presence: Presence,
    /// What he said last.
    pub chosen: Availability,
    pub last_seen_at: Option<Instant>,
}

/// Everybody the Desk has ever seen.
pub type Presences = BTreeMap<AgentId, Seen>;

/// Whose socket a dashboard's is; kept with it while the object sleeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DashboardOpening {
    pub member: Member,
    pub holder: Holder,
    /// The last entry of the feed the dashboard has; none when it wants only what comes.
    pub after: Option<u64>,
}
