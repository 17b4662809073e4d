//! What a turn owes to others: index and feed, then mail and word to agents. Delivered right after the turn; the alarm
//! stands behind it. Browsers are told in a lane of their own: whatever their services do, nothing else waits.

use super::Core;
use super::schema::{OwedPush, What};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::terms::Terms;
use crate::domain::time::Span;
use crate::effects;
use crate::effects::push::Outcome;
use crate::platform::{clock, log};
use futures_util::future::join_all;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Browsers that are told at once: the runtime opens no more connections.
const PUSHES_AT_ONCE: u32 = 6;
/// Index and feed get a conversation's changes this often at most.
const INDEX_AT_MOST_EVERY: Span = Span::millis(250);

impl Core {
    /// The alarm rang, perhaps early, perhaps twice: does what is due by what is stored.
    pub(super) async fn ring(&self) -> Result<()> {
        if self.load()?.is_none() {
            self.clear_expired().await?;
            return self.arm(clock::now()).await;
        }
        if let Err(refusal) = self.command(&Actor::System, None, &Command::Tick).await? {
            log::fault("conversation tick", "", &format!("{refusal:?}"));
        }
        let now = clock::now();
        self.arm(now).await?;
        if let Err(error) = self.report().await {
            log::fault("conversation report", "", &error);
        }
        self.deliver().await;
        self.clear_expired().await?;
        self.arm(clock::now()).await
    }

    /// Delivers what is owed once the answer is on its way.
    pub(super) fn deliver_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move {
            this.deliver().await;
            this.push().await;
        });
    }

    /// Delivers what is owed until nothing is, or something fails; the alarm tries again then.
    pub(super) async fn deliver(&self) {
        if !self.delivering.enter(clock::now()) {
            return;
        }
        loop {
            match self.deliver_one().await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    log::fault("conversation effects", "", &error);
                    break;
                }
            }
        }
        self.delivering.leave();
    }

    pub(super) async fn deliver_one(&self) -> std::result::Result<bool, String> {
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        if snapshot.indexed_rev < snapshot.state.head {
            self.take_a_breath().await;
            let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
            let rev = snapshot.state.head;
            let terms = effects::index::deliver(&self.env, &snapshot.state).await?;
            self.was_indexed(rev, terms).map_err(|error| error.to_string())?;
            self.arm(clock::now()).await.map_err(|error| error.to_string())?;
            return Ok(true);
        }
        if let Some(owed) = self.tables.owed().map_err(|error| error.to_string())? {
            let mut pushes = Vec::new();
            match &owed.what {
                What::Mail(occasion) => effects::mail::deliver(&self.env, &snapshot.state, *occasion).await?,
                What::News(news) => pushes = effects::notify::deliver(&self.env, &snapshot.state, news).await?,
                What::Nothing => {}
            }
            self.tables.was_delivered(&owed, &pushes, clock::now()).map_err(|error| error.to_string())?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Tells browsers once the answer is on its way.
    pub(super) fn push_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move { this.push().await });
    }

    /// Tells the browsers that are to be told by now. What fails is tried again later, by the alarm.
    async fn push(&self) {
        loop {
            if !self.pushing.enter(clock::now()) {
                return;
            }
            let more = self.push_some().await;
            self.pushing.leave();
            match more {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return log::fault("conversation pushes", "", &error),
            }
        }
    }

    /// Tells some of them, side by side. Whether there may be more.
    async fn push_some(&self) -> Result<bool> {
        let Some(snapshot) = self.load()? else { return Ok(false) };
        let state = &snapshot.state;
        let due = self.tables.due_pushes(clock::now(), PUSHES_AT_ONCE)?;
        if due.is_empty() {
            return Ok(false);
        }
        let tell = |push: OwedPush| async move {
            let outcome = effects::push::deliver(&self.env, state, &push.news, push.subscription, push.tries).await;
            match outcome {
                Outcome::Done => self.tables.push_is_done(push.id),
                Outcome::Again(pause) => self.tables.push_failed(push.id, clock::now().after(pause)),
            }
        };
        for told in join_all(due.into_iter().map(tell)).await {
            told?;
        }
        self.arm(clock::now()).await?;
        Ok(true)
    }

    /// The index has a revision, and has said what the company has set by now.
    fn was_indexed(&self, rev: u64, terms: Option<Terms>) -> Result<()> {
        if let Some(snapshot) = self.snapshot.borrow_mut().as_mut() {
            snapshot.indexed_rev = snapshot.indexed_rev.max(rev);
            if let Some(terms) = terms.filter(|terms| *terms != snapshot.state.terms) {
                snapshot.state.terms = terms;
                self.tables.write_state(&snapshot.state)?;
            }
        }
        self.tables.was_indexed(rev)
    }

    /// A change goes out at once, those that follow it closely go out together: lists may be a second old, and every
    /// delivery costs several times as much as the message it is about.
    async fn take_a_breath(&self) {
        let now = clock::now();
        // Who has it and where it stands is what others act upon: only more words can wait.
        let waits = !self.changed_hands.replace(false);
        let rest = self.next_index_at.get().as_millis().saturating_sub(now.as_millis());
        if waits && let Ok(rest @ 1..) = u64::try_from(rest) {
            Delay::from(Duration::from_millis(rest)).await;
        }
        self.next_index_at.set(clock::now().after(INDEX_AT_MOST_EVERY));
    }
}
