//! How much somebody says within a minute: counted in memory, exactly. An object that is spoken to that often does not go
//! to sleep meanwhile, so nothing has to be written down.

use crate::domain::conversation::command::{Actor, Command};
use crate::domain::id::AgentId;
use crate::domain::time::{Instant, Span};
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

/// What is counted is this young.
const WITHIN: Span = Span::seconds(60);

/// Whose words are counted together: those of one agent, and those of whoever holds a link of one version.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Speaker {
    Agent(AgentId),
    Customer { link_version: u8 },
}

/// The words of the last minute.
pub struct Pace {
    /// So many from each, at most.
    most: usize,
    said: RefCell<HashMap<Speaker, VecDeque<Instant>>>,
}

impl Pace {
    /// A pace of at most so many messages and comments a minute from each.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, said: RefCell::default() }
    }

    /// Counts words that somebody says; anything else does not count.
    ///
    /// # Errors
    /// The seconds to wait, where it is one too many. That one is not counted.
    pub fn count(&self, actor: &Actor, command: &Command, now: Instant) -> Result<(), u32> {
        let speaker = match actor {
            Actor::Agent(member) => Speaker::Agent(member.id),
            Actor::Customer { link_version } => Speaker::Customer { link_version: *link_version },
            Actor::Automation { .. } | Actor::System => return Ok(()),
        };
        if !matches!(command, Command::Message { .. } | Command::Note { .. } | Command::Catalog { .. }) {
            return Ok(());
        }
        let mut all = self.said.borrow_mut();
        for said in all.values_mut() {
            // What is yet to come was said before the clock was set back.
            while said.front().is_some_and(|at| at.after(WITHIN) <= now || *at > now) {
                said.pop_front();
            }
        }
        all.retain(|_, said| !said.is_empty());
        let said = all.entry(speaker).or_default();
        if said.len() < self.most {
            said.push_back(now);
            return Ok(());
        }
        let wait = said.front().map_or(WITHIN, |at| now.until(at.after(WITHIN)));
        Err(u32::try_from(wait.as_millis().saturating_add(999) / 1_000).unwrap_or(u32::MAX).max(1))
    }
}
