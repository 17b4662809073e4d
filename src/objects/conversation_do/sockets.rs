//! The sockets of one conversation: who listens, and what each may hear.

use super::super::cut::SIGNED_OUT;
use super::super::socket::{close, recall, remember, send};
use super::protocol::SocketOpening;
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::Entry;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::conversation::view::{AgentEvent, AgentName, ConversationView, PublicConversation, PublicEvent};
use crate::domain::id::ClientId;
use crate::domain::people::permission::{Capability, permit};
use crate::domain::translation::Translation;
use serde::Serialize;
use serde_json::{Value, json};
use worker::{State, WebSocket};

/// Tag of the sockets of agents.
const AGENTS: &str = "agent";
/// Tag of the sockets of the customer.
const CUSTOMERS: &str = "customer";

/// Takes a socket in, remembering whose it is while the object sleeps.
pub fn accept(object: &State, socket: &WebSocket, opening: &SocketOpening) -> worker::Result<()> {
    match opening.holder.map(|holder| holder.tags()) {
        Some([session, agent]) => object.accept_websocket_with_tags(socket, &[AGENTS, &session, &agent]),
        None => object.accept_websocket_with_tags(socket, &[CUSTOMERS]),
    }
    remember(socket, opening)
}

/// Whose socket it is; none for one that was never accepted.
pub fn owner(socket: &WebSocket) -> Option<SocketOpening> {
    recall(socket)
}

/// Whether the customer has the conversation open somewhere.
pub fn customer_listens(object: &State) -> bool {
    !object.get_websockets_with_tag(CUSTOMERS).is_empty()
}

/// Tells everybody what happened: agents all of it, the customer what is his.
pub fn broadcast(object: &State, before: Option<&Conversation>, after: &Conversation, entries: &[Entry]) {
    let agents = listeners(object, after);
    if !agents.is_empty() {
        let view = ConversationView::from(after);
        let changed = before.is_none_or(|before| heading(&ConversationView::from(before)) != heading(&view));
        let last = entries.last().map(|entry| entry.seq);
        for entry in entries {
            let with = (changed && Some(entry.seq) == last).then(|| json!(view));
            send_to(&agents, &event_frame(entry.seq, &AgentEvent::from(entry.clone()), with));
        }
    }
    let customers = customers(object, after);
    if !customers.is_empty() {
        let public: Vec<PublicEvent> = entries.iter().filter_map(PublicEvent::of).collect();
        let view = PublicConversation::from(after);
        let changed = before.map(PublicConversation::from).is_none_or(|mut before| {
            before.head = view.head;
            before != view
        });
        let last = public.last().map(|event| event.seq);
        for event in &public {
            let with = (changed && Some(event.seq) == last).then(|| json!(view));
            send_to(&customers, &event_frame(event.seq, event, with));
        }
    }
}

/// Tells the other sockets that somebody is writing.
pub fn broadcast_typing(object: &State, from: &WebSocket, by: &Actor, conversation: &Conversation) {
    let (inside, outside) = match by {
        Actor::Agent(member) => (member.name.as_str(), member.public_name.as_str()),
        _ => (conversation.contact.name.as_str(), conversation.contact.name.as_str()),
    };
    let side = if matches!(by, Actor::Agent(_)) { "agent" } else { "customer" };
    let frame = |who: &str| json!({ "type": "typing", "who": who, "by": side }).to_string();
    let others = |sockets: Vec<WebSocket>| sockets.into_iter().filter(|socket| socket != from).collect::<Vec<_>>();
    send_to(&others(listeners(object, conversation)), &frame(inside));
    // Who may only comment inside is not writing to the customer.
    let writes_to_customer = match by {
        Actor::Agent(member) => permit(member, Capability::ConversationReply, conversation.relation_to(member)).is_ok(),
        _ => true,
    };
    if writes_to_customer {
        send_to(&others(customers(object, conversation)), &frame(outside));
    }
}

/// Tells agents how far the customer has read, in their numbers.
pub fn broadcast_customer_read(object: &State, conversation: &Conversation, seq: u64) {
    send_to(&listeners(object, conversation), &customer_read_frame(seq));
}

/// Tells the colleagues of an agent how far he has read, in their numbers.
pub fn broadcast_agent_read(
    object: &State,
    from: &WebSocket,
    conversation: &Conversation,
    agent: &AgentName,
    seq: u64,
) {
    let mut others = listeners(object, conversation);
    others.retain(|socket| socket != from);
    send_to(&others, &json!({ "type": "read", "who": "agent", "agent": agent, "seq": seq }).to_string());
}

/// Tells the customer how far somebody has read what he wrote, in his own numbers; who it was is the company's affair.
pub fn broadcast_company_read(object: &State, conversation: &Conversation, seq: u64) {
    send_to(&customers(object, conversation), &company_read_frame(seq));
}

/// Tells the customer that an answer is there in his language, and agents what he reads.
pub fn broadcast_translation(object: &State, conversation: &Conversation, translation: &Translation, pub_seq: u64) {
    send_to(&listeners(object, conversation), &translation_frame(translation));
    let his = Translation { seq: pub_seq, ..translation.clone() };
    send_to(&customers(object, conversation), &translation_frame(&his));
}

/// Sends the translations that a client may have missed.
pub fn catch_up_translations(socket: &WebSocket, translations: &[Translation]) {
    for translation in translations {
        send(socket, &translation_frame(translation));
    }
}

fn translation_frame(translation: &Translation) -> String {
    json!({ "type": "translation", "seq": translation.seq, "translation": translation }).to_string()
}

/// Tells a client that was just taken in how far the other side has read; nothing where it has not.
pub fn tell_read(socket: &WebSocket, actor: &Actor, seq: u64) {
    match actor {
        _ if seq == 0 => {}
        Actor::Customer { .. } => send(socket, &company_read_frame(seq)),
        _ => send(socket, &customer_read_frame(seq)),
    }
}

fn customer_read_frame(seq: u64) -> String {
    json!({ "type": "read", "who": "customer", "seq": seq }).to_string()
}

fn company_read_frame(seq: u64) -> String {
    json!({ "type": "read", "who": "agent", "seq": seq }).to_string()
}

/// Tells agents which of them have the conversation open; a socket that is closing counts no more. Answers who they are.
pub fn broadcast_viewers(object: &State, conversation: &Conversation, closing: Option<&WebSocket>) -> Vec<AgentName> {
    let mut listeners = listeners(object, conversation);
    listeners.retain(|socket| Some(socket) != closing);
    let mut agents = Vec::new();
    for socket in &listeners {
        if let Some(Actor::Agent(member)) = owner(socket).map(|owner| owner.actor)
            && !agents.iter().any(|known: &AgentName| known.id == member.id)
        {
            agents.push(AgentName { id: member.id, name: member.name });
        }
    }
    agents.sort_by(|one, other| one.name.cmp(&other.name));
    send_to(&listeners, &json!({ "type": "viewing", "agents": agents }).to_string());
    agents
}

/// What a socket is told first.
pub fn hello(socket: &WebSocket, head: u64) {
    send(socket, &json!({ "type": "hello", "head": head }).to_string());
}

/// Tells a client that it asked for a position the log does not have: it has to start over.
pub fn resync(socket: &WebSocket, head: u64) {
    send(socket, &json!({ "type": "resync", "head": head }).to_string());
}

/// Sends the events a client has missed.
pub fn catch_up(socket: &WebSocket, actor: &Actor, entries: Vec<Entry>) {
    for entry in entries {
        match actor {
            Actor::Customer { .. } => {
                if let Some(event) = PublicEvent::of(&entry) {
                    send(socket, &event_frame(event.seq, &event, None));
                }
            }
            _ => send(socket, &event_frame(entry.seq, &AgentEvent::from(entry), None)),
        }
    }
}

/// Tells a client that its words are in the log.
pub fn acknowledge(socket: &WebSocket, client_id: ClientId, seq: u64) {
    send(socket, &json!({ "type": "ack", "client_id": client_id, "seq": seq }).to_string());
}

/// Tells a client that its words are not in the log.
pub fn refuse(socket: &WebSocket, client_id: ClientId, refusal: &Refusal) {
    let problem = crate::http::problem::Problem::from(refusal.clone());
    let frame =
        json!({ "type": "refused", "client_id": client_id, "code": problem.code(), "detail": problem.detail() });
    send(socket, &frame.to_string());
}

/// The agents' sockets whose owners may (still) see the conversation; the others are closed.
fn listeners(object: &State, conversation: &Conversation) -> Vec<WebSocket> {
    let mut listeners = object.get_websockets_with_tag(AGENTS);
    listeners.retain(|socket| {
        let sees = owner(socket).is_some_and(|owner| match &owner.actor {
            Actor::Agent(member) => {
                permit(member, Capability::ConversationView, conversation.relation_to(member)).is_ok()
            }
            _ => false,
        });
        if !sees {
            close(socket, 4404, "no longer visible");
        }
        sees
    });
    listeners
}

/// The customer's sockets; those that were opened with a link that opens nothing any more are closed.
fn customers(object: &State, conversation: &Conversation) -> Vec<WebSocket> {
    let mut customers = object.get_websockets_with_tag(CUSTOMERS);
    customers.retain(|socket| {
        let holds = owner(socket).is_some_and(|owner| match owner.actor {
            Actor::Customer { link_version } => conversation.opens_by(link_version).is_ok(),
            _ => false,
        });
        if !holds {
            close(socket, SIGNED_OUT, "the link was replaced");
        }
        holds
    });
    customers
}

/// What of a conversation a list or a heading shows, without what every message changes.
fn heading(view: &ConversationView) -> impl PartialEq {
    (
        view.status,
        view.folder.clone(),
        view.team.clone(),
        view.business_unit.clone(),
        view.assignee.clone(),
        view.participants.clone(),
        view.assignment_epoch,
        view.snoozed_until,
        view.closes_at.is_some(),
        (view.tags.clone(), view.priority, view.followers.clone(), view.rating.clone(), view.contact.clone()),
        (view.merged_into.clone(), view.merged_from.len()),
        (view.escalated_at, view.waiting_since.is_some()),
    )
}

fn event_frame(seq: u64, event: &impl Serialize, conversation: Option<Value>) -> String {
    let mut frame = json!({ "type": "event", "seq": seq, "event": event });
    if let (Some(conversation), Some(fields)) = (conversation, frame.as_object_mut()) {
        fields.insert("conversation".to_owned(), conversation);
    }
    frame.to_string()
}

fn send_to(sockets: &[WebSocket], frame: &str) {
    for socket in sockets {
        send(socket, frame);
    }
}
