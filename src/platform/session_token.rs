//! The signed token of a session: a JWT (HS256) that names a row of `sessions`.
//!
//! The signature spares the database from guesses; whether the session still counts is asked of the row on every
//! request, so that signing out acts at once.

use super::keyring::Keyring;
use crate::domain::id::{SessionId, UserId};
use crate::domain::time::{Instant, Span};
use chrono::{DateTime, TimeDelta, Utc};
use jwt_compact::alg::{Hs256, Hs256Key};
use jwt_compact::{AlgorithmExt, Claims, Header, TimeOptions, Token, UntrustedToken};
use serde::{Deserialize, Serialize};

/// How long a session lasts.
pub const LIFETIME: Span = Span::days(14);

/// What tokens of this kind are for; a token made for anything else is refused.
const PURPOSE: &str = "session";

#[derive(Debug, Serialize, Deserialize)]
struct SessionClaims {
    #[serde(rename = "aud")]
    purpose: String,
    #[serde(rename = "sub")]
    user: UserId,
    #[serde(rename = "sid")]
    session: SessionId,
}

/// Signs a token for a session that starts now.
///
/// # Errors
/// When the claims cannot be written, which is a fault of ours.
pub fn sign(keys: &Keyring, user: UserId, session: SessionId, now: Instant) -> Result<String, String> {
    let key = keys.current();
    let header = Header::empty().with_key_id(key.id.clone());
    let claims = Claims::new(SessionClaims { purpose: PURPOSE.to_owned(), user, session })
        .set_duration_and_issuance(&time_options(now), TimeDelta::seconds(LIFETIME.as_seconds()));
    Hs256.token(&header, &claims, &Hs256Key::new(&key.bytes)).map_err(|error| error.to_string())
}

/// The session a token names, if one of our keys signed it for this purpose and it has not run out.
#[must_use]
pub fn verify(keys: &Keyring, token: &str, now: Instant) -> Option<SessionId> {
    let token = UntrustedToken::new(token).ok()?;
    let key = keys.find(token.header().key_id.as_deref()?)?;
    let token: Token<SessionClaims> = Hs256.validator(&Hs256Key::new(&key.bytes)).validate(&token).ok()?;
    let options = time_options(now);
    token.claims().validate_expiration(&options).ok()?;
    if token.claims().not_before.is_some() {
        token.claims().validate_maturity(&options).ok()?;
    }
    let claims = &token.claims().custom;
    (claims.purpose == PURPOSE).then_some(claims.session)
}

fn time_options(now: Instant) -> TimeOptions<impl Fn() -> DateTime<Utc>> {
    TimeOptions::new(TimeDelta::zero(), move || {
        DateTime::from_timestamp_millis(now.as_millis()).unwrap_or(DateTime::<Utc>::MAX_UTC)
    })
}

#[cfg(test)]
mod tests {
    use super::super::keyring::tests::ring;
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use uuid::Uuid;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    fn signed(keys: &Keyring) -> String {
        sign(keys, UserId::new(Uuid::nil()), SessionId::new(Uuid::nil()), NOW).unwrap()
    }

    #[test]
    fn a_token_lasts_as_long_as_its_session_and_its_key() {
        let token = signed(&ring(&["a"]));
        let session = Some(SessionId::new(Uuid::nil()));
        assert_eq!(verify(&ring(&["a"]), &token, NOW), session);
        assert_eq!(verify(&ring(&["b", "a"]), &token, NOW), session, "an old key still verifies");
        assert_eq!(verify(&ring(&["b"]), &token, NOW), None, "a retired key does not");
        let last = NOW.after(LIFETIME).after(Span::seconds(-1));
        assert_eq!(verify(&ring(&["a"]), &token, last), session);
        assert_eq!(verify(&ring(&["a"]), &token, NOW.after(LIFETIME).after(Span::seconds(1))), None);
    }

    #[test]
    fn forgeries_are_refused() {
        let keys = ring(&["a"]);
        let token = signed(&keys);
        let parts: Vec<&str> = token.split('.').collect();
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"a"}"#);
        let other = signed(&ring(&["b"]));
        let key = &Hs256Key::new(&keys.current().bytes);
        let header = Header::empty().with_key_id("a");
        let endless = Claims::new(serde_json::json!({"aud": "session", "sub": Uuid::nil(), "sid": Uuid::nil()}));
        let purpose = Claims::new(serde_json::json!({"aud": "invitation", "sub": Uuid::nil(), "sid": Uuid::nil()}))
            .set_duration_and_issuance(&time_options(NOW), TimeDelta::days(1));
        for forged in [
            String::new(),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}.{}", parts[0], parts[1], other.rsplit('.').next().unwrap()),
            other.clone(),
            Hs256.token(&header, &endless, key).unwrap(),
            Hs256.token(&header, &purpose, key).unwrap(),
            Hs256.token(&Header::empty(), &purpose, key).unwrap(),
        ] {
            assert_eq!(verify(&keys, &forged, NOW), None, "{forged}");
        }
    }
}
