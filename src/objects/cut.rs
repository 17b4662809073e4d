//! Cutting sockets off: those of a session that ended, or of an agent who lost a right.
//!
//! A request that was let in just before may open its socket just after. So whoever was cut off is remembered for a
//! while, and a socket that is opened on what was known before then is closed again. In memory only: an object that was
//! busy with this a moment ago is still there.

use super::socket::close;
use crate::domain::id::{AgentId, SessionId};
use crate::domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use worker::{State, WebSocket};

/// The session ended, or does not count here any more.
pub const SIGNED_OUT: u16 = 4401;
/// Something changed about what may be seen and done: come again.
pub const COME_AGAIN: u16 = 1012;

/// How long a cut is remembered: longer than any request takes.
const REMEMBERED: Span = Span::seconds(60);

/// Whose sockets to close, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    pub whose: Whose,
    /// With which the sockets are closed.
    pub code: u16,
}

/// Whose sockets to close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Those of one session.
    Session(SessionId),
    /// Those of an agent, but for one session of his.
    Agent { agent: AgentId, except: Option<SessionId> },
}

/// Who opens a socket, and since when what he may do is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub session: SessionId,
    pub agent: AgentId,
    /// Just before his session and his permissions were looked up.
    pub checked_at: Instant,
}

/// Cuts of the last while.
#[derive(Default)]
pub struct RecentCuts(RefCell<Vec<(Cut, Instant)>>);

impl Whose {
    fn holds(&self, holder: &Holder) -> bool {
        match self {
            Self::Session(session) => *session == holder.session,
            Self::Agent { agent, except } => *agent == holder.agent && *except != Some(holder.session),
        }
    }

    /// The tag under which these sockets are found, perhaps among others.
    #[must_use]
    pub fn tag(&self) -> String {
        match self {
            Self::Session(session) => format!("session:{session}"),
            Self::Agent { agent, .. } => format!("agent:{agent}"),
        }
    }
}

impl Holder {
    /// The tags under which his socket is found again.
    #[must_use]
    pub fn tags(&self) -> [String; 2] {
        [format!("session:{}", self.session), format!("agent:{}", self.agent)]
    }
}

impl RecentCuts {
    /// Closes the sockets that a cut concerns, and remembers it.
    pub fn make(&self, object: &State, cut: &Cut, holder_of: impl Fn(&WebSocket) -> Option<Holder>, now: Instant) {
        for socket in object.get_websockets_with_tag(&cut.whose.tag()) {
            if holder_of(&socket).is_none_or(|holder| cut.whose.holds(&holder)) {
                close(&socket, cut.code, "");
            }
        }
        let mut cuts = self.0.borrow_mut();
        cuts.retain(|(_, at)| now < at.after(REMEMBERED));
        cuts.push((cut.clone(), now));
    }

    /// With which code a socket that is just being opened has to be closed, if it has to.
    #[must_use]
    pub fn code_for(&self, holder: &Holder) -> Option<u16> {
        let cuts = self.0.borrow();
        let cut = cuts.iter().find(|(cut, at)| cut.whose.holds(holder) && holder.checked_at <= *at);
        cut.map(|(cut, _)| cut.code)
    }
}
