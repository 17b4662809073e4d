//! What agents mark conversations with: tags and priorities.

use crate::domain::id::TagId;
use serde::{Deserialize, Serialize};

/// Most tags of one conversation.
pub const MOST_TAGS: usize = 20;

/// A tag on a conversation (specification C10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TagRef {
    pub id: TagId,
    pub name: String,
    /// One of the colours that tags have, by name; empty for none.
    #[serde(default)]
    pub colour: String,
}

/// How urgent a conversation is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}
