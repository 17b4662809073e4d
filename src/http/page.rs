//! Pages as answers: HTML, and the policy under which a browser runs it.

use super::problem::Problem;
use super::secure;
use crate::store::profiles::Profile;
use askama::Template;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::request::Parts;
use std::convert::Infallible;

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

/// A page within a page of the origins that its company allows, or by itself.
pub fn within(page: &impl Template, framed: Framed, company: &Profile) -> Response {
    match page.render() {
        Ok(html) if framed.0 => html_response(html, &secure::framed(&company.widget.origins)),
        Ok(html) => html_response(html, secure::PAGE),
        Err(error) => Problem::internal("page", &error).into_response(),
    }
}

/// Whether a browser asks for a page to show it within another one, by its own word: a header that no page can forge.
#[derive(Clone, Copy)]
pub struct Framed(pub bool);

impl<S: Send + Sync> FromRequestParts<S> for Framed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.get("sec-fetch-dest").is_some_and(|dest| dest == "iframe")))
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
