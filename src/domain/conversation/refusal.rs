//! Why a conversation refuses a command. `http::problem` maps these to statuses, in one table.

use super::event::AgentRef;
use super::merge::ConversationRef;
use super::status::Status;
use crate::domain::assignment::message::NoSlot;
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, Denied};
use serde::{Deserialize, Serialize};

/// A command that was understood and not carried out; nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The conversation does not exist, or the actor may not know that it does.
    NotFound,
    /// The actor sees it but may not do this.
    Forbidden { missing: Capability },
    /// Somebody has it.
    AlreadyAssigned { assignee: AgentRef },
    /// The assignment has changed since the actor looked.
    StaleEpoch { assignment_epoch: u64, assignee: Option<AgentRef> },
    /// It is closed: open it again first.
    ConversationClosed,
    /// It was merged into another one: everything goes on there.
    Merged { into: ConversationRef },
    /// The customer's link died when the conversation was joined with another one of his. An address that somebody names is
    /// unproven, so only the mailbox is told where it goes on.
    Joined,
    /// It is being merged into another one in this very moment.
    Merging,
    /// It could not be merged: both conversations are as they were.
    NotMerged,
    /// This status does not follow from that one.
    IllegalTransition { from: Status, to: Status },
    /// The agent is never assigned conversations, or no longer works here.
    NotAssignable,
    /// The agent has as many conversations as he may have.
    AtCapacity { open: u32, limit: u32 },
    /// A field of the command is wrong.
    Invalid { field: String, detail: String, fault: String },
    /// The actor says too much within a minute; seconds until he may go on.
    TooOften { retry_after: u32 },
    /// So much was brought within a day that some of it has to become older first; seconds until then.
    TooManyUploads { retry_after: u32 },
    /// The company does not have messages translated, or nothing is there that would.
    TranslationOff,
    /// What translates does not answer; seconds after which it may.
    TranslationUnavailable { retry_after: u32 },
    /// The same `client_id` came with another command before.
    ClientIdReused,
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::NotVisible => Self::NotFound,
            Denied::Forbidden(missing) => Self::Forbidden { missing },
        }
    }
}

impl From<NoSlot> for Refusal {
    fn from(no_slot: NoSlot) -> Self {
        match no_slot {
            NoSlot::Full { open, limit } => Self::AtCapacity { open, limit },
            NoSlot::Stale | NoSlot::NotAssignable | NoSlot::Unavailable => Self::NotAssignable,
        }
    }
}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::Invalid { field: error.field, detail: error.detail, fault: error.code.to_owned() }
    }
}
