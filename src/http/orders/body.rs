//! Orders as agents see them.

use crate::domain::conversation::event::Contact;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::{CatalogItemId, OrderId};
use crate::domain::order::currency::Currency;
use crate::domain::order::line::{Line, Totals};
use crate::domain::order::money::Money;
use crate::domain::order::state::OrderState;
use crate::domain::time::Instant;
use crate::store::orders::{Billing, ConversationName, OrderRecord};
use crate::store::payments::PaymentRecord;
use serde::Serialize;

/// An order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OrderBody {
    id: OrderId,
    /// The company's own count of orders.
    number: u32,
    state: OrderState,
    /// Grows with every change of the order or its payments; send it as `if_rev`.
    rev: u32,
    conversation: Option<ConversationName>,
    contact: Contact,
    /// Who made it; none where its customer asked for it.
    agent: Option<AgentName>,
    currency: Currency,
    lines: Vec<LineBody>,
    /// Without tax.
    net: Money,
    tax: Money,
    total: Money,
    /// Came in and was not rejected.
    paid: Money,
    /// Of that, found at the bank.
    reconciled: Money,
    /// Still to be paid.
    due: Money,
    /// Paid beyond what it comes to.
    overpaid: Money,
    /// Shown to its customer.
    note: String,
    billing: Billing,
    /// Whether its customer knows of it.
    known: bool,
    expires_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
    deleted_at: Option<Instant>,
    /// Of one order by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    payments: Option<Vec<PaymentRecord>>,
    /// Of one order by itself: the capabilities that the caller has at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    may: Option<Vec<&'static str>>,
}

/// A line of an order, and what it comes to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LineBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<CatalogItemId>,
    pub name: String,
    pub quantity: u32,
    pub unit_price: Money,
    /// In basis points: 1900 is 19 %.
    pub tax_rate: u32,
    pub net: Money,
    pub tax: Money,
    pub total: Money,
}

impl LineBody {
    /// A line in the currency of its order.
    #[must_use]
    pub fn new(line: Line, currency: Currency) -> Self {
        let Totals { net, tax, total } = line.totals().unwrap_or_default();
        let money = |amount| Money::new(amount, currency);
        Self {
            item_id: line.item_id,
            name: line.name,
            quantity: line.quantity,
            unit_price: money(line.unit_price),
            tax_rate: line.tax_rate,
            net: money(net),
            tax: money(tax),
            total: money(total),
        }
    }
}

impl From<OrderRecord> for OrderBody {
    fn from(order: OrderRecord) -> Self {
        let money = |amount: i64| Money::new(amount, order.currency);
        Self {
            net: money(order.totals.net),
            tax: money(order.totals.tax),
            total: money(order.totals.total),
            paid: money(order.sums.paid),
            reconciled: money(order.sums.reconciled),
            due: money(order.due()),
            overpaid: money(order.overpaid()),
            id: order.id,
            number: order.number,
            state: order.state,
            rev: order.rev,
            conversation: order.conversation,
            contact: order.contact,
            agent: order.agent,
            currency: order.currency,
            lines: order.lines.into_iter().map(|line| LineBody::new(line, order.currency)).collect(),
            note: order.note,
            billing: order.billing,
            known: order.known,
            expires_at: order.expires_at,
            created_at: order.created_at,
            updated_at: order.updated_at,
            deleted_at: order.deleted_at,
            payments: None,
            may: None,
        }
    }
}

impl OrderBody {
    /// The order by itself, with its payments and what the caller may do.
    #[must_use]
    pub fn whole(order: OrderRecord, payments: Vec<PaymentRecord>, may: Vec<&'static str>) -> Self {
        Self { payments: Some(payments), may: Some(may), ..Self::from(order) }
    }
}
