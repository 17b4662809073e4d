//! Which agent gets a waiting conversation.
//!
//! The agent it prefers (its last one, or the one its customer is stuck to), if he is there and below his limit. Else,
//! where the company lets conversations be dealt by themselves: of those who are there, below their limits, and serve
//! the folder and the team it is in, the ones of the first business unit in order; of these, the ones who speak the
//! customer's language; of these, whoever has the fewest (balanced) or was dealt one longest ago (round robin). Whoever
//! gave it back comes last.

use super::message::Need;
use crate::domain::conversation::state::Place;
use crate::domain::id::{AgentId, TeamId};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, permit, scope_of};
use crate::domain::people::settings::AssignmentPolicy;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The people of a company, and how conversations find them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    pub policy: AssignmentPolicy,
    pub colleagues: BTreeMap<AgentId, Colleague>,
}

/// Somebody who works at the company, as far as routing goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub member: Member,
    /// Neither invited only, nor disabled.
    pub active: bool,
    /// In which he writes.
    pub language: String,
    /// Conversations he may have at once.
    pub limit: u32,
    /// The lowest priority number of his business units: the lower, the earlier he is asked.
    pub unit_rank: u32,
}

/// A colleague, at this moment.
#[derive(Clone, Copy, Debug)]
pub struct Hand<'a> {
    pub colleague: &'a Colleague,
    /// He is there, by his own word too.
    pub available: bool,
    /// Conversations he has.
    pub load: u32,
    /// When he was last dealt one, as a number that grows with every deal.
    pub last_dealt: u64,
}

impl Colleague {
    /// Whether conversations may be assigned to him: by his roles, and while he works here.
    #[must_use]
    pub fn assignable(&self) -> bool {
        self.active && self.member.assignable()
    }

    /// Whether a conversation that is in this folder and with this team is for him: he may answer it, and belongs there.
    #[must_use]
    pub fn serves(&self, need: &Need) -> bool {
        let member = &self.member;
        let place = Place { assignee: Some(member.id), folder: need.folder, team: need.team };
        let in_folder = need.folder.is_none_or(|folder| {
            let everywhere = scope_of(member, Capability::ConversationView).has(Scope::All);
            everywhere || member.sees_in(folder) || member.assigns_in(folder)
        });
        in_folder
            && need.team.is_none_or(|team| member.teams.contains(&team))
            && permit(member, Capability::ConversationReply, place.relation_to(member, true)).is_ok()
    }
}

impl Hand<'_> {
    /// Whether he can take one more now.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.available && self.colleague.assignable() && self.load < self.colleague.limit
    }
}

/// Who of all gets it; nobody where it has to wait.
#[must_use]
pub fn choose<'a>(
    policy: AssignmentPolicy,
    need: &Need,
    all: impl Iterator<Item = Hand<'a>> + Clone,
) -> Option<AgentId> {
    let free = all.clone().filter(Hand::is_free);
    let preferred = need.prefers.and_then(|id| free.clone().find(|hand| hand.colleague.member.id == id));
    if let Some(hand) = preferred {
        return Some(hand.colleague.member.id);
    }
    if policy == AssignmentPolicy::Off {
        return None;
    }
    // A team to which nobody belongs any more who could take it holds nothing up.
    let belongs = |team: TeamId| {
        all.clone().any(|hand| hand.colleague.assignable() && hand.colleague.member.teams.contains(&team))
    };
    let need = Need { team: need.team.filter(|team| belongs(*team)), ..need.clone() };
    let serving = free.filter(|hand| hand.colleague.serves(&need));
    let chosen = serving.min_by_key(|hand| {
        let Hand { colleague, load, last_dealt, .. } = hand;
        let busy = if policy == AssignmentPolicy::Balanced { *load } else { 0 };
        (
            need.avoids == Some(colleague.member.id),
            colleague.unit_rank,
            Reverse(speaks(&colleague.language, &need.language)),
            busy,
            *last_dealt,
            colleague.member.id,
        )
    });
    chosen.map(|hand| hand.colleague.member.id)
}

/// Whether two languages are one, whatever their regions; nobody is turned away for one that is not known.
fn speaks(agent: &str, customer: &str) -> bool {
    let primary = |language: &str| language.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    customer.is_empty() || primary(agent) == primary(customer)
}
