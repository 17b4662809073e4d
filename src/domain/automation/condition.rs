//! If: what has to hold for a rule to apply.

use super::rule::{Kind, Named};
use crate::domain::conversation::event::Channel;
use crate::domain::conversation::label::Priority;
use crate::domain::conversation::status::Status;
use crate::domain::id::{AgentId, FolderId, TagId, TeamId};
use crate::domain::input::{self, FieldError};
use crate::domain::people::settings::check_language;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Most values of one condition.
const MOST_VALUES: usize = 50;

/// All of these hold, and one of those, where there are any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Conditions {
    pub all: Vec<Condition>,
    pub any: Vec<Condition>,
}

impl Conditions {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.all.len().saturating_add(self.any.len())
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of either kind.
    pub fn iter(&self) -> impl Iterator<Item = &Condition> {
        self.all.iter().chain(&self.any)
    }
}

/// One condition: something of the conversation's, compared with values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub what: What,
    pub is: Is,
    /// One of them is enough; none with `none` and `any`.
    #[serde(default)]
    pub values: Vec<String>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    Subject,
    /// The words that triggered the rule; the customer's last ones where it was not words.
    Body,
    ContactEmail,
    /// What comes after the @ of his address.
    ContactDomain,
    Language,
    Channel,
    Folder,
    /// Its group or business unit.
    Team,
    Tag,
    Priority,
    Status,
    Assignee,
    /// `inside` or `outside`, when it happened.
    BusinessHours,
    /// `yes` or `no`: whether the message is the first of the conversation.
    FirstMessage,
}

/// How it is compared: without regard to capitals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Is {
    Is,
    IsNot,
    Contains,
    ContainsNot,
    StartsWith,
    /// As a word, or several in a row, and not as a part of a longer one.
    HasWord,
    /// There is nothing of the kind.
    None,
    /// There is something of the kind, whatever it is.
    Any,
}

impl What {
    /// How it may be compared.
    #[must_use]
    pub const fn comparisons(self) -> &'static [Is] {
        match self {
            Self::Subject | Self::Body => {
                &[Is::Contains, Is::ContainsNot, Is::StartsWith, Is::HasWord, Is::Is, Is::IsNot]
            }
            Self::ContactEmail => &[Is::Is, Is::IsNot, Is::Contains, Is::ContainsNot, Is::StartsWith],
            Self::ContactDomain | Self::Channel | Self::Priority | Self::Status => &[Is::Is, Is::IsNot],
            Self::Language | Self::Folder | Self::Team | Self::Tag | Self::Assignee => {
                &[Is::Is, Is::IsNot, Is::None, Is::Any]
            }
            Self::BusinessHours | Self::FirstMessage => &[Is::Is],
        }
    }

    fn knows(self, value: &str) -> bool {
        match self {
            Self::Subject | Self::Body | Self::ContactEmail => true,
            Self::ContactDomain => value.contains('.') && !value.contains(['@', ' ']),
            Self::Language => check_language("", value).is_ok(),
            Self::Channel => is_name_of::<Channel>(value),
            Self::Priority => is_name_of::<Priority>(value),
            Self::Status => is_name_of::<Status>(value),
            Self::Folder => FolderId::parse(value).is_some(),
            Self::Team => TeamId::parse(value).is_some(),
            Self::Tag => TagId::parse(value).is_some(),
            Self::Assignee => AgentId::parse(value).is_some(),
            Self::BusinessHours => matches!(value, "inside" | "outside"),
            Self::FirstMessage => matches!(value, "yes" | "no"),
        }
    }
}

impl Condition {
    /// Checks a condition: whether it can be compared so, and with such values.
    ///
    /// # Errors
    /// `unknown_value`, `required`, `too_long`, `not_expected`, for the first that is wrong.
    pub fn check(self, field: &str) -> Result<Self, FieldError> {
        if !self.what.comparisons().contains(&self.is) {
            return Err(FieldError::new(format!("{field}.is"), "unknown_value", "This cannot be compared so."));
        }
        let place = format!("{field}.values");
        if matches!(self.is, Is::None | Is::Any) {
            let expected = FieldError::new(place, "not_expected", "There is nothing to compare with here.");
            return if self.values.is_empty() { Ok(self) } else { Err(expected) };
        }
        if self.values.is_empty() {
            return Err(FieldError::new(place, "required", "Say with what to compare."));
        }
        if self.values.len() > MOST_VALUES {
            return Err(FieldError::new(place, "too_long", format!("At most {MOST_VALUES} values, please.")));
        }
        let mut values = Vec::new();
        for (at, value) in self.values.iter().enumerate() {
            let place = format!("{place}[{at}]");
            let value = input::line(&place, value)?;
            let value = if self.what == What::ContactDomain { value.trim_start_matches('@').to_owned() } else { value };
            if !self.what.knows(&value) {
                return Err(FieldError::new(place, "unknown_value", "There is no such value."));
            }
            values.push(value);
        }
        Ok(Self { values, ..self })
    }

    /// What it names.
    #[must_use]
    pub fn names(&self) -> Vec<Named> {
        let kind = match self.what {
            What::Folder => Kind::Folder,
            What::Team => Kind::Team,
            What::Tag => Kind::Tag,
            What::Assignee => Kind::Agent,
            _ => return Vec::new(),
        };
        self.values.iter().map(|id| Named { kind, id: id.clone() }).collect()
    }

    /// Whether it holds, of what was found in the conversation.
    #[must_use]
    pub fn holds(&self, found: &[String]) -> bool {
        let one = |test: fn(&str, &str) -> bool| {
            let found: Vec<String> = found.iter().map(|text| folded(text)).collect();
            let values: Vec<String> = self.values.iter().map(|text| folded(text)).collect();
            found.iter().any(|found| values.iter().any(|value| test(found, value)))
        };
        match self.is {
            Is::Is => one(|found, value| found == value),
            Is::IsNot => !one(|found, value| found == value),
            Is::Contains => one(|found, value| found.contains(value)),
            Is::ContainsNot => !one(|found, value| found.contains(value)),
            Is::StartsWith => one(|found, value| found.starts_with(value)),
            Is::HasWord => one(|found, value| in_words(found).contains(&in_words(value))),
            Is::None => found.is_empty(),
            Is::Any => !found.is_empty(),
        }
    }
}

fn is_name_of<T: DeserializeOwned>(value: &str) -> bool {
    serde_json::from_value::<T>(serde_json::Value::String(value.to_owned())).is_ok()
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The words of a text with a blank before and after each, so that a part of a word is none.
fn in_words(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn condition(what: What, is: Is, values: &[&str]) -> Condition {
        Condition { what, is, values: values.iter().map(|value| (*value).to_owned()).collect() }
    }

    #[test]
    fn words_are_whole_and_capitals_do_not_matter() {
        let holds = |is, value: &str, text: &str| condition(What::Body, is, &[value]).holds(&[text.to_owned()]);
        assert!(holds(Is::Contains, "REFUND", "I want my refunds."));
        assert!(!holds(Is::HasWord, "refund", "I want my refunds."));
        assert!(holds(Is::HasWord, "money back", "My MONEY, back! Now."));
        assert!(holds(Is::HasWord, "remboursé", "Quand serai-je REMBOURSÉ ?"));
        assert!(holds(Is::StartsWith, "re:", "Re: the lamp"));
        assert!(holds(Is::ContainsNot, "lamp", "The chair"));
        assert!(!holds(Is::HasWord, "…", "a word"), "what has no words is in nothing but itself");
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (what, is, values, good) in [
            (What::Subject, Is::Contains, &["a"][..], true),
            (What::Subject, Is::Contains, &[], false),
            (What::Subject, Is::Contains, &[" "], false),
            (What::Subject, Is::None, &[], false),
            (What::Folder, Is::None, &[], true),
            (What::Folder, Is::None, &["x"], false),
            (What::Folder, Is::Is, &["not-an-id"], false),
            (What::Status, Is::Is, &["open"], true),
            (What::Status, Is::Is, &["opened"], false),
            (What::Priority, Is::Is, &["urgent"], true),
            (What::Language, Is::Is, &["fr"], true),
            (What::Language, Is::Is, &["french"], false),
            (What::ContactDomain, Is::Is, &["@example.com"], true),
            (What::ContactDomain, Is::Is, &["a@example.com"], false),
            (What::BusinessHours, Is::Is, &["outside"], true),
            (What::BusinessHours, Is::IsNot, &["outside"], false),
            (What::FirstMessage, Is::Is, &["maybe"], false),
        ] {
            assert_eq!(condition(what, is, values).check("c").is_ok(), good, "{what:?} {is:?} {values:?}");
        }
    }

    proptest! {
        #[test]
        fn a_negation_is_one(found in proptest::collection::vec(".{0,12}", 0..3), values in proptest::collection::vec(".{1,4}", 1..3)) {
            for (is, is_not) in [(Is::Is, Is::IsNot), (Is::Contains, Is::ContainsNot), (Is::Any, Is::None)] {
                let holds = |is| Condition { what: What::Subject, is, values: values.clone() }.holds(&found);
                prop_assert_ne!(holds(is), holds(is_not));
            }
        }
    }
}
