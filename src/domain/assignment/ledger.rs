//! The Desk's side of an assignment: which agent's slots are taken by which conversations, and which conversations wait.

use super::message::{Granted, Holding, Mode, Need, NoSlot, Offer, Reservation, Reserve, Settle, Stand, Waiter};
use crate::domain::id::{AgentId, ConversationId};
use crate::domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A reservation that was not confirmed by then is settled (R7).
pub const LEASE: Span = Span::seconds(30);

/// What the Desk knows of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Record {
    /// The newest report.
    pub seen: Seen,
    /// By reservation (R2): during a transfer, the old holder's slot and the new one's stand side by side.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<Reservation, Slot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiter: Option<Waiter>,
}

/// The place of a report in the order in which a conversation made them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seen {
    pub epoch: u64,
    pub rev: u64,
}

/// One place of an agent's that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    pub agent: AgentId,
    /// The epoch on which the attempt was based.
    pub base: u64,
    /// Until when it is only reserved; none once the conversation has confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<Instant>,
}

/// What the Desk knows of an agent when a slot of his is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// He works here, and conversations may be assigned to him.
    pub assignable: bool,
    /// He is there, by his own word too.
    pub available: bool,
    pub limit: u32,
}

/// Slots and queue of a company. Keeps every conversation that has a slot or waits, and any other that it was told of
/// lately; the Desk's storage has them all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ledger {
    records: BTreeMap<ConversationId, Record>,
    /// Derived: those that wait and have no slot under way; by what they need, the one that has waited longest first.
    queue: BTreeMap<Need, BTreeSet<(Instant, ConversationId)>>,
    /// Derived: what is only reserved, by when its lease runs out.
    leases: BTreeSet<(Instant, ConversationId, Reservation)>,
    /// Derived: by agent, the conversations that take a slot of his.
    taken: BTreeMap<AgentId, BTreeSet<ConversationId>>,
    /// Reservations of the Desk's own so far.
    reservations: u64,
    /// Conversations whose records changed since the last [`Ledger::changes`].
    changed: BTreeSet<ConversationId>,
}

impl Ledger {
    /// A ledger that has made this many reservations of its own.
    #[must_use]
    pub fn resuming(reservations: u64) -> Self {
        Self { reservations, ..Self::default() }
    }

    /// Puts in what the Desk's storage has of a conversation; what is in already stays.
    pub fn recall(&mut self, conversation: ConversationId, record: Record) {
        if !self.records.contains_key(&conversation) {
            self.put(conversation, record);
        }
    }

    /// Whether the conversation's record is in.
    #[must_use]
    pub fn knows(&self, conversation: ConversationId) -> bool {
        self.records.contains_key(&conversation)
    }

    /// Its record, if it is in.
    #[must_use]
    pub fn record(&self, conversation: ConversationId) -> Option<&Record> {
        self.records.get(&conversation)
    }

    /// How many reservations of its own it has made.
    #[must_use]
    pub const fn reservations(&self) -> u64 {
        self.reservations
    }

    /// The records that changed since this was last asked, to be made durable in the same turn. Those that neither hold
    /// nor wait are let go.
    pub fn changes(&mut self) -> Vec<(ConversationId, Record)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .filter_map(|conversation| {
                let record = self.records.get(&conversation)?.clone();
                if !record.is_active() {
                    self.records.remove(&conversation);
                }
                Some((conversation, record))
            })
            .collect()
    }

    /// R3: reserves a slot, or says why not. A repeat gets its first answer, as long as the slot stands.
    ///
    /// # Errors
    /// [`NoSlot`], by which nothing changes.
    pub fn reserve(&mut self, request: &Reserve, agent: Capacity, now: Instant) -> Result<Granted, NoSlot> {
        let mut record = self.records.get(&request.conversation).cloned().unwrap_or_default();
        let open = self.load_without(request.agent, request.conversation);
        let full = open >= agent.limit;
        if record.slots.contains_key(&request.reservation) {
            return Ok(Granted { over_limit: full });
        }
        if record.seen.epoch > request.base {
            return Err(NoSlot::Stale);
        }
        if !agent.assignable {
            return Err(NoSlot::NotAssignable);
        }
        if request.mode == Mode::Return && !agent.available {
            return Err(NoSlot::Unavailable);
        }
        if full && request.mode != Mode::Forced {
            return Err(NoSlot::Full { open, limit: agent.limit });
        }
        let slot = Slot { agent: request.agent, base: request.base, lease_until: Some(now.after(LEASE)) };
        record.slots.insert(request.reservation, slot);
        self.change(request.conversation, record);
        Ok(Granted { over_limit: full })
    }

    /// R8: frees a reserved slot, never a held one.
    pub fn cancel(&mut self, conversation: ConversationId, reservation: Reservation) {
        let Some(mut record) = self.records.get(&conversation).cloned() else { return };
        if record.slots.get(&reservation).is_some_and(|slot| slot.lease_until.is_some()) {
            record.slots.remove(&reservation);
            self.change(conversation, record);
        }
    }

    /// R6: takes a report. One that is older than what is known changes nothing.
    pub fn report(&mut self, conversation: ConversationId, stand: &Stand) {
        let mut record = self.records.get(&conversation).cloned().unwrap_or_default();
        let seen = Seen { epoch: stand.epoch, rev: stand.rev };
        if seen < record.seen {
            return;
        }
        record.seen = seen;
        let holder = stand.holder.map(|holder| holder.reservation);
        record.slots.retain(|reservation, slot| {
            Some(*reservation) == holder || (slot.lease_until.is_some() && slot.base >= stand.epoch)
        });
        if let Some(Holding { agent, reservation }) = stand.holder {
            let slot = Slot { agent, base: stand.epoch, lease_until: None };
            record.slots.entry(reservation).or_insert(slot).lease_until = None;
        }
        record.waiter.clone_from(&stand.waits);
        self.change(conversation, record);
    }

    /// R7: the reservations whose leases have run out. They get another lease, in which the question is repeated should
    /// it be lost.
    pub fn overdue(&mut self, now: Instant) -> Vec<Settle> {
        let due: Vec<_> = self.leases.iter().take_while(|(until, ..)| *until <= now).copied().collect();
        due.into_iter()
            .filter_map(|(_, conversation, reservation)| self.renew(conversation, reservation, now))
            .collect()
    }

    /// The question about one reservation, under a new lease; none when it is not only reserved.
    pub fn renew(&mut self, conversation: ConversationId, reservation: Reservation, now: Instant) -> Option<Settle> {
        let mut record = self.records.get(&conversation)?.clone();
        let slot = record.slots.get_mut(&reservation).filter(|slot| slot.lease_until.is_some())?;
        slot.lease_until = Some(now.after(LEASE));
        let settle = Settle { conversation, reservation, base: slot.base };
        self.change(conversation, record);
        Some(settle)
    }

    /// When the next lease runs out.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.leases.first().map(|(until, ..)| *until)
    }

    /// What the conversations that wait need, and since when the first of each kind has waited.
    pub fn needs(&self) -> impl Iterator<Item = (&Need, Instant, ConversationId)> {
        self.queue.iter().filter_map(|(need, queue)| queue.first().map(|(since, id)| (need, *since, *id)))
    }

    /// The conversation that has waited longest, of those whose need is met.
    pub fn foremost(&self, meets: impl Fn(&Need) -> bool) -> Option<ConversationId> {
        self.needs().filter(|(need, ..)| meets(need)).min_by_key(|(_, since, id)| (*since, *id)).map(|(_, _, id)| id)
    }

    /// R9: deals what waits, the one that has waited longest first, as long as `pick` finds an agent for it.
    pub fn dispatch(&mut self, now: Instant, pick: impl Fn(&Self, &Need) -> Option<AgentId>) -> Vec<Offer> {
        let mut offers = Vec::new();
        // In one pass agents only become fuller: what nobody could take stays so.
        let mut in_vain = BTreeSet::new();
        while let Some(conversation) = self.foremost(|need| !in_vain.contains(need)) {
            let Some(need) = self.records.get(&conversation).and_then(|record| record.waiter.as_ref()) else { break };
            let need = need.need.clone();
            match pick(self, &need) {
                Some(agent) => offers.extend(self.deal(conversation, agent, now)),
                None => drop(in_vain.insert(need)),
            }
        }
        offers
    }

    /// R9: reserves a slot for a conversation that waits; the caller has looked for an agent below his limit. None when
    /// it does not wait any more.
    pub fn deal(&mut self, conversation: ConversationId, agent: AgentId, now: Instant) -> Option<Offer> {
        let mut record = self.records.get(&conversation)?.clone();
        if record.waiter.is_none() || !record.slots.is_empty() {
            return None;
        }
        self.reservations = self.reservations.saturating_add(1);
        let (reservation, base) = (Reservation::Desk(self.reservations), record.seen.epoch);
        record.slots.insert(reservation, Slot { agent, base, lease_until: Some(now.after(LEASE)) });
        self.change(conversation, record);
        Some(Offer { conversation, reservation, base, agent })
    }

    /// The offer of a conversation to an agent that has no answer yet, if there is one.
    #[must_use]
    pub fn offered(&self, conversation: ConversationId, agent: AgentId) -> Option<Offer> {
        let slots = &self.records.get(&conversation)?.slots;
        let unanswered = |slot: &Slot| slot.agent == agent && slot.lease_until.is_some();
        let (reservation, slot) =
            slots.iter().find(|(reservation, slot)| matches!(reservation, Reservation::Desk(_)) && unanswered(slot))?;
        Some(Offer { conversation, reservation: *reservation, base: slot.base, agent })
    }

    /// How many conversations take a slot of an agent's.
    #[must_use]
    pub fn load(&self, agent: AgentId) -> u32 {
        count(self.taken.get(&agent).map_or(0, BTreeSet::len))
    }

    /// The conversations that take a slot of an agent's.
    pub fn taken_by(&self, agent: AgentId) -> impl Iterator<Item = ConversationId> {
        self.taken.get(&agent).into_iter().flatten().copied()
    }

    /// Every conversation that takes a slot, and whose.
    pub fn holdings(&self) -> impl Iterator<Item = (ConversationId, AgentId)> {
        self.taken.iter().flat_map(|(agent, taken)| taken.iter().map(move |conversation| (*conversation, *agent)))
    }

    /// How many conversations wait and have nobody under way.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        count(self.queue.values().map(BTreeSet::len).sum())
    }

    fn load_without(&self, agent: AgentId, conversation: ConversationId) -> u32 {
        count(self.taken.get(&agent).map_or(0, |taken| taken.iter().filter(|id| **id != conversation).count()))
    }

    fn change(&mut self, conversation: ConversationId, record: Record) {
        self.changed.insert(conversation);
        self.put(conversation, record);
    }

    /// The one place where records change: what is derived from them follows.
    fn put(&mut self, conversation: ConversationId, record: Record) {
        if let Some(before) = self.records.remove(&conversation) {
            self.forget(conversation, &before);
        }
        if let Some(Waiter { since, need }) = record.unserved() {
            self.queue.entry(need.clone()).or_default().insert((*since, conversation));
        }
        for (reservation, slot) in &record.slots {
            self.taken.entry(slot.agent).or_default().insert(conversation);
            self.leases.extend(slot.lease_until.map(|until| (until, conversation, *reservation)));
        }
        self.records.insert(conversation, record);
    }

    fn forget(&mut self, conversation: ConversationId, record: &Record) {
        if let Some(Waiter { since, need }) = record.unserved() {
            remove_from(&mut self.queue, need, &(*since, conversation));
        }
        for (reservation, slot) in &record.slots {
            remove_from(&mut self.taken, &slot.agent, &conversation);
            if let Some(until) = slot.lease_until {
                self.leases.remove(&(until, conversation, *reservation));
            }
        }
    }
}

impl Record {
    /// Whether it takes a slot, or waits.
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.slots.is_empty() || self.waiter.is_some()
    }

    /// What it waits for, as long as no slot is under way.
    fn unserved(&self) -> Option<&Waiter> {
        self.waiter.as_ref().filter(|_| self.slots.is_empty())
    }
}

fn remove_from<K: Ord, V: Ord>(sets: &mut BTreeMap<K, BTreeSet<V>>, key: &K, value: &V) {
    if let Some(set) = sets.get_mut(key) {
        set.remove(value);
        if set.is_empty() {
            sets.remove(key);
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
