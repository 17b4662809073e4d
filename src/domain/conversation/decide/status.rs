//! How a conversation stands, and who may change that.

use super::allow;
use crate::domain::conversation::event::Event;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State;
use crate::domain::conversation::status::Status;
use crate::domain::people::member::Member;
use crate::domain::people::permission::Capability;
use crate::domain::time::Instant;

pub(super) fn with_status(state: &State, event: Event, to: Status) -> Vec<Event> {
    let mut events = vec![event];
    events.extend(change(state, to, None));
    events
}

pub(super) fn change(state: &State, to: Status, until: Option<Instant>) -> Option<Event> {
    let same = state.status == to && state.snoozed_until == until;
    (!same).then_some(Event::Status { from: state.status, to, until })
}

/// A customer's message makes a conversation wait for an agent, whatever it was (specification Z1): one that nobody has
/// answered yet is new, even if it was put aside.
pub(super) const fn answered_by_customer(state: &State) -> Status {
    match state.status {
        Status::New => Status::New,
        Status::Snoozed => state.woken_status(),
        _ => Status::Open,
    }
}

pub(super) fn customer_sets_status(state: &State, to: Status) -> Result<Vec<Event>, Refusal> {
    match (state.public_status, to) {
        (Status::Closed, Status::Open) | (_, Status::Closed) => Ok(change(state, to, None).into_iter().collect()),
        (from, to) if from == to => Ok(Vec::new()),
        (from, to) => Err(Refusal::IllegalTransition { from, to }),
    }
}

pub(super) fn agent_sets_status(
    state: &State,
    member: &Member,
    to: Status,
    until: Option<Instant>,
    now: Instant,
) -> Result<Vec<Event>, Refusal> {
    allow(state, member, capability_to_change(state.status, to))?;
    set_status(state, to, until, now)
}

pub(super) fn set_status(
    state: &State,
    to: Status,
    until: Option<Instant>,
    now: Instant,
) -> Result<Vec<Event>, Refusal> {
    match (to, until) {
        (Status::Snoozed, Some(at)) if at > now => {}
        (Status::Snoozed, _) => {
            let detail = "Say until when, in the future.".to_owned();
            return Err(Refusal::Invalid { field: "until".to_owned(), detail, fault: "in_the_future".to_owned() });
        }
        (_, Some(_)) => {
            let detail = "Only a snooze ends at an instant.".to_owned();
            return Err(Refusal::Invalid { field: "until".to_owned(), detail, fault: "not_expected".to_owned() });
        }
        (_, None) => {}
    }
    if state.status != to && !follows(state.status, to) {
        return Err(Refusal::IllegalTransition { from: state.status, to });
    }
    Ok(change(state, to, until).into_iter().collect())
}

const fn capability_to_change(from: Status, to: Status) -> Capability {
    match (from, to) {
        (_, Status::Closed) => Capability::ConversationClose,
        (Status::Closed, _) => Capability::ConversationReopen,
        (Status::Snoozed, _) | (_, Status::Snoozed) => Capability::ConversationSnooze,
        _ => Capability::ConversationReply,
    }
}

/// Whether an agent may set this status after that one by hand.
#[must_use]
pub const fn follows(from: Status, to: Status) -> bool {
    match to {
        Status::New => false,
        Status::Open => matches!(from, Status::Closed | Status::Pending | Status::Snoozed),
        Status::Pending => matches!(from, Status::New | Status::Open | Status::Snoozed),
        Status::Closed => !matches!(from, Status::Closed),
        Status::Snoozed => !matches!(from, Status::Closed),
    }
}
