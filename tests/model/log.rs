//! What holds for a conversation's log after any sequence of requests by anybody.

use super::cast::{START, ana, candidate, customer, opening, sara, staff, steps, tries};
use super::history::{play, replay, started, turn};
use edgedesk::domain::conversation::command::{Actor, Candidate, Command, Opening};
use edgedesk::domain::conversation::decide::{decide, open};
use edgedesk::domain::conversation::event::{AgentRef, Author, Channel, Entry, Event};
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::conversation::terms::{Escalation, Terms};
use edgedesk::domain::conversation::view::{PublicConversation, PublicEvent, PublicWhat};
use edgedesk::domain::id::AgentId;
use edgedesk::domain::time::{Instant, Span};
use proptest::prelude::*;

proptest! {
    #![proptest_config(tries(128))]

    #[test]
    fn positions_have_no_gaps(steps in steps()) {
        let history = play(&steps);
        let all: Vec<_> = history.entries.iter().map(|entry| entry.seq).collect();
        prop_assert_eq!(&all, &(1..=history.state.head).collect::<Vec<_>>());
        let public: Vec<_> = history.entries.iter().filter_map(PublicEvent::of).map(|event| event.seq).collect();
        prop_assert_eq!(&public, &(1..=history.state.pub_head).collect::<Vec<_>>());
        for entry in &history.entries {
            prop_assert_eq!(entry.pub_seq.is_some(), PublicEvent::of(entry).is_some());
        }
    }

    #[test]
    fn time_never_runs_backwards(steps in steps()) {
        let history = play(&steps);
        prop_assert!(history.entries.is_sorted_by_key(|entry| entry.at));
        prop_assert_eq!(history.entries.last().map(|entry| entry.at), Some(history.state.last_event_at));
    }

    #[test]
    fn the_state_is_what_the_log_says(steps in steps()) {
        let history = play(&steps);
        prop_assert_eq!(&replay(&history.before, &history.entries), &history.state);
        let written = serde_json::to_string(&history.state).unwrap();
        prop_assert_eq!(serde_json::from_str::<State>(&written).unwrap(), history.state);
        let written = serde_json::to_string(&history.entries).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Entry>>(&written).unwrap(), history.entries);
    }

    #[test]
    fn the_epoch_counts_assignments_and_every_closing_putting_aside_and_taking_up_again(steps in steps()) {
        for turn in play(&steps).turns {
            let events = || turn.answer.iter().flatten().map(|entry| &entry.event);
            let given = events().any(|event| matches!(event, Event::Assignment { .. }));
            let flipped = turn.before.is_under_way() != turn.after.is_under_way();
            prop_assert!(given || flipped || holder(&turn.before) == holder(&turn.after), "{:?}", turn.step);
            let expected = turn.before.assignment_epoch + u64::from(given) + u64::from(flipped);
            prop_assert_eq!(turn.after.assignment_epoch, expected, "{:?}", turn.step);
            for event in events() {
                if let Event::Assignment { epoch, .. } = event {
                    prop_assert_eq!(*epoch, turn.after.assignment_epoch);
                }
            }
        }
    }

    #[test]
    fn a_refusal_changes_nothing(steps in steps()) {
        for turn in play(&steps).turns.into_iter().filter(|turn| turn.answer.is_err()) {
            prop_assert_eq!(&turn.before, &turn.after);
        }
    }

    #[test]
    fn assignments_and_statuses_follow_from_each_other(steps in steps()) {
        let (mut status, mut holder) = (Status::New, None);
        for entry in play(&steps).entries {
            match entry.event {
                Event::Assignment { from, to, .. } => {
                    prop_assert_eq!(&from, &holder);
                    prop_assert!(from.map(|agent| agent.id) != to.as_ref().map(|agent| agent.id));
                    holder = to;
                }
                Event::Status { from, to, until } => {
                    prop_assert_eq!(from, status);
                    prop_assert_eq!(until.is_some(), to == Status::Snoozed);
                    let away = |status| matches!(status, Status::Closed | Status::Snoozed);
                    if away(from) && !away(to) {
                        // Taken up again, it is nobody's until it is given to somebody.
                        holder = None;
                    }
                    status = to;
                }
                _ => {}
            }
        }
    }

    #[test]
    fn only_those_who_are_assigned_conversations_hold_any(steps in steps()) {
        for turn in play(&steps).turns {
            let Some(id) = holder(&turn.after) else { continue };
            prop_assert!(staff().iter().any(|member| member.id == id && member.assignable()), "{:?}", turn.step);
        }
    }

    #[test]
    fn who_wrote_what_is_who_asked(steps in steps()) {
        for turn in play(&steps).turns {
            for entry in turn.answer.iter().flatten() {
                match (&turn.step.actor, &entry.by) {
                    (Actor::Customer { .. }, Author::Customer { name }) => prop_assert_eq!(name, "Kim"),
                    (Actor::Agent(member), Author::Agent(agent)) => prop_assert_eq!(&AgentRef::from(member), agent),
                    (Actor::Automation { rule }, Author::Automation(by)) => prop_assert_eq!(rule, by),
                    (Actor::System, Author::System) => {}
                    (actor, by) => prop_assert!(false, "{actor:?} asked and {by:?} wrote"),
                }
            }
        }
    }
}

#[test]
fn a_pending_conversation_closes_when_its_time_has_come_and_not_before() {
    let mut state = started().state;
    turn(
        &mut state,
        &Actor::Agent(sara()),
        &Command::Message { body: "It is on its way.".to_owned(), attachments: vec![] },
        START,
    )
    .unwrap();
    let due = START.after(opening().terms.pending_close_after);
    let asked = due.before(opening().terms.notice());
    assert_eq!(state.next_due(), Some(asked));
    assert_eq!(decide(&state, &Actor::System, &Command::Tick, before(asked)), Ok(vec![]));
    let entries = turn(&mut state, &Actor::System, &Command::Tick, asked).unwrap();
    assert!(matches!(entries.as_slice(), [entry] if entry.event == Event::Reminded && entry.pub_seq.is_none()));
    assert_eq!(state.next_due(), Some(due), "once is enough");
    assert_eq!(decide(&state, &Actor::System, &Command::Tick, before(due)), Ok(vec![]));
    let closed = Event::Status { from: Status::Pending, to: Status::Closed, until: None };
    assert_eq!(decide(&state, &Actor::System, &Command::Tick, due), Ok(vec![closed]));
    turn(&mut state, &customer(), &Command::Message { body: "Thanks.".to_owned(), attachments: vec![] }, START)
        .unwrap();
    assert_eq!(decide(&state, &Actor::System, &Command::Tick, due), Ok(vec![]), "the customer answered in time");
}

#[test]
fn who_waits_too_long_is_noticed_once_and_by_the_companys_policy() {
    let minute = Span::seconds(60);
    for escalation in [Escalation::Notify, Escalation::Queue] {
        let terms = Terms { response_time: Some(minute), escalation, ..Terms::default() };
        let mut state = opened(&Opening { terms, ..opening() });
        turn(&mut state, &Actor::Agent(sara()), &Command::Claim { dealt: false }, START).unwrap();
        let due = START.after(minute);
        assert_eq!(state.next_due(), Some(due));
        assert_eq!(decide(&state, &Actor::System, &Command::Tick, before(due)), Ok(vec![]));
        let entries = turn(&mut state, &Actor::System, &Command::Tick, due).unwrap();
        assert_eq!(entries.first().map(|entry| &entry.event), Some(&Event::Escalated));
        assert!(entries.first().is_some_and(|entry| entry.pub_seq.is_none()), "the customer is not told");
        assert_eq!(state.escalated_at, Some(due));
        let back = escalation == Escalation::Queue;
        assert_eq!(holder(&state), (!back).then_some(sara().id), "{escalation:?}");
        assert_eq!(state.waiter().and_then(|waiter| waiter.need.avoids), back.then_some(sara().id));
        assert_eq!(decide(&state, &Actor::System, &Command::Tick, due.after(minute)), Ok(vec![]), "once is enough");
        turn(
            &mut state,
            &Actor::Agent(sara()),
            &Command::Message { body: "Sorry.".to_owned(), attachments: vec![] },
            due,
        )
        .unwrap();
        assert_eq!((state.escalated_at, state.avoids), (None, None), "answered");
        turn(&mut state, &customer(), &Command::Message { body: "And now?".to_owned(), attachments: vec![] }, due)
            .unwrap();
        assert_eq!(state.escalates_at(), Some(due.after(minute)), "he waits again");
    }
}

#[test]
fn what_is_taken_up_again_asks_for_its_last_agent() {
    for (away, until) in [(Status::Closed, None), (Status::Snoozed, Some(START.after(Span::seconds(60))))] {
        let mut state = started().state;
        let sara = Actor::Agent(sara());
        turn(&mut state, &sara, &Command::Claim { dealt: false }, START).unwrap();
        let epoch = state.assignment_epoch;
        turn(&mut state, &sara, &Command::SetStatus { status: away, until }, START).unwrap();
        assert!(!state.is_under_way() && state.waiter().is_none());
        assert!(state.assignee.is_some(), "it is remembered whose it was");
        assert_eq!(state.assignment_epoch, epoch + 1);
        turn(&mut state, &customer(), &Command::Message { body: "Hello?".to_owned(), attachments: vec![] }, START)
            .unwrap();
        assert_eq!((state.assignee.as_ref(), state.assignment_epoch), (None, epoch + 2));
        let last = super::cast::sara().id;
        assert_eq!(state.waiter().and_then(|waiter| waiter.need.prefers), Some(last));
    }
}

#[test]
fn extending_a_snooze_changes_only_when_it_ends() {
    let (once, twice) = (START.after(Span::seconds(60)), START.after(Span::seconds(120)));
    let snooze = |until| Command::SetStatus { status: Status::Snoozed, until: Some(until) };
    for snoozes in [vec![twice], vec![once, twice]] {
        let mut state = started().state;
        for until in &snoozes {
            turn(&mut state, &Actor::Agent(sara()), &snooze(*until), START).unwrap();
        }
        turn(&mut state, &Actor::System, &Command::Tick, before(twice)).unwrap();
        assert_eq!(state.status, Status::Snoozed);
        turn(&mut state, &Actor::System, &Command::Tick, twice).unwrap();
        assert_eq!(state.status, Status::New, "nobody has answered yet, after {} snoozes", snoozes.len());
    }
}

#[test]
fn the_subject_is_the_same_wherever_it_is_shown() {
    let opening = Opening { subject: "  Where is it? ".to_owned(), ..opening() };
    let mut state = State::before(&opening, START);
    let entries = state.record(&Author::System, open(&opening, &customer()).unwrap(), START);
    let told = entries.first().and_then(PublicEvent::of).map(|event| event.what);
    let Some(PublicWhat::System { subject, .. }) = told else { panic!("a log starts with the opening") };
    assert_eq!(PublicConversation::from(&state).subject, subject);
}

#[test]
fn a_repeated_opening_is_the_same_whatever_it_was_given_here() {
    let opened = |number, seconds| {
        let terms = Terms { pending_close_after: Span::seconds(seconds), ..Terms::default() };
        Opening { number, terms, ..opening() }
    };
    let (first, again) = (Command::Open(opened(1, 60)), Command::Open(opened(2, 90)));
    assert_eq!(first.fingerprint(), again.fingerprint());
}

#[test]
fn a_repeated_assignment_is_the_same_whatever_became_of_the_agent() {
    let give = |name: &str, assignable| {
        let agent = AgentRef { name: name.to_owned(), ..AgentRef::from(&ana()) };
        Command::Assign { to: Some(Candidate { agent, assignable }), if_epoch: Some(1), force: false }
    };
    assert_eq!(give("Ana", true).fingerprint(), give("Ana Maria", false).fingerprint());
}

#[test]
fn a_repeated_claim_is_the_same_whether_or_not_it_is_still_next_to_be_dealt() {
    let claim = |dealt| Command::Claim { dealt };
    assert_eq!(claim(true).fingerprint(), claim(false).fingerprint());
}

#[test]
fn another_command_is_another_command() {
    let said = |body: &str| Command::Message { body: body.to_owned(), attachments: vec![] };
    let noted = |body: &str| Command::Note { body: body.to_owned(), attachments: vec![], mentions: vec![] };
    let assign = |to: Option<Candidate>, if_epoch| Command::Assign { to, if_epoch, force: false };
    let (ana, sara) = (candidate(&ana()), candidate(&sara()));
    let commands = [
        said("a"),
        said("b"),
        noted("a"),
        Command::Claim { dealt: false },
        Command::Tick,
        assign(None, None),
        assign(Some(ana.clone()), None),
        assign(Some(ana), Some(1)),
        assign(Some(sara), None),
        Command::SetStatus { status: Status::Closed, until: None },
        Command::SetStatus { status: Status::Open, until: None },
        Command::SetStatus { status: Status::Snoozed, until: Some(START) },
        Command::Open(opening()),
        Command::Open(Opening { body: "a".to_owned(), ..opening() }),
        Command::Open(Opening { subject: "a".to_owned(), ..opening() }),
        Command::Open(Opening { channel: Channel::Agent, ..opening() }),
    ];
    for (index, one) in commands.iter().enumerate() {
        for other in commands.iter().skip(index + 1) {
            assert_ne!(one.fingerprint(), other.fingerprint());
        }
    }
}

fn opened(opening: &Opening) -> State {
    let mut state = State::before(opening, START);
    state.record(&Author::System, open(opening, &customer()).unwrap(), START);
    state
}

fn holder(state: &State) -> Option<AgentId> {
    state.assignee.as_ref().map(|agent| agent.id)
}

fn before(at: Instant) -> Instant {
    Instant::from_millis(at.as_millis() - 1)
}
