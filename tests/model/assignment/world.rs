//! Two conversations, the Desk, and what is under way between them, at one moment.

use edgedesk::domain::assignment::ledger::{Ledger, Record};
use edgedesk::domain::assignment::message::{Granted, Holding, Mode, Need, Offer, Reservation, Settle, Stand, Waiter};
use edgedesk::domain::assignment::tenure::{Attempt, Tenure, Waiting};
use edgedesk::domain::id::{AgentId, ConversationId, FolderId};
use edgedesk::domain::time::{Instant, Span};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use uuid::Uuid;

pub const CONVERSATIONS: usize = 2;
/// Conversations an agent may have at once.
pub const LIMIT: u32 = 1;
/// Time stands still: what runs out runs out when a step says so.
pub const NOW: Instant = Instant::from_millis(1_750_000_000_000);

/// How often something may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Somebody does something to a conversation.
    pub acts: u8,
    /// An agent goes away or comes back.
    pub absences: u8,
    pub losses: u8,
    pub repeats: u8,
    pub crashes: u8,
    /// Somebody stops waiting though the answer is still under way.
    pub haste: u8,
}

/// Nothing happens but what is due.
pub const NOTHING: Budget = Budget { acts: 0, absences: 0, losses: 0, repeats: 0, crashes: 0, haste: 0 };

/// One state of all of it.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub conversations: [Conversation; CONVERSATIONS],
    pub desk: Arc<Ledger>,
    /// Which agents are away.
    pub away: [bool; 2],
    /// What is under way, in no order. What is sent twice is under way once.
    pub air: Vec<Letter>,
    pub budget: Budget,
    /// Whether a grant or an offer was committed in another epoch than the one it was for, or an epoch went backwards.
    pub stale: bool,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conversation {
    pub tenure: Tenure,
    pub waiting: Waiting,
    /// Those who asked for a slot and wait for the answer. In memory only.
    pub handlers: Vec<Attempt>,
    pub open: bool,
    pub rev: u64,
    /// Whether it is in a folder.
    pub filed: bool,
    /// Whether its agent got it beyond his limit, by force.
    pub forced: bool,
}

/// What one side has to tell the other about a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letter {
    pub conversation: usize,
    pub word: Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Word {
    Reserve(Attempt, Mode),
    /// The answer to it.
    Answer(Reservation, Option<Granted>),
    Cancel(Reservation),
    Report(Told),
    /// The answer to it.
    Noted(Told),
    Offer(Offer),
    /// The answer to it, if the conversation does not take it: with how it stands instead.
    Declined(Reservation, Told),
    Settle(Settle),
}

/// A [`Stand`], in a few bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Told {
    pub epoch: u64,
    pub rev: u64,
    holder: Option<Holding>,
    waits: bool,
    filed: bool,
}

impl Budget {
    /// How much may happen in all.
    pub fn sum(self) -> u8 {
        self.acts + self.absences + self.losses + self.repeats + self.crashes + self.haste
    }
}

impl Conversation {
    fn new() -> Self {
        let mut tenure = Tenure::default();
        tenure.owes_report = true;
        let (waiting, handlers) = (Waiting::default(), Vec::new());
        Self { tenure, waiting, handlers, open: true, rev: 1, filed: false, forced: false }
    }

    /// Whether it is for an agent to take.
    pub fn waits(&self) -> bool {
        self.open && self.tenure.holder.is_none()
    }

    /// How it stands.
    pub fn told(&self) -> Told {
        let Tenure { epoch, holder, .. } = self.tenure;
        Told { epoch, rev: self.rev, holder, waits: self.waits(), filed: self.filed }
    }

    /// It is over, or put aside.
    pub fn close(&mut self) {
        self.open = false;
        self.release();
    }

    /// Nobody has it from now on, or it is closed, or open again.
    pub fn release(&mut self) {
        self.tenure.release();
        self.rev += 1;
        self.forced = false;
    }
}

impl Told {
    pub fn stand(self, conversation: usize) -> Stand {
        let folder = self.filed.then(|| FolderId::new(Uuid::from_u128(0xf0)));
        let since = NOW.before(Span::seconds(60)).after(Span::seconds(i64::from(conversation == 1)));
        let waits = self.waits.then(|| Waiter { since, need: Need { folder, ..Need::default() } });
        Stand { epoch: self.epoch, rev: self.rev, holder: self.holder, waits }
    }
}

impl Hash for World {
    /// What the Desk's ledger derives from its records is left out: it always follows from them, as a property says.
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.conversations.hash(hasher);
        for conversation in 0..CONVERSATIONS {
            let record = self.record(conversation);
            record.map(|record| (record.seen, &record.slots)).hash(hasher);
            let waiter = record.and_then(|record| record.waiter.as_ref());
            waiter.map(|waiter| waiter.need.folder.is_some()).hash(hasher);
        }
        self.desk.reservations().hash(hasher);
        (self.away, &self.air, self.budget, self.stale).hash(hasher);
    }
}

impl World {
    /// Two new conversations that nobody has told the Desk of.
    pub fn new(budget: Budget) -> Self {
        let conversations = std::array::from_fn(|_| Conversation::new());
        Self { conversations, desk: Arc::default(), away: [false; 2], air: Vec::new(), budget, stale: false }
    }

    /// What the Desk knows of a conversation.
    pub fn record(&self, conversation: usize) -> Option<&Record> {
        self.desk.record(name(conversation))
    }

    /// The slots that are only reserved.
    pub fn leased(&self, conversation: usize) -> impl Iterator<Item = Reservation> {
        let slots = self.record(conversation).into_iter().flat_map(|record| &record.slots);
        slots.filter(|(_, slot)| slot.lease_until.is_some()).map(|(reservation, _)| *reservation)
    }

    /// Whether nothing is under way, owed or waited for.
    pub fn rests(&self) -> bool {
        let done = |(place, conversation): (usize, &Conversation)| {
            !conversation.tenure.owes_report && conversation.handlers.is_empty() && self.leased(place).next().is_none()
        };
        self.air.is_empty() && self.conversations.iter().enumerate().all(done)
    }

    pub fn send(&mut self, conversation: usize, word: Word) {
        let letter = Letter { conversation, word };
        if let Err(place) = self.air.binary_search(&letter) {
            self.air.insert(place, letter);
        }
    }

    pub fn take(&mut self, letter: &Letter) {
        self.air.retain(|other| other != letter);
    }

    /// Whether the answer to a handler may still come.
    pub fn is_answered(&self, conversation: usize, attempt: &Attempt) -> bool {
        self.about(conversation).any(|word| match word {
            Word::Reserve(asked, _) => asked.reservation == attempt.reservation,
            Word::Answer(reservation, _) => *reservation == attempt.reservation,
            _ => false,
        })
    }

    pub fn about(&self, conversation: usize) -> impl Iterator<Item = &Word> {
        self.air.iter().filter(move |letter| letter.conversation == conversation).map(|letter| &letter.word)
    }
}

pub fn agent(number: usize) -> AgentId {
    AgentId::new(Uuid::from_u128(0xa0 + number as u128))
}

pub fn name(place: usize) -> ConversationId {
    ConversationId::new(Uuid::from_u128(0xc0 + place as u128))
}

/// The Desk's ledger after a crash: from what it stored, which may have been tampered with.
pub fn rebuilt(ledger: &Ledger, tamper: impl Fn(usize, &mut Record)) -> Ledger {
    let mut again = Ledger::resuming(ledger.reservations());
    for place in 0..CONVERSATIONS {
        if let Some(mut record) = ledger.record(name(place)).cloned() {
            tamper(place, &mut record);
            again.recall(name(place), record);
        }
    }
    again
}
