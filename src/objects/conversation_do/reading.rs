//! What the conversation is told as: whole to agents, without anything internal to its customer.

use super::Core;
use super::protocol::Lines;
use super::schema::Numbering;
use crate::domain::conversation::chain::{self, Heading, Link};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::Entry;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::{AgentEvent, ConversationView, PublicConversation, PublicEvent};
use crate::domain::people::permission::{Capability, permit};
use crate::domain::translation::Translation;
use serde::Serialize;
use serde_json::json;
use std::rc::Rc;
use worker::Result;

/// Most events in one answer.
pub(super) const EVENTS_AT_ONCE: u32 = 1_000;

impl Core {
    pub(super) fn read(
        &self,
        actor: &Actor,
        answer: impl FnOnce(&Self, &Conversation) -> Result<String>,
    ) -> Result<std::result::Result<String, Refusal>> {
        let Some(snapshot) = self.load()? else { return Ok(Err(Refusal::NotFound)) };
        match visible(&snapshot.state, actor) {
            Ok(()) => answer(self, &snapshot.state).map(Ok),
            Err(refusal) => Ok(Err(refusal)),
        }
    }

    /// The customer has seen what there is: the next answer is worth a mail again.
    pub(super) fn customer_looked(&self) -> Result<()> {
        if self.load()?.is_some_and(|snapshot| snapshot.notified) {
            self.tables.customer_looked()?;
            if let Some(snapshot) = self.snapshot.borrow_mut().as_mut().map(Rc::make_mut) {
                snapshot.notified = false;
            }
        }
        Ok(())
    }

    pub(super) fn view(&self, actor: &Actor, conversation: &Conversation) -> Result<String> {
        Ok(match actor {
            Actor::Customer { .. } => serde_json::to_string(&PublicConversation::from(conversation))?,
            _ => serde_json::to_string(&ConversationView::from(conversation))?,
        })
    }

    pub(super) fn events(&self, actor: &Actor, conversation: &Conversation, after: u64, limit: u32) -> Result<String> {
        let limit = limit.min(EVENTS_AT_ONCE);
        let entries = self.tables.entries(numbering(actor), after, limit.saturating_add(1))?;
        let more = entries.len() > limit as usize;
        let entries = entries.into_iter().take(limit as usize);
        Ok(match actor {
            Actor::Customer { .. } => {
                let items: Vec<PublicEvent> = entries.filter_map(|entry| PublicEvent::of(&entry)).collect();
                let up_to = items.last().map_or(after, |event| event.seq);
                let told = self.told(actor, after, up_to)?;
                list(more.then_some(up_to), conversation.pub_head, &items, &told)
            }
            _ => {
                let items: Vec<AgentEvent> = entries.map(AgentEvent::from).collect();
                let up_to = items.last().map_or(after, |event| event.seq);
                let told = self.told(actor, after, up_to)?;
                list(more.then_some(up_to), conversation.head, &items, &told)
            }
        })
    }

    /// Part of the log as it is stored.
    pub(super) fn log(&self, conversation: &Conversation, after: u64, limit: u32) -> Result<String> {
        let chain = self.load()?.map(|snapshot| snapshot.chain);
        let heading = Heading {
            format: chain::FORMAT.to_owned(),
            conversation: conversation.id,
            entries: conversation.head,
            hash: chain.unwrap_or_else(|| Link::genesis(conversation.id)),
        };
        let lines = self.tables.lines(after, limit.min(EVENTS_AT_ONCE))?;
        Ok(serde_json::to_string(&Lines { heading, lines })?)
    }

    /// What a page of the whole conversation shows: its newest events.
    pub(super) fn page_events(&self, actor: &Actor) -> Result<Vec<PublicEvent>> {
        let Some(snapshot) = self.load()? else { return Ok(Vec::new()) };
        let after = snapshot.state.pub_head.saturating_sub(u64::from(EVENTS_AT_ONCE));
        let entries = self.tables.entries(numbering(actor), after, EVENTS_AT_ONCE)?;
        Ok(entries.iter().filter_map(PublicEvent::of).collect())
    }
}

/// Whether an actor may know of the conversation at all.
pub(super) fn visible(conversation: &Conversation, actor: &Actor) -> std::result::Result<(), Refusal> {
    match actor {
        Actor::Customer { link_version } => conversation.opens_by(*link_version),
        Actor::Agent(member) => Ok(permit(member, Capability::ConversationView, conversation.relation_to(member))?),
        Actor::Automation { .. } | Actor::System => Ok(()),
    }
}

pub(super) fn said(actor: &Actor, entry: Entry) -> String {
    match actor {
        Actor::Customer { .. } => {
            let event = PublicEvent::of(&entry);
            json!({ "seq": event.as_ref().map(|event| event.seq), "event": event }).to_string()
        }
        _ => json!({ "seq": entry.seq, "event": AgentEvent::from(entry) }).to_string(),
    }
}

pub(super) const fn numbering(actor: &Actor) -> Numbering {
    match actor {
        Actor::Customer { .. } => Numbering::Public,
        _ => Numbering::All,
    }
}

fn list(next: Option<u64>, head: u64, items: &impl Serialize, told: &[Translation]) -> String {
    json!({ "items": items, "next": next.map(|seq| seq.to_string()), "head": head, "translations": told }).to_string()
}
