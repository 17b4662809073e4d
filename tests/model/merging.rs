//! What one conversation takes in of another, and what its customer sees of that.

use super::cast::{CANARY, INSIDE, LINK, START, opening, sara, staff, steps, tries};
use super::history::{History, play, started, turn};
use edgedesk::domain::conversation::command::{Actor, Command, Opening};
use edgedesk::domain::conversation::event::{AgentRef, Event};
use edgedesk::domain::conversation::merge::{ConversationRef, ItemWords, Source};
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::conversation::view::{PublicConversation, PublicEvent};
use edgedesk::domain::id::ConversationId;
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

/// Another conversation of the same customer, merged into a fresh one: that one.
fn merged(source: &History) -> (State, Vec<String>, Source) {
    let id = ConversationId::new(Uuid::from_u128(0xcc));
    let mut target = State::before(&Opening { id, number: 2, ..opening() }, START);
    let source = Source::of(&source.state, 1, source.entries.clone());
    let absorb = Command::Absorb { source: Box::new(source.clone()) };
    let entries = turn(&mut target, &Actor::Agent(sara()), &absorb, source_time(&source)).unwrap();
    let seen = entries.iter().filter_map(PublicEvent::of).map(|event| json!(event).to_string());
    let seen = seen.chain([json!(PublicConversation::from(&target)).to_string()]).collect();
    // Once is enough.
    assert_eq!(turn(&mut target, &Actor::Agent(sara()), &absorb, START), Ok(Vec::new()));
    (target, seen, source)
}

fn source_time(source: &Source) -> edgedesk::domain::time::Instant {
    source.items.last().map_or(START, |item| item.at)
}

proptest! {
    #![proptest_config(tries(128))]

    // spec: B8
    #[test]
    fn no_byte_of_the_inside_comes_along(steps in steps()) {
        let (_, seen, _) = merged(&play(&steps));
        for text in seen {
            prop_assert!(!text.contains(CANARY) && !text.contains(INSIDE), "{}", text);
            for member in staff() {
                prop_assert!(!text.contains(&member.id.to_string()), "{}", text);
            }
        }
    }

    #[test]
    fn all_that_was_said_comes_along_in_order(steps in steps()) {
        let history = play(&steps);
        let said = history.entries.iter().filter_map(|entry| match &entry.event {
            Event::Message { body, .. } => Some((entry.at, false, body.clone())),
            Event::Note { body, .. } => Some((entry.at, true, body.clone())),
            _ => None,
        });
        let (target, _, source) = merged(&history);
        let items = source.items.iter().map(|item| {
            (item.at, matches!(item.words, ItemWords::Note { .. }), item.words.body().to_owned())
        });
        prop_assert!(said.eq(items));
        prop_assert_eq!(target.merged_from.len(), 1);
        prop_assert_eq!(target.opens_by(LINK), Err(Refusal::Joined));
        prop_assert_eq!(target.opens_by(LINK + 1), Ok(()));
        prop_assert_eq!(target.opens_by(LINK + 2), Err(Refusal::NotFound));
        for agent in &history.state.participants {
            prop_assert!(target.participants.iter().any(|known| known.id == agent.id));
        }
        if source.waits() {
            prop_assert!(matches!(target.status, Status::New | Status::Open));
            prop_assert!(target.waiting_since <= source.brings.waiting_since);
        }
    }
}

#[test]
fn what_was_merged_is_closed_to_everybody_and_says_where_it_goes_on() {
    let mut state = started().state;
    let into =
        ConversationRef { id: ConversationId::new(Uuid::from_u128(0xcc)), number: 2, subject: "Lamp".to_owned() };
    let conclude = Command::ConcludeMerge { into: into.clone(), by: AgentRef::from(&sara()) };
    let entries = turn(&mut state, &Actor::System, &conclude, START).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((state.status, state.waiter()), (Status::Closed, None));
    let words = Command::Message { body: "Hello?".to_owned(), attachments: vec![] };
    assert_eq!(turn(&mut state, &Actor::Agent(sara()), &words, START), Err(Refusal::Merged { into }));
    assert_eq!(turn(&mut state, &Actor::Customer { link_version: LINK }, &words, START), Err(Refusal::Joined));
    let outdated = Actor::Customer { link_version: LINK + 1 };
    assert_eq!(turn(&mut state, &outdated, &words, START), Err(Refusal::NotFound));
    assert_eq!(turn(&mut state, &Actor::System, &Command::Tick, START), Ok(Vec::new()));
}
