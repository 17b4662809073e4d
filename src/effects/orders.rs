//! Changing orders: load, decide, write, in that order, and once more from the start where somebody was quicker. What is
//! written with a change is owed to its conversation, which is told right afterwards; the company's Desk stands behind that
//! with its alarm, which is set before anything is written.

use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::event::Author;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, CompanyId, ConversationId, OrderId, OrderLogId, PaymentId};
use crate::domain::order::money::Money;
use crate::domain::order::state::{self, Method, OrderDeed, PaymentDeed, Refused, Standing, settled};
use crate::domain::order::step::OrderWhat;
use crate::domain::time::{Instant, Span};
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::{clock, log, random};
use crate::store::db::{self, CHANGED_MEANWHILE, StoreError, StoreResult};
use crate::store::order_log::{self, NewLine, Told};
use crate::store::orders::{self, OrderRecord};
use crate::store::payments::{self, PaymentRecord};
use serde_json::{Value, json};
use worker::{D1Database, D1PreparedStatement, Env};

/// How often a change is decided anew because others were quicker.
const TRIES: u8 = 20;
/// The Desk looks after what is owed this long after it was written.
const LOOKED_AFTER: Span = Span::seconds(10);
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

    /// Lets the order stand where its payments say.
    pub fn settle(&mut self, now: Instant) {
        let standings: Vec<Standing> = self.payments.iter().map(PaymentRecord::standing).collect();
        self.order.sums = state::sums(&standings);
        self.order.state = settled(self.order.state, self.order.totals.total, &standings);
        self.order.updated_at = now;
    }

    /// Nobody waits for what has not come.
    pub fn give_up_payments(&mut self, now: Instant) {
        for payment in &mut self.payments {
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

    /// What is still to be paid.
    #[must_use]
    pub fn due(&self) -> i64 {
        self.order.totals.total.saturating_sub(self.order.sums.paid).max(0)
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
        self.tell(id).await;
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
                    self.tell(id).await;
                    return Ok(self.read(id).await?);
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

    /// Sets the Desk's alarm, so that a crash after the commit loses nothing.
    async fn stand_behind(&self, order: &OrderRecord) -> StoreResult<()> {
        let owed = order.conversation.as_ref().map(|_| self.now.after(LOOKED_AFTER));
        let expiry = order.expires_at.filter(|_| order.state.can_expire() && order.deleted_at.is_none());
        let Some(due) = owed.into_iter().chain(expiry).min() else { return Ok(()) };
        let answer: Answer<()> = desk::ask(self.env, self.company, &DeskRequest::OrdersDue { due }).await?;
        drop(answer);
        Ok(())
    }

    /// Tells the order's conversation what it is owed. What fails is told later.
    async fn tell(&self, id: OrderId) {
        if let Err(error) = tell(self.env, self.db, self.company, Some(id)).await {
            log::fault("telling of an order", &id.to_string(), &error);
        }
    }
}

/// Tells conversations what they are owed: each step under its own name, so that one that was told before changes nothing.
async fn tell(env: &Env, db: &D1Database, company: CompanyId, order: Option<OrderId>) -> Result<bool, String> {
    let failed = |error: StoreError| error.to_string();
    let owed = order_log::owed(db, company, order, AT_ONCE).await.map_err(failed)?;
    let all = u32::try_from(owed.len()).unwrap_or(u32::MAX) < AT_ONCE;
    for step in owed {
        let command = Command::TellOrder { by: step.by, step: step.step };
        let request = ConversationRequest::Command { actor: Actor::System, client_id: Some(step.id), command };
        let mut refused = send(env, step.conversation, &request).await?;
        if let Some(Refusal::Merged { into }) = &refused {
            // Its customer goes on in another conversation, and so do his orders.
            orders::move_to(db, step.conversation, into.id).await.map_err(failed)?;
            refused = send(env, into.id, &request).await?;
        }
        if let Some(refusal) = refused {
            // A conversation that is gone is told nothing any more.
            log::fault("telling of an order", &step.conversation.to_string(), &format!("{refusal:?}"));
        }
        order_log::was_told(db, step.id).await.map_err(failed)?;
    }
    Ok(all)
}

/// What the conversation refuses, if it does.
async fn send(env: &Env, to: ConversationId, request: &ConversationRequest) -> Result<Option<Refusal>, String> {
    let answer = call::call::<Refusal>(env, conversation_do::BINDING, &to.to_string(), request).await;
    match answer.map_err(|error| error.to_string())? {
        Answer::Done(_) => Ok(None),
        Answer::Refused(refusal) => Ok(Some(refusal)),
    }
}

/// The Desk's look after a company's orders: what conversations are owed, and what has run out. Answers when to look again.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn look_after(env: &Env, company: CompanyId) -> Result<Option<Instant>, String> {
    let failed = |error: StoreError| error.to_string();
    let db = db::open(env).map_err(failed)?;
    let now = clock::now();
    let told_all = tell(env, &db, company, None).await?;
    let changing = Changing { env, db: &db, company, by: Author::System, now };
    for id in orders::run_out(&db, company, now, AT_ONCE).await.map_err(failed)? {
        let expired = |loaded: &Loaded| Ok::<_, StoreError>(expire(loaded, now));
        changing.change(id, expired).await.map_err(failed)?;
    }
    if !told_all {
        return Ok(Some(now));
    }
    orders::next_expiry(&db, company).await.map_err(failed)
}

/// What becomes of an order whose time may have run out.
#[must_use]
pub fn expire(loaded: &Loaded, now: Instant) -> Option<Change> {
    let is_due = loaded.order.expires_at.is_some_and(|at| at <= now) && loaded.order.deleted_at.is_none();
    let after = loaded.after(OrderDeed::Expire, now).ok().filter(|_| is_due)?;
    let notes = vec![Note::of_order(OrderWhat::Expired, &after)];
    Some(Change { after, notes, more: Vec::new() })
}
