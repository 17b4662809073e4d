//! Instants and durations as the contract writes them: RFC 3339 with milliseconds, and ISO 8601.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z. Always an argument: the domain owns no clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// An instant from its milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The instant `span` later; the far future where that overflows.
    #[must_use]
    pub const fn after(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The instant `span` earlier; the distant past where that overflows.
    #[must_use]
    pub const fn before(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The time from here to a later instant; none at all to an earlier one.
    #[must_use]
    pub const fn until(self, later: Self) -> Span {
        let span = later.0.saturating_sub(self.0);
        Span(if span > 0 { span } else { 0 })
    }

    /// Reads RFC 3339 in any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|at| Self(at.timestamp_millis()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => f.write_str("9999-12-31T23:59:59.999Z"),
        }
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected an RFC 3339 instant"))
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        string_schema("date-time")
    }
}

impl utoipa::ToSchema for Instant {}

/// A length of time in milliseconds, written as an ISO 8601 duration (`PT72H`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(i64);

impl Span {
    /// A span of milliseconds.
    #[must_use]
    pub const fn millis(millis: i64) -> Self {
        Self(millis)
    }

    /// A span of whole seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000))
    }

    /// A span of whole days.
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self::seconds(days.saturating_mul(86_400))
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// Milliseconds in the span.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// A fourth of the span.
    #[must_use]
    pub const fn quarter(self) -> Self {
        Self(self.0.saturating_div(4))
    }

    /// Whole seconds in the span.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.saturating_div(1_000)
    }

    /// Reads weeks, days, hours, minutes and whole seconds (`P3W`, `P21D`, `PT72H`, `P1DT30M`). Years and
    /// months have no fixed length and are refused.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = match text.strip_prefix('P')?.split_once('T') {
            Some((_, "")) => return None,
            Some((date, time)) => (date, time),
            None => (text.strip_prefix('P')?, ""),
        };
        let date_seconds = components(date, &[('W', 604_800), ('D', 86_400)])?;
        let time_seconds = components(time, &[('H', 3_600), ('M', 60), ('S', 1)])?;
        let total = date_seconds.checked_add(time_seconds)?;
        (!(date.is_empty() && time.is_empty())).then_some(Self::seconds(total))
    }
}

/// Adds up `12H30M`-like components, each unit at most once and in the given order.
fn components(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total: i64 = 0;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit())?;
        let (digits, rest) = text.split_at(end);
        let unit = rest.chars().next()?;
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(*seconds)?)?;
        text = rest.get(unit.len_utf8()..)?;
    }
    (total <= i64::from(u32::MAX)).then_some(total)
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.as_seconds();
        let (hours, rest) = (seconds.wrapping_div(3_600), seconds.wrapping_rem(3_600));
        let (minutes, seconds) = (rest.wrapping_div(60), rest.wrapping_rem(60));
        f.write_str("PT")?;
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if seconds > 0 || (hours == 0 && minutes == 0) {
            write!(f, "{seconds}S")?;
        }
        Ok(())
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("expected an ISO 8601 duration such as PT72H"))
    }
}

impl utoipa::PartialSchema for Span {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        string_schema("duration")
    }
}

impl utoipa::ToSchema for Span {}

/// The schema of a string with a format.
pub(super) fn string_schema(format: &str) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
    ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::Custom(format.to_owned()))).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_without_a_fixed_length_are_refused() {
        for (text, seconds) in [("PT72H", 259_200), ("P3W", 1_814_400), ("P1DT30M", 88_200), ("PT0S", 0)] {
            assert_eq!(Span::parse(text), Some(Span::seconds(seconds)), "{text}");
        }
        for text in ["", "P", "PT", "P1Y", "P1M", "72H", "PT1H1H", "PT1M1H", "PT-1S", "PT1.5S", "PT99999999999H"] {
            assert_eq!(Span::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn spans_and_instants_survive_being_written(seconds in 0i64..4_000_000_000, millis in 0i64..253_402_300_799_999) {
            let span = Span::seconds(seconds);
            prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
            let at = Instant::from_millis(millis);
            prop_assert_eq!(Instant::parse(&at.to_string()), Some(at));
        }
    }
}
