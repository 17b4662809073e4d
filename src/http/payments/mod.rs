//! Payments for orders (specification J5, J9, J12, J13).

pub mod settings;
pub mod statement;
pub mod webhook;

use super::body::{Json, Nothing, OptionalJson, Query};
use super::conversations::list::several;
use super::orders::body::OrderBody;
use super::orders::input::Amount;
use super::orders::steps::ReasonBody;
use super::orders::{AtOrder, AtPayment, conflict, days, limit, refused, require_time, searched, sight};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::AtCompany;
use crate::domain::id::{ClientId, OrderId, PaymentId};
use crate::domain::input::{self, FieldError};
use crate::domain::order::money::MOST;
use crate::domain::order::permission::WORK;
use crate::domain::order::state::{Method, PaymentDeed, PaymentState, Refused};
use crate::domain::order::step::OrderWhat;
use crate::domain::people::permission::Capability;
use crate::effects::orders::{Change, Loaded};
use crate::effects::payments::{self as effect, Asked, NotAsked};
use crate::platform::provider::Provider;
use crate::platform::random;
use crate::store::payments::{self, Filter, ListedPayment, PaymentRecord};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The payments of an order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Payments {
    items: Vec<PaymentRecord>,
    next: Option<PaymentId>,
}

/// A part of the payments, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ListedPayments {
    items: Vec<ListedPayment>,
    next: Option<PaymentId>,
}

/// Which payments to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentsQuery {
    /// One or more states, separated by commas.
    state: Option<String>,
    method: Option<Method>,
    /// A part of the reference, or the order's number.
    q: Option<String>,
    /// Asked for, or noted, on that day by the company's clock, as `2026-12-25`, or at that instant; or later.
    from: Option<String>,
    /// On that day or earlier; or before that instant.
    to: Option<String>,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<PaymentId>,
}

/// A payment to be asked for.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayment {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    method: Method,
    /// All that is due where it is left out.
    amount: Option<Amount>,
}

/// Money that has come.
#[derive(Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// What was asked for where it is left out.
    amount: Option<Amount>,
}

/// The payments of the orders that the caller may see.
#[utoipa::path(get, path = "/api/companies/{company}/payments", tag = "payments",
    params(("company" = String, Path), PaymentsQuery), responses((status = 200, body = ListedPayments)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<PaymentsQuery>) -> Answer<axum::Json<ListedPayments>> {
    let limit = limit(query.limit)?;
    let unknown = || FieldError::new("state", "unknown_value", "There is no such value.");
    let states = several(query.state.as_deref(), PaymentState::parse).ok_or_else(unknown)?;
    let (from, to) = days::between(&at, query.from.as_deref(), query.to.as_deref()).await?;
    let filter = Filter { states, method: query.method, words: searched(query.q.as_deref())?, from, to };
    let viewer = sight(&at)?;
    let mut items = payments::list(&at.db, &viewer, &filter, query.cursor, limit.saturating_add(1)).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = more.then(|| items.last().map(|one| one.payment.id)).flatten();
    Ok(axum::Json(ListedPayments { items, next }))
}

/// The payments of an order, first come first.
#[utoipa::path(get, path = "/api/companies/{company}/orders/{id}/payments", tag = "payments",
    params(("company" = String, Path), ("id" = OrderId, Path)), responses((status = 200, body = Payments)))]
#[worker::send]
pub async fn of_order(at: AtOrder) -> Answer<axum::Json<Payments>> {
    Ok(axum::Json(Payments { items: at.loaded.payments, next: None }))
}

/// Asks for a payment: by card, on the provider's page; by transfer, under a reference; or to whoever delivers.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/payments", tag = "payments",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = NewPayment,
    responses((status = 201, body = PaymentRecord),
        (status = 409, description = "`wrong_state`, `more_than_due`, `order_expired`, `order_deleted`"),
        (status = 422, description = "`no_provider`: nobody takes card payments here; `not_offered`: not of this amount"),
        (status = 502, description = "`provider_failed`")))]
#[worker::send]
pub async fn create(at: AtOrder, Json(body): Json<NewPayment>) -> Answer {
    let amount = match body.amount {
        Some(amount) => Some(positive("amount", amount.of("amount", at.loaded.order.currency)?)?),
        None => None,
    };
    require_provider(&at.at.here.env, body.method)?;
    at.permit(WORK)?;
    let now = at.at.here.now;
    let order = at.loaded.order.id;
    let repeatable = Repeatable::new(at.at.signed_in.user, body.client_id, &format!("payments of {order}"), &body)?;
    let (id, loaded) = match repeatable.earlier::<PaymentId>(&at.at.db).await? {
        Some(id) => (id, at.loaded.clone()),
        None => {
            let id = PaymentId::new(random::id(now));
            let asked = Asked { id, method: body.method, amount };
            let decide = |loaded: &Loaded| {
                let mut change = ask(loaded, asked, now)?;
                change.more.extend(repeatable.keep(&at.at.db, &id, now)?);
                Ok::<_, Problem>(Some(change))
            };
            match at.changing().change(order, decide).await {
                Ok(loaded) => (id, loaded),
                Err(problem) => {
                    let first = repeatable.first::<PaymentId>(&at.at.db, problem).await?;
                    let found = Loaded::find(&at.at.db, at.at.company.id, order, Some(at.at.member.id)).await?;
                    (first, found.ok_or_else(Problem::not_found)?)
                }
            }
        }
    };
    let loaded = effect::open_page(&at.changing(), loaded, id).await?;
    Ok((StatusCode::CREATED, axum::Json(opened(loaded, id)?)).into_response())
}

/// 422 where nobody takes card payments.
///
/// # Errors
/// `no_provider`.
pub fn require_provider(env: &worker::Env, method: Method) -> Answer<()> {
    if method == Method::Card && Provider::of(env).is_none() {
        let detail = "Card payments are not set up here.";
        return Err(FieldError::new("method", "no_provider", detail).into());
    }
    Ok(())
}

/// The order with one more payment asked for.
///
/// # Errors
/// 409 where none can be; 422 where it cannot be paid in this way.
pub fn ask(loaded: &Loaded, asked: Asked, now: crate::domain::time::Instant) -> Answer<Change> {
    if loaded.order.deleted_at.is_some() {
        return Err(conflict("order_deleted", "This order was deleted. Restore it first.", loaded));
    }
    require_time(loaded, now)?;
    effect::asked(loaded, asked, now).map_err(|why| match why {
        NotAsked::Refused(why) => refused(why, loaded),
        NotAsked::MoreThanDue => conflict("more_than_due", "This is more than is still to be paid.", loaded),
        NotAsked::NotByCard => {
            FieldError::new("method", "not_offered", "An amount like this cannot be paid by card.").into()
        }
    })
}

/// The payment that was asked for.
///
/// # Errors
/// 502 `provider_failed` where the provider would not have it.
pub fn opened(loaded: Loaded, id: PaymentId) -> Answer<PaymentRecord> {
    let payment = loaded.payments.into_iter().find(|payment| payment.id == id).ok_or_else(Problem::not_found)?;
    if payment.state == PaymentState::Failed && payment.url.is_none() {
        let detail = "The payment provider could not open a page. Please try again in a moment.";
        return Err(Problem::new(StatusCode::BAD_GATEWAY, "provider_failed", detail));
    }
    Ok(payment)
}

/// Notes by hand that money has come: cash, or what was seen at the bank. Also less or more than was asked for.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/payments/{payment}/receipt", tag = "payments",
    params(("company" = String, Path), ("id" = OrderId, Path), ("payment" = PaymentId, Path)),
    request_body = Option<Receipt>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`, `not_by_hand`")))]
#[worker::send]
pub async fn receive(
    AtPayment { order: at, payment }: AtPayment,
    OptionalJson(body): OptionalJson<Receipt>,
) -> Answer<axum::Json<OrderBody>> {
    let amount = match body.amount {
        Some(amount) => Some(positive("amount", amount.of("amount", at.loaded.order.currency)?)?),
        None => None,
    };
    at.permit(WORK)?;
    let now = at.at.here.now;
    let received = at
        .act(body.client_id, &format!("receipt of {payment}"), &body, false, |_, loaded| {
            let known = of(loaded, payment)?;
            if known.method == Method::Card {
                return Err(refused(Refused::NotByHand, loaded));
            }
            let deed = PaymentDeed::Receive(amount.unwrap_or(known.amount.amount));
            done(loaded, payment, deed, OrderWhat::PaymentReceived, json!({}), now).map(Some)
        })
        .await?;
    Ok(received.body())
}

/// Notes that the payment was found at the bank: once, whoever asks how often at the same time.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/payments/{payment}/reconciliation", tag = "payments",
    params(("company" = String, Path), ("id" = OrderId, Path), ("payment" = PaymentId, Path)),
    request_body = Option<Nothing>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`, `not_by_hand`")))]
#[worker::send]
pub async fn reconcile(
    AtPayment { order: at, payment }: AtPayment,
    OptionalJson(body): OptionalJson<Nothing>,
) -> Answer<axum::Json<OrderBody>> {
    at.permit(&[Capability::PaymentReconcile])?;
    let step = Step {
        deed: PaymentDeed::Reconcile,
        what: OrderWhat::PaymentReconciled,
        name: "reconciliation",
        audit: "payment.reconciled",
    };
    step.take(at, payment, body.client_id, json!({})).await
}

/// Rejects the payment: it does not count.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/payments/{payment}/rejection", tag = "payments",
    params(("company" = String, Path), ("id" = OrderId, Path), ("payment" = PaymentId, Path)),
    request_body = Option<ReasonBody>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`")))]
#[worker::send]
pub async fn reject(
    AtPayment { order: at, payment }: AtPayment,
    OptionalJson(body): OptionalJson<ReasonBody>,
) -> Answer<axum::Json<OrderBody>> {
    let reason = input::optional_line("reason", &body.reason)?;
    at.permit(&[Capability::PaymentReject])?;
    let step = Step {
        deed: PaymentDeed::Reject,
        what: OrderWhat::PaymentRejected,
        name: "rejection",
        audit: "payment.rejected",
    };
    step.take(at, payment, body.client_id, json!({ "reason": reason })).await
}

/// Opens a rejected payment again: it is to be reconciled, or rejected once more.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/payments/{payment}/reopening", tag = "payments",
    params(("company" = String, Path), ("id" = OrderId, Path), ("payment" = PaymentId, Path)),
    request_body = Option<Nothing>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`")))]
#[worker::send]
pub async fn reopen(
    AtPayment { order: at, payment }: AtPayment,
    OptionalJson(body): OptionalJson<Nothing>,
) -> Answer<axum::Json<OrderBody>> {
    at.permit(&[Capability::PaymentReopen])?;
    let step = Step {
        deed: PaymentDeed::Reopen,
        what: OrderWhat::PaymentReopened,
        name: "reopening",
        audit: "payment.reopened",
    };
    step.take(at, payment, body.client_id, json!({})).await
}

/// Something that a reconciler does to a payment.
struct Step {
    deed: PaymentDeed,
    what: OrderWhat,
    /// In the path.
    name: &'static str,
    /// In the audit trail.
    audit: &'static str,
}

impl Step {
    async fn take(
        &self,
        at: AtOrder,
        id: PaymentId,
        client_id: Option<ClientId>,
        detail: Value,
    ) -> Answer<axum::Json<OrderBody>> {
        let now = at.at.here.now;
        let taken = at
            .act(client_id, &format!("{} of {id}", self.name), &detail, false, |at, loaded| {
                let mut change = done(loaded, id, self.deed, self.what, detail.clone(), now)?;
                let audited = json!({ "payment": id, "amount": of(loaded, id)?.amount, "detail": detail });
                change.more.push(at.audit(self.audit, audited)?);
                Ok(Some(change))
            })
            .await?;
        Ok(taken.body())
    }
}

fn done(
    loaded: &Loaded,
    id: PaymentId,
    deed: PaymentDeed,
    what: OrderWhat,
    detail: Value,
    now: crate::domain::time::Instant,
) -> Answer<Change> {
    let mut change = effect::done(loaded, id, deed, what, now).map_err(|why| refused(why, loaded))?;
    if let Some(note) = change.notes.last_mut() {
        note.detail = detail;
    }
    Ok(change)
}

fn of(loaded: &Loaded, id: PaymentId) -> Answer<&PaymentRecord> {
    loaded.payment(id).ok_or_else(Problem::not_found)
}

fn positive(field: &str, amount: i64) -> Answer<i64> {
    if (1..=MOST).contains(&amount) {
        return Ok(amount);
    }
    Err(FieldError::new(field, "out_of_range", format!("From 1 to {MOST} minor units, please.")).into())
}
