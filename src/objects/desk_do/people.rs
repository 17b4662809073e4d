//! What the Desk knows of the company's people: a copy of what D1 says, and whose turn it is.

use super::Core;
use crate::domain::assignment::ledger::Capacity;
use crate::domain::assignment::routing::Roster;
use crate::domain::id::AgentId;
use crate::store::{db, roster};
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::Result;

impl Core {
    /// The people, before a turn that asks for them.
    pub(super) async fn know_people(&self) -> Result<()> {
        if self.roster.borrow().is_none() {
            match self.tables()?.roster()? {
                Some(roster) => *self.roster.borrow_mut() = Some(Rc::new(roster)),
                None => self.read_people().await?,
            }
        }
        Ok(())
    }

    pub(super) fn roster(&self) -> Result<Rc<Roster>> {
        let roster = self.roster.borrow().clone();
        roster.ok_or_else(|| worker::Error::RustError("the people are not known yet".to_owned()))
    }

    /// Reads the people anew. Of two who do, the later one's copy stays.
    pub(super) async fn read_people(&self) -> Result<()> {
        let Some(company) = self.company.get().or(self.tables()?.company()?) else { return Ok(()) };
        let reading = self.readings.get().wrapping_add(1);
        self.readings.set(reading);
        let db = db::open(&self.env).map_err(|error| worker::Error::RustError(error.to_string()))?;
        let roster = roster::read(&db, company).await.map_err(|error| worker::Error::RustError(error.to_string()))?;
        if self.read.get() < reading {
            self.read.set(reading);
            self.tables()?.write_roster(&roster)?;
            *self.roster.borrow_mut() = Some(Rc::new(roster));
        }
        Ok(())
    }

    /// What a slot of an agent's depends on.
    pub(super) fn capacity(&self, agent: AgentId) -> Result<Capacity> {
        let roster = self.roster()?;
        let colleague = roster.colleagues.get(&agent);
        Ok(Capacity {
            assignable: colleague.is_some_and(|colleague| colleague.assignable()),
            available: self.is_available(agent),
            limit: colleague.map_or(0, |colleague| colleague.limit),
        })
    }

    /// Somebody was given something.
    pub(super) fn had_his_turn(&self, agent: AgentId) -> Result<()> {
        let mut turns = self.known_turns()?;
        take_turn(&mut turns, agent);
        self.write_turn(agent, turns.get(&agent).copied().unwrap_or_default())
    }

    /// Who was given something last: the higher, the later.
    pub(super) fn known_turns(&self) -> Result<BTreeMap<AgentId, u64>> {
        if self.turns.borrow().is_none() {
            *self.turns.borrow_mut() = Some(self.tables()?.turns()?);
        }
        Ok(self.turns.borrow().clone().unwrap_or_default())
    }

    /// Keeps somebody's turn.
    pub(super) fn write_turn(&self, agent: AgentId, turn: u64) -> Result<()> {
        self.tables()?.write_turn(agent, turn)?;
        self.turns.borrow_mut().get_or_insert_default().insert(agent, turn);
        Ok(())
    }
}

/// Whoever was given something just now comes last in turn.
pub(super) fn take_turn(turns: &mut BTreeMap<AgentId, u64>, agent: AgentId) {
    let last = turns.values().max().copied().unwrap_or_default();
    turns.insert(agent, last.saturating_add(1));
}
