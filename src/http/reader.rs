//! Who reads a page: in which language, and whether with a browser.

use super::page::Framed;
use crate::domain::people::settings::check_language;
use crate::pages::words::{Language, ranked};
use axum::extract::FromRequestParts;
use http::HeaderMap;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, HeaderName};
use http::request::Parts;
use std::convert::Infallible;

/// The reader of a page.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The language that the address asks for: `?lang=fr`.
    asked: Option<Language>,
    /// The first of his browser's that is ours.
    accepted: Option<Language>,
    /// The first of his browser's, whatever it is.
    first: Option<String>,
    /// A browser wants a page; a program wants a problem.
    pub wants_html: bool,
    /// He reads it in the chat window on another site.
    pub framed: Framed,
}

impl Reader {
    /// The language of a page: what he asked for, else the conversation's, else his browser's, else the company's.
    #[must_use]
    pub fn language(&self, conversation: Option<&str>, company: Option<&str>) -> Language {
        let known = self.asked.or_else(|| conversation.and_then(Language::of)).or(self.accepted);
        known.or_else(|| company.and_then(Language::of)).unwrap_or(Language::English)
    }

    /// His own language, as far as it is known: the one he reads in, else the first of his browser's, for whoever speaks
    /// it here. Empty where nothing is known.
    #[must_use]
    pub fn own_language(&self) -> String {
        let read = self.asked.or(self.accepted).map(|language| language.tag().to_owned());
        read.or_else(|| self.first.clone()).unwrap_or_default()
    }

    /// What to append to addresses so that the language he asked for stays.
    #[must_use]
    pub const fn suffix(&self) -> &'static str {
        match self.asked {
            Some(Language::English) => "?lang=en",
            Some(Language::French) => "?lang=fr",
            None => "",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let accepts = header(&parts.headers, &ACCEPT_LANGUAGE);
        let query = parts.uri.query().unwrap_or_default();
        let asked = query.split('&').find_map(|pair| Language::of(pair.strip_prefix("lang=")?));
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let first = ranked(accepts).first().map(|tag| primary(tag));
        Ok(Self {
            asked,
            accepted: Language::accepted(accepts),
            first: first.and_then(|tag| check_language("language", &tag).ok()),
            wants_html: header(&parts.headers, &ACCEPT).contains("text/html"),
            framed: Framed::of(&parts.headers),
        })
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
