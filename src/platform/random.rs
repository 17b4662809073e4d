//! Randomness from the runtime's cryptographic generator.

use crate::domain::time::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::{Builder, Uuid};

/// Random bytes.
///
/// # Panics
/// When the runtime has no randomness: nothing can be done safely then.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the runtime provides randomness");
    bytes
}

/// A new UUIDv7, so that ids sort by creation.
#[must_use]
pub fn id(now: Instant) -> Uuid {
    Builder::from_unix_timestamp_millis(u64::try_from(now.as_millis()).unwrap_or(0), &bytes()).into_uuid()
}

/// A 256-bit token for a URL.
#[must_use]
pub fn token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}
