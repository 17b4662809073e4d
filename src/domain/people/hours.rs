//! When a company is open, by its own clock. The clock is an argument: what a zone's offset is at an instant, and with it
//! summer time, the platform knows.

use super::settings::{Hours, minutes};
use crate::domain::input::FieldError;
use crate::domain::time::{Instant, Span};
use crate::domain::zone::Zone;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Most holidays that a company may name.
const MOST_HOLIDAYS: usize = 100;
/// Days before which nobody looks for when a company closed.
const LOOK_BACK_DAYS: i64 = 62;
/// Days after which nobody looks for when a company opens: more than there are holidays.
const LOOK_AHEAD_DAYS: i64 = 120;
/// Minutes of a day.
const DAY: i64 = 1_440;
/// Longest reply outside business hours, in characters.
const REPLY_CHARACTERS: usize = 2_000;

/// Business hours by day of the week, without the holidays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Always open, when empty.
    pub hours: Vec<Hours>,
    /// Dates on which it stays closed, as `2026-12-25`.
    pub holidays: Vec<String>,
}

/// A point on a clock on a wall: the day, counted from 1970-01-01, and the minute of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    day: i64,
    minute: i64,
}

impl Civil {
    /// What a clock shows that is so many minutes ahead of UTC.
    #[must_use]
    pub const fn of(at: Instant, offset_minutes: i32) -> Self {
        let minutes = at.as_millis().div_euclid(60_000).saturating_add(offset_minutes as i64);
        Self { day: minutes.div_euclid(DAY), minute: minutes.rem_euclid(DAY) }
    }

    /// A minute of a day.
    #[must_use]
    pub const fn new(day: i64, minute: i64) -> Self {
        Self { day, minute }
    }

    /// The day, counted from 1970-01-01.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.day
    }

    /// The minute of the day.
    #[must_use]
    pub const fn minute(self) -> i64 {
        self.minute
    }

    /// When a clock shows this that is so many minutes ahead of UTC.
    #[must_use]
    pub const fn instant(self, offset_minutes: i32) -> Instant {
        Instant::from_millis(self.index().saturating_sub(offset_minutes as i64).saturating_mul(60_000))
    }

    /// From 1, Monday, to 7, Sunday: 1970 began on a Thursday.
    #[must_use]
    pub const fn weekday(day: i64) -> i64 {
        day.saturating_add(3).rem_euclid(7).saturating_add(1)
    }

    const fn index(self) -> i64 {
        self.day.saturating_mul(DAY).saturating_add(self.minute)
    }
}

impl std::fmt::Display for Civil {
    /// As `2026-03-29T03:30`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = chrono::DateTime::from_timestamp(self.index().saturating_mul(60), 0).unwrap_or_default();
        write!(f, "{}", at.format("%Y-%m-%dT%H:%M"))
    }
}

impl Calendar {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self, at: Civil) -> bool {
        self.spans(at.day).any(|(opens, closes)| (opens..closes).contains(&at.minute))
    }

    /// If it is closed: which closed period this is, the same throughout it and for no other.
    #[must_use]
    pub fn closed_period(&self, at: Civil) -> Option<i64> {
        if self.is_open(at) {
            return None;
        }
        let ends = (0..=LOOK_BACK_DAYS).filter_map(|back| {
            let day = at.day.saturating_sub(back);
            let ends = self.spans(day).map(|(_, closes)| day.saturating_mul(DAY).saturating_add(closes));
            ends.filter(|end| *end <= at.index()).max()
        });
        Some(ends.max().unwrap_or_default())
    }

    /// When it opens next, if it is closed now and ever opens.
    #[must_use]
    pub fn opens_next(&self, at: Civil) -> Option<Civil> {
        if self.is_open(at) {
            return None;
        }
        (0..=LOOK_AHEAD_DAYS).find_map(|ahead| {
            let day = at.day.saturating_add(ahead);
            let openings = self.spans(day).map(|(minute, _)| Civil { day, minute });
            openings.filter(|opening| *opening > at).min()
        })
    }

    /// For how long it is open between two instants. Hours that overlap count once; a day on which clocks are changed is as
    /// long as it is.
    #[must_use]
    pub fn open_time(&self, zone: &Zone, from: Instant, until: Instant) -> Span {
        if self.hours.is_empty() && self.holidays.is_empty() {
            return from.until(until);
        }
        let mut open = Span::default();
        for day in zone.civil(from).day..=zone.civil(until).day {
            let mut counted = from;
            let mut spans: Vec<_> = self.spans(day).collect();
            spans.sort_unstable();
            for (opens, closes) in spans {
                let opens = zone.instant(Civil { day, minute: opens }).max(counted);
                let closes = zone.instant(Civil { day, minute: closes }).min(until);
                open = open.plus(opens.until(closes));
                counted = counted.max(closes);
            }
        }
        open
    }

    /// When it opens and closes on a day, in minutes.
    fn spans(&self, day: i64) -> impl Iterator<Item = (i64, i64)> {
        let weekday = Civil::weekday(day);
        let holiday = self.holidays.iter().any(|date| day_of(date) == Some(day));
        let always = (self.hours.is_empty() && !holiday).then_some((0, DAY));
        let hours = self.hours.iter().filter(move |hours| !holiday && i64::from(hours.day) == weekday);
        let spans = hours.filter_map(|hours| {
            let (opens, closes) = (i64::from(minutes(&hours.opens)?), i64::from(minutes(&hours.closes)?));
            Some(if opens == closes { (0, DAY) } else { (opens, closes) })
        });
        always.into_iter().chain(spans)
    }
}

/// The day of a date (`2026-12-25`), counted from 1970-01-01; none where it is none.
#[must_use]
pub fn day_of(date: &str) -> Option<i64> {
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    Some(date.signed_duration_since(NaiveDate::default()).num_days())
}

/// Checks holidays; they come back in order, each once.
///
/// # Errors
/// `date` or `too_long`.
pub fn check_holidays(field: &str, dates: &[String]) -> Result<Vec<String>, FieldError> {
    if dates.len() > MOST_HOLIDAYS {
        return Err(FieldError::new(field, "too_long", format!("At most {MOST_HOLIDAYS} dates, please.")));
    }
    for (at, date) in dates.iter().enumerate() {
        if date.len() != 10 || day_of(date).is_none() {
            return Err(FieldError::new(format!("{field}[{at}]"), "date", "Write a date as 2026-12-25."));
        }
    }
    Ok(dates.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect())
}

/// What a customer is told who writes while the company is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AwayReply {
    pub enabled: bool,
    /// The words by language (`en`, `fr`, `pt-BR`).
    pub texts: BTreeMap<String, String>,
}

impl AwayReply {
    /// Checks the words.
    ///
    /// # Errors
    /// `language`, `too_long`, `control_character`; `required` when it is switched on without words.
    pub fn check(self, field: &str) -> Result<Self, FieldError> {
        const MOST_LANGUAGES: usize = 20;
        if self.texts.len() > MOST_LANGUAGES {
            let detail = format!("At most {MOST_LANGUAGES} languages, please.");
            return Err(FieldError::new(format!("{field}.texts"), "too_long", detail));
        }
        let mut texts = BTreeMap::new();
        for (language, text) in &self.texts {
            let place = format!("{field}.texts.{language}");
            super::settings::check_language(&place, language)?;
            let text = crate::domain::input::text(&place, text, REPLY_CHARACTERS)?;
            if !text.trim().is_empty() {
                texts.insert(language.clone(), text);
            }
        }
        if self.enabled && texts.is_empty() {
            return Err(FieldError::new(format!("{field}.texts"), "required", "Please write something."));
        }
        Ok(Self { enabled: self.enabled, texts })
    }

    /// The words for a customer: in his language, else in the company's, else in any.
    #[must_use]
    pub fn words(&self, customers: &str, companys: &str) -> Option<&str> {
        let primary = |language: &str| language.split('-').next().unwrap_or_default().to_owned();
        let of = |language: &str| self.texts.get(language).or_else(|| self.texts.get(&primary(language)));
        let words = of(customers).or_else(|| of(companys)).or_else(|| self.texts.values().next());
        words.filter(|_| self.enabled).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours(day: u8, opens: &str, closes: &str) -> Hours {
        Hours { day, opens: opens.to_owned(), closes: closes.to_owned() }
    }

    fn at(text: &str, offset: i32) -> Civil {
        Civil::of(Instant::parse(text).unwrap_or_default(), offset)
    }

    fn office() -> Calendar {
        let mut hours: Vec<Hours> = (1..=5).map(|day| hours(day, "09:00", "12:00")).collect();
        hours.extend((1..=5).map(|day| self::hours(day, "13:00", "17:30")));
        Calendar { hours, holidays: vec!["2026-12-25".to_owned()] }
    }

    #[test]
    fn open_by_its_own_clock() {
        let office = office();
        // 2026-11-20 is a Friday.
        for (instant, offset, open) in [
            ("2026-11-20T08:59:59Z", 0, false),
            ("2026-11-20T09:00:00Z", 0, true),
            ("2026-11-20T12:00:00Z", 0, false),
            ("2026-11-20T13:00:00Z", 0, true),
            ("2026-11-20T17:29:59Z", 0, true),
            ("2026-11-20T17:30:00Z", 0, false),
            ("2026-11-21T10:00:00Z", 0, false),
            ("2026-11-20T08:30:00Z", 60, true),
            ("2026-11-22T23:30:00Z", 600, true),
            ("2026-11-20T14:00:00Z", -300, true),
            ("2026-12-24T10:00:00Z", 0, true),
            ("2026-12-25T10:00:00Z", 0, false),
        ] {
            assert_eq!(office.is_open(at(instant, offset)), open, "{instant} {offset}");
        }
        assert!(Calendar::default().is_open(at("2026-11-22T03:00:00Z", 0)), "no hours: always open");
        let all_day = Calendar { hours: vec![hours(7, "00:00", "00:00")], holidays: vec![] };
        assert!(all_day.is_open(at("2026-11-22T23:59:00Z", 0)) && !all_day.is_open(at("2026-11-23T00:00:00Z", 0)));
    }

    #[test]
    fn a_closed_period_has_one_name() {
        let office = office();
        let period = |instant, offset| office.closed_period(at(instant, offset));
        assert_eq!(period("2026-11-20T10:00:00Z", 0), None);
        let weekend = period("2026-11-20T18:00:00Z", 0);
        assert!(weekend.is_some());
        for instant in ["2026-11-20T17:30:00Z", "2026-11-21T12:00:00Z", "2026-11-23T08:59:00Z"] {
            assert_eq!(period(instant, 0), weekend, "{instant}");
        }
        assert_ne!(period("2026-11-20T12:30:00Z", 0), weekend, "the lunch before is another");
        assert_ne!(period("2026-11-23T18:00:00Z", 0), weekend, "the next night is another");
        // Summer time begins on 2026-03-29 in Paris: the same weekend, by two offsets.
        assert_eq!(period("2026-03-28T12:00:00Z", 60), period("2026-03-29T12:00:00Z", 120));
    }

    #[test]
    fn it_opens_on_the_next_day_that_is_no_holiday() {
        let office = office();
        for (now, opens) in [
            ("2026-11-20T08:59:00Z", Some("2026-11-20T09:00")),
            ("2026-11-20T10:00:00Z", None),
            ("2026-11-20T12:00:00Z", Some("2026-11-20T13:00")),
            ("2026-11-20T17:30:00Z", Some("2026-11-23T09:00")),
            // Friday is Christmas.
            ("2026-12-24T18:00:00Z", Some("2026-12-28T09:00")),
        ] {
            let next = office.opens_next(at(now, 0)).map(|opening| opening.to_string());
            assert_eq!(next.as_deref(), opens, "{now}");
        }
        let one_day = Calendar { hours: vec![], holidays: vec!["2026-12-25".to_owned()] };
        let next = one_day.opens_next(at("2026-12-25T08:00:00Z", 0)).map(|opening| opening.to_string());
        assert_eq!(next.as_deref(), Some("2026-12-26T00:00"), "open but for a holiday");
        let never = Calendar { hours: vec![hours(1, "24:00", "24:00")], holidays: vec![] };
        assert!(never.is_open(at("2026-11-23T05:00:00Z", 0)), "as long as it closes when it opens, it is open all day");
    }

    // spec: K3
    #[test]
    fn for_how_long_it_is_open() {
        let office = office();
        let open = |from: &str, until: &str, zone: &Zone| {
            let at = |text| Instant::parse(text).unwrap_or_default();
            office.open_time(zone, at(from), at(until)).as_seconds()
        };
        let utc = Zone::fixed(0);
        const HOUR: i64 = 3_600;
        for (from, until, seconds) in [
            ("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z", HOUR),
            ("2026-11-20T11:30:00Z", "2026-11-20T13:30:00Z", HOUR),
            ("2026-11-20T17:00:00Z", "2026-11-23T09:15:00Z", HOUR / 2 + HOUR / 4),
            ("2026-11-21T00:00:00Z", "2026-11-22T23:59:00Z", 0),
            ("2026-12-24T17:00:00Z", "2026-12-28T10:00:00Z", HOUR / 2 + HOUR),
            ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z", 0),
            ("2026-11-20T10:00:00Z", "2026-11-20T09:00:00Z", 0),
        ] {
            assert_eq!(open(from, until, &utc), seconds, "{from} {until}");
        }
        let paris = Zone::fixed(60).changing(Instant::parse("2026-03-29T01:00:00Z").unwrap_or_default(), 120);
        assert_eq!(open("2026-03-27T16:00:00Z", "2026-03-30T08:00:00Z", &paris), HOUR / 2 + HOUR);
        let twice = vec![hours(1, "09:00", "12:00"), hours(1, "10:00", "13:00"), hours(7, "00:00", "24:00")];
        let twice = Calendar { hours: twice, holidays: vec![] };
        let all = |from: &str, until: &str, zone| {
            let at = |text| Instant::parse(text).unwrap_or_default();
            twice.open_time(zone, at(from), at(until)).as_seconds()
        };
        assert_eq!(all("2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z", &utc), 4 * HOUR);
        assert_eq!(all("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", &paris), 23 * HOUR, "a short Sunday");
    }

    #[test]
    fn what_a_clock_shows_and_when() {
        let now = Instant::parse("2026-11-20T08:30:00Z").unwrap_or_default();
        for offset in [0, 60, -210, 840] {
            assert_eq!(Civil::of(now, offset).instant(offset), now);
        }
    }

    #[test]
    fn dates_and_words_are_checked() {
        let dates = |dates: &[&str]| check_holidays("h", &dates.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(dates(&["2026-12-26", "2026-12-25", "2026-12-25"]).map(|dates| dates.len()), Ok(2));
        for wrong in ["2026-02-30", "25.12.2026", "2026-1-1", ""] {
            assert!(dates(&[wrong]).is_err(), "{wrong}");
        }
        let texts = BTreeMap::from([("en".to_owned(), "Later".to_owned()), ("fr".to_owned(), "Plus tard".to_owned())]);
        let reply = AwayReply { enabled: true, texts };
        assert_eq!(reply.words("fr-CA", "en"), Some("Plus tard"));
        assert_eq!(reply.words("de", "en"), Some("Later"));
        assert_eq!(reply.words("", "de"), Some("Later"));
        assert_eq!(AwayReply { enabled: false, ..reply }.words("en", "en"), None);
        assert!(AwayReply { enabled: true, texts: BTreeMap::new() }.check("away_reply").is_err());
    }

    proptest! {
        #[test]
        fn the_time_it_is_open_is_the_minutes_at_which_it_is(
            entries in proptest::collection::vec((1u8..=7, 0u16..=24, 0u16..=24), 0..6),
            holiday in 0i64..20, from in 0i64..20_000, length in 0i64..3_000, change in 0i64..20_000, forward in -60i32..=60
        ) {
            let hours = entries.into_iter().map(|(day, a, b)| hours(day, &format!("{:02}:00", a.min(b)), &format!("{:02}:00", a.max(b))));
            let holidays = vec![Civil { day: holiday, minute: 0 }.to_string().chars().take(10).collect()];
            let calendar = Calendar { hours: hours.collect(), holidays };
            let at = |minute: i64| Instant::from_millis(minute * 60_000);
            let zone = Zone::fixed(0).changing(at(change), forward);
            let open = (from..from + length).filter(|minute| calendar.is_open(zone.civil(at(*minute)))).count();
            let told = calendar.open_time(&zone, at(from), at(from + length)).as_seconds();
            // An hour that clocks show twice is open as a whole or in part; all others are counted by the minute.
            let slack = if forward < 0 { i64::from(-forward) } else { 0 };
            prop_assert!((told / 60 - i64::try_from(open).unwrap_or_default()).abs() <= slack, "{} {}", told, open);
        }

        #[test]
        fn closed_exactly_when_in_a_closed_period(
            entries in proptest::collection::vec((1u8..=7, 0u16..=24, 0u16..=24), 0..6),
            millis in 0i64..4_000_000_000_000, offset in -720i32..840
        ) {
            let hours = entries.into_iter().map(|(day, a, b)| hours(day, &format!("{:02}:00", a.min(b)), &format!("{:02}:00", a.max(b))));
            let calendar = Calendar { hours: hours.collect(), holidays: vec![] };
            let now = Civil::of(Instant::from_millis(millis), offset);
            prop_assert_eq!(calendar.is_open(now), calendar.closed_period(now).is_none());
            if let Some(period) = calendar.closed_period(now) {
                prop_assert!(period <= now.index());
                // Nothing is open from its beginning until now.
                for minute in (period.max(now.index() - 3 * DAY)..=now.index()).step_by(7) {
                    let then = Civil { day: minute.div_euclid(DAY), minute: minute.rem_euclid(DAY) };
                    prop_assert!(!calendar.is_open(then));
                }
            }
        }
    }
}
