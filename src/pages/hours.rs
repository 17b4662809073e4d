//! When a company answers, in words: days that are alike stand together.

use super::words::Words;
use crate::domain::people::settings::Hours;
use crate::store::profiles::Profile;

/// When a company answers, and by which clock.
pub struct Opening {
    pub lines: Vec<Line>,
    pub zone: String,
}

impl Opening {
    /// The opening hours of a company.
    #[must_use]
    pub fn of(company: &Profile, words: &Words) -> Self {
        Self { lines: lines(&company.calendar.hours, words), zone: zone(&company.time_zone, words) }
    }
}

/// Some days of the week, and when the company is open on them.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    pub days: String,
    pub times: String,
}

/// The opening hours as lines; none where the company has not set any.
fn lines(hours: &[Hours], words: &Words) -> Vec<Line> {
    let mut lines: Vec<(u8, u8, String)> = Vec::new();
    for day in 1..=7 {
        let times = times(hours, day, words);
        match lines.last_mut() {
            _ if times.is_empty() => {}
            Some((_, last, known)) if last.saturating_add(1) == day && *known == times => *last = day,
            _ => lines.push((day, day, times)),
        }
    }
    let name = |day: u8| words.hours.days.get(usize::from(day.saturating_sub(1))).copied().unwrap_or_default();
    let days =
        |first, last| if first == last { name(first).to_owned() } else { format!("{}–{}", name(first), name(last)) };
    lines.into_iter().map(|(first, last, times)| Line { days: days(first, last), times }).collect()
}

/// By which clock, as people say it: the city of a time zone.
fn zone(time_zone: &str, words: &Words) -> String {
    match time_zone.rsplit_once('/') {
        Some((_, city)) => (words.hours.zone)(&city.replace('_', " ")),
        None => time_zone.to_owned(),
    }
}

fn times(hours: &[Hours], day: u8, words: &Words) -> String {
    let mut open: Vec<&Hours> = hours.iter().filter(|one| one.day == day).collect();
    open.sort_by(|one, other| one.opens.cmp(&other.opens));
    let time = |at: &str| (words.hours.time)(at);
    let span = |one: &Hours| {
        if one.opens == one.closes {
            words.hours.all_day.to_owned()
        } else {
            format!("{}–{}", time(&one.opens), time(&one.closes))
        }
    };
    open.into_iter().map(span).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::super::words::Language;
    use super::*;

    fn open(day: u8, opens: &str, closes: &str) -> Hours {
        Hours { day, opens: opens.to_owned(), closes: closes.to_owned() }
    }

    #[test]
    fn days_that_are_alike_stand_together() {
        let mut hours: Vec<Hours> = (1..=5).rev().map(|day| open(day, "09:00", "17:30")).collect();
        hours.push(open(3, "07:00", "08:00"));
        hours.push(open(7, "00:00", "00:00"));
        let told = |language: Language| {
            lines(&hours, language.words())
                .into_iter()
                .map(|line| format!("{} {}", line.days, line.times))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(Language::English),
            ["Mon–Tue 9:00–17:30", "Wed 7:00–8:00, 9:00–17:30", "Thu–Fri 9:00–17:30", "Sun all day"]
        );
        assert_eq!(told(Language::French)[0], "lun.–mar. 9\u{a0}h–17\u{a0}h\u{a0}30");
        assert!(lines(&[], Language::English.words()).is_empty());
        assert_eq!(zone("America/New_York", Language::English.words()), "New York time");
        assert_eq!(zone("UTC", Language::French.words()), "UTC");
    }
}
