//! What the payment provider tells: signed, each event once, in Stripe's form. On a developer's machine, a page of our own
//! takes Stripe's place.

use super::super::body::{BODY_BYTES, Form, Upload};
use super::super::page::Page;
use super::super::pages::see_other;
use super::super::problem::{Answer, Problem};
use super::super::session::Here;
use crate::effects::payments::{self, ProviderEvent};
use crate::pages::dev_pay::DevPay;
use crate::platform::provider::Provider;
use crate::platform::{random, stripe};
use crate::store::db;
use crate::store::payments::{self as store, PaymentRecord};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::json;

/// The header that proves where an event comes from.
const SIGNATURE: &str = "stripe-signature";

/// What somebody does on the page that takes the provider's place.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayForm {
    /// `pay` or `fail`.
    outcome: String,
}

/// Takes in an event of the payment provider's.
#[utoipa::path(post, path = "/api/webhooks/stripe", tag = "payments",
    request_body(content = String, content_type = "application/json", description = "an event of Stripe's"),
    responses((status = 204, description = "taken in, now or before"),
        (status = 400, description = "`bad_signature`: forged, altered, or of another time"),
        (status = 404, description = "no provider is set up")))]
#[worker::send]
pub async fn stripe_event(here: Here, headers: HeaderMap, Upload(body): Upload<BODY_BYTES>) -> Answer {
    let provider = Provider::of(&here.env).ok_or_else(Problem::not_found)?;
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    take_in(&here, &provider, signature, &body).await
}

async fn take_in(here: &Here, provider: &Provider, signature: &str, body: &[u8]) -> Answer {
    if !stripe::is_signed(provider.webhook_secret(), signature, body, here.now) {
        let detail = "This was not signed by the payment provider, or not just now.";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_signature", detail));
    }
    // What we do not understand does not concern us: telling it again would not help.
    if let Ok(event) = serde_json::from_slice::<ProviderEvent>(body) {
        payments::hear(&here.env, &event).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The page that takes the provider's place on a developer's machine.
#[utoipa::path(get, path = "/dev/pay/{session}", tag = "local", params(("session" = String, Path)),
    responses((status = 200, description = "HTML; only where ENVIRONMENT is `local`", content_type = "text/html")))]
#[worker::send]
pub async fn dev_page(here: Here, Path(session): Path<String>) -> Answer {
    let (_, payment) = local(&here, &session).await?;
    Ok(Page(DevPay::new(&session, &payment)).into_response())
}

/// Pays, or fails to, and tells so as the provider would.
#[utoipa::path(post, path = "/dev/pay/{session}", tag = "local", params(("session" = String, Path)),
    request_body(content = PayForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page; only where ENVIRONMENT is `local`")))]
#[worker::send]
pub async fn dev_pay(
    here: Here,
    Path(session): Path<String>,
    form: Result<Form<PayForm>, Problem>,
) -> Answer<Response> {
    let (provider, payment) = local(&here, &session).await?;
    let Form(form) = form?;
    let (kind, status) = match form.outcome.as_str() {
        "pay" => ("checkout.session.completed", "paid"),
        _ => ("checkout.session.expired", "unpaid"),
    };
    let amount = stripe::to_stripe(payment.amount);
    let event = json!({
        "id": format!("evt_{}", random::token()),
        "type": kind,
        "data": { "object": {
            "id": session,
            "metadata": { "payment_id": payment.id },
            "payment_status": status,
            "amount_total": amount,
            "currency": payment.amount.currency.code().to_ascii_lowercase(),
        } },
    });
    let body = event.to_string();
    let signature = stripe::sign(provider.webhook_secret(), body.as_bytes(), here.now);
    take_in(&here, &provider, &signature, body.as_bytes()).await?;
    Ok(see_other(&format!("/dev/pay/{session}")))
}

async fn local(here: &Here, session: &str) -> Answer<(Provider, PaymentRecord)> {
    let provider = Provider::of(&here.env).filter(Provider::is_local).ok_or_else(Problem::not_found)?;
    let payment = store::of_session(&db::open(&here.env)?, session).await?.ok_or_else(Problem::not_found)?;
    Ok((provider, payment))
}
