//! Backing the conversation up, and bringing it back: the log as it was, entry by entry under its own hashes, and what it comes to.
//! Nobody hears of it but index, search, reports and the Desk.

use super::Core;
use super::protocol::{BackedUp, PutBack, Restore};
use super::reading::EVENTS_AT_ONCE;
use super::schema::Snapshot;
use super::schema::restoring::Restoring;
use super::turn::Grant;
use crate::domain::assignment::message::Mode;
use crate::domain::assignment::tenure::Tenure;
use crate::domain::automation::agenda::Agenda;
use crate::domain::conversation::backup::{Backup, keep_quiet};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Entry;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::report::fact::Course;
use crate::platform::{clock, log};
use serde_json::value::RawValue;
use std::rc::Rc;
use std::result::Result as Decided;
use worker::Result;

impl Core {
    /// Part of the conversation as a back-up has it.
    pub(super) fn back_up(&self, after: u64, limit: u32) -> Result<Decided<String, Refusal>> {
        let Some(snapshot) = self.load()? else { return Ok(Err(Refusal::NotFound)) };
        let Snapshot { state, notified, chain, .. } = Rc::unwrap_or_clone(snapshot);
        let conversation = RawValue::from_string(self.view(&Actor::System, &state)?)?;
        let kept = Backup {
            entries: state.head,
            hash: chain,
            number: state.number,
            contact: state.contact,
            language: state.language,
            sticky: state.sticky,
            terms: state.terms,
            closes_at: state.closes_at,
            reminds_at: state.reminds_at,
            notified,
            read_by_customer: self.tables.read_by_customer()?,
            read_by_agents: self.tables.read_by_agents()?,
        };
        let lines = self.tables.lines(after, limit.min(EVENTS_AT_ONCE))?;
        Ok(Ok(serde_json::to_string(&BackedUp { conversation, kept, lines })?))
    }

    /// Takes in a part of the conversation. A part that came before changes nothing; a conversation that is awake is only compared.
    pub(super) fn restore(&self, part: &Restore) -> Result<PutBack> {
        if let Some(snapshot) = self.load()? {
            return self.compare(&snapshot, part);
        }
        if let Some(kept) = &part.kept {
            let restoring = Restoring { id: part.id, company: part.company, backup: kept.clone() };
            self.tables.begin_restoring(&restoring)?;
            self.erased.set(Some(false));
        }
        let Some(restoring) = self.tables.restoring()? else { return Ok(PutBack::Incomplete) };
        if restoring.company != part.company {
            return Ok(PutBack::Differs);
        }
        let (mut head, mut hash) = self.tables.newest(part.id)?;
        let mut fresh = Vec::new();
        for line in &part.entries {
            let broken = PutBack::Broken { seq: line.seq };
            if line.seq <= head {
                if self.tables.hash_of(line.seq)? != Some(line.hash) {
                    return Ok(broken);
                }
                continue;
            }
            let Ok(entry) = serde_json::from_str::<Entry>(&line.text) else { return Ok(broken) };
            (head, hash) = (head.saturating_add(1), hash.next(&line.text));
            if (line.seq, line.hash, entry.seq) != (head, hash, head) {
                return Ok(broken);
            }
            fresh.push((line.clone(), entry));
        }
        self.tables.put_back(&fresh)?;
        Ok(PutBack::Done)
    }

    /// The conversation is open to everybody again: its agent has his slot, or it waits; index, search and reports know of it. May be
    /// repeated.
    pub(super) async fn awaken(&self) -> Result<PutBack> {
        if self.load()?.is_none() {
            match self.wake()? {
                PutBack::Done => {}
                fault => return Ok(fault),
            }
        }
        self.take_slot().await?;
        if let Err(refusal) = self.tell_anew().await? {
            log::fault("conversation restored", "", &format!("{refusal:?}"));
        }
        self.arm(clock::now()).await?;
        Ok(PutBack::Done)
    }

    /// One that is awake: what is sent has to be what is here, up to there.
    fn compare(&self, snapshot: &Snapshot, part: &Restore) -> Result<PutBack> {
        let heads = part.kept.iter().map(|kept| (kept.entries, kept.hash));
        for (seq, hash) in heads.chain(part.entries.iter().map(|line| (line.seq, line.hash))) {
            if snapshot.state.company_id != part.company || self.tables.hash_of(seq)? != Some(hash) {
                return Ok(PutBack::Differs);
            }
        }
        Ok(PutBack::Done)
    }

    /// Makes the conversation of the log that was put back.
    fn wake(&self) -> Result<PutBack> {
        let Some(restoring) = self.tables.restoring()? else { return Ok(PutBack::Incomplete) };
        let Restoring { id, company, backup } = &restoring;
        let (head, hash) = self.tables.newest(*id)?;
        if (head, hash) != (backup.entries, backup.hash) {
            return Ok(PutBack::Incomplete);
        }
        let log = self.tables.log()?;
        let Some(mut state) = backup.replay(*id, *company, &log) else { return Ok(PutBack::Incomplete) };
        keep_quiet(&mut state, clock::now());
        let snapshot = Snapshot {
            tenure: Tenure::anew(),
            agenda: Agenda::from_now_on(state.head),
            indexed_rev: 0,
            searched: 0,
            course: Course::default(),
            notified: backup.notified,
            chain: hash,
            seal: None,
            state,
        };
        self.tables.awake(&snapshot, &restoring, &log)?;
        self.know(snapshot);
        Ok(PutBack::Done)
    }

    /// Whoever has it has it by a slot of his, got as any other; where he has none left, it waits for somebody else.
    async fn take_slot(&self) -> Result<()> {
        let Some(snapshot) = self.load()? else { return Ok(()) };
        let Snapshot { state, tenure, .. } = Rc::unwrap_or_clone(snapshot);
        let under_way = state.is_under_way() && tenure.holder.is_none();
        let Some(agent) = state.assignee.filter(|_| under_way).map(|agent| agent.id) else { return Ok(()) };
        match self.reserve(agent, Mode::ByHand).await? {
            Ok(grant) => self.hold_again(&grant),
            Err(_) => {
                let command = Command::HandOver { from: agent, to: None };
                if let Err(refusal) = self.command(&Actor::System, None, &command).await? {
                    log::fault("conversation restored", "", &format!("{refusal:?}"));
                }
                self.pass_rules_by()
            }
        }
    }

    /// R4: the slot is his, unless the conversation moved on meanwhile.
    fn hold_again(&self, grant: &Grant) -> Result<()> {
        let Some(snapshot) = self.load()? else { return self.cancel(grant) };
        let mut snapshot = Rc::unwrap_or_clone(snapshot);
        let agent = grant.attempt.agent;
        let still =
            snapshot.state.is_under_way() && snapshot.state.assignee.as_ref().is_some_and(|one| one.id == agent);
        if !snapshot.tenure.confirms(&grant.attempt, &mut self.waiting.borrow_mut(), still) {
            return self.cancel(grant);
        }
        snapshot.tenure.hold(agent, grant.attempt.reservation);
        self.tables.write_tenure(&snapshot.tenure)?;
        self.know(snapshot);
        Ok(())
    }

    /// That nobody had a place for it is nothing that rules act upon.
    fn pass_rules_by(&self) -> Result<()> {
        let Some(snapshot) = self.load()? else { return Ok(()) };
        let mut snapshot = Rc::unwrap_or_clone(snapshot);
        snapshot.agenda.pass_by(snapshot.state.head);
        self.tables.write_agenda(&snapshot.agenda)?;
        self.know(snapshot);
        Ok(())
    }
}
