//! Looking after orders: what conversations are owed of them, and what has run out. A change is told right after it was
//! written; the company's Desk looks for whatever was not.

use super::orders::{Change, Changing, Loaded, Note};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Author;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{CompanyId, ConversationId, OrderId};
use crate::domain::order::state::OrderDeed;
use crate::domain::order::step::OrderWhat;
use crate::domain::time::{Instant, Span};
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::{clock, log};
use crate::store::db::{self, StoreError, StoreResult};
use crate::store::order_log::{self, Owed};
use crate::store::orders;
use worker::{D1Database, Env};

/// A look of which something failed is taken again after this.
pub const AGAIN_AFTER: Span = Span::seconds(30);
/// Most steps, or orders that ran out, of one look.
const AT_ONCE: u32 = 50;

/// What a look has left.
#[derive(Clone, Copy, Debug, Default)]
pub struct Left {
    /// There is more to do at once.
    more: bool,
    /// Something failed, and is to be tried again.
    failed: bool,
}

/// The Desk's look after a company's orders: what has run out, and what conversations are owed. Answers when to look again.
/// What fails is noted, and does not keep the rest waiting.
///
/// # Errors
/// What failed of the database; the Desk tries again.
pub async fn look_after(env: &Env, company: CompanyId) -> StoreResult<Option<Instant>> {
    let db = db::open(env)?;
    let now = clock::now();
    let changing = Changing { env, db: &db, company, by: Author::System, now };
    let expired = changing.expire().await?;
    let told = tell(env, &db, company, None).await?;
    let at_once = (expired.more || told.more).then_some(now);
    let again = (expired.failed || told.failed).then(|| now.after(AGAIN_AFTER));
    let next = orders::next_expiry(&db, company, now).await?;
    Ok(at_once.into_iter().chain(again).chain(next).min())
}

impl Changing<'_> {
    /// Lets those orders run out whose time has come.
    async fn expire(&self) -> StoreResult<Left> {
        let due = orders::run_out(self.db, self.company, self.now, AT_ONCE).await?;
        let mut left = Left { more: is_full(due.len()), failed: false };
        for id in due {
            if let Err(error) = self.change(id, |loaded| Ok::<_, StoreError>(expire(loaded, self.now))).await {
                log::fault("letting an order run out", &id.to_string(), &error);
                left.failed = true;
            }
        }
        // What failed stands first the next time: it is not tried again at once.
        left.more &= !left.failed;
        Ok(left)
    }
}

/// What becomes of an order whose time may have run out.
fn expire(loaded: &Loaded, now: Instant) -> Option<Change> {
    let is_due = loaded.order.has_run_out(now) && loaded.order.deleted_at.is_none();
    let after = loaded.after(OrderDeed::Expire, now).ok().filter(|_| is_due)?;
    let notes = vec![Note::of_order(OrderWhat::Expired, &after)];
    Some(Change { after, notes, more: Vec::new() })
}

/// Tells conversations what they are owed, of one order or of all. One that cannot be reached keeps no other one waiting.
///
/// # Errors
/// When the database fails.
pub async fn tell(env: &Env, db: &D1Database, company: CompanyId, order: Option<OrderId>) -> StoreResult<Left> {
    let mut silent: Vec<ConversationId> = Vec::new();
    loop {
        let owed = order_log::owed(db, company, order, &silent, AT_ONCE).await?;
        let (more, known) = (is_full(owed.len()), silent.len());
        let mut moved = false;
        for step in owed {
            if silent.contains(&step.conversation) {
                continue;
            }
            let (id, conversation) = (step.id, step.conversation);
            match send(env, step).await {
                Ok(None) => order_log::was_told(db, id).await?,
                // Its customer goes on there, and so do his orders: what is owed is told there.
                Ok(Some(into)) => {
                    orders::move_to(db, conversation, into)?.run().await?;
                    moved = true;
                }
                Err(error) => {
                    log::fault("telling of an order", &conversation.to_string(), &error);
                    silent.push(conversation);
                }
            }
        }
        // What could not be told may have stood before what can be.
        if !moved && (!more || silent.len() == known) {
            return Ok(Left { more, failed: !silent.is_empty() });
        }
    }
}

/// Whether there may be more than what was read.
fn is_full(count: usize) -> bool {
    u32::try_from(count).unwrap_or(u32::MAX) >= AT_ONCE
}

/// Tells a conversation of a step, under its own name, so that one that was told before changes nothing. Where it was merged,
/// nothing is told, and the answer is where it goes on.
async fn send(env: &Env, owed: Owed) -> worker::Result<Option<ConversationId>> {
    let Owed { id, conversation, by, step } = owed;
    let command = Command::TellOrder { by, step };
    let request = ConversationRequest::Command { actor: Actor::System, client_id: Some(id), command };
    let to = conversation.to_string();
    match call::call::<Refusal>(env, conversation_do::BINDING, &to, &request).await? {
        Answer::Done(_) => Ok(None),
        Answer::Refused(Refusal::Merged { into }) => Ok(Some(into.id)),
        // In a moment it is known where it goes on.
        Answer::Refused(Refusal::Merging) => Err(worker::Error::RustError("it is being merged".to_owned())),
        Answer::Refused(refusal) => {
            // A conversation that is gone is told nothing any more.
            log::fault("telling of an order", &to, &format!("{refusal:?}"));
            Ok(None)
        }
    }
}
