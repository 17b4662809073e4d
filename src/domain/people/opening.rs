//! When a company is open: its business hours, and a moment of its week.

use super::settings::{Hours, minutes};
use serde::{Deserialize, Serialize};

const DAY: u16 = 24 * 60;
const WEEK: u16 = 7 * DAY;

/// A moment of the week by a company's clock: minutes since midnight of Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekMinute(u16);

impl WeekMinute {
    /// From a day, 1 being Monday, and the minutes since its midnight; none where there is no such moment.
    #[must_use]
    pub fn new(day: u8, minute: u16) -> Option<Self> {
        let before = u16::from(day).checked_sub(1)?.checked_mul(DAY)?;
        let at = before.checked_add(minute)?;
        (minute < DAY && at < WEEK).then_some(Self(at))
    }

    /// Minutes from here to the other, going forward through the week.
    #[must_use]
    pub const fn until(self, other: Self) -> u16 {
        other.0.saturating_add(WEEK).saturating_sub(self.0) % WEEK
    }

    /// The moment so many minutes later.
    #[must_use]
    pub fn plus(self, minutes: u16) -> Self {
        Self(self.0.saturating_add(minutes % WEEK) % WEEK)
    }

    /// Minutes by which this is later than the other, the shorter way around the week.
    #[must_use]
    pub fn later_by(self, other: Self) -> i32 {
        let forward = i32::from(other.until(self));
        if forward > i32::from(WEEK / 2) { forward.saturating_sub(i32::from(WEEK)) } else { forward }
    }
}

/// Whether the company is open; always, where it has no hours.
#[must_use]
pub fn is_open(hours: &[Hours], now: WeekMinute) -> bool {
    hours.is_empty() || hours.iter().filter_map(span).any(|(opens, length)| opens.until(now) < length)
}

/// Minutes until it opens next; none where it has no hours.
#[must_use]
pub fn opens_in(hours: &[Hours], now: WeekMinute) -> Option<u16> {
    hours.iter().filter_map(span).map(|(opens, _)| now.until(opens)).min()
}

/// When an entry's time begins, and how many minutes it lasts.
fn span(hours: &Hours) -> Option<(WeekMinute, u16)> {
    let (opens, closes) = (minutes(&hours.opens)?, minutes(&hours.closes)?);
    if opens == closes {
        return Some((WeekMinute::new(hours.day, 0)?, DAY));
    }
    Some((WeekMinute::new(hours.day, opens)?, closes.checked_sub(opens)?))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]
mod tests {
    use super::*;

    fn hours(list: &[(u8, &str, &str)]) -> Vec<Hours> {
        list.iter()
            .map(|(day, opens, closes)| Hours { day: *day, opens: (*opens).into(), closes: (*closes).into() })
            .collect()
    }

    fn at(day: u8, hour: u16, minute: u16) -> WeekMinute {
        WeekMinute::new(day, hour * 60 + minute).unwrap()
    }

    #[test]
    fn open_from_its_first_minute_to_the_last_before_it_closes() {
        let week = hours(&[(1, "09:00", "12:30"), (1, "13:30", "17:00"), (7, "22:00", "24:00"), (3, "00:00", "00:00")]);
        for (now, open, next) in [
            (at(1, 8, 59), false, 1),
            (at(1, 9, 0), true, 0),
            (at(1, 12, 29), true, 61),
            (at(1, 12, 30), false, 60),
            (at(1, 17, 0), false, 31 * 60),
            (at(3, 0, 0), true, 0),
            (at(3, 23, 59), true, 4 * 24 * 60 - 119),
            (at(7, 23, 59), true, 9 * 60 + 1),
        ] {
            assert_eq!((is_open(&week, now), opens_in(&week, now)), (open, Some(next)), "{now:?}");
        }
        assert_eq!((is_open(&[], at(1, 3, 0)), opens_in(&[], at(1, 3, 0))), (true, None));
        let never = hours(&[(1, "24:00", "24:00")]);
        assert!(is_open(&never, at(1, 5, 0)), "as long as it closes when it opens, it is open all day");
    }

    #[test]
    fn moments_and_distances() {
        assert_eq!(WeekMinute::new(0, 0), None);
        assert_eq!(WeekMinute::new(8, 0), None);
        assert_eq!(WeekMinute::new(1, 1440), None);
        assert_eq!(at(7, 23, 0).until(at(1, 1, 0)), 120);
        assert_eq!(at(1, 1, 0).later_by(at(7, 23, 0)), 120);
        assert_eq!(at(7, 23, 0).later_by(at(1, 1, 0)), -120);
    }
}
