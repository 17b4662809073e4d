//! What happened in a conversation. Everything else (state, index, feeds, mails, reports) is derived from this.

use super::attachment::Attachment;
use super::label::{Priority, TagRef};
use super::merge::{Absorbed, ConversationRef};
use super::rating::Rating;
use super::status::Status;
use crate::domain::id::{AgentId, ContactId, FolderId, RuleId, TeamId};
use crate::domain::order::step::{Card, OrderStep};
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// How a conversation came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The company's contact page.
    Web,
    /// The chat window on one of the company's own sites.
    Chat,
    /// Started by an agent.
    Agent,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Web, Self::Chat, Self::Agent];

    /// The name that the contract and the index use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Chat => "chat",
            Self::Agent => "agent",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// The person who writes to the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Contact {
    pub id: ContactId,
    pub name: String,
    pub email: String,
}

/// The folder that a conversation is sorted into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FolderRef {
    pub id: FolderId,
    pub name: String,
}

/// What kind of team it is (specification N7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeamKind {
    Group,
    BusinessUnit,
}

/// The team that a conversation was given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TeamRef {
    pub id: TeamId,
    pub name: String,
    pub kind: TeamKind,
}

/// The rule of the company's that did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleRef {
    pub id: RuleId,
    pub name: String,
}

/// An agent as a conversation remembers him: what was true when he was assigned or answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgentRef {
    pub id: AgentId,
    /// Shown to colleagues.
    pub name: String,
    /// Shown to the customer.
    pub public_name: String,
    /// What he does in the company, shown to the customer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub function: String,
    /// Where the customer finds his photograph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_url: Option<String>,
}

impl From<&Member> for AgentRef {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id,
            name: member.name.clone(),
            public_name: member.public_name.clone(),
            function: member.function.clone(),
            photo_url: member.photo_url.clone(),
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The conversation was started.
    #[serde(rename = "system")]
    Opened {
        subject: String,
        channel: Channel,
    },
    /// Words between the customer and the company.
    Message {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// Something of the catalogue, shown to the customer (specification B13).
    Catalog {
        body: String,
        items: Vec<Card>,
    },
    /// A step of an order's (specification J13).
    Order(OrderStep),
    /// An internal comment: words between agents, never for the customer (specification B8, C17).
    Note {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<AgentRef>,
    },
    /// The status changed; `until` is when a snooze ends.
    Status {
        from: Status,
        to: Status,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Instant>,
    },
    /// Somebody else, or nobody, is now responsible. `epoch` is the assignment's new epoch.
    Assignment {
        from: Option<AgentRef>,
        to: Option<AgentRef>,
        epoch: u64,
        /// He got it beyond his limit.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        forced: bool,
    },
    /// It was sorted into another folder, or out of one.
    Folder {
        from: Option<FolderRef>,
        to: Option<FolderRef>,
    },
    /// It was given to another team, or taken from one.
    Team {
        from: Option<TeamRef>,
        to: Option<TeamRef>,
    },
    /// A tag was put on it, or taken off.
    Tag {
        tag: TagRef,
        on: bool,
    },
    Priority {
        from: Priority,
        to: Priority,
    },
    /// Somebody follows it, or no longer does.
    Participant {
        agent: AgentRef,
        on: bool,
    },
    /// What is known of the customer was corrected.
    Contact {
        from: Contact,
        to: Contact,
    },
    /// The customer said how he was served.
    Rating(Rating),
    /// Its customer has waited for longer than the company lets him.
    Escalated,
    /// Its customer was asked whether it is solved, before it closes by itself (specification Z2).
    Reminded,
    /// The customer got a new link; those of earlier versions open nothing any more.
    LinkReplaced {
        version: u8,
    },
    /// Another conversation of its customer was merged into this one: what was said there.
    Absorbed(Absorbed),
    /// It was merged into another one, and is closed for good.
    Merged {
        into: ConversationRef,
    },
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    Customer {
        name: String,
    },
    Agent(AgentRef),
    /// A rule of the company's.
    Automation(RuleRef),
    System,
}

impl Entry {
    /// Notes of an assignment that it went beyond its agent's limit.
    pub fn mark_forced(&mut self) {
        if let Event::Assignment { to: Some(_), forced, .. } = &mut self.event {
            *forced = true;
        }
    }
}

/// An event with its place in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Gap-free position in the log, from 1.
    pub seq: u64,
    /// Gap-free position among what the customer sees; none for what he does not.
    pub pub_seq: Option<u64>,
    pub at: Instant,
    pub by: Author,
    pub event: Event,
}
