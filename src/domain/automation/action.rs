//! Then: what a rule does.

use super::rule::{Kind, Named, check_span};
use crate::domain::conversation::label::Priority;
use crate::domain::id::{AgentId, FolderId, TagId, TeamId};
use crate::domain::input::{self, FieldError};
use crate::domain::time::Span;
use serde::{Deserialize, Serialize};

/// One thing that a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    Tag {
        tag_id: TagId,
    },
    Untag {
        tag_id: TagId,
    },
    /// Sort it into a folder, or out of one.
    Folder {
        folder_id: Option<FolderId>,
    },
    /// Give it to a group or a business unit, or take it from one; the Desk deals it to one of its people.
    Team {
        team_id: Option<TeamId>,
    },
    Priority {
        priority: Priority,
    },
    /// Give it to an agent, if he is below his limit.
    Assign {
        agent_id: AgentId,
    },
    Close {},
    /// Put it aside.
    Snooze {
        /// From one second to ninety days.
        r#for: Span,
    },
    /// Leave an internal comment.
    Note {
        body: String,
    },
    /// Write to the customer, in the company's name.
    Message {
        body: String,
    },
}

impl Action {
    /// Checks what it says.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(self, field: &str) -> Result<Self, FieldError> {
        match self {
            Self::Snooze { r#for } => Ok(Self::Snooze { r#for: check_span(format!("{field}.for"), r#for)? }),
            Self::Note { body } => Ok(Self::Note { body: input::message(&format!("{field}.body"), &body)? }),
            Self::Message { body } => Ok(Self::Message { body: input::message(&format!("{field}.body"), &body)? }),
            other => Ok(other),
        }
    }

    /// What it names.
    #[must_use]
    pub fn names(&self) -> Option<Named> {
        let (kind, id) = match self {
            Self::Tag { tag_id } | Self::Untag { tag_id } => (Kind::Tag, tag_id.to_string()),
            Self::Folder { folder_id } => (Kind::Folder, folder_id.as_ref()?.to_string()),
            Self::Team { team_id } => (Kind::Team, team_id.as_ref()?.to_string()),
            Self::Assign { agent_id } => (Kind::Agent, agent_id.to_string()),
            _ => return None,
        };
        Some(Named { kind, id })
    }
}
