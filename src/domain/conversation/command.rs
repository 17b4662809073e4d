//! What can be asked of a conversation. HTTP, sockets, e-mail, rules and timers all say it with these.

use super::attachment::Attachment;
use super::event::{AgentRef, Author, Channel, Contact, FolderRef, RuleRef, TeamRef};
use super::label::{Priority, TagRef};
use super::merge::{ConversationRef, Source};
use super::rating::Rating;
use super::status::Status;
use super::terms::Terms;
use crate::domain::id::{AgentId, CompanyId, ContactId, ConversationId, FileId, FolderId, TagId};
use crate::domain::order::step::{Card, OrderStep};
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one per request, nearly always an agent; large on 64 bits only")]
pub enum Actor {
    /// Whoever holds a link of this version to the conversation.
    Customer { link_version: u8 },
    /// A member of the company, with what his permissions are computed from.
    Agent(Member),
    /// A rule that the company has made.
    Automation { rule: RuleRef },
    /// Edgedesk itself: timers.
    System,
}

/// How a new conversation starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    pub id: ConversationId,
    pub company_id: CompanyId,
    /// The company's own count of conversations.
    pub number: u32,
    pub subject: String,
    pub channel: Channel,
    pub contact: Contact,
    /// The first message.
    pub body: String,
    /// The files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The customer's; empty where it is unknown.
    #[serde(default)]
    pub language: String,
    /// The agent to whom the customer is stuck (specification B11).
    #[serde(default)]
    pub sticky: Option<AgentId>,
    pub terms: Terms,
}

/// Somebody to whom a conversation might be given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub agent: AgentRef,
    /// Active, and of roles that conversations are assigned to.
    pub assignable: bool,
}

/// One request to a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    Open(Opening),
    /// Words for the other side.
    Message {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
    },
    /// An internal comment. Whoever is mentioned follows the conversation from then on, if he did not see it anyway.
    Note {
        body: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Member>,
    },
    /// Something of the catalogue, with words or without.
    Catalog {
        body: String,
        items: Vec<Card>,
    },
    /// An order has taken a step. Where orders are kept it is so already: nothing here can refuse it.
    TellOrder {
        by: Author,
        step: OrderStep,
    },
    SetStatus {
        status: Status,
        until: Option<Instant>,
    },
    /// Take it oneself, if nobody has it. `dealt` when the Dispenser offered it.
    Claim {
        dealt: bool,
    },
    /// Give it to somebody, or to nobody. Refused when the epoch has moved past `if_epoch`; `force` gives it even to
    /// somebody who has as many as he may have.
    Assign {
        to: Option<Candidate>,
        if_epoch: Option<u64>,
        #[serde(default)]
        force: bool,
    },
    /// The Desk deals it, because it waits: to whom it chose, or to whom asked the Dispenser.
    Deal {
        to: Candidate,
    },
    /// Sort it into a folder, or out of one.
    SetFolder {
        to: Option<FolderRef>,
    },
    /// A folder is deleted: what is in it is in none.
    LeaveFolder {
        folder: FolderId,
    },
    /// Give it to a team, or take it from one.
    SetTeam {
        to: Option<TeamRef>,
    },
    /// Put a tag on it, or take it off.
    SetTag {
        tag: TagRef,
        on: bool,
    },
    /// A tag was merged into another one: what has it, has that one instead.
    ReplaceTag {
        tag: TagId,
        by: TagRef,
    },
    /// A tag is deleted: nothing has it.
    DropTag {
        tag: TagId,
    },
    SetPriority {
        priority: Priority,
    },
    /// Let somebody see it and hear of it, or no longer.
    Follow {
        who: Box<Member>,
        on: bool,
    },
    /// What is known of the customer was corrected.
    SetContact {
        contact: Contact,
    },
    /// The customer says how he was served.
    Rate {
        rating: Rating,
    },
    /// An agent leaves: what is still his goes to somebody else, or back into the queue.
    HandOver {
        from: AgentId,
        to: Option<Candidate>,
    },
    /// The customer's link is in the wrong hands: make a new one, which kills those that are out.
    ReplaceLink,
    /// Merge it into another conversation, whose customer is `contact`.
    Merge {
        into: ConversationRef,
        contact: ContactId,
    },
    /// Take in another conversation. Taken in already, it is not taken in again.
    Absorb {
        source: Box<Source>,
    },
    /// The other conversation has taken it in, as `by` wanted it: it is closed for good.
    ConcludeMerge {
        into: ConversationRef,
        by: AgentRef,
    },
    /// Time has passed: do what is due.
    Tick,
}

impl Command {
    /// Whether it says something, as opposed to changing something.
    #[must_use]
    pub const fn is_words(&self) -> bool {
        matches!(self, Self::Message { .. } | Self::Note { .. } | Self::Catalog { .. })
    }

    /// The files that go with its words.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::Message { attachments, .. } | Self::Note { attachments, .. } => attachments,
            Self::Open(opening) => &opening.attachments,
            _ => &[],
        }
    }

    /// Lets its words go with files; what says nothing carries none.
    pub fn attach(&mut self, files: Vec<Attachment>) {
        match self {
            Self::Message { attachments, .. } | Self::Note { attachments, .. } => *attachments = files,
            Self::Open(opening) => opening.attachments = files,
            _ => {}
        }
    }

    /// What makes two commands the same to their sender: an opening counts by what he wrote, not by the names and
    /// numbers it was given here. A form that is sent twice brings its files twice: they count by what they are.
    #[must_use]
    pub fn fingerprint(&self) -> Self {
        let mut known = self.without_what_was_given_here();
        let nameless = |file: &Attachment| Attachment { id: FileId::new(Uuid::nil()), ..file.clone() };
        known.attach(self.attachments().iter().map(nameless).collect());
        known
    }

    fn without_what_was_given_here(&self) -> Self {
        match self {
            Self::Open(opening) => {
                let known = Opening { number: 0, sticky: None, terms: Terms::default(), ..opening.clone() };
                Self::Open(known)
            }
            // Whether the Dispenser offered it, and what an agent is called, is looked up anew for each request.
            Self::Claim { .. } => Self::Claim { dealt: false },
            Self::Assign { to: Some(to), if_epoch, force } => {
                let agent = AgentRef::from(&unnamed(to.agent.id));
                Self::Assign { to: Some(Candidate { agent, assignable: true }), if_epoch: *if_epoch, force: *force }
            }
            Self::Note { body, attachments, mentions } => Self::Note {
                body: body.clone(),
                attachments: attachments.clone(),
                mentions: mentions.iter().map(|member| unnamed(member.id)).collect(),
            },
            Self::Follow { who, on } => Self::Follow { who: Box::new(unnamed(who.id)), on: *on },
            other => other.clone(),
        }
    }
}

/// What does not change about a member.
fn unnamed(id: AgentId) -> Member {
    Member::named(id, "")
}
