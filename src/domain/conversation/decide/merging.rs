//! Two conversations of one customer become one ([`crate::domain::conversation::merge`]).

use super::status::{answered_by_customer, change};
use super::{allow, next_link};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Event;
use crate::domain::conversation::label::{MOST_TAGS, TagRef};
use crate::domain::conversation::merge::{ConversationRef, Source};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State;
use crate::domain::id::ContactId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::Capability;

/// Whoever writes to a conversation that was merged is told where it goes on, if he may know of it at all. What its customer
/// and its tags are called it still learns, and it leaves a folder that is deleted: nothing is said in it by that.
pub(super) fn is_not_merged(state: &State, actor: &Actor, command: &Command) -> Result<(), Refusal> {
    let Some(into) = &state.merged_into else { return Ok(()) };
    match (actor, command) {
        (Actor::System, Command::Tick | Command::HandOver { .. } | Command::ConcludeMerge { .. }) => return Ok(()),
        (Actor::System, Command::SetContact { .. } | Command::SetTag { .. } | Command::LeaveFolder { .. }) => {
            return Ok(());
        }
        (Actor::Agent(member), _) => allow(state, member, Capability::ConversationView)?,
        (Actor::Customer { .. } | Actor::Automation { .. } | Actor::System, _) => {}
    }
    Err(Refusal::Merged { into: into.clone() })
}

/// Only what the same customer wrote is merged: nobody reads on one page what another one wrote.
fn is_of_contact(state: &State, contact: ContactId) -> Result<(), Refusal> {
    if state.contact.id == contact {
        return Ok(());
    }
    let detail = "Only conversations of the same contact can be merged.".to_owned();
    Err(Refusal::Invalid { field: "into".to_owned(), detail, fault: "another_contact".to_owned() })
}

pub(super) fn merge(
    state: &State,
    member: &Member,
    into: &ConversationRef,
    contact: ContactId,
) -> Result<Vec<Event>, Refusal> {
    allow(state, member, Capability::ConversationMerge)?;
    is_of_contact(state, contact)?;
    if into.id == state.id {
        let detail = "A conversation cannot be merged into itself.".to_owned();
        return Err(Refusal::Invalid { field: "into".to_owned(), detail, fault: "itself".to_owned() });
    }
    Ok(vec![Event::Merged { into: into.clone() }])
}

/// What a customer waits for there, he waits for here from now on, by a new link: whoever holds one of the old links need not
/// be the one who may read both.
pub(super) fn absorb(state: &State, member: &Member, source: &Source) -> Result<Vec<Event>, Refusal> {
    let id = source.conversation.id;
    if state.has_taken_in(id) {
        return Ok(Vec::new());
    }
    allow(state, member, Capability::ConversationMerge)?;
    if source.company != state.company_id || id == state.id {
        return Err(Refusal::NotFound);
    }
    is_of_contact(state, source.contact)?;
    has_room_for_tags(state, &source.brings.tags)?;
    let replaced = next_link(state)?;
    let mut events = source.events();
    if source.waits() {
        events.extend(change(state, answered_by_customer(state), None));
    }
    events.push(replaced);
    Ok(events)
}

/// No tag is lost on the way.
fn has_room_for_tags(state: &State, tags: &[TagRef]) -> Result<(), Refusal> {
    let is_new = |tag: &&TagRef| !state.tags.iter().any(|known| known.id == tag.id);
    let together = state.tags.len().saturating_add(tags.iter().filter(is_new).count());
    if together <= MOST_TAGS {
        return Ok(());
    }
    let detail = format!("Together they have {together} tags, and a conversation has {MOST_TAGS} at most.");
    Err(Refusal::Invalid { field: "into".to_owned(), detail, fault: "too_many_tags".to_owned() })
}
