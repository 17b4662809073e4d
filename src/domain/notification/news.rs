//! What agents may be told of, out of what a turn wrote into a conversation's log.

use super::preferences::Kind;
use crate::domain::conversation::event::{Author, Entry, Event};
use crate::domain::conversation::state::State;
use crate::domain::id::AgentId;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// Something that agents may be told of. It holds nothing that anybody typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    pub kind: Kind,
    /// `seq` of the event.
    pub seq: u64,
    pub at: Instant,
    /// Whom it concerns; none: whoever might see to it.
    pub to: Option<Vec<AgentId>>,
    /// The agent who did it: it is no news to him.
    pub by: Option<AgentId>,
    /// Whether it is worth a mail: of several messages in a row, the first is.
    pub first: bool,
}

/// The news in what a turn wrote. `before` is the conversation before it, none where it was opened.
#[must_use]
pub fn of(before: Option<&State>, after: &State, entries: &[Entry]) -> Vec<News> {
    entries.iter().flat_map(|entry| of_entry(before, after, entry)).collect()
}

fn of_entry(before: Option<&State>, after: &State, entry: &Entry) -> Vec<News> {
    let by = match &entry.by {
        Author::Agent(agent) => Some(agent.id),
        Author::Customer { .. } | Author::Automation(_) | Author::System => None,
    };
    let from_customer = matches!(entry.by, Author::Customer { .. });
    let news = |kind, to: Option<Vec<AgentId>>, first| {
        let to = to.map(|to| to.into_iter().filter(|agent| Some(*agent) != by).collect::<Vec<_>>());
        let anybody = to.as_ref().is_none_or(|to| !to.is_empty());
        anybody.then_some(News { kind, seq: entry.seq, at: entry.at, to, by, first })
    };
    let holder = after.assignee.as_ref().map(|agent| agent.id);
    let following =
        || after.participants.iter().chain(&after.followers).map(|agent| agent.id).chain(holder).collect::<Vec<_>>();
    let besides = |others: &[AgentId]| {
        let left = following().into_iter().filter(|agent| !others.contains(agent)).collect();
        Some(distinct(left))
    };
    let told: Vec<Option<News>> = match (&entry.event, before) {
        (Event::Opened { .. }, _) if from_customer => vec![news(Kind::NewConversation, None, true)],
        // The words with which it was opened are no news of their own.
        (event, Some(before)) if from_customer && asks_agents(event) => {
            let first = before.unread == 0;
            let holder: Vec<AgentId> = holder.into_iter().collect();
            vec![news(Kind::Followed, besides(&holder), first), news(Kind::Answered, Some(holder), first)]
        }
        (Event::Message { .. } | Event::Catalog { .. }, Some(_)) => vec![news(Kind::Followed, besides(&[]), true)],
        (Event::Note { mentions, .. }, Some(_)) => {
            let named: Vec<AgentId> = mentions.iter().map(|agent| agent.id).collect();
            vec![news(Kind::Followed, besides(&named), true), news(Kind::Mentioned, Some(distinct(named)), true)]
        }
        // What the customer waits for there, he waits for here.
        (Event::Absorbed(absorbed), Some(_)) if absorbed.brings.waiting_since.is_some() => {
            vec![news(Kind::Answered, Some(holder.into_iter().collect()), true)]
        }
        (Event::Assignment { to: Some(agent), .. }, _) => vec![news(Kind::Assigned, Some(vec![agent.id]), true)],
        (Event::Escalated, _) => vec![news(Kind::Escalated, None, true)],
        _ => Vec::new(),
    };
    told.into_iter().flatten().collect()
}

/// Whether it is the agents' turn by it.
fn asks_agents(event: &Event) -> bool {
    matches!(event, Event::Message { .. }) || matches!(event, Event::Order(step) if step.asks_agents())
}

fn distinct(mut agents: Vec<AgentId>) -> Vec<AgentId> {
    agents.sort_unstable();
    agents.dedup();
    agents
}
