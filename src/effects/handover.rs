//! Somebody leaves: what is his goes to another agent, or back into the queue.

use crate::domain::conversation::command::{Actor, Candidate, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, CompanyId};
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::store::{conversations, db};
use std::time::Duration;
use worker::{D1Database, Env};

/// Conversations that are handed over at once.
const AT_ONCE: u32 = 200;
/// What a conversation says of itself is in the index by then.
const INDEX_CATCHES_UP_WITHIN: Duration = Duration::from_secs(2);
/// Rounds until the index, which follows the conversations, has nothing more of his.
const ROUNDS: u32 = 100;

/// Hands over every conversation under way that is an agent's. How many there were.
///
/// # Errors
/// What failed; handing over again goes on where it stopped.
pub async fn deliver(
    env: &Env,
    db: &D1Database,
    company: CompanyId,
    from: AgentId,
    to: Option<&Candidate>,
) -> Result<u32, String> {
    let mut handed = std::collections::BTreeSet::new();
    for _ in 0..ROUNDS {
        let held = conversations::held_by(db, company, from, AT_ONCE).await.map_err(|error| error.to_string())?;
        let left: Vec<_> = held.into_iter().filter(|id| !handed.contains(id)).collect();
        if left.is_empty() {
            break;
        }
        for id in left {
            let command = Command::HandOver { from, to: to.cloned() };
            let request = ConversationRequest::Command { actor: Actor::System, client_id: None, command };
            let name = id.to_string();
            let answer = call::call::<Refusal>(env, conversation_do::BINDING, &name, &request).await;
            match answer.map_err(|error| error.to_string())? {
                Answer::Done(_) | Answer::Refused(Refusal::NotFound) => handed.insert(id),
                Answer::Refused(refusal) => return Err(format!("{id} was not handed over: {refusal:?}")),
            };
        }
    }
    Ok(u32::try_from(handed.len()).unwrap_or(u32::MAX))
}

/// Hands over what was given to an agent while he left: the index learns of it a moment later.
///
/// # Errors
/// What failed.
pub async fn deliver_stragglers(
    env: &Env,
    company: CompanyId,
    from: AgentId,
    to: Option<&Candidate>,
) -> Result<(), String> {
    worker::Delay::from(INDEX_CATCHES_UP_WITHIN).await;
    let db = db::open(env).map_err(|error| error.to_string())?;
    deliver(env, &db, company, from, to).await.map(drop)
}
