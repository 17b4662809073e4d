//! Who has a conversation.

use super::allow;
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::event::{AgentRef, Channel, Event};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::{Place, State};
use crate::domain::conversation::status::Status;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, ScopeSet, scope_of};

pub(super) fn claim(state: &State, member: &Member, dealt: bool) -> Result<Vec<Event>, Refusal> {
    let capability = Capability::ConversationAssignSelfPick;
    // To whom it was dealt once, it may be dealt again: a repeat finds it his.
    let is_dealt_to_at_all = scope_of(member, Capability::ConversationAssignSelf) != ScopeSet::NONE;
    let is_his = is_dealt_to_at_all && state.assignee.as_ref().is_some_and(|holder| holder.id == member.id);
    let unheld = Place { assignee: None, ..state.place() };
    let may_be_dealt = dealt && (unheld.is_dealt_to(member) || is_his);
    if !may_be_dealt && !started(state, member) {
        allow(state, member, capability)?;
    }
    if !member.assignable() {
        return Err(Refusal::Forbidden { missing: capability });
    }
    match &state.assignee {
        _ if state.status == Status::Closed => Err(Refusal::ConversationClosed),
        Some(holder) if holder.id == member.id => Ok(Vec::new()),
        Some(holder) => Err(Refusal::AlreadyAssigned { assignee: holder.clone() }),
        None => Ok(vec![assignment(state, Some(AgentRef::from(member)))]),
    }
}

/// Whoever starts a conversation with a customer has it, unless somebody else had it meanwhile.
fn started(state: &State, member: &Member) -> bool {
    let first = state.participants.first().map(|agent| agent.id);
    state.channel == Channel::Agent && state.assignment_epoch == 0 && first == Some(member.id)
}

pub(super) fn assign(
    state: &State,
    member: &Member,
    to: Option<&Candidate>,
    if_epoch: Option<u64>,
) -> Result<Vec<Event>, Refusal> {
    let capability = match to {
        Some(candidate) if candidate.agent.id == member.id => Capability::ConversationAssignSelfPick,
        Some(_) => Capability::ConversationAssignOther,
        None => Capability::ConversationUnassign,
    };
    allow(state, member, capability)?;
    if to.is_some_and(|candidate| !candidate.assignable) {
        return Err(Refusal::NotAssignable);
    }
    if if_epoch.is_some_and(|epoch| epoch != state.assignment_epoch) {
        return Err(Refusal::StaleEpoch { assignment_epoch: state.assignment_epoch, assignee: state.assignee.clone() });
    }
    reassign(state, to)
}

pub(super) fn reassign(state: &State, to: Option<&Candidate>) -> Result<Vec<Event>, Refusal> {
    if to.is_some_and(|candidate| !candidate.assignable) {
        return Err(Refusal::NotAssignable);
    }
    if state.status == Status::Closed {
        return Err(Refusal::ConversationClosed);
    }
    let same = state.assignee.as_ref().map(|a| a.id) == to.map(|candidate| candidate.agent.id);
    Ok(if same { Vec::new() } else { vec![assignment(state, to.map(|candidate| candidate.agent.clone()))] })
}

pub(super) fn hand_over(state: &State, from: AgentId, to: Option<&Candidate>) -> Result<Vec<Event>, Refusal> {
    if to.is_some_and(|candidate| !candidate.assignable) {
        return Err(Refusal::NotAssignable);
    }
    let is_his = state.assignee.as_ref().is_some_and(|agent| agent.id == from);
    let same = to.is_some_and(|candidate| candidate.agent.id == from);
    if !is_his || same || state.status == Status::Closed {
        return Ok(Vec::new());
    }
    Ok(vec![assignment(state, to.map(|candidate| candidate.agent.clone()))])
}

/// Only what waits is dealt: anything else has moved on since.
pub(super) fn deal(state: &State, to: &Candidate) -> Result<Vec<Event>, Refusal> {
    if !to.assignable {
        return Err(Refusal::NotAssignable);
    }
    Ok(state.waiter().map(|_| assignment(state, Some(to.agent.clone()))).into_iter().collect())
}

/// Taken up again, a conversation goes back to its last agent, once there is a slot of his for it.
#[must_use]
pub fn returned(state: &State) -> Option<Event> {
    state.returns_to.clone().map(|agent| assignment(state, Some(agent)))
}

pub(super) fn assignment(state: &State, to: Option<AgentRef>) -> Event {
    let epoch = state.assignment_epoch.saturating_add(1);
    Event::Assignment { from: state.assignee.clone(), to, epoch, forced: false }
}
