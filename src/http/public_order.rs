//! An order as its customer sees it. There is no place in it for what colleagues say of it.

use super::orders::body::LineBody;
use crate::domain::id::{OrderId, PaymentId};
use crate::domain::order::money::Money;
use crate::domain::order::state::{Method, OrderState, PaymentState};
use crate::domain::time::Instant;
use crate::store::orders::OrderRecord;
use crate::store::payments::PaymentRecord;
use serde::Serialize;

/// Where an order stands, to its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicState {
    /// The company is looking at it.
    Requested,
    /// He is asked to confirm it.
    Offered,
    AwaitingPayment,
    Paid,
    Declined,
    Expired,
    Cancelled,
}

/// Where a payment stands, to whoever pays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicPaymentState {
    Awaiting,
    Paid,
    Failed,
}

/// A payment as whoever pays sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PublicPayment {
    pub id: PaymentId,
    pub method: Method,
    pub state: PublicPaymentState,
    pub amount: Money,
    /// To be given with a transfer.
    pub reference: String,
    /// Where to pay by card.
    pub url: Option<String>,
}

/// An order as its customer sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicOrder {
    pub id: OrderId,
    pub number: u32,
    pub state: PublicState,
    /// To be sent with the answer.
    pub rev: u32,
    /// None while the company is changing them.
    pub lines: Vec<LineBody>,
    pub net: Money,
    pub tax: Money,
    pub total: Money,
    pub paid: Money,
    /// Still to be paid.
    pub due: Money,
    pub note: String,
    pub expires_at: Option<Instant>,
    pub payments: Vec<PublicPayment>,
    /// Where to transfer to, while something is due.
    pub bank_details: String,
}

impl PublicState {
    /// The state as its customer is told it.
    #[must_use]
    pub const fn of(state: OrderState) -> Self {
        match state {
            OrderState::Requested | OrderState::Draft => Self::Requested,
            OrderState::Offered => Self::Offered,
            // Why money does not count is between the company and its bank.
            OrderState::AwaitingPayment | OrderState::Rejected => Self::AwaitingPayment,
            OrderState::Paid | OrderState::Reconciled => Self::Paid,
            OrderState::Declined => Self::Declined,
            OrderState::Expired => Self::Expired,
            OrderState::Cancelled => Self::Cancelled,
        }
    }
}

impl PublicPayment {
    /// The payment; none where it is no concern of his any more.
    #[must_use]
    pub fn of(payment: PaymentRecord) -> Option<Self> {
        let state = match payment.state {
            PaymentState::Awaiting => PublicPaymentState::Awaiting,
            PaymentState::Paid | PaymentState::Reconciled | PaymentState::Reopened => PublicPaymentState::Paid,
            PaymentState::Failed => PublicPaymentState::Failed,
            PaymentState::Rejected | PaymentState::Cancelled => return None,
        };
        let url = payment.url.filter(|_| state == PublicPaymentState::Awaiting);
        let (id, method, amount, reference) = (payment.id, payment.method, payment.amount, payment.reference);
        Some(Self { id, method, state, amount, reference, url })
    }
}

impl PublicOrder {
    /// The order in a state of its customer's.
    #[must_use]
    pub fn new(state: PublicState, order: OrderRecord, payments: Vec<PaymentRecord>, bank: &str) -> Self {
        let money = |amount| Money::new(amount, order.currency);
        let (total, paid) = (order.totals.total, order.sums.paid);
        let is_due = state == PublicState::AwaitingPayment;
        let due = if is_due { order.due() } else { 0 };
        let drafted = order.state == OrderState::Draft;
        let shown = |amount| if drafted { money(0) } else { money(amount) };
        Self {
            id: order.id,
            number: order.number,
            state,
            rev: order.rev,
            net: shown(order.totals.net),
            tax: shown(order.totals.tax),
            total: shown(total),
            paid: money(paid),
            due: money(due),
            lines: if drafted {
                Vec::new()
            } else {
                order.lines.into_iter().map(|line| LineBody::new(line, order.currency)).collect()
            },
            note: if drafted { String::new() } else { order.note },
            expires_at: order.expires_at,
            payments: payments.into_iter().filter_map(PublicPayment::of).collect(),
            bank_details: if is_due { bank.to_owned() } else { String::new() },
        }
    }

    /// The link under which the order is paid by card, if it is to be.
    #[must_use]
    pub fn pay_url(&self) -> Option<&str> {
        self.payments.iter().find_map(|payment| payment.url.as_deref()).filter(|_| self.due.amount > 0)
    }

    /// The transfer that is waited for, if one is.
    #[must_use]
    pub fn transfer(&self) -> Option<&PublicPayment> {
        let waits = |one: &&PublicPayment| one.method == Method::Transfer && one.state == PublicPaymentState::Awaiting;
        self.payments.iter().find(waits).filter(|_| self.due.amount > 0)
    }
}
