//! Who has which conversation open, as conversations last said.

use super::Tables;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::ConversationId;
use serde::Deserialize;
use worker::{Result, SqlStorageValue};

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS viewing (
      conversation_id TEXT PRIMARY KEY,
      conversation TEXT NOT NULL,               -- who may know of it follows from where it is
      agents TEXT NOT NULL                      -- JSON
    ) WITHOUT ROWID;
";

/// A conversation that agents have open.
pub struct Viewed {
    pub conversation: Conversation,
    pub agents: Vec<AgentName>,
}

impl Tables {
    /// Notes who has a conversation open; nobody, where none is named.
    pub fn write_viewed(&self, Viewed { conversation, agents }: &Viewed) -> Result<()> {
        let id = SqlStorageValue::String(conversation.id.to_string());
        if agents.is_empty() {
            return self.sql.exec("DELETE FROM viewing WHERE conversation_id = ?", vec![id]).map(drop);
        }
        let insert = "INSERT OR REPLACE INTO viewing (conversation_id, conversation, agents) VALUES (?, ?, ?)";
        let text = |json| SqlStorageValue::String(json);
        let values = vec![id, text(serde_json::to_string(conversation)?), text(serde_json::to_string(agents)?)];
        self.sql.exec(insert, values).map(drop)
    }

    /// Who has a conversation open, if anybody has.
    pub fn viewed(&self, id: ConversationId) -> Result<Option<Viewed>> {
        let query = "SELECT conversation, agents FROM viewing WHERE conversation_id = ?";
        Ok(self.read_viewed(query, vec![SqlStorageValue::String(id.to_string())])?.into_iter().next())
    }

    /// Everything that anybody has open.
    pub fn all_viewed(&self) -> Result<Vec<Viewed>> {
        self.read_viewed("SELECT conversation, agents FROM viewing", Vec::new())
    }

    fn read_viewed(&self, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Viewed>> {
        #[derive(Deserialize)]
        struct Row {
            conversation: String,
            agents: String,
        }
        let rows: Vec<Row> = self.sql.exec(query, values)?.to_array()?;
        let viewed = |row: Row| {
            Ok(Viewed {
                conversation: serde_json::from_str(&row.conversation)?,
                agents: serde_json::from_str(&row.agents)?,
            })
        };
        rows.into_iter().map(viewed).collect()
    }
}
