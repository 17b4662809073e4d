//! Reports that are sent by themselves: when, and about which days.

use super::period::{Interval, Period, start_of};
use crate::domain::people::hours::Civil;
use crate::domain::time::Instant;
use crate::domain::zone::Zone;

/// Days after which the next one comes for certain.
const MOST_DAYS: i64 = 32;

/// When the next report is due, after an instant: at the hour of each day, of each Monday, or of the first of each month.
#[must_use]
pub fn due(every: Interval, hour: u8, zone: &Zone, now: Instant) -> Instant {
    let today = zone.civil(now).day();
    let minute = i64::from(hour).saturating_mul(60);
    let days = today..=today.saturating_add(MOST_DAYS);
    let mut instants = days.filter(|day| begins(*day, every)).map(|day| zone.instant(Civil::new(day, minute)));
    instants.find(|at| *at > now).unwrap_or(now)
}

/// What a report is about that is sent on a day: the day, the week or the month before.
#[must_use]
pub fn period(every: Interval, today: i64) -> Period {
    match every {
        Interval::Day => Period::ending(today.saturating_sub(1), 1),
        Interval::Week | Interval::Month => Period::whole_before(today, every),
    }
}

/// Whether such a stretch begins on a day.
fn begins(day: i64, every: Interval) -> bool {
    start_of(day, every) == day
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::hours::day_of;

    // spec: K3
    #[test]
    fn at_the_companys_hour_also_when_clocks_are_changed() {
        let at = |text| Instant::parse(text).unwrap();
        let paris = Zone::fixed(60).changing(at("2026-03-29T01:00:00Z"), 120);
        for (every, hour, now, expected) in [
            (Interval::Day, 7, "2026-03-27T05:59:59Z", "2026-03-27T06:00:00.000Z"),
            (Interval::Day, 7, "2026-03-27T06:00:00Z", "2026-03-28T06:00:00.000Z"),
            (Interval::Day, 7, "2026-03-28T06:00:00Z", "2026-03-29T05:00:00.000Z"),
            (Interval::Day, 2, "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"),
            (Interval::Week, 7, "2026-03-27T06:00:00Z", "2026-03-30T05:00:00.000Z"),
            (Interval::Month, 0, "2026-03-01T12:00:00Z", "2026-03-31T22:00:00.000Z"),
        ] {
            assert_eq!(due(every, hour, &paris, at(now)).to_string(), expected, "{every:?} {now}");
        }
    }

    #[test]
    fn about_what_has_passed() {
        let monday = day_of("2026-11-23").unwrap();
        let days = |every| (period(every, monday).from(), period(every, monday).to());
        assert_eq!(days(Interval::Day), ("2026-11-22".into(), "2026-11-22".into()));
        assert_eq!(days(Interval::Week), ("2026-11-16".into(), "2026-11-22".into()));
        assert_eq!(days(Interval::Month), ("2026-10-01".into(), "2026-10-31".into()));
    }
}
