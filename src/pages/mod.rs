//! HTML rendered here, from compile-time templates: the customer's pages, and a few of our own. Everything that people
//! typed goes through the templates' escaping.

pub mod chat;
pub mod contact;
pub mod conversation;
pub mod dashboard;
pub mod dev_mail;
pub mod dev_pay;
pub mod files;
pub mod frame;
pub mod home;
pub mod hours;
pub mod link;
pub mod mails;
pub mod nothing;
pub mod orders;
pub mod terms;
pub mod words;

use crate::domain::time::Instant;
use chrono::DateTime;

/// An instant for people; scripts replace it by the reader's own time.
pub fn readable(at: &Instant) -> String {
    DateTime::from_timestamp_millis(at.as_millis())
        .map_or_else(String::new, |at| at.format("%-d %b %Y, %H:%M UTC").to_string())
}
