//! Payments of orders: asking for them, opening the provider's page, and what the provider tells of them.

use super::orders::{Change, Changing, Loaded, Note};
use crate::domain::conversation::event::Author;
use crate::domain::id::{CompanyId, OrderId, PaymentId};
use crate::domain::order::money::Money;
use crate::domain::order::reconciliation::reference;
use crate::domain::order::state::{Method, OrderDeed, PaymentDeed, PaymentState, Refused};
use crate::domain::order::step::{OrderRef, OrderWhat};
use crate::domain::time::Instant;
use crate::platform::provider::Provider;
use crate::platform::stripe::{self, Fault, NewSession, Session, from_stripe};
use crate::platform::{clock, log, settings};
use crate::store::db::{self, StoreError};
use crate::store::payments::{self, PaymentRecord};
use crate::store::profiles;
use serde::Deserialize;
use serde_json::json;
use worker::{D1Database, Env};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub id: PaymentId,
    pub method: Method,
    /// In minor units; all that is due where it is none.
    pub amount: Option<i64>,
}

/// Why a payment is not asked for.
pub enum NotAsked {
    Refused(Refused),
    /// More than is due.
    MoreThanDue,
    /// An amount that no card payment can have.
    NotByCard,
}

/// What a provider tells, as far as it concerns us (Stripe's event).
#[derive(Debug, Deserialize)]
pub struct ProviderEvent {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    data: EventData,
}

#[derive(Debug, Deserialize)]
struct EventData {
    object: EventObject,
}

#[derive(Debug, Deserialize)]
struct EventObject {
    #[serde(default)]
    metadata: Metadata,
    payment_status: Option<String>,
    amount_total: Option<i64>,
    amount_refunded: Option<i64>,
    currency: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Metadata {
    payment_id: Option<PaymentId>,
}

/// What an event comes to.
enum Told {
    Received(Money),
    Failed,
    Refunded(Money),
}

/// The order with one more payment asked for, and that payment.
///
/// # Errors
/// [`NotAsked`].
pub fn asked(loaded: &Loaded, asked: Asked, now: Instant) -> Result<Change, NotAsked> {
    let mut after = loaded.after(OrderDeed::AskPayment, now).map_err(NotAsked::Refused)?;
    let due = loaded.order.due();
    let amount = Money::new(asked.amount.unwrap_or(due), loaded.order.currency);
    if amount.amount > due {
        return Err(NotAsked::MoreThanDue);
    }
    if asked.method == Method::Card && !stripe::takes(amount) {
        return Err(NotAsked::NotByCard);
    }
    let ordinal = u32::try_from(loaded.payments.len()).unwrap_or(u32::MAX).saturating_add(1);
    let order = &loaded.order;
    let payment = PaymentRecord {
        id: asked.id,
        order: OrderRef { id: order.id, number: order.number },
        method: asked.method,
        state: PaymentState::Awaiting,
        amount,
        received: Money::new(0, order.currency),
        reference: reference(order.number, ordinal),
        url: None,
        created_at: now,
        updated_at: now,
        session: None,
    };
    let notes = vec![Note::of_payment(OrderWhat::PaymentAsked, &payment)];
    after.payments.push(payment);
    after.settle(now);
    Ok(Change { after, notes, more: Vec::new() })
}

/// Opens the provider's page for a card payment that has none yet. Where the provider fails, the payment has failed, unless
/// somebody else has opened the page meanwhile. A page that nobody wants any more is closed again.
///
/// # Errors
/// When the database fails.
pub async fn open_page(changing: &Changing<'_>, loaded: Loaded, id: PaymentId) -> Result<Loaded, StoreError> {
    let wants = |payment: &&PaymentRecord| {
        payment.id == id
            && payment.method == Method::Card
            && payment.state == PaymentState::Awaiting
            && payment.url.is_none()
    };
    let Some(payment) = loaded.payments.iter().find(wants) else { return Ok(loaded) };
    let opened = match Provider::of(changing.env) {
        Some(provider) => open(changing, &provider, &loaded, payment).await,
        None => Err(Fault::Failed("there is no provider".to_owned())),
    };
    let decide = |loaded: &Loaded| match &opened {
        _ if !loaded.payments.iter().any(|payment| wants(&payment)) => Ok(None),
        Ok(session) => {
            let mut after = loaded.clone();
            for payment in after.payments.iter_mut().filter(|payment| payment.id == id) {
                payment.session = Some(session.id.clone());
                payment.url = Some(session.url.clone());
            }
            Ok(Some(Change { after, notes: Vec::new(), more: Vec::new() }))
        }
        // Whoever is opening it in this moment writes down where it is.
        Err(Fault::Underway) => Ok(None),
        Err(Fault::Failed(_)) => {
            Ok::<_, StoreError>(told(loaded, id, PaymentDeed::Fail, OrderWhat::PaymentFailed, changing.now))
        }
    };
    if let Err(error) = &opened {
        log::fault("opening a payment page", &id.to_string(), error);
    }
    let now = changing.change(loaded.order.id, decide).await?;
    if let Ok(session) = &opened
        && now.payment(id).is_none_or(|payment| payment.session.as_ref() != Some(&session.id))
    {
        close(changing.env, id, &session.id).await;
    }
    Ok(now)
}

async fn open(
    changing: &Changing<'_>,
    provider: &Provider,
    loaded: &Loaded,
    payment: &PaymentRecord,
) -> Result<Session, Fault> {
    let failed = |error: StoreError| error.to_string();
    let profile = profiles::of_company(changing.db, changing.company).await.map_err(failed)?;
    let profile = profile.ok_or_else(|| "the company is gone".to_owned())?;
    let origin = settings::public_origin(changing.env);
    let back = match &loaded.order.conversation {
        Some(conversation) => format!("{origin}/{}/conversations/{}", profile.slug, conversation.id),
        None => format!("{origin}/{}", profile.slug),
    };
    let session = NewSession {
        payment: &payment.id.to_string(),
        amount: payment.amount,
        what: &format!("{} #{}", profile.name, loaded.order.number),
        email: &loaded.order.contact.email,
        back: &back,
    };
    provider.open(&session).await
}

/// Closes the provider's page of a payment. What fails is noted: money that comes all the same is, too.
pub async fn close(env: &Env, payment: PaymentId, session: &str) {
    let Some(provider) = Provider::of(env) else { return };
    if let Err(error) = provider.close(session).await {
        log::fault("closing a payment page", &payment.to_string(), &error);
    }
}

/// Takes in what a provider tells, each event once, whatever it comes to.
///
/// # Errors
/// When the database fails: the provider tells it again.
pub async fn hear(env: &Env, event: &ProviderEvent) -> Result<(), StoreError> {
    let db = db::open(env)?;
    let (Some(id), Some(told_of)) = (event.data.object.metadata.payment_id, event.told()) else { return Ok(()) };
    let Some((company, order)) = payments::owner(&db, id).await? else { return Ok(()) };
    if payments::was_heard(&db, &event.id).await? {
        return Ok(());
    }
    match note(env, &db, company, order, id, event, &told_of).await {
        // The same event came twice at once: the other one is written.
        Err(StoreError::Conflict(_)) => Ok(()),
        other => other,
    }
}

async fn note(
    env: &Env,
    db: &D1Database,
    company: CompanyId,
    order: OrderId,
    id: PaymentId,
    event: &ProviderEvent,
    told_of: &Told,
) -> Result<(), StoreError> {
    let now = clock::now();
    let changing = Changing { env, db, company, by: Author::System, now };
    let decide = |loaded: &Loaded| {
        let change = match told_of {
            Told::Received(money) if money.currency == loaded.order.currency => {
                let change = told(loaded, id, PaymentDeed::Receive(money.amount), OrderWhat::PaymentReceived, now);
                change.map(brought_back)
            }
            Told::Received(money) => {
                log::fault("payment webhook", &event.id, &format!("paid in {}", money.currency));
                None
            }
            Told::Failed => told(loaded, id, PaymentDeed::Fail, OrderWhat::PaymentFailed, now),
            Told::Refunded(money) => refunded(loaded, id, *money, now),
        };
        let Some(mut change) = change else { return Ok(None) };
        change.more.push(payments::heard(db, &event.id, now)?);
        Ok::<_, StoreError>(Some(change))
    };
    changing.change(order, decide).await.map(drop)
}

/// What becomes of an order by what happened to one of its payments; none where that cannot be, or is so already.
#[must_use]
pub fn told(loaded: &Loaded, id: PaymentId, deed: PaymentDeed, what: OrderWhat, now: Instant) -> Option<Change> {
    done(loaded, id, deed, what, now).ok()
}

/// What becomes of an order by something done to one of its payments. The last note is of that.
///
/// # Errors
/// [`Refused`] where it cannot be done as things stand.
pub fn done(
    loaded: &Loaded,
    id: PaymentId,
    deed: PaymentDeed,
    what: OrderWhat,
    now: Instant,
) -> Result<Change, Refused> {
    let after = loaded.after_payment(id, deed, now)?;
    let (before, payment) = (loaded.payment(id), after.payment(id).ok_or(Refused::WrongState)?);
    let mut notes = Vec::new();
    // What is found at the bank has come, whether anybody had said so or not.
    if deed == PaymentDeed::Reconcile && before.is_some_and(|payment| !payment.state.has_come()) {
        notes.push(Note::of_payment(OrderWhat::PaymentReceived, payment));
    }
    notes.push(Note::of_payment(what, payment));
    Ok(Change { after, notes, more: Vec::new() })
}

/// An order for which money comes is there for whoever has to see to that, also where it was deleted.
fn brought_back(mut change: Change) -> Change {
    if change.after.order.deleted_at.take().is_some() {
        change.notes.insert(0, Note::of_order(OrderWhat::Restored, &change.after));
    }
    change
}

/// Refunds are made at the provider, which tells how much went back of a payment by now. What went back in full does not
/// count any more, also where it was reconciled; of the rest, whoever reconciles sees to it.
fn refunded(loaded: &Loaded, id: PaymentId, money: Money, now: Instant) -> Option<Change> {
    let payment = loaded.payment(id)?;
    let is_all = money.currency == payment.received.currency && money.amount >= payment.received.amount;
    let gone = loaded.after_payment(id, PaymentDeed::GiveBack, now).ok().filter(|_| is_all);
    let note = Note::of_payment(OrderWhat::PaymentRefunded, payment).with(json!({ "refunded": money }));
    let notes = vec![Note { amount: money, ..note }];
    Some(Change { after: gone.unwrap_or_else(|| loaded.clone()), notes, more: Vec::new() })
}

impl ProviderEvent {
    fn told(&self) -> Option<Told> {
        let object = &self.data.object;
        let money = |amount: Option<i64>| from_stripe(amount?, object.currency.as_deref()?);
        let is_paid = object.payment_status.as_deref() == Some("paid");
        match self.kind.as_str() {
            "checkout.session.completed" if is_paid => money(object.amount_total).map(Told::Received),
            "checkout.session.async_payment_succeeded" => money(object.amount_total).map(Told::Received),
            "checkout.session.async_payment_failed" | "checkout.session.expired" => Some(Told::Failed),
            "charge.refunded" => money(object.amount_refunded).map(Told::Refunded),
            _ => None,
        }
    }
}
