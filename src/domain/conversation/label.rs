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

impl Priority {
    /// Its place in the order, from 0 for the least urgent.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Normal => 1,
            Self::High => 2,
            Self::Urgent => 3,
        }
    }

    /// The priority of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "low" => Some(Self::Low),
            "normal" => Some(Self::Normal),
            "high" => Some(Self::High),
            "urgent" => Some(Self::Urgent),
            _ => None,
        }
    }
}
