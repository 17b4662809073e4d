//! Who is told of what: never the one who did it, never whoever may not see it, and never with what anybody typed.

use super::cast::{CANARY, START, Step, adam, ana, bela, candidate, customer, opening, sara, staff, steps, tries};
use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::decide::{author, decide, open};
use edgedesk::domain::conversation::event::Author;
use edgedesk::domain::conversation::state::State;
use edgedesk::domain::notification::decide::{Ways, ways};
use edgedesk::domain::notification::news::{self, News};
use edgedesk::domain::notification::preferences::{Kind, Occasions, Preferences};
use edgedesk::domain::people::member::Member;
use edgedesk::domain::people::permission::{Capability, permit};
use edgedesk::domain::time::{Instant, Span};
use proptest::prelude::*;

/// Wants to be told of everything, by every way.
fn everything() -> Preferences {
    let all = Occasions {
        new_conversation: true,
        assigned: true,
        answered: true,
        mentioned: true,
        escalated: true,
        followed: true,
    };
    Preferences { page: all, browser: all, email: all, ..Preferences::default() }
}

fn opened() -> (State, Vec<News>) {
    let opening = opening();
    let mut state = State::before(&opening, START);
    let by = Author::Customer { name: opening.contact.name.clone() };
    let entries = state.record(&by, open(&opening, &customer()).unwrap(), START);
    let news = news::of(None, &state, &entries);
    (state, news)
}

fn turn(state: &mut State, actor: &Actor, command: &Command, now: Instant) -> Vec<News> {
    let before = state.clone();
    let Ok(events) = decide(state, actor, command, now) else { return Vec::new() };
    let entries = state.record(&author(&before, actor, command), events, now);
    news::of(Some(&before), state, &entries)
}

/// Who is told of what, as kinds by name.
fn told(news: &[News], state: &State) -> Vec<(Kind, String)> {
    let pairs = news.iter().flat_map(|one| staff().into_iter().map(move |member| (one, member)));
    let told = pairs.filter(|(one, member)| ways(one, member, &everything(), state).any());
    told.map(|(one, member)| (one.kind, member.public_name)).collect()
}

fn says(body: &str, mentions: &[Member]) -> Command {
    Command::Note { body: body.to_owned(), attachments: vec![], mentions: mentions.to_vec() }
}

fn words(body: &str) -> Command {
    Command::Message { body: body.to_owned(), attachments: vec![] }
}

fn is(kind: Kind, who: &Member) -> (Kind, String) {
    (kind, who.public_name.clone())
}

#[test]
fn each_is_told_of_what_concerns_him() {
    let (mut state, news) = opened();
    let of_new = told(&news, &state);
    assert!(of_new.contains(&is(Kind::NewConversation, &ana())), "she may be dealt it");
    assert!(!of_new.contains(&is(Kind::NewConversation, &bela())));
    let mut then = |actor: Actor, command: Command| {
        let news = turn(&mut state, &actor, &command, START);
        let told = told(&news, &state);
        (news, told)
    };
    let (_, given) =
        then(Actor::Agent(sara()), Command::Assign { to: Some(candidate(&ana())), if_epoch: None, force: false });
    assert_eq!(given, [is(Kind::Assigned, &ana())]);
    let (first, answered) = then(customer(), words("Hello?"));
    assert_eq!(answered, [is(Kind::Answered, &ana())]);
    // It was unread before: this customer waits since he wrote first.
    assert!(first.iter().all(|news| !news.first));
    let (_, noted) = then(Actor::Agent(sara()), says(CANARY, &[bela(), ana()]));
    assert_eq!(noted, [is(Kind::Mentioned, &ana()), is(Kind::Mentioned, &bela())]);
    // Who was mentioned follows it.
    let (_, replied) = then(Actor::Agent(ana()), words("I am here."));
    assert_eq!(replied, [is(Kind::Followed, &bela())]);
    let (first, again) = then(customer(), words("Good."));
    assert_eq!(again, [is(Kind::Followed, &bela()), is(Kind::Answered, &ana())]);
    assert!(first.iter().all(|news| news.first));
    // One who takes it himself is told nothing, nor is whoever mentions himself.
    assert_eq!(then(Actor::Agent(ana()), says(CANARY, &[ana()])).1, [is(Kind::Followed, &bela())]);
    assert!(of_new.contains(&is(Kind::NewConversation, &adam())));
}

#[test]
fn what_is_not_so_any_more_is_not_told() {
    let (mut state, _) = opened();
    let give = |to: &Member| Command::Assign { to: Some(candidate(to)), if_epoch: None, force: false };
    let news = turn(&mut state, &Actor::Agent(sara()), &give(&bela()), START);
    assert_eq!(told(&news, &state), [is(Kind::Assigned, &bela())]);
    turn(&mut state, &Actor::Agent(sara()), &give(&ana()), START);
    assert_eq!(told(&news, &state), []);
}

#[test]
fn each_is_told_by_the_ways_he_chose() {
    let (mut state, _) = opened();
    let give = Command::Assign { to: Some(candidate(&bela())), if_epoch: None, force: false };
    let news = turn(&mut state, &Actor::Agent(sara()), &give, START);
    let one = news.first().unwrap();
    let usual = ways(one, &bela(), &Preferences::default(), &state);
    assert_eq!(usual, Ways { page: true, browser: true, email: false });
    let mut wishes = everything();
    wishes.page.assigned = false;
    assert_eq!(ways(one, &bela(), &wishes, &state), Ways { page: false, browser: true, email: true });
    assert!(!ways(&News { first: false, ..one.clone() }, &bela(), &wishes, &state).email);
    wishes.browser.assigned = false;
    wishes.email.assigned = false;
    assert!(!ways(one, &bela(), &wishes, &state).any());
}

proptest! {
    #![proptest_config(tries(300))]

    /// Whatever happens.
    #[test]
    fn nobody_is_told_of_what_he_may_not_see_nor_of_his_own_doing(steps in steps()) {
        let (mut state, _) = opened();
        let mut now = START;
        for Step { actor, command, wait } in steps {
            now = now.after(Span::millis(wait));
            for one in turn(&mut state, &actor, &command, now) {
                for member in staff() {
                    if !ways(&one, &member, &everything(), &state).any() {
                        continue;
                    }
                    let sees = permit(&member, Capability::ConversationView, state.relation_to(&member)).is_ok();
                    prop_assert!(sees, "{} is told of {:?}", member.name, one);
                    let himself = matches!(&actor, Actor::Agent(acting) if acting.id == member.id);
                    prop_assert!(!himself, "{} is told of his own {:?}", member.name, one);
                }
                let stored = serde_json::to_string(&one).unwrap();
                prop_assert!(!stored.contains(CANARY) && !stored.contains("Kim") && !stored.contains("parcel"));
            }
        }
    }
}
