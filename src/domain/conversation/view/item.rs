//! What was said in a conversation that was merged into another one, as agents and as the customer see it.

use super::{AgentAuthor, AgentName, PublicAuthor};
use crate::domain::conversation::attachment::Attachment;
use crate::domain::conversation::merge::{Item, ItemTranslation, ItemWords};
use crate::domain::order::money::Money;
use crate::domain::order::state::Method;
use crate::domain::order::step::{Card, OrderRef, OrderStep, OrderWhat, PublicOrderWhat};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// Something that was said in another conversation, as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AgentItem {
    pub at: Instant,
    pub by: AgentAuthor,
    #[serde(flatten)]
    pub words: AgentItemWords,
    /// What its customer reads of it in his own language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translation: Option<ItemTranslation>,
}

/// What was said in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AgentItemWords {
    Message {
        body: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    Note {
        body: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<AgentName>,
    },
    /// Something of the catalogue was sent.
    Catalog { body: String, items: Vec<Card> },
    /// A step of an order's.
    Order {
        order: OrderRef,
        what: OrderWhat,
        /// What the order comes to, or the payment.
        amount: Money,
        /// Of a payment.
        #[serde(skip_serializing_if = "Option::is_none")]
        method: Option<Method>,
    },
}

impl From<Item> for AgentItem {
    fn from(Item { at, by, words, translation, .. }: Item) -> Self {
        let words = match words {
            ItemWords::Message { body, attachments } => AgentItemWords::Message { body, attachments },
            ItemWords::Note { body, attachments, mentions } => {
                AgentItemWords::Note { body, attachments, mentions: mentions.iter().map(AgentName::from).collect() }
            }
            ItemWords::Catalog { body, items } => AgentItemWords::Catalog { body, items },
            ItemWords::Order(OrderStep { order, what, amount, method, .. }) => {
                AgentItemWords::Order { order, what, amount, method }
            }
        };
        Self { at, by: AgentAuthor::from(by), words, translation }
    }
}

/// What the customer saw of another conversation of his.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicItem {
    pub at: Instant,
    pub by: PublicAuthor,
    #[serde(flatten)]
    pub words: PublicItemWords,
    /// The same in his own language, if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<ItemTranslation>,
}

/// What was said in it. Like [`PublicWhat`], it has no variant that could hold an internal comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PublicItemWords {
    Message {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// Something of the catalogue was sent to him.
    Catalog { body: String, items: Vec<Card> },
    /// A step of an order of his.
    Order {
        order: OrderRef,
        what: PublicOrderWhat,
        /// What the order comes to, or the payment; left out where that may be changing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        amount: Option<Money>,
        /// Of a payment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        method: Option<Method>,
    },
}

impl PublicItem {
    /// The item as the customer sees it, if he does.
    pub(super) fn of(item: &Item) -> Option<Self> {
        let words = match &item.words {
            ItemWords::Message { body, attachments } => {
                PublicItemWords::Message { body: body.clone(), attachments: attachments.clone() }
            }
            ItemWords::Note { .. } => return None,
            ItemWords::Catalog { body, items } => PublicItemWords::Catalog { body: body.clone(), items: items.clone() },
            ItemWords::Order(step) => PublicItemWords::Order {
                order: step.order,
                what: step.public()?,
                amount: step.public_amount(),
                method: step.method,
            },
        };
        Some(Self { at: item.at, by: PublicAuthor::from(&item.by), words, translation: item.translation.clone() })
    }

    pub(super) fn cards(&self) -> &[Card] {
        match &self.words {
            PublicItemWords::Catalog { items, .. } => items,
            _ => &[],
        }
    }
}
