//! Which state of an order and of a payment follows from which (specification J12, J13).
//!
//! ```text
//! requested ─┐               ┌─ declined · expired · cancelled
//! draft ─────┼─► offered ────┤
//!   └────────┴───────────────┴─► awaiting_payment ─► paid ─► reconciled
//!                                       ▲  └── rejected ◄──┘
//!
//! payment: awaiting ─► paid ─► reconciled ─► rejected, where all of it went back
//!             │          └───► rejected ─► reopened ─► reconciled | rejected
//!             └─► failed · cancelled · rejected ─► awaiting
//! ```
//!
//! Once the customer has confirmed, what the order is follows from its payments: nothing but [`settled`] says so.

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $key:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $key)] $variant),+ }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name that the contract and the database use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// Reads a name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

named! {
    /// Where an order stands.
    OrderState {
        /// Its customer asked for it; no agent has looked yet.
        Requested = "requested",
        /// An agent is writing it.
        Draft = "draft",
        /// Its customer was asked to confirm it.
        Offered = "offered",
        /// Confirmed, and not paid in full.
        AwaitingPayment = "awaiting_payment",
        /// Paid in full, as far as is known; yet to be reconciled.
        Paid = "paid",
        /// Every payment was found at the bank.
        Reconciled = "reconciled",
        /// A payment was rejected, and nothing has come instead.
        Rejected = "rejected",
        /// Its customer does not want it.
        Declined = "declined",
        /// Its time ran out.
        Expired = "expired",
        Cancelled = "cancelled",
    }
}

named! {
    /// Where a payment stands.
    PaymentState {
        /// Asked for; no money has come.
        Awaiting = "awaiting",
        /// The money is said to have come.
        Paid = "paid",
        /// The money was found at the bank.
        Reconciled = "reconciled",
        /// It does not count.
        Rejected = "rejected",
        /// Rejected before, and to be looked at once more.
        Reopened = "reopened",
        /// It did not work, or was never done.
        Failed = "failed",
        /// Not wanted any more.
        Cancelled = "cancelled",
    }
}

named! {
    /// How a payment is made.
    Method {
        /// By card, on the provider's page.
        Card = "card",
        /// To the company's bank account, under a reference.
        Transfer = "transfer",
        /// To whoever delivers.
        CashOnDelivery = "cash_on_delivery",
    }
}

/// What is done to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderDeed {
    /// Its lines or its terms are changed.
    Edit,
    /// Its customer is asked to confirm it.
    Offer,
    /// Its customer wants it as it is, by himself or in an agent's words.
    Confirm,
    /// Its customer does not want it.
    Decline,
    /// Its time has run out.
    Expire,
    Cancel,
    /// A payment is asked for.
    AskPayment,
}

/// What is done to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentDeed {
    /// Money has come: this much.
    Receive(i64),
    Reconcile,
    Reject,
    Reopen,
    Fail,
    Cancel,
    /// All of its money went back: it does not count any more, reconciled or not.
    GiveBack,
}

/// A payment, as far as its state goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Standing {
    pub method: Method,
    pub state: PaymentState,
    /// What was asked for, in minor units.
    pub amount: i64,
    /// What has come; 0 before anything has.
    pub received: i64,
}

/// It cannot be done as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// What is in this state cannot have it done.
    WrongState,
    /// Money has come for it: that has to be dealt with first.
    MoneyHasCome,
    /// A card payment is the provider's to report.
    NotByHand,
}

/// What payments come to, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Sums {
    /// Came in and was not rejected.
    pub paid: i64,
    /// Of that, found at the bank.
    pub reconciled: i64,
}

impl OrderState {
    /// Whether its customer has confirmed it and it goes on: then its payments say where it stands.
    #[must_use]
    pub const fn is_confirmed(self) -> bool {
        matches!(self, Self::AwaitingPayment | Self::Paid | Self::Reconciled | Self::Rejected)
    }

    /// Whether nothing more is expected of anybody.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Reconciled | Self::Declined | Self::Expired | Self::Cancelled)
    }

    /// Whether it may still run out.
    #[must_use]
    pub const fn can_expire(self) -> bool {
        matches!(self, Self::Requested | Self::Draft | Self::Offered | Self::AwaitingPayment)
    }

    /// The state after a deed; `sums` is what its payments come to, `total` what it comes to.
    ///
    /// # Errors
    /// [`Refused`]: then nothing changes.
    pub fn after(self, deed: OrderDeed, sums: Sums, total: i64) -> Result<Self, Refused> {
        let open = matches!(self, Self::Requested | Self::Draft | Self::Offered);
        let next = match deed {
            // What its customer was asked to confirm is not what it is any more: he is asked anew.
            OrderDeed::Edit if open => Self::Draft,
            OrderDeed::Offer if open => Self::Offered,
            OrderDeed::Confirm if open => settled(Self::AwaitingPayment, total, &[]),
            // He may decline what he knows of at any time, also while the company is changing it.
            OrderDeed::Decline if open => Self::Declined,
            OrderDeed::Expire | OrderDeed::Cancel if sums.paid > 0 => return Err(Refused::MoneyHasCome),
            OrderDeed::Expire if self.can_expire() => Self::Expired,
            OrderDeed::Cancel if self.can_expire() || matches!(self, Self::Rejected) => Self::Cancelled,
            OrderDeed::AskPayment if matches!(self, Self::AwaitingPayment | Self::Rejected) => self,
            _ => return Err(Refused::WrongState),
        };
        Ok(next)
    }
}

impl PaymentState {
    /// Whether its money counts.
    #[must_use]
    pub const fn has_come(self) -> bool {
        matches!(self, Self::Paid | Self::Reconciled | Self::Reopened)
    }
}

impl Standing {
    /// The payment after a deed.
    ///
    /// # Errors
    /// [`Refused`]: then nothing changes.
    pub fn after(self, deed: PaymentDeed) -> Result<Self, Refused> {
        use PaymentState as P;
        let to = |state| Ok(Self { state, ..self });
        match (deed, self.state) {
            // Money that comes for what nobody waits for any more has come all the same.
            (PaymentDeed::Receive(amount), P::Awaiting | P::Failed | P::Cancelled) => {
                Ok(Self { state: P::Paid, received: amount, ..self })
            }
            (PaymentDeed::Receive(amount), P::Rejected) if self.received == 0 => {
                Ok(Self { state: P::Paid, received: amount, ..self })
            }
            (PaymentDeed::Reconcile, P::Paid | P::Reopened) => to(P::Reconciled),
            // Whoever finds it at the bank knows that it has come.
            (PaymentDeed::Reconcile, P::Awaiting) if self.method == Method::Card => Err(Refused::NotByHand),
            (PaymentDeed::Reconcile, P::Awaiting) => Ok(Self { state: P::Reconciled, received: self.amount, ..self }),
            (PaymentDeed::Reject, P::Awaiting | P::Paid | P::Reopened) => to(P::Rejected),
            // The page on which it was to be paid is closed: another payment is asked for.
            (PaymentDeed::Reopen, P::Rejected) if self.received == 0 && self.method == Method::Card => {
                Err(Refused::WrongState)
            }
            (PaymentDeed::Reopen, P::Rejected) if self.received == 0 => to(P::Awaiting),
            (PaymentDeed::Reopen, P::Rejected) => to(P::Reopened),
            (PaymentDeed::Fail, P::Awaiting) => to(P::Failed),
            (PaymentDeed::Cancel, P::Awaiting) => to(P::Cancelled),
            (PaymentDeed::GiveBack, P::Paid | P::Reopened | P::Reconciled) => to(P::Rejected),
            _ => Err(Refused::WrongState),
        }
    }
}

/// What payments come to.
#[must_use]
pub fn sums(payments: &[Standing]) -> Sums {
    payments.iter().filter(|payment| payment.state.has_come()).fold(Sums::default(), |sums, payment| {
        let found = if payment.state == PaymentState::Reconciled { payment.received } else { 0 };
        Sums { paid: sums.paid.saturating_add(payment.received), reconciled: sums.reconciled.saturating_add(found) }
    })
}

/// Where an order stands by its payments; what is not confirmed stands where it stood.
#[must_use]
pub fn settled(state: OrderState, total: i64, payments: &[Standing]) -> OrderState {
    if !state.is_confirmed() {
        return state;
    }
    let Sums { paid, reconciled } = sums(payments);
    let has = |state: PaymentState| payments.iter().any(|payment| payment.state == state);
    if reconciled >= total && reconciled == paid {
        OrderState::Reconciled
    } else if paid >= total {
        OrderState::Paid
    } else if paid == 0 && has(PaymentState::Rejected) && !has(PaymentState::Awaiting) {
        OrderState::Rejected
    } else {
        OrderState::AwaitingPayment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Sums = Sums { paid: 0, reconciled: 0 };

    fn payment(method: Method, state: PaymentState, received: i64) -> Standing {
        Standing { method, state, amount: 100, received }
    }

    // spec: J12 J13
    #[test]
    fn orders_go_only_where_they_may() {
        use OrderDeed as D;
        use OrderState as S;
        let allowed = [
            (S::Requested, D::Edit, S::Draft),
            (S::Draft, D::Edit, S::Draft),
            (S::Offered, D::Edit, S::Draft),
            (S::Requested, D::Offer, S::Offered),
            (S::Draft, D::Offer, S::Offered),
            (S::Offered, D::Offer, S::Offered),
            (S::Requested, D::Confirm, S::AwaitingPayment),
            (S::Draft, D::Confirm, S::AwaitingPayment),
            (S::Offered, D::Confirm, S::AwaitingPayment),
            (S::Requested, D::Decline, S::Declined),
            (S::Draft, D::Decline, S::Declined),
            (S::Offered, D::Decline, S::Declined),
            (S::Requested, D::Expire, S::Expired),
            (S::Draft, D::Expire, S::Expired),
            (S::Offered, D::Expire, S::Expired),
            (S::AwaitingPayment, D::Expire, S::Expired),
            (S::Requested, D::Cancel, S::Cancelled),
            (S::Draft, D::Cancel, S::Cancelled),
            (S::Offered, D::Cancel, S::Cancelled),
            (S::AwaitingPayment, D::Cancel, S::Cancelled),
            (S::Rejected, D::Cancel, S::Cancelled),
            (S::AwaitingPayment, D::AskPayment, S::AwaitingPayment),
            (S::Rejected, D::AskPayment, S::Rejected),
        ];
        let deeds = [D::Edit, D::Offer, D::Confirm, D::Decline, D::Expire, D::Cancel, D::AskPayment];
        for state in S::ALL {
            for deed in deeds {
                let wanted = allowed.iter().find(|(from, by, _)| from == state && *by == deed).map(|(_, _, to)| *to);
                assert_eq!(state.after(deed, NONE, 100).ok(), wanted, "{state:?} {deed:?}");
            }
            for deed in [D::Cancel, D::Expire] {
                let paid = Sums { paid: 1, reconciled: 0 };
                assert_eq!(state.after(deed, paid, 100), Err(Refused::MoneyHasCome), "{state:?}");
            }
        }
        // What costs nothing is settled when it is confirmed.
        assert_eq!(S::Offered.after(D::Confirm, NONE, 0), Ok(S::Reconciled));
    }

    // spec: J12 J13
    #[test]
    fn payments_go_only_where_they_may() {
        use PaymentDeed as D;
        use PaymentState as P;
        let allowed = [
            (P::Awaiting, D::Receive(90), P::Paid),
            (P::Failed, D::Receive(90), P::Paid),
            (P::Cancelled, D::Receive(90), P::Paid),
            (P::Awaiting, D::Reconcile, P::Reconciled),
            (P::Paid, D::Reconcile, P::Reconciled),
            (P::Reopened, D::Reconcile, P::Reconciled),
            (P::Awaiting, D::Reject, P::Rejected),
            (P::Paid, D::Reject, P::Rejected),
            (P::Reopened, D::Reject, P::Rejected),
            (P::Rejected, D::Reopen, P::Reopened),
            (P::Awaiting, D::Fail, P::Failed),
            (P::Awaiting, D::Cancel, P::Cancelled),
            (P::Paid, D::GiveBack, P::Rejected),
            (P::Reopened, D::GiveBack, P::Rejected),
            (P::Reconciled, D::GiveBack, P::Rejected),
        ];
        for state in P::ALL {
            for deed in [D::Receive(90), D::Reconcile, D::Reject, D::Reopen, D::Fail, D::Cancel, D::GiveBack] {
                let received = if state.has_come() || *state == P::Rejected { 90 } else { 0 };
                let next = payment(Method::Transfer, *state, received).after(deed).ok().map(|next| next.state);
                let wanted = allowed.iter().find(|(from, by, _)| from == state && *by == deed).map(|(_, _, to)| *to);
                assert_eq!(next, wanted, "{state:?} {deed:?}");
            }
        }
        assert_eq!(payment(Method::Card, P::Awaiting, 0).after(D::Reconcile), Err(Refused::NotByHand));
        // What never came is awaited again, and counts for nothing meanwhile.
        let reopened = payment(Method::Transfer, P::Rejected, 0).after(D::Reopen).unwrap();
        assert_eq!(reopened.state, P::Awaiting);
        assert_eq!(payment(Method::Card, P::Rejected, 0).after(D::Reopen), Err(Refused::WrongState));
    }

    // spec: J13
    #[test]
    fn an_order_stands_where_its_payments_say() {
        use OrderState as S;
        use PaymentState as P;
        let of = |payments: &[(P, i64)]| {
            let payments: Vec<_> =
                payments.iter().map(|(state, received)| payment(Method::Transfer, *state, *received)).collect();
            settled(S::AwaitingPayment, 100, &payments)
        };
        for (payments, state) in [
            (vec![], S::AwaitingPayment),
            (vec![(P::Awaiting, 0)], S::AwaitingPayment),
            (vec![(P::Paid, 99)], S::AwaitingPayment),
            (vec![(P::Paid, 100)], S::Paid),
            (vec![(P::Paid, 150)], S::Paid),
            (vec![(P::Reconciled, 40), (P::Paid, 60)], S::Paid),
            (vec![(P::Reconciled, 40), (P::Reconciled, 60)], S::Reconciled),
            (vec![(P::Reconciled, 150)], S::Reconciled),
            (vec![(P::Reconciled, 100), (P::Paid, 20)], S::Paid),
            (vec![(P::Rejected, 100)], S::Rejected),
            (vec![(P::Rejected, 100), (P::Awaiting, 0)], S::AwaitingPayment),
            (vec![(P::Rejected, 100), (P::Reconciled, 100)], S::Reconciled),
            (vec![(P::Reopened, 100)], S::Paid),
            (vec![(P::Failed, 0), (P::Cancelled, 0)], S::AwaitingPayment),
        ] {
            assert_eq!(of(&payments), state, "{payments:?}");
        }
        for state in S::ALL.iter().filter(|state| !state.is_confirmed()) {
            assert_eq!(settled(*state, 0, &[payment(Method::Card, P::Paid, 100)]), *state);
        }
    }
}
