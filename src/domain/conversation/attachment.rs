//! Files that come with words.

use crate::domain::id::FileId;
use serde::{Deserialize, Serialize};

/// A file as the message it came with remembers it; its bytes are stored elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Attachment {
    pub id: FileId,
    /// As its sender called it, cleaned.
    pub name: String,
    /// As sniffed, never as claimed.
    #[serde(rename = "type")]
    pub media_type: String,
    /// In bytes.
    pub size: u32,
}
