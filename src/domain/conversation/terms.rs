//! How patient a company is with its customers and its agents.

use crate::domain::time::Span;
use serde::{Deserialize, Serialize};

/// What a company has set about waiting; every conversation has a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// How long the customer may leave an answer unanswered before the conversation is closed (specification A18, H7).
    pub pending_close_after: Span,
    /// How long a customer may wait for an answer; none where nobody counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_time: Option<Span>,
    /// What happens when he has waited for longer.
    #[serde(default)]
    pub escalation: Escalation,
}

/// What happens to a conversation whose customer has waited for too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Escalation {
    /// Whoever supervises is told.
    #[default]
    Notify,
    /// It goes back to the queue, for somebody else; and whoever supervises is told.
    Queue,
}

impl Terms {
    /// The longest time before the end of a pending conversation at which its customer is reminded.
    const LONGEST_NOTICE: Span = Span::days(3);

    /// How long before a pending conversation closes its customer is asked whether it is solved: a quarter of the whole
    /// time, three days at most.
    #[must_use]
    pub fn notice(&self) -> Span {
        self.pending_close_after.quarter().min(Self::LONGEST_NOTICE)
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self { pending_close_after: Span::days(21), response_time: None, escalation: Escalation::default() }
    }
}

impl Escalation {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Notify => "notify",
            Self::Queue => "queue",
        }
    }

    /// The policy of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Notify, Self::Queue].into_iter().find(|escalation| escalation.name() == name)
    }
}
