//! Links that open nothing any more, and the way to a new one: the same form on both pages.

use super::words::{Language, Words};
use crate::store::profiles::Profile;
use askama::Template;

/// Why somebody sees the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The link he followed does not open anything.
    Dead,
    /// The link died when two conversations of his were joined; the new one was mailed.
    Joined,
    /// He asks for a new one.
    Asking,
    /// He has asked.
    Asked,
}

/// The page.
#[derive(Template)]
#[template(path = "link.html")]
pub struct LinkPage<'a> {
    company: &'a Profile,
    language: Language,
    words: &'static Words,
    suffix: &'static str,
    action: String,
    title: &'static str,
    lead: String,
    /// Under what is the matter, what can be done.
    second_lead: Option<String>,
    is_form: bool,
    /// What was typed and not sent.
    unsent: String,
    typed: String,
    fault: Option<String>,
}

impl<'a> LinkPage<'a> {
    /// The page for somebody.
    #[must_use]
    pub fn new(company: &'a Profile, language: Language, suffix: &'static str, why: Why) -> Self {
        let words = language.words();
        let asking = (words.link.lead)(&company.name);
        let (title, lead, second_lead) = match why {
            Why::Dead => (words.link.dead_title, words.link.dead.to_owned(), Some(asking)),
            Why::Joined => {
                (words.link.dead_title, words.link.joined.to_owned(), Some(words.link.joined_ask.to_owned()))
            }
            Why::Asking => (words.link.ask, asking, None),
            Why::Asked => (words.link.done_title, words.link.done.to_owned(), None),
        };
        Self {
            company,
            language,
            words,
            suffix,
            action: format!("/{}/link", company.slug),
            title,
            lead,
            second_lead,
            is_form: why != Why::Asked,
            unsent: String::new(),
            typed: String::new(),
            fault: None,
        }
    }

    /// The page with what was typed and not sent, to be copied.
    #[must_use]
    pub fn with_unsent(self, unsent: String) -> Self {
        Self { unsent, ..self }
    }

    /// The page with what could not be an address, and why.
    #[must_use]
    pub fn with_fault(self, typed: String, fault: String) -> Self {
        Self { typed, fault: Some(fault), ..self }
    }
}
