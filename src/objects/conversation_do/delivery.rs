//! What a turn owes to others: index and feed, then mail and word to agents, then older words that are to be searched.
//! Delivered right after the turn; the alarm stands behind it. Browsers are told in a lane of their own: whatever their
//! services do, nothing else waits.

use super::Core;
use super::schema::pushes::OwedPush;
use super::schema::{Numbering, Snapshot, What};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::report::fact::Course;
use crate::domain::time::Span;
use crate::effects;
use crate::effects::index::{Parcel, ReadOff};
use crate::effects::push::Outcome;
use crate::platform::{clock, log};
use crate::store::companies::Known;
use futures_util::future::join_all;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Browsers that are told at once: the runtime opens no more connections.
const PUSHES_AT_ONCE: u32 = 6;
/// Index and feed get a conversation's changes this often at most.
const INDEX_AT_MOST_EVERY: Span = Span::millis(250);
/// Most entries of the log, and about how many bytes of them, that one delivery takes to search and reports.
const ENTRIES_AT_ONCE: u32 = 200;
const BYTES_AT_ONCE: usize = 200_000;

impl Core {
    /// The alarm rang, perhaps early, perhaps twice: does what is due by what is stored.
    pub(super) async fn ring(&self) -> Result<()> {
        if self.load()?.is_none() {
            self.clear_expired().await?;
            return self.arm(clock::now()).await;
        }
        if let Err(error) = self.drive().await {
            log::fault("conversation merge", "", &error);
        }
        // On its way into another one, it is not known whether anything is left to come due here.
        let is_sealed = self.load()?.is_some_and(|snapshot| snapshot.seal.is_some());
        if !is_sealed && let Err(refusal) = self.command(&Actor::System, None, &Command::Tick).await? {
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

    /// Something is about to happen by which others may be owed something.
    pub(super) fn takes_a_turn(&self) {
        self.turns.set(self.turns.get().wrapping_add(1));
    }

    /// Whether nobody is owed anything: who only reads then has nothing to see to.
    pub(super) fn is_settled(&self) -> bool {
        let reported = self.snapshot.borrow().as_ref().is_some_and(|snapshot| !snapshot.tenure.owes_report);
        reported && self.settled_since.get() == Some(self.turns.get())
    }

    /// Delivers what is owed once the answer is on its way.
    pub(super) fn deliver_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move {
            let turn = this.turns.get();
            let delivered = this.deliver().await;
            if this.push().await && delivered {
                this.settled_since.set(Some(turn));
            }
        });
    }

    /// Delivers what is owed until nothing is, or something fails; the alarm tries again then. Whether nothing is.
    pub(super) async fn deliver(&self) -> bool {
        if !self.delivering.enter(clock::now()) {
            return false;
        }
        let delivered = self.deliver_all().await;
        if let Err(error) = &delivered {
            log::fault("conversation effects", "", error);
        }
        self.delivering.leave();
        delivered.is_ok()
    }

    /// Index and feed first, which say whether there are rules at all; then what rules do, which makes more for the index;
    /// then the Desk, which deals what rules have sorted; then mails and word to agents, and what is yet
    /// to be searched. Rules that fail hold nothing up.
    async fn deliver_all(&self) -> std::result::Result<(), String> {
        let mut rules = Ok(());
        loop {
            let indexed = self.deliver_index().await?;
            let automated = rules.is_ok() && self.automate(&mut rules).await;
            if let Err(error) = self.report().await {
                log::fault("conversation report", "", &error);
            }
            if indexed || automated {
                continue;
            }
            if !self.deliver_owed().await? && !self.deliver_words().await? {
                self.arm(clock::now()).await.map_err(|error| error.to_string())?;
                return rules;
            }
        }
    }

    /// Does what rules say until there is no more of it, or something fails. Whether there was any.
    async fn automate(&self, rules: &mut std::result::Result<(), String>) -> bool {
        let (mut any, mut consulted) = (false, None);
        loop {
            match self.automate_one(&mut consulted).await {
                Ok(true) => any = true,
                Ok(false) => return any,
                Err(error) => {
                    *rules = Err(error);
                    return any;
                }
            }
        }
    }

    async fn deliver_index(&self) -> std::result::Result<bool, String> {
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        if snapshot.indexed_rev >= snapshot.state.head {
            return Ok(false);
        }
        self.take_a_breath().await;
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        let rev = snapshot.state.head;
        let parcel = self.unsent(&snapshot).map_err(|error| error.to_string())?;
        let known = effects::index::deliver(&self.env, &snapshot.state, &parcel).await?;
        self.was_indexed(rev, known).map_err(|error| error.to_string())?;
        self.was_sent(parcel).map_err(|error| error.to_string())?;
        self.arm(clock::now()).await.map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Delivers the oldest mail or word to agents that is owed. Whether there was any.
    async fn deliver_owed(&self) -> std::result::Result<bool, String> {
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        let Some(owed) = self.tables.owed().map_err(|error| error.to_string())? else { return Ok(false) };
        let mut pushes = Vec::new();
        match &owed.what {
            What::Mail(occasion) => effects::mail::deliver(&self.env, &snapshot.state, *occasion).await?,
            What::News(news) => pushes = effects::notify::deliver(&self.env, &snapshot.state, news).await?,
            What::Nothing => {}
        }
        self.tables.was_delivered(&owed, &pushes, clock::now()).map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Takes words to the search, and facts to the reports, that index and feed did not carry. Whether there were any.
    async fn deliver_words(&self) -> std::result::Result<bool, String> {
        let Some(snapshot) = self.load().map_err(|error| error.to_string())? else { return Ok(false) };
        if snapshot.searched >= snapshot.state.head {
            return Ok(false);
        }
        let parcel = self.unsent(&snapshot).map_err(|error| error.to_string())?;
        effects::index::catch_up(&self.env, &snapshot.state, &parcel).await?;
        self.was_sent(parcel).map_err(|error| error.to_string())?;
        Ok(true)
    }

    /// Tells browsers once the answer is on its way.
    pub(super) fn push_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move {
            this.push().await;
        });
    }

    /// Tells the browsers that are to be told by now. What fails is tried again later, by the alarm. Whether all are told.
    async fn push(&self) -> bool {
        loop {
            if !self.pushing.enter(clock::now()) {
                return false;
            }
            let more = self.push_some().await;
            self.pushing.leave();
            match more {
                Ok(true) => {}
                Ok(false) => return true,
                Err(error) => {
                    log::fault("conversation pushes", "", &error);
                    return false;
                }
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

    /// Forgets that index, search and reports know anything, and tells them: what they have then is what the log says.
    pub(super) async fn tell_anew(&self) -> Result<std::result::Result<String, Refusal>> {
        let Some(snapshot) = self.load()? else { return Ok(Err(Refusal::NotFound)) };
        let read = self.read_off()?;
        effects::index::expect_anew(&self.env, &snapshot.state, &read).await.map_err(worker::Error::RustError)?;
        self.tables.nothing_was_told()?;
        *self.snapshot.borrow_mut() = None;
        self.deliver().await;
        Ok(Ok("{}".to_owned()))
    }

    /// Everything that reports are to know, read off the whole log.
    fn read_off(&self) -> Result<ReadOff> {
        let (mut read, mut course, mut after) = (ReadOff::default(), Course::default(), 0);
        loop {
            let entries = self.tables.entries(Numbering::All, after, ENTRIES_AT_ONCE)?;
            let Some(last) = entries.last() else { return Ok(read) };
            after = last.seq;
            for entry in entries {
                read.span = read.span.map_or(Some((entry.at, entry.at)), |(from, until)| {
                    Some((from.min(entry.at), until.max(entry.at)))
                });
                read.facts.extend(course.take(&entry));
            }
        }
    }

    /// What was said and cannot be searched yet, and the facts in it, as much as one delivery carries.
    fn unsent(&self, snapshot: &Snapshot) -> Result<Parcel> {
        let mut parcel = Parcel::after(snapshot.searched, snapshot.course.clone());
        for entry in self.tables.entries(Numbering::All, snapshot.searched, ENTRIES_AT_ONCE)? {
            if parcel.words.bytes() > BYTES_AT_ONCE {
                break;
            }
            parcel.take(entry);
        }
        Ok(parcel)
    }

    fn was_sent(&self, parcel: Parcel) -> Result<()> {
        if let Some(snapshot) = self.snapshot.borrow_mut().as_mut().map(Rc::make_mut) {
            self.tables.was_searched(parcel.words.up_to, &parcel.course)?;
            snapshot.searched = parcel.words.up_to;
            snapshot.course = parcel.course;
        }
        Ok(())
    }

    /// The index has a revision, and has said what the company has set by now.
    fn was_indexed(&self, rev: u64, known: Option<Known>) -> Result<()> {
        if let Some(snapshot) = self.snapshot.borrow_mut().as_mut().map(Rc::make_mut) {
            snapshot.indexed_rev = snapshot.indexed_rev.max(rev);
            let terms = known.map(|known| known.terms).filter(|terms| *terms != snapshot.state.terms);
            if let Some(terms) = terms {
                snapshot.state.terms = terms;
                self.tables.write_state(&snapshot.state)?;
            }
            if known.is_some_and(|known| !known.automated) {
                snapshot.agenda.pass_by(rev);
            }
            return self.tables.was_indexed(rev, &snapshot.agenda);
        }
        Ok(())
    }

    /// A change goes out at once, those that follow it closely go out together: lists may be a second old, and every
    /// delivery costs several times as much as the message it is about.
    async fn take_a_breath(&self) {
        let now = clock::now();
        // Who has it and where it stands is what others act upon: only more words can wait.
        let waits = !self.changed_hands.replace(false);
        // A clock that was set back makes nobody wait longer.
        let rest =
            self.next_index_at.get().as_millis().saturating_sub(now.as_millis()).min(INDEX_AT_MOST_EVERY.as_millis());
        if waits && let Ok(rest @ 1..) = u64::try_from(rest) {
            Delay::from(Duration::from_millis(rest)).await;
        }
        self.next_index_at.set(clock::now().after(INDEX_AT_MOST_EVERY));
    }
}
