//! What the customer thinks of how he was served.

use crate::domain::input::{self, FieldError};
use serde::{Deserialize, Serialize};

/// Characters of a rating's comment, at most.
pub const COMMENT_CHARACTERS: usize = 2_000;

/// A customer's rating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rating {
    /// From 1 (bad) to 5 (very good).
    #[schema(minimum = 1, maximum = 5)]
    pub score: u8,
    /// Why, in his words; empty where he says nothing.
    #[serde(default)]
    pub comment: String,
}

impl Rating {
    /// A rating that can be shown.
    ///
    /// # Errors
    /// When the score is not from 1 to 5, or the comment is too long.
    pub fn checked(&self) -> Result<Self, FieldError> {
        if !(1..=5).contains(&self.score) {
            return Err(FieldError::new("score", "out_of_range", "From 1 to 5, please."));
        }
        Ok(Self { score: self.score, comment: input::text("comment", &self.comment, COMMENT_CHARACTERS)? })
    }
}
