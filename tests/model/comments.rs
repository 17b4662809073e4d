//! Internal comments leave no trace in what the customer sees.

use super::cast::{CANARY, INSIDE, START, Step, sara, staff, steps, steps_in_order, tries};
use super::history::{History, play};
use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::event::{AgentRef, Author, Entry, Event};
use edgedesk::domain::conversation::view::{PublicConversation, PublicEvent};
use proptest::prelude::*;
use serde_json::json;

proptest! {
    #![proptest_config(tries(256))]

    // In order: where the clock is set back, a later event borrows the time of the comment before it.
    // spec: B8
    #[test]
    fn the_customer_sees_what_he_would_see_had_nobody_commented(steps in steps_in_order()) {
        let commented = play(&steps);
        let silent: Vec<Step> =
            steps.into_iter().map(|step| if comments(&step) { waiting(step) } else { step }).collect();
        prop_assert_eq!(public(&commented), public(&play(&silent)));
    }

    // spec: B8
    #[test]
    fn no_byte_of_the_inside_gets_out(steps in steps()) {
        let history = play(&steps);
        let mut seen = public(&history);
        for turn in history.turns.iter().filter(|turn| matches!(turn.step.actor, Actor::Customer { .. })) {
            seen.extend(turn.answer.as_ref().err().map(|refusal| json!(refusal).to_string()));
        }
        for text in seen {
            prop_assert!(!text.contains(CANARY) && !text.contains(INSIDE), "{}", text);
            for member in staff() {
                prop_assert!(!text.contains(&member.id.to_string()), "{}", text);
            }
        }
    }
}

// spec: B8
#[test]
fn a_comment_is_not_shown_even_where_it_was_numbered_for_the_customer() {
    let by = Author::Agent(AgentRef::from(&sara()));
    let entry = |event| Entry { seq: 3, pub_seq: Some(3), at: START, by: by.clone(), event };
    assert_eq!(
        PublicEvent::of(&entry(Event::Note { body: CANARY.to_owned(), attachments: vec![], mentions: vec![] })),
        None
    );
    assert!(
        PublicEvent::of(&entry(Event::Message { body: "Good morning!".to_owned(), attachments: vec![] })).is_some()
    );
}

/// The conversation and its events, as they are sent to the customer.
fn public(history: &History) -> Vec<String> {
    let conversation = json!(PublicConversation::from(&history.state)).to_string();
    let events = history.entries.iter().filter_map(PublicEvent::of).map(|event| json!(event).to_string());
    std::iter::once(conversation).chain(events).collect()
}

const fn comments(step: &Step) -> bool {
    matches!(step.command, Command::Note { .. })
}

/// The same time passing, with a request that does nothing.
fn waiting(step: Step) -> Step {
    Step {
        actor: Actor::System,
        command: Command::Note { body: String::new(), attachments: vec![], mentions: vec![] },
        ..step
    }
}
