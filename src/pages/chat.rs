//! The chat window before anything was written, and when a conversation cannot be shown in it.

use super::frame::Frame;
use super::link::Why;
use super::words::{Language, Words};
use crate::http::availability::Availability;
use crate::platform::intl;
use crate::store::profiles::Profile;
use askama::Template;

/// What is in the form.
#[derive(Default)]
pub struct Filled {
    /// Names this form's submission, so that sending it twice begins one conversation.
    pub client_id: String,
    pub name: String,
    pub email: String,
    pub body: String,
}

/// The form that begins a conversation.
#[derive(Template)]
#[template(path = "chat.html")]
pub struct Chat<'a> {
    company: &'a Profile,
    available: bool,
    /// What is said of who is there.
    notice: &'static str,
    /// When the company opens: for scripts, and for people.
    opens: Option<(String, String)>,
    language: Language,
    words: &'static Words,
    greeting: &'a str,
    filled: Filled,
    faults: &'a [(String, String)],
    frame: Frame,
}

impl<'a> Chat<'a> {
    /// The form with what is in it, and what is wrong with that.
    #[must_use]
    pub fn new(
        company: &'a Profile,
        availability: &Availability,
        language: Language,
        filled: Filled,
        faults: &'a [(String, String)],
    ) -> Self {
        let words = language.words();
        let opens = availability.opens_at.map(|at| {
            let readable = intl::day_and_time(language.locale(), &availability.time_zone, at);
            (at.to_string(), readable.unwrap_or_else(|| super::readable(&at)))
        });
        let greeting = if company.widget.greeting.is_empty() { words.chat.greeting } else { &company.widget.greeting };
        Self {
            company,
            available: availability.available,
            notice: words.presence.notice(availability),
            opens,
            language,
            words,
            greeting,
            filled,
            faults,
            frame: Frame::of(company),
        }
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| name == field).map(|(_, detail)| detail.as_str())
    }
}

/// In place of a conversation that cannot be shown.
#[derive(Template)]
#[template(path = "chat_unknown.html")]
pub struct Unknown<'a> {
    company: &'a Profile,
    language: Language,
    words: &'static Words,
    frame: Frame,
    lead: &'static str,
    /// What was typed and not sent.
    unsent: String,
}

impl<'a> Unknown<'a> {
    /// The page, in the language of its reader.
    #[must_use]
    pub fn new(company: &'a Profile, language: Language, why: Why, unsent: String) -> Self {
        let words = language.words();
        let lead = if why == Why::Joined { words.link.joined } else { words.chat.lost };
        Self { company, language, words, frame: Frame::of(company), lead, unsent }
    }
}
