//! Where a list goes on: a place in it, as a text that a client hands back and need not understand.

use crate::domain::input::FieldError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A place, as a cursor.
///
/// # Errors
/// When the place cannot be written as JSON, which is a fault of ours.
pub fn write<T: Serialize>(place: &T) -> serde_json::Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(place)?))
}

/// The place that a cursor names.
///
/// # Errors
/// `unknown_value` when it is no cursor of such a list.
pub fn read<T: DeserializeOwned>(cursor: &str) -> Result<T, FieldError> {
    let place = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|json| serde_json::from_slice(&json).ok());
    place.ok_or_else(unknown)
}

/// What is said of a cursor that is none of ours, or of another list.
#[must_use]
pub fn unknown() -> FieldError {
    FieldError::new("cursor", "unknown_value", "This is no cursor of ours.")
}
