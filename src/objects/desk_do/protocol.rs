//! What the Worker and conversations ask of a company's Desk, and who its sockets belong to.

use crate::domain::assignment::message::{Reservation, Reserve, Stand};
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::{AgentId, ClientId, CompanyId, ConversationId, OrderId, ReportScheduleId};
use crate::domain::order::permission::OrderPlace;
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use crate::objects::call::{self, Answer};
use crate::objects::cut::{Cut, Holder};
use crate::platform::log;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use worker::{Env, Result};

/// One request to the Desk.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum DeskRequest {
    /// A conversation changed, and the index has it.
    Publish { conversation: Box<Conversation> },
    /// Agents have a conversation open right now; nobody any more, where none is named.
    Viewing { conversation: Box<Conversation>, agents: Vec<AgentName> },
    /// Somebody opens a conversation: should he be cut off, that socket has to close too.
    Watch { holder: Holder, conversation: ConversationId },
    /// Close sockets, here and at the conversations that are watched.
    Cut { cut: Cut },
    /// An agent says whether he is there.
    SetAvailability { agent: AgentId, availability: Availability },
    /// Who is there, and how much each has: [`Presences`].
    Presences,
    /// When agents were there, as far as reports do not know: stretches.
    Attendance,
    /// Reports are told once more when agents were there.
    AttendanceAnew,
    /// Whether anybody can take a conversation now: a boolean.
    Staffed,
    /// What everybody has, and what waits: [`Board`].
    Board,
    /// People, their rights, their limits or the company's settings changed.
    PeopleChanged,
    /// A conversation asks for a slot of an agent's: `Granted`, or refused with `NoSlot`.
    Reserve(Reserve),
    /// It does not need the slot.
    Cancel { conversation: ConversationId, reservation: Reservation },
    /// How a conversation stands.
    Stand { conversation: ConversationId, stand: Stand },
    /// The Dispenser: the conversation that has waited longest of those that are for a member, now his, or null. Refused
    /// with `NoSlot`. A repeat under the same name gets the same one.
    Deal { member: Box<Member>, client_id: Option<ClientId> },
    /// Which conversation the Dispenser would deal: an id, or null.
    Foremost { member: Box<Member> },
    /// An agent leaves: what he has goes to somebody else, or back into the queue. Answers the conversations' ids.
    HandOver { from: AgentId, to: Option<Candidate> },
    /// Tells agents on their open dashboards, and notes when their digests are due. Answers the ids of those who are away.
    Notify { notices: Vec<Notice> },
    /// The company's erasures are to be worked off by then.
    ErasuresDue { due: Instant },
    /// The company is no more: close every dashboard.
    Shut,
    /// Dashboards are to be told that an order changed.
    OrderChanged { news: OrderNews },
    /// The company comes back after it was erased.
    Reopen,
    /// The company's orders are to be looked after by then.
    OrdersDue { due: Instant },
    /// When a report is to be sent that somebody has sent to himself; never, where he wants it no more.
    Report { schedule: ReportScheduleId, due: Option<Instant> },
    /// The company's conversations after one of them, in order: their ids.
    Conversations { after: Option<ConversationId>, limit: u32 },
    /// When an agent's next digest is due; never, where he wants none any more.
    Digest { agent: AgentId, due: Option<Instant> },
}

/// An order that changed, and where it is: that says who hears of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderNews {
    pub id: OrderId,
    pub rev: u32,
    pub conversation: Option<ConversationId>,
    pub place: OrderPlace,
    /// Who takes part in its conversation.
    pub participants: Vec<AgentId>,
    /// Whether it was deleted, and was so before: only those who may delete know of it.
    pub hidden: bool,
}

/// What an agent is told on his open dashboards.
#[derive(Debug, Serialize, Deserialize)]
pub struct Notice {
    pub agent: AgentId,
    /// For his sockets, as it is.
    pub frame: String,
    /// When what he does not read until then is summed up.
    pub digest: Option<Instant>,
}

/// Whether an agent is there, by his own word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    #[default]
    Online,
    Away,
    Busy,
}

/// Whether an agent is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Online,
    Away,
    /// By his own word, or because he has as many conversations as he may have (specification Z9).
    Busy,
    /// No dashboard of his is open, and none was a moment ago.
    #[default]
    Offline,
}

/// What the Desk knows of an agent.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Seen {
    pub presence: Presence,
    /// What he said last.
    pub chosen: Availability,
    pub last_seen_at: Option<Instant>,
    /// Conversations he has.
    pub open: u32,
    /// Conversations he may have.
    pub limit: u32,
}

/// Everybody the Desk knows.
pub type Presences = BTreeMap<AgentId, Seen>;

/// What everybody has, and what waits.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Board {
    pub agents: BTreeMap<AgentId, OnBoard>,
    /// Conversations that wait for an agent.
    pub waiting: u32,
    pub longest_waiting_since: Option<Instant>,
}

/// What one agent has.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct OnBoard {
    pub seen: Seen,
    pub conversations: Vec<ConversationId>,
}

/// Whose socket a dashboard's is; kept with it while the object sleeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DashboardOpening {
    pub company: CompanyId,
    pub member: Member,
    pub holder: Holder,
    /// The last entry of the feed the dashboard has; none when it wants only what comes.
    pub after: Option<u64>,
}

/// Asks a company's Desk.
///
/// # Errors
/// When the object cannot be reached or fails.
pub async fn ask<R: DeserializeOwned>(env: &Env, company: CompanyId, request: &DeskRequest) -> Result<Answer<R>> {
    call::call(env, super::BINDING, &company.to_string(), &(company, request)).await
}

/// Tells a company's Desk something that nobody waits for: a few times, should it not be heard.
pub async fn tell(env: &Env, company: CompanyId, request: &DeskRequest) {
    const ATTEMPTS: u8 = 3;
    for attempt in 1..=ATTEMPTS {
        match ask::<()>(env, company, request).await {
            Ok(_) => return,
            Err(error) if attempt == ATTEMPTS => log::fault("telling the Desk", &company.to_string(), &error),
            Err(_) => {}
        }
    }
}
