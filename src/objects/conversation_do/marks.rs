//! How far each side has read. Kept beside the log, because reading is no event; told to the other side in its own numbers,
//! so that what the customer does not see leaves no trace in them.

use super::protocol::ReadMarks;
use super::reading::visible;
use super::{Core, sockets};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::view::AgentName;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit};
use std::rc::Rc;
use worker::{Result, WebSocket};

impl Core {
    /// The customer has read up to a number of his: agents see it, and the next answer is worth a mail again.
    pub(super) fn customer_has_read(&self, actor: &Actor, seq: u64) -> Result<()> {
        let Some(snapshot) = self.load()? else { return Ok(()) };
        if visible(&snapshot.state, actor).is_err() {
            return Ok(());
        }
        self.customer_looked()?;
        let seq = seq.min(snapshot.state.pub_head);
        if self.tables.customer_has_read(seq)? {
            sockets::broadcast_customer_read(&self.object, &snapshot.state, self.tables.seq_of(seq)?);
        }
        Ok(())
    }

    /// An agent has read up to a number of the log. The customer learns of it when it is one whom he might hear from, and
    /// no more than that somebody has read what he wrote.
    pub(super) fn agent_has_read(&self, client: &WebSocket, member: &Member, seq: u64) -> Result<()> {
        let Some(snapshot) = self.load()? else { return Ok(()) };
        let answers = permit(member, Capability::ConversationReply, snapshot.state.relation_to(member));
        if answers.is_err() {
            return Ok(());
        }
        let before = self.tables.read_by_company()?;
        let seq = seq.min(snapshot.state.head);
        if !self.tables.agent_has_read(member.id, seq)? {
            return Ok(());
        }
        let agent = AgentName { id: member.id, name: member.name.clone() };
        sockets::broadcast_agent_read(&self.object, client, &snapshot.state, &agent, seq);
        let after = self.tables.read_by_company()?;
        if after > before {
            sockets::broadcast_company_read(&self.object, &snapshot.state, after);
        }
        Ok(())
    }

    /// How far the side that an actor writes to has read, in the actor's numbers.
    pub(super) fn read_by_other_side(&self, actor: &Actor) -> Result<u64> {
        match actor {
            Actor::Customer { .. } => self.tables.read_by_company(),
            _ => self.tables.seq_of(self.tables.read_by_customer()?),
        }
    }

    /// How far each side has read, in the customer's numbers.
    pub(super) fn read_marks(&self) -> Result<ReadMarks> {
        Ok(ReadMarks { agent: self.tables.read_by_company()?, customer: self.tables.read_by_customer()? })
    }

    /// The customer is spoken to in another language from now on.
    pub(super) fn set_language(&self, language: &str) -> Result<()> {
        let mut known = self.snapshot.borrow_mut();
        if let Some(snapshot) = known.as_mut().filter(|snapshot| snapshot.state.language != language) {
            let snapshot = Rc::make_mut(snapshot);
            snapshot.state.language = language.to_owned();
            self.tables.write_state(&snapshot.state)?;
        }
        Ok(())
    }
}
