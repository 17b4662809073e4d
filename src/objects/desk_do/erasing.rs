//! Erasures: the Desk works them off, conversation by conversation, and forgets each itself. To its ledger an erased
//! conversation has reported for the last time: it holds no slot and does not wait, and whoever waited for the slot is next.

use super::Core;
use crate::domain::assignment::message::Stand;
use crate::domain::id::{CompanyId, ConversationId};
use crate::domain::time::{Instant, Span};
use crate::effects::erasure::{self, Concluded};
use crate::objects::socket::{close, send};
use crate::platform::clock;
use crate::store::erasures::Left;
use futures_util::future::join_all;
use serde_json::json;
use std::rc::Rc;
use worker::{Error, Result};

/// Erasures that could not be worked off are tried again after this.
const AGAIN_AFTER: Span = Span::seconds(20);
/// Conversations that are erased side by side.
const SIDE_BY_SIDE: usize = 6;
/// With which dashboards are closed whose company is not there any more.
const GONE: u16 = 4404;
/// No report comes after this one.
const LAST: Stand = Stand { epoch: u64::MAX, rev: u64::MAX, holder: None, waits: None };

impl Core {
    /// Erasures are to be worked off by then, or earlier.
    pub(super) async fn erasures_due(&self, due: Instant) -> Result<()> {
        let known = self.tables()?.erasures_due()?;
        self.tables()?.set_erasures_due(Some(known.map_or(due, |known| known.min(due))))?;
        self.arm().await
    }

    /// Works off erasures, if that is due.
    pub(super) fn look_after_erasures(core: &Rc<Self>) -> Result<()> {
        let now = clock::now();
        if core.tables()?.erasures_due()?.is_none_or(|due| due > now) {
            return Ok(());
        }
        let Some(company) = core.company.get().or(core.tables()?.company()?) else { return Ok(()) };
        // Should nothing come of it, it is due again then.
        let later = now.after(AGAIN_AFTER);
        core.tables()?.set_erasures_due(Some(later))?;
        Self::beside(core, "erasures", async move |this| {
            let next = Self::erase(&this, company).await?;
            // Whoever asked for an earlier look meanwhile gets it.
            if this.tables()?.erasures_due()? == Some(later) {
                this.tables()?.set_erasures_due(next)?;
            }
            this.arm().await
        });
        Ok(())
    }

    /// Erases some of what is left; answers when to look again. An alarm does a part only: the runtime counts what one calls.
    async fn erase(core: &Rc<Self>, company: CompanyId) -> Result<Option<Instant>> {
        let left = erasure::left(&core.env, company).await.map_err(Error::RustError)?;
        if left.is_empty() {
            return match erasure::conclude(&core.env, company).await.map_err(Error::RustError)? {
                Concluded::More => Ok(Some(clock::now())),
                Concluded::Until(next) => Ok(next),
                Concluded::CompanyGone => core.close_for_good().await.map(|()| None),
            };
        }
        let mut failure = None;
        for some in left.chunks(SIDE_BY_SIDE) {
            for erased in join_all(some.iter().map(|one| Self::erase_one(core, company, *one))).await {
                // What cannot be erased now keeps nothing else from it.
                failure = erased.err().or(failure);
            }
        }
        core.start_over()?;
        match failure {
            Some(error) => Err(error),
            None => Ok(Some(clock::now())),
        }
    }

    async fn erase_one(core: &Rc<Self>, company: CompanyId, one: Left) -> Result<()> {
        erasure::empty(&core.env, one).await.map_err(Error::RustError)?;
        core.tables()?.forget(one.conversation)?;
        Self::report(core, one.conversation, &LAST).await?;
        erasure::strike(&core.env, company, one).await.map_err(Error::RustError)
    }

    /// Whether a conversation was erased: what is still told of it is not taken in.
    pub(super) fn is_erased(&self, conversation: ConversationId) -> Result<bool> {
        self.tables()?.is_forgotten(conversation)
    }

    /// Closes every dashboard: there is no company any more.
    pub(super) fn shut(&self) {
        for socket in self.object.get_websockets() {
            close(&socket, GONE, "there is nothing here");
        }
    }

    /// What dashboards have may have been erased: they fetch their lists anew.
    fn start_over(&self) -> Result<()> {
        let frame = json!({ "type": "resync", "head": self.tables()?.head()? }).to_string();
        for (_, sockets) in self.audience().into_iter().filter(|(member, _)| !member.is_confined()) {
            sockets.iter().for_each(|socket| send(socket, &frame));
        }
        Ok(())
    }

    async fn close_for_good(&self) -> Result<()> {
        self.shut();
        let storage = self.object.storage();
        storage.delete_alarm().await?;
        storage.delete_all().await?;
        self.tables()?.close_for_good()?;
        self.alarm_at.set(None);
        self.ledger.take();
        self.roster.take();
        self.listeners.take();
        self.last_seen.take();
        self.turns.take();
        self.attending.take();
        Ok(())
    }
}
