//! The customer's page: progress, who is in charge, what was said, and a form to add to it (specification B3–B7).

use super::frame::Frame;
use super::readable;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::{PublicAuthor, PublicConversation, PublicEvent, PublicWhat};
use crate::store::profiles::Profile;
use askama::Template;
use serde::Deserialize;

/// What the conversation's object says for a page.
#[derive(Deserialize)]
pub struct PageAnswer {
    pub conversation: PublicConversation,
    pub events: Vec<PublicEvent>,
}

/// A step of a conversation's progress.
struct Step {
    name: &'static str,
    /// `done`, `current` or `todo`.
    state: &'static str,
}

/// One event, as a line of the page.
struct Line {
    seq: u64,
    /// `customer`, `agent` or `system`.
    by: &'static str,
    name: String,
    text: String,
    /// A message, as opposed to something that happened.
    is_message: bool,
    at: String,
    readable_at: String,
}

/// The customer's page.
#[derive(Template)]
#[template(path = "conversation.html")]
pub struct Conversation<'a> {
    company: &'a Profile,
    conversation: &'a PublicConversation,
    steps: [Step; 4],
    summary: String,
    lines: Vec<Line>,
    client_id: String,
    typed: String,
    fault: Option<String>,
    is_closed: bool,
    frame: Option<Frame>,
}

impl<'a> Conversation<'a> {
    /// The page; `typed` and `fault` are what could not be sent, and why.
    #[must_use]
    pub fn new(
        company: &'a Profile,
        page: &'a PageAnswer,
        client_id: String,
        typed: String,
        fault: Option<String>,
    ) -> Self {
        let conversation = &page.conversation;
        Self {
            company,
            conversation,
            steps: steps(conversation),
            summary: summary(conversation),
            lines: lines(&page.events),
            client_id,
            typed,
            fault,
            is_closed: conversation.status == Status::Closed,
            frame: None,
        }
    }

    /// The page in the chat window on a company's own site.
    #[must_use]
    pub fn framed(self, frame: Option<Frame>) -> Self {
        Self { frame, ..self }
    }
}

/// Received → with an agent → answered → closed.
fn steps(conversation: &PublicConversation) -> [Step; 4] {
    let current = match conversation.status {
        Status::Closed => 3,
        Status::Pending => 2,
        _ if !conversation.agents.is_empty() => 1,
        _ => 0,
    };
    let mut at = 0;
    ["Received", "With our team", "Answered", "Closed"].map(|name| {
        let state = match at {
            step if step < current => "done",
            step if step == current => "current",
            _ => "todo",
        };
        at += 1;
        Step { name, state }
    })
}

fn summary(conversation: &PublicConversation) -> String {
    let who = conversation.agents.first().map(|agent| agent.name.as_str());
    match (conversation.status, who) {
        (Status::Closed, _) => "This conversation is closed. Write again whenever you need to.".to_owned(),
        (Status::Pending, Some(who)) => format!("{who} answered. It is your turn, if anything is open."),
        (Status::Pending, None) => "You have an answer.".to_owned(),
        (_, Some(who)) => format!("{who} is taking care of it."),
        (_, None) => "We have your message. Somebody will take care of it.".to_owned(),
    }
}

/// What is worth a line: whose turn it is follows from who spoke last, so only closing and opening again are.
fn lines(events: &[PublicEvent]) -> Vec<Line> {
    let mut closed = false;
    let mut lines = Vec::new();
    for event in events {
        if let PublicWhat::Status { to } = event.what {
            let was_closed = std::mem::replace(&mut closed, to == Status::Closed);
            if was_closed == closed {
                continue;
            }
        }
        lines.push(Line::from(event));
    }
    lines
}

impl From<&PublicEvent> for Line {
    fn from(event: &PublicEvent) -> Self {
        let (by, name) = match &event.by {
            PublicAuthor::Customer { name } => ("customer", name.clone()),
            PublicAuthor::Agent { name } => ("agent", name.clone()),
            PublicAuthor::Automation => ("agent", String::new()),
            PublicAuthor::System => ("system", String::new()),
        };
        let (is_message, text) = match &event.what {
            PublicWhat::Message { body, .. } => (true, body.clone()),
            PublicWhat::System { .. } => (false, "Conversation started".to_owned()),
            PublicWhat::Status { to: Status::Closed } => (false, "Conversation closed".to_owned()),
            PublicWhat::Status { .. } => (false, "Conversation opened again".to_owned()),
            PublicWhat::Rating(rating) => (false, format!("You rated this conversation {} of 5", rating.score)),
            PublicWhat::Assignment { agent: Some(agent) } => (false, format!("{agent} is now in charge")),
            PublicWhat::Assignment { agent: None } => (false, "Looking for an agent".to_owned()),
        };
        let (at, readable_at) = (event.at.to_string(), readable(&event.at));
        Self { seq: event.seq, by, name, text, is_message, at, readable_at }
    }
}
