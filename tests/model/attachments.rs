//! Files that go with words: they may speak for themselves, within limits, and those of a comment stay inside.

use super::cast::{START, customer, opening, sara};
use edgedesk::domain::conversation::attachment::Attachment;
use edgedesk::domain::conversation::command::{Actor, Command, Opening};
use edgedesk::domain::conversation::decide::{decide, open};
use edgedesk::domain::conversation::event::{Author, Entry, Event};
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::upload::{FILE_BYTES, MESSAGE_BYTES, MESSAGE_FILES};
use edgedesk::domain::conversation::view::PublicEvent;
use edgedesk::domain::id::FileId;
use uuid::Uuid;

fn file(id: u128, size: u64) -> Attachment {
    let media_type = "image/png".to_owned();
    Attachment {
        id: FileId::new(Uuid::from_u128(id)),
        name: format!("{id}.png"),
        media_type,
        size: size.try_into().unwrap(),
    }
}

fn conversation() -> (State, Vec<Entry>) {
    let opening = Opening { body: String::new(), attachments: vec![file(1, 1)], ..opening() };
    let mut state = State::before(&opening, START);
    let by = Author::Customer { name: opening.contact.name.clone() };
    let entries = state.record(&by, open(&opening, &customer()).unwrap(), START);
    (state, entries)
}

fn said(body: &str, attachments: Vec<Attachment>) -> Result<Vec<Event>, Refusal> {
    let command = Command::Message { body: body.to_owned(), attachments };
    decide(&conversation().0, &customer(), &command, START)
}

fn fault(answer: Result<Vec<Event>, Refusal>) -> String {
    match answer {
        Err(Refusal::Invalid { fault, .. }) => fault,
        other => format!("{other:?}"),
    }
}

#[test]
fn files_may_speak_for_themselves() {
    let (state, entries) = conversation();
    assert_eq!(state.preview, "1.png");
    let shown: Vec<_> = entries.iter().filter_map(PublicEvent::of).collect();
    assert!(format!("{shown:?}").contains("1.png"));
    let events = said(" \n", vec![file(2, 1)]).unwrap();
    assert_eq!(events, [Event::Message { body: String::new(), attachments: vec![file(2, 1)] }]);
    assert_eq!(fault(said(" \n", vec![])), "required");
    assert_eq!(fault(said("a\u{7}", vec![file(2, 1)])), "control_character");
}

#[test]
fn there_are_ten_files_and_fifty_megabytes_at_most() {
    let many = |count: usize| (1..=count).map(|id| file(id as u128, 1)).collect::<Vec<_>>();
    assert!(said("", many(MESSAGE_FILES)).is_ok());
    assert_eq!(fault(said("", many(MESSAGE_FILES + 1))), "too_many_files");
    let rest = MESSAGE_BYTES - 2 * FILE_BYTES;
    assert!(said("", vec![file(1, FILE_BYTES), file(2, FILE_BYTES), file(3, rest)]).is_ok());
    assert_eq!(fault(said("", vec![file(1, FILE_BYTES), file(2, FILE_BYTES), file(3, rest + 1)])), "files_too_large");
}

#[test]
fn a_form_that_is_sent_twice_brings_its_files_twice() {
    let message = |attachments| Command::Message { body: String::new(), attachments };
    let [once, twice] =
        [1, 2].map(|id| message(vec![Attachment { id: FileId::new(Uuid::from_u128(id)), ..file(1, 1) }]));
    assert_eq!(once.fingerprint(), twice.fingerprint());
    for other in [vec![], vec![file(2, 1)], vec![file(1, 2)], vec![file(1, 1), file(1, 1)]] {
        assert_ne!(once.fingerprint(), message(other).fingerprint());
    }
}

// spec: B8
#[test]
fn the_files_of_a_comment_stay_inside() {
    let (mut state, _) = conversation();
    let note = Command::Note { body: String::new(), attachments: vec![file(7, 1)], mentions: vec![] };
    let events = decide(&state, &Actor::Agent(sara()), &note, START).unwrap();
    let entries = state.record(&Author::System, events, START);
    assert!(!entries.is_empty());
    assert_eq!(entries.iter().find_map(PublicEvent::of), None);
    assert_eq!(state.preview, "1.png");
}
