//! What the runtime knows of the world's time zones, and of how dates are written.

use crate::domain::order::money::Money;
use crate::domain::people::hours::Civil;
use crate::domain::time::{Instant, Span};
use crate::domain::zone::Zone;
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
    Civil::of(at, Offsets::of(zone).at(at))
}

/// A time zone as it is from one instant to another, a day before and after included.
#[must_use]
pub fn zone(name: &str, from: Instant, until: Instant) -> Zone {
    /// Clocks are changed less often than this.
    const STEP: Span = Span::days(7);
    let offsets = Offsets::of(name);
    let (mut at, end) = (from.before(Span::days(1)), until.after(Span::days(1)));
    let mut offset = offsets.at(at);
    let mut zone = Zone::fixed(offset);
    while at < end {
        let next = at.after(STEP).min(end);
        let other = offsets.at(next);
        if other != offset {
            zone = zone.changing(offsets.changed_between(at, next, other), other);
            offset = other;
        }
        at = next;
    }
    zone
}

/// When the clocks of a time zone show something, for the first time; where they skip it, when they are set forward.
#[must_use]
pub fn instant(name: &str, civil: Civil) -> Instant {
    let about = civil.instant(0);
    zone(name, about, about).instant(civil)
}

/// How far a zone's clocks are ahead of UTC. Those of an unknown zone show UTC.
struct Offsets(Option<DateTimeFormat>);

impl Offsets {
    fn of(zone: &str) -> Self {
        Self(formatter("en", &[("timeZone", zone), ("timeZoneName", "longOffset")]))
    }

    fn at(&self, at: Instant) -> i32 {
        self.0.as_ref().and_then(|formatter| read_offset(&written(formatter, at)?)).unwrap_or_default()
    }

    /// The minute at which the clocks went to another offset.
    fn changed_between(&self, before: Instant, after: Instant, other: i32) -> Instant {
        const MINUTE: i64 = 60_000;
        let minute = |at: Instant| at.as_millis().div_euclid(MINUTE);
        let (mut before, mut after) = (minute(before), minute(after));
        while after.saturating_sub(before) > 1 {
            let between = before.midpoint(after);
            if self.at(Instant::from_millis(between.saturating_mul(MINUTE))) == other {
                after = between;
            } else {
                before = between;
            }
        }
        Instant::from_millis(after.saturating_mul(MINUTE))
    }
}

/// The minutes of `GMT`, `GMT+02:00` or `GMT-03:30`, as the runtime writes them; with seconds for instants before 1972.
fn read_offset(text: &str) -> Option<i32> {
    let (_, offset) = text.rsplit_once("GMT")?;
    let Some(sign) = offset.chars().next() else { return Some(0) };
    let (hours, minutes) = offset.get(sign.len_utf8()..)?.split_once(':')?;
    let minutes = minutes.get(..2)?.parse::<i32>().ok()?.saturating_add(hours.parse::<i32>().ok()?.saturating_mul(60));
    Some(if sign == '+' { minutes } else { minutes.saturating_neg() })
}
