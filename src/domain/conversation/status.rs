//! Where a conversation stands.

use serde::{Deserialize, Serialize};

/// Where a conversation stands (specification C14, Z1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No agent has answered yet.
    New,
    /// An agent answered; it waits for the customer.
    Pending,
    /// The customer answered; it waits for an agent.
    Open,
    /// Done; may be opened again at any time.
    Closed,
    /// Put aside until an instant or the customer's next message.
    Snoozed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::New, Self::Pending, Self::Open, Self::Closed, Self::Snoozed];

    /// The name that the contract and the index use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Snoozed => "snoozed",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
