//! The words of the pages and mails that customers get, in every language that they are written in. A language that lacks a
//! word does not compile; another language is one more file and one more variant.

mod en;
mod fr;

use super::orders::{EventWords, StateWords};
use crate::http::availability::Availability;
use serde_json::{Value, json};

/// A language that customers are spoken to in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::French];

    /// Its BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// What those who speak it call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    /// What is said in it.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::French => &fr::WORDS,
        }
    }

    /// The locale by which dates are written where only the language is known.
    #[must_use]
    pub const fn locale(self) -> &'static str {
        match self {
            Self::English => "en-GB",
            Self::French => "fr-FR",
        }
    }

    /// The languages that one can change to.
    pub fn others(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |other| *other != self)
    }

    /// The language of a BCP 47 tag, whatever its region, if it is one of ours.
    #[must_use]
    pub fn of(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default().trim();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Of the languages that a browser accepts (`Accept-Language`, RFC 9110), the one of ours that it likes best.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        ranked(header).into_iter().find_map(Self::of)
    }
}

/// The tags of an `Accept-Language` header, best first, without those that are refused.
#[must_use]
pub fn ranked(header: &str) -> Vec<&str> {
    let mut tags: Vec<(&str, f32)> = header
        .split(',')
        .map(|part| {
            let (tag, weight) = part.split_once(';').unwrap_or((part, ""));
            let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(1.0);
            (tag.trim(), weight)
        })
        .filter(|(tag, weight)| !tag.is_empty() && *weight > 0.0)
        .collect();
    tags.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    tags.into_iter().map(|(tag, _)| tag).collect()
}

/// A sentence with a name, or another word, in it.
pub type With = fn(&str) -> String;

/// Everything that is said to a customer.
pub struct Words {
    pub contact: Contact,
    pub hours: Hours,
    pub page: Page,
    pub rating: Rating,
    pub script: Script,
    pub files: Files,
    pub presence: Presence,
    pub chat: Chat,
    pub link: Link,
    pub nothing: Nothing,
    pub faults: Faults,
    pub terms: Terms,
    pub orders: Orders,
    pub mails: Mails,
}

/// The contact page.
pub struct Contact {
    /// With the company's name.
    pub title: With,
    pub please_check: &'static str,
    /// With the company's name.
    pub heading: With,
    pub missing: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub subject: &'static str,
    pub message: &'static str,
    pub hint: &'static str,
    pub send: &'static str,
    pub wrote_before: &'static str,
    pub sent_before: &'static str,
}

/// When the company answers.
pub struct Hours {
    pub heading: &'static str,
    /// From Monday, short.
    pub days: [&'static str; 7],
    /// A time of day such as `09:00`.
    pub time: With,
    pub all_day: &'static str,
    /// With a city.
    pub zone: With,
}

/// The customer's page.
pub struct Page {
    pub progress: &'static str,
    /// Received, with an agent, answered, closed.
    pub steps: [&'static str; 4],
    /// What a step is, for those who do not see its colour.
    pub done: &'static str,
    pub todo: &'static str,
    pub is_received: &'static str,
    /// With the agent's name.
    pub is_with: With,
    /// With the agent's name.
    pub is_answered_by: With,
    pub is_answered: &'static str,
    pub is_closed: &'static str,
    pub in_charge: &'static str,
    pub took_part: &'static str,
    pub messages: &'static str,
    pub you: &'static str,
    pub started: &'static str,
    pub closed: &'static str,
    pub reopened: &'static str,
    /// With the agent's name.
    pub now_in_charge: With,
    pub looking: &'static str,
    /// With the subject of another conversation of his, whose messages come before.
    pub joined: With,
    /// What the customer rated, in a word.
    pub rated: With,
    /// Above the way to what was written.
    pub translated: &'static str,
    pub original: &'static str,
    pub unread: &'static str,
    pub read: &'static str,
    pub add: &'static str,
    pub send: &'static str,
    pub close: &'static str,
    pub reopen: &'static str,
    pub private: &'static str,
    pub language: &'static str,
    pub sent_before: &'static str,
}

/// How it was.
pub struct Rating {
    pub heading: &'static str,
    pub again: &'static str,
    /// From the worst, 1, to the best, 5.
    pub scores: [&'static str; 5],
    pub comment: &'static str,
    pub send: &'static str,
    pub change: &'static str,
    /// With the score in a word.
    pub thanks: With,
}

/// What only the script says.
pub struct Script {
    /// With the agent's name.
    pub typing: With,
    pub lost: &'static str,
    pub offline: &'static str,
    pub dead: &'static str,
    /// The link died when two conversations were joined.
    pub moved: &'static str,
    pub sending: &'static str,
    pub waiting: &'static str,
    pub refused: &'static str,
}

/// Files of messages.
pub struct Files {
    pub attach: &'static str,
    /// How many, and how large.
    pub most: &'static str,
    /// Those of a message.
    pub attached: &'static str,
    /// Bytes, kilobytes, megabytes.
    pub units: [&'static str; 3],
    /// What stands before tenths.
    pub point: &'static str,
    pub empty: &'static str,
    pub too_large: &'static str,
    pub too_many: &'static str,
    pub too_much: &'static str,
    pub too_often: &'static str,
    pub choose_again: &'static str,
    /// With the name of a file, as those below.
    pub upload_of: With,
    pub remove: With,
    pub nothing_in: With,
    pub is_too_large: With,
    pub failed: &'static str,
    pub again: &'static str,
}

/// Orders, and what was sent of the catalogue.
pub struct Orders {
    pub heading: &'static str,
    /// With the order's number.
    pub title: With,
    pub states: StateWords,
    pub events: EventWords,
    /// Something of the catalogue was sent.
    pub shown: &'static str,
    /// Leads to what has come.
    pub show: &'static str,
    pub quantity: &'static str,
    pub ask: &'static str,
    /// While the company is changing it.
    pub changing: &'static str,
    pub tax: &'static str,
    pub total: &'static str,
    pub due: &'static str,
    /// With a date and a time.
    pub expires: With,
    pub confirm: &'static str,
    pub decline: &'static str,
    pub by_card: &'static str,
    pub by_transfer: &'static str,
    pub go_pay: &'static str,
    pub reference: &'static str,
}

/// Whether somebody is there.
pub struct Presence {
    pub here: &'static str,
    pub nobody: &'static str,
    pub closed: &'static str,
    /// Before a day and a time.
    pub opens: &'static str,
}

/// The chat window on companies' own sites.
pub struct Chat {
    /// What a conversation is called that has no words to call it by.
    pub subject: &'static str,
    pub greeting: &'static str,
    pub hint: &'static str,
    pub lost_title: &'static str,
    pub lost: &'static str,
    pub again: &'static str,
}

/// Links that do not work any more, and asking for a new one.
pub struct Link {
    pub dead_title: &'static str,
    pub dead: &'static str,
    /// Why it is dead where two conversations were joined.
    pub joined: &'static str,
    pub joined_ask: &'static str,
    /// Over what was typed.
    pub unsent: &'static str,
    pub ask: &'static str,
    pub write_anew: &'static str,
    /// With the company's name.
    pub lead: With,
    pub email: &'static str,
    pub send: &'static str,
    pub done_title: &'static str,
    pub done: &'static str,
    pub back: &'static str,
}

/// What cannot be had.
pub struct Nothing {
    pub absent: &'static str,
    pub absent_text: &'static str,
    pub forbidden: &'static str,
    pub forbidden_text: &'static str,
    pub too_large: &'static str,
    pub too_large_text: &'static str,
    pub too_often: &'static str,
    pub too_often_text: &'static str,
    pub ours: &'static str,
    pub ours_text: &'static str,
    pub failed: &'static str,
    pub failed_text: &'static str,
}

/// What is wrong with a field.
pub struct Faults {
    pub required: &'static str,
    pub required_message: &'static str,
    /// With the number of characters.
    pub too_long: With,
    pub control_character: &'static str,
    pub email: &'static str,
    pub score: &'static str,
    pub other: &'static str,
}

/// The terms that a founder accepts (specification A13).
pub struct Terms {
    pub title: &'static str,
    pub heading: &'static str,
    pub intro: &'static str,
    /// Headings and what is under them.
    pub sections: [(&'static str, &'static str); 4],
}

/// One kind of mail: each with the company's name.
pub struct MailWords {
    pub subject: With,
    pub says: With,
    pub then: &'static str,
    pub label: &'static str,
    pub footnote: &'static str,
}

/// Mails to customers.
pub struct Mails {
    pub opened: MailWords,
    /// An agent began the conversation.
    pub started: MailWords,
    pub answered: MailWords,
    pub reminded: MailWords,
    pub replaced: MailWords,
    pub links: MailWords,
    /// One of several conversations, by its number and when it was begun.
    pub one_of_several: fn(u32, &str) -> String,
}

impl Presence {
    /// What is said of who is there.
    #[must_use]
    pub const fn notice(&self, availability: &Availability) -> &'static str {
        match (availability.available, availability.open) {
            (true, _) => self.here,
            (_, true) => self.nobody,
            _ => self.closed,
        }
    }
}

impl Files {
    /// What is wrong with files, by the name of the fault; none where that is something else.
    #[must_use]
    pub fn fault(&self, code: &str) -> Option<&'static str> {
        match code {
            "empty" => Some(self.empty),
            "too_large" => Some(self.too_large),
            "too_many_files" => Some(self.too_many),
            "files_too_large" => Some(self.too_much),
            "too_many_uploads" => Some(self.too_often),
            _ => None,
        }
    }

    /// What scripts say of files, with a place for a file's name.
    #[must_use]
    pub fn script(&self) -> Value {
        let open = "{}";
        json!({
            "attached": self.attached, "units": self.units,
            "upload_of": (self.upload_of)(open), "remove": (self.remove)(open),
            "nothing_in": (self.nothing_in)(open), "is_too_large": (self.is_too_large)(open),
            "too_many": self.too_many, "too_much": self.too_much, "too_often": self.too_often,
            "failed": self.failed, "again": self.again,
        })
    }
}

impl Faults {
    /// What is wrong, by the name of the fault; `most` is how many characters the field takes.
    #[must_use]
    pub fn of(&self, field: &str, code: &str, most: usize) -> String {
        match (field, code) {
            ("body", "required") => self.required_message.to_owned(),
            ("score", _) => self.score.to_owned(),
            ("email", "email") => self.email.to_owned(),
            (_, "required") => self.required.to_owned(),
            (_, "too_long") => (self.too_long)(&most.to_string()),
            (_, "control_character") => self.control_character.to_owned(),
            _ => self.other.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_of_our_languages_is_chosen() {
        for (header, language) in [
            ("fr-CH, fr;q=0.9, en;q=0.8", Some(Language::French)),
            ("de-DE, en;q=0.3, fr;q=0.7", Some(Language::French)),
            ("en-GB,en;q=0.9", Some(Language::English)),
            ("fr;q=0, en;q=0.1", Some(Language::English)),
            ("de", None),
            ("*", None),
            ("", None),
            (";;q=,,fr;q=x", Some(Language::French)),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
        assert_eq!(Language::of("FR_ca"), Some(Language::French));
        assert_eq!(Language::of("frisian"), None);
        assert_eq!(ranked("de-DE, en;q=0.3, fr;q=0.7"), ["de-DE", "fr", "en"]);
    }
}
