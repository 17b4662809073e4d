//! Whose dashboards are open. What a member may see is read from his socket once, not for every frame.

use super::Core;
use super::protocol::DashboardOpening;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use crate::objects::socket::recall;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::WebSocket;

/// A member as he was when he opened a dashboard last.
pub struct Listener {
    member: Rc<Member>,
    checked_at: Instant,
}

impl Core {
    /// A dashboard was opened. Whoever's rights change comes again, so the newest opening says what is.
    pub(super) fn listens(&self, opening: &DashboardOpening) {
        let mut listeners = self.listeners.borrow_mut();
        if let Some(listeners) = listeners.as_mut() {
            add(listeners, opening);
        }
    }

    /// Everybody whose dashboards are open, with their sockets.
    pub(super) fn audience(&self) -> Vec<(Rc<Member>, Vec<WebSocket>)> {
        let mut listeners = self.listeners.borrow_mut();
        let listeners = listeners.get_or_insert_with(|| {
            // Just woken: the sockets know.
            let mut listeners = BTreeMap::new();
            let openings = self.object.get_websockets().into_iter().filter_map(|socket| recall(&socket));
            openings.for_each(|opening| add(&mut listeners, &opening));
            listeners
        });
        let mut audience = Vec::with_capacity(listeners.len());
        listeners.retain(|agent, listener| {
            let sockets = self.sockets_of(*agent);
            let listens = !sockets.is_empty();
            if listens {
                audience.push((Rc::clone(&listener.member), sockets));
            }
            listens
        });
        audience
    }

    pub(super) fn sockets_of(&self, agent: AgentId) -> Vec<WebSocket> {
        self.object.get_websockets_with_tag(&format!("agent:{agent}"))
    }
}

fn add(listeners: &mut BTreeMap<AgentId, Listener>, opening: &DashboardOpening) {
    let checked_at = opening.holder.checked_at;
    let known = listeners.get(&opening.member.id);
    if known.is_none_or(|known| known.checked_at <= checked_at) {
        listeners.insert(opening.member.id, Listener { member: Rc::new(opening.member.clone()), checked_at });
    }
}
