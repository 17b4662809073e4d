//! The customer's page: progress, who is in charge, what was said, and forms to add to it (specification B3–B7).

use super::files::FileLine;
use super::frame::Frame;
use super::hours::Opening;
use super::orders::{CardLine, OrderCard, happened};
use super::words::{Language, Words};
use crate::domain::conversation::merge::ItemTranslation;
use crate::domain::conversation::rating::Rating;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::{
    PublicAgent, PublicAuthor, PublicConversation, PublicEvent, PublicItem, PublicItemWords, PublicWhat,
};
use crate::domain::id::ConversationId;
use crate::domain::translation::Translation;
use crate::objects::conversation_do::protocol::ReadMarks;
use crate::platform::intl::Dates;
use crate::store::profiles::Profile;
use askama::Template;
use serde::Deserialize;
use serde_json::json;

/// What the conversation's object says for a page.
#[derive(Deserialize)]
pub struct PageAnswer {
    pub conversation: PublicConversation,
    pub events: Vec<PublicEvent>,
    /// The customer's; empty where it is unknown.
    pub language: String,
    /// How far each side had read before this look.
    pub read: ReadMarks,
    /// Messages that are there in his own language.
    pub translations: Vec<Translation>,
}

/// What could not be sent, as it was typed, and why.
#[derive(Default)]
pub struct Typed {
    pub body: String,
    pub body_fault: Option<String>,
    pub rating: Option<TypedRating>,
}

/// A rating that could not be sent.
pub struct TypedRating {
    pub score: Option<u8>,
    pub comment: String,
    pub score_fault: Option<String>,
    pub comment_fault: Option<String>,
}

/// Who reads the page, and how it speaks to him.
pub struct Speech {
    pub language: Language,
    /// What keeps the language that the address asked for.
    pub suffix: &'static str,
    pub dates: Dates,
}

/// A step of a conversation's progress.
struct Step {
    name: &'static str,
    /// `done`, `current` or `todo`.
    state: &'static str,
    /// The state in a word, where it is not the current one.
    says: &'static str,
}

/// One line of the log.
enum Line {
    /// Another day begins.
    Day {
        name: String,
    },
    /// What follows was not read before.
    Unread,
    Said(Said),
    /// Something of the catalogue was sent.
    Shown {
        said: Said,
        cards: Vec<CardLine>,
    },
    Happened {
        seq: u64,
        what: String,
        at: String,
        time: String,
    },
}

/// A message.
struct Said {
    seq: u64,
    /// `customer` or `agent`.
    by: &'static str,
    name: String,
    text: String,
    /// The same in his own language, if it is there.
    translation: Option<Translated>,
    files: Vec<FileLine>,
    at: String,
    time: String,
    /// The company has read it, and this is the last one of which that is true.
    is_read: bool,
}

/// A message in the reader's language.
struct Translated {
    text: String,
    /// Tags of the language it is in, and of the one it was written in.
    to: String,
    from: String,
}

/// The form by which he says how he was served.
struct RatingForm {
    heading: &'static str,
    /// What he said before.
    thanks: Option<String>,
    scores: Vec<Choice>,
    comment: String,
    score_fault: Option<String>,
    comment_fault: Option<String>,
    button: &'static str,
}

/// One of the scores.
struct Choice {
    score: u8,
    name: &'static str,
    is_chosen: bool,
}

/// The customer's page.
#[derive(Template)]
#[template(path = "conversation.html")]
pub struct Conversation<'a> {
    company: &'a Profile,
    conversation: &'a PublicConversation,
    language: Language,
    words: &'static Words,
    suffix: &'static str,
    path: String,
    steps: [Step; 4],
    summary: String,
    in_charge: Vec<&'a PublicAgent>,
    took_part: Vec<&'a PublicAgent>,
    opening: Opening,
    lines: Vec<Line>,
    orders: Vec<OrderCard>,
    /// Whether anything was sent of the catalogue, or ordered.
    sells: bool,
    client_id: String,
    typed: Typed,
    is_closed: bool,
    rating: RatingForm,
    /// What the script says, in the reader's language: JSON.
    script: String,
    read_by_company: u64,
    frame: Option<Frame>,
}

impl<'a> Conversation<'a> {
    /// The page; `typed` is what could not be sent.
    #[must_use]
    pub fn new(
        company: &'a Profile,
        page: &'a PageAnswer,
        speech: &Speech,
        client_id: String,
        mut typed: Typed,
        orders: Vec<OrderCard>,
    ) -> Self {
        let conversation = &page.conversation;
        let words = speech.language.words();
        let (in_charge, took_part) = conversation.agents.iter().partition(|agent| agent.in_charge);
        Self {
            company,
            conversation,
            language: speech.language,
            words,
            suffix: speech.suffix,
            path: format!("/{}/conversations/{}", company.slug, conversation.id),
            steps: steps(conversation, words),
            summary: summary(conversation, words),
            in_charge,
            took_part,
            opening: Opening::of(company, words),
            lines: lines(page, &company.name, speech, &client_id),
            sells: !orders.is_empty() || page.events.iter().any(is_of_orders),
            orders,
            client_id,
            rating: RatingForm::new(conversation.rating.as_ref(), typed.rating.take(), words),
            typed,
            is_closed: conversation.status == Status::Closed,
            script: script(words),
            read_by_company: page.read.agent,
            frame: None,
        }
    }

    /// The page in the chat window on a company's own site.
    #[must_use]
    pub fn framed(self, frame: Option<Frame>) -> Self {
        Self { frame, ..self }
    }
}

impl From<ItemTranslation> for Translated {
    fn from(ItemTranslation { text, language, from, .. }: ItemTranslation) -> Self {
        Self { text, to: language, from }
    }
}

impl RatingForm {
    fn new(given: Option<&Rating>, typed: Option<TypedRating>, words: &Words) -> Self {
        let said = &words.rating;
        let filled = typed.unwrap_or_else(|| TypedRating {
            score: given.map(|rating| rating.score),
            comment: given.map(|rating| rating.comment.clone()).unwrap_or_default(),
            score_fault: None,
            comment_fault: None,
        });
        let names = (1..).zip(said.scores);
        Self {
            heading: if given.is_some() { said.again } else { said.heading },
            thanks: given.map(|rating| (said.thanks)(score(rating.score, words))),
            scores: names.map(|(score, name)| Choice { score, name, is_chosen: filled.score == Some(score) }).collect(),
            comment: filled.comment,
            score_fault: filled.score_fault,
            comment_fault: filled.comment_fault,
            button: if given.is_some() { said.change } else { said.send },
        }
    }
}

/// The first letters of a name, for whoever shows no photograph.
fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect()
}

fn holder(conversation: &PublicConversation) -> Option<&str> {
    conversation.agents.iter().find(|agent| agent.in_charge).map(|agent| agent.name.as_str())
}

/// Received → with an agent → answered → closed.
fn steps(conversation: &PublicConversation, words: &Words) -> [Step; 4] {
    let current = match conversation.status {
        Status::Closed => 3,
        Status::Pending => 2,
        _ if holder(conversation).is_some() => 1,
        _ => 0,
    };
    let mut at = 0;
    words.page.steps.map(|name| {
        let (state, says) = match at {
            step if step < current => ("done", words.page.done),
            step if step == current => ("current", ""),
            _ => ("todo", words.page.todo),
        };
        at += 1;
        Step { name, state, says }
    })
}

fn summary(conversation: &PublicConversation, words: &Words) -> String {
    let page = &words.page;
    match (conversation.status, holder(conversation)) {
        (Status::Closed, _) => page.is_closed.to_owned(),
        (Status::Pending, Some(who)) => (page.is_answered_by)(who),
        (Status::Pending, None) => page.is_answered.to_owned(),
        (_, Some(who)) => (page.is_with)(who),
        (_, None) => page.is_received.to_owned(),
    }
}

fn lines(page: &PageAnswer, company: &str, speech: &Speech, client_id: &str) -> Vec<Line> {
    let dates = &speech.dates;
    let mut lines = Vec::new();
    let mut day = String::new();
    // Whoever looks for the first time finds nothing older than what is new to him.
    let mut unread_told = page.read.customer == 0;
    let last_read = last_read(page);
    let told = Telling { conversation: page.conversation.id, company, speech, client_id };
    for event in news(&page.events) {
        let today = dates.day(event.at);
        if today != day {
            day.clone_from(&today);
            lines.push(Line::Day { name: capitalised(&today) });
        }
        let is_new = event.seq > page.read.customer && matches!(event.by, PublicAuthor::Agent { .. });
        let speaks = matches!(event.what, PublicWhat::Message { .. } | PublicWhat::Catalog { .. });
        if is_new && !unread_told && speaks {
            unread_told = true;
            lines.push(Line::Unread);
        }
        if let PublicWhat::Absorbed { items, .. } = &event.what {
            lines.extend(items.iter().enumerate().map(|(nth, item)| told.line(Place::Within(event.seq, nth), item)));
        }
        let translation = page.translations.iter().rfind(|one| one.seq == event.seq).cloned();
        let mut line = line(event, translation.map(ItemTranslation::from), &told);
        if let Line::Said(said) = &mut line {
            said.is_read = last_read == Some(said.seq);
        }
        lines.push(line);
    }
    lines
}

/// Whether the page needs the looks of orders.
fn is_of_orders(event: &PublicEvent) -> bool {
    event.tells_of_orders() || !event.cards().is_empty()
}

/// With a capital at the start, as it stands alone: not every language writes days with one.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The customer's last message that the company has read.
fn last_read(page: &PageAnswer) -> Option<u64> {
    let is_his = |event: &&PublicEvent| {
        matches!((&event.by, &event.what), (PublicAuthor::Customer { .. }, PublicWhat::Message { .. }))
    };
    page.events.iter().filter(is_his).map(|event| event.seq).filter(|seq| *seq <= page.read.agent).max()
}

/// What is worth a line: whose turn it is follows from who spoke last, so only closing and opening again are.
fn news(events: &[PublicEvent]) -> impl Iterator<Item = &PublicEvent> {
    let mut closed = false;
    events.iter().filter(move |event| match event.what {
        PublicWhat::Status { to } => std::mem::replace(&mut closed, to == Status::Closed) != (to == Status::Closed),
        _ => true,
    })
}

/// A score in a word.
fn score(score: u8, words: &Words) -> &'static str {
    words.rating.scores.get(usize::from(score.saturating_sub(1))).copied().unwrap_or_default()
}

/// A line of an event; what was said in it is told as in any other conversation.
fn line(event: &PublicEvent, translation: Option<ItemTranslation>, told: &Telling<'_>) -> Line {
    let (words, dates) = (told.speech.language.words(), &told.speech.dates);
    let page = &words.page;
    let of =
        |words| told.line(Place::At(event.seq), &PublicItem { at: event.at, by: event.by.clone(), words, translation });
    let what = match event.what.clone() {
        PublicWhat::Message { body, attachments } => return of(PublicItemWords::Message { body, attachments }),
        PublicWhat::Catalog { body, items } => return of(PublicItemWords::Catalog { body, items }),
        PublicWhat::Order { order, what, amount, method } => {
            return of(PublicItemWords::Order { order, what, amount, method });
        }
        PublicWhat::System { .. } => page.started.to_owned(),
        PublicWhat::Status { to: Status::Closed } => page.closed.to_owned(),
        PublicWhat::Status { .. } => page.reopened.to_owned(),
        PublicWhat::Absorbed { subject, .. } => (page.joined)(&subject),
        PublicWhat::Rating(rating) => (page.rated)(score(rating.score, words)),
        PublicWhat::Assignment { agent: Some(agent) } => (page.now_in_charge)(&agent),
        PublicWhat::Assignment { agent: None } => page.looking.to_owned(),
    };
    Line::Happened { seq: event.seq, what, at: event.at.to_string(), time: dates.time(event.at) }
}

/// Where something was said: at a place of this conversation's, or in one that was joined with it there.
#[derive(Clone, Copy)]
enum Place {
    At(u64),
    Within(u64, usize),
}

impl Place {
    const fn seq(self) -> u64 {
        match self {
            Self::At(seq) | Self::Within(seq, _) => seq,
        }
    }

    /// A number that no other place of the page has.
    fn number(self) -> u64 {
        match self {
            Self::At(seq) => seq,
            Self::Within(seq, nth) => {
                let nth = u64::try_from(nth).unwrap_or(u64::MAX);
                seq.wrapping_add(nth.wrapping_add(1).wrapping_mul(PLACES))
            }
        }
    }
}

/// More events than a conversation has.
const PLACES: u64 = 1 << 28;

/// What the lines of one page have in common.
struct Telling<'a> {
    conversation: ConversationId,
    company: &'a str,
    speech: &'a Speech,
    client_id: &'a str,
}

impl Telling<'_> {
    fn line(&self, place: Place, item: &PublicItem) -> Line {
        let language = self.speech.language;
        match &item.words {
            PublicItemWords::Message { body, attachments } => {
                let files = attachments.iter();
                let files = files.map(|file| FileLine::new(self.conversation, file, &language.words().files));
                Line::Said(Said { files: files.collect(), ..self.said(place, item, body) })
            }
            PublicItemWords::Catalog { body, items } => Line::Shown {
                said: self.said(place, item, body),
                cards: CardLine::of(place.number(), items, self.client_id, language.locale()),
            },
            PublicItemWords::Order { order, what, .. } => Line::Happened {
                seq: place.seq(),
                what: happened(*order, *what, &language.words().orders),
                at: item.at.to_string(),
                time: self.speech.dates.time(item.at),
            },
        }
    }

    fn said(&self, place: Place, item: &PublicItem, text: &str) -> Said {
        let (by, name) = match &item.by {
            PublicAuthor::Automation => ("agent", self.company.to_owned()),
            PublicAuthor::Agent { name } => ("agent", name.clone()),
            _ => ("customer", self.speech.language.words().page.you.to_owned()),
        };
        Said {
            seq: place.seq(),
            by,
            name,
            text: text.to_owned(),
            translation: item.translation.clone().map(Translated::from),
            files: Vec::new(),
            at: item.at.to_string(),
            time: self.speech.dates.time(item.at),
            is_read: false,
        }
    }
}

/// What the script says, with a place for the name or the word that is not known yet.
fn script(words: &Words) -> String {
    let Words { page, rating, script, files, orders, .. } = words;
    let open = "{}";
    json!({
        "steps": { "done": page.done, "todo": page.todo },
        "received": page.is_received, "with": (page.is_with)(open), "answered_by": (page.is_answered_by)(open),
        "answered": page.is_answered, "is_closed": page.is_closed,
        "you": page.you, "started": page.started, "closed": page.closed, "reopened": page.reopened,
        "in_charge": (page.now_in_charge)(open), "looking": page.looking,
        "translated": page.translated, "original": page.original,
        "read": page.read, "unread": page.unread, "close": page.close, "reopen": page.reopen,
        "rated": (page.rated)(open), "joined": (page.joined)(open), "scores": rating.scores,
        "typing": (script.typing)(open), "lost": script.lost, "offline": script.offline, "dead": script.dead, "moved": script.moved,
        "sending": script.sending, "waiting": script.waiting, "refused": script.refused,
        "files": files.script(),
        "shown": orders.shown, "show": orders.show, "orders": orders.events.script(),
    })
    .to_string()
}
