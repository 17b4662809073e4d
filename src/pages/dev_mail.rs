//! The mails of a developer's machine.

use super::readable;
use crate::platform::mailer::KeptMail;
use askama::Template;

struct Line<'a> {
    at: String,
    to: &'a str,
    subject: &'a str,
    text: &'a str,
    link: Option<&'a str>,
}

/// The mails, newest first.
#[derive(Template)]
#[template(path = "dev_mail.html")]
pub struct DevMail<'a> {
    mails: Vec<Line<'a>>,
}

impl<'a> DevMail<'a> {
    /// The page of these mails.
    #[must_use]
    pub fn new(mails: &'a [KeptMail]) -> Self {
        let line = |kept: &'a KeptMail| Line {
            at: readable(&kept.at),
            to: &kept.mail.to,
            subject: &kept.mail.subject,
            text: &kept.mail.text,
            link: kept.mail.text.split_whitespace().find(|word| word.starts_with("http")),
        };
        Self { mails: mails.iter().map(line).collect() }
    }
}
