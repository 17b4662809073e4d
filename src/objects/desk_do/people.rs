//! What the Desk knows of the company's people: a copy of what D1 says, and whose turn it is.

use super::Core;
use crate::domain::assignment::ledger::Capacity;
use crate::domain::assignment::routing::{Colleague, Roster};
use crate::domain::id::AgentId;
use crate::domain::time::Span;
use crate::platform::clock;
use crate::store::{db, roster};
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::Result;

/// The copy of the people is not looked at anew within this time, unless somebody says that they changed.
const TRUSTED_FOR: Span = Span::seconds(15);

impl Core {
    /// The people, before a turn that asks for them. Whoever changes them says so; should he have died before he could,
    /// a copy that is not quite new, or from before a sleep, is made anew beside the work.
    pub(super) async fn know_people(core: &Rc<Self>) -> Result<()> {
        if core.roster.borrow().is_none() {
            match core.tables()?.roster()? {
                Some(roster) => *core.roster.borrow_mut() = Some(Rc::new(roster)),
                None => drop(core.read_people().await?),
            }
        }
        let now = clock::now();
        if core.people_read_at.get().after(TRUSTED_FOR) <= now {
            core.people_read_at.set(now);
            Self::beside(core, "reading the people", async move |this| Self::people_changed(&this).await);
        }
        Ok(())
    }

    pub(super) fn roster(&self) -> Result<Rc<Roster>> {
        let roster = self.roster.borrow().clone();
        roster.ok_or_else(|| worker::Error::RustError("the people are not known yet".to_owned()))
    }

    /// Reads the people anew: those who are not as they were. Of two who read, the later one's copy stays.
    pub(super) async fn read_people(&self) -> Result<Vec<AgentId>> {
        let Some(company) = self.company.get().or(self.tables()?.company()?) else { return Ok(Vec::new()) };
        let reading = self.readings.get().wrapping_add(1);
        self.readings.set(reading);
        self.people_read_at.set(clock::now());
        let db = db::open(&self.env).map_err(|error| worker::Error::RustError(error.to_string()))?;
        let roster = roster::read(&db, company).await.map_err(|error| worker::Error::RustError(error.to_string()))?;
        if self.read.get() >= reading {
            return Ok(Vec::new());
        }
        self.read.set(reading);
        let known = self.roster.borrow().clone();
        if known.as_deref() == Some(&roster) {
            return Ok(Vec::new());
        }
        self.tables()?.write_roster(&roster)?;
        let before = |agent| known.as_ref().and_then(|known| known.colleagues.get(agent));
        let now = |agent| roster.colleagues.get(agent);
        let everybody = roster.colleagues.keys().chain(known.iter().flat_map(|known| known.colleagues.keys()));
        let changed = everybody.filter(|agent| before(agent) != now(agent)).copied().collect();
        *self.roster.borrow_mut() = Some(Rc::new(roster));
        Ok(changed)
    }

    /// What a slot of an agent's depends on.
    pub(super) fn capacity(&self, agent: AgentId) -> Result<Capacity> {
        let roster = self.roster()?;
        let colleague = roster.colleagues.get(&agent);
        Ok(Capacity {
            assignable: colleague.is_some_and(Colleague::assignable),
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
