//! Pages as answers: HTML, and the policy under which a browser runs it.

use super::problem::Problem;
use super::secure;
use crate::pages::words::Language;
use askama::Template;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};

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
        let mut response = Page(page).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(VARY, HeaderValue::from_static("accept-language"));
        response
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
