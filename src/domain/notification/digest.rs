//! When the next digest is due.

use super::preferences::{Digest, Every};
use crate::domain::time::{Instant, Span};

const MINUTES_OF_A_DAY: i64 = 24 * 60;

/// When what is told now is summed up; none where he wants no digest. `clock_at` says what a clock on the company's wall
/// shows at an instant, in minutes since midnight.
#[must_use]
pub fn due(digest: Digest, now: Instant, clock_at: impl Fn(Instant) -> i64) -> Option<Instant> {
    let whole_minute = now.before(Span::millis(now.as_millis().rem_euclid(60_000)));
    let later = |from: Instant, minutes: i64| from.after(Span::seconds(minutes.saturating_mul(60)));
    let shown = clock_at(whole_minute);
    match digest.every {
        Every::Off => None,
        Every::Hour => Some(later(whole_minute, 60_i64.saturating_sub(shown.rem_euclid(60)))),
        Every::Day => {
            let wanted = i64::from(digest.hour).saturating_mul(60);
            let ahead = match wanted.saturating_sub(shown).rem_euclid(MINUTES_OF_A_DAY) {
                0 => MINUTES_OF_A_DAY,
                ahead => ahead,
            };
            let at = later(whole_minute, ahead);
            // The clocks may be put forward or back in between: by less than half a day.
            let off = wanted.saturating_sub(clock_at(at)).saturating_add(MINUTES_OF_A_DAY / 2);
            let off = off.rem_euclid(MINUTES_OF_A_DAY).saturating_sub(MINUTES_OF_A_DAY / 2);
            Some(later(at, off))
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]
mod tests {
    use super::*;

    const PARIS_SWITCHES: &str = "2027-03-28T01:00:00.000Z";

    /// Paris, around the last Sunday of March 2027.
    fn paris(at: Instant) -> i64 {
        let ahead = if at < Instant::parse(PARIS_SWITCHES).unwrap() { 1 } else { 2 };
        (at.as_millis() / 60_000 + ahead * 60).rem_euclid(MINUTES_OF_A_DAY)
    }

    fn due_at(every: Every, hour: u8, now: &str) -> Option<String> {
        let digest = Digest { every, hour };
        due(digest, Instant::parse(now).unwrap(), paris).map(|at| at.to_string())
    }

    #[test]
    fn on_the_hour_or_at_the_companys_hour_also_when_the_clocks_are_changed() {
        assert_eq!(due_at(Every::Off, 9, "2027-03-27T07:30:10.500Z"), None);
        for (every, now, expected) in [
            (Every::Hour, "2027-03-27T07:30:10.500Z", "2027-03-27T08:00:00.000Z"),
            (Every::Hour, "2027-03-27T08:00:00.000Z", "2027-03-27T09:00:00.000Z"),
            (Every::Day, "2027-03-26T07:30:10.500Z", "2027-03-26T08:00:00.000Z"),
            (Every::Day, "2027-03-26T08:00:00.000Z", "2027-03-27T08:00:00.000Z"),
            (Every::Day, "2027-03-27T08:00:00.001Z", "2027-03-28T07:00:00.000Z"),
            (Every::Day, "2027-03-28T00:30:00.000Z", "2027-03-28T07:00:00.000Z"),
            (Every::Day, "2027-03-28T07:00:00.000Z", "2027-03-29T07:00:00.000Z"),
        ] {
            assert_eq!(due_at(every, 9, now).as_deref(), Some(expected), "{now}");
        }
    }
}
