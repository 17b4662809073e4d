//! What proves who somebody is: only what we made ourselves ever does.

use crate::{engine, text};
use edgedesk::domain::id::{ConversationId, SessionId, UserId};
use edgedesk::domain::time::Instant;
use edgedesk::platform::keyring::Keyring;
use edgedesk::platform::links::CustomerLink;
use edgedesk::platform::{session_token, stripe, web_push};
use uuid::Uuid;

const NOW: Instant = Instant::from_millis(1_800_000_000_000);

fn keys() -> Keyring {
    Keyring::parse("a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").expect("a ring")
}

/// A genuine secret with the input in the place that its first byte names: what is nearly right is what is worth trying.
fn nearly(genuine: &str, input: &[u8]) -> String {
    let at = input.first().map_or(0, |byte| usize::from(*byte) % (genuine.len() + 1));
    let rest = text(input.get(1..).unwrap_or_default());
    let over = genuine.get(at + rest.len().min(genuine.len() - at)..).unwrap_or_default();
    format!("{}{rest}{over}", genuine.get(..at).unwrap_or_default())
}

#[test]
fn a_session_is_opened_only_by_its_token() {
    let (user, session) = (UserId::new(Uuid::from_u128(1)), SessionId::new(Uuid::from_u128(2)));
    let genuine = session_token::sign(&keys(), user, session, NOW).expect("a token");
    assert_eq!(session_token::verify(&keys(), &genuine, NOW), Some(session));
    engine::run("session_token", |input| {
        for token in [text(input), nearly(&genuine, input)] {
            if session_token::verify(&keys(), &token, NOW).is_some() {
                assert_eq!(token, genuine, "another token opens a session");
            }
        }
    });
}

#[test]
fn a_conversation_is_opened_only_by_its_secret() {
    let genuine = CustomerLink { conversation: ConversationId::new(Uuid::from_u128(7)), version: 3 }.secret(&keys());
    engine::run("customer_link", |input| {
        for secret in [text(input), nearly(&genuine, input)] {
            if CustomerLink::verify(&keys(), &secret).is_some() {
                assert_eq!(secret, genuine, "another secret opens a conversation");
            }
        }
    });
}

#[test]
fn a_ring_has_keys_of_full_length() {
    engine::run("keyring", |input| {
        if let Some(ring) = Keyring::parse(&text(input)) {
            assert!(ring.iter().all(|key| key.bytes.len() >= 32 && !key.id.is_empty()));
            assert!(ring.find(&ring.current().id).is_some());
        }
    });
}

#[test]
fn a_webhook_is_heard_only_when_it_is_signed() {
    const BODY: &[u8] = br#"{"id":"evt_1","type":"checkout.session.completed"}"#;
    let genuine = stripe::sign("whsec_secret", BODY, NOW);
    let tag = genuine.rsplit('=').next().unwrap_or_default().to_owned();
    assert!(stripe::is_signed("whsec_secret", &genuine, BODY, NOW));
    engine::run("stripe_signature", |input| {
        for header in [text(input), nearly(&genuine, input)] {
            if stripe::is_signed("whsec_secret", &header, BODY, NOW) {
                assert!(header.to_lowercase().contains(&tag), "another signature is taken");
            }
            assert!(!stripe::is_signed("", &header, BODY, NOW));
        }
        assert!(!stripe::is_signed("whsec_secret", &genuine, input, NOW) || input == BODY);
    });
}

#[test]
fn a_browsers_keys_are_keys_or_refused() {
    engine::run("push_keys", |input| {
        let input = text(input);
        let (point, auth) = input.split_once('|').unwrap_or((&input, ""));
        if let Some(browser) = web_push::Browser::read(point, auth) {
            let _refused_or_sealed = web_push::encrypt(b"Hello", &browser, &[7; 32], [9; 16]);
        }
    });
}
