//! Who is told of what, and by which way: the one place that decides it. It is asked when something is about to be told,
//! and again whenever what was told is read.

use super::news::News;
use super::preferences::{Kind, Preferences};
use crate::domain::conversation::state::{Place, State};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, ScopeSet, permit};

/// The ways by which an agent is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// Under the bell of the dashboard.
    pub page: bool,
    /// By his browser.
    pub browser: bool,
    /// By a mail at once, should he be away.
    pub email: bool,
}

impl Ways {
    /// Whether he is told at all.
    #[must_use]
    pub const fn any(self) -> bool {
        self.page || self.browser || self.email
    }
}

/// How much of a conversation somebody who is told of it may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// He sees it.
    Sees,
    /// He may be dealt it: it exists, no more.
    Exists,
    /// It does not exist for him.
    Nothing,
}

/// How a member is told of something, if he is.
#[must_use]
pub fn ways(news: &News, member: &Member, wishes: &Preferences, state: &State) -> Ways {
    if !concerns(news, member, state) {
        return Ways::default();
    }
    Ways {
        page: wishes.page.has(news.kind),
        browser: wishes.browser.has(news.kind),
        email: wishes.email.has(news.kind) && news.first,
    }
}

/// How much a member may know of a conversation that he was told of, and to which he stands in `relation`.
#[must_use]
pub fn sight(kind: Kind, member: &Member, place: Place, relation: ScopeSet) -> Sight {
    let needed = if kind == Kind::Escalated { Capability::StatusBoardAct } else { Capability::ConversationView };
    if permit(member, needed, relation).is_ok() {
        Sight::Sees
    } else if kind == Kind::NewConversation && place.is_dealt_to(member) {
        Sight::Exists
    } else {
        Sight::Nothing
    }
}

fn concerns(news: &News, member: &Member, state: &State) -> bool {
    let named = news.to.as_ref().is_none_or(|to| to.contains(&member.id)) && news.by != Some(member.id);
    let holds = state.assignee.as_ref().is_some_and(|agent| agent.id == member.id);
    let still = !matches!(news.kind, Kind::Assigned | Kind::Answered) || holds;
    named && still && sight(news.kind, member, state.place(), state.relation_to(member)) != Sight::Nothing
}
