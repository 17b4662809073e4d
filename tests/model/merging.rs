//! What one conversation takes in of another, and what its customer sees of that.

use super::cast::{
    CANARY, INSIDE, LINK, START, ana, candidate, customer, opening, sara, set_status, staff, steps, tag, tries,
};
use super::history::{History, play, started, turn};
use edgedesk::domain::conversation::attachment::Attachment;
use edgedesk::domain::conversation::command::{Actor, Command, Opening};
use edgedesk::domain::conversation::event::{AgentRef, Author, Entry, Event};
use edgedesk::domain::conversation::merge::{ConversationRef, ItemWords, PART_BYTES, Source};
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::conversation::view::{AgentEvent, PublicConversation, PublicEvent};
use edgedesk::domain::id::{CatalogItemId, ConversationId, FileId, OrderId};
use edgedesk::domain::order::currency::Currency;
use edgedesk::domain::order::money::Money;
use edgedesk::domain::order::step::{Card, OrderRef, OrderStep, OrderWhat};
use edgedesk::domain::time::Span;
use edgedesk::domain::translation::{Service, Translation};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

/// Another conversation of the same customer, merged into a fresh one: that one.
fn merged(source: &History) -> (State, Vec<String>, Source) {
    let id = ConversationId::new(Uuid::from_u128(0xcc));
    let mut target = State::before(&Opening { id, number: 2, ..opening() }, START);
    let source = Source::of(&source.state, 1, source.entries.clone(), vec![]);
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

/// Another conversation of the same customer's.
fn another() -> State {
    let opening = Opening { id: ConversationId::new(Uuid::from_u128(0xcc)), number: 2, ..opening() };
    State::before(&opening, START)
}

/// Takes in a conversation as it is.
fn absorb(target: &mut State, source: &State, log: Vec<Entry>, told: Vec<Translation>) -> Vec<Entry> {
    let source = Box::new(Source::of(source, 1, log, told));
    turn(target, &Actor::Agent(sara()), &Command::Absorb { source }, START.after(Span::seconds(9))).unwrap()
}

fn step(what: OrderWhat) -> OrderStep {
    let order = OrderRef { id: OrderId::new(Uuid::from_u128(0xd0)), number: 7 };
    OrderStep { order, what, amount: euros(), method: None, known: true }
}

fn euros() -> Money {
    Money::new(1_999, Currency::parse("EUR").unwrap())
}

#[test]
fn what_was_merged_is_told_of_no_orders_and_loses_no_tags() {
    let mut state = started().state;
    let by = Author::Agent(AgentRef::from(&sara()));
    let tagged = Command::SetTag { tag: tag(1), on: true };
    turn(&mut state, &Actor::Agent(sara()), &tagged, START).unwrap();
    let into = ConversationRef::from(&another());
    let conclude = Command::ConcludeMerge { into: into.clone(), by: AgentRef::from(&sara()) };
    turn(&mut state, &Actor::System, &conclude, START).unwrap();
    for command in [
        Command::TellOrder { by, step: step(OrderWhat::PaymentReceived) },
        Command::ReplaceTag { tag: tag(1).id, by: tag(2) },
        Command::DropTag { tag: tag(1).id },
    ] {
        let told = turn(&mut state, &Actor::System, &command, START);
        assert_eq!(told, Err(Refusal::Merged { into: into.clone() }), "{command:?}");
    }
    let hand_over = Command::HandOver { from: sara().id, to: Some(candidate(&ana())) };
    assert_eq!(turn(&mut state, &Actor::System, &hand_over, START), Ok(Vec::new()));
}

#[test]
fn what_waits_goes_to_who_had_it_where_nobody_has_the_other() {
    let mut target = started().state;
    turn(&mut target, &Actor::Agent(sara()), &set_status(Status::Closed, START), START).unwrap();
    let mut source = started();
    source.state.id = another().id;
    let assign = Command::Assign { to: Some(candidate(&ana())), if_epoch: None, force: false };
    turn(&mut source.state, &Actor::Agent(sara()), &assign, START).unwrap();
    absorb(&mut target, &source.state, source.entries, vec![]);
    assert_eq!(target.status, Status::Open);
    assert_eq!(target.returns_to.map(|agent| agent.id), Some(ana().id));
}

#[test]
fn whoever_waits_for_a_conversation_that_was_put_aside_waits_for_the_other() {
    let mut target = started().state;
    turn(&mut target, &Actor::Agent(sara()), &set_status(Status::Closed, START), START).unwrap();
    let mut source = started();
    source.state.id = another().id;
    let until = START.after(Span::seconds(600));
    turn(&mut source.state, &Actor::Agent(sara()), &set_status(Status::Snoozed, until), START).unwrap();
    absorb(&mut target, &source.state, source.entries, vec![]);
    assert_eq!((target.status, target.waiting_since), (Status::Open, Some(START)));
}

#[test]
fn nothing_that_is_taken_in_is_too_large_to_be_written() {
    let mut source = started();
    source.state.id = another().id;
    // Files speak for themselves: no word is typed, and each is as long as its names.
    let file = |n| Attachment {
        id: FileId::new(Uuid::from_u128(n)),
        name: format!("{}.png", "x".repeat(100)),
        media_type: "image/png".to_owned(),
        size: 1,
    };
    for n in 0..600 {
        let sent = Command::Message { body: String::new(), attachments: vec![file(2 * n), file(2 * n + 1)] };
        source.entries.extend(turn(&mut source.state, &customer(), &sent, START).unwrap());
    }
    let mut target = started().state;
    let taken = absorb(&mut target, &source.state, source.entries, vec![]);
    assert!(taken.len() > 2);
    for entry in taken {
        let bytes = serde_json::to_vec(&entry.event).unwrap().len();
        assert!(bytes <= PART_BYTES, "{bytes} bytes");
    }
}

#[test]
fn orders_cards_and_what_the_customer_reads_come_along() {
    let mut source = started();
    source.state.id = another().id;
    let card = Card {
        id: CatalogItemId::new(Uuid::from_u128(0xd1)),
        name: "Lamp".to_owned(),
        description: "Brass".to_owned(),
        price: euros(),
        picture_url: None,
    };
    let by = Author::Agent(AgentRef::from(&sara()));
    for (actor, command) in [
        (Actor::Agent(sara()), Command::Catalog { body: "This one?".to_owned(), items: vec![card] }),
        (Actor::System, Command::TellOrder { by: by.clone(), step: step(OrderWhat::Created) }),
        (Actor::System, Command::TellOrder { by, step: step(OrderWhat::Offered) }),
    ] {
        source.entries.extend(turn(&mut source.state, &actor, &command, START).unwrap());
    }
    let translation = Translation {
        seq: 2,
        language: "fr".to_owned(),
        from: "en".to_owned(),
        text: "Lundi".to_owned(),
        by: Some(Service::Endpoint),
    };
    let told: Vec<_> = source.entries.iter().filter_map(PublicEvent::of).collect();
    let told: Vec<_> = told.iter().map(|event| (event.cards().len(), event.tells_of_orders())).collect();
    // What was sent answers him, and so his status follows.
    assert_eq!(told, [(0, false), (0, false), (1, false), (0, false), (0, true)]);
    let mut target = started().state;
    let taken = absorb(&mut target, &source.state, source.entries, vec![translation]);
    let first = taken.first().unwrap();
    let seen = PublicEvent::of(first).unwrap();
    assert_eq!(seen.cards().iter().map(|card| card.name.as_str()).collect::<Vec<_>>(), ["Lamp"]);
    assert!(seen.tells_of_orders());
    let inside = json!(AgentEvent::from(first.clone()));
    let outside = json!(PublicEvent::of(first).unwrap());
    let kinds = |event: &serde_json::Value| -> Vec<String> {
        let items = event["items"].as_array().unwrap().iter();
        items
            .map(|item| format!("{} {}", item["kind"].as_str().unwrap(), item["what"].as_str().unwrap_or("")))
            .collect()
    };
    assert_eq!(kinds(&inside), ["message ", "catalog ", "order created", "order offered"]);
    assert_eq!(kinds(&outside), ["message ", "catalog ", "order offered"]);
    for event in [inside, outside] {
        assert_eq!(event["items"][0]["translation"]["text"], "Lundi");
        assert_eq!(
            (&event["items"][1]["body"], &event["items"][1]["items"][0]["name"]),
            (&json!("This one?"), &json!("Lamp"))
        );
    }
}
