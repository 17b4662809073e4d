//! Which conversations colleagues have open right now (specification Z3). Each conversation says so itself when a socket of
//! an agent's opens or closes there; dashboards are told of those whose conversations they may see.

use super::Core;
use super::schema::viewing::Viewed;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::socket::send;
use crate::platform::log;
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
                send(socket, &self.viewing_frame(&viewed));
            }
        }
        Ok(())
    }

    /// Somebody opened his first dashboard or closed his last one: what he has open is told anew. Each conversation is asked
    /// as well, since it may have died before it could say that he went.
    pub(super) fn viewer_changed(&self, agent: AgentId) -> Result<()> {
        for viewed in self.tables()?.all_viewed()? {
            if viewed.agents.iter().any(|one| one.id == agent) {
                self.tell_viewed(&viewed);
                let (env, id) = (self.env.clone(), viewed.conversation.id.to_string());
                self.object.wait_until(async move {
                    let request = ConversationRequest::Viewers;
                    if let Err(error) = call::call::<Refusal>(&env, conversation_do::BINDING, &id, &request).await {
                        log::fault("who has it open", &id, &error);
                    }
                });
            }
        }
        Ok(())
    }

    fn tell_viewed(&self, viewed: &Viewed) {
        let frame = self.viewing_frame(viewed);
        for (member, sockets) in self.audience() {
            if sees(&member, &viewed.conversation) {
                sockets.iter().for_each(|socket| send(socket, &frame));
            }
        }
    }

    /// Who has no dashboard open is not there, whatever the conversation said last.
    fn viewing_frame(&self, Viewed { conversation, agents }: &Viewed) -> String {
        let agents: Vec<&AgentName> = agents.iter().filter(|agent| self.is_connected(agent.id)).collect();
        json!({ "type": "viewing", "conversation": conversation.id, "agents": agents }).to_string()
    }
}

fn sees(member: &Member, conversation: &Conversation) -> bool {
    permit(member, Capability::ConversationView, conversation.relation_to(member)).is_ok()
}
