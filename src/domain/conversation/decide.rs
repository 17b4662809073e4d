//! The one place where a conversation decides. Nothing changes a conversation but the events this answers.

use super::attachment::Attachment;
use super::command::{Actor, Candidate, Command, Opening};
use super::event::{AgentRef, Author, Channel, Event, FolderRef, TeamRef};
use super::label::{MOST_TAGS, Priority, TagRef};
use super::merge::{ConversationRef, Source};
use super::rating::Rating;
use super::refusal::Refusal;
use super::state::{Place, State};
use super::status::Status;
use super::terms::Escalation;
use super::upload;
use crate::domain::id::{AgentId, ContactId, TagId};
use crate::domain::input;
use crate::domain::order::step::OrderStep;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, ScopeSet, permit, scope_of};
use crate::domain::time::Instant;

/// What opening a conversation makes happen. One that an agent starts waits for its customer.
///
/// # Errors
/// [`Refusal::Invalid`] when the subject or the first message cannot be shown; [`Refusal::Forbidden`] where an agent
/// answers nobody.
pub fn open(opening: &Opening, actor: &Actor) -> Result<Vec<Event>, Refusal> {
    let by_agent = match actor {
        Actor::Agent(member) => {
            let capability = Capability::ConversationReply;
            if member.is_confined() || scope_of(member, capability) == ScopeSet::NONE {
                return Err(Refusal::Forbidden { missing: capability });
            }
            true
        }
        _ => false,
    };
    let subject = input::line("subject", &opening.subject)?;
    let opened = Event::Opened { subject, channel: opening.channel };
    let waits = Event::Status { from: Status::New, to: Status::Pending, until: None };
    let events = [Some(opened), Some(message(&opening.body, &opening.attachments)?), by_agent.then_some(waits)];
    Ok(events.into_iter().flatten().collect())
}

/// Decides a command to an existing conversation: the events it makes happen, none when everything is as asked.
///
/// # Errors
/// The [`Refusal`], by which nothing changes.
pub fn decide(state: &State, actor: &Actor, command: &Command, now: Instant) -> Result<Vec<Event>, Refusal> {
    if let Actor::Customer { link_version } = actor {
        state.opens_by(*link_version)?;
    }
    is_not_merged(state, actor, command)?;
    match (command, actor) {
        (Command::Message { body, attachments }, Actor::Customer { .. }) => {
            Ok(with_status(state, message(body, attachments)?, answered_by_customer(state)))
        }
        (Command::Message { body, attachments }, Actor::Agent(member)) => {
            allow(state, member, Capability::ConversationReply)?;
            if state.status == Status::Closed {
                allow(state, member, Capability::ConversationReopen)?;
            }
            Ok(with_status(state, message(body, attachments)?, Status::Pending))
        }
        (Command::Message { body, attachments }, Actor::Automation { .. }) => Ok(vec![message(body, attachments)?]),
        (Command::Catalog { body, items }, Actor::Agent(member)) => {
            allow(state, member, Capability::CatalogSend)?;
            if state.status == Status::Closed {
                allow(state, member, Capability::ConversationReopen)?;
            }
            let body = input::text("text", body, input::MESSAGE_CHARACTERS)?;
            Ok(with_status(state, Event::Catalog { body, items: items.clone() }, Status::Pending))
        }
        (Command::TellOrder { by, step }, Actor::System) => Ok(told_of_order(state, by, step)),
        (Command::Note { body, attachments, mentions }, Actor::Agent(member)) => {
            allow(state, member, Capability::ConversationCommentInternal)?;
            note(state, member, body, attachments, mentions)
        }
        (Command::Note { body, attachments, .. }, Actor::Automation { .. }) => {
            let body = words(body, attachments)?;
            Ok(vec![Event::Note { body, attachments: attachments.clone(), mentions: Vec::new() }])
        }
        (Command::SetStatus { status, .. }, Actor::Customer { .. }) => customer_sets_status(state, *status),
        (Command::SetStatus { status, until }, Actor::Agent(member)) => {
            agent_sets_status(state, member, *status, *until, now)
        }
        (Command::SetStatus { status, until }, Actor::Automation { .. }) => set_status(state, *status, *until, now),
        (Command::Claim { dealt }, Actor::Agent(member)) => claim(state, member, *dealt),
        (Command::Assign { to, if_epoch, force }, Actor::Agent(member)) => {
            if *force {
                allow(state, member, Capability::StatusBoardAct)?;
            }
            assign(state, member, to.as_ref(), *if_epoch)
        }
        (Command::Assign { to, .. }, Actor::Automation { .. }) => reassign(state, to.as_ref()),
        (Command::Deal { to }, Actor::Agent(member)) if to.agent.id == member.id => {
            if state.place().is_dealt_to(member) { deal(state, to) } else { Err(Refusal::NotFound) }
        }
        (Command::Deal { to }, Actor::System) => deal(state, to),
        (Command::SetFolder { to }, Actor::Agent(member)) => sort(state, member, to.as_ref()),
        (Command::SetTeam { to }, Actor::Agent(member)) => give_to_team(state, member, to.as_ref()),
        (Command::SetFolder { to }, Actor::Automation { .. }) => Ok(into_folder(state, to.as_ref())),
        (Command::SetTeam { to }, Actor::Automation { .. }) => Ok(to_team(state, to.as_ref())),
        (Command::SetTag { tag, on }, Actor::Agent(member)) => {
            allow(state, member, Capability::ConversationTag)?;
            label(state, tag, *on)
        }
        (Command::SetTag { tag, on }, Actor::Automation { .. }) => label(state, tag, *on),
        // A tag was renamed or recoloured: what has it, has it as it is now.
        (Command::SetTag { tag, on: true }, Actor::System) => {
            let known = state.tags.iter().find(|known| known.id == tag.id && *known != tag);
            Ok(known.map(|_| Event::Tag { tag: tag.clone(), on: true }).into_iter().collect())
        }
        (Command::ReplaceTag { tag, by }, Actor::System) => Ok(replace_tag(state, *tag, by)),
        (Command::DropTag { tag }, Actor::System) => {
            let known = state.tags.iter().find(|known| known.id == *tag);
            Ok(known.map(|tag| Event::Tag { tag: tag.clone(), on: false }).into_iter().collect())
        }
        (Command::SetPriority { priority }, Actor::Agent(member)) => {
            allow(state, member, Capability::ConversationTag)?;
            Ok(prioritise(state, *priority))
        }
        (Command::SetPriority { priority }, Actor::Automation { .. }) => Ok(prioritise(state, *priority)),
        (Command::Follow { who, on }, Actor::Agent(member)) => follow(state, member, who, *on),
        (Command::Rate { rating }, Actor::Customer { .. }) => rate(state, rating),
        (Command::SetContact { contact }, Actor::System) if contact.id == state.contact.id => {
            let same = *contact == state.contact;
            let event = Event::Contact { from: state.contact.clone(), to: contact.clone() };
            Ok((!same).then_some(event).into_iter().collect())
        }
        (Command::LeaveFolder { folder }, Actor::System) => {
            let from = state.folder.clone().filter(|known| known.id == *folder);
            Ok(from.map(|from| Event::Folder { from: Some(from), to: None }).into_iter().collect())
        }
        (Command::ReplaceLink, Actor::Agent(member)) => replace_link(state, member),
        (Command::Merge { into, contact }, Actor::Agent(member)) => merge(state, member, into, *contact),
        (Command::Absorb { source }, Actor::Agent(member)) => absorb(state, member, source),
        (Command::ConcludeMerge { into, .. }, Actor::System) => {
            let merged = Event::Merged { into: into.clone() };
            Ok(state.merged_into.is_none().then_some(merged).into_iter().collect())
        }
        (Command::HandOver { from, to }, Actor::System) => hand_over(state, *from, to.as_ref()),
        (Command::Tick, Actor::System) => Ok(due(state, now)),
        // A customer's comments or claims, a second opening: there is nothing of the kind.
        _ => Err(Refusal::NotFound),
    }
}

/// The author that an actor's events carry; of what Edgedesk concludes or tells for somebody, that one.
#[must_use]
pub fn author(state: &State, actor: &Actor, command: &Command) -> Author {
    match actor {
        Actor::System if let Command::ConcludeMerge { by, .. } = command => Author::Agent(by.clone()),
        Actor::System if let Command::TellOrder { by, .. } = command => by.clone(),
        Actor::Customer { .. } => Author::Customer { name: state.contact.name.clone() },
        Actor::Agent(member) => Author::Agent(AgentRef::from(member)),
        Actor::Automation { rule } => Author::Automation(rule.clone()),
        Actor::System => Author::System,
    }
}

fn allow(state: &State, member: &Member, capability: Capability) -> Result<(), Refusal> {
    Ok(permit(member, capability, state.relation_to(member))?)
}

/// Whoever writes to a conversation that was merged is told where it goes on, if he may know of it at all. What its customer
/// and its tags are called it still learns, and it leaves a folder that is deleted: nothing is said in it by that.
fn is_not_merged(state: &State, actor: &Actor, command: &Command) -> Result<(), Refusal> {
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

fn merge(state: &State, member: &Member, into: &ConversationRef, contact: ContactId) -> Result<Vec<Event>, Refusal> {
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
fn absorb(state: &State, member: &Member, source: &Source) -> Result<Vec<Event>, Refusal> {
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

fn message(body: &str, attachments: &[Attachment]) -> Result<Event, Refusal> {
    Ok(Event::Message { body: words(body, attachments)?, attachments: attachments.to_vec() })
}

/// The words of a message; where files speak for themselves, there need be none.
fn words(body: &str, attachments: &[Attachment]) -> Result<String, Refusal> {
    upload::together(attachments.iter().map(|file| u64::from(file.size)))?;
    let words = if attachments.is_empty() {
        input::message("body", body)
    } else {
        input::text("body", body, input::MESSAGE_CHARACTERS)
    };
    Ok(words?)
}

/// An internal comment; whoever it mentions and does not see the conversation yet follows it from then on.
fn note(
    state: &State,
    member: &Member,
    body: &str,
    attachments: &[Attachment],
    mentions: &[Member],
) -> Result<Vec<Event>, Refusal> {
    let named = mentions.iter().map(AgentRef::from).collect();
    let body = words(body, attachments)?;
    let mut events = vec![Event::Note { body, attachments: attachments.to_vec(), mentions: named }];
    for who in mentions {
        if permit(who, Capability::ConversationView, state.relation_to(who)).is_err() {
            events.extend(follow(state, member, who, true)?);
        }
    }
    Ok(events)
}

/// Whoever sees a conversation may follow it. To show it to somebody who does not see it takes the right to give it away.
fn follow(state: &State, member: &Member, who: &Member, on: bool) -> Result<Vec<Event>, Refusal> {
    permit(member, Capability::ConversationView, state.relation_to(member))?;
    let relation = state.relation_to(who);
    let sees = permit(who, Capability::ConversationView, relation).is_ok();
    if on && !sees {
        let would_see = permit(who, Capability::ConversationView, relation.with(ScopeSet::of(&[Scope::Participating])));
        let may_show = permit(member, Capability::ConversationAssignOther, state.relation_to(member));
        if would_see.is_err() || may_show.is_err() {
            let detail = format!("{} may not see this conversation.", who.name);
            return Err(Refusal::Invalid { field: "mentions".to_owned(), detail, fault: "may_not_see".to_owned() });
        }
    }
    if !on && who.id != member.id {
        allow(state, member, Capability::ConversationAssignOther)?;
    }
    let follows = state.followers.iter().any(|agent| agent.id == who.id);
    Ok(if follows == on { Vec::new() } else { vec![Event::Participant { agent: AgentRef::from(who), on }] })
}

/// A step by which one side asks something of the other makes it that one's turn, as words would.
fn told_of_order(state: &State, by: &Author, step: &OrderStep) -> Vec<Event> {
    let event = Event::Order(step.clone());
    match by {
        Author::Customer { .. } if step.asks_agents() => with_status(state, event, answered_by_customer(state)),
        Author::Agent(_) if step.asks_customer() => with_status(state, event, Status::Pending),
        _ => vec![event],
    }
}

fn label(state: &State, tag: &TagRef, on: bool) -> Result<Vec<Event>, Refusal> {
    let has = state.tags.iter().any(|known| known.id == tag.id);
    if on && !has && state.tags.len() >= MOST_TAGS {
        let detail = format!("A conversation has {MOST_TAGS} tags at most.");
        return Err(Refusal::Invalid { field: "tag".to_owned(), detail, fault: "too_many".to_owned() });
    }
    Ok(if has == on { Vec::new() } else { vec![Event::Tag { tag: tag.clone(), on }] })
}

/// Of two tags that become one, a conversation has the other, once.
fn replace_tag(state: &State, tag: TagId, by: &TagRef) -> Vec<Event> {
    let Some(known) = state.tags.iter().find(|known| known.id == tag) else { return Vec::new() };
    let off = Event::Tag { tag: known.clone(), on: false };
    let has = state.tags.iter().any(|known| known.id == by.id);
    let on = (!has).then(|| Event::Tag { tag: by.clone(), on: true });
    [Some(off), on].into_iter().flatten().collect()
}

fn prioritise(state: &State, to: Priority) -> Vec<Event> {
    if state.priority == to { Vec::new() } else { vec![Event::Priority { from: state.priority, to }] }
}

/// Whoever was served says how, from the first agent on.
fn rate(state: &State, rating: &Rating) -> Result<Vec<Event>, Refusal> {
    let rating = rating.checked()?;
    if state.participants.is_empty() && state.public_status != Status::Closed {
        let detail = "Nobody has served you yet.".to_owned();
        return Err(Refusal::Invalid { field: "score".to_owned(), detail, fault: "too_early".to_owned() });
    }
    Ok(if state.rating.as_ref() == Some(&rating) { Vec::new() } else { vec![Event::Rating(rating)] })
}

fn with_status(state: &State, event: Event, to: Status) -> Vec<Event> {
    let mut events = vec![event];
    events.extend(change(state, to, None));
    events
}

fn change(state: &State, to: Status, until: Option<Instant>) -> Option<Event> {
    let same = state.status == to && state.snoozed_until == until;
    (!same).then_some(Event::Status { from: state.status, to, until })
}

/// A customer's message makes a conversation wait for an agent, whatever it was (specification Z1): one that nobody has
/// answered yet is new, even if it was put aside.
const fn answered_by_customer(state: &State) -> Status {
    match state.status {
        Status::New => Status::New,
        Status::Snoozed => state.woken_status(),
        _ => Status::Open,
    }
}

fn customer_sets_status(state: &State, to: Status) -> Result<Vec<Event>, Refusal> {
    match (state.public_status, to) {
        (Status::Closed, Status::Open) | (_, Status::Closed) => Ok(change(state, to, None).into_iter().collect()),
        (from, to) if from == to => Ok(Vec::new()),
        (from, to) => Err(Refusal::IllegalTransition { from, to }),
    }
}

fn agent_sets_status(
    state: &State,
    member: &Member,
    to: Status,
    until: Option<Instant>,
    now: Instant,
) -> Result<Vec<Event>, Refusal> {
    allow(state, member, capability_to_change(state.status, to))?;
    set_status(state, to, until, now)
}

fn set_status(state: &State, to: Status, until: Option<Instant>, now: Instant) -> Result<Vec<Event>, Refusal> {
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

fn claim(state: &State, member: &Member, dealt: bool) -> Result<Vec<Event>, Refusal> {
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

fn assign(
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

fn reassign(state: &State, to: Option<&Candidate>) -> Result<Vec<Event>, Refusal> {
    if to.is_some_and(|candidate| !candidate.assignable) {
        return Err(Refusal::NotAssignable);
    }
    if state.status == Status::Closed {
        return Err(Refusal::ConversationClosed);
    }
    let same = state.assignee.as_ref().map(|a| a.id) == to.map(|candidate| candidate.agent.id);
    Ok(if same { Vec::new() } else { vec![assignment(state, to.map(|candidate| candidate.agent.clone()))] })
}

/// Whoever distributes sorts anywhere; a right in folders lets one sort into and out of those (specification D2).
fn sort(state: &State, member: &Member, to: Option<&FolderRef>) -> Result<Vec<Event>, Refusal> {
    let relation = state.relation_to(member);
    permit(member, Capability::ConversationView, relation)?;
    let everywhere = scope_of(member, Capability::ConversationAssignFolder)
        .without_folder_rights()
        .meets(relation.with(ScopeSet::ALL));
    let by_right = |folder: &FolderRef| member.assigns_in(folder.id);
    let ends_by_right = state.folder.iter().chain(to).all(by_right) && (state.folder.is_some() || to.is_some());
    if !everywhere && !ends_by_right {
        return Err(Refusal::Forbidden { missing: Capability::ConversationAssignFolder });
    }
    Ok(into_folder(state, to))
}

fn into_folder(state: &State, to: Option<&FolderRef>) -> Vec<Event> {
    let same = state.folder.as_ref().map(|folder| folder.id) == to.map(|folder| folder.id);
    if same { Vec::new() } else { vec![Event::Folder { from: state.folder.clone(), to: to.cloned() }] }
}

fn give_to_team(state: &State, member: &Member, to: Option<&TeamRef>) -> Result<Vec<Event>, Refusal> {
    allow(state, member, Capability::ConversationAssignTeam)?;
    Ok(to_team(state, to))
}

fn to_team(state: &State, to: Option<&TeamRef>) -> Vec<Event> {
    let same = state.team.as_ref().map(|team| team.id) == to.map(|team| team.id);
    if same { Vec::new() } else { vec![Event::Team { from: state.team.clone(), to: to.cloned() }] }
}

/// Whoever writes to the customer may write him a new link.
fn replace_link(state: &State, member: &Member) -> Result<Vec<Event>, Refusal> {
    allow(state, member, Capability::ConversationReply)?;
    Ok(vec![next_link(state)?])
}

fn next_link(state: &State) -> Result<Event, Refusal> {
    let version = state.link_version.checked_add(1).ok_or_else(|| Refusal::Invalid {
        field: "link".to_owned(),
        detail: "The link of this conversation was replaced as often as it can be.".to_owned(),
        fault: "too_often".to_owned(),
    })?;
    Ok(Event::LinkReplaced { version })
}

fn hand_over(state: &State, from: AgentId, to: Option<&Candidate>) -> Result<Vec<Event>, Refusal> {
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
fn deal(state: &State, to: &Candidate) -> Result<Vec<Event>, Refusal> {
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

fn assignment(state: &State, to: Option<AgentRef>) -> Event {
    let epoch = state.assignment_epoch.saturating_add(1);
    Event::Assignment { from: state.assignee.clone(), to, epoch, forced: false }
}

/// What has come due: a pending conversation closes (specification A18, H7) after its customer was reminded (Z2), a
/// snooze ends, a customer has waited for too long.
fn due(state: &State, now: Instant) -> Vec<Event> {
    if state.closes_at.is_some_and(|at| at <= now) {
        change(state, Status::Closed, None).into_iter().collect()
    } else if state.snoozed_until.is_some_and(|at| at <= now) {
        change(state, state.woken_status(), None).into_iter().collect()
    } else if state.escalates_at().is_some_and(|at| at <= now) {
        let back = state.terms.escalation == Escalation::Queue && state.assignee.is_some();
        [Some(Event::Escalated), back.then(|| assignment(state, None))].into_iter().flatten().collect()
    } else if state.reminds_at.is_some_and(|at| at <= now) {
        vec![Event::Reminded]
    } else {
        Vec::new()
    }
}
