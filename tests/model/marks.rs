//! Tags, followers, ratings, and what rules say: none of it touches what conversations promise otherwise.

use super::cast::{CANARY, START, ana, bela, customer, member, opening, rule, sara, tag};
use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::decide::{author, decide, open};
use edgedesk::domain::conversation::event::{AgentRef, Author, Event};
use edgedesk::domain::conversation::label::MOST_TAGS;
use edgedesk::domain::conversation::rating::Rating;
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::people::member::Member;
use edgedesk::domain::people::permission::{Capability, permit};
use edgedesk::domain::people::role::Role;

fn conversation() -> State {
    let opening = opening();
    let mut state = State::before(&opening, START);
    let by = Author::Customer { name: opening.contact.name.clone() };
    state.record(&by, open(&opening, &customer()).unwrap(), START);
    state
}

fn turn(state: &mut State, actor: &Actor, command: &Command) -> Result<Vec<Event>, Refusal> {
    let events = decide(state, actor, command, START)?;
    state.record(&author(state, actor, command), events.clone(), START);
    Ok(events)
}

fn note(mentions: &[Member]) -> Command {
    Command::Note { body: CANARY.to_owned(), attachments: vec![], mentions: mentions.to_vec() }
}

fn follow(who: Member, on: bool) -> Command {
    Command::Follow { who: Box::new(who), on }
}

fn fault(answer: &Result<Vec<Event>, Refusal>) -> Option<&str> {
    match answer {
        Err(Refusal::Invalid { fault, .. }) => Some(fault),
        _ => None,
    }
}

#[test]
fn who_is_mentioned_sees_the_conversation_from_then_on() {
    let mut state = conversation();
    let sees = |state: &State| permit(&bela(), Capability::ConversationView, state.relation_to(&bela())).is_ok();
    assert!(!sees(&state));
    let events = turn(&mut state, &Actor::Agent(sara()), &note(&[bela()])).unwrap();
    assert!(matches!(&events[..], [Event::Note { .. }, Event::Participant { on: true, .. }]));
    assert!(sees(&state));
    assert_eq!(turn(&mut state, &Actor::Agent(sara()), &note(&[bela()])).map(|events| events.len()), Ok(1));
    assert_eq!(turn(&mut state, &Actor::Agent(bela()), &note(&[])).map(|events| events.len()), Ok(1));
    turn(&mut state, &Actor::Agent(bela()), &follow(bela(), false)).unwrap();
    assert!(!sees(&state));
}

#[test]
fn a_mention_shows_nothing_that_its_author_may_not_show() {
    let mut state = conversation();
    let clara = member(5, "Clara", &[Role::Compliance], &[]);
    let answer = turn(&mut state, &Actor::Agent(clara.clone()), &note(&[bela()]));
    assert_eq!(fault(&answer), Some("may_not_see"));
    assert!(turn(&mut state, &Actor::Agent(clara), &note(&[sara()])).is_ok());
    let orders = member(12, "Otto", &[Role::OrderPaymentAdmin], &[]);
    let answer = turn(&mut state, &Actor::Agent(sara()), &note(&[orders]));
    assert_eq!(fault(&answer), Some("may_not_see"), "not even by mention");
    assert!(state.followers.is_empty());
}

#[test]
fn others_are_taken_off_by_who_gives_conversations_away() {
    let mut state = conversation();
    turn(&mut state, &Actor::Agent(sara()), &follow(bela(), true)).unwrap();
    turn(&mut state, &Actor::Agent(sara()), &follow(ana(), true)).unwrap();
    let refused = turn(&mut state, &Actor::Agent(bela()), &follow(ana(), false));
    assert_eq!(refused, Err(Refusal::Forbidden { missing: Capability::ConversationAssignOther }));
    assert!(turn(&mut state, &Actor::Agent(sara()), &follow(ana(), false)).is_ok());
    assert_eq!(state.followers, [AgentRef::from(&bela())]);
}

// spec: C10 C11
#[test]
fn a_tag_is_put_on_and_taken_off_and_there_are_not_too_many() {
    let mut state = conversation();
    let set = |number, on| Command::SetTag { tag: tag(number), on };
    let sara = Actor::Agent(sara());
    assert_eq!(turn(&mut state, &sara, &set(1, false)), Ok(vec![]));
    assert_eq!(turn(&mut state, &sara, &set(1, true)), Ok(vec![Event::Tag { tag: tag(1), on: true }]));
    assert_eq!(turn(&mut state, &sara, &set(1, true)), Ok(vec![]));
    turn(&mut state, &Actor::System, &Command::DropTag { tag: tag(1).id }).unwrap();
    assert!(state.tags.is_empty());
    for number in 0..MOST_TAGS {
        turn(&mut state, &sara, &set(number as u128, true)).unwrap();
    }
    assert_eq!(fault(&turn(&mut state, &sara, &set(99, true))), Some("too_many"));
    let marketing = Actor::Agent(member(9, "Mark", &[Role::Marketing], &[]));
    assert_eq!(turn(&mut state, &marketing, &set(1, false)), Err(Refusal::NotFound));
}

#[test]
fn what_a_rule_says_answers_nobody() {
    let mut state = conversation();
    let before = state.clone();
    let rule = Actor::Automation { rule: rule() };
    turn(&mut state, &rule, &Command::Message { body: "We are closed.".to_owned(), attachments: vec![] }).unwrap();
    assert_eq!(state.status, Status::New);
    assert_eq!(
        (state.unread, state.waiting_since, state.preview.as_str()),
        (before.unread, before.waiting_since, before.preview.as_str())
    );
    assert!(state.participants.is_empty());
}

#[test]
fn whoever_was_served_rates_it() {
    let mut state = conversation();
    let rate = |score| Command::Rate { rating: Rating { score, comment: "Quick!".to_owned() } };
    assert_eq!(fault(&turn(&mut state, &customer(), &rate(5))), Some("too_early"));
    turn(&mut state, &Actor::Agent(sara()), &Command::Message { body: "Done.".to_owned(), attachments: vec![] })
        .unwrap();
    for score in [0, 6] {
        assert_eq!(fault(&turn(&mut state, &customer(), &rate(score))), Some("out_of_range"));
    }
    assert_eq!(turn(&mut state, &Actor::Agent(sara()), &rate(5)), Err(Refusal::NotFound));
    assert_eq!(turn(&mut state, &customer(), &rate(5)).map(|events| events.len()), Ok(1));
    assert_eq!(turn(&mut state, &customer(), &rate(5)), Ok(vec![]));
    assert_eq!(turn(&mut state, &customer(), &rate(2)).map(|events| events.len()), Ok(1));
    assert_eq!(state.rating.map(|rating| rating.score), Some(2));
}
