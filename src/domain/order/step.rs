//! What is told of an order in its conversation. Nothing that anybody commented on it has a place in here, and what its
//! customer is told of has a type of its own.

use super::money::Money;
use super::state::Method;
use crate::domain::id::{CatalogItemId, OrderId};
use serde::{Deserialize, Serialize};

/// An order in another thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderRef {
    pub id: OrderId,
    /// The company's own count of orders.
    pub number: u32,
}

/// What happened to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderWhat {
    /// Its customer asked for it.
    Requested,
    Created,
    Edited,
    /// Its customer was asked to confirm it.
    Offered,
    Confirmed,
    Declined,
    Expired,
    Cancelled,
    Deleted,
    Restored,
    /// A payment was asked for.
    PaymentAsked,
    PaymentReceived,
    PaymentFailed,
    PaymentReconciled,
    PaymentRejected,
    PaymentReopened,
    /// The provider reports that money went back.
    PaymentRefunded,
}

/// What its customer is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PublicOrderWhat {
    Requested,
    Offered,
    Confirmed,
    Declined,
    Expired,
    Cancelled,
    Restored,
    PaymentAsked,
    PaymentReceived,
    PaymentFailed,
}

/// A step of an order, as its conversation is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderStep {
    pub order: OrderRef,
    pub what: OrderWhat,
    /// What the order comes to, or the payment.
    pub amount: Money,
    /// Of a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// Whether its customer knows of the order: he asked for it, or was asked.
    pub known: bool,
}

/// Something of the catalogue, as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Card {
    pub id: CatalogItemId,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub price: Money,
    /// Where anybody finds its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture_url: Option<String>,
}

impl OrderWhat {
    /// The name that the log uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Created => "created",
            Self::Edited => "edited",
            Self::Offered => "offered",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Deleted => "deleted",
            Self::Restored => "restored",
            Self::PaymentAsked => "payment_asked",
            Self::PaymentReceived => "payment_received",
            Self::PaymentFailed => "payment_failed",
            Self::PaymentReconciled => "payment_reconciled",
            Self::PaymentRejected => "payment_rejected",
            Self::PaymentReopened => "payment_reopened",
            Self::PaymentRefunded => "payment_refunded",
        }
    }
}

impl OrderStep {
    /// What the customer is told of it, if anything.
    #[must_use]
    pub const fn public(&self) -> Option<PublicOrderWhat> {
        if !self.known {
            return None;
        }
        Some(match self.what {
            OrderWhat::Requested => PublicOrderWhat::Requested,
            OrderWhat::Offered => PublicOrderWhat::Offered,
            OrderWhat::Confirmed => PublicOrderWhat::Confirmed,
            OrderWhat::Declined => PublicOrderWhat::Declined,
            OrderWhat::Expired => PublicOrderWhat::Expired,
            // To him, what is deleted is not going to happen.
            OrderWhat::Cancelled | OrderWhat::Deleted => PublicOrderWhat::Cancelled,
            OrderWhat::Restored => PublicOrderWhat::Restored,
            OrderWhat::PaymentAsked => PublicOrderWhat::PaymentAsked,
            OrderWhat::PaymentReceived => PublicOrderWhat::PaymentReceived,
            OrderWhat::PaymentFailed => PublicOrderWhat::PaymentFailed,
            OrderWhat::Created
            | OrderWhat::Edited
            | OrderWhat::PaymentReconciled
            | OrderWhat::PaymentRejected
            | OrderWhat::PaymentReopened
            | OrderWhat::PaymentRefunded => return None,
        })
    }

    /// The amount that the customer is told with it, if any. What comes to an end may be an order that the company was
    /// changing: what that came to is not for him.
    #[must_use]
    pub const fn public_amount(&self) -> Option<Money> {
        match self.what {
            OrderWhat::Declined
            | OrderWhat::Expired
            | OrderWhat::Cancelled
            | OrderWhat::Deleted
            | OrderWhat::Restored => None,
            _ => Some(self.amount),
        }
    }

    /// Whether it asks something of the customer, so that it is his turn, and worth a mail.
    #[must_use]
    pub const fn asks_customer(&self) -> bool {
        self.known && matches!(self.what, OrderWhat::Offered | OrderWhat::PaymentAsked)
    }

    /// Whether, coming from the customer, it makes an agent's turn of it.
    #[must_use]
    pub const fn asks_agents(&self) -> bool {
        matches!(self.what, OrderWhat::Requested | OrderWhat::Confirmed | OrderWhat::Declined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::currency::Currency;

    // spec: J12 N10
    #[test]
    fn what_agents_do_with_money_is_no_concern_of_the_customers() {
        let order = OrderRef { id: OrderId::new(uuid::Uuid::nil()), number: 1 };
        let amount = Money::new(1, Currency::parse("EUR").unwrap());
        let step = |what, known| OrderStep { order, what, amount, method: None, known };
        for what in [OrderWhat::Created, OrderWhat::Edited, OrderWhat::PaymentReconciled, OrderWhat::PaymentRejected] {
            assert_eq!(step(what, true).public(), None, "{what:?}");
        }
        assert_eq!(step(OrderWhat::Deleted, true).public(), Some(PublicOrderWhat::Cancelled));
        assert_eq!(step(OrderWhat::Offered, false).public(), None);
        // What is changed may be called off before he is told what it comes to.
        for what in [OrderWhat::Cancelled, OrderWhat::Deleted, OrderWhat::Restored, OrderWhat::Expired] {
            assert_eq!(step(what, true).public_amount(), None, "{what:?}");
        }
        assert_eq!(step(OrderWhat::Offered, true).public_amount(), Some(amount));
    }
}
