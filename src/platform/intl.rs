//! What the runtime knows of the world's time zones.

use crate::domain::people::opening::WeekMinute;
use crate::domain::time::Instant;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locales: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method)]
    fn format(this: &DateTimeFormat, date: &JsValue) -> String;
}

/// The days of the week as `en` shortens them.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Whether the runtime knows a time zone of this name (`Europe/Paris`).
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    let looks_right =
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    looks_right && formatter("en", name, &[]).is_some()
}

/// The moment of the week by a zone's clocks; none where there is no such zone.
#[must_use]
pub fn week_minute(zone: &str, at: Instant) -> Option<WeekMinute> {
    let parts = [("weekday", "short"), ("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")];
    let text = formatter("en", zone, &parts)?.format(&date(at));
    let day = DAYS.iter().position(|day| text.starts_with(day))?;
    let (hour, minute) = text.get(text.len().checked_sub(5)?..)?.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    WeekMinute::new(u8::try_from(day).ok()?.checked_add(1)?, hour.checked_mul(60)?.checked_add(minute)?)
}

/// A day of the week and a time, by a zone's clocks and in a language's words.
#[must_use]
pub fn day_and_time(language: &str, zone: &str, at: Instant) -> Option<String> {
    let parts = [("weekday", "long"), ("hour", "2-digit"), ("minute", "2-digit"), ("timeZoneName", "short")];
    Some(formatter(language, zone, &parts)?.format(&date(at)))
}

fn formatter(language: &str, zone: &str, parts: &[(&str, &str)]) -> Option<DateTimeFormat> {
    let options = js_sys::Object::new();
    for (name, value) in [("timeZone", zone)].iter().chain(parts) {
        js_sys::Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    DateTimeFormat::new(&JsValue::from_str(language), &options).ok()
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds stay exact for 285,000 years")]
fn date(at: Instant) -> JsValue {
    JsValue::from_f64(at.as_millis() as f64)
}
