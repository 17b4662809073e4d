//! One-time codes of an authenticator (RFC 6238: SHA-1, six digits, thirty seconds, which all of them understand).
//!
//! The secret is not stored. It follows from a random seed under the key ring of links: who reads the database cannot
//! make codes. The seed names its key, so that the ring can be rotated.

use super::keyring::{Key, Keyring};
use crate::domain::id::UserId;
use crate::domain::time::Instant;
use hmac::{Hmac, Mac};
use qrcode::{Color, QrCode};
use sha2::Sha256;
use std::fmt::Write;
use totp_rs::{Algorithm, Secret, TOTP};

const DIGITS: usize = 6;
const SECONDS: u64 = 30;
/// Bytes of a secret (RFC 4226 recommends 160 bits).
const SECRET_BYTES: usize = 20;

/// What an authenticator is told, to be typed or to be scanned.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Base 32.
    pub secret: String,
    pub uri: String,
    /// Width and height of the QR code, in modules, with its margin.
    pub size: usize,
    /// The dark modules, as the path of an SVG.
    pub path: String,
}

/// A new seed, under the key that is current.
#[must_use]
pub fn new_seed(keys: &Keyring) -> String {
    format!("{}.{}", keys.current().id, super::random::token())
}

/// What the authenticator of a person is told.
///
/// # Errors
/// When the seed's key is gone, or the code cannot be drawn.
pub fn enrolment(keys: &Keyring, seed: &str, user: UserId, email: &str) -> Result<Enrolment, String> {
    let secret = secret(keys, seed, user).ok_or("the seed's key is gone")?;
    let Secret::Encoded(secret) = Secret::Raw(secret).to_encoded() else { return Err("no base 32".to_owned()) };
    let account: String = email.bytes().fold(String::new(), |mut text, byte| {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let _infallible = if plain { write!(text, "{}", char::from(byte)) } else { write!(text, "%{byte:02X}") };
        text
    });
    let uri = format!("otpauth://totp/Edgedesk:{account}?secret={secret}&issuer=Edgedesk");
    let code = QrCode::new(&uri).map_err(|error| error.to_string())?;
    let (width, margin) = (code.width(), 2);
    let mut path = String::new();
    for (at, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            let (x, y) = (at % width + margin, at / width + margin);
            let _infallible = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Ok(Enrolment { secret, uri, size: width + 2 * margin, path })
}

/// The time step of a code, if it is the code of now, of the step before or of the one after, and no later step was used.
#[must_use]
pub fn step_of(keys: &Keyring, seed: &str, user: UserId, code: &str, now: Instant, last: u64) -> Option<u64> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = TOTP::new_unchecked(Algorithm::SHA1, DIGITS, 0, SECONDS, secret(keys, seed, user)?);
    let step = u64::try_from(now.as_millis()).ok()? / 1_000 / SECONDS;
    let steps = [step.saturating_sub(1), step, step.saturating_add(1)];
    steps.into_iter().find(|step| *step > last && totp.check(&code, step.saturating_mul(SECONDS)))
}

fn secret(keys: &Keyring, seed: &str, user: UserId) -> Option<Vec<u8>> {
    let (key, _) = seed.split_once('.')?;
    let Key { bytes, .. } = keys.find(key)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(bytes).ok()?;
    mac.update(b"edgedesk second factor\0");
    mac.update(user.as_bytes());
    mac.update(seed.as_bytes());
    Some(mac.finalize().into_bytes()[..SECRET_BYTES].to_vec())
}

#[cfg(test)]
mod tests {
    use super::super::keyring::tests::ring;
    use super::*;
    use uuid::Uuid;

    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    #[test]
    fn a_code_is_good_for_its_time_and_once() {
        let (keys, user) = (ring(&["a"]), UserId::new(Uuid::from_u128(7)));
        let seed = "a.random";
        let enrolment = enrolment(&keys, seed, user, "ana+x@example.org").unwrap();
        assert!(enrolment.uri.starts_with("otpauth://totp/Edgedesk:ana%2Bx%40example.org?secret="));
        let bytes = Secret::Encoded(enrolment.secret).to_bytes().unwrap();
        let theirs = TOTP::new_unchecked(Algorithm::SHA1, 6, 0, 30, bytes);
        let now = 1_800_000_000;
        let step = now / 30;
        let code = theirs.generate(now);
        assert_eq!(step_of(&keys, seed, user, &code, NOW, 0), Some(step));
        assert_eq!(step_of(&keys, seed, user, &format!("{} {}", &code[..3], &code[3..]), NOW, 0), Some(step));
        assert_eq!(step_of(&keys, seed, user, &code, NOW, step), None, "used before");
        assert_eq!(step_of(&keys, seed, user, &theirs.generate(now - 30), NOW, 0), Some(step - 1));
        assert_eq!(step_of(&keys, seed, user, &theirs.generate(now - 60), NOW, 0), None);
        assert_eq!(step_of(&keys, seed, user, "000000000", NOW, 0), None);
        assert_eq!(step_of(&ring(&["b"]), seed, user, &code, NOW, 0), None, "the key is gone");
        assert_eq!(step_of(&ring(&["b", "a"]), seed, user, &code, NOW, 0), Some(step), "the ring was rotated");
        assert_eq!(step_of(&keys, seed, UserId::new(Uuid::nil()), &code, NOW, 0), None, "another person's");
    }
}
