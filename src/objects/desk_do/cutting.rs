//! Closing sockets, here and at conversations.

use super::Core;
use super::protocol::DashboardOpening;
use super::schema::OwedCut;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::AgentId;
use crate::domain::time::Span;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::cut::Cut;
use crate::objects::socket::recall;
use crate::platform::{clock, log};
use std::collections::BTreeSet;
use worker::{Result, WebSocket};

/// A conversation that could not be told to close sockets is told again after this.
pub(super) const TELL_AGAIN_AFTER: Span = Span::seconds(2);

impl Core {
    /// Closes sockets here, then at every conversation where there may be some.
    pub(super) async fn cut(&self, cut: &Cut) -> Result<()> {
        let holder = |socket: &WebSocket| recall::<DashboardOpening>(socket).map(|owner| owner.holder);
        self.cuts.make(&self.object, cut, holder, clock::now());
        self.tables()?.owe(cut)?;
        self.tell_conversations().await?;
        self.arm().await
    }

    /// Whose dashboards a cut may concern.
    pub(super) fn holders(&self, cut: &Cut) -> BTreeSet<AgentId> {
        let sockets = self.object.get_websockets_with_tag(&cut.whose.tag());
        sockets.iter().filter_map(recall::<DashboardOpening>).map(|owner| owner.member.id).collect()
    }

    /// Tells conversations to close sockets. One that cannot be told now is told later.
    pub(super) async fn tell_conversations(&self) -> Result<()> {
        for OwedCut { id, conversation, cut } in self.tables()?.owed()? {
            let request = ConversationRequest::Cut { cut };
            match call::call::<Refusal>(&self.env, conversation_do::BINDING, &conversation, &request).await {
                Ok(_) => self.tables()?.told(id)?,
                Err(error) => log::fault("desk cut", &conversation, &error),
            }
        }
        Ok(())
    }
}
