//! Requests that come once, twice, changed, or while the machine dies: whatever was acknowledged is in the log exactly
//! once, a repeat gets the first answer, and nothing else ever happens.

mod ledger;
mod object;

use self::ledger::{Ledger, Verdict, words};
use self::object::{Answer, Crash, Object, Request};
use super::cast::{LINK, START, adam, ana, bela, candidate, clara, customer, opening, sara, set_status, tries};
use super::history::replay;
use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::event::Event;
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::id::ClientId;
use edgedesk::domain::people::member::Member;
use edgedesk::domain::time::{Instant, Span};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

prop_state_machine! {
    #![proptest_config(tries(256))]

    #[test]
    fn whatever_is_acknowledged_happened_once(sequential 1..50 => Delivery);
}

/// What may happen next.
#[derive(Clone, Debug)]
pub enum Happening {
    Request(Box<Request>, Option<Crash>),
    /// One of the earlier requests arrives again.
    Again(usize, Option<Crash>),
    /// Seconds pass.
    Wait(i64),
    /// The alarm rings, perhaps early, perhaps twice.
    Ring(Option<Crash>),
}

impl Happening {
    /// The request that reaches the object, if one does.
    fn request(&self, sent: &[Request]) -> Option<(Request, Option<Crash>)> {
        let earlier = |index: &usize| sent.get(index.checked_rem(sent.len())?).cloned();
        match self {
            Self::Request(request, crash) => Some((Request::clone(request), *crash)),
            Self::Again(index, crash) => earlier(index).map(|request| (renumbered(request), *crash)),
            Self::Wait(_) => None,
            Self::Ring(crash) => {
                Some((Request { actor: Actor::System, client_id: None, command: Command::Tick }, *crash))
            }
        }
    }
}

impl ReferenceStateMachine for Ledger {
    type State = Self;
    type Transition = Happening;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::new()).boxed()
    }

    fn transitions(ledger: &Self) -> BoxedStrategy<Happening> {
        let name = ledger.sent.len();
        prop_oneof![
            10 => (request(name), crash()).prop_map(|(request, crash)| Happening::Request(Box::new(request), crash)),
            4 => (0..name.max(1), crash()).prop_map(|(index, crash)| Happening::Again(index, crash)),
            2 => (0i64..90).prop_map(Happening::Wait),
            2 => crash().prop_map(Happening::Ring),
        ]
        .boxed()
    }

    fn preconditions(ledger: &Self, happening: &Happening) -> bool {
        !ledger.sent.is_empty() || !matches!(happening, Happening::Again(..))
    }

    fn apply(mut ledger: Self, happening: &Happening) -> Self {
        if let Happening::Wait(seconds) = happening {
            ledger.now = ledger.now.after(Span::seconds(*seconds));
        }
        if let Some((request, crash)) = happening.request(&ledger.sent) {
            ledger.take(&request, crash);
            if request.client_id.is_some() {
                ledger.sent.push(request);
            }
        }
        ledger
    }
}

/// The object under test, and what its clients have heard.
struct Delivery {
    object: Object,
    sent: Vec<Request>,
    /// What the clients read of each accepted request that had words, by its place among the accepted.
    heard: BTreeMap<usize, String>,
}

impl StateMachineTest for Delivery {
    type SystemUnderTest = Self;
    type Reference = Ledger;

    fn init_test(_: &Ledger) -> Self {
        Self { object: Object::default(), sent: Vec::new(), heard: BTreeMap::new() }
    }

    fn apply(mut delivery: Self, ledger: &Ledger, happening: Happening) -> Self {
        if let Some((request, crash)) = happening.request(&delivery.sent) {
            let before = delivery.object.durable();
            let answer = delivery.object.handle(&request, ledger.now, crash);
            let changed = before != delivery.object.durable();
            assert_eq!(crash.is_some(), answer.is_none());
            delivery.check(ledger, &request, answer.as_ref(), changed);
            if request.client_id.is_some() {
                delivery.sent.push(request);
            }
        }
        delivery
    }

    fn check_invariants(delivery: &Self, ledger: &Ledger) {
        let entries = delivery.object.entries();
        assert!(entries.iter().map(|entry| entry.seq).eq(1..=entries.len() as u64), "a gap");
        let public: Vec<_> = entries.iter().filter_map(|entry| entry.pub_seq).collect();
        assert!(public.iter().copied().eq(1..=public.len() as u64), "a gap before the customer");
        let written = entries.iter().filter_map(|entry| match &entry.event {
            Event::Message { body, .. } | Event::Note { body, .. } => Some(body.as_str()),
            _ => None,
        });
        assert!(written.eq(ledger.words()), "not exactly once");
        if let Some((opening, at)) = ledger.opened() {
            assert_eq!(Some(replay(&State::before(opening, at), &entries)), delivery.object.state());
        }
        delivery.compare(ledger);
    }
}

impl Delivery {
    /// Whether the answer, and what became durable, is what the model says.
    fn check(&mut self, ledger: &Ledger, request: &Request, answer: Option<&Answer>, changed: bool) {
        match ledger.verdict {
            Verdict::Accepted => {
                assert!(changed || request.client_id.is_none(), "acknowledged and not written");
                self.check_heard(ledger.accepted.len() - 1, request, answer);
            }
            Verdict::Repeat(index) => {
                assert!(!changed, "carried out twice");
                self.check_heard(index, request, answer);
            }
            Verdict::Conflict => {
                assert!(!changed);
                assert!(answer.is_none_or(|answer| *answer == Err(Refusal::ClientIdReused)), "{answer:?}");
            }
            Verdict::Refused => {
                assert!(!changed);
                assert!(answer.is_none_or(Result::is_err), "{request:?} was not refused");
            }
            Verdict::Lost => assert!(!changed && answer.is_none()),
        }
    }

    /// Whether an answer is the one that was heard before, if there was one, and about what was asked.
    fn check_heard(&mut self, index: usize, request: &Request, answer: Option<&Answer>) {
        let Some(answer) = answer else { return };
        let answer = answer.as_ref().unwrap_or_else(|refusal| panic!("{request:?} was refused: {refusal:?}"));
        match (&request.command, words(&request.command)) {
            (Command::Message { .. } | Command::Note { .. }, Some(body)) => {
                let said: Value = serde_json::from_str(answer).expect("answers are JSON");
                assert_eq!(said.pointer("/event/body").and_then(Value::as_str), Some(body));
                assert_eq!(self.heard.entry(index).or_insert_with(|| answer.clone()), answer);
            }
            _ => assert_eq!(*answer, self.object.view(&request.actor)),
        }
    }

    /// Whether the conversation stands where the model says.
    fn compare(&self, ledger: &Ledger) {
        let (state, stand) = (self.object.state(), ledger.stand());
        assert_eq!(state.is_some(), stand.is_some());
        let Some((state, stand)) = state.zip(stand) else { return };
        assert_eq!((state.status, state.public_status), (stand.status, stand.told));
        assert_eq!((state.assignee.map(|agent| agent.id), state.assignment_epoch), (stand.holder, stand.epoch));
        assert_eq!(state.participants.iter().map(|agent| agent.id).collect::<BTreeSet<_>>(), stand.participants);
        let holder = staff().into_iter().find(|member| Some(member.id) == stand.holder);
        assert_eq!(holder.map(|member| member.assignable()), stand.holder.map(|_| true), "held by who may not");
    }
}

/// That the machine above gets everywhere: a rule of the model that is never reached checks nothing.
#[test]
fn every_verdict_and_every_command_comes_up() {
    let mut runner = TestRunner::deterministic();
    let (mut verdicts, mut accepted) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..60 {
        let tree = Ledger::sequential_strategy(40..50).new_tree(&mut runner).expect("it is never stuck");
        let (mut ledger, happenings, _) = tree.current();
        for happening in happenings {
            ledger = Ledger::apply(ledger, &happening);
            verdicts.insert(kind(&format!("{:?}", ledger.verdict)));
        }
        accepted.extend(ledger.accepted.iter().map(|accepted| kind(&format!("{:?}", accepted.request.command))));
        let statuses = ledger.stand().map(|stand| format!("{:?}", stand.status));
        accepted.extend(statuses);
    }
    assert!(verdicts.iter().eq(["Accepted", "Conflict", "Lost", "Refused", "Repeat"]), "{verdicts:?}");
    let commands = ["Assign", "Claim", "Message", "Note", "Open", "SetStatus", "Tick"];
    let statuses = Status::ALL.map(|status| format!("{status:?}"));
    for name in commands.map(str::to_owned).iter().chain(&statuses) {
        assert!(accepted.contains(name), "{name} never comes up");
    }
}

fn kind(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric()).collect()
}

fn staff() -> Vec<Member> {
    vec![sara(), adam(), ana(), bela(), clara()]
}

/// A request, now and then under a name that its sender, or somebody else, has used before.
fn request(name: usize) -> impl Strategy<Value = Request> {
    let named = prop_oneof![5 => Just(name), 1 => 0..=name];
    (actor(), named, command(name)).prop_map(|(actor, name, command)| {
        // Only customers start conversations.
        let actor = if matches!(command, Command::Open(_)) { customer() } else { actor };
        let client_id = ClientId::new(Uuid::from_u128(0xc11e_0000 + name as u128));
        Request { actor, client_id: Some(client_id), command }
    })
}

fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        8 => Just(customer()),
        1 => Just(Actor::Customer { link_version: LINK + 1 }),
        6 => Just(Actor::Agent(sara())),
        6 => Just(Actor::Agent(ana())),
        6 => select(staff()).prop_map(Actor::Agent),
    ]
}

fn command(name: usize) -> impl Strategy<Value = Command> {
    let begin = if name < 3 { 20 } else { 1 };
    prop_oneof![
        begin => Just(Command::Open(opening())),
        4 => Just(Command::Message { body: format!("words {name}"), attachments: vec![] }),
        2 => Just(Command::Note { body: format!("comment {name}"), attachments: vec![], mentions: vec![] }),
        5 => (select(Status::ALL.as_slice()), instant()).prop_map(|(status, until)| set_status(status, until)),
        4 => any::<bool>().prop_map(|dealt| Command::Claim { dealt }),
        3 => (proptest::option::weighted(0.8, select(staff())), proptest::option::weighted(0.3, 0u64..5))
            .prop_map(|(to, if_epoch)| Command::Assign { to: to.as_ref().map(candidate), if_epoch, force: false }),
    ]
}

fn crash() -> impl Strategy<Value = Option<Crash>> {
    prop_oneof![
        8 => Just(None),
        1 => Just(Some(Crash::BeforeCommit)),
        1 => Just(Some(Crash::BeforeAnswer)),
    ]
}

fn instant() -> impl Strategy<Value = Instant> {
    (0i64..600).prop_map(|seconds| START.after(Span::seconds(seconds)))
}

/// An opening that comes again is given a new number before it arrives.
fn renumbered(mut request: Request) -> Request {
    if let Command::Open(opening) = &mut request.command {
        opening.number += 1;
        opening.terms.pending_close_after = Span::seconds(opening.terms.pending_close_after.as_seconds() + 1);
    }
    request
}
