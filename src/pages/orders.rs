//! Orders and what was sent of the catalogue, on the customer's page.

use super::words::{Orders as Words, With};
use crate::domain::order::money::Money;
use crate::domain::order::step::{Card, OrderRef, PublicOrderWhat};
use crate::http::public_order::{PublicOrder, PublicState};
use crate::platform::intl::{self, Dates};
use crate::platform::stripe::takes;

/// Something that was sent to the customer, with a form to ask for it.
pub struct CardLine {
    pub id: String,
    pub name: String,
    pub description: String,
    pub price: String,
    pub picture: Option<String>,
    /// The name under which the form asks.
    pub client_id: String,
}

/// An order, as the page shows it.
pub struct OrderCard {
    pub id: String,
    pub title: String,
    pub state: &'static str,
    pub rev: u32,
    pub lines: Vec<OrderLine>,
    pub tax: Option<String>,
    pub total: String,
    /// Where it is not all that it comes to.
    pub due: Option<String>,
    pub note: String,
    pub expires: Option<String>,
    pub can_answer: bool,
    pub can_decline: bool,
    /// Where to pay by card.
    pub pay_url: Option<String>,
    /// What to write on the transfer.
    pub reference: Option<String>,
    pub bank_details: String,
    pub can_pay_by_card: bool,
    pub can_transfer: bool,
}

/// A line of an order.
pub struct OrderLine {
    pub quantity: u32,
    pub name: String,
    pub total: String,
}

impl CardLine {
    /// The cards of one event. Each asks under a name of its own, made from the page's.
    #[must_use]
    pub fn of(seq: u64, items: &[Card], client_id: &str, locale: &str) -> Vec<Self> {
        let stem = client_id.get(..24).unwrap_or_default();
        let line = |(place, card): (u64, &Card)| Self {
            id: card.id.to_string(),
            name: card.name.clone(),
            description: card.description.clone(),
            price: intl::money(locale, card.price),
            picture: card.picture_url.clone(),
            client_id: format!("{stem}{:012x}", seq.wrapping_mul(64).wrapping_add(place) & 0xffff_ffff_ffff),
        };
        (0..).zip(items).map(line).collect()
    }
}

impl OrderCard {
    /// An order in the words of its reader; `card` where card payments are taken.
    #[must_use]
    pub fn new(order: PublicOrder, words: &Words, locale: &str, dates: &Dates, card: bool) -> Self {
        let write = |money: Money| intl::money(locale, money);
        let is_due = order.due.amount > 0;
        let transfer = order.transfer().map(|payment| payment.reference.clone());
        let pay_url = order.pay_url().map(str::to_owned);
        let is_open =
            matches!(order.state, PublicState::Requested | PublicState::Offered | PublicState::AwaitingPayment);
        Self {
            id: order.id.to_string(),
            title: (words.title)(&order.number.to_string()),
            state: words.states.of(order.state),
            rev: order.rev,
            tax: (order.tax.amount > 0).then(|| write(order.tax)),
            total: write(order.total),
            due: (is_due && order.due != order.total).then(|| write(order.due)),
            expires: order.expires_at.filter(|_| is_open).map(|at| (words.expires)(&dates.full(at))),
            can_answer: order.state == PublicState::Offered,
            can_decline: matches!(order.state, PublicState::Offered | PublicState::Requested),
            can_pay_by_card: is_due && card && pay_url.is_none() && takes(order.due),
            can_transfer: is_due && transfer.is_none() && !order.bank_details.is_empty(),
            pay_url,
            bank_details: if transfer.is_some() { order.bank_details } else { String::new() },
            reference: transfer,
            lines: order
                .lines
                .into_iter()
                .map(|line| OrderLine { quantity: line.quantity, name: line.name, total: write(line.net) })
                .collect(),
            note: order.note,
        }
    }
}

/// A step of an order, in words.
#[must_use]
pub fn happened(order: OrderRef, what: PublicOrderWhat, words: &Words) -> String {
    (words.events.of(what))(&order.number.to_string())
}

/// What an order's states are called.
pub struct StateWords {
    pub requested: &'static str,
    pub offered: &'static str,
    pub awaiting_payment: &'static str,
    pub paid: &'static str,
    pub declined: &'static str,
    pub expired: &'static str,
    pub cancelled: &'static str,
}

/// What steps of an order are called, each with its number.
pub struct EventWords {
    pub requested: With,
    pub offered: With,
    pub confirmed: With,
    pub declined: With,
    pub expired: With,
    pub cancelled: With,
    pub restored: With,
    pub payment_asked: With,
    pub payment_received: With,
    pub payment_failed: With,
}

impl StateWords {
    const fn of(&self, state: PublicState) -> &'static str {
        match state {
            PublicState::Requested => self.requested,
            PublicState::Offered => self.offered,
            PublicState::AwaitingPayment => self.awaiting_payment,
            PublicState::Paid => self.paid,
            PublicState::Declined => self.declined,
            PublicState::Expired => self.expired,
            PublicState::Cancelled => self.cancelled,
        }
    }
}

impl EventWords {
    const fn of(&self, what: PublicOrderWhat) -> With {
        match what {
            PublicOrderWhat::Requested => self.requested,
            PublicOrderWhat::Offered => self.offered,
            PublicOrderWhat::Confirmed => self.confirmed,
            PublicOrderWhat::Declined => self.declined,
            PublicOrderWhat::Expired => self.expired,
            PublicOrderWhat::Cancelled => self.cancelled,
            PublicOrderWhat::Restored => self.restored,
            PublicOrderWhat::PaymentAsked => self.payment_asked,
            PublicOrderWhat::PaymentReceived => self.payment_received,
            PublicOrderWhat::PaymentFailed => self.payment_failed,
        }
    }

    /// For the script, with a place for the number.
    #[must_use]
    pub fn script(&self) -> serde_json::Value {
        let open = "{}";
        serde_json::json!({
            "requested": (self.requested)(open), "offered": (self.offered)(open),
            "confirmed": (self.confirmed)(open), "declined": (self.declined)(open),
            "expired": (self.expired)(open), "cancelled": (self.cancelled)(open),
            "restored": (self.restored)(open), "payment_asked": (self.payment_asked)(open),
            "payment_received": (self.payment_received)(open), "payment_failed": (self.payment_failed)(open),
        })
    }
}
