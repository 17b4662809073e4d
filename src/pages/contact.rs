//! A company's contact page: a plain form, which keeps what was typed when something is missing.

use super::words::Language;
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
    filled: Filled,
    faults: &'a [(String, String)],
    available: bool,
    /// What is said of who is there.
    notice: &'static str,
}

impl<'a> Contact<'a> {
    /// The page with what is in the form, and what is wrong with it.
    #[must_use]
    pub fn new(
        company: &'a Profile,
        filled: Filled,
        faults: &'a [(String, String)],
        availability: &Availability,
    ) -> Self {
        let notice = Language::English.words().notice(availability);
        Self { company, filled, faults, available: availability.available, notice }
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(name, _)| name == field).map(|(_, detail)| detail.as_str())
    }
}
