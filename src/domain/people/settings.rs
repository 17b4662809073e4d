//! What a company may set beyond names and texts.

use crate::domain::input::FieldError;
use serde::{Deserialize, Serialize};

/// How conversations find their agents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentPolicy {
    /// Agents take them.
    #[default]
    Off,
    /// Each agent in turn.
    RoundRobin,
    /// Whoever has the fewest.
    Balanced,
}

impl AssignmentPolicy {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::RoundRobin => "round_robin",
            Self::Balanced => "balanced",
        }
    }

    /// The policy of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Off, Self::RoundRobin, Self::Balanced].into_iter().find(|policy| policy.name() == name)
    }
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    #[default]
    Off,
    On,
}

impl Switch {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::On => "on",
        }
    }

    /// What a name says; off, where it says nothing.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        if name == Self::On.name() { Self::On } else { Self::Off }
    }
}

/// When the company is open, on one day of the week. As long as it closes when it opens, it is open all day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// From 1, Monday, to 7, Sunday.
    pub day: u8,
    /// `09:00`, by the company's clock.
    pub opens: String,
    /// `17:30`, by the company's clock.
    pub closes: String,
}

/// Checks business hours; an empty list says: always open.
///
/// # Errors
/// `out_of_range` or `time_of_day`, for the first that is wrong.
pub fn check_hours(field: &str, hours: Vec<Hours>) -> Result<Vec<Hours>, FieldError> {
    const MOST: usize = 28;
    if hours.len() > MOST {
        return Err(FieldError::new(field, "too_long", format!("At most {MOST} entries, please.")));
    }
    for (at, one) in hours.iter().enumerate() {
        if !(1..=7).contains(&one.day) {
            let detail = "Days are 1, Monday, to 7, Sunday.";
            return Err(FieldError::new(format!("{field}[{at}].day"), "out_of_range", detail));
        }
        for (name, time) in [("opens", &one.opens), ("closes", &one.closes)] {
            if minutes(time).is_none() {
                let detail = "Write a time of day as 09:00.";
                return Err(FieldError::new(format!("{field}[{at}].{name}"), "time_of_day", detail));
            }
        }
        if minutes(&one.closes) < minutes(&one.opens) {
            let detail = "It closes before it opens. Past midnight, use two entries.";
            return Err(FieldError::new(format!("{field}[{at}].closes"), "time_of_day", detail));
        }
    }
    Ok(hours)
}

/// Minutes since midnight of a time of day (`09:00`, up to `24:00`); none where it is none.
#[must_use]
pub fn minutes(time: &str) -> Option<u16> {
    let (hour, minute) = time.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute): (u16, u16) =
        if digits(hour) && digits(minute) { (hour.parse().ok()?, minute.parse().ok()?) } else { return None };
    (hour < 24 && minute < 60 || (hour, minute) == (24, 0)).then(|| hour.saturating_mul(60).saturating_add(minute))
}

/// Checks the name of a language: `en`, `pt-BR`.
///
/// # Errors
/// `language` when it is none.
pub fn check_language(field: &str, language: &str) -> Result<String, FieldError> {
    let (primary, region) = language.split_once('-').map_or((language, None), |(p, r)| (p, Some(r)));
    let primary_ok = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_lowercase());
    let region_ok =
        region.is_none_or(|region| region.len() == 2 && region.bytes().all(|byte| byte.is_ascii_uppercase()));
    if primary_ok && region_ok {
        Ok(language.to_owned())
    } else {
        Err(FieldError::new(field, "language", "Write one language as `en` or `pt-BR`."))
    }
}

/// Checks a telephone number: digits, with what people put between them.
///
/// # Errors
/// `phone` when it is none.
pub fn check_phone(field: &str, number: &str) -> Result<String, FieldError> {
    let number = number.trim();
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let known =
        number.chars().enumerate().all(|(at, c)| c.is_ascii_digit() || " -./()".contains(c) || (c == '+' && at == 0));
    if number.is_empty() || (known && (3..=20).contains(&digits) && number.len() <= 40) {
        Ok(number.to_owned())
    } else {
        Err(FieldError::new(field, "phone", "Write a telephone number as +44 20 7946 0000."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: H4 E14
    #[test]
    fn one_language() {
        for language in ["en", "fr", "pt-BR", "gsw"] {
            assert!(check_language("language", language).is_ok(), "{language}");
        }
        for language in ["", "english", "EN", "en,fr", "en-", "en-gb", "e"] {
            assert!(check_language("language", language).is_err(), "{language}");
        }
    }

    #[test]
    fn hours_and_phones() {
        let hours = |opens: &str, closes: &str| vec![Hours { day: 1, opens: opens.into(), closes: closes.into() }];
        for (opens, closes, good) in [
            ("09:00", "17:30", true),
            ("00:00", "24:00", true),
            ("00:00", "00:00", true),
            ("17:00", "09:00", false),
            ("9:00", "17:00", false),
            ("09:60", "17:00", false),
            ("09:00", "24:01", false),
            ("", "", false),
        ] {
            assert_eq!(check_hours("business_hours", hours(opens, closes)).is_ok(), good, "{opens} {closes}");
        }
        let sunday = vec![Hours { day: 8, opens: "09:00".into(), closes: "10:00".into() }];
        assert!(check_hours("business_hours", sunday).is_err());
        for (number, good) in
            [("+44 20 7946-0000", true), ("", true), ("12", false), ("call me", false), ("1+2345", false)]
        {
            assert_eq!(check_phone("mobile", number).is_ok(), good, "{number}");
        }
    }
}
