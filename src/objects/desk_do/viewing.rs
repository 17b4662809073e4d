//! Which conversations colleagues have open right now (specification Z3). Each conversation says so itself when a socket of
//! an agent's opens or closes there; dashboards are told of those whose conversations they may see.

use super::Core;
use super::schema::viewing::Viewed;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit};
use crate::objects::socket::send;
use serde_json::json;
use worker::{Result, WebSocket};

impl Core {
    /// A conversation says who has it open.
    pub(super) fn is_viewed(&self, conversation: Conversation, agents: Vec<AgentName>) -> Result<()> {
        let viewed = Viewed { conversation, agents };
        self.tables()?.write_viewed(&viewed)?;
        self.tell_viewed(&viewed);
        Ok(())
    }

    /// A conversation that somebody has open changed: others may see it now.
    pub(super) fn viewed_changed(&self, conversation: &Conversation) -> Result<()> {
        match self.tables()?.viewed(conversation.id)? {
            Some(Viewed { agents, .. }) => self.is_viewed(conversation.clone(), agents),
            None => Ok(()),
        }
    }

    /// Tells a dashboard that was just opened.
    pub(super) fn tell_all_viewed(&self, socket: &WebSocket, member: &Member) -> Result<()> {
        for viewed in self.tables()?.all_viewed()? {
            if sees(member, &viewed.conversation) {
                send(socket, &viewing_frame(&viewed));
            }
        }
        Ok(())
    }

    /// Whoever has closed his last dashboard has nothing open any more, also where a conversation died before it could say so.
    pub(super) fn views_nothing(&self, agent: AgentId) -> Result<()> {
        if self.is_connected(agent) {
            return Ok(());
        }
        for Viewed { conversation, mut agents } in self.tables()?.all_viewed()? {
            let before = agents.len();
            agents.retain(|one| one.id != agent);
            if agents.len() < before {
                self.is_viewed(conversation, agents)?;
            }
        }
        Ok(())
    }

    fn tell_viewed(&self, viewed: &Viewed) {
        let frame = viewing_frame(viewed);
        for (member, sockets) in self.audience() {
            if sees(&member, &viewed.conversation) {
                sockets.iter().for_each(|socket| send(socket, &frame));
            }
        }
    }
}

fn sees(member: &Member, conversation: &Conversation) -> bool {
    permit(member, Capability::ConversationView, conversation.relation_to(member)).is_ok()
}

fn viewing_frame(Viewed { conversation, agents }: &Viewed) -> String {
    json!({ "type": "viewing", "conversation": conversation.id, "agents": agents }).to_string()
}
