//! HTML rendered here, from compile-time templates: the customer's pages, and a few of our own. Everything that people
//! typed goes through the templates' escaping.

pub mod contact;
pub mod conversation;
pub mod dashboard;
pub mod dev_mail;
pub mod home;
pub mod mails;
pub mod nothing;
pub mod terms;

use crate::domain::time::Instant;
use crate::http::problem::Problem;
use crate::http::secure;
use askama::Template;
use axum::response::{IntoResponse, Response};
use chrono::DateTime;
use http::HeaderValue;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};

/// A page, as an answer.
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) => html_response(html, secure::PAGE),
            Err(error) => Problem::internal("page", &error).into_response(),
        }
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

/// An instant for people; scripts replace it by the reader's own time.
pub fn readable(at: &Instant) -> String {
    DateTime::from_timestamp_millis(at.as_millis())
        .map_or_else(String::new, |at| at.format("%-d %b %Y, %H:%M UTC").to_string())
}
