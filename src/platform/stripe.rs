//! Stripe's protocol: Checkout Sessions by form-encoded POST, webhooks signed with HMAC-SHA-256, and amounts as Stripe
//! counts them.

use crate::domain::order::currency::Currency;
use crate::domain::order::money::{MOST, Money};
use crate::domain::time::Instant;
use futures_util::future::{Either, select};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use std::fmt;
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

/// A request that is being answered in this very moment is repeated so often, each time after a pause.
const REPEATS: u8 = 5;
const PAUSE: Duration = Duration::from_millis(400);
/// What Stripe says of such a one (docs.stripe.com/error-codes).
const IN_USE: &str = "idempotency_key_in_use";
/// The most that Stripe takes, in its own units: eight digits.
const MOST_TAKEN: i64 = 99_999_999;
/// Currencies in which eight digits are little: Stripe takes more of them, and says itself where that ends.
const SMALL: &str = "CLP COP HUF IDR INR JPY KRW LAK LBP PYG RWF TZS UGX UZS VND";
/// Currencies of which Stripe does not have the digits, and units of account that no card has.
const NOT_TAKEN: &str = "BOV CHE CHW CLF COU IQD LYD MXV USN UYI UYW";
/// The least that Stripe takes, in its own units (docs.stripe.com/currencies, "Minimum and maximum charge amounts").
const LEAST_TAKEN: &[(&str, i64)] = &[
    ("AED", 200),
    ("AUD", 50),
    ("BGN", 100),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("CZK", 1_500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("INR", 50),
    ("JPY", 50),
    ("MXN", 1_000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1_000),
    ("USD", 50),
];

/// Why Stripe did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The same request is being answered in this very moment.
    Underway,
    /// Anything else, in words for the log.
    Failed(String),
}

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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Underway => f.write_str(IN_USE),
            Self::Failed(words) => f.write_str(words),
        }
    }
}

impl From<String> for Fault {
    fn from(words: String) -> Self {
        Self::Failed(words)
    }
}

/// Opens a page on which somebody pays; where the same one is being opened already, waits for that.
///
/// # Errors
/// [`Fault`]: `Underway` where that takes long.
pub async fn open(api: &str, key: &str, session: &NewSession<'_>) -> Result<Session, Fault> {
    let form = form(session)?;
    let url = format!("{api}/v1/checkout/sessions");
    for _ in 0..REPEATS {
        match post(&url, key, Some(session.payment), &form).await {
            Err(Fault::Underway) => Delay::from(PAUSE).await,
            Err(fault) => return Err(fault),
            Ok(text) => return serde_json::from_str(&text).map_err(|error| Fault::Failed(error.to_string())),
        }
    }
    Err(Fault::Underway)
}

/// Closes a page, so that nobody pays on it any more.
///
/// # Errors
/// [`Fault`].
pub async fn expire(api: &str, key: &str, session: &str) -> Result<(), Fault> {
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

async fn post(url: &str, key: &str, idempotency: Option<&str>, form: &str) -> Result<String, Fault> {
    let failed = |error: worker::Error| Fault::Failed(error.to_string());
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
            return Err(Fault::Failed("no answer".to_owned()));
        }
    };
    let text = response.text().await.map_err(failed)?;
    if response.status_code() == 200 { Ok(text) } else { Err(fault(response.status_code(), &text)) }
}

/// What Stripe says is wrong: its code, and never what was sent.
fn fault(status: u16, text: &str) -> Fault {
    #[derive(Deserialize)]
    struct Body {
        error: Said,
    }
    #[derive(Deserialize)]
    struct Said {
        code: Option<String>,
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    let said = serde_json::from_str::<Body>(text).ok().and_then(|body| body.error.code.or(body.error.kind));
    match said.unwrap_or_default() {
        code if code == IN_USE => Fault::Underway,
        code => Fault::Failed(format!("Stripe answered {status} {code}")),
    }
}

/// Whether Stripe takes this amount, as far as that can be known without asking: the least depends on where the account is,
/// too.
#[must_use]
pub fn takes(money: Money) -> bool {
    let has = |codes: &str| codes.split(' ').any(|code| code == money.currency.code());
    let least = LEAST_TAKEN.iter().find(|(code, _)| *code == money.currency.code()).map_or(1, |(_, least)| *least);
    let most = if has(SMALL) { MOST } else { MOST_TAKEN };
    !has(NOT_TAKEN) && to_stripe(money).is_some_and(|amount| (least..=most).contains(&amount))
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
    fn what_stripe_cannot_take_is_known_before_it_is_asked() {
        for (amount, code, takes) in [
            (49, "EUR", false),
            (50, "EUR", true),
            (99_999_999, "EUR", true),
            (100_000_000, "EUR", false),
            (100_000_000, "IDR", true),
            (49, "JPY", false),
            (5_124, "KWD", false),
            (5_000, "IQD", false),
            (50_000, "CLF", false),
            (0, "XOF", false),
            (1, "XOF", true),
        ] {
            assert_eq!(super::takes(money(amount, code)), takes, "{amount} {code}");
        }
    }

    #[test]
    fn a_request_that_is_being_answered_is_told_from_one_that_failed() {
        let body = |code: &str| format!(r#"{{"error":{{"type":"idempotency_error","code":"{code}"}}}}"#);
        assert_eq!(fault(409, &body(IN_USE)), Fault::Underway);
        assert_eq!(fault(402, &body("card_declined")), Fault::Failed("Stripe answered 402 card_declined".to_owned()));
        assert_eq!(fault(500, "oops"), Fault::Failed("Stripe answered 500 ".to_owned()));
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
