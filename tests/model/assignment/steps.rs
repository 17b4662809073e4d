//! What may happen next, and what becomes of it.
//!
//! Each step is one turn of one object, or one mishap. Turns are atomic, as the runtime's are.

use super::mutants::Mutant;
use super::world::{Budget, CONVERSATIONS, Conversation, Letter, Word, World, agent, name, rebuilt};
use edgedesk::domain::assignment::ledger::Seen;
use edgedesk::domain::assignment::message::{Mode, Reservation};
use edgedesk::domain::assignment::tenure::{Attempt, Waiting};
use std::sync::Arc;

/// What is explored: how many people there are, what they may do, and how much may go wrong.
#[derive(Clone, Debug)]
pub struct Setting {
    pub agents: usize,
    /// By what rights slots are asked for.
    pub modes: &'static [Mode],
    /// Whether conversations are moved between folders.
    pub folders: bool,
    /// Whether nobody has told the Desk of the conversations yet.
    pub new: bool,
    pub budget: Budget,
    /// The rule that is broken, if one is.
    pub mutant: Option<Mutant>,
    /// Of how many states one is followed until it comes to rest.
    pub follow_one_in: u64,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Act(usize, Act),
    ComeOrGo(usize),
    Lose(Letter),
    /// It arrives, and will do so again.
    Repeat(Letter),
    /// The conversation's object loses its memory, and whoever waits in it.
    Crash(usize),
    /// The Desk's does, and everything that is under way to or from it.
    DeskCrash,
    Deliver(Letter),
    /// The outbox of a conversation sends its report, for the first time or again.
    Report(usize),
    /// A handler stops waiting for its answer.
    GiveUp(usize, Attempt),
    /// A lease runs out.
    Overdue(usize, Reservation),
}

/// What people do to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Give(usize, Mode),
    Unassign,
    /// Or put it aside.
    Close,
    Reopen,
    Refile,
}

/// More steps than it ever takes to come to rest.
const PATIENCE: usize = 200;

impl Setting {
    /// What has to happen some time, as long as nothing else does: nothing is due at rest, and something is before.
    pub fn due(&self, world: &World) -> Vec<Step> {
        let mut steps: Vec<_> = world.air.iter().map(|letter| Step::Deliver(*letter)).collect();
        for (place, conversation) in world.conversations.iter().enumerate() {
            if conversation.tenure.owes_report && !is_told(world, place) {
                steps.push(Step::Report(place));
            }
            let silent = conversation.handlers.iter().filter(|attempt| !world.is_answered(place, attempt));
            steps.extend(silent.map(|attempt| Step::GiveUp(place, *attempt)));
            if self.sweeps() && is_idle(world, place) {
                steps.extend(world.leased(place).map(|reservation| Step::Overdue(place, reservation)));
            }
        }
        steps
    }

    /// What may happen besides, as far as the budget goes.
    pub fn mishaps(&self, world: &World) -> Vec<Step> {
        let mut steps = Vec::new();
        let Budget { acts, absences, losses, repeats, crashes, haste } = world.budget;
        if acts > 0 {
            for (place, conversation) in world.conversations.iter().enumerate() {
                self.acts(conversation, |act| steps.push(Step::Act(place, act)));
            }
        }
        if absences > 0 {
            steps.extend((0..self.agents).map(Step::ComeOrGo));
        }
        if losses > 0 {
            steps.extend(world.air.iter().map(|letter| Step::Lose(*letter)));
        }
        if repeats > 0 {
            steps.extend(world.air.iter().map(|letter| Step::Repeat(*letter)));
        }
        if crashes > 0 {
            steps.extend((0..CONVERSATIONS).filter(|place| minds_a_crash(world, *place)).map(Step::Crash));
            steps.extend((!world.air.is_empty()).then_some(Step::DeskCrash));
        }
        if haste > 0 {
            for (place, conversation) in world.conversations.iter().enumerate() {
                let hoping = conversation.handlers.iter().filter(|attempt| world.is_answered(place, attempt));
                steps.extend(hoping.map(|attempt| Step::GiveUp(place, *attempt)));
                if self.sweeps() && !is_idle(world, place) {
                    steps.extend(world.leased(place).map(|reservation| Step::Overdue(place, reservation)));
                }
            }
        }
        steps
    }

    fn acts(&self, conversation: &Conversation, mut push: impl FnMut(Act)) {
        let holder = conversation.tenure.holder.map(|holder| holder.agent);
        if conversation.open {
            for other in (0..self.agents).filter(|other| holder != Some(agent(*other))) {
                self.modes.iter().for_each(|mode| push(Act::Give(other, *mode)));
            }
            push(Act::Close);
        } else {
            push(Act::Reopen);
        }
        if holder.is_some() {
            push(Act::Unassign);
        }
        if self.folders {
            push(Act::Refile);
        }
    }

    fn sweeps(&self) -> bool {
        self.mutant != Some(Mutant::NoSweeper)
    }

    /// The world after a step.
    pub fn after(&self, world: &World, step: Step) -> World {
        let mut next = world.clone();
        if let Some(purse) = purse(world, step, &mut next.budget) {
            *purse -= 1;
        }
        match step {
            Step::Act(place, act) => self.act(&mut next, place, act),
            Step::ComeOrGo(who) => {
                next.away[who] = !next.away[who];
                self.at_desk(&mut next, true, |_| {});
            }
            Step::Lose(letter) => next.take(&letter),
            Step::Repeat(letter) => self.deliver(&mut next, letter),
            Step::Deliver(letter) => {
                next.take(&letter);
                self.deliver(&mut next, letter);
            }
            Step::Crash(place) => {
                next.conversations[place].waiting = Waiting::default();
                next.conversations[place].handlers.clear();
                next.air.retain(|letter| letter.conversation != place || !is_answer(&letter.word));
            }
            Step::DeskCrash => {
                next.desk = Arc::new(rebuilt(&next.desk, |_, _| {}));
                next.air.clear();
            }
            Step::Report(place) => {
                let told = next.conversations[place].told();
                next.send(place, Word::Report(told));
            }
            Step::GiveUp(place, attempt) => Self::give_up(&mut next, place, &attempt),
            Step::Overdue(place, reservation) => self.overdue(&mut next, place, reservation),
        }
        let mut epochs = world.conversations.iter().zip(&next.conversations);
        next.stale |= epochs.any(|(before, after)| before.tenure.epoch > after.tenure.epoch);
        self.forget_the_futile(&mut next);
        next
    }

    /// Takes out of the air what would change nothing whenever it came: answers for which nobody waits any more, and
    /// reports that the Desk would not take. That makes fewer states, and none that matter.
    fn forget_the_futile(&self, world: &mut World) {
        let World { conversations, desk, air, .. } = world;
        air.retain(|letter| {
            let conversation = &conversations[letter.conversation];
            match letter.word {
                Word::Answer(reservation, _) => {
                    conversation.handlers.iter().any(|attempt| attempt.reservation == reservation)
                }
                Word::Noted(told) => told == conversation.told(),
                Word::Report(told) if self.mutant != Some(Mutant::AnyReport) => {
                    let seen = desk.record(name(letter.conversation)).map(|record| record.seen).unwrap_or_default();
                    seen <= Seen { epoch: told.epoch, rev: told.rev }
                }
                _ => true,
            }
        });
    }

    /// Where it comes to rest if nothing happens any more but what is due, in the order that `next` chooses; nowhere if
    /// it does not.
    pub fn rest(&self, world: &World, next: fn(&[Step]) -> Option<&Step>) -> Option<World> {
        let mut world = world.clone();
        for _ in 0..PATIENCE {
            match next(&self.due(&world)) {
                Some(step) => world = self.after(&world, *step),
                None => return world.rests().then_some(world),
            }
        }
        None
    }
}

/// Whether the report that a conversation owes is under way, or its answer is.
fn is_told(world: &World, place: usize) -> bool {
    let told = world.conversations[place].told();
    world.about(place).any(|word| matches!(word, Word::Report(it) | Word::Noted(it) if *it == told))
}

/// Whether a conversation has nothing to do and nothing to expect, so that only a lease can run out.
fn is_idle(world: &World, place: usize) -> bool {
    let Conversation { tenure, handlers, .. } = &world.conversations[place];
    handlers.is_empty() && !tenure.owes_report && world.about(place).next().is_none()
}

/// Whether a crash would make a difference to a conversation.
fn minds_a_crash(world: &World, place: usize) -> bool {
    !world.conversations[place].handlers.is_empty() || world.about(place).any(is_answer)
}

fn is_answer(word: &Word) -> bool {
    matches!(word, Word::Answer(..) | Word::Noted(_))
}

/// What a step is paid from; nothing where it is due anyway.
fn purse<'a>(world: &World, step: Step, budget: &'a mut Budget) -> Option<&'a mut u8> {
    match step {
        Step::Act(..) => Some(&mut budget.acts),
        Step::ComeOrGo(_) => Some(&mut budget.absences),
        Step::Lose(_) => Some(&mut budget.losses),
        Step::Repeat(_) => Some(&mut budget.repeats),
        Step::Crash(_) | Step::DeskCrash => Some(&mut budget.crashes),
        Step::GiveUp(place, attempt) => world.is_answered(place, &attempt).then_some(&mut budget.haste),
        Step::Overdue(place, _) => (!is_idle(world, place)).then_some(&mut budget.haste),
        Step::Deliver(_) | Step::Report(_) => None,
    }
}
