//! What a browser is shown when something cannot be had.

use super::words::Language;
use askama::Template;

/// A page for a status.
#[derive(Template)]
#[template(path = "nothing.html")]
pub struct Nothing {
    language: Language,
    title: &'static str,
    text: &'static str,
}

impl Nothing {
    /// The page of a problem, by its status.
    #[must_use]
    pub const fn new(status: u16, language: Language) -> Self {
        let words = &language.words().nothing;
        let (title, text) = match status {
            404 => (words.absent, words.absent_text),
            403 => (words.forbidden, words.forbidden_text),
            413 => (words.too_large, words.too_large_text),
            429 => (words.too_often, words.too_often_text),
            500.. => (words.ours, words.ours_text),
            _ => (words.failed, words.failed_text),
        };
        Self { language, title, text }
    }
}
