//! The conversation's side of an assignment.

use super::message::{Holding, Offer, Reservation, Settle};
use crate::domain::id::AgentId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Who has a conversation, and since which epoch. Kept with the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Tenure {
    /// Grows with every change of holder, and whenever an attempt that is based on it must not succeed any more.
    pub epoch: u64,
    /// The slot behind the assignment; none while nobody has the conversation, or it is closed or put aside.
    pub holder: Option<Holding>,
    /// Attempts made so far.
    attempts: u64,
    /// Whether the Desk has yet to be told how things stand.
    pub owes_report: bool,
}

/// One attempt of a conversation to get a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Attempt {
    pub reservation: Reservation,
    pub base: u64,
    pub agent: AgentId,
}

/// The attempts whose handlers still wait for the Desk. In memory only: a crash forgets them, and none of them succeeds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waiting(BTreeMap<Reservation, Attempt>);

/// What becomes of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// It is to be committed in this turn.
    Take,
    /// It was, earlier.
    Taken,
    /// The conversation has moved on: the slot is free again.
    Declined,
}

/// What becomes of a reservation whose lease ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is the holder's: the report says so.
    Holds,
    /// It never will be: the slot is free again.
    Cancelled,
}

impl Tenure {
    /// The tenure of a conversation from before there were any: whoever has it, has it by its first reservation.
    #[must_use]
    pub fn of_old(epoch: u64, holder: Option<AgentId>) -> Self {
        let holder = holder.map(|agent| Holding { agent, reservation: Reservation::Conversation(1) });
        Self { epoch, holder, attempts: 1, owes_report: true }
    }

    /// The tenure of a conversation that the Desk has never heard of: nobody has it yet.
    #[must_use]
    pub fn anew() -> Self {
        Self { owes_report: true, ..Self::default() }
    }

    /// R1: names an attempt. What this changes must be durable before the request leaves.
    pub fn attempt(&mut self, agent: AgentId, waiting: &mut Waiting) -> Attempt {
        self.attempts = self.attempts.saturating_add(1);
        let attempt = Attempt { reservation: Reservation::Conversation(self.attempts), base: self.epoch, agent };
        waiting.0.insert(attempt.reservation, attempt);
        attempt
    }

    /// R4: whether a grant may be committed, now that others have had their turns. The handler waits no longer either way.
    pub fn confirms(&self, attempt: &Attempt, waiting: &mut Waiting, under_way: bool) -> bool {
        waiting.0.remove(&attempt.reservation).is_some() && attempt.base == self.epoch && under_way
    }

    /// Somebody has the conversation from now on. Part of the turn that looked.
    pub fn hold(&mut self, agent: AgentId, reservation: Reservation) {
        self.epoch = self.epoch.saturating_add(1);
        self.holder = Some(Holding { agent, reservation });
        self.owes_report = true;
    }

    /// Nobody has it from now on, or it is closed or put aside, or open again.
    pub fn release(&mut self) {
        self.epoch = self.epoch.saturating_add(1);
        self.holder = None;
        self.owes_report = true;
    }

    /// R5: what becomes of an offer, in a conversation that `waits` or does not.
    #[must_use]
    pub fn consider(&self, offer: &Offer, waits: bool) -> Offered {
        if self.holder.is_some_and(|holder| holder.reservation == offer.reservation) {
            Offered::Taken
        } else if offer.base == self.epoch && waits {
            Offered::Take
        } else {
            Offered::Declined
        }
    }

    /// R7: settles a reservation for good. A late grant of it is not committed after this.
    pub fn settle(&mut self, settle: &Settle, waiting: &mut Waiting) -> Settled {
        if self.holder.is_some_and(|holder| holder.reservation == settle.reservation) {
            self.owes_report = true;
            return Settled::Holds;
        }
        waiting.0.remove(&settle.reservation);
        if self.epoch == settle.base {
            self.epoch = self.epoch.saturating_add(1);
            self.owes_report = true;
        }
        Settled::Cancelled
    }
}

impl Waiting {
    /// A handler waits no longer: its attempt is not committed any more.
    pub fn forget(&mut self, attempt: &Attempt) {
        self.0.remove(&attempt.reservation);
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
