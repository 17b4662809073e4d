//! What the conversation does by its company's rules: after a turn, when index, feed and mails are delivered. What is to
//! be done is decided and written down in one turn; then it is done step by step, each by a command with a name of its own,
//! so that a crash and a repeat do it once.

use super::Core;
use super::schema::{Numbering, Snapshot};
use crate::domain::automation::action::Action;
use crate::domain::automation::agenda::{Due, Outcome, Run};
use crate::domain::automation::evaluate::{Explanation, Facts, due, explain};
use crate::domain::automation::rule::{Definition, Happening, Rule, Trigger};
use crate::domain::conversation::command::{Actor, Opening};
use crate::domain::conversation::event::{Author, Entry, Event};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::{ClientId, CompanyId};
use crate::domain::time::{Instant, Span};
use crate::effects;
use crate::effects::automation::{OpeningTimes, Playbook};
use crate::platform::clock;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::rc::Rc;
use worker::Result;

/// Entries that are looked at together.
const AT_ONCE: u32 = 50;
/// The most that is read of a conversation to rehearse a rule in it.
const REHEARSED: u32 = 1_000;
/// The Desk hears of a new conversation once rules have looked at it, so that it is not dealt to the wrong people first;
/// after this long it hears of it anyway.
const DESK_WAITS: Span = Span::seconds(3);

type Attempt<T> = std::result::Result<T, String>;

/// What a rule would have done in a conversation.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rehearsal {
    /// When what triggers the rule happened last; none if it never did.
    pub triggered_at: Option<Instant>,
    /// Of that time; of now, if it never happened.
    pub explanation: Explanation,
}

/// The company's playbook, and when it was begun to be read: what happened before then is looked at with it.
pub(super) type Consulted = Option<(Instant, Option<Playbook>)>;

impl Core {
    /// Does one thing of the agenda, or puts some on it. Whether there was any.
    pub(super) async fn automate_one(&self, consulted: &mut Consulted) -> Attempt<bool> {
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        if let Some(run) = snapshot.agenda.runs.front() {
            self.carry_on(&snapshot, run).await?;
            return Ok(true);
        }
        if self.consider_entries(&snapshot, consulted).await? {
            return Ok(true);
        }
        self.consider_wait(&snapshot).await
    }

    /// Whether the Desk is yet to hear of the conversation, since rules may say to whom it goes.
    pub(super) fn rules_come_first(&self, snapshot: &Snapshot) -> bool {
        const OPENING: u64 = 2;
        let agenda = &snapshot.agenda;
        let opened_at = snapshot.state.waiting_since.unwrap_or(snapshot.state.last_event_at);
        agenda.is_owed(OPENING.min(snapshot.state.head))
            && agenda.considered <= OPENING
            && clock::now() < opened_at.after(DESK_WAITS)
    }

    /// Takes the next step of what is under way, or writes down what became of it.
    async fn carry_on(&self, snapshot: &Snapshot, run: &Run) -> Attempt<()> {
        let Some((place, action)) = run.next() else {
            effects::automation::record(&self.env, &snapshot.state, run).await?;
            return self.change_agenda(|snapshot| drop(snapshot.agenda.runs.pop_front()));
        };
        let outcome = match self.take(snapshot, run, place, action).await {
            Ok(outcome) => outcome,
            Err(error) => {
                self.change_agenda(|snapshot| snapshot.agenda.step_failed())?;
                return Err(error);
            }
        };
        self.change_agenda(|snapshot| snapshot.agenda.step_done(outcome))
    }

    async fn take(&self, snapshot: &Snapshot, run: &Run, place: usize, action: &Action) -> Attempt<Outcome> {
        let command = effects::automation::command(&self.env, &snapshot.state, action).await?;
        let Some(command) = command else { return Ok(Outcome::Broken) };
        let actor = Actor::Automation { rule: run.rule.clone() };
        let name = name_of(&format!("{}:{}:{place}", snapshot.state.id, run.name()));
        Ok(match self.command(&actor, Some(name), &command).await.map_err(|error| error.to_string())? {
            // Done before, under another wording: what it names was renamed meanwhile, or time has passed.
            Ok(_) | Err(Refusal::ClientIdReused) => Outcome::Done,
            Err(refusal) => Outcome::Refused { code: code_of(&refusal) },
        })
    }

    /// Looks at the next entries that rules may be triggered by, up to the first one that makes something to do. Whether
    /// there were any.
    async fn consider_entries(&self, snapshot: &Snapshot, consulted: &mut Consulted) -> Attempt<bool> {
        let considered = snapshot.agenda.considered;
        if considered >= snapshot.state.head {
            return Ok(false);
        }
        let entries = self.tables.entries(Numbering::All, considered, AT_ONCE).map_err(|error| error.to_string())?;
        for entry in &entries {
            let Some(happening) = Happening::of(entry) else { continue };
            self.consider(entry, happening, snapshot.state.company_id, consulted).await?;
            if self.load().map_err(|error| error.to_string())?.is_none_or(|now| !now.agenda.runs.is_empty()) {
                return Ok(true);
            }
        }
        let seen = entries.last().map_or(snapshot.state.head, |entry| entry.seq);
        self.change_agenda(|snapshot| snapshot.agenda.entry_considered(seen, Vec::new(), clock::now()))?;
        Ok(true)
    }

    /// Looks at one entry, with the company's rules as they were when it happened or later.
    async fn consider(
        &self,
        entry: &Entry,
        happening: Happening,
        company: CompanyId,
        consulted: &mut Consulted,
    ) -> Attempt<()> {
        if consulted.as_ref().is_none_or(|(read_at, _)| *read_at <= entry.at) {
            let now = clock::now();
            *consulted = Some((now, effects::automation::playbook(&self.env, company).await?));
        }
        let playbook = consulted.as_ref().and_then(|(_, playbook)| playbook.as_ref());
        let words = self.words_about(entry).map_err(|error| error.to_string())?;
        self.change_agenda(|snapshot| {
            let now = clock::now();
            let Some(playbook) = playbook else {
                return snapshot.agenda.entry_considered(entry.seq, Vec::new(), now);
            };
            let open = playbook.times.is_open(entry.at);
            let facts = Facts::of(&snapshot.state, words, is_first(entry), open);
            let mut all = applying(playbook, &playbook.rules, happening, &facts);
            if happening == Happening::CustomerWrote {
                all.extend(away_reply(snapshot, playbook, entry.at));
            }
            snapshot.agenda.entry_considered(entry.seq, all, now);
            snapshot.agenda.expect(&playbook.rules, snapshot.state.waiting_since);
        })
    }

    /// Looks at how long the customer has waited, when a rule about that is due.
    async fn consider_wait(&self, snapshot: &Snapshot) -> Attempt<bool> {
        let now = clock::now();
        if snapshot.agenda.rings_at.is_none_or(|at| at > now) {
            return Ok(false);
        }
        let playbook = effects::automation::playbook(&self.env, snapshot.state.company_id).await?;
        let words = self.last_words(snapshot.state.head).map_err(|error| error.to_string())?;
        self.change_agenda(|snapshot| {
            let Snapshot { state, agenda, .. } = snapshot;
            let (Some(playbook), Some(since)) = (playbook, state.waiting_since) else {
                agenda.rings_at = None;
                return;
            };
            let rules = agenda.not_looked_at(&playbook.rules, since);
            let waited = Happening::Waited(Span::millis(now.as_millis().saturating_sub(since.as_millis())));
            let facts = Facts::of(state, words, false, playbook.times.is_open(now));
            let all = applying(&playbook, &rules, waited, &facts);
            agenda.wait_considered(since, &rules, all, now);
            agenda.expect(&playbook.rules, Some(since));
        })?;
        Ok(true)
    }

    /// The company's rules about waiting are others now: whoever waits is looked at again.
    pub(super) fn reconsider_wait(&self) -> Result<()> {
        let waits = self.load()?.filter(|snapshot| snapshot.state.waiting_since.is_some());
        let Some(mut snapshot) = waits.map(Rc::unwrap_or_clone) else { return Ok(()) };
        snapshot.agenda.rings_at = Some(clock::now());
        self.tables.write_agenda(&snapshot.agenda)?;
        self.know(snapshot);
        Ok(())
    }

    /// What a rule would have done when what triggers it happened last. Nothing changes.
    pub(super) fn rehearse(&self, rule: &Definition, times: &OpeningTimes) -> Result<Option<Rehearsal>> {
        let Some(snapshot) = self.load()? else { return Ok(None) };
        let now = clock::now();
        if let Trigger::Waited { .. } = rule.trigger {
            let facts = Facts::of(&snapshot.state, self.last_words(snapshot.state.head)?, false, times.is_open(now));
            let rings_at = snapshot.state.waiting_since.and_then(|since| rule.trigger.rings_at(since));
            let triggered_at = rings_at.filter(|at| *at <= now);
            return Ok(Some(Rehearsal { triggered_at, explanation: explain(rule, &facts) }));
        }
        let entries = self.tables.entries(Numbering::All, 0, REHEARSED)?;
        let fits = |entry: &&Entry| {
            Happening::of(entry).is_some_and(|happening| rule.trigger.fits(happening, times.is_open(entry.at)))
        };
        let Some(entry) = entries.iter().rev().find(fits) else {
            let facts = Facts::of(&snapshot.state, self.last_words(snapshot.state.head)?, false, times.is_open(now));
            return Ok(Some(Rehearsal { triggered_at: None, explanation: explain(rule, &facts) }));
        };
        let then = as_of(&snapshot.state, &entries, entry);
        let facts = Facts::of(&then, self.words_about(entry)?, is_first(entry), times.is_open(entry.at));
        Ok(Some(Rehearsal { triggered_at: Some(entry.at), explanation: explain(rule, &facts) }))
    }

    /// The words that an entry is about: its own, those with which a conversation was opened, or the customer's last.
    fn words_about(&self, entry: &Entry) -> Result<String> {
        match &entry.event {
            Event::Message { body, .. } => Ok(body.clone()),
            Event::Opened { .. } => {
                let next = self.tables.entries(Numbering::All, entry.seq, 1)?;
                Ok(next.into_iter().find_map(words_of).unwrap_or_default())
            }
            _ => self.last_words(entry.seq),
        }
    }

    /// The customer's last words up to an entry.
    fn last_words(&self, seq: u64) -> Result<String> {
        let entries = self.tables.entries(Numbering::All, seq.saturating_sub(u64::from(AT_ONCE)), AT_ONCE)?;
        let customers = |entry: &Entry| matches!(entry.by, Author::Customer { .. });
        Ok(entries.into_iter().rev().filter(customers).find_map(words_of).unwrap_or_default())
    }

    /// Changes the agenda and writes it down, in one turn.
    fn change_agenda(&self, change: impl FnOnce(&mut Snapshot)) -> Attempt<()> {
        let known = self.load().map_err(|error| error.to_string())?;
        let Some(mut snapshot) = known.map(Rc::unwrap_or_clone) else { return Ok(()) };
        change(&mut snapshot);
        self.tables.write_agenda(&snapshot.agenda).map_err(|error| error.to_string())?;
        self.know(snapshot);
        Ok(())
    }
}

/// The rules that apply, and those that would be looked at if what they name were still there.
fn applying(playbook: &Playbook, rules: &[Rule], happening: Happening, facts: &Facts) -> Vec<Due> {
    let is_broken = |rule: &Rule| playbook.broken.contains(&rule.reference.id);
    let (broken, whole): (Vec<Rule>, Vec<Rule>) = rules.iter().cloned().partition(is_broken);
    let as_due =
        |rule: &Rule, broken| Due { rule: rule.reference.clone(), actions: rule.definition.actions.clone(), broken };
    let skipped = broken.iter().filter(|rule| rule.definition.trigger.fits(happening, facts.open));
    let applying = due(&whole, happening, facts);
    applying.into_iter().map(|rule| as_due(rule, false)).chain(skipped.map(|rule| as_due(rule, true))).collect()
}

/// What the customer is told who wrote while the company was closed: once in one closed period.
fn away_reply(snapshot: &mut Snapshot, playbook: &Playbook, at: Instant) -> Option<Due> {
    let period = playbook.times.closed_period(at)?;
    if snapshot.agenda.told_in == Some(period) {
        return None;
    }
    let (rule, action) = playbook.away_reply(&snapshot.state.language)?;
    snapshot.agenda.told_in = Some(period);
    Some(Due { rule, actions: vec![action], broken: false })
}

/// The conversation as it was with an entry, by its log.
fn as_of(state: &Conversation, entries: &[Entry], last: &Entry) -> Conversation {
    let opening = Opening {
        id: state.id,
        company_id: state.company_id,
        number: state.number,
        subject: state.subject.clone(),
        channel: state.channel,
        contact: state.contact.clone(),
        body: String::new(),
        attachments: Vec::new(),
        language: state.language.clone(),
        sticky: None,
        terms: state.terms,
    };
    let mut then = Conversation::before(&opening, last.at);
    entries.iter().take_while(|entry| entry.seq <= last.seq).for_each(|entry| then.apply(entry));
    then
}

/// The first words of a conversation are its second entry.
fn is_first(entry: &Entry) -> bool {
    entry.seq <= 2
}

fn words_of(entry: Entry) -> Option<String> {
    match entry.event {
        Event::Message { body, .. } => Some(body),
        _ => None,
    }
}

/// The name under which a step is sent: the same whenever it is.
fn name_of(step: &str) -> ClientId {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(Sha256::digest(step)).for_each(|(to, from)| *to = from);
    ClientId::new(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// A refusal by its code.
fn code_of(refusal: &Refusal) -> String {
    let name = serde_json::to_value(refusal).ok();
    let fault = name.as_ref().and_then(|refusal| refusal.get("fault").or_else(|| refusal.get("code"))?.as_str());
    fault.unwrap_or("refused").to_owned()
}
