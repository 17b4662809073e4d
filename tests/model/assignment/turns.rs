//! What the two objects do with what reaches them. Everything is decided by the domain; here is what surrounds it, and
//! where a mutant breaks a rule.

use super::mutants::Mutant;
use super::steps::{Act, Setting};
use super::world::{LIMIT, Letter, NOW, Told, Word, World, agent, name, rebuilt};
use edgedesk::domain::assignment::ledger::{Capacity, Ledger, Seen};
use edgedesk::domain::assignment::message::{Granted, Mode, Offer, Reservation, Reserve, Settle};
use edgedesk::domain::assignment::tenure::{Attempt, Offered, Settled, Tenure, Waiting};
use edgedesk::domain::id::AgentId;
use std::sync::Arc;

/// In the conversation.
impl Setting {
    /// Somebody does something to it.
    pub fn act(&self, world: &mut World, place: usize, act: Act) {
        let conversation = &mut world.conversations[place];
        match act {
            Act::Give(to, mode) => {
                let attempt = self.attempt(&mut conversation.tenure, agent(to), &mut conversation.waiting);
                conversation.handlers.push(attempt);
                world.send(place, Word::Reserve(attempt, mode));
            }
            Act::Unassign => conversation.release(),
            Act::Close | Act::Reopen => {
                conversation.open = act == Act::Reopen;
                conversation.release();
            }
            Act::Refile => {
                conversation.filed = !conversation.filed;
                conversation.rev += 1;
                conversation.tenure.owes_report = true;
            }
        }
    }

    fn attempt(&self, tenure: &mut Tenure, agent: AgentId, waiting: &mut Waiting) -> Attempt {
        if self.mutant == Some(Mutant::EpochAsName) {
            let mut namesake = Tenure::default();
            for _ in 0..tenure.epoch {
                namesake.attempt(agent, &mut Waiting::default());
            }
            namesake.epoch = tenure.epoch;
            return namesake.attempt(agent, waiting);
        }
        tenure.attempt(agent, waiting)
    }

    /// The answer to an attempt; nobody hears it if its handler is gone.
    fn answer(&self, world: &mut World, place: usize, reservation: Reservation, granted: Option<Granted>) {
        let conversation = &mut world.conversations[place];
        let Some(index) = conversation.handlers.iter().position(|attempt| attempt.reservation == reservation) else {
            return;
        };
        let attempt = conversation.handlers.remove(index);
        let mut looked_at = attempt;
        if self.mutant == Some(Mutant::NoLookAtTheEpoch) {
            looked_at.base = conversation.tenure.epoch;
        }
        let under_way = conversation.open && granted.is_some();
        let confirmed = conversation.tenure.confirms(&looked_at, &mut conversation.waiting, under_way);
        match granted {
            Some(granted) if confirmed || self.mutant == Some(Mutant::NoSecondLook) => {
                commit(world, place, attempt.base, attempt.agent, reservation);
                world.conversations[place].forced = granted.over_limit;
            }
            Some(_) => world.send(place, Word::Cancel(reservation)),
            None => {}
        }
    }

    /// A handler stops waiting for its answer.
    pub fn give_up(world: &mut World, place: usize, attempt: &Attempt) {
        let conversation = &mut world.conversations[place];
        conversation.handlers.retain(|handler| handler != attempt);
        conversation.tenure.confirms(attempt, &mut conversation.waiting, false);
        world.send(place, Word::Cancel(attempt.reservation));
    }

    fn offer(&self, world: &mut World, place: usize, offer: Offer) {
        let conversation = &mut world.conversations[place];
        let mut considered = offer;
        if self.mutant == Some(Mutant::AnyOffer) {
            considered.base = conversation.tenure.epoch;
        }
        match conversation.tenure.consider(&considered, conversation.waits()) {
            Offered::Take => commit(world, place, offer.base, offer.agent, offer.reservation),
            Offered::Taken => conversation.tenure.owes_report = true,
            Offered::Declined if self.mutant == Some(Mutant::BareRefusal) => {
                world.send(place, Word::Cancel(offer.reservation));
            }
            Offered::Declined => {
                let told = conversation.told();
                world.send(place, Word::Declined(offer.reservation, told));
            }
        }
    }

    fn settle(&self, world: &mut World, place: usize, settle: &Settle) {
        let conversation = &mut world.conversations[place];
        let (tenure, waiting) = (conversation.tenure.clone(), conversation.waiting.clone());
        let settled = conversation.tenure.settle(settle, &mut conversation.waiting);
        match self.mutant {
            Some(Mutant::NoBurning) => conversation.tenure.epoch = tenure.epoch,
            Some(Mutant::OnlyAsks) if settled == Settled::Cancelled => {
                (conversation.tenure, conversation.waiting) = (tenure, waiting);
            }
            _ => {}
        }
        if settled == Settled::Cancelled {
            world.send(place, Word::Cancel(settle.reservation));
        }
    }
}

/// An agent has the conversation from now on.
fn commit(world: &mut World, place: usize, base: u64, agent: AgentId, reservation: Reservation) {
    let conversation = &mut world.conversations[place];
    world.stale |= base != conversation.tenure.epoch;
    conversation.tenure.hold(agent, reservation);
    conversation.rev += 1;
    conversation.forced = false;
}

/// At the Desk.
impl Setting {
    /// What was under way arrives, here or in the conversation.
    pub fn deliver(&self, world: &mut World, Letter { conversation: place, word }: Letter) {
        match word {
            Word::Reserve(attempt, mode) => self.reserve(world, place, &attempt, mode),
            Word::Cancel(reservation) => self.cancel(world, place, reservation),
            Word::Report(told) => {
                self.report(world, place, told, None);
                world.send(place, Word::Noted(told));
            }
            Word::Declined(reservation, told) => self.report(world, place, told, Some(reservation)),
            Word::Offer(offer) => self.offer(world, place, offer),
            Word::Settle(settle) => self.settle(world, place, &settle),
            Word::Answer(reservation, granted) => self.answer(world, place, reservation, granted),
            Word::Noted(told) => {
                let conversation = &mut world.conversations[place];
                if conversation.told() == told {
                    conversation.tenure.owes_report = false;
                }
            }
        }
    }

    fn reserve(&self, world: &mut World, place: usize, attempt: &Attempt, mode: Mode) {
        let Attempt { reservation, base, agent: to, .. } = *attempt;
        let available = (0..self.agents).any(|number| agent(number) == to && !world.away[number]);
        let limit = if self.mutant == Some(Mutant::NoLimit) { u32::MAX } else { LIMIT };
        let capacity = Capacity { assignable: true, available, limit };
        let request = Reserve { conversation: name(place), reservation, base, agent: to, mode };
        let seen = world.record(place).map(|record| record.seen).unwrap_or_default();
        let answer = self.at_desk(world, false, |ledger| {
            if self.mutant == Some(Mutant::NoStaleRefusal) {
                forget_order(ledger, place, Seen::default());
            }
            let answer = ledger.reserve(&request, capacity, NOW);
            if self.mutant == Some(Mutant::NoStaleRefusal) {
                forget_order(ledger, place, seen);
            }
            if self.mutant == Some(Mutant::SlotPerConversation) && answer.is_ok() {
                *ledger = rebuilt(ledger, |other, record| {
                    record.slots.retain(|name, _| other != place || *name == reservation);
                });
            }
            answer
        });
        world.send(place, Word::Answer(reservation, answer.ok()));
    }

    fn cancel(&self, world: &mut World, place: usize, reservation: Reservation) {
        self.at_desk(world, self.mutant != Some(Mutant::NoDealAfterCancel), |ledger| {
            if self.mutant == Some(Mutant::CancelsHeld) {
                *ledger = rebuilt(ledger, |_, record| {
                    record.slots.values_mut().for_each(|slot| slot.lease_until = slot.lease_until.or(Some(NOW)));
                });
            }
            ledger.cancel(name(place), reservation);
        });
    }

    fn report(&self, world: &mut World, place: usize, told: Told, declined: Option<Reservation>) {
        self.at_desk(world, self.mutant != Some(Mutant::NoDealAfterReport), |ledger| {
            if self.mutant == Some(Mutant::AnyReport) {
                forget_order(ledger, place, Seen::default());
            }
            ledger.report(name(place), &told.stand(place));
            if let Some(reservation) = declined {
                ledger.cancel(name(place), reservation);
            }
        });
    }

    /// A lease runs out.
    pub fn overdue(&self, world: &mut World, place: usize, reservation: Reservation) {
        let settle = self.at_desk(world, false, |ledger| ledger.renew(name(place), reservation, NOW));
        if let Some(settle) = settle {
            world.send(place, Word::Settle(settle));
        }
    }

    /// One turn of the Desk: what is asked, then dealing (R9), then storing. Whatever the storage has, the ledger has.
    pub fn at_desk<T>(&self, world: &mut World, deals: bool, turn: impl FnOnce(&mut Ledger) -> T) -> T {
        let (agents, away) = (self.agents, world.away);
        let ledger = Arc::make_mut(&mut world.desk);
        let answer = turn(ledger);
        let mut offers = Vec::new();
        if deals {
            offers = ledger.dispatch(NOW, |ledger, _| {
                let there = (0..agents).filter(|number| !away[*number]).map(agent);
                there.into_iter().find(|agent| ledger.load(*agent) < LIMIT)
            });
        }
        for (conversation, record) in ledger.changes() {
            ledger.recall(conversation, record);
        }
        for offer in offers {
            let place = usize::from(offer.conversation != name(0));
            world.send(place, Word::Offer(offer));
        }
        answer
    }
}

fn forget_order(ledger: &mut Ledger, place: usize, seen: Seen) {
    *ledger = rebuilt(ledger, |other, record| {
        if other == place {
            record.seen = seen;
        }
    });
}
