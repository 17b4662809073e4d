//! Somebody leaves: what is his goes to another agent, or back into the queue.

use crate::domain::conversation::command::{Actor, Candidate, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, CompanyId, ConversationId};
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::store::conversations;
use std::collections::BTreeSet;
use worker::{D1Database, Env};

/// Conversations of the index that are handed over at once.
const AT_ONCE: u32 = 200;

/// Hands over every conversation that is an agent's: the Desk knows those under way, and hands over whatever is given to
/// him in this very moment, too; the index knows those that were put aside. How many there were.
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
    let request = DeskRequest::HandOver { from, to: to.cloned() };
    let answer = desk::ask::<()>(env, company, &request).await.map_err(|error| error.to_string())?;
    let Answer::Done(under_way) = answer else { return Err("the Desk hands nothing over".to_owned()) };
    let mut handed: BTreeSet<ConversationId> = serde_json::from_str(&under_way).map_err(|error| error.to_string())?;
    loop {
        let held = conversations::held_by(db, company, from, AT_ONCE).await.map_err(|error| error.to_string())?;
        let left: Vec<_> = held.into_iter().filter(|id| !handed.contains(id)).collect();
        if left.is_empty() {
            return Ok(u32::try_from(handed.len()).unwrap_or(u32::MAX));
        }
        for id in left {
            pass_on(env, id, from, to.cloned()).await?;
            handed.insert(id);
        }
    }
}

/// Hands over one conversation, if it is his.
///
/// # Errors
/// What failed.
pub async fn pass_on(env: &Env, id: ConversationId, from: AgentId, to: Option<Candidate>) -> Result<(), String> {
    let command = Command::HandOver { from, to };
    let request = ConversationRequest::Command { actor: Actor::System, client_id: None, command };
    let answer = call::call::<Refusal>(env, conversation_do::BINDING, &id.to_string(), &request).await;
    match answer.map_err(|error| error.to_string())? {
        Answer::Done(_) | Answer::Refused(Refusal::NotFound) => Ok(()),
        Answer::Refused(refusal) => Err(format!("{id} was not handed over: {refusal:?}")),
    }
}
