//! What the runtime knows of the world's time zones, and of how dates are written.

use crate::domain::order::money::Money;
use crate::domain::people::hours::Civil;
use crate::domain::people::opening::WeekMinute;
use crate::domain::time::Instant;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl, js_name = DateTimeFormat)]
    type DateTimeFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "DateTimeFormat")]
    fn new(locales: &JsValue, options: &JsValue) -> Result<DateTimeFormat, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn format(this: &DateTimeFormat, at: f64) -> Result<String, JsValue>;

    #[wasm_bindgen(js_namespace = Intl, js_name = NumberFormat)]
    type NumberFormat;

    #[wasm_bindgen(constructor, catch, js_namespace = Intl, js_class = "NumberFormat")]
    fn new(locales: &JsValue, options: &JsValue) -> Result<NumberFormat, JsValue>;

    /// The number as text: what is read from it is exact.
    #[wasm_bindgen(method, catch)]
    fn format(this: &NumberFormat, number: &str) -> Result<String, JsValue>;
}

/// The days of the week as `en` shortens them.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Whether the runtime knows a time zone of this name (`Europe/Paris`).
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    let looks_right =
        (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_+-".contains(&b));
    looks_right && formatter("en", &[("timeZone", name)]).is_some()
}

/// Dates as a reader writes them, by a company's clock.
pub struct Dates {
    day: Option<DateTimeFormat>,
    time: Option<DateTimeFormat>,
    full: Option<DateTimeFormat>,
}

impl Dates {
    /// Dates of a locale (`en-GB`) in a time zone; in UTC where the runtime does not know it.
    #[must_use]
    pub fn new(locale: &str, time_zone: &str) -> Self {
        let zone = if is_time_zone(time_zone) { time_zone } else { "UTC" };
        let with = |options: &[(&str, &str)]| formatter(locale, &[options, &[("timeZone", zone)]].concat());
        Self {
            day: with(&[("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")]),
            time: with(&[("timeStyle", "short")]),
            full: with(&[("dateStyle", "long"), ("timeStyle", "short")]),
        }
    }

    /// `Sunday 22 November 2026`.
    #[must_use]
    pub fn day(&self, at: Instant) -> String {
        format(self.day.as_ref(), at)
    }

    /// `14:05`.
    #[must_use]
    pub fn time(&self, at: Instant) -> String {
        format(self.time.as_ref(), at)
    }

    /// `22 November 2026 at 14:05`.
    #[must_use]
    pub fn full(&self, at: Instant) -> String {
        format(self.full.as_ref(), at)
    }
}

/// The moment of the week by a zone's clocks; none where there is no such zone.
#[must_use]
pub fn week_minute(zone: &str, at: Instant) -> Option<WeekMinute> {
    let options =
        [("timeZone", zone), ("weekday", "short"), ("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")];
    let text = written(&formatter("en", &options)?, at)?;
    let day = DAYS.iter().position(|day| text.starts_with(day))?;
    let (hour, minute) = text.get(text.len().checked_sub(5)?..)?.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    WeekMinute::new(u8::try_from(day).ok()?.checked_add(1)?, hour.checked_mul(60)?.checked_add(minute)?)
}

/// A day of the week and a time, by a zone's clocks and as a locale writes them.
#[must_use]
pub fn day_and_time(locale: &str, zone: &str, at: Instant) -> Option<String> {
    let options = [
        ("timeZone", zone),
        ("weekday", "long"),
        ("hour", "2-digit"),
        ("minute", "2-digit"),
        ("timeZoneName", "short"),
    ];
    written(&formatter(locale, &options)?, at)
}

/// An amount as a locale writes it, with the digits of its currency: `€12.50`, `12,50 €`.
#[must_use]
pub fn money(locale: &str, money: Money) -> String {
    let digits = money.currency.exponent().to_string();
    let options = [
        ("style", "currency"),
        ("currency", money.currency.code()),
        ("minimumFractionDigits", &digits),
        ("maximumFractionDigits", &digits),
    ];
    let formatter = object(&options).and_then(|options| NumberFormat::new(&JsValue::from_str(locale), &options).ok());
    let written = formatter.and_then(|formatter| formatter.format(&money.digits()).ok());
    written.unwrap_or_else(|| format!("{} {}", money.digits(), money.currency))
}

/// The instant as the runtime writes it; as the contract does where it cannot.
fn format(formatter: Option<&DateTimeFormat>, at: Instant) -> String {
    formatter.and_then(|formatter| written(formatter, at)).unwrap_or_else(|| at.to_string())
}

fn written(formatter: &DateTimeFormat, at: Instant) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds below 2^53")]
    let millis = at.as_millis() as f64;
    formatter.format(millis).ok()
}

fn formatter(locale: &str, options: &[(&str, &str)]) -> Option<DateTimeFormat> {
    DateTimeFormat::new(&JsValue::from_str(locale), &object(options)?).ok()
}

fn object(options: &[(&str, &str)]) -> Option<JsValue> {
    let wanted = Object::new();
    for (name, value) in options {
        Reflect::set(&wanted, &JsValue::from_str(name), &JsValue::from_str(value)).ok()?;
    }
    Some(wanted.into())
}

/// What the clocks of a time zone show at an instant, summer time included. Those of an unknown zone show UTC.
#[must_use]
pub fn civil(zone: &str, at: Instant) -> Civil {
    Civil::of(at, offset_minutes(zone, at).unwrap_or_default())
}

/// How far a zone's clocks are ahead of UTC at an instant. The runtime writes it as `GMT`, `GMT+02:00`, `GMT-03:30`, and
/// with seconds for instants before 1972.
fn offset_minutes(zone: &str, at: Instant) -> Option<i32> {
    let text = written(&formatter("en", &[("timeZone", zone), ("timeZoneName", "longOffset")])?, at)?;
    let (_, offset) = text.rsplit_once("GMT")?;
    let Some(sign) = offset.chars().next() else { return Some(0) };
    let (hours, minutes) = offset.get(sign.len_utf8()..)?.split_once(':')?;
    let minutes = minutes.get(..2)?.parse::<i32>().ok()?.saturating_add(hours.parse::<i32>().ok()?.saturating_mul(60));
    Some(if sign == '+' { minutes } else { minutes.saturating_neg() })
}
