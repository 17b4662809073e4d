//! What a conversation and its company's Desk tell each other about an assignment.

use crate::domain::id::{AgentId, ConversationId, FolderId, TeamId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of one attempt to give a conversation to an agent. New for every attempt (R1), and never the same from both
/// sides: each counts its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Reservation {
    /// The conversation's n-th.
    Conversation(u64),
    /// The Desk's n-th.
    Desk(u64),
}

/// That an agent has a conversation, by which reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Holding {
    pub agent: AgentId,
    pub reservation: Reservation,
}

/// A conversation that waits for an agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Waiter {
    /// Since when its customer has been waiting.
    pub since: Instant,
    #[serde(flatten)]
    pub need: Need,
}

/// Whom a waiting conversation needs. Conversations with the same need are for the same agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Need {
    pub folder: Option<FolderId>,
    pub team: Option<TeamId>,
    /// The customer's; empty where it is unknown.
    pub language: String,
    /// Who gets it if he can take it: its last agent, or the one its customer is stuck to.
    pub prefers: Option<AgentId>,
    /// Who gave it back, or from whom it was taken: he gets it again only where nobody else can take it.
    pub avoids: Option<AgentId>,
}

/// How a conversation stands: one report confirms, releases and queues (R6).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stand {
    pub epoch: u64,
    /// The newest entry of its log: orders reports of the same epoch.
    pub rev: u64,
    pub holder: Option<Holding>,
    pub waits: Option<Waiter>,
}

/// A conversation asks for a slot of an agent's (R3).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Reserve {
    pub conversation: ConversationId,
    pub reservation: Reservation,
    /// The epoch on which the attempt is based.
    pub base: u64,
    pub agent: AgentId,
    pub mode: Mode,
}

/// By what right a slot is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Somebody gives it to him, or he takes it himself: whether he is there is their business.
    ByHand,
    /// By hand, and even beyond his limit.
    Forced,
    /// It was his before: only if he is there.
    Return,
}

/// Why there is no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NoSlot {
    /// The Desk knows of a later epoch.
    Stale,
    /// Conversations are never assigned to him, or he does not work here.
    NotAssignable,
    /// He is not there.
    Unavailable,
    /// He has as many as he may have.
    Full { open: u32, limit: u32 },
}

/// A slot that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Granted {
    /// It is beyond his limit.
    pub over_limit: bool,
}

/// The Desk deals a waiting conversation (R5, R9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Offer {
    pub conversation: ConversationId,
    pub reservation: Reservation,
    pub base: u64,
    pub agent: AgentId,
}

/// A reservation has outlived its lease: hold it, or let it go for good (R7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Settle {
    pub conversation: ConversationId,
    pub reservation: Reservation,
    pub base: u64,
}

impl fmt::Display for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conversation(n) => write!(f, "c{n}"),
            Self::Desk(n) => write!(f, "d{n}"),
        }
    }
}

impl From<Reservation> for String {
    fn from(reservation: Reservation) -> Self {
        reservation.to_string()
    }
}

impl TryFrom<String> for Reservation {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let number = |digits: &str| digits.parse().map_err(|_| "expected a reservation's number");
        match (text.strip_prefix('c'), text.strip_prefix('d')) {
            (Some(digits), _) => number(digits).map(Self::Conversation),
            (_, Some(digits)) => number(digits).map(Self::Desk),
            _ => Err("expected a reservation"),
        }
    }
}
