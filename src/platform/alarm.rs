//! Setting the alarm of a Durable Object.

use crate::domain::time::Instant;
use worker::{Result, ScheduledTime, Storage};

/// Makes the alarm ring at an instant, instead of when it would have. A bare number would be an offset, a date is not.
///
/// # Errors
/// When the storage fails.
#[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
pub async fn set(storage: &Storage, at: Instant) -> Result<()> {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.as_millis() as f64));
    storage.set_alarm(ScheduledTime::new(date)).await
}
