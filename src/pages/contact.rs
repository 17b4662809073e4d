//! A company's contact page: a plain form, which keeps what was typed when something is missing.

use super::hours::Opening;
use super::words::{Language, Words};
use crate::http::availability::Availability;
use crate::store::profiles::Profile;
use askama::Template;

/// What is in the form.
#[derive(Default)]
pub struct Filled {
    /// Names this form's submission, so that sending it twice opens one conversation.
    pub client_id: String,
    pub name: String,
    pub email: String,
    pub subject: String,
    pub body: String,
}

/// The contact page.
#[derive(Template)]
#[template(path = "contact.html")]
pub struct Contact<'a> {
    company: &'a Profile,
    language: Language,
    words: &'static Words,
    /// What keeps the language that was asked for.
    suffix: &'static str,
    action: String,
    title: String,
    heading: String,
    opening: Opening,
    filled: Filled,
    /// Fields, and what is wrong with each.
    faults: &'a [(String, String)],
    notice: Option<&'static str>,
    /// What the script says, in the reader's language: JSON.
    script: String,
    available: bool,
    /// What is said of who is there.
    presence: &'static str,
}

impl<'a> Contact<'a> {
    /// The page with what is in the form, and what is wrong with it.
    #[must_use]
    pub fn new(
        company: &'a Profile,
        availability: &Availability,
        language: Language,
        suffix: &'static str,
        filled: Filled,
        faults: &'a [(String, String)],
    ) -> Self {
        let words = language.words();
        Self {
            company,
            language,
            words,
            suffix,
            action: format!("/{}", company.slug),
            title: (words.contact.title)(&company.name),
            heading: (words.contact.heading)(&company.name),
            opening: Opening::of(company, words),
            filled,
            faults,
            notice: (!faults.is_empty()).then_some(words.contact.missing),
            script: words.files.script().to_string(),
            available: availability.available,
            presence: words.presence.notice(availability),
        }
    }

    /// The same page for somebody who changed what he had sent before from the same form.
    #[must_use]
    pub fn after_another(self) -> Self {
        Self { notice: Some(self.words.contact.sent_before), ..self }
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| name == field).map(|(_, detail)| detail.as_str())
    }
}
