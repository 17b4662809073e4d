//! A time zone over a stretch of time: how far its clocks are ahead of UTC, and when they are changed. What the world's
//! zones are, the platform knows.

use super::people::hours::Civil;
use super::time::Instant;

/// The offsets of a time zone, in minutes, from one change of its clocks to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Before the first change.
    first: i32,
    /// From when on which offset holds, oldest first.
    changes: Vec<(Instant, i32)>,
}

impl Zone {
    /// A zone whose clocks are never changed.
    #[must_use]
    pub const fn fixed(offset_minutes: i32) -> Self {
        Self { first: offset_minutes, changes: Vec::new() }
    }

    /// Notes that the clocks are changed at an instant, later than those that are noted already.
    #[must_use]
    pub fn changing(mut self, at: Instant, offset_minutes: i32) -> Self {
        self.changes.push((at, offset_minutes));
        self
    }

    /// Minutes that its clocks are ahead of UTC.
    #[must_use]
    pub fn offset(&self, at: Instant) -> i32 {
        self.changes.iter().rev().find(|(from, _)| *from <= at).map_or(self.first, |(_, offset)| *offset)
    }

    /// What its clocks show.
    #[must_use]
    pub fn civil(&self, at: Instant) -> Civil {
        Civil::of(at, self.offset(at))
    }

    /// When its clocks show this, for the first time where they do twice. Where they skip it: when they are set forward.
    #[must_use]
    pub fn instant(&self, civil: Civil) -> Instant {
        let mut offset = self.first;
        for (at, next) in &self.changes {
            let meant = civil.instant(offset);
            if meant < *at {
                return meant;
            }
            if civil.instant(*next) < *at {
                return *at;
            }
            offset = *next;
        }
        civil.instant(offset)
    }

    /// Midnight at the start of a day, which is counted from 1970-01-01.
    #[must_use]
    pub fn midnight(&self, day: i64) -> Instant {
        self.instant(Civil::new(day, 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap_or_default()
    }

    fn paris() -> Zone {
        Zone::fixed(60).changing(instant("2026-03-29T01:00:00Z"), 120).changing(instant("2026-10-25T01:00:00Z"), 60)
    }

    #[test]
    fn clocks_that_are_set_forward_and_back() {
        let paris = paris();
        for (at, shown) in [
            ("2026-03-29T00:59:00Z", "2026-03-29T01:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29T03:00"),
            ("2026-10-25T00:30:00Z", "2026-10-25T02:30"),
            ("2026-12-01T12:00:00Z", "2026-12-01T13:00"),
        ] {
            let civil = paris.civil(instant(at));
            assert_eq!(civil.to_string(), shown);
            assert_eq!(paris.instant(civil), instant(at), "{shown}");
        }
        let twice = paris.civil(instant("2026-10-25T01:30:00Z"));
        assert_eq!(paris.instant(twice), instant("2026-10-25T00:30:00Z"), "the first of the two");
        let skipped = Civil::new(twice.day() - 210, 150);
        assert_eq!(skipped.to_string(), "2026-03-29T02:30");
        assert_eq!(paris.instant(skipped), instant("2026-03-29T01:00:00Z"));
        let (spring, after) = (paris.midnight(skipped.day()), paris.midnight(skipped.day() + 1));
        assert_eq!(after.as_millis() - spring.as_millis(), 23 * 3_600_000, "a day of 23 hours");
    }
}
