//! The words of our mails, as text and as HTML.

use crate::platform::mailer::Mail;
use askama::Template;

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    paragraphs: &'a [&'a str],
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

/// A conversation waits for anybody.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn new_conversation(to: &str, company: &str, number: u32, link: &str) -> Result<Mail, String> {
    let paragraphs = [format!("Conversation #{number} has come in at {company}."), "Nobody has it yet:".to_owned()];
    mail(to, &format!("#{number}: a new conversation at {company}"), &paragraphs, link, "Open it", TO_AGENTS)
}

/// A conversation is yours.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn assigned(to: &str, company: &str, number: u32, link: &str) -> Result<Mail, String> {
    let paragraphs = [format!("Conversation #{number} at {company} is yours now."), "Read it here:".to_owned()];
    mail(to, &format!("#{number} at {company} is yours"), &paragraphs, link, "Open it", TO_AGENTS)
}

/// The customer answered.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn customer_answered(to: &str, company: &str, number: u32, link: &str) -> Result<Mail, String> {
    let paragraphs =
        [format!("The customer answered in conversation #{number} at {company}."), "Read it here:".to_owned()];
    mail(to, &format!("#{number} at {company}: the customer answered"), &paragraphs, link, "Open it", TO_AGENTS)
}

/// A customer has waited for too long.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn escalated(to: &str, company: &str, number: u32, link: &str) -> Result<Mail, String> {
    let paragraphs = [
        format!(
            "The customer of conversation #{number} at {company} has waited for longer than you let customers wait."
        ),
        "See to it here:".to_owned(),
    ];
    mail(to, &format!("#{number} at {company} has waited too long"), &paragraphs, link, "Open it", TO_AGENTS)
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
    let html = Html { paragraphs: &paragraphs, link, label, footnote };
    Ok(Mail {
        to: to.to_owned(),
        subject: subject.to_owned(),
        text,
        html: html.render().map_err(|error| error.to_string())?,
    })
}
