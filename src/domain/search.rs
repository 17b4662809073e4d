//! Searching what was said: what is written down to be searched, what somebody asks for, and what was found.

mod query;
mod snippet;
mod words;

pub use query::{MOST_CHARACTERS, Terms};
pub use snippet::{MARK_BEGINS, MARK_ENDS, Part, parts};
pub use words::{Portion, Words, spaced, unspaced};

use serde::{Deserialize, Serialize};

/// Where something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What the conversation is about.
    Subject,
    /// The name or the address of its customer.
    Contact,
    /// Words between the customer and the company.
    Message,
    /// An internal comment.
    Note,
    /// The conversation's own number was asked for.
    Number,
}

impl Field {
    /// The column of the index; none for the number, which is no text.
    #[must_use]
    pub const fn column(self) -> Option<&'static str> {
        match self {
            Self::Subject => Some("subject"),
            Self::Contact => Some("contact"),
            Self::Message => Some("message"),
            Self::Note => Some("note"),
            Self::Number => None,
        }
    }
}
