//! One turn: read, decide, write, in that order and with no `await` in between.

use super::reading::visible;
use super::schema::{Idempotency, Numbering, Sent, Snapshot, Turn};
use super::{Core, sockets};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::decide;
use crate::domain::conversation::event::{AgentRef, Author, Entry, Event};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::id::ClientId;
use crate::domain::time::{Instant, Span};
use crate::effects::mail::Occasion;
use crate::platform::clock;
use sha2::{Digest, Sha256};
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

impl Core {
    /// One turn. Between `load` and the end of `commit` nothing is awaited: what was decided is decided on what is.
    pub(super) async fn command(
        &self,
        actor: &Actor,
        client_id: Option<ClientId>,
        command: &Command,
    ) -> Result<std::result::Result<Done, Refusal>> {
        let now = clock::now();
        let before = self.load()?;
        let key = client_id.map(|client_id| idempotency(actor, client_id, command)).transpose()?;
        if let (Some(before), Some(key)) = (&before, &key) {
            // A repeat is answered to whoever still sees the conversation; what is new, the decision refuses by itself.
            if let Some(sent) = self.tables.sent(key)? {
                return match visible(&before.state, actor) {
                    Ok(()) => self.repeat(key, sent),
                    Err(denied) => Ok(Err(denied)),
                };
            }
        }
        let (mut after, by, events) = match (before.clone(), command) {
            (None, Command::Open(opening)) => match decide::open(opening) {
                Ok(events) => {
                    let state = Conversation::before(opening, now);
                    let by = Author::Customer { name: opening.contact.name.clone() };
                    (Snapshot { state, indexed_rev: 0, notified: false }, by, events)
                }
                Err(refusal) => return Ok(Err(refusal)),
            },
            (None, _) => return Ok(Err(Refusal::NotFound)),
            (Some(snapshot), command) => match decide::decide(&snapshot.state, actor, command, now) {
                Ok(events) => {
                    let by = decide::author(&snapshot.state, actor);
                    (snapshot, by, events)
                }
                Err(refusal) => return Ok(Err(refusal)),
            },
        };
        let mut mails = agents_occasions(before.as_ref(), &by, &events, &after.state);
        mails.extend(self.occasion(before.as_ref(), &by, &events, &mut after));
        let entries = after.state.record(&by, events, now);
        let done = match entries.first() {
            Some(entry) if command.is_words() => Done::Said(Box::new(entry.clone())),
            _ => Done::Changed(self.view(actor, &after.state)?),
        };
        self.commit(before.as_ref(), after, &entries, key.as_ref(), &done, &mails)?;
        self.arm(now).await?;
        Ok(Ok(done))
    }

    pub(super) fn load(&self) -> Result<Option<Snapshot>> {
        if self.snapshot.borrow().is_none() {
            *self.snapshot.borrow_mut() = self.tables.load()?;
        }
        Ok(self.snapshot.borrow().clone())
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

    /// The mail a turn owes the customer: the link when he starts, and word of an answer that he does not see live.
    fn occasion(
        &self,
        before: Option<&Snapshot>,
        by: &Author,
        events: &[Event],
        after: &mut Snapshot,
    ) -> Option<Occasion> {
        if before.is_none() {
            return Some(Occasion::Opened);
        }
        let said = events.iter().any(|event| matches!(event, Event::Message { .. }));
        match by {
            Author::Customer { .. } if said => {
                after.notified = false;
                None
            }
            Author::Agent(_) if said && !after.notified && !sockets::customer_listens(&self.object) => {
                after.notified = true;
                Some(Occasion::Answered)
            }
            _ => None,
        }
    }

    fn commit(
        &self,
        before: Option<&Snapshot>,
        after: Snapshot,
        entries: &[Entry],
        key: Option<&Idempotency>,
        done: &Done,
        mails: &[Occasion],
    ) -> Result<()> {
        if entries.is_empty() && key.is_none() {
            return Ok(());
        }
        let answer = match done {
            Done::Said(_) => None,
            Done::Changed(view) => Some(view.as_str()),
        };
        let turn = Turn { first: before.is_none(), snapshot: &after, entries, idempotency: key, answer, mails };
        if let Err(error) = self.tables.write(&turn) {
            *self.snapshot.borrow_mut() = None;
            return Err(error);
        }
        let words = |entry: &Entry| matches!(entry.event, Event::Message { .. } | Event::Note { .. });
        if !entries.iter().all(words) {
            self.changed_hands.set(true);
        }
        sockets::broadcast(&self.object, before.map(|before| &before.state), &after.state, entries);
        *self.snapshot.borrow_mut() = Some(after);
        Ok(())
    }

    /// Sees to it that the alarm rings in time for what is due and for what is owed.
    pub(super) async fn arm(&self, now: Instant) -> Result<()> {
        let Some(snapshot) = self.snapshot.borrow().clone() else { return Ok(()) };
        let owes = snapshot.indexed_rev < snapshot.state.head || self.tables.owed_mail()?.is_some();
        let owed = owes.then(|| now.after(OWED_WITHIN));
        let Some(wanted) = owed.into_iter().chain(snapshot.state.next_due()).min() else { return Ok(()) };
        if self.alarm_at.get().is_none_or(|at| wanted < at) {
            // A date is absolute; a bare number would be an offset.
            let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(milliseconds(wanted)));
            self.object.storage().set_alarm(worker::ScheduledTime::new(date)).await?;
            self.alarm_at.set(Some(wanted));
        }
        Ok(())
    }
}

/// The mails a turn may owe agents: whether they want them is looked up when they are due.
fn agents_occasions(before: Option<&Snapshot>, by: &Author, events: &[Event], state: &Conversation) -> Vec<Occasion> {
    let Some(before) = before else { return vec![Occasion::New] };
    let acts = |agent: &AgentRef| matches!(by, Author::Agent(actor) if actor.id == agent.id);
    let given = events.iter().any(|event| matches!(event, Event::Assignment { to: Some(agent), .. } if !acts(agent)));
    let said = events.iter().any(|event| matches!(event, Event::Message { .. }));
    // The first of several messages is worth a mail.
    let answered =
        matches!(by, Author::Customer { .. }) && said && before.state.unread == 0 && state.assignee.is_some();
    let occasions = [(given, Occasion::Assigned), (answered, Occasion::CustomerAnswered)];
    occasions.into_iter().filter(|(owed, _)| *owed).map(|(_, occasion)| occasion).collect()
}

fn idempotency(actor: &Actor, client_id: ClientId, command: &Command) -> Result<Idempotency> {
    let author = match actor {
        Actor::Customer { .. } => "customer".to_owned(),
        Actor::Agent(member) => member.id.to_string(),
        Actor::System => "system".to_owned(),
    };
    let digest = Sha256::digest(serde_json::to_vec(&command.fingerprint())?);
    let hash = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Idempotency { author, client_id, hash })
}

#[expect(clippy::cast_precision_loss, reason = "instants are below 2^53 milliseconds")]
fn milliseconds(at: Instant) -> f64 {
    at.as_millis() as f64
}
