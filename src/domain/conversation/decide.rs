//! The one place where a conversation decides. Nothing changes a conversation but the events this answers.

mod assigning;
mod merging;
mod status;

pub use self::assigning::returned;
use self::assigning::{assign, assignment, claim, deal, hand_over, reassign};
use self::merging::{absorb, is_not_merged, merge};
pub use self::status::follows;
use self::status::{agent_sets_status, answered_by_customer, change, customer_sets_status, set_status, with_status};
use super::attachment::Attachment;
use super::command::{Actor, Command, Opening};
use super::event::{AgentRef, Author, Event, FolderRef, TeamRef};
use super::label::{MOST_TAGS, Priority, TagRef};
use super::rating::Rating;
use super::refusal::Refusal;
use super::state::State;
use super::status::Status;
use super::terms::Escalation;
use super::upload;
use crate::domain::id::TagId;
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
