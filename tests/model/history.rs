//! Plays requests to a conversation and keeps every turn.

use super::cast::{START, Step, candidate, customer, opening, sara, set_status};
use edgedesk::domain::conversation::command::{Actor, Candidate, Command};
use edgedesk::domain::conversation::decide::{author, decide, open};
use edgedesk::domain::conversation::event::{Author, Entry};
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::people::member::Member;
use edgedesk::domain::time::{Instant, Span};

/// A conversation and how it came about.
pub struct History {
    /// Just before the first entry.
    pub before: State,
    pub state: State,
    pub entries: Vec<Entry>,
    pub turns: Vec<Turn>,
}

/// What one request did.
pub struct Turn {
    pub step: Step,
    pub before: State,
    pub answer: Result<Vec<Entry>, Refusal>,
    pub after: State,
}

/// A conversation of which only the first message is written.
pub fn started() -> History {
    let before = State::before(&opening(), START);
    let mut state = before.clone();
    let by = Author::Customer { name: opening().contact.name };
    let entries = state.record(&by, open(&opening(), &customer()).expect("the opening is fine"), START);
    History { before, state, entries, turns: Vec::new() }
}

/// Plays requests one after the other, refused ones too.
pub fn play(steps: &[Step]) -> History {
    let mut history = started();
    let mut clock = START.as_millis();
    for step in steps {
        clock += step.wait;
        let before = history.state.clone();
        let answer = turn(&mut history.state, &step.actor, &step.command, Instant::from_millis(clock));
        history.entries.extend(answer.iter().flatten().cloned());
        history.turns.push(Turn { step: step.clone(), before, answer, after: history.state.clone() });
    }
    history
}

/// One request to a conversation.
pub fn turn(state: &mut State, actor: &Actor, command: &Command, now: Instant) -> Result<Vec<Entry>, Refusal> {
    let events = decide(state, actor, command, now)?;
    let by = author(state, actor, command);
    Ok(state.record(&by, events, now))
}

/// The state that a log leads to.
pub fn replay(before: &State, entries: &[Entry]) -> State {
    let mut state = before.clone();
    entries.iter().for_each(|entry| state.apply(entry));
    state
}

/// How somebody may stand to a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    None,
    /// Had it once.
    TookPart,
    Holds,
}

impl Tie {
    pub const ALL: [Self; 3] = [Self::None, Self::TookPart, Self::Holds];
}

/// A conversation in some status, to which `member` stands in some relation.
pub fn conversation(status: Status, member: &Member, tie: Tie) -> State {
    let mut state = started().state;
    let sara = Actor::Agent(sara());
    let mut assign = |to: Option<&Member>| {
        // Whether he could be assigned is not the question here: he may have been once.
        let to = to.map(|member| Candidate { assignable: true, ..candidate(member) });
        turn(&mut state, &sara, &Command::Assign { to, if_epoch: None, force: false }, START).expect("Sara may assign");
    };
    if tie != Tie::None {
        assign(Some(member));
    }
    if tie == Tie::TookPart {
        assign(None);
    }
    let later = START.after(Span::days(1));
    let steps = match status {
        Status::New => vec![],
        Status::Open => vec![
            (sara.clone(), set_status(Status::Pending, later)),
            (customer(), Command::Message { body: "And?".to_owned(), attachments: vec![] }),
        ],
        Status::Pending | Status::Closed | Status::Snoozed => vec![(sara.clone(), set_status(status, later))],
    };
    for (actor, command) in steps {
        turn(&mut state, &actor, &command, START).expect("these lead there");
    }
    assert_eq!(state.status, status);
    state
}
