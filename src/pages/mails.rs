//! The words of our mails, as text and as HTML.

use crate::domain::notification::preferences::Kind;
use crate::platform::mailer::Mail;
use askama::Template;

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    paragraphs: &'a [&'a str],
    lines: &'a [Line],
    link: &'a str,
    label: &'a str,
    footnote: &'a str,
}

/// Here is the link to your conversation.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn opened(to: &str, company: &str, link: &str) -> Result<Mail, String> {
    let paragraphs = [
        format!("{company} received your message."),
        "Follow the conversation and add to it on your private page:".to_owned(),
    ];
    let footnote = "Whoever has this link can read the conversation: please do not pass it on. If you did not write to \
                    us, ignore this mail.";
    mail(to, &format!("Your conversation with {company}"), &paragraphs, link, "Open the conversation", footnote)
}

/// We write to you.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn started(to: &str, company: &str, link: &str) -> Result<Mail, String> {
    let paragraphs =
        [format!("{company} has written to you."), "Read the message and answer on your private page:".to_owned()];
    let footnote = "Whoever has this link can read the conversation: please do not pass it on.";
    mail(to, &format!("{company} has written to you"), &paragraphs, link, "Read the message", footnote)
}

/// Somebody answered you.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn answered(to: &str, company: &str, link: &str) -> Result<Mail, String> {
    let paragraphs = [format!("{company} answered you."), "Read the answer on your private page:".to_owned()];
    let footnote = "Whoever has this link can read the conversation: please do not pass it on.";
    mail(to, &format!("{company} answered you"), &paragraphs, link, "Read the answer", footnote)
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
    let what = format!("This happened at {company}, and you have not looked yet:");
    let listed: Vec<String> = lines.iter().map(|line| format!("{}\n{}", line.words, line.link)).collect();
    let text = format!("{what}\n\n{}\n\n{link}\n\n{TO_AGENTS}\n", listed.join("\n"));
    let html = Html { paragraphs: &[&what], lines, link, label: "Open the desk", footnote: TO_AGENTS };
    Ok(Mail {
        to: to.to_owned(),
        subject: format!("What you have not read at {company}: {}", lines.len()),
        text,
        html: html.render().map_err(|error| error.to_string())?,
    })
}

/// Is it solved? Then do nothing.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn reminded(to: &str, company: &str, link: &str) -> Result<Mail, String> {
    let paragraphs = [
        format!("{company} answered you a while ago. Is everything solved?"),
        "If so, there is nothing to do: the conversation closes by itself. If not, write again on your private page:"
            .to_owned(),
    ];
    let footnote = "Whoever has this link can read the conversation: please do not pass it on.";
    mail(to, &format!("Is your question to {company} solved?"), &paragraphs, link, "Open the conversation", footnote)
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
    let text = format!("{}\n\n{}\n\n{link}\n\n{footnote}\n", paragraphs[0], paragraphs[1]);
    let paragraphs = [paragraphs[0].as_str(), paragraphs[1].as_str()];
    let html = Html { paragraphs: &paragraphs, lines: &[], link, label, footnote };
    Ok(Mail {
        to: to.to_owned(),
        subject: subject.to_owned(),
        text,
        html: html.render().map_err(|error| error.to_string())?,
    })
}
