//! Every status by every status by every actor, and what a customer can do at all.

use super::cast::{CANARY, LINK, START, ana, candidate, customer, member, opening, sara, set_status};
use super::history::{Tie, conversation, turn};
use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::decide::decide;
use edgedesk::domain::conversation::event::Event;
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::status::Status::{self, Closed, New, Open, Pending, Snoozed};
use edgedesk::domain::people::member::Member;
use edgedesk::domain::people::role::Role;
use edgedesk::domain::time::{Instant, Span};

/// What an agent may do by hand. Everything else, staying apart, is refused.
const BY_HAND: [(Status, Status); 13] = [
    (New, Pending),
    (New, Closed),
    (New, Snoozed),
    (Pending, Open),
    (Pending, Closed),
    (Pending, Snoozed),
    (Open, Pending),
    (Open, Closed),
    (Open, Snoozed),
    (Closed, Open),
    (Snoozed, Open),
    (Snoozed, Pending),
    (Snoozed, Closed),
];

#[test]
fn an_illegal_transition_is_refused_to_everybody() {
    for (from, to) in pairs().filter(|(from, to)| from != to && !BY_HAND.contains(&(*from, *to))) {
        for (who, tie) in everybody() {
            let state = conversation(from, &who, tie);
            let answer = decide(&state, &Actor::Agent(who.clone()), &set_status(to, later()), START);
            assert!(answer.is_err(), "{:?}, {tie:?}: {from:?} to {to:?}", who.roles);
            if who.roles == [Role::Supervisor] {
                assert_eq!(answer, Err(Refusal::IllegalTransition { from, to }));
            }
        }
        let state = conversation(from, &ana(), Tie::None);
        assert_eq!(decide(&state, &Actor::System, &set_status(to, later()), START), Err(Refusal::NotFound));
    }
}

#[test]
fn a_legal_transition_does_what_it_says() {
    for (from, to) in BY_HAND {
        let mut state = conversation(from, &ana(), Tie::None);
        let until = (to == Snoozed).then_some(later());
        let entries = turn(&mut state, &Actor::Agent(sara()), &set_status(to, later()), START).unwrap();
        assert!(matches!(entries.as_slice(), [entry] if entry.event == Event::Status { from, to, until }));
        assert_eq!((state.status, state.snoozed_until), (to, until));
    }
}

#[test]
fn setting_the_status_it_has_is_fine_and_changes_nothing() {
    for status in Status::ALL {
        let state = conversation(status, &ana(), Tie::None);
        assert_eq!(decide(&state, &Actor::Agent(sara()), &set_status(status, later()), START), Ok(vec![]));
    }
}

#[test]
fn only_a_snooze_says_until_when_and_it_says_the_future() {
    for (from, to) in BY_HAND {
        let state = conversation(from, &ana(), Tie::None);
        let ask = |until| decide(&state, &Actor::Agent(sara()), &Command::SetStatus { status: to, until }, START);
        let wrong = if to == Snoozed { [None, Some(START)] } else { [Some(START), Some(later())] };
        for until in wrong {
            assert!(matches!(ask(until), Err(Refusal::Invalid { field, .. }) if field == "until"), "{until:?}");
        }
        assert!(ask((to == Snoozed).then(later)).is_ok());
    }
}

#[test]
fn comments_are_for_the_agents_who_may() {
    let comment = Command::Note { body: CANARY.to_owned(), attachments: vec![], mentions: vec![] };
    for status in Status::ALL {
        for (who, tie) in everybody() {
            let state = conversation(status, &who, tie);
            let answer = decide(&state, &Actor::Agent(who.clone()), &comment, START);
            let may = who.roles.first().is_some_and(|role| comments(*role, tie));
            assert_eq!(answer.is_ok(), may, "{:?}, {tie:?}, {status:?}", who.roles);
        }
        let state = conversation(status, &ana(), Tie::None);
        assert_eq!(decide(&state, &Actor::System, &comment, START), Err(Refusal::NotFound));
        assert_eq!(decide(&state, &customer(), &comment, START), Err(Refusal::NotFound));
    }
}

#[test]
fn a_customer_writes_closes_and_opens_again_and_no_more() {
    for status in Status::ALL {
        let state = conversation(status, &ana(), Tie::Holds);
        for command in commands() {
            let answer = decide(&state, &customer(), &command, START);
            let events = answer.as_deref().unwrap_or_default();
            match &command {
                Command::Message { .. } => {
                    // The snoozed one was put aside before anybody answered.
                    let to = if matches!(status, New | Snoozed) { New } else { Open };
                    assert_eq!(changes(status, to), events.get(1..).unwrap_or_default().to_vec(), "{status:?}");
                    assert!(matches!(events.first(), Some(Event::Message { .. })));
                }
                Command::SetStatus { status: Closed, .. } => assert_eq!(answer, Ok(changes(status, Closed))),
                Command::SetStatus { status: Open, .. } if status == Closed => {
                    assert_eq!(answer, Ok(changes(Closed, Open)));
                }
                Command::SetStatus { status: to, .. } if *to == state.public_status => assert_eq!(answer, Ok(vec![])),
                Command::SetStatus { .. } => assert!(matches!(answer, Err(Refusal::IllegalTransition { .. }))),
                _ => assert_eq!(answer, Err(Refusal::NotFound), "{command:?}"),
            }
        }
    }
}

#[test]
fn a_link_of_another_version_opens_nothing() {
    for status in Status::ALL {
        for version in [LINK, LINK + 1] {
            let mut state = conversation(status, &ana(), Tie::Holds);
            state.link_version = version;
            for command in commands() {
                for link_version in (0..=u8::MAX).filter(|other| *other != version) {
                    let answer = decide(&state, &Actor::Customer { link_version }, &command, START);
                    assert_eq!(answer, Err(Refusal::NotFound), "{command:?}");
                }
            }
            let message = Command::Message { body: "Hello?".to_owned(), attachments: vec![] };
            assert!(decide(&state, &Actor::Customer { link_version: version }, &message, START).is_ok());
        }
    }
}

// spec: B2
#[test]
fn a_replaced_link_is_of_the_next_version_until_there_is_none() {
    let mut state = conversation(Open, &ana(), Tie::Holds);
    let seen = state.pub_head;
    let entries = turn(&mut state, &Actor::Agent(sara()), &Command::ReplaceLink, START).unwrap();
    let replaced = Event::LinkReplaced { version: LINK + 1 };
    assert!(matches!(entries.as_slice(), [entry] if entry.event == replaced && entry.pub_seq.is_none()));
    assert_eq!((state.link_version, state.pub_head), (LINK + 1, seen));
    assert_eq!(decide(&state, &customer(), &set_status(Closed, later()), START), Err(Refusal::NotFound));
    state.link_version = u8::MAX;
    let again = decide(&state, &Actor::Agent(sara()), &Command::ReplaceLink, START);
    assert!(matches!(again, Err(Refusal::Invalid { field, .. }) if field == "link"));
}

#[test]
fn time_only_passes() {
    for status in Status::ALL {
        let state = conversation(status, &ana(), Tie::Holds);
        for command in commands().into_iter().filter(|command| *command != Command::Tick) {
            assert_eq!(decide(&state, &Actor::System, &command, START), Err(Refusal::NotFound), "{command:?}");
        }
        assert!(decide(&state, &Actor::System, &Command::Tick, START).is_ok());
        for (who, _) in everybody() {
            assert_eq!(decide(&state, &Actor::Agent(who), &Command::Tick, later()), Err(Refusal::NotFound));
        }
    }
}

fn pairs() -> impl Iterator<Item = (Status, Status)> {
    Status::ALL.into_iter().flat_map(|from| Status::ALL.into_iter().map(move |to| (from, to)))
}

/// Every role, and nobody's, in every relation.
fn everybody() -> impl Iterator<Item = (Member, Tie)> {
    let roles = Role::ALL.iter().map(std::slice::from_ref).chain([[].as_slice()]);
    roles.flat_map(|roles| Tie::ALL.map(|tie| (member(77, "Somebody", roles, &[]), tie)))
}

/// Who comments, as the permissions' table is meant to read.
const fn comments(role: Role, tie: Tie) -> bool {
    match role {
        Role::Administrator | Role::Supervisor | Role::SuperAgent | Role::Stakeholder | Role::Compliance => true,
        Role::AgentManager | Role::ClientManager | Role::Agent => !matches!(tie, Tie::None),
        Role::Marketing | Role::OrderPaymentAdmin => false,
    }
}

fn commands() -> Vec<Command> {
    let statuses = Status::ALL.into_iter().map(|status| set_status(status, later()));
    let mut commands: Vec<_> = statuses.collect();
    commands.extend([
        Command::Message { body: "Hello?".to_owned(), attachments: vec![] },
        Command::Note { body: CANARY.to_owned(), attachments: vec![], mentions: vec![] },
        Command::Claim { dealt: false },
        Command::Claim { dealt: true },
        Command::Assign { to: None, if_epoch: None, force: false },
        Command::Assign { to: Some(candidate(&sara())), if_epoch: None, force: false },
        Command::ReplaceLink,
        Command::Tick,
        Command::Open(opening()),
    ]);
    commands
}

fn changes(from: Status, to: Status) -> Vec<Event> {
    if from == to { vec![] } else { vec![Event::Status { from, to, until: None }] }
}

/// When the snoozes of [`conversation`] end.
fn later() -> Instant {
    START.after(Span::days(1))
}
