//! Changing orders: load, decide, write, in that order, and once more from the start where somebody was quicker. What is
//! written with a change is owed to its conversation, which is told right afterwards; the company's Desk stands behind that
//! with its alarm, which is set before anything is written.

use super::payments::close;
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Author;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, CompanyId, ConversationId, OrderId, OrderLogId, PaymentId};
use crate::domain::order::money::Money;
use crate::domain::order::state::{self, Method, OrderDeed, PaymentDeed, PaymentState, Refused, Standing, settled};
use crate::domain::order::step::OrderWhat;
use crate::domain::time::{Instant, Span};
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::{clock, log, random};
use crate::store::db::{self, CHANGED_MEANWHILE, StoreError, StoreResult};
use crate::store::order_log::{self, NewLine, Owed, Told};
use crate::store::orders::{self, OrderRecord};
use crate::store::payments::{self, PaymentRecord};
use serde_json::{Value, json};
use worker::{D1Database, D1PreparedStatement, Env};

/// How often a change is decided anew because others were quicker.
const TRIES: u8 = 20;
/// The Desk looks after what is owed this long after it was written.
pub const LOOKED_AFTER: Span = Span::seconds(10);
/// A look of which something failed is taken again after this.
pub const AGAIN_AFTER: Span = Span::seconds(30);
/// Most steps, or orders that ran out, of one look.
const AT_ONCE: u32 = 50;

/// An order with its payments, as they are.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub order: OrderRecord,
    pub payments: Vec<PaymentRecord>,
}

/// What is told of a change, in the order's log and in its conversation.
#[derive(Clone, Debug)]
pub struct Note {
    pub what: OrderWhat,
    pub payment: Option<PaymentId>,
    pub amount: Money,
    pub method: Option<Method>,
    pub detail: Value,
}

/// What a decision comes to.
pub struct Change {
    pub after: Loaded,
    pub notes: Vec<Note>,
    /// What else is written with it.
    pub more: Vec<D1PreparedStatement>,
}

/// Who changes orders, and where.
pub struct Changing<'a> {
    pub env: &'a Env,
    pub db: &'a D1Database,
    pub company: CompanyId,
    pub by: Author,
    pub now: Instant,
}

impl Loaded {
    /// The order with its payments; none where the company has no such order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(
        db: &D1Database,
        company: CompanyId,
        id: OrderId,
        agent: Option<AgentId>,
    ) -> StoreResult<Option<Self>> {
        let Some(order) = orders::find(db, company, id, agent).await? else { return Ok(None) };
        let payments = payments::of_order(db, id).await?;
        Ok(Some(Self { order, payments }))
    }

    /// The order after a deed, with nothing but its state changed.
    ///
    /// # Errors
    /// [`Refused`] where it cannot be done as things stand.
    pub fn after(&self, deed: OrderDeed, now: Instant) -> Result<Self, Refused> {
        let mut after = self.clone();
        after.order.state = self.order.state.after(deed, self.order.sums, self.order.totals.total)?;
        after.order.updated_at = now;
        if matches!(deed, OrderDeed::Cancel | OrderDeed::Expire) {
            after.give_up_payments(now);
        }
        Ok(after)
    }

    /// One of its payments.
    #[must_use]
    pub fn payment(&self, id: PaymentId) -> Option<&PaymentRecord> {
        self.payments.iter().find(|payment| payment.id == id)
    }

    /// The order after a deed to one of its payments.
    ///
    /// # Errors
    /// [`Refused`] where it cannot be done as things stand.
    pub fn after_payment(&self, id: PaymentId, deed: PaymentDeed, now: Instant) -> Result<Self, Refused> {
        let mut after = self.clone();
        let payment = after.payments.iter_mut().find(|payment| payment.id == id).ok_or(Refused::WrongState)?;
        let standing = payment.standing().after(deed)?;
        *payment = payment.clone().standing_so(standing, now);
        after.settle(now);
        Ok(after)
    }

    /// Lets the order stand where its payments say. Of what is paid in full, nobody pays once more by card; a transfer that
    /// was asked for may be on its way, and has to be found when it comes.
    pub fn settle(&mut self, now: Instant) {
        self.order.sums = state::sums(&self.standings());
        if self.order.state.is_confirmed() && self.order.due() == 0 {
            self.give_up(now, |payment| payment.method == Method::Card);
        }
        self.order.state = settled(self.order.state, self.order.totals.total, &self.standings());
        self.order.updated_at = now;
    }

    fn standings(&self) -> Vec<Standing> {
        self.payments.iter().map(PaymentRecord::standing).collect()
    }

    /// Nobody waits for what has not come.
    pub fn give_up_payments(&mut self, now: Instant) {
        self.give_up(now, |_| true);
    }

    fn give_up(&mut self, now: Instant, which: impl Fn(&PaymentRecord) -> bool) {
        for payment in self.payments.iter_mut().filter(|payment| which(payment)) {
            if let Ok(standing) = payment.standing().after(PaymentDeed::Cancel) {
                *payment = payment.clone().standing_so(standing, now);
            }
        }
    }

    /// What the order comes to.
    #[must_use]
    pub const fn total(&self) -> Money {
        Money::new(self.order.totals.total, self.order.currency)
    }
}

impl Note {
    /// A step of the order itself.
    #[must_use]
    pub fn of_order(what: OrderWhat, loaded: &Loaded) -> Self {
        Self { what, payment: None, amount: loaded.total(), method: None, detail: json!({}) }
    }

    /// A step of one of its payments.
    #[must_use]
    pub fn of_payment(what: OrderWhat, payment: &PaymentRecord) -> Self {
        let amount = if payment.received.amount > 0 { payment.received } else { payment.amount };
        let (payment, method) = (Some(payment.id), Some(payment.method));
        Self { what, payment, amount, method, detail: json!({}) }
    }

    /// With what else there is to know of it.
    #[must_use]
    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

impl Changing<'_> {
    /// Makes an order, and tells its conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create(
        &self,
        order: OrderRecord,
        notes: &[Note],
        more: Vec<D1PreparedStatement>,
    ) -> StoreResult<Loaded> {
        let id = order.id;
        let after = Loaded { order, payments: Vec::new() };
        let mut statements = vec![orders::insert(self.db, &after.order)?];
        statements.extend(self.lines(&after, notes)?);
        statements.extend(more);
        self.stand_behind(&after.order).await?;
        db::transaction(self.db, statements).await?;
        self.see_through(&after.order).await;
        self.read(id).await
    }

    /// Changes an order: `decide` is asked what it comes to, again where somebody else was quicker; none where nothing is to
    /// change.
    ///
    /// # Errors
    /// What `decide` refuses; a conflict where others were quicker all the time.
    pub async fn change<E: From<StoreError>>(
        &self,
        id: OrderId,
        decide: impl Fn(&Loaded) -> Result<Option<Change>, E>,
    ) -> Result<Loaded, E> {
        for _ in 0..TRIES {
            let before = self.read(id).await?;
            let Some(Change { after, notes, more }) = decide(&before)? else { return Ok(before) };
            let mut statements = Vec::from(orders::update(self.db, before.order.rev, &after.order)?);
            for payment in after.payments.iter().filter(|payment| !before.payments.contains(payment)) {
                statements.push(payments::write(self.db, self.company, payment)?);
            }
            statements.extend(self.lines(&after, &notes)?);
            statements.extend(more);
            self.stand_behind(&after.order).await?;
            match db::transaction(self.db, statements).await {
                Ok(_) => {
                    self.see_through(&after.order).await;
                    let now = self.read(id).await?;
                    self.close_pages(&before, &now).await;
                    return Ok(now);
                }
                Err(StoreError::Guarded(CHANGED_MEANWHILE)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Guarded(CHANGED_MEANWHILE).into())
    }

    async fn read(&self, id: OrderId) -> StoreResult<Loaded> {
        let agent = match &self.by {
            Author::Agent(agent) => Some(agent.id),
            _ => None,
        };
        let found = Loaded::find(self.db, self.company, id, agent).await?;
        found.ok_or_else(|| StoreError::Broken("an order is not there".to_owned()))
    }

    /// The lines of the log, and what the conversation is owed of them.
    fn lines(&self, after: &Loaded, notes: &[Note]) -> StoreResult<Vec<D1PreparedStatement>> {
        let order = &after.order;
        let mut statements = Vec::new();
        for note in notes {
            let line = NewLine {
                id: OrderLogId::new(random::id(self.now)),
                company: self.company,
                order: order.id,
                payment: note.payment,
                by: &self.by,
                what: Some(note.what),
                detail: note.detail.clone(),
                at: self.now,
            };
            statements.push(order_log::insert(self.db, &line)?);
            if let Some(conversation) = &order.conversation {
                let (what, amount, method) = (note.what, note.amount, note.method);
                let told = Told { by: self.by.clone(), what, amount, method, known: order.known };
                statements.push(order_log::owe(self.db, &line, conversation.id, &told)?);
            }
        }
        Ok(statements)
    }

    /// Has the Desk look soon, so that a crash after the commit loses nothing: neither what a conversation is owed nor when
    /// the order runs out.
    async fn stand_behind(&self, order: &OrderRecord) -> StoreResult<()> {
        if order.conversation.is_none() && !runs_out(order) {
            return Ok(());
        }
        let soon = self.now.after(LOOKED_AFTER);
        let due = order.expires_at.filter(|_| runs_out(order)).map_or(soon, |expiry| expiry.min(soon));
        let answer: Answer<()> = desk::ask(self.env, self.company, &DeskRequest::OrdersDue { due }).await?;
        drop(answer);
        Ok(())
    }

    /// What follows a commit. What fails of it, the Desk makes good.
    async fn see_through(&self, order: &OrderRecord) {
        // A look that was on its way did not see yet when this one runs out, and would forget that it was asked to.
        if runs_out(order)
            && let Err(error) = self.stand_behind(order).await
        {
            log::fault("looking after an order", &order.id.to_string(), &error);
        }
        if let Err(error) = tell(self.env, self.db, self.company, Some(order.id)).await {
            log::fault("telling of an order", &order.id.to_string(), &error);
        }
    }

    /// Nobody should still be able to pay for what is not wanted any more; whoever manages to, his money is noted. Of what
    /// is paid or has failed, the provider has closed the page itself.
    async fn close_pages(&self, before: &Loaded, now: &Loaded) {
        let awaited = |payment: &PaymentRecord| payment.state == PaymentState::Awaiting;
        let is_gone =
            |payment: &&PaymentRecord| matches!(payment.state, PaymentState::Cancelled | PaymentState::Rejected);
        for payment in now.payments.iter().filter(is_gone) {
            if let Some(session) = &payment.session
                && before.payment(payment.id).is_some_and(awaited)
            {
                close(self.env, payment.id, session).await;
            }
        }
    }
}

/// Whether an order runs out by itself, unless something comes between.
fn runs_out(order: &OrderRecord) -> bool {
    order.expires_at.is_some() && order.state.can_expire() && order.deleted_at.is_none()
}

/// What a look has left.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    /// There is more to do at once.
    more: bool,
    /// Something failed, and is to be tried again.
    failed: bool,
}

/// Tells conversations what they are owed. One that cannot be reached keeps no other one waiting.
async fn tell(env: &Env, db: &D1Database, company: CompanyId, order: Option<OrderId>) -> StoreResult<Left> {
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
#[must_use]
pub fn expire(loaded: &Loaded, now: Instant) -> Option<Change> {
    let is_due = loaded.order.has_run_out(now) && loaded.order.deleted_at.is_none();
    let after = loaded.after(OrderDeed::Expire, now).ok().filter(|_| is_due)?;
    let notes = vec![Note::of_order(OrderWhat::Expired, &after)];
    Some(Change { after, notes, more: Vec::new() })
}
