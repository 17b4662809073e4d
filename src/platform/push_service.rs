//! Push services of browser makers: which addresses may be one, and sending to them.

use super::web_push::Vapid;
use crate::domain::time::{Instant, Span};
use futures_util::future::{Either, select};
use js_sys::Uint8Array;
use std::time::Duration;
use url::{Host, Url};
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// A push service that does not answer by then is not there.
const PATIENCE: Duration = Duration::from_secs(10);
/// For how long one signature is good.
const SIGNED_FOR: Span = Span::seconds(12 * 3_600);
/// Longest address, in characters.
const MOST_CHARACTERS: usize = 2_000;

/// A message, as a push service takes it.
pub struct Message<'a> {
    pub endpoint: &'a str,
    /// Encrypted.
    pub body: &'a [u8],
    /// For how long the service keeps it for a browser that is not there, in seconds.
    pub ttl: u32,
    /// Of several with the same topic that wait for the browser, the newest one counts. At most 32 of base64url's letters.
    pub topic: &'a str,
    /// Whether it is worth a telephone's battery.
    pub urgent: bool,
}

/// What a push service said.
pub struct Reply {
    pub status: u16,
    /// Seconds after which it wants to be asked again.
    pub retry_after: Option<i64>,
}

/// Reads the address of a push service: by https, at a name that leads out of our own house. Where this is a developer's
/// machine, also plainly at 127.0.0.1. None for everything else.
#[must_use]
pub fn endpoint(text: &str, is_local: bool) -> Option<Url> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= MOST_CHARACTERS)?;
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let public = match url.host()? {
        Host::Domain(name) => is_public(name),
        // No push service has a bare address, and many of them are ours or our neighbours'.
        Host::Ipv4(_) | Host::Ipv6(_) => false,
    };
    let outside = url.scheme() == "https" && url.port().is_none() && public;
    let here = is_local && url.scheme() == "http" && url.host_str() == Some("127.0.0.1");
    (plain && (outside || here)).then_some(url)
}

/// Whether a host's name may be known outside: names without a dot and these endings are for inside.
fn is_public(name: &str) -> bool {
    const INSIDE: [&str; 9] =
        ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "localdomain"];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.rsplit_once('.').is_some_and(|(_, top)| !INSIDE.contains(&top))
}

/// Sends a message.
///
/// # Errors
/// When the service cannot be reached, or does not answer.
pub async fn send(message: &Message<'_>, vapid: &Vapid, contact: &str, now: Instant) -> Result<Reply, String> {
    let failed = |error: worker::Error| error.to_string();
    let origin = Url::parse(message.endpoint).map_err(|error| error.to_string())?.origin().ascii_serialization();
    let until = now.after(SIGNED_FOR).as_millis().div_euclid(1_000);
    let headers = Headers::new();
    for (name, value) in [
        ("authorization", vapid.authorization(&origin, contact, until).as_str()),
        ("content-type", "application/octet-stream"),
        ("content-encoding", "aes128gcm"),
        ("ttl", &message.ttl.to_string()),
        ("topic", message.topic),
        ("urgency", if message.urgent { "high" } else { "normal" }),
    ] {
        headers.set(name, value).map_err(failed)?;
    }
    let mut init = RequestInit::new();
    // Where an address leads on to was never looked at.
    init.with_redirect(RequestRedirect::Manual);
    init.with_method(Method::Post).with_headers(headers).with_body(Some(Uint8Array::from(message.body).into()));
    let request = Request::new_with_init(message.endpoint, &init).map_err(failed)?;
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetch = Fetch::Request(request);
    let asked = std::pin::pin!(fetch.send_with_signal(&signal));
    let response = match select(asked, Delay::from(PATIENCE)).await {
        Either::Left((response, _)) => response.map_err(failed)?,
        Either::Right(((), _)) => {
            abort.abort();
            return Err("no answer".to_owned());
        }
    };
    let retry_after = response.headers().get("retry-after").ok().flatten().and_then(|text| text.trim().parse().ok());
    Ok(Reply { status: response.status_code(), retry_after })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_service_is_somewhere_outside() {
        for good in
            ["https://fcm.googleapis.com/fcm/send/abc:d-e", "https://updates.push.services.mozilla.com/wpush/v2/x"]
        {
            assert!(endpoint(good, false).is_some(), "{good}");
        }
        for bad in [
            "http://fcm.googleapis.com/x",
            "https://fcm.googleapis.com:8443/x",
            "https://me@fcm.googleapis.com/x",
            "https://fcm.googleapis.com/x#y",
            "https://localhost/x",
            "https://a.localhost./x",
            "https://printer.local/x",
            "https://metadata.google.internal/x",
            "https://intranet/x",
            "https://127.0.0.1/x",
            "https://2130706433/x",
            "https://0x7f.1/x",
            "https://10.0.0.1/x",
            "https://169.254.169.254/latest",
            "https://[::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://8.8.8.8/x",
            "https:///x",
            "ftp://fcm.googleapis.com/x",
            "x",
        ] {
            assert!(endpoint(bad, false).is_none() && endpoint(bad, true).is_none(), "{bad}");
        }
        assert!(endpoint("http://127.0.0.1:4000/x", true).is_some());
        for bad in ["http://127.0.0.1:4000/x", "http://127.0.0.2:4000/x", "http://localhost:4000/x"] {
            assert!(endpoint(bad, false).is_none(), "{bad}");
        }
        let long = format!("https://fcm.googleapis.com/{}", "x".repeat(MOST_CHARACTERS));
        assert!(endpoint(&long, false).is_none());
    }
}
