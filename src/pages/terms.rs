//! The terms that a founder accepts (specification A13).

use super::words::{self, Language};
use askama::Template;

/// The terms.
#[derive(Template)]
#[template(path = "terms.html")]
pub struct Terms {
    language: Language,
    terms: &'static words::Terms,
}

impl Terms {
    /// The terms in a language.
    #[must_use]
    pub const fn new(language: Language) -> Self {
        Self { language, terms: &language.words().terms }
    }
}
