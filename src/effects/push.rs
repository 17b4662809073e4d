//! Telling a browser of something, also while no page of ours is open in it (specification F19). Whether its person may
//! know, wants to and has not read it yet is looked up at the last moment.

use crate::domain::conversation::state::State;
use crate::domain::id::{ConversationId, PushSubscriptionId};
use crate::domain::notification::decide::{Sight, sight, ways};
use crate::domain::notification::news::News;
use crate::domain::notification::preferences::Kind;
use crate::domain::time::{Instant, Span};
use crate::platform::keyring::Keyring;
use crate::platform::push_service::{self, Message, Reply};
use crate::platform::web_push::{Browser, Vapid, encrypt};
use crate::platform::{clock, log, random, settings};
use crate::store::push_subscriptions::{self, Target};
use crate::store::{db, db::StoreError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use worker::Env;

/// The secret that holds the key ring by which push services know us.
const VAPID_KEYS: &str = "VAPID_KEYS";
/// What happened longer ago is no news; nor does a push service keep it for longer.
const NEWS_FOR: Span = Span::seconds(12 * 3_600);
/// How long to wait before a service that failed is asked again, each time.
const PAUSES: [Span; 5] =
    [Span::seconds(30), Span::seconds(120), Span::seconds(600), Span::seconds(1_800), Span::seconds(7_200)];
/// Longest that a push service may ask us to wait.
const LONGEST_PAUSE: Span = Span::seconds(7_200);

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There is no more to do: it was sent, or is no news any more.
    Done,
    /// To be tried again after this.
    Again(Span),
}

/// Our key ring; none where the deployment has none, and nobody is told by browsers.
#[must_use]
pub fn keys(env: &Env) -> Option<Keyring> {
    let secret = env.secret(VAPID_KEYS).ok()?.to_string();
    if secret.is_empty() {
        return None;
    }
    let keys = Keyring::parse(&secret);
    if keys.is_none() {
        log::fault("push", "", &format!("the secret {VAPID_KEYS} is not a key ring"));
    }
    keys
}

/// Tells a browser of something. `tries` is how often that failed before.
pub async fn deliver(env: &Env, state: &State, news: &News, to: PushSubscriptionId, tries: u32) -> Outcome {
    match attempt(env, state, news, to, tries).await {
        Ok(outcome) => outcome,
        Err(error) => {
            log::fault("push", &to.to_string(), &error.to_string());
            pause(tries, None)
        }
    }
}

async fn attempt(
    env: &Env,
    state: &State,
    news: &News,
    to: PushSubscriptionId,
    tries: u32,
) -> Result<Outcome, StoreError> {
    let now = clock::now();
    let db = db::open(env)?;
    let target = push_subscriptions::target(&db, to, state.id, news, now).await?;
    let Some(target) = target.filter(|target| is_news(target, state, news, now)) else { return Ok(Outcome::Done) };
    let vapid = keys(env).and_then(|keys| keys.find(&target.key_id).and_then(|key| Vapid::new(&key.bytes)));
    let browser = Browser::read(&target.p256dh, &target.auth);
    let (Some(vapid), Some(browser)) = (vapid, browser) else {
        // The browser waits for a key that we do not have any more: it has to come again.
        push_subscriptions::gone(&db, &target.endpoint).await?;
        return Ok(Outcome::Done);
    };
    let words = words(&target, state, news);
    let body = encrypt(words.as_bytes(), &browser, &random::bytes(), random::bytes()).map_err(StoreError::Broken)?;
    let message = Message {
        endpoint: &target.endpoint,
        body: &body,
        ttl: u32::try_from(NEWS_FOR.as_seconds()).unwrap_or_default(),
        topic: &topic(state.id),
        urgent: !matches!(news.kind, Kind::NewConversation | Kind::Followed),
    };
    let contact = format!("mailto:{}", settings::mail_from(env));
    match push_service::send(&message, &vapid, &contact, now).await {
        Ok(Reply { status: 200..=299, .. }) => {
            push_subscriptions::went(&db, to, true).await?;
            Ok(Outcome::Done)
        }
        Ok(Reply { status: 404 | 410, .. }) => {
            push_subscriptions::gone(&db, &target.endpoint).await?;
            Ok(Outcome::Done)
        }
        Ok(Reply { status: 429 | 500..=599, retry_after }) => Ok(pause(tries, retry_after)),
        Ok(Reply { status, .. }) => {
            log::fault("push", &to.to_string(), &format!("the push service answered {status}"));
            push_subscriptions::went(&db, to, false).await?;
            Ok(Outcome::Done)
        }
        Err(error) => {
            log::fault("push", &to.to_string(), &error);
            Ok(pause(tries, None))
        }
    }
}

/// Whether its person is still to be told.
fn is_news(target: &Target, state: &State, news: &News, now: Instant) -> bool {
    now < news.at.after(NEWS_FOR) && target.unread && ways(news, &target.member, &target.wishes, state).browser
}

/// When to try again, unless it has been tried often enough.
fn pause(tries: u32, asked_for: Option<i64>) -> Outcome {
    let usual = usize::try_from(tries).ok().and_then(|tries| PAUSES.get(tries));
    let asked_for = asked_for.map(|seconds| Span::seconds(seconds.max(1)).min(LONGEST_PAUSE));
    usual.map_or(Outcome::Done, |usual| Outcome::Again(asked_for.unwrap_or(*usual)))
}

/// What the browser is told: nothing that anybody typed, unless its person chose to be shown that.
fn words(target: &Target, state: &State, news: &News) -> String {
    let sees = sight(news.kind, &target.member, state.place(), state.relation_to(&target.member)) == Sight::Sees;
    let place = if sees { format!("all/{}", state.id) } else { "unassigned".to_owned() };
    let shown = (sees && target.wishes.show_content).then_some((&state.contact.name, &state.subject));
    json!({
        "kind": news.kind,
        "company": { "slug": target.slug, "name": target.company },
        "number": state.number,
        "at": news.at,
        "path": format!("/app/{}/{place}", target.slug),
        "tag": state.id,
        "contact": shown.map(|(contact, _)| contact),
        "subject": shown.map(|(_, subject)| subject),
    })
    .to_string()
}

/// The name under which a push service knows of a conversation.
fn topic(conversation: ConversationId) -> String {
    URL_SAFE_NO_PAD.encode(conversation.as_bytes())
}
