//! How a conversation looks from outside: whole to agents, without anything internal to its customer.
//!
//! The customer's channel takes a [`PublicEvent`] and nothing else. It has no variant that could hold an internal
//! comment, so forgetting to filter one is not a bug one can write:
//!
//! ```
//! use edgedesk::domain::conversation::view::PublicWhat;
//! let said = PublicWhat::Message { body: "Good morning!".into(), attachments: vec![] };
//! # let _ = said;
//! ```
//!
//! ```compile_fail,E0599
//! use edgedesk::domain::conversation::view::PublicWhat;
//! let said = PublicWhat::Note { body: "He is furious.".into(), attachments: vec![] }; // spec: B8
//! # let _ = said;
//! ```

mod item;

pub use self::item::{AgentItem, AgentItemWords, PublicItem, PublicItemWords};
use super::attachment::Attachment;
use super::event::{AgentRef, Author, Channel, Contact, Entry, Event, FolderRef, RuleRef, TeamKind, TeamRef};
use super::label::{Priority, TagRef};
use super::merge::{Absorbed, ConversationRef};
use super::rating::Rating;
use super::state::State;
use super::status::Status;
use crate::domain::id::{AgentId, ConversationId, TeamId};
use crate::domain::order::money::Money;
use crate::domain::order::state::Method;
use crate::domain::order::step::{Card, OrderRef, OrderWhat, PublicOrderWhat};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// An event as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AgentEvent {
    /// Gap-free position in the log, from 1.
    pub seq: u64,
    pub at: Instant,
    pub by: AgentAuthor,
    #[serde(flatten)]
    pub what: AgentWhat,
}

/// Who did something, as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AgentAuthor {
    Customer {
        name: String,
    },
    Agent {
        id: AgentId,
        name: String,
    },
    /// A rule of the company's.
    Automation {
        name: String,
    },
    System,
}

/// An agent in another thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgentName {
    pub id: AgentId,
    pub name: String,
}

/// A team in another thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TeamName {
    pub id: TeamId,
    pub name: String,
}

impl From<&TeamRef> for TeamName {
    fn from(team: &TeamRef) -> Self {
        Self { id: team.id, name: team.name.clone() }
    }
}

/// What the system notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SystemWhat {
    /// The conversation was started.
    Opened,
    /// Its customer has waited for longer than the company lets him.
    Escalated,
    /// Its customer was asked whether it is solved.
    Reminded,
    /// The customer got a new link; those that were out before open nothing any more.
    LinkReplaced,
}

/// What happened, as agents see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AgentWhat {
    System {
        what: SystemWhat,
        /// Of one that was opened.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// Of one that was opened.
        #[serde(skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
    },
    Message {
        body: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// Something of the catalogue was sent.
    Catalog {
        body: String,
        items: Vec<Card>,
    },
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
    Note {
        body: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<AgentName>,
    },
    Status {
        from: Status,
        to: Status,
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Instant>,
    },
    Assignment {
        from: Option<AgentName>,
        to: Option<AgentName>,
        assignment_epoch: u64,
        /// He got it beyond his limit.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        forced: bool,
    },
    Folder {
        from: Option<FolderRef>,
        to: Option<FolderRef>,
    },
    Team {
        from: Option<TeamName>,
        to: Option<TeamName>,
    },
    Tag {
        tag: TagRef,
        /// Whether it was put on, as opposed to taken off.
        on: bool,
    },
    Priority {
        from: Priority,
        to: Priority,
    },
    Participant {
        agent: AgentName,
        /// Whether he follows from now on.
        on: bool,
    },
    Contact {
        from: Contact,
        to: Contact,
    },
    Rating(Rating),
    /// Another conversation of the customer's was merged into this one.
    Absorbed {
        from: ConversationRef,
        /// What was said there, in order.
        items: Vec<AgentItem>,
        /// An earlier event has the beginning.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        continued: bool,
    },
    /// It was merged into another one, and is closed for good.
    Merged {
        into: ConversationRef,
    },
}

impl From<Author> for AgentAuthor {
    fn from(author: Author) -> Self {
        match author {
            Author::Customer { name } => Self::Customer { name },
            Author::Agent(agent) => Self::Agent { id: agent.id, name: agent.name },
            Author::Automation(RuleRef { name, .. }) => Self::Automation { name },
            Author::System => Self::System,
        }
    }
}

impl From<&AgentRef> for AgentName {
    fn from(agent: &AgentRef) -> Self {
        Self { id: agent.id, name: agent.name.clone() }
    }
}

impl From<Entry> for AgentEvent {
    fn from(entry: Entry) -> Self {
        let by = AgentAuthor::from(entry.by);
        let what = match entry.event {
            Event::Opened { subject, channel } => {
                AgentWhat::System { what: SystemWhat::Opened, subject: Some(subject), channel: Some(channel) }
            }
            Event::Escalated => AgentWhat::System { what: SystemWhat::Escalated, subject: None, channel: None },
            Event::Reminded => AgentWhat::System { what: SystemWhat::Reminded, subject: None, channel: None },
            Event::LinkReplaced { .. } => {
                AgentWhat::System { what: SystemWhat::LinkReplaced, subject: None, channel: None }
            }
            Event::Message { body, attachments } => AgentWhat::Message { body, attachments },
            Event::Catalog { body, items } => AgentWhat::Catalog { body, items },
            Event::Order(step) => {
                AgentWhat::Order { order: step.order, what: step.what, amount: step.amount, method: step.method }
            }
            Event::Note { body, attachments, mentions } => {
                AgentWhat::Note { body, attachments, mentions: mentions.iter().map(AgentName::from).collect() }
            }
            Event::Status { from, to, until } => AgentWhat::Status { from, to, until },
            Event::Assignment { from, to, epoch, forced } => AgentWhat::Assignment {
                from: from.as_ref().map(AgentName::from),
                to: to.as_ref().map(AgentName::from),
                assignment_epoch: epoch,
                forced,
            },
            Event::Folder { from, to } => AgentWhat::Folder { from, to },
            Event::Tag { tag, on } => AgentWhat::Tag { tag, on },
            Event::Priority { from, to } => AgentWhat::Priority { from, to },
            Event::Participant { agent, on } => AgentWhat::Participant { agent: AgentName::from(&agent), on },
            Event::Contact { from, to } => AgentWhat::Contact { from, to },
            Event::Rating(rating) => AgentWhat::Rating(rating),
            Event::Absorbed(Absorbed { from, items, continued, .. }) => {
                AgentWhat::Absorbed { from, items: items.into_iter().map(AgentItem::from).collect(), continued }
            }
            Event::Merged { into } => AgentWhat::Merged { into },
            Event::Team { from, to } => {
                AgentWhat::Team { from: from.as_ref().map(TeamName::from), to: to.as_ref().map(TeamName::from) }
            }
        };
        Self { seq: entry.seq, at: entry.at, by, what }
    }
}

/// An event as the customer sees it: public names only, and numbered without gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicEvent {
    /// Gap-free position among what the customer sees, from 1.
    pub seq: u64,
    pub at: Instant,
    pub by: PublicAuthor,
    #[serde(flatten)]
    pub what: PublicWhat,
}

/// Who did something, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PublicAuthor {
    Customer {
        name: String,
    },
    Agent {
        name: String,
    },
    /// A rule of the company's: the company itself, to him.
    Automation,
    System,
}

/// What happened, as the customer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PublicWhat {
    System {
        what: SystemWhat,
        subject: String,
    },
    Message {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// Something of the catalogue was sent to him.
    Catalog {
        body: String,
        items: Vec<Card>,
    },
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
    Status {
        to: Status,
    },
    /// The agent now in charge, by public name; none while the conversation waits for one.
    Assignment {
        agent: Option<String>,
    },
    /// What he said of how he was served.
    Rating(Rating),
    /// Another conversation of his was joined with this one.
    Absorbed {
        subject: String,
        /// What he saw of that one, in order.
        items: Vec<PublicItem>,
        /// An earlier event has the beginning.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        continued: bool,
    },
}

impl From<&Author> for PublicAuthor {
    fn from(author: &Author) -> Self {
        match author {
            Author::Customer { name } => Self::Customer { name: name.clone() },
            Author::Agent(agent) => Self::Agent { name: agent.public_name.clone() },
            Author::Automation(_) => Self::Automation,
            Author::System => Self::System,
        }
    }
}

impl PublicEvent {
    /// The entry as the customer sees it, if he does.
    #[must_use]
    pub fn of(entry: &Entry) -> Option<Self> {
        let by = PublicAuthor::from(&entry.by);
        let what = match &entry.event {
            Event::Opened { subject, .. } => PublicWhat::System { what: SystemWhat::Opened, subject: subject.clone() },
            Event::Message { body, attachments } => {
                PublicWhat::Message { body: body.clone(), attachments: attachments.clone() }
            }
            Event::Catalog { body, items } => PublicWhat::Catalog { body: body.clone(), items: items.clone() },
            Event::Order(step) => {
                let (what, amount) = (step.public()?, step.public_amount());
                PublicWhat::Order { order: step.order, what, amount, method: step.method }
            }
            Event::Note { .. } | Event::Folder { .. } | Event::Team { .. } | Event::Tag { .. } => return None,
            Event::Priority { .. } | Event::Participant { .. } | Event::Contact { .. } => return None,
            Event::Escalated | Event::Reminded | Event::LinkReplaced { .. } | Event::Merged { .. } => return None,
            Event::Rating(rating) => PublicWhat::Rating(rating.clone()),
            Event::Absorbed(Absorbed { from, items, continued, .. }) => PublicWhat::Absorbed {
                subject: from.subject.clone(),
                items: items.iter().filter_map(PublicItem::of).collect(),
                continued: *continued,
            },
            Event::Status { to, .. } => PublicWhat::Status { to: *to },
            Event::Assignment { to, .. } => {
                PublicWhat::Assignment { agent: to.as_ref().map(|agent| agent.public_name.clone()) }
            }
        };
        entry.pub_seq.map(|seq| Self { seq, at: entry.at, by, what })
    }

    /// What of the catalogue was sent with it, in this conversation or in one that was joined with it.
    #[must_use]
    pub fn cards(&self) -> Vec<&Card> {
        match &self.what {
            PublicWhat::Catalog { items, .. } => items.iter().collect(),
            PublicWhat::Absorbed { items, .. } => items.iter().flat_map(PublicItem::cards).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it tells of an order, of this conversation or of one that was joined with it.
    #[must_use]
    pub fn tells_of_orders(&self) -> bool {
        match &self.what {
            PublicWhat::Order { .. } => true,
            PublicWhat::Absorbed { items, .. } => {
                items.iter().any(|item| matches!(item.words, PublicItemWords::Order { .. }))
            }
            _ => false,
        }
    }
}

/// A conversation as agents see it (the contract).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConversationView {
    pub id: ConversationId,
    /// The company's own count of conversations.
    pub number: u32,
    pub subject: String,
    pub status: Status,
    pub channel: Channel,
    pub contact: Contact,
    pub assignee: Option<AgentName>,
    /// Grows with every change of assignee, and whenever it is closed or put aside, or taken up again; send it as
    /// `if_epoch`.
    pub assignment_epoch: u64,
    pub participants: Vec<AgentName>,
    pub folder: Option<FolderRef>,
    /// The group it was given to.
    pub team: Option<TeamName>,
    /// The business unit it was given to.
    pub business_unit: Option<TeamName>,
    pub tags: Vec<TagRef>,
    pub priority: Priority,
    /// Agents who see it and hear of it without having had it.
    pub followers: Vec<AgentName>,
    /// How the customer was served, in his words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The customer's; empty where it is unknown.
    pub language: String,
    /// The customer's messages since an agent last answered.
    pub unread: u32,
    pub last_event_at: Instant,
    /// Since when the customer has been waiting for an agent.
    pub waiting_since: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snoozed_until: Option<Instant>,
    /// When the conversation, being pending, closes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Instant>,
    /// Since when its customer has waited for longer than the company lets him.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Instant>,
    /// The conversation that it was merged into: it is closed for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ConversationRef>,
    /// The conversations that were merged into it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged_from: Vec<ConversationRef>,
    /// The start of the last message between customer and company.
    pub preview: String,
    /// Grows with every change: the `seq` of the newest event.
    pub rev: u64,
}

impl From<&State> for ConversationView {
    fn from(state: &State) -> Self {
        let team_of = |kind| state.team.as_ref().filter(|team| team.kind == kind).map(TeamName::from);
        Self {
            id: state.id,
            number: state.number,
            subject: state.subject.clone(),
            status: state.status,
            channel: state.channel,
            contact: state.contact.clone(),
            assignee: state.assignee.as_ref().map(AgentName::from),
            assignment_epoch: state.assignment_epoch,
            participants: state.participants.iter().map(AgentName::from).collect(),
            folder: state.folder.clone(),
            team: team_of(TeamKind::Group),
            business_unit: team_of(TeamKind::BusinessUnit),
            tags: state.tags.clone(),
            priority: state.priority,
            followers: state.followers.iter().map(AgentName::from).collect(),
            rating: state.rating.clone(),
            language: state.language.clone(),
            unread: state.unread,
            last_event_at: state.last_event_at,
            waiting_since: state.waiting_since,
            snoozed_until: state.snoozed_until,
            closes_at: state.closes_at,
            escalated_at: state.escalated_at,
            merged_into: state.merged_into.clone(),
            merged_from: state.merged_from.iter().map(|taken| taken.conversation.clone()).collect(),
            preview: state.preview.clone(),
            rev: state.head,
        }
    }
}

/// An agent as the customer sees him (specification B6, B9).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicAgent {
    pub name: String,
    pub function: String,
    pub photo_url: Option<String>,
    /// He has the conversation now; the others took part.
    #[serde(default)]
    pub in_charge: bool,
}

/// A conversation as its customer sees it, without its company and its events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicConversation {
    pub id: ConversationId,
    pub subject: String,
    pub status: Status,
    /// The agents in charge: the assignee first, then whoever else took part.
    pub agents: Vec<PublicAgent>,
    /// What he said of how he was served, if he did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// `seq` of the newest event the customer sees.
    pub head: u64,
}

impl From<&State> for PublicConversation {
    fn from(state: &State) -> Self {
        let assignee = state.assignee.as_ref();
        let others = state.participants.iter().filter(|p| assignee.is_none_or(|a| a.id != p.id));
        let agents = assignee.into_iter().chain(others).map(|agent| PublicAgent {
            name: agent.public_name.clone(),
            function: agent.function.clone(),
            photo_url: agent.photo_url.clone(),
            in_charge: assignee.is_some_and(|assignee| assignee.id == agent.id),
        });
        Self {
            id: state.id,
            subject: state.subject.clone(),
            status: state.public_status,
            agents: agents.collect(),
            rating: state.rating.clone(),
            head: state.pub_head,
        }
    }
}
