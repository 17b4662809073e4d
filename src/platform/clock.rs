//! The clock. Read once per event; everything below is given the instant.

use crate::domain::time::Instant;

/// Now, in whole milliseconds.
#[must_use]
pub fn now() -> Instant {
    Instant::from_millis(i64::try_from(worker::Date::now().as_millis()).unwrap_or(i64::MAX))
}
