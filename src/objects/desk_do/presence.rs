//! Who is there: by live sockets, and by people's own word.

use super::Core;
use super::protocol::{Availability, Board, OnBoard, Presence, Presences, Seen};
use crate::domain::assignment::ledger::Ledger;
use crate::domain::assignment::routing::Roster;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, permit_member, relation_between};
use crate::domain::time::{Instant, Span};
use crate::objects::socket::send;
use crate::platform::clock;
use serde_json::json;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Who closes his last dashboard counts as there for this long: a page that is loaded anew is back by then. He is given
/// nothing meanwhile.
pub(super) const GRACE: Span = Span::seconds(10);
/// The pause in which changes of presence and load are collected before dashboards are told.
const COLLECTED_FOR: Duration = Duration::from_millis(200);

/// When somebody was last there, and his own word.
#[derive(Clone, Copy, Debug)]
pub struct LastSeen {
    pub chosen: Availability,
    pub at: Instant,
}

impl LastSeen {
    /// Whether he says nothing against being given something.
    pub(super) fn is_online(&self) -> bool {
        self.chosen == Availability::Online
    }
}

impl Core {
    /// Somebody opened a dashboard: what waits for him is dealt at once.
    pub(super) fn came(core: &Rc<Self>, agent: AgentId) -> Result<()> {
        core.saw(agent, None)?;
        core.attends(agent)?;
        Self::tell_reports(core)?;
        core.tell_of([agent]);
        if core.sockets_of(agent).len() == 1 {
            core.viewer_changed(agent)?;
        }
        Self::dispatch(core)
    }

    /// Somebody closed one. It counts until this turn is over.
    pub(super) async fn left(core: &Rc<Self>, agent: AgentId) -> Result<()> {
        core.saw(agent, None)?;
        Self::may_have_left(core, agent);
        core.arm().await
    }

    /// Looks in a moment whether that was somebody's last dashboard.
    pub(super) fn may_have_left(core: &Rc<Self>, agent: AgentId) {
        let at = clock::now();
        Self::beside(core, "viewers", async move |this| {
            Delay::from(COLLECTED_FOR).await;
            if this.is_connected(agent) {
                return Ok(());
            }
            this.attended(agent, at)?;
            this.viewer_changed(agent)?;
            this.arm().await
        });
    }

    /// Somebody was there just now, and may have said whether he is.
    pub(super) fn saw(&self, agent: AgentId, said: Option<Availability>) -> Result<()> {
        let known = self.with_last_seen(|last| last.get(&agent).copied())?;
        let chosen = said.or(known.map(|known| known.chosen)).unwrap_or_default();
        let seen = LastSeen { chosen, at: clock::now() };
        self.tables()?.write_last_seen(agent, seen)?;
        self.last_seen.borrow_mut().get_or_insert_default().insert(agent, seen);
        Ok(())
    }

    pub(super) fn with_last_seen<T>(&self, read: impl FnOnce(&BTreeMap<AgentId, LastSeen>) -> T) -> Result<T> {
        if self.last_seen.borrow().is_none() {
            *self.last_seen.borrow_mut() = Some(self.tables()?.last_seen()?);
        }
        Ok(read(self.last_seen.borrow_mut().get_or_insert_default()))
    }

    /// Whether somebody can be given something now: a dashboard of his is open, and he says no different.
    pub(super) fn is_available(&self, agent: AgentId) -> bool {
        let is_online = self.with_last_seen(|last| last.get(&agent).is_some_and(LastSeen::is_online));
        is_online.unwrap_or_default() && self.is_connected(agent)
    }

    pub(super) fn is_connected(&self, agent: AgentId) -> bool {
        !self.sockets_of(agent).is_empty()
    }

    /// Whether anybody of those whom conversations are assigned to can take one more now.
    pub(super) fn is_staffed(&self) -> Result<bool> {
        let roster = self.roster()?;
        self.with_ledger(|ledger| {
            roster.colleagues.iter().any(|(agent, colleague)| {
                colleague.assignable() && ledger.load(*agent) < colleague.limit && self.is_available(*agent)
            })
        })
    }

    pub(super) fn presences(&self) -> Result<Presences> {
        let roster = self.roster()?;
        let last = self.with_last_seen(BTreeMap::clone)?;
        let now = clock::now();
        self.with_ledger(|ledger| {
            let known = roster.colleagues.keys().chain(last.keys());
            known.map(|agent| (*agent, self.seen(*agent, last.get(agent).copied(), &roster, ledger, now))).collect()
        })
    }

    pub(super) fn board(&self) -> Result<Board> {
        let presences = self.presences()?;
        self.with_ledger(|ledger| {
            let agents = presences.into_iter().map(|(agent, seen)| {
                let conversations = ledger.taken_by(agent).collect();
                (agent, OnBoard { seen, conversations })
            });
            Board {
                agents: agents.collect(),
                waiting: ledger.waiting(),
                longest_waiting_since: ledger.needs().map(|(_, since, _)| since).min(),
            }
        })
    }

    /// Dashboards are to be told of these people's presence and load.
    pub(super) fn tell_of(&self, agents: impl IntoIterator<Item = AgentId>) {
        self.to_be_told.borrow_mut().extend(agents);
    }

    /// Tells dashboards what was collected. Whoever begins waits for what follows closely.
    pub(super) fn tell_afterwards(core: &Rc<Self>) {
        if core.to_be_told.borrow().is_empty() || core.telling.replace(true) {
            return;
        }
        Self::beside(core, "presence", async move |this| {
            Delay::from(COLLECTED_FOR).await;
            this.telling.set(false);
            this.tell_dashboards()
        });
    }

    /// Those who have not come back within the grace.
    pub(super) fn tell_of_leavers(&self) -> Result<()> {
        let now = clock::now();
        let gone: Vec<AgentId> = self.with_last_seen(|last| {
            let ended = |seen: &LastSeen| seen.at.after(GRACE) <= now && now < seen.at.after(GRACE).after(GRACE);
            last.iter().filter(|(_, seen)| ended(seen)).map(|(agent, _)| *agent).collect()
        })?;
        self.tell_of(gone.into_iter().filter(|agent| !self.is_connected(*agent)));
        self.tell_dashboards()
    }

    /// When the next grace ends, of whoever may have left.
    pub(super) fn next_leaving(&self) -> Result<Option<Instant>> {
        let now = clock::now();
        self.with_last_seen(|last| last.values().map(|seen| seen.at.after(GRACE)).filter(|end| *end > now).min())
    }

    fn tell_dashboards(&self) -> Result<()> {
        let agents = self.to_be_told.take();
        if agents.is_empty() {
            return Ok(());
        }
        let (roster, presences) = (self.roster()?, self.presences()?);
        let frames: Vec<_> = agents
            .iter()
            .filter_map(|agent| {
                let (colleague, seen) = (roster.colleagues.get(agent)?, presences.get(agent)?);
                Some((&colleague.member, frame(&colleague.member, seen)))
            })
            .collect();
        for (viewer, sockets) in self.audience() {
            for (_, frame) in frames.iter().filter(|(member, _)| may_know(&viewer, member)) {
                sockets.iter().for_each(|socket| send(socket, frame));
            }
        }
        Ok(())
    }

    fn seen(&self, agent: AgentId, last: Option<LastSeen>, roster: &Roster, ledger: &Ledger, now: Instant) -> Seen {
        let connected = self.is_connected(agent);
        let there = connected || last.is_some_and(|last| now < last.at.after(GRACE));
        let chosen = last.map(|last| last.chosen).unwrap_or_default();
        let (open, limit) = (ledger.load(agent), roster.colleagues.get(&agent).map_or(0, |one| one.limit));
        let assignable = roster.colleagues.get(&agent).is_some_and(|one| one.assignable());
        let presence = match (there, chosen) {
            (false, _) => Presence::Offline,
            (true, Availability::Away) => Presence::Away,
            (true, Availability::Busy) => Presence::Busy,
            (true, Availability::Online) if assignable && open >= limit => Presence::Busy,
            (true, Availability::Online) => Presence::Online,
        };
        let last_seen_at = if connected { Some(now) } else { last.map(|last| last.at) };
        Seen { presence, chosen, last_seen_at, open, limit }
    }
}

/// Himself, and whoever may list him.
fn may_know(viewer: &Member, agent: &Member) -> bool {
    viewer.id == agent.id || permit_member(viewer, Capability::AgentList, relation_between(viewer, agent)).is_ok()
}

fn frame(member: &Member, seen: &Seen) -> String {
    let agent = json!({ "id": member.id, "name": member.name });
    let Seen { presence, open, limit, .. } = seen;
    json!({ "type": "presence", "agent": agent, "presence": presence, "open": open, "limit": limit }).to_string()
}
