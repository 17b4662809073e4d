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
//! refused: whatever is lost or comes late, both say the same in the end. Where the target fails, the source withdraws its
//! attempt, which is refused from then on unless it was taken in.

use super::attachment::Attachment;
use super::event::{AgentRef, Author, Entry, Event};
use super::label::TagRef;
use super::rating::Rating;
use super::state::State;
use crate::domain::id::{CompanyId, ContactId, ConversationId};
use crate::domain::order::step::{Card, OrderStep};
use crate::domain::time::Instant;
use crate::domain::translation::{Service, Translation};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most that an event which takes in something may be, in bytes of its JSON: it has to fit into a row and a frame. One thing
/// that was said is never larger.
pub const PART_BYTES: usize = 200_000;

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
    /// What its customer reads of it in his own language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<ItemTranslation>,
}

/// A message of an item's in the customer's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ItemTranslation {
    /// The language it is in now.
    pub language: String,
    /// The language it was written in.
    pub from: String,
    pub text: String,
    pub by: Option<Service>,
}

impl From<Translation> for ItemTranslation {
    fn from(Translation { language, from, text, by, .. }: Translation) -> Self {
        Self { language, from, text, by }
    }
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
    /// Something of the catalogue, which can be ordered still.
    Catalog { body: String, items: Vec<Card> },
    /// A step of an order's.
    Order(OrderStep),
}

impl ItemWords {
    /// The files that go with it.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::Message { attachments, .. } | Self::Note { attachments, .. } => attachments,
            Self::Catalog { .. } | Self::Order(_) => &[],
        }
    }

    /// What was typed.
    #[must_use]
    pub fn body(&self) -> &str {
        match self {
            Self::Message { body, .. } | Self::Note { body, .. } | Self::Catalog { body, .. } => body,
            Self::Order(_) => "",
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
    /// A conversation with all that was said in it, and what its customer reads of that in his language, in the numbers of
    /// the log.
    #[must_use]
    pub fn of(state: &State, attempt: u64, log: Vec<Entry>, told: Vec<Translation>) -> Self {
        let mut told: BTreeMap<u64, Translation> = told.into_iter().map(|one| (one.seq, one)).collect();
        let items_of = |entry: Entry| {
            let translation = told.remove(&entry.seq).map(ItemTranslation::from);
            items_of(state.id, entry, translation)
        };
        Self {
            conversation: ConversationRef::from(state),
            attempt,
            company: state.company_id,
            contact: state.contact.id,
            items: log.into_iter().flat_map(items_of).collect(),
            brings: Brings {
                participants: state.participants.clone(),
                followers: state.followers.clone(),
                tags: state.tags.clone(),
                rating: state.rating.clone(),
                waiting_since: state.waiting_since,
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
        let (mut events, mut items) = (Vec::new(), Vec::new());
        let mut bytes = json_bytes(&part(Vec::new(), true));
        for item in &self.items {
            // With the comma before the next one.
            let size = json_bytes(item).saturating_add(1);
            if !items.is_empty() && bytes.saturating_add(size) > PART_BYTES {
                events.push(part(std::mem::take(&mut items), events.is_empty()));
                bytes = json_bytes(&part(Vec::new(), false));
            }
            bytes = bytes.saturating_add(size);
            items.push(item.clone());
        }
        events.push(part(items, events.is_empty()));
        events
    }
}

/// How large something is where it is stored and sent. What cannot be written counts as too large for company.
fn json_bytes(written: &impl Serialize) -> usize {
    serde_json::to_vec(written).map_or(PART_BYTES, |json| json.len())
}

/// What was said by an entry: one thing, or all that it took in itself.
fn items_of(origin: ConversationId, entry: Entry, translation: Option<ItemTranslation>) -> Vec<Item> {
    let Entry { at, by, event, .. } = entry;
    let words = match event {
        Event::Message { body, attachments } => ItemWords::Message { body, attachments },
        Event::Note { body, attachments, mentions } => ItemWords::Note { body, attachments, mentions },
        Event::Catalog { body, items } => ItemWords::Catalog { body, items },
        Event::Order(step) => ItemWords::Order(step),
        Event::Absorbed(absorbed) => return absorbed.items,
        _ => return Vec::new(),
    };
    vec![Item { at, by, origin, words, translation }]
}
