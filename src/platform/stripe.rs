//! Stripe's protocol: Checkout Sessions by form-encoded POST, webhooks signed with HMAC-SHA-256, and amounts as Stripe
//! counts them.

use crate::domain::order::currency::Currency;
use crate::domain::order::money::Money;
use crate::domain::time::Instant;
use futures_util::future::{Either, select};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// Where Stripe is, unless the deployment says otherwise.
pub const API: &str = "https://api.stripe.com";
/// The version of the protocol that is spoken here.
const VERSION: &str = "2024-06-20";
/// Stripe answers by then, or is not there.
const PATIENCE: Duration = Duration::from_secs(15);
/// Seconds by which a webhook's time may differ from ours, so that what somebody recorded is not played back later.
const TOLERANCE: i64 = 300;

/// A page on which somebody pays.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Session {
    pub id: String,
    pub url: String,
}

/// What is to be paid, by whom, and where he comes from.
pub struct NewSession<'a> {
    /// Ours, under which a repeat gets the same session, and which comes back with every event.
    pub payment: &'a str,
    pub amount: Money,
    pub what: &'a str,
    pub email: &'a str,
    pub back: &'a str,
}

/// Opens a page on which somebody pays.
///
/// # Errors
/// What went wrong, in words for the log.
pub async fn open(api: &str, key: &str, session: &NewSession<'_>) -> Result<Session, String> {
    let form = form(session)?;
    let text = post(&format!("{api}/v1/checkout/sessions"), key, Some(session.payment), &form).await?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// Closes a page, so that nobody pays on it any more.
///
/// # Errors
/// What went wrong, in words for the log.
pub async fn expire(api: &str, key: &str, session: &str) -> Result<(), String> {
    post(&format!("{api}/v1/checkout/sessions/{session}/expire"), key, None, "").await.map(drop)
}

fn form(session: &NewSession<'_>) -> Result<String, String> {
    let amount = to_stripe(session.amount).ok_or("Stripe cannot count this amount")?.to_string();
    let currency = session.amount.currency.code().to_ascii_lowercase();
    let fields = [
        ("mode", "payment"),
        ("client_reference_id", session.payment),
        ("metadata[payment_id]", session.payment),
        ("payment_intent_data[metadata][payment_id]", session.payment),
        ("customer_email", session.email),
        ("line_items[0][quantity]", "1"),
        ("line_items[0][price_data][currency]", &currency),
        ("line_items[0][price_data][unit_amount]", &amount),
        ("line_items[0][price_data][product_data][name]", session.what),
        ("success_url", session.back),
        ("cancel_url", session.back),
    ];
    serde_urlencoded::to_string(fields).map_err(|error| error.to_string())
}

async fn post(url: &str, key: &str, idempotency: Option<&str>, form: &str) -> Result<String, String> {
    let failed = |error: worker::Error| error.to_string();
    let headers = Headers::new();
    headers.set("authorization", &format!("Bearer {key}")).map_err(failed)?;
    headers.set("content-type", "application/x-www-form-urlencoded").map_err(failed)?;
    headers.set("stripe-version", VERSION).map_err(failed)?;
    if let Some(key) = idempotency {
        headers.set("idempotency-key", key).map_err(failed)?;
    }
    let mut init = RequestInit::new();
    init.with_redirect(RequestRedirect::Manual);
    init.with_method(Method::Post).with_headers(headers).with_body(Some(JsValue::from_str(form)));
    let request = Request::new_with_init(url, &init).map_err(failed)?;
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetch = Fetch::Request(request);
    let asked = std::pin::pin!(fetch.send_with_signal(&signal));
    let mut response = match select(asked, Delay::from(PATIENCE)).await {
        Either::Left((response, _)) => response.map_err(failed)?,
        Either::Right(((), _)) => {
            abort.abort();
            return Err("no answer".to_owned());
        }
    };
    let text = response.text().await.map_err(failed)?;
    if response.status_code() == 200 { Ok(text) } else { Err(fault(response.status_code(), &text)) }
}

/// What Stripe says is wrong: its code, and never what was sent.
fn fault(status: u16, text: &str) -> String {
    #[derive(Deserialize)]
    struct Body {
        error: Fault,
    }
    #[derive(Deserialize)]
    struct Fault {
        code: Option<String>,
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    let fault = serde_json::from_str::<Body>(text).ok().and_then(|body| body.error.code.or(body.error.kind));
    format!("Stripe answered {status} {}", fault.unwrap_or_default())
}

/// The amount as Stripe counts it: most currencies in their minor unit, some in older ones
/// (docs.stripe.com/currencies, "Special cases"). None where Stripe cannot take it.
#[must_use]
pub fn to_stripe(money: Money) -> Option<i64> {
    match money.currency.code() {
        // Counted in hundredths that do not exist any more.
        "ISK" | "UGX" => money.amount.checked_mul(100),
        // Counted in whole ariary.
        "MGA" => whole(money.amount, 100),
        // The last digit is always 0.
        "BHD" | "JOD" | "KWD" | "OMR" | "TND" => whole(money.amount, 10)?.checked_mul(10),
        _ => Some(money.amount),
    }
}

/// What an amount of Stripe's is in minor units; none where the currency is none of ours.
#[must_use]
pub fn from_stripe(amount: i64, currency: &str) -> Option<Money> {
    let currency = Currency::parse(&currency.to_ascii_uppercase())?;
    let amount = match currency.code() {
        "ISK" | "UGX" => whole(amount, 100)?,
        "MGA" => amount.checked_mul(100)?,
        _ => amount,
    };
    Some(Money::new(amount, currency))
}

fn whole(amount: i64, by: i64) -> Option<i64> {
    (amount.checked_rem(by)? == 0).then(|| amount.checked_div(by)).flatten()
}

/// The header that proves a webhook is from whoever has the secret.
#[must_use]
pub fn sign(secret: &str, body: &[u8], now: Instant) -> String {
    let at = now.as_millis().div_euclid(1_000);
    let tag: String = mac(secret, at, body).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={tag}")
}

/// Whether a webhook is from whoever has the secret, and of now. Tags are compared in constant time; of several, as while a
/// secret is being replaced, one is enough.
#[must_use]
pub fn is_signed(secret: &str, header: &str, body: &[u8], now: Instant) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some(at) = parts().find(|(name, _)| *name == "t").and_then(|(_, at)| at.parse::<i64>().ok()) else {
        return false;
    };
    let is_of_now = now.as_millis().div_euclid(1_000).abs_diff(at) <= TOLERANCE.unsigned_abs();
    let matches = |tag: &str| bytes(tag).is_some_and(|tag| mac(secret, at, body).verify_slice(&tag).is_ok());
    !secret.is_empty() && is_of_now && parts().filter(|(name, _)| *name == "v1").any(|(_, tag)| matches(tag))
}

fn mac(secret: &str, at: i64, body: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.chain_update(format!("{at}.")).chain_update(body)
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    let byte = |pair: &[u8]| pair.iter().fold(0_u8, |byte, digit| byte << 4 | digit);
    pairs.remainder().is_empty().then(|| pairs.map(byte).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, Currency::parse(code).unwrap())
    }

    // spec: J13
    #[test]
    fn amounts_are_counted_as_stripe_counts_them() {
        for (amount, code, stripe) in [
            (1_999, "EUR", Some(1_999)),
            (500, "JPY", Some(500)),
            (5_120, "KWD", Some(5_120)),
            (5_124, "KWD", None),
            (5, "ISK", Some(500)),
            (5, "UGX", Some(500)),
            (500, "MGA", Some(5)),
            (501, "MGA", None),
        ] {
            assert_eq!(to_stripe(money(amount, code)), stripe, "{amount} {code}");
            if let Some(stripe) = stripe {
                assert_eq!(from_stripe(stripe, &code.to_lowercase()), Some(money(amount, code)));
            }
        }
        assert_eq!(from_stripe(1, "xyz"), None);
    }

    // spec: J13
    #[test]
    fn a_webhook_is_signed_and_of_now() {
        let now = Instant::from_millis(1_800_000_000_000);
        let (secret, body) = ("whsec_test", br#"{"id":"evt_1"}"#.as_slice());
        let header = sign(secret, body, now);
        let later = |seconds: i64| Instant::from_millis(now.as_millis() + seconds * 1_000);
        assert!(is_signed(secret, &header, body, now) && is_signed(secret, &header, body, later(300)));
        assert!(is_signed(secret, &format!("{header},v0=00,v1=00"), body, now));
        assert!(is_signed(secret, &header.replace(",v1", ",v1=00,v1"), body, now));
        assert!(!is_signed(secret, &header, body, later(301)) && !is_signed(secret, &header, body, later(-301)));
        assert!(!is_signed(secret, &header, br#"{"id":"evt_2"}"#, now));
        assert!(!is_signed("whsec_other", &header, body, now));
        assert!(!is_signed("", &sign("", body, now), body, now));
        for header in ["", "t=", "v1=00", "t=1,v1=", &header.replace("v1", "v0"), &header.replace("t=", "t=1")] {
            assert!(!is_signed(secret, header, body, now), "{header}");
        }
        // The example that Stripe's own libraries are tested with has this shape.
        assert!(header.starts_with("t=1800000000,v1=") && header.len() == 80);
    }

    #[test]
    fn a_session_says_all_that_stripe_asks() {
        let session = NewSession {
            payment: "p1",
            amount: money(1_999, "EUR"),
            what: "Order #7 & more",
            email: "marta@example.org",
            back: "https://desk.example/x",
        };
        let form = form(&session).unwrap();
        assert!(form.contains("line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=1999"));
        assert!(form.contains("currency%5D=eur") && form.contains("Order+%237+%26+more"));
    }
}
