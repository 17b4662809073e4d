//! The page that takes the payment provider's place on a developer's machine.

use crate::store::payments::PaymentRecord;
use askama::Template;

/// What is to be paid, and two buttons.
#[derive(Template)]
#[template(path = "dev_pay.html")]
pub struct DevPay<'a> {
    session: &'a str,
    amount: String,
    reference: &'a str,
    state: &'static str,
}

impl<'a> DevPay<'a> {
    /// The page of a payment.
    #[must_use]
    pub fn new(session: &'a str, payment: &'a PaymentRecord) -> Self {
        let amount = format!("{} {}", payment.amount.digits(), payment.amount.currency);
        Self { session, amount, reference: &payment.reference, state: payment.state.name() }
    }
}
