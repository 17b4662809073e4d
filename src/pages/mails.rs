//! The words of our mails, as text and as HTML.

use super::words::{Language, MailWords};
use crate::domain::notification::preferences::Kind;
use crate::platform::mailer::Mail;
use askama::Template;

#[derive(Template)]
#[template(path = "mail.html")]
struct Letter<'a> {
    language: Language,
    paragraphs: &'a [String],
    /// A list, before the links.
    lines: &'a [Line],
    /// What each link is called, and where it leads.
    links: &'a [(String, String)],
    footnote: &'a str,
}

/// One of the mails to customers, in his language, with the link to his conversation.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn to_customer(language: Language, words: &MailWords, to: &str, company: &str, link: &str) -> Result<Mail, String> {
    let links = [(words.label.to_owned(), link.to_owned())];
    let paragraphs = [(words.says)(company), words.then.to_owned()];
    let letter = Letter { language, paragraphs: &paragraphs, lines: &[], links: &links, footnote: words.footnote };
    letter.to(to, &(words.subject)(company))
}

/// The links to several conversations of one customer: what to call each, and its address.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn links(language: Language, to: &str, company: &str, links: &[(String, String)]) -> Result<Mail, String> {
    let words = &language.words().mails.links;
    let paragraphs = [(words.says)(company), words.then.to_owned()];
    let letter = Letter { language, paragraphs: &paragraphs, lines: &[], links, footnote: words.footnote };
    letter.to(to, &(words.subject)(company))
}

/// Join us.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn invitation(to: &str, company: &str, by: &str, link: &str) -> Result<Mail, String> {
    let paragraphs = [
        format!("{by} invites you to the desk of {company}."),
        "Set your password and start here. The link is good for seven days, and once:".to_owned(),
    ];
    let footnote = "If you do not know what this is about, ignore this mail.";
    mail(to, &format!("Join the desk of {company}"), &paragraphs, link, "Accept the invitation", footnote)
}

/// Here is the way to a new password.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn new_password(to: &str, link: &str) -> Result<Mail, String> {
    let paragraphs = [
        "Somebody, you we hope, asked for a new password for this address.".to_owned(),
        "Set it here. The link is good for an hour, and once:".to_owned(),
    ];
    let footnote = "If it was not you, ignore this mail: your password stays as it is.";
    mail(to, "Your new password", &paragraphs, link, "Set a new password", footnote)
}

/// Something that an agent is told of at once.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn notification(to: &str, kind: Kind, company: &str, number: u32, link: &str) -> Result<Mail, String> {
    let (subject, what, label) = match kind {
        Kind::NewConversation => (
            format!("#{number}: a new conversation at {company}"),
            format!("Conversation #{number} has come in at {company}."),
            "Nobody has it yet:",
        ),
        Kind::Assigned => (
            format!("#{number} at {company} is yours"),
            format!("Conversation #{number} at {company} is yours now."),
            "Read it here:",
        ),
        Kind::Answered => (
            format!("#{number} at {company}: the customer answered"),
            format!("The customer answered in conversation #{number} at {company}."),
            "Read it here:",
        ),
        Kind::Mentioned => (
            format!("#{number} at {company}: you were mentioned"),
            format!("A colleague mentioned you in conversation #{number} at {company}."),
            "Read it here:",
        ),
        Kind::Escalated => (
            format!("#{number} at {company} has waited too long"),
            format!(
                "The customer of conversation #{number} at {company} has waited for longer than you let customers wait."
            ),
            "See to it here:",
        ),
        Kind::Followed => (
            format!("#{number} at {company}: somebody wrote"),
            format!("Somebody wrote in conversation #{number} at {company}, in which you take part."),
            "Read it here:",
        ),
    };
    mail(to, &subject, &[what, label.to_owned()], link, "Open it", TO_AGENTS)
}

/// A line of a digest.
pub struct Line {
    pub words: String,
    pub link: String,
}

/// The words of a digest's line; `count` is how often it happened.
#[must_use]
pub fn line(kind: Kind, number: u32, count: u32) -> String {
    let what = match kind {
        Kind::NewConversation => "a new conversation",
        Kind::Assigned => "is yours",
        Kind::Answered => "the customer answered",
        Kind::Mentioned => "you were mentioned",
        Kind::Escalated => "the customer has waited too long",
        Kind::Followed => "somebody wrote",
    };
    if count > 1 { format!("#{number}: {what} ({count} times)") } else { format!("#{number}: {what}") }
}

/// What you have not read.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn digest(to: &str, company: &str, lines: &[Line], link: &str) -> Result<Mail, String> {
    let paragraphs = [format!("This happened at {company}, and you have not looked yet:")];
    let links = [("Open the desk".to_owned(), link.to_owned())];
    let letter =
        Letter { language: Language::English, paragraphs: &paragraphs, lines, links: &links, footnote: TO_AGENTS };
    letter.to(to, &format!("What you have not read at {company}: {}", lines.len()))
}

/// A report that somebody has sent to himself; the file goes with it.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn report(to: &str, company: &str, name: &str, days: &str, link: &str) -> Result<Mail, String> {
    let paragraphs =
        [format!("\"{name}\" of {company}, {days}, is in the file."), "It is on the desk, too:".to_owned()];
    let footnote = "You have this report sent to you. Change it on the desk under \"Reports\", \"By e-mail\".";
    mail(to, &format!("{name}: {company}, {days}"), &paragraphs, link, "Open the report", footnote)
}

/// Under every mail to agents.
const TO_AGENTS: &str = "You chose to be told. Change it under \"My agent account\", \"Notifications\".";

fn mail(
    to: &str,
    subject: &str,
    paragraphs: &[String; 2],
    link: &str,
    label: &str,
    footnote: &str,
) -> Result<Mail, String> {
    let links = [(label.to_owned(), link.to_owned())];
    Letter { language: Language::English, paragraphs, lines: &[], links: &links, footnote }.to(to, subject)
}

impl Letter<'_> {
    fn to(&self, to: &str, subject: &str) -> Result<Mail, String> {
        let listed: Vec<String> = self.lines.iter().map(|line| format!("{}\n{}", line.words, line.link)).collect();
        let listed = (!listed.is_empty()).then(|| listed.join("\n"));
        let links = self.links.iter().map(|(label, link)| match self.links {
            [_] => link.clone(),
            _ => format!("{label}\n{link}"),
        });
        let parts: Vec<String> = self.paragraphs.iter().cloned().chain(listed).chain(links).collect();
        let text = format!("{}\n\n{}\n", parts.join("\n\n"), self.footnote);
        let html = self.render().map_err(|error| error.to_string())?;
        Ok(Mail { to: to.to_owned(), subject: subject.to_owned(), text, html, enclosures: Vec::new() })
    }
}
