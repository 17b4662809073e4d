//! The words of our mails, as text and as HTML.

use super::words::{Language, MailWords};
use crate::platform::mailer::Mail;
use askama::Template;

#[derive(Template)]
#[template(path = "mail.html")]
struct Letter<'a> {
    language: Language,
    paragraphs: &'a [String; 2],
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
    let letter = Letter { language, paragraphs: &paragraphs, links: &links, footnote: words.footnote };
    letter.to(to, &(words.subject)(company))
}

/// The links to several conversations of one customer: what to call each, and its address.
///
/// # Errors
/// When the template fails, which is a fault of ours.
pub fn links(language: Language, to: &str, company: &str, links: &[(String, String)]) -> Result<Mail, String> {
    let words = &language.words().mails.links;
    let paragraphs = [(words.says)(company), words.then.to_owned()];
    let letter = Letter { language, paragraphs: &paragraphs, links, footnote: words.footnote };
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
    Letter { language: Language::English, paragraphs, links: &links, footnote }.to(to, subject)
}

impl Letter<'_> {
    fn to(&self, to: &str, subject: &str) -> Result<Mail, String> {
        let links: Vec<String> = match self.links {
            [(_, only)] => vec![only.clone()],
            several => several.iter().map(|(label, link)| format!("{label}\n{link}")).collect(),
        };
        let [says, then] = self.paragraphs;
        let text = format!("{says}\n\n{then}\n\n{}\n\n{}\n", links.join("\n\n"), self.footnote);
        let html = self.render().map_err(|error| error.to_string())?;
        Ok(Mail { to: to.to_owned(), subject: subject.to_owned(), text, html })
    }
}
