//! Changing orders: load, decide, write, in that order, and once more from the start where somebody was quicker. What is
//! written with a change is owed to its conversation, which is told right afterwards; the company's Desk stands behind that
//! with its alarm, which is set before anything is written.

use super::order_look::tell;
use super::payments::close;
use crate::domain::conversation::event::Author;
use crate::domain::id::{AgentId, CompanyId, OrderId, OrderLogId, PaymentId};
use crate::domain::order::money::Money;
use crate::domain::order::state::{self, Method, OrderDeed, PaymentDeed, PaymentState, Refused, Standing, settled};
use crate::domain::order::step::OrderWhat;
use crate::domain::time::{Instant, Span};
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest, OrderNews};
use crate::platform::{log, random};
use crate::store::db::{self, CHANGED_MEANWHILE, StoreError, StoreResult};
use crate::store::order_log::{self, NewLine, Told};
use crate::store::orders::{self, OrderRecord};
use crate::store::payments::{self, PaymentRecord};
use serde_json::{Value, json};
use worker::{D1Database, D1PreparedStatement, Env};

/// How often a change is decided anew because others were quicker.
const TRIES: u8 = 20;
/// The Desk looks after what is owed this long after it was written.
pub const LOOKED_AFTER: Span = Span::seconds(10);

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
        let made = self.read(id).await?;
        self.tell_dashboards(&made.order, false).await;
        Ok(made)
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
                    self.tell_dashboards(&now.order, before.order.deleted_at.is_some()).await;
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

    /// Tells open dashboards that an order changed. Should that fail, they learn it when they ask the next time.
    pub async fn tell_dashboards(&self, order: &OrderRecord, was_deleted: bool) {
        let conversation = order.conversation.as_ref().map(|conversation| conversation.id);
        let participants = match conversation {
            Some(id) => orders::participants(self.db, id).await,
            None => Ok(Vec::new()),
        };
        let participants = participants.unwrap_or_else(|error| {
            log::fault("telling of an order", &order.id.to_string(), &error);
            Vec::new()
        });
        let hidden = was_deleted && order.deleted_at.is_some();
        let news = OrderNews { id: order.id, rev: order.rev, conversation, place: order.place, participants, hidden };
        desk::tell(self.env, self.company, &DeskRequest::OrderChanged { news }).await;
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
