//! What a turn owes to others: index and feed, then mail, then older words that are to be searched. Delivered right after
//! the turn; the alarm stands behind it.

use super::Core;
use super::schema::{Numbering, Snapshot};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::terms::Terms;
use crate::domain::search::Words;
use crate::domain::time::Span;
use crate::effects;
use crate::effects::index::Portion;
use crate::platform::{clock, log};
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Index and feed get a conversation's changes this often at most.
const INDEX_AT_MOST_EVERY: Span = Span::millis(250);

/// Most entries of the log, and about how many bytes of them, that one delivery takes to the search.
const ENTRIES_AT_ONCE: u32 = 200;
const BYTES_AT_ONCE: usize = 200_000;

impl Core {
    /// The alarm rang, perhaps early, perhaps twice: does what is due by what is stored.
    pub(super) async fn ring(&self) -> Result<()> {
        if self.load()?.is_none() {
            return Ok(());
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
        self.arm(clock::now()).await
    }

    /// Delivers what is owed once the answer is on its way.
    pub(super) fn deliver_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move { this.deliver().await });
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
            let portion = self.unsearched(&snapshot).map_err(|error| error.to_string())?;
            let terms = effects::index::deliver(&self.env, &snapshot.state, &portion).await?;
            self.was_indexed(rev, terms).map_err(|error| error.to_string())?;
            self.was_searched(portion.up_to).map_err(|error| error.to_string())?;
            self.arm(clock::now()).await.map_err(|error| error.to_string())?;
            return Ok(true);
        }
        if let Some(owed) = self.tables.owed_mail().map_err(|error| error.to_string())? {
            effects::mail::deliver(&self.env, &snapshot.state, &owed.mail).await?;
            self.tables.mail_was_sent(owed.id).map_err(|error| error.to_string())?;
            return Ok(true);
        }
        if snapshot.searched < snapshot.state.head {
            let portion = self.unsearched(&snapshot).map_err(|error| error.to_string())?;
            effects::index::catch_up(&self.env, &snapshot.state, &portion).await?;
            self.was_searched(portion.up_to).map_err(|error| error.to_string())?;
            return Ok(true);
        }
        Ok(false)
    }

    /// What was said and cannot be searched yet, as much as one delivery carries.
    fn unsearched(&self, snapshot: &Snapshot) -> Result<Portion> {
        let mut portion = Portion { words: Vec::new(), up_to: snapshot.searched };
        let mut bytes = 0_usize;
        for entry in self.tables.entries(Numbering::All, snapshot.searched, ENTRIES_AT_ONCE)? {
            if bytes > BYTES_AT_ONCE {
                break;
            }
            portion.up_to = entry.seq;
            if let Some(words) = Words::of(entry) {
                bytes = bytes.saturating_add(words.len());
                portion.words.push(words);
            }
        }
        Ok(portion)
    }

    fn was_searched(&self, seq: u64) -> Result<()> {
        if let Some(snapshot) = self.snapshot.borrow_mut().as_mut() {
            snapshot.searched = snapshot.searched.max(seq);
        }
        self.tables.was_searched(seq)
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
