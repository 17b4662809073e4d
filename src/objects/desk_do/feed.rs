//! The feed: each conversation's newest present, in the order in which the index got them. Dashboards resume with the last
//! position they have. What a member may not see is not sent to him.

use super::Core;
use super::protocol::DashboardOpening;
use super::schema::FeedEntry;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::ConversationView;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit};
use crate::objects::socket::{close, remember, send};
use serde_json::json;
use std::rc::Rc;
use worker::{Response, Result, WebSocketPair};

impl Core {
    pub(super) async fn open_socket(core: &Rc<Self>, opening: &DashboardOpening) -> Result<Response> {
        core.belongs_to(opening.company)?;
        Self::know_people(core).await?;
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let [session, agent] = opening.holder.tags();
        core.object.accept_websocket_with_tags(&server, &[&session, &agent]);
        remember(&server, opening)?;
        if let Some(code) = core.cuts.code_for(&opening.holder) {
            close(&server, code, "");
            return Response::from_websocket(client);
        }
        core.listens(opening);
        // Who sees no conversations does not learn either how often they change.
        let follows = !opening.member.is_confined();
        let head = if follows { core.tables()?.head()? } else { 0 };
        send(&server, &json!({ "type": "hello", "head": head }).to_string());
        core.tell_all_viewed(&server, &opening.member)?;
        if let Some(after) = opening.after.filter(|_| follows) {
            match core.tables()?.since(after)? {
                Some(entries) => {
                    for entry in entries {
                        send(&server, &frame_for(&opening.member, &entry));
                    }
                }
                None => send(&server, &json!({ "type": "resync", "head": head }).to_string()),
            }
        }
        Self::came(core, opening.member.id)?;
        Self::afterwards(core).await?;
        Response::from_websocket(client)
    }

    /// A conversation changed, and the index has it.
    pub(super) fn publish(&self, conversation: Conversation) -> Result<()> {
        if let Some(seq) = self.tables()?.publish(&conversation)? {
            self.broadcast(&FeedEntry { seq, conversation });
        }
        Ok(())
    }

    fn broadcast(&self, entry: &FeedEntry) {
        let (changed, elsewhere) = (changed_frame(entry), elsewhere_frame(entry));
        for (member, sockets) in self.audience().into_iter().filter(|(member, _)| !member.is_confined()) {
            let frame = if sees(&member, entry) { &changed } else { &elsewhere };
            sockets.iter().for_each(|socket| send(socket, frame));
        }
    }
}

fn sees(member: &Member, entry: &FeedEntry) -> bool {
    permit(member, Capability::ConversationView, entry.conversation.relation_to(member)).is_ok()
}

/// What a member is told of an entry: the conversation, or, of one he does not see, that it is none of his.
fn frame_for(member: &Member, entry: &FeedEntry) -> String {
    if sees(member, entry) { changed_frame(entry) } else { elsewhere_frame(entry) }
}

fn elsewhere_frame(entry: &FeedEntry) -> String {
    json!({ "type": "event", "seq": entry.seq, "event": { "kind": "elsewhere" } }).to_string()
}

fn changed_frame(entry: &FeedEntry) -> String {
    let view = ConversationView::from(&entry.conversation);
    json!({ "type": "event", "seq": entry.seq, "event": { "kind": "conversation", "conversation": view } }).to_string()
}
