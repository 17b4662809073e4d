//! What a back-up has of a conversation beside its log, and the conversation that both come to.

use super::chain::Link;
use super::command::Opening;
use super::event::{Contact, Entry, Event};
use super::state::State;
use super::terms::Terms;
use crate::domain::id::{AgentId, CompanyId, ConversationId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What of a conversation is in no entry of its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Entries of the log, and the hash of the last one.
    pub entries: u64,
    pub hash: Link,
    /// The company's own count of conversations.
    pub number: u32,
    pub contact: Contact,
    pub language: String,
    pub sticky: Option<AgentId>,
    pub terms: Terms,
    pub closes_at: Option<Instant>,
    pub reminds_at: Option<Instant>,
    /// Whether the customer was told of an answer that he has not read.
    pub notified: bool,
    /// How far the customer has read, in his own numbers; 0 where he has not.
    pub read_by_customer: u64,
    /// How far agents have read.
    pub read_by_agents: BTreeMap<AgentId, u64>,
}

impl Backup {
    /// The conversation: the fold of its log, and what is in no entry. None where the log does not begin with its opening, or
    /// an entry is missing.
    #[must_use]
    pub fn replay(&self, id: ConversationId, company: CompanyId, log: &[Entry]) -> Option<State> {
        let first = log.first()?;
        let Event::Opened { subject, channel } = &first.event else { return None };
        let opening = Opening {
            id,
            company_id: company,
            number: self.number,
            subject: subject.clone(),
            channel: *channel,
            contact: self.contact.clone(),
            body: String::new(),
            attachments: Vec::new(),
            language: self.language.clone(),
            sticky: self.sticky,
            terms: self.terms,
        };
        let mut state = State::before(&opening, first.at);
        for entry in log {
            if entry.seq != state.head.saturating_add(1) {
                return None;
            }
            state.apply(entry);
        }
        // By the terms of that time, which may have been others than the last ones.
        state.closes_at = self.closes_at;
        state.reminds_at = self.reminds_at;
        Some(state)
    }
}

/// A conversation that was away for a while tells nobody what would have been told meanwhile: neither its customer that it is about to
/// be closed, nor anybody that he has waited for too long.
pub fn keep_quiet(state: &mut State, now: Instant) {
    state.reminds_at = state.reminds_at.filter(|at| *at > now);
    if state.escalates_at().is_some_and(|at| at <= now) {
        state.escalated_at = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::event::{AgentRef, Author, Channel};
    use crate::domain::conversation::status::Status;
    use crate::domain::id::{AgentId, ContactId};
    use crate::domain::time::Span;
    use uuid::Uuid;

    const ID: ConversationId = ConversationId::new(Uuid::from_u128(1));
    const COMPANY: CompanyId = CompanyId::new(Uuid::from_u128(2));

    fn backup(state: &State) -> Backup {
        Backup {
            entries: state.head,
            hash: Link::genesis(ID),
            number: state.number,
            contact: state.contact.clone(),
            language: state.language.clone(),
            sticky: state.sticky,
            terms: state.terms,
            closes_at: state.closes_at,
            reminds_at: state.reminds_at,
            notified: false,
            read_by_customer: 0,
            read_by_agents: BTreeMap::new(),
        }
    }

    fn conversation() -> (State, Vec<Entry>) {
        let contact =
            Contact { id: ContactId::new(Uuid::from_u128(3)), name: "Mia".into(), email: "mia@example.com".into() };
        let opening = Opening {
            id: ID,
            company_id: COMPANY,
            number: 7,
            subject: "Lamp".into(),
            channel: Channel::Web,
            contact: contact.clone(),
            body: "Broken".into(),
            attachments: Vec::new(),
            language: "fr".into(),
            sticky: None,
            terms: Terms::default(),
        };
        let at = Instant::from_millis(1_000);
        let mut state = State::before(&opening, at);
        let customer = Author::Customer { name: "Mia".into() };
        let agent = AgentRef {
            id: AgentId::new(Uuid::from_u128(4)),
            name: "Ana".into(),
            public_name: "Ana".into(),
            function: String::new(),
            photo_url: None,
        };
        let said = |body: &str| Event::Message { body: body.into(), attachments: Vec::new() };
        let opened = vec![Event::Opened { subject: "Lamp".into(), channel: Channel::Web }, said("Broken")];
        let mut log = state.record(&customer, opened, at);
        let taken = Event::Assignment { from: None, to: Some(agent.clone()), epoch: 1, forced: false };
        let pending = Event::Status { from: Status::New, to: Status::Pending, until: None };
        let corrected = Contact { name: "Mia Ek".into(), ..contact.clone() };
        let changed = Event::Contact { from: contact, to: corrected };
        log.extend(state.record(&Author::Agent(agent), vec![taken, said("Which one?"), pending, changed], at));
        (state, log)
    }

    #[test]
    fn a_log_and_what_is_beside_it_come_to_the_same_conversation() {
        let (mut state, log) = conversation();
        assert_eq!(backup(&state).replay(ID, COMPANY, &log).as_ref(), Some(&state));
        // The company's terms changed since.
        state.terms.pending_close_after = Span::days(1);
        assert_eq!(backup(&state).replay(ID, COMPANY, &log).as_ref(), Some(&state));
    }

    #[test]
    fn a_log_with_a_hole_comes_to_nothing() {
        let (state, log) = conversation();
        let kept = backup(&state);
        assert_eq!(kept.replay(ID, COMPANY, &[]), None);
        assert_eq!(kept.replay(ID, COMPANY, &log[1..]), None);
        let holed: Vec<Entry> = log.iter().filter(|entry| entry.seq != 3).cloned().collect();
        assert_eq!(kept.replay(ID, COMPANY, &holed), None);
    }

    #[test]
    fn what_was_due_meanwhile_is_told_to_nobody() {
        let (mut state, _) = conversation();
        let due = state.reminds_at.unwrap();
        let mut early = state.clone();
        keep_quiet(&mut early, due.before(Span::seconds(1)));
        assert_eq!(early, state);
        keep_quiet(&mut state, due);
        assert_eq!(state.reminds_at, None);
        assert!(state.closes_at.is_some());
        state.status = Status::Open;
        state.waiting_since = Some(due);
        state.terms.response_time = Some(Span::seconds(60));
        keep_quiet(&mut state, due.after(Span::seconds(60)));
        assert_eq!(state.next_due(), state.closes_at);
    }
}
