//! The days that a report is about, and the parts that they fall into.

use crate::domain::input::FieldError;
use crate::domain::people::hours::{Civil, day_of};
use crate::domain::time::Instant;
use crate::domain::zone::Zone;
use chrono::{DateTime, Datelike};
use serde::{Deserialize, Serialize};

/// Most days of one report.
pub const MOST_DAYS: i64 = 366;
/// Most days that are drawn each by itself.
const MOST_POINTS: i64 = 62;
/// Days of a report that says nothing of them.
const USUAL_DAYS: i64 = 30;

/// Days by the company's clock, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: i64,
    last: i64,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    Day,
    /// From Monday.
    Week,
    Month,
}

impl Interval {
    /// The name that the contract and the database use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl Period {
    /// The days from one to another, both included; the last thirty where nothing is said.
    ///
    /// # Errors
    /// `date`, `out_of_range` (the last comes before the first) or `too_long`.
    pub fn parse(from: Option<&str>, to: Option<&str>, today: i64) -> Result<Self, FieldError> {
        let day = |field: &str, text: Option<&str>, otherwise: i64| match text {
            None => Ok(otherwise),
            Some(text) if text.len() == 10 => {
                day_of(text).ok_or_else(|| FieldError::new(field, "date", "Write a date as 2026-12-25."))
            }
            Some(_) => Err(FieldError::new(field, "date", "Write a date as 2026-12-25.")),
        };
        let last = day("to", to, today)?;
        let first = day("from", from, last.saturating_sub(USUAL_DAYS).saturating_add(1))?;
        if last < first {
            return Err(FieldError::new("to", "out_of_range", "It ends before it begins."));
        }
        let period = Self { first, last };
        if period.days() > MOST_DAYS {
            return Err(FieldError::new("from", "too_long", format!("At most {MOST_DAYS} days, please.")));
        }
        Ok(period)
    }

    /// Some days up to one.
    #[must_use]
    pub const fn ending(last: i64, days: i64) -> Self {
        Self { first: last.saturating_sub(days).saturating_add(1), last }
    }

    /// The whole week or month before the one of a day.
    #[must_use]
    pub fn whole_before(today: i64, interval: Interval) -> Self {
        let last = start_of(today, interval).saturating_sub(1);
        Self { first: start_of(last, interval), last }
    }

    /// As many days before.
    #[must_use]
    pub const fn before(self) -> Self {
        Self { first: self.first.saturating_sub(self.days()), last: self.first.saturating_sub(1) }
    }

    /// How many days.
    #[must_use]
    pub const fn days(self) -> i64 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// The last day, counted from 1970-01-01.
    #[must_use]
    pub const fn last(self) -> i64 {
        self.last
    }

    /// The first day.
    #[must_use]
    pub fn from(self) -> String {
        date(self.first)
    }

    /// The last day.
    #[must_use]
    pub fn to(self) -> String {
        date(self.last)
    }

    /// Each day: when it begins, and when the next one does.
    pub fn spans(self, zone: &Zone) -> impl Iterator<Item = (Instant, Instant)> {
        (self.first..=self.last).map(|day| (zone.midnight(day), zone.midnight(day.saturating_add(1))))
    }

    /// From when until when.
    #[must_use]
    pub fn bounds(self, zone: &Zone) -> (Instant, Instant) {
        (zone.midnight(self.first), zone.midnight(self.last.saturating_add(1)))
    }

    /// The parts that it falls into, each by its first day.
    #[must_use]
    pub fn parts(self, interval: Interval) -> Vec<i64> {
        let mut parts: Vec<i64> = (self.first..=self.last).map(|day| start_of(day, interval)).collect();
        parts.dedup();
        parts
    }

    /// By which it is drawn: few enough parts to be told apart.
    #[must_use]
    pub const fn interval(self) -> Interval {
        if self.days() <= MOST_POINTS { Interval::Day } else { Interval::Week }
    }
}

/// The first day of the stretch that a day belongs to.
#[must_use]
pub fn start_of(day: i64, interval: Interval) -> i64 {
    match interval {
        Interval::Day => day,
        Interval::Week => day.saturating_sub(Civil::weekday(day)).saturating_add(1),
        Interval::Month => {
            let of_month = i64::from(at(day).day());
            day.saturating_sub(of_month).saturating_add(1)
        }
    }
}

/// A day as `2026-12-25`.
#[must_use]
pub fn date(day: i64) -> String {
    at(day).format("%Y-%m-%d").to_string()
}

fn at(day: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(day.saturating_mul(86_400), 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_their_parts() {
        let today = day_of("2026-11-22").unwrap();
        let period = Period::parse(Some("2026-10-30"), Some("2026-11-10"), today).unwrap();
        assert_eq!(
            (period.days(), period.before().from(), period.before().to()),
            (12, "2026-10-18".into(), "2026-10-29".into())
        );
        let parts = |interval| period.parts(interval).into_iter().map(date).collect::<Vec<_>>();
        assert_eq!(parts(Interval::Week), ["2026-10-26", "2026-11-02", "2026-11-09"]);
        assert_eq!(parts(Interval::Month), ["2026-10-01", "2026-11-01"]);
        assert_eq!(parts(Interval::Day).len(), 12);
        let usual = Period::parse(None, None, today).unwrap();
        assert_eq!((usual.from(), usual.to()), ("2026-10-24".into(), "2026-11-22".into()));
        let week = Period::whole_before(today, Interval::Week);
        assert_eq!((week.from(), week.to()), ("2026-11-09".into(), "2026-11-15".into()));
        let month = Period::whole_before(today, Interval::Month);
        assert_eq!((month.from(), month.to()), ("2026-10-01".into(), "2026-10-31".into()));
        for (from, to, code) in [
            (Some("2026-02-30"), None, "date"),
            (Some("yesterday"), None, "date"),
            (Some("2026-11-22"), Some("2026-11-21"), "out_of_range"),
            (Some("2025-11-01"), Some("2026-11-21"), "too_long"),
        ] {
            assert_eq!(Period::parse(from, to, today).unwrap_err().code, code);
        }
    }
}
