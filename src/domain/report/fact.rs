//! What reports know of a conversation: facts, read off its log one entry after the other.

use crate::domain::conversation::event::{Author, Channel, Entry, Event};
use crate::domain::conversation::status::Status;
use crate::domain::id::AgentId;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A conversation began.
    Opened,
    /// The customer wrote.
    CustomerMessage,
    /// An agent wrote to the customer.
    Reply,
    /// The first answer of an agent's in a conversation that the customer began.
    FirstResponse,
    /// A customer who waited was answered by an agent.
    Wait,
    /// A conversation was closed.
    Closed,
    /// A closed conversation was taken up again.
    Reopened,
    /// The customer said how he was served.
    Rated,
    /// An agent was there.
    Online,
    /// He was there, and said that he was away.
    Away,
    /// He was there, and said that he was busy.
    Busy,
}

impl Kind {
    /// What is read off the logs of conversations.
    pub const OF_CONVERSATIONS: &[Self] = &[
        Self::Opened,
        Self::CustomerMessage,
        Self::Reply,
        Self::FirstResponse,
        Self::Wait,
        Self::Closed,
        Self::Reopened,
        Self::Rated,
    ];
    /// When agents were there: facts of no conversation, with its number 0.
    pub const OF_ATTENDANCE: &[Self] = &[Self::Online, Self::Away, Self::Busy];
    /// How many kinds there are.
    pub const COUNT: usize = Self::OF_CONVERSATIONS.len() + Self::OF_ATTENDANCE.len();

    /// Every kind.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::OF_CONVERSATIONS.iter().chain(Self::OF_ATTENDANCE).copied()
    }

    /// The number under which it is stored.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Opened => 1,
            Self::CustomerMessage => 2,
            Self::Reply => 3,
            Self::FirstResponse => 4,
            Self::Wait => 5,
            Self::Closed => 6,
            Self::Reopened => 7,
            Self::Rated => 8,
            Self::Online => 9,
            Self::Away => 10,
            Self::Busy => 11,
        }
    }

    /// The kind of that number.
    #[must_use]
    pub fn parse(code: u8) -> Option<Self> {
        Self::all().find(|kind| kind.code() == code)
    }
}

/// Something that reports count or measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The entry of the log that it was read off.
    pub seq: u64,
    pub kind: Kind,
    pub at: Instant,
    /// Who did it, if an agent did; else whose conversation it was.
    pub agent: Option<AgentId>,
    /// Since when that had been under way, where it is timed.
    pub since: Option<Instant>,
    /// The customer's verdict, where it is one.
    pub score: Option<u8>,
}

/// What has to be remembered of a log to read facts off what follows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Since when it has been open, for the first time or again.
    running_since: Option<Instant>,
    /// Since when the customer has been waiting for an agent.
    waiting_since: Option<Instant>,
    /// When the customer began it, as long as no agent has answered.
    unanswered_since: Option<Instant>,
    /// The agent who has it, or had it last before it was closed.
    holder: Option<AgentId>,
    closed: bool,
}

/// Makes a timed fact of its kind, its agent and when it began.
type Since<'a> = &'a dyn Fn(Kind, Option<AgentId>, Instant) -> Fact;

impl Course {
    /// Reads the facts off the next entry.
    pub fn take(&mut self, entry: &Entry) -> Vec<Fact> {
        let at = entry.at;
        let fact = |kind, agent| Fact { seq: entry.seq, kind, at, agent, since: None, score: None };
        let since = |kind, agent, since| Fact { since: Some(since), ..fact(kind, agent) };
        let by = match &entry.by {
            Author::Agent(agent) => Some(agent.id),
            Author::Customer { .. } | Author::Automation(_) | Author::System => None,
        };
        match &entry.event {
            Event::Opened { channel, .. } => {
                self.running_since = Some(at);
                self.unanswered_since = (*channel != Channel::Agent).then_some(at);
                vec![fact(Kind::Opened, by)]
            }
            Event::Message { .. } | Event::Catalog { .. } => match &entry.by {
                Author::Agent(_) => [fact(Kind::Reply, by)].into_iter().chain(self.answered(&since, by)).collect(),
                Author::Customer { .. } => {
                    self.waits(at);
                    vec![fact(Kind::CustomerMessage, self.holder)]
                }
                // What a rule says answers nobody.
                Author::Automation(_) | Author::System => Vec::new(),
            },
            // No message, but somebody's turn: whoever asked something of the other side waits for it.
            Event::Order(step) if step.asks_agents() || step.asks_customer() => match &entry.by {
                Author::Agent(_) => self.answered(&since, by),
                _ => {
                    self.waits(at);
                    Vec::new()
                }
            },
            Event::Status { to: Status::Closed, .. } => self.closes(&since, by, at),
            Event::Status { to, .. } => {
                match to {
                    Status::Pending => self.waiting_since = None,
                    Status::New | Status::Open => self.waits(at),
                    Status::Closed | Status::Snoozed => {}
                }
                let was_closed = std::mem::take(&mut self.closed);
                if was_closed {
                    self.running_since = Some(at);
                }
                was_closed.then(|| fact(Kind::Reopened, by.or(self.holder))).into_iter().collect()
            }
            Event::Assignment { to, .. } => {
                self.holder = to.as_ref().map(|agent| agent.id);
                Vec::new()
            }
            Event::Rating(rating) => vec![Fact { score: Some(rating.score), ..fact(Kind::Rated, self.holder) }],
            // What a customer waits for there, he waits for here from now on.
            Event::Absorbed(absorbed) if !absorbed.continued => {
                self.waiting_since = self.waiting_since.into_iter().chain(absorbed.brings.waiting_since).min();
                Vec::new()
            }
            // Nobody is answered here any more.
            Event::Merged { .. } => {
                self.unanswered_since = None;
                self.closes(&since, by, at)
            }
            _ => Vec::new(),
        }
    }

    /// The customer waits from then on, unless he does already.
    fn waits(&mut self, at: Instant) {
        self.waiting_since = self.waiting_since.or(Some(at));
    }

    /// It is closed, unless it was already.
    fn closes(&mut self, since: Since<'_>, by: Option<AgentId>, at: Instant) -> Vec<Fact> {
        self.waiting_since = None;
        let began = self.running_since.take().unwrap_or(at);
        let was_closed = std::mem::replace(&mut self.closed, true);
        (!was_closed).then(|| since(Kind::Closed, by.or(self.holder), began)).into_iter().collect()
    }

    /// An agent answered: what ends by it.
    fn answered(&mut self, since: Since<'_>, agent: Option<AgentId>) -> Vec<Fact> {
        let first = self.unanswered_since.take().map(|opened| since(Kind::FirstResponse, agent, opened));
        let waited = self.waiting_since.take().map(|waits| since(Kind::Wait, agent, waits));
        first.into_iter().chain(waited).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::event::AgentRef;
    use crate::domain::conversation::merge::{Absorbed, Brings, ConversationRef};
    use crate::domain::conversation::rating::Rating;
    use crate::domain::id::{ConversationId, OrderId};
    use crate::domain::order::currency::Currency;
    use crate::domain::order::money::Money;
    use crate::domain::order::step::{OrderRef, OrderStep, OrderWhat};
    use uuid::Uuid;

    fn agent(n: u128) -> AgentRef {
        let id = AgentId::new(Uuid::from_u128(n));
        AgentRef { id, name: "Ana".into(), public_name: "Ana".into(), function: String::new(), photo_url: None }
    }

    fn words() -> Event {
        Event::Message { body: "Hello".into(), attachments: vec![] }
    }

    fn status(from: Status, to: Status) -> Event {
        Event::Status { from, to, until: None }
    }

    /// The facts of a log whose entries come a minute apart: kind, minute, agent, and the minutes it took.
    fn facts(log: Vec<(Author, Event)>) -> Vec<(Kind, u64, u128, i64)> {
        let mut course = Course::default();
        let mut read = Vec::new();
        for (at, (by, event)) in log.into_iter().enumerate() {
            let seq = at as u64 + 1;
            let at = Instant::from_millis(at as i64 * 60_000);
            let facts = course.take(&Entry { seq, pub_seq: None, at, by, event });
            // What is remembered between two deliveries is enough.
            course = serde_json::from_str(&serde_json::to_string(&course).unwrap()).unwrap();
            read.extend(facts.into_iter().map(|fact| {
                let minutes = fact.since.map_or(0, |since| since.until(fact.at).as_seconds() / 60);
                (fact.kind, fact.seq - 1, fact.agent.map_or(0, |id| u128::from_be_bytes(*id.as_bytes())), minutes)
            }));
        }
        read
    }

    // spec: K3
    #[test]
    fn the_facts_of_a_conversation() {
        let customer = || Author::Customer { name: "Marta".into() };
        let by = |n| Author::Agent(agent(n));
        let rule = || Author::System;
        let opened = Event::Opened { subject: "Lamp".into(), channel: Channel::Web };
        let to = |n| Event::Assignment { from: None, to: Some(agent(n)), epoch: 1, forced: false };
        let read = facts(vec![
            (customer(), opened),
            (customer(), words()),
            (customer(), words()),
            (rule(), words()),
            (by(1), to(1)),
            (by(1), words()),
            (by(1), status(Status::New, Status::Pending)),
            (by(2), words()),
            (customer(), words()),
            (customer(), status(Status::Pending, Status::Open)),
            (by(2), words()),
            (customer(), status(Status::Pending, Status::Closed)),
            (customer(), Event::Rating(Rating { score: 4, comment: String::new() })),
            (customer(), words()),
            (customer(), status(Status::Closed, Status::Open)),
            (by(2), status(Status::Open, Status::Closed)),
        ]);
        assert_eq!(
            read,
            [
                (Kind::Opened, 0, 0, 0),
                (Kind::CustomerMessage, 1, 0, 0),
                (Kind::CustomerMessage, 2, 0, 0),
                (Kind::Reply, 5, 1, 0),
                (Kind::FirstResponse, 5, 1, 5),
                (Kind::Wait, 5, 1, 4),
                (Kind::Reply, 7, 2, 0),
                (Kind::CustomerMessage, 8, 1, 0),
                (Kind::Reply, 10, 2, 0),
                (Kind::Wait, 10, 2, 2),
                (Kind::Closed, 11, 1, 11),
                (Kind::Rated, 12, 1, 0),
                (Kind::CustomerMessage, 13, 1, 0),
                (Kind::Reopened, 14, 1, 0),
                (Kind::Closed, 15, 2, 1),
            ]
        );
    }

    // spec: B13 J13
    #[test]
    fn what_is_shown_or_asked_answers_as_words_do() {
        let customer = || Author::Customer { name: "Marta".into() };
        let by = || Author::Agent(agent(1));
        let opened = || Event::Opened { subject: "Lamp".into(), channel: Channel::Web };
        let shown = Event::Catalog { body: String::new(), items: vec![] };
        let order = |what| {
            let order = OrderRef { id: OrderId::new(Uuid::from_u128(7)), number: 1 };
            let amount = Money { amount: 100, currency: Currency::parse("EUR").unwrap() };
            Event::Order(OrderStep { order, what, amount, method: None, known: true })
        };
        let read = facts(vec![
            (customer(), opened()),
            (customer(), words()),
            (by(), shown),
            (customer(), order(OrderWhat::Requested)),
            (by(), order(OrderWhat::Edited)),
            (by(), order(OrderWhat::Offered)),
            (Author::System, order(OrderWhat::PaymentReceived)),
            (by(), words()),
        ]);
        assert_eq!(
            read,
            [
                (Kind::Opened, 0, 0, 0),
                (Kind::CustomerMessage, 1, 0, 0),
                (Kind::Reply, 2, 1, 0),
                (Kind::FirstResponse, 2, 1, 2),
                (Kind::Wait, 2, 1, 1),
                (Kind::Wait, 5, 1, 2),
                (Kind::Reply, 7, 1, 0),
            ]
        );
        let first = facts(vec![(customer(), opened()), (by(), order(OrderWhat::Offered))]);
        assert_eq!(first[1..], [(Kind::FirstResponse, 1, 1, 1)]);
    }

    // spec: C12
    #[test]
    fn who_waited_in_a_conversation_waits_on_where_it_was_merged_into() {
        let customer = || Author::Customer { name: "Marta".into() };
        let by = || Author::Agent(agent(1));
        let opened = || Event::Opened { subject: "Lamp".into(), channel: Channel::Web };
        let named = |n| {
            let id = ConversationId::new(Uuid::from_u128(n));
            ConversationRef { id, number: 1, subject: "Lamp".into() }
        };
        let absorbed = |minute: Option<i64>, continued| {
            let waiting_since = minute.map(|minute| Instant::from_millis(minute * 60_000));
            let brings = Brings { waiting_since, ..Brings::default() };
            Event::Absorbed(Absorbed { from: named(7), items: vec![], continued, brings })
        };
        let log = |taken: Vec<Event>| {
            let began = [(customer(), opened()), (by(), words()), (by(), words())];
            let taken = taken.into_iter().map(|event| (by(), event));
            let waits = facts(began.into_iter().chain(taken).chain([(by(), words())]).collect());
            waits
                .into_iter()
                .filter(|(kind, ..)| *kind == Kind::Wait)
                .map(|(_, at, _, took)| (at, took))
                .collect::<Vec<_>>()
        };
        assert_eq!(log(vec![absorbed(Some(2), false)]), [(4, 2)]);
        assert_eq!(log(vec![absorbed(None, false)]), []);
        assert_eq!(log(vec![absorbed(Some(2), false), absorbed(None, true)]), [(5, 3)]);
        let earlier = vec![absorbed(Some(1), false), status(Status::Pending, Status::Open)];
        assert_eq!(log(earlier), [(5, 4)]);
        let later = vec![status(Status::Pending, Status::Open), absorbed(Some(1), false), absorbed(Some(2), false)];
        assert_eq!(log(later), [(6, 5)]);
        // The other one is closed, and nobody is answered there.
        let merged = || Event::Merged { into: named(8) };
        let source = vec![(customer(), opened()), (customer(), words()), (by(), merged()), (by(), words())];
        assert_eq!(facts(source)[2..], [(Kind::Closed, 2, 1, 2), (Kind::Reply, 3, 1, 0)]);
        let closed = vec![(customer(), opened()), (by(), status(Status::New, Status::Closed)), (by(), merged())];
        assert_eq!(facts(closed)[1..], [(Kind::Closed, 1, 1, 1)]);
    }

    #[test]
    fn who_is_written_to_first_waits_for_no_first_response() {
        let customer = || Author::Customer { name: "Marta".into() };
        let by = || Author::Agent(agent(1));
        let opened = Event::Opened { subject: "Lamp".into(), channel: Channel::Agent };
        let read = facts(vec![(by(), opened), (by(), words()), (customer(), words()), (by(), words())]);
        let kinds: Vec<Kind> = read.iter().map(|(kind, ..)| *kind).collect();
        assert_eq!(kinds, [Kind::Opened, Kind::Reply, Kind::CustomerMessage, Kind::Reply, Kind::Wait]);
    }

    #[test]
    fn kinds_have_numbers_of_their_own() {
        for kind in Kind::all() {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
        assert_eq!(Kind::all().map(Kind::code).max().map(usize::from), Some(Kind::COUNT));
        assert_eq!(Kind::parse(0), None);
    }
}
