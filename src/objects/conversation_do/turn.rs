//! One turn: read, decide, write, in that order and with no `await` in between. A command that gives the conversation to
//! an agent takes two: the slot is reserved in between, and everything is looked at anew (R4).

use super::reading::{said, visible};
use super::schema::merging::Seal;
use super::schema::{Idempotency, Numbering, Sent, Snapshot, Turn};
use super::translating::to_customer;
use super::{Core, sockets};
use crate::domain::assignment::message::{Mode, NoSlot, Offer};
use crate::domain::assignment::tenure::{Attempt, Tenure};
use crate::domain::automation::agenda::Agenda;
use crate::domain::conversation::chain::Link;
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::decide;
use crate::domain::conversation::event::{AgentRef, Author, Entry, Event};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::{AgentId, ClientId};
use crate::domain::notification::news::{self, News};
use crate::domain::report::fact::Course;
use crate::domain::time::{Instant, Span};
use crate::effects::mail::Occasion;
use crate::platform::{alarm, clock};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::rc::Rc;
use worker::Result;

/// An alarm rings this long after something became owed, should the delivery that follows each turn have failed.
const OWED_WITHIN: Span = Span::seconds(10);

/// What became of a command.
pub(super) enum Done {
    /// Words are in the log.
    Said(Box<Entry>),
    /// The conversation is now so, as the actor sees it: JSON.
    Changed(String),
}

/// A slot that the Desk has granted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grant {
    pub attempt: Attempt,
    pub over_limit: bool,
}

/// What a command comes to, decided on what is.
enum Plan {
    /// It was answered before, or is refused.
    Answer(std::result::Result<Done, Refusal>),
    Change(Box<Change>),
}

/// A change of the conversation that is not written yet.
pub(super) struct Change {
    before: Option<Rc<Snapshot>>,
    pub(super) after: Snapshot,
    key: Option<Idempotency>,
    entries: Vec<Entry>,
    done: Done,
    mails: Vec<Occasion>,
    news: Vec<News>,
    /// The slot it takes.
    needs: Option<Needed>,
}

/// A slot that a change takes.
#[derive(Clone, Copy, Debug)]
struct Needed {
    agent: AgentId,
    mode: Mode,
    /// The conversation goes back to him, if it can; it does not depend on it.
    returning: bool,
}

/// How often a command that others get in the way of is decided anew.
const TRIES: u8 = 8;

impl Core {
    /// Carries out a command. Whatever is decided is decided on what is: between looking and writing nothing is awaited.
    /// Where the command gives the conversation to an agent, a slot of his is reserved first, and everything is decided
    /// once more when it is there.
    pub(super) async fn command(
        &self,
        actor: &Actor,
        client_id: Option<ClientId>,
        command: &Command,
    ) -> Result<std::result::Result<Done, Refusal>> {
        if let Err(retry_after) = self.pace.count(actor, command, clock::now()) {
            return Ok(Err(Refusal::TooOften { retry_after }));
        }
        let mut command = Cow::Borrowed(command);
        let mut grant: Option<Grant> = None;
        let mut returns = true;
        for _ in 0..TRIES {
            if let Err(refusal) = self.settle_merge(&command).await? {
                self.cancel_unused(grant)?;
                return Ok(Err(refusal));
            }
            let slot_of = grant.filter(|_| returns).map(|grant| grant.attempt.agent);
            let change = match self.plan(actor, client_id, &command, returns, slot_of)? {
                Plan::Answer(answer) => {
                    self.cancel_unused(grant)?;
                    return Ok(answer);
                }
                Plan::Change(change) => change,
            };
            let Some(Needed { agent, mode, returning }) = change.needs else {
                self.cancel_unused(grant)?;
                return self.commit(*change, None).await.map(Ok);
            };
            if let Some(granted) = grant.take() {
                if granted.attempt.agent == agent && self.confirms(&granted, &change)? {
                    return self.commit(*change, Some(granted)).await.map(Ok);
                }
                self.cancel(&granted)?;
            }
            match self.reserve(agent, mode).await? {
                Ok(granted) => grant = Some(granted),
                // Somebody was quicker: decide again, on what is now.
                Err(NoSlot::Stale) => {}
                Err(_) if returning => returns = false,
                Err(no_slot) => match command.as_ref() {
                    Command::HandOver { from, .. } => command = Cow::Owned(Command::HandOver { from: *from, to: None }),
                    _ => return Ok(Err(no_slot.into())),
                },
            }
        }
        self.cancel_unused(grant)?;
        Err(worker::Error::RustError("others were quicker, too often".to_owned()))
    }

    /// Carries out an offer of the Desk's, in the turn that considered it: the conversation as who asked for it sees it.
    pub(super) async fn deal(
        &self,
        actor: &Actor,
        command: &Command,
        offer: &Offer,
    ) -> Result<std::result::Result<String, Refusal>> {
        let change = match self.plan(actor, None, command, false, None)? {
            Plan::Change(change) if change.needs.is_some() => change,
            Plan::Change(_) | Plan::Answer(Ok(_)) => return Ok(Err(Refusal::NotFound)),
            Plan::Answer(Err(refusal)) => return Ok(Err(refusal)),
        };
        let attempt = Attempt { reservation: offer.reservation, base: offer.base, agent: offer.agent };
        match self.commit(*change, Some(Grant { attempt, over_limit: false })).await? {
            Done::Changed(view) => Ok(Ok(view)),
            Done::Said(_) => Ok(Err(Refusal::NotFound)),
        }
    }

    /// What a command would be answered, had nothing else to be asked: the conversation as it is before it.
    pub(super) fn check(&self, actor: &Actor, command: &Command) -> Result<std::result::Result<String, Refusal>> {
        match self.plan(actor, None, command, false, None)? {
            Plan::Answer(Err(refusal)) => Ok(Err(refusal)),
            Plan::Answer(Ok(_)) | Plan::Change(_) => self.read(actor, |core, state| core.view(actor, state)),
        }
    }

    /// What a command is answered without being carried out: it came before, or is refused.
    pub(super) fn answer_to(
        &self,
        actor: &Actor,
        client_id: Option<ClientId>,
        command: &Command,
    ) -> Result<Option<std::result::Result<String, Refusal>>> {
        Ok(match self.plan(actor, client_id, command, false, None)? {
            Plan::Answer(Ok(Done::Changed(view))) => Some(Ok(view)),
            Plan::Answer(Ok(Done::Said(entry))) => Some(Ok(said(actor, *entry))),
            Plan::Answer(Err(refusal)) => Some(Err(refusal)),
            Plan::Change(_) => None,
        })
    }

    /// The target has taken the conversation in: it is merged, for good. Whoever asked for it is answered so again.
    pub(super) async fn conclude_merge(&self, seal: &Seal) -> Result<()> {
        let asked_by = Actor::Agent(seal.by.clone());
        let command = Command::ConcludeMerge { into: seal.into.clone(), by: AgentRef::from(&seal.by) };
        let Plan::Change(mut change) = self.plan(&Actor::System, None, &command, false, None)? else { return Ok(()) };
        let asked = Command::Merge { into: seal.into.clone(), contact: change.after.state.contact.id };
        change.key = seal.client_id.map(|client_id| idempotency(&asked_by, client_id, &asked)).transpose()?;
        change.after.seal = None;
        self.commit(*change, None).await.map(drop)
    }

    fn cancel_unused(&self, grant: Option<Grant>) -> Result<()> {
        grant.map_or(Ok(()), |grant| self.cancel(&grant))
    }

    /// Decides a command on what is. `returns` where a conversation that is taken up again may go back to its agent;
    /// `slot_of` when there is a slot of his.
    fn plan(
        &self,
        actor: &Actor,
        client_id: Option<ClientId>,
        command: &Command,
        returns: bool,
        slot_of: Option<AgentId>,
    ) -> Result<Plan> {
        let now = clock::now();
        let before = self.load()?;
        let key = client_id.map(|client_id| idempotency(actor, client_id, command)).transpose()?;
        if let (Some(before), Some(key)) = (&before, &key) {
            // A repeat is answered to whoever still sees the conversation; what is new, the decision refuses by itself.
            if let Some(sent) = self.tables.sent(key)? {
                return match visible(&before.state, actor) {
                    Ok(()) => self.repeat(key, sent).map(Plan::Answer),
                    Err(denied) => Ok(Plan::Answer(Err(denied))),
                };
            }
        }
        if let Err(refusal) = self.are_unsent(command, now)? {
            return Ok(Plan::Answer(Err(refusal)));
        }
        let (mut after, by, events) = match (before.clone(), command) {
            (None, Command::Open(_)) if self.is_erased()? => return Ok(Plan::Answer(Err(Refusal::NotFound))),
            (None, Command::Open(opening)) => match decide::open(opening, actor) {
                Ok(events) => {
                    let state = Conversation::before(opening, now);
                    let by = decide::author(&state, actor, command);
                    let tenure = Tenure::default();
                    let agenda = Agenda::default();
                    let course = Course::default();
                    let (indexed_rev, searched, notified, seal) = (0, 0, false, None);
                    let chain = Link::genesis(state.id);
                    let snapshot =
                        Snapshot { state, tenure, agenda, indexed_rev, searched, course, notified, chain, seal };
                    (snapshot, by, events)
                }
                Err(refusal) => return Ok(Plan::Answer(Err(refusal))),
            },
            (None, _) => return Ok(Plan::Answer(Err(Refusal::NotFound))),
            (Some(snapshot), command) => match decide::decide(&snapshot.state, actor, command, now) {
                Ok(events) => {
                    let by = decide::author(&snapshot.state, actor, command);
                    (Rc::unwrap_or_clone(snapshot), by, events)
                }
                Err(refusal) => return Ok(Plan::Answer(Err(refusal))),
            },
        };
        let mails = self.occasion(before.as_deref(), &by, &events, &mut after).into_iter().collect();
        let mut entries = after.state.record(&by, events, now);
        // An agent who takes it up again waits for its agent to have it back; for a customer, the Desk sees to that.
        let resumed =
            before.as_ref().is_some_and(|before| !before.state.is_under_way()) && matches!(actor, Actor::Agent(_));
        let returning = after.state.returns_to.as_ref().map(|agent| agent.id).filter(|_| resumed && returns);
        if returning.is_some() && returning == slot_of {
            let events = decide::returned(&after.state).into_iter().collect();
            entries.extend(after.state.record(&by, events, now));
        }
        let news = news::of(before.as_ref().map(|before| &before.state), &after.state, &entries);
        let holder = |state: &Conversation| state.assignee.as_ref().map(|agent| agent.id);
        let held_by = before.as_ref().and_then(|before| holder(&before.state));
        let needs = match (returning, holder(&after.state)) {
            _ if !after.state.is_under_way() => None,
            (Some(agent), _) => {
                // Who takes up again what is his own is there.
                let himself = matches!(actor, Actor::Agent(member) if member.id == agent);
                Some(Needed { agent, mode: if himself { Mode::ByHand } else { Mode::Return }, returning: true })
            }
            (None, holds) if holds == held_by => None,
            (None, holds) => holds.map(|agent| Needed { agent, mode: mode_of(command), returning: false }),
        };
        let done = match entries.first() {
            Some(entry) if command.is_words() => Done::Said(Box::new(entry.clone())),
            _ => Done::Changed(self.view(actor, &after.state)?),
        };
        Ok(Plan::Change(Box::new(Change { before, after, key, entries, done, mails, news, needs })))
    }

    /// The conversation as it is; none where there is none.
    pub(super) fn load(&self) -> Result<Option<Rc<Snapshot>>> {
        if self.erased.get() == Some(true) {
            return Ok(None);
        }
        if self.snapshot.borrow().is_none() {
            *self.snapshot.borrow_mut() = self.tables.load()?.map(Rc::new);
        }
        Ok(self.snapshot.borrow().clone())
    }

    /// The conversation is now so, by what is written.
    pub(super) fn know(&self, snapshot: Snapshot) {
        *self.snapshot.borrow_mut() = Some(Rc::new(snapshot));
    }

    /// What a command was answered when it came first; a conflict when it was another one then.
    fn repeat(&self, key: &Idempotency, sent: Sent) -> Result<std::result::Result<Done, Refusal>> {
        if sent.hash != key.hash {
            return Ok(Err(Refusal::ClientIdReused));
        }
        if let Some(view) = sent.answer {
            return Ok(Ok(Done::Changed(view)));
        }
        let said = self.tables.entries(Numbering::All, sent.seq.saturating_sub(1), 1)?;
        Ok(said.into_iter().next().map(|entry| Done::Said(Box::new(entry))).ok_or(Refusal::NotFound))
    }

    /// The mail a turn owes the customer: the link when he starts, word of an answer that he does not see live, and the
    /// question whether it is solved.
    fn occasion(
        &self,
        before: Option<&Snapshot>,
        by: &Author,
        events: &[Event],
        after: &mut Snapshot,
    ) -> Option<Occasion> {
        if before.is_none() {
            let started = matches!(by, Author::Agent(_));
            return Some(if started { Occasion::Started } else { Occasion::Opened });
        }
        let said = events.iter().any(|event| match event {
            Event::Message { .. } | Event::Catalog { .. } => true,
            Event::Order(step) => step.asks_customer() || step.asks_agents(),
            _ => false,
        });
        if events.contains(&Event::Reminded) {
            return Some(Occasion::Reminded);
        }
        if events.iter().any(|event| matches!(event, Event::LinkReplaced { .. })) {
            return Some(Occasion::LinkReplaced);
        }
        match by {
            Author::Customer { .. } if said => {
                after.notified = false;
                None
            }
            Author::Agent(_) | Author::Automation(_)
                if said && !after.notified && !sockets::customer_listens(&self.object) =>
            {
                after.notified = true;
                Some(Occasion::Answered)
            }
            _ => None,
        }
    }

    /// Writes a change, and tells everybody.
    async fn commit(&self, change: Change, grant: Option<Grant>) -> Result<Done> {
        let Change { before, mut after, key, mut entries, done, mails, news, .. } = change;
        if entries.is_empty() && key.is_none() {
            return Ok(done);
        }
        if grant.is_some_and(|grant| grant.over_limit) {
            entries.iter_mut().for_each(Entry::mark_forced);
        }
        let old = before.as_ref().map(|before| &before.state);
        match grant {
            Some(Grant { attempt, .. }) => after.tenure.hold(attempt.agent, attempt.reservation),
            None if old.is_some_and(|old| old.assignment_epoch != after.state.assignment_epoch) => {
                after.tenure.release()
            }
            None if old.and_then(Conversation::waiter) != after.state.waiter() => after.tenure.owes_report = true,
            None => {}
        }
        let answer = match &done {
            Done::Said(_) => None,
            Done::Changed(view) => Some(view.as_str()),
        };
        let to_translate = if self.translator.is_some() { to_customer(&entries) } else { Vec::new() };
        let turn = Turn {
            first: before.is_none(),
            snapshot: &after,
            entries: &entries,
            idempotency: key.as_ref(),
            answer,
            mails: &mails,
            news: &news,
            to_translate: &to_translate,
        };
        after.chain = match self.tables.write(&turn) {
            Ok(chain) => chain,
            Err(error) => {
                *self.snapshot.borrow_mut() = None;
                return Err(error);
            }
        };
        let words = |entry: &Entry| matches!(entry.event, Event::Message { .. } | Event::Note { .. });
        if !entries.iter().all(words) {
            self.changed_hands.set(true);
        }
        sockets::broadcast(&self.object, old, &after.state, &entries);
        self.know(after);
        self.arm(clock::now()).await?;
        Ok(done)
    }

    /// Sees to it that the alarm rings in time for what is due and for what is owed.
    pub(super) async fn arm(&self, now: Instant) -> Result<()> {
        let expiry = self.next_expiry()?;
        let due = match self.snapshot.borrow().as_ref() {
            Some(snapshot) => {
                let owes = snapshot.tenure.owes_report
                    || snapshot.seal.is_some()
                    || snapshot.indexed_rev < snapshot.state.head
                    || snapshot.searched < snapshot.state.head
                    || snapshot.agenda.is_owed(snapshot.state.head)
                    || self.tables.owed()?.is_some();
                let push = self.tables.next_push()?.map(|due| or_soon(due, now));
                let translation = self.next_translation(now)?;
                let owed = owes.then(|| now.after(OWED_WITHIN));
                let waits = snapshot.state.next_due().into_iter().chain(snapshot.agenda.rings_at);
                owed.into_iter().chain(push).chain(translation).chain(waits).min()
            }
            None => None,
        };
        let Some(wanted) = due.into_iter().chain(expiry).min() else { return Ok(()) };
        if self.alarm_at.get().is_none_or(|at| wanted < at) {
            alarm::set(&self.object.storage(), wanted).await?;
            self.alarm_at.set(Some(wanted));
        }
        Ok(())
    }
}

/// When to look after something: what is due already is being seen to.
pub(super) fn or_soon(due: Instant, now: Instant) -> Instant {
    if due > now { due } else { now.after(OWED_WITHIN) }
}

/// By what right a command asks for an agent's slot.
const fn mode_of(command: &Command) -> Mode {
    match command {
        Command::Assign { force: true, .. } => Mode::Forced,
        _ => Mode::ByHand,
    }
}

fn idempotency(actor: &Actor, client_id: ClientId, command: &Command) -> Result<Idempotency> {
    let author = match actor {
        Actor::Customer { .. } => "customer".to_owned(),
        Actor::Agent(member) => member.id.to_string(),
        Actor::Automation { rule } => format!("automation:{}", rule.id),
        Actor::System => "system".to_owned(),
    };
    let digest = Sha256::digest(serde_json::to_vec(&command.fingerprint())?);
    let hash = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Idempotency { author, client_id, hash })
}
