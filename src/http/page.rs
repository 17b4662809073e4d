//! Pages as answers: HTML, and the policy under which a browser runs it.

use super::problem::Problem;
use super::secure;
use crate::pages::words::Language;
use crate::store::profiles::Profile;
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue};

/// A page, as an answer.
pub struct Page<T>(pub T);

/// A page in the reader's language, as an answer.
pub struct PageIn<T>(pub Language, pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => html_response(html, secure::PAGE),
            Err(error) => Problem::internal("page", &error).into_response(),
        }
    }
}

impl<T: Template> IntoResponse for PageIn<T> {
    fn into_response(self) -> Response {
        let Self(language, page) = self;
        written_in(language, Page(page).into_response())
    }
}

/// A page in the reader's language: within a page of the origins that its company allows, or by itself.
pub fn within(language: Language, page: &impl Template, framed: Framed, company: &Profile) -> Response {
    let response = match page.render() {
        Ok(html) if framed.0 => html_response(html, &secure::framed(&company.widget.origins)),
        Ok(html) => html_response(html, secure::PAGE),
        Err(error) => Problem::internal("page", &error).into_response(),
    };
    written_in(language, response)
}

fn written_in(language: Language, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    headers.insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

/// Whether a browser asks for a page to show it within another one, by its own word: a header that no page can forge.
#[derive(Clone, Copy, Debug, Default)]
pub struct Framed(pub bool);

impl Framed {
    /// What the request says of it.
    pub fn of(headers: &HeaderMap) -> Self {
        Self(headers.get("sec-fetch-dest").is_some_and(|dest| dest == "iframe"))
    }
}

/// HTML with the policy under which a browser runs it.
pub fn html_response(html: String, policy: &str) -> Response {
    let mut response = html.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}
