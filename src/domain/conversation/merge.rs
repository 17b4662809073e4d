//! Two conversations of one customer become one: the source closes for good and points to the target, which takes in
//! what was said in it.
//!
//! ```text
//! source  seals itself: nothing is written to it until it knows        ── absorb(attempt, all that was said) ──►  target
//! source  accepted → merged, for good; refused → unsealed, as before   ◄── accepted | refused ──   once by source, in one turn
//! ```
//!
//! Whoever named the customer's address holds a link of what he opened under it: with the merge, the links of both die, and
//! the mailbox alone gets the new one.
//!
//! The target answers a source that it has taken in already as it did then, and never takes in an attempt that it has
//! refused: whatever is lost or comes late, both say the same in the end.

use super::attachment::Attachment;
use super::event::{AgentRef, Author, Entry, Event};
use super::label::TagRef;
use super::rating::Rating;
use super::state::State;
use super::status::Status;
use crate::domain::id::{CompanyId, ContactId, ConversationId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// Most of what one event takes in, in bytes of its words: it has to fit into a row and a frame.
const PART_BYTES: usize = 200_000;

/// A conversation as another one remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ConversationRef {
    pub id: ConversationId,
    /// The company's own count of conversations.
    pub number: u32,
    pub subject: String,
}

impl From<&State> for ConversationRef {
    fn from(state: &State) -> Self {
        Self { id: state.id, number: state.number, subject: state.subject.clone() }
    }
}

/// A conversation that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenIn {
    pub conversation: ConversationRef,
    /// The link version of that time, which opens nothing since.
    pub link_version: u8,
}

/// Something that was said in another conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub at: Instant,
    pub by: Author,
    /// Where it was said: the bytes of its files are there.
    pub origin: ConversationId,
    pub words: ItemWords,
}

/// The words of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ItemWords {
    /// Words between the customer and the company.
    Message {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// An internal comment, never for the customer.
    Note {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<AgentRef>,
    },
}

impl ItemWords {
    /// The files that go with it.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::Message { attachments, .. } | Self::Note { attachments, .. } => attachments,
        }
    }

    /// What was typed.
    #[must_use]
    pub fn body(&self) -> &str {
        match self {
            Self::Message { body, .. } | Self::Note { body, .. } => body,
        }
    }
}

/// What a conversation takes in of another, or a part of it where it is much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absorbed {
    pub from: ConversationRef,
    /// In the order in which it was said.
    pub items: Vec<Item>,
    /// An earlier event has the beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub continued: bool,
    #[serde(default)]
    pub brings: Brings,
}

/// What comes along with the words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brings {
    pub participants: Vec<AgentRef>,
    pub followers: Vec<AgentRef>,
    pub tags: Vec<TagRef>,
    pub rating: Option<Rating>,
    /// Since when the customer waited there for an agent, if he did.
    pub waiting_since: Option<Instant>,
    /// The customer's messages since an agent last answered there.
    pub unread: u32,
    pub preview: String,
    /// Who had it.
    pub assignee: Option<AgentRef>,
}

/// A conversation on its way into another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub conversation: ConversationRef,
    /// How often it has tried: each attempt has a number of its own.
    pub attempt: u64,
    pub company: CompanyId,
    pub contact: ContactId,
    pub items: Vec<Item>,
    pub brings: Brings,
}

impl Source {
    /// A conversation with all that was said in it.
    #[must_use]
    pub fn of(state: &State, attempt: u64, log: Vec<Entry>) -> Self {
        let waits = matches!(state.status, Status::New | Status::Open);
        Self {
            conversation: ConversationRef::from(state),
            attempt,
            company: state.company_id,
            contact: state.contact.id,
            items: log.into_iter().flat_map(|entry| items_of(state.id, entry)).collect(),
            brings: Brings {
                participants: state.participants.clone(),
                followers: state.followers.clone(),
                tags: state.tags.clone(),
                rating: state.rating.clone(),
                waiting_since: state.waiting_since.filter(|_| waits),
                unread: state.unread,
                preview: state.preview.clone(),
                assignee: state.assignee.clone(),
            },
        }
    }

    /// Whether its customer waits for an agent.
    #[must_use]
    pub const fn waits(&self) -> bool {
        self.brings.waiting_since.is_some()
    }

    /// The events by which it is taken in: one, or several where much was said.
    #[must_use]
    pub fn events(&self) -> Vec<Event> {
        let part = |items, first: bool| {
            let brings = if first { self.brings.clone() } else { Brings::default() };
            Event::Absorbed(Absorbed { from: self.conversation.clone(), items, continued: !first, brings })
        };
        let (mut events, mut items, mut bytes) = (Vec::new(), Vec::new(), 0_usize);
        for item in &self.items {
            let size = item.words.body().len();
            if !items.is_empty() && bytes.saturating_add(size) > PART_BYTES {
                events.push(part(std::mem::take(&mut items), events.is_empty()));
                bytes = 0;
            }
            bytes = bytes.saturating_add(size);
            items.push(item.clone());
        }
        events.push(part(items, events.is_empty()));
        events
    }
}

/// What was said by an entry: one thing, or all that it took in itself.
fn items_of(origin: ConversationId, entry: Entry) -> Vec<Item> {
    let Entry { at, by, event, .. } = entry;
    match event {
        Event::Message { body, attachments } => {
            vec![Item { at, by, origin, words: ItemWords::Message { body, attachments } }]
        }
        Event::Note { body, attachments, mentions } => {
            vec![Item { at, by, origin, words: ItemWords::Note { body, attachments, mentions } }]
        }
        Event::Catalog { body, items } => {
            let names = items.into_iter().map(|item| item.name);
            let said: Vec<String> = Some(body).filter(|body| !body.is_empty()).into_iter().chain(names).collect();
            let words = ItemWords::Message { body: said.join("\n"), attachments: Vec::new() };
            vec![Item { at, by, origin, words }]
        }
        Event::Absorbed(absorbed) => absorbed.items,
        _ => Vec::new(),
    }
}
