//! What a browser is shown when something cannot be had.

use askama::Template;

/// A page for a status and a sentence.
#[derive(Template)]
#[template(path = "nothing.html")]
pub struct Nothing<'a> {
    status: u16,
    title: &'static str,
    detail: &'a str,
}

impl<'a> Nothing<'a> {
    /// The page of a problem.
    #[must_use]
    pub fn new(status: u16, detail: &'a str) -> Self {
        let title = match status {
            404 => "There is nothing here",
            403 => "This is not allowed",
            413 => "This is too large",
            500.. => "Something went wrong on our side",
            _ => "This did not work",
        };
        Self { status, title, detail }
    }
}
