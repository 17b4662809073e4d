//! The browsers by which the caller is told of things while no page is open in them (specification F19).

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::id::PushSubscriptionId;
use crate::domain::input::FieldError;
use crate::domain::time::Instant;
use crate::effects::push;
use crate::platform::web_push::{Browser, Vapid};
use crate::platform::{push_service, random, settings};
use crate::store::push_subscriptions::{self, NewSubscription, Subscription};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Our public key.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PushKey {
    /// What a browser is asked to subscribe with: an uncompressed point of P-256, base64url. Null where the deployment has
    /// no key: nobody is told by browsers then.
    key: Option<String>,
}

/// What a browser answers when it is subscribed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPushSubscription {
    /// Where its push service takes messages.
    endpoint: String,
    keys: PushKeys,
}

/// How messages are encrypted for a browser.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    /// Its public key, base64url.
    p256dh: String,
    /// The secret it shares with us, base64url.
    auth: String,
}

/// The caller's browsers, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PushSubscriptions {
    items: Vec<PushSubscription>,
    next: Option<String>,
}

/// A browser of the caller's.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PushSubscription {
    id: PushSubscriptionId,
    created_at: Instant,
    /// The browser, as it called itself.
    user_agent: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// The key that browsers subscribe with.
#[utoipa::path(get, path = "/api/companies/{company}/push-key", tag = "notifications", params(("company" = String, Path)),
    responses((status = 200, body = PushKey)))]
#[worker::send]
pub async fn key(at: AtCompany) -> Answer<axum::Json<PushKey>> {
    at.require_unconfined()?;
    let key = current_key(&at)?.map(|(_, vapid)| vapid.public());
    Ok(axum::Json(PushKey { key }))
}

/// The caller's browsers that are told, as long as he stays signed in there.
#[utoipa::path(get, path = "/api/companies/{company}/push-subscriptions", tag = "notifications",
    params(("company" = String, Path)), responses((status = 200, body = PushSubscriptions)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<PushSubscriptions>> {
    at.require_unconfined()?;
    let browsers = push_subscriptions::list(&at.db, at.member.id, at.here.now).await?;
    let items = browsers.into_iter().map(|one| shown(&at, one)).collect();
    Ok(axum::Json(PushSubscriptions { items, next: None }))
}

/// Tells the caller by this browser from now on; by ten at most, the one not heard of for longest makes room. One that is
/// known is 200.
#[utoipa::path(post, path = "/api/companies/{company}/push-subscriptions", tag = "notifications",
    params(("company" = String, Path)), request_body = NewPushSubscription,
    responses((status = 201, body = PushSubscription), (status = 200, body = PushSubscription)))]
#[worker::send]
pub async fn create(at: AtCompany, Json(new): Json<NewPushSubscription>) -> Answer {
    at.require_unconfined()?;
    let endpoint = push_service::endpoint(&new.endpoint, settings::is_local(&at.here.env)).ok_or_else(|| {
        FieldError::new("endpoint", "push_service", "This is no address of a push service: https, at a public name.")
    })?;
    if Browser::read(&new.keys.p256dh, &new.keys.auth).is_none() {
        return Err(FieldError::new("keys", "push_keys", "These are no keys of a browser.").into());
    }
    let off = || Problem::conflict("push_off", "This desk has no key by which push services would know it.");
    let (key_id, _) = current_key(&at)?.ok_or_else(off)?;
    let subscription = NewSubscription {
        id: PushSubscriptionId::new(random::id(at.here.now)),
        agent: at.member.id,
        user: at.signed_in.user,
        session: at.signed_in.session,
        endpoint: endpoint.as_str(),
        p256dh: &new.keys.p256dh,
        auth: &new.keys.auth,
        key_id: &key_id,
        user_agent: at.here.user_agent(),
    };
    let (id, known) = push_subscriptions::keep(&at.db, &subscription, at.here.now).await?;
    let browsers = push_subscriptions::list(&at.db, at.member.id, at.here.now).await?;
    let kept = browsers.into_iter().find(|one| one.id == id).ok_or_else(Problem::not_found)?;
    let status = if known { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(shown(&at, kept))).into_response())
}

/// Tells the caller by this browser no more.
#[utoipa::path(delete, path = "/api/companies/{company}/push-subscriptions/{id}", tag = "notifications",
    params(("company" = String, Path), ("id" = PushSubscriptionId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove(
    AtThing { at, thing: subscription }: AtThing<Subscription>,
    _: OptionalJson<Nothing>,
) -> Answer<StatusCode> {
    // Gone meanwhile is gone, too.
    push_subscriptions::remove(&at.db, at.member.id, subscription.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Thing for Subscription {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let own = push_subscriptions::list(&at.db, at.member.id, at.here.now).await?;
        Ok(PushSubscriptionId::parse(id).and_then(|id| own.into_iter().find(|one| one.id == id)))
    }
}

fn shown(at: &AtCompany, one: Subscription) -> PushSubscription {
    let current = one.session == at.signed_in.session;
    PushSubscription { id: one.id, created_at: one.created_at, user_agent: one.user_agent, current }
}

/// The key that new subscriptions are made with, and its name.
fn current_key(at: &AtCompany) -> Answer<Option<(String, Vapid)>> {
    let Some(keys) = push::keys(&at.here.env) else { return Ok(None) };
    let key = keys.current();
    let vapid =
        Vapid::new(&key.bytes).ok_or_else(|| Problem::internal("push", &"the first key of the ring is none"))?;
    Ok(Some((key.id.clone(), vapid)))
}
