//! What the runtime knows of the world's time zones.

use crate::domain::people::hours::Civil;
use crate::domain::time::Instant;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locales: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn format(this: &DateTimeFormat, date: &js_sys::Date) -> Result<JsValue, JsValue>;
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

/// What the clocks of a time zone show at an instant, summer time included. Those of an unknown zone show UTC.
#[must_use]
pub fn civil(zone: &str, at: Instant) -> Civil {
    Civil::of(at, offset_minutes(zone, at).unwrap_or_default())
}

/// How far a zone's clocks are ahead of UTC at an instant. The runtime writes it as `GMT`, `GMT+02:00`, `GMT-03:30`, and
/// with seconds for instants before 1972.
fn offset_minutes(zone: &str, at: Instant) -> Option<i32> {
    let options = js_sys::Object::new();
    for (name, value) in [("timeZone", zone), ("timeZoneName", "longOffset")] {
        js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    #[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
    let date = js_sys::Date::new(&JsValue::from_f64(at.as_millis() as f64));
    let text = DateTimeFormat::new(&JsValue::from_str("en"), &options).ok()?.format(&date).ok()?.as_string()?;
    let (_, offset) = text.rsplit_once("GMT")?;
    let Some(sign) = offset.chars().next() else { return Some(0) };
    let (hours, minutes) = offset.get(sign.len_utf8()..)?.split_once(':')?;
    let minutes = minutes.get(..2)?.parse::<i32>().ok()?.saturating_add(hours.parse::<i32>().ok()?.saturating_mul(60));
    Some(if sign == '+' { minutes } else { minutes.saturating_neg() })
}
