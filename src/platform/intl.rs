//! What the runtime knows of the world's time zones.

use crate::domain::time::Instant;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locales: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn format(this: &DateTimeFormat, at: f64) -> Result<String, JsValue>;
}

/// Whether the runtime knows a time zone of this name (`Europe/Paris`).
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    let options = js_sys::Object::new();
    let set = js_sys::Reflect::set(&options, &JsValue::from_str("timeZone"), &JsValue::from_str(name));
    let looks_right =
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    looks_right && set.is_ok() && DateTimeFormat::new(&JsValue::from_str("en"), &options).is_ok()
}

/// What a clock on the wall shows in a time zone at an instant, in minutes since midnight; by UTC where the runtime does not
/// know the zone.
#[must_use]
pub fn clock_at(zone: &str, at: Instant) -> i64 {
    shown(zone, at).unwrap_or_else(|| at.as_millis().div_euclid(60_000).rem_euclid(24 * 60))
}

/// `09:30`, read as minutes.
fn shown(zone: &str, at: Instant) -> Option<i64> {
    let options = js_sys::Object::new();
    for (name, value) in [("timeZone", zone), ("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")] {
        js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    let format = DateTimeFormat::new(&JsValue::from_str("en-GB"), &options).ok()?;
    #[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
    let text = format.format(at.as_millis() as f64).ok()?;
    let (hour, minute) = text.split_once(':')?;
    Some(hour.trim().parse::<i64>().ok()? * 60 + minute.trim().parse::<i64>().ok()?)
}
