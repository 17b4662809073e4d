//! Reports on orders and payments: what was ordered in some days, and what has become of it.

use super::measure::Spread;
use super::period::start_of;
use super::summary::Group;
use super::table::{Cell, Table};
use crate::domain::id::AgentId;
use crate::domain::time::Instant;
use crate::domain::zone::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An order, as a report reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSample {
    pub created_at: Instant,
    /// Who made it; none where its customer asked for it.
    pub agent: Option<AgentId>,
    pub state: String,
    pub currency: String,
    /// In minor units.
    pub total: i64,
    pub payments: Vec<PaymentSample>,
    /// When money came first.
    pub paid_at: Option<Instant>,
    /// When a payment was first found at the bank.
    pub reconciled_at: Option<Instant>,
}

/// A payment of an order.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PaymentSample {
    pub method: String,
    pub state: String,
    /// What came, in minor units.
    pub received: i64,
}

/// By what the rows of a report on payments are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Time(Group),
    Agent,
    State,
    Method,
    Currency,
}

/// The figures of orders and their payments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OrderMeasures {
    /// Orders that were made in these days and are not deleted.
    pub orders: u32,
    /// How many of them stand where by now.
    pub states: BTreeMap<String, u32>,
    /// Payments of theirs by which money came.
    pub payments: u32,
    /// Of these, how many were found at the bank, and how many do not count.
    pub reconciled: u32,
    pub rejected: u32,
    pub money: Vec<Sum>,
    /// From when an order was made until money came.
    pub time_to_pay: Spread,
    /// From when money came until it was found at the bank.
    pub time_to_reconcile: Spread,
}

/// Amounts in one currency, in its minor units.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Sum {
    pub currency: String,
    /// What the orders come to, but for those that were declined, cancelled or ran out.
    pub ordered: i64,
    /// What came and was not rejected.
    pub received: i64,
    /// Of that, what was found at the bank.
    pub reconciled: i64,
    pub rejected: i64,
}

/// Figures of orders under way.
#[derive(Clone, Debug, Default)]
pub struct OrderTally {
    measures: OrderMeasures,
    sums: BTreeMap<String, Sum>,
    to_pay: Vec<i64>,
    to_reconcile: Vec<i64>,
}

impl OrderTally {
    /// Takes an order in; `method` where only payments of one kind count.
    pub fn add(&mut self, order: &OrderSample, method: Option<&str>) {
        let measures = &mut self.measures;
        measures.orders = measures.orders.saturating_add(1);
        let state = measures.states.entry(order.state.clone()).or_default();
        *state = state.saturating_add(1);
        let fresh = || Sum { currency: order.currency.clone(), ..Sum::default() };
        let sum = self.sums.entry(order.currency.clone()).or_insert_with(fresh);
        if !matches!(order.state.as_str(), "declined" | "cancelled" | "expired") {
            sum.ordered = sum.ordered.saturating_add(order.total);
        }
        let wanted = |payment: &&PaymentSample| method.is_none_or(|method| payment.method == method);
        for payment in order.payments.iter().filter(wanted).filter(|payment| payment.received > 0) {
            measures.payments = measures.payments.saturating_add(1);
            match payment.state.as_str() {
                "rejected" => {
                    measures.rejected = measures.rejected.saturating_add(1);
                    sum.rejected = sum.rejected.saturating_add(payment.received);
                }
                state => {
                    sum.received = sum.received.saturating_add(payment.received);
                    if state == "reconciled" {
                        measures.reconciled = measures.reconciled.saturating_add(1);
                        sum.reconciled = sum.reconciled.saturating_add(payment.received);
                    }
                }
            }
        }
        self.to_pay.extend(order.paid_at.map(|paid| order.created_at.until(paid).as_millis()));
        let reconciled = order.paid_at.zip(order.reconciled_at);
        self.to_reconcile.extend(reconciled.map(|(paid, found)| paid.until(found).as_millis()));
    }

    /// The figures.
    #[must_use]
    pub fn measures(self) -> OrderMeasures {
        OrderMeasures {
            money: self.sums.into_values().collect(),
            time_to_pay: Spread::of(self.to_pay),
            time_to_reconcile: Spread::of(self.to_reconcile),
            ..self.measures
        }
    }
}

/// The rows that an order belongs to: of methods, one for each that it was paid by.
#[must_use]
pub fn keys(order: &OrderSample, by: By, zone: &Zone) -> Vec<(Option<String>, Option<String>)> {
    let one = |key: Option<String>| vec![(key, None)];
    match by {
        By::Time(group) => {
            let day = zone.civil(order.created_at).day();
            one(group.interval().map(|interval| super::period::date(start_of(day, interval))))
        }
        By::Agent => one(order.agent.map(|agent| agent.to_string())),
        By::State => one(Some(order.state.clone())),
        By::Currency => one(Some(order.currency.clone())),
        By::Method => {
            let mut methods: Vec<&String> = order.payments.iter().map(|payment| &payment.method).collect();
            methods.sort_unstable();
            methods.dedup();
            match methods.as_slice() {
                [] => one(None),
                methods => methods.iter().map(|method| (Some((*method).clone()), Some((*method).clone()))).collect(),
            }
        }
    }
}

/// A line of figures, as a file has it: one for each currency.
#[must_use]
pub fn table(title: String, group: &str, rows: &[(Option<String>, Option<String>, &OrderMeasures)]) -> Table {
    let header = [
        group,
        "name",
        "orders",
        "payments",
        "payments_reconciled",
        "payments_rejected",
        "currency",
        "ordered_minor_units",
        "received_minor_units",
        "reconciled_minor_units",
        "rejected_minor_units",
        "time_to_pay_median_seconds",
        "time_to_reconcile_median_seconds",
    ];
    let mut lines = Vec::new();
    for (key, name, measures) in rows {
        let nothing = [Sum::default()];
        let money = if measures.money.is_empty() { nothing.as_slice() } else { measures.money.as_slice() };
        for sum in money {
            let currency = (!sum.currency.is_empty()).then_some(&sum.currency);
            let mut cells = vec![Cell::from(key.as_ref()), Cell::from(name.as_ref())];
            let counts = [measures.orders, measures.payments, measures.reconciled, measures.rejected];
            cells.extend(counts.map(Cell::from));
            cells.push(currency.into());
            cells.extend(
                [sum.ordered, sum.received, sum.reconciled, sum.rejected].map(|amount| Cell::Number(amount, 0)),
            );
            cells.extend(
                [measures.time_to_pay.median_seconds, measures.time_to_reconcile.median_seconds].map(Cell::from),
            );
            lines.push(cells);
        }
    }
    Table { title, header: header.map(str::to_owned).to_vec(), rows: lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: K4 K5
    #[test]
    fn what_was_ordered_and_what_became_of_it() {
        let at = |minutes: i64| Instant::from_millis(minutes * 60_000);
        let paid = |method: &str, state: &str, received| PaymentSample {
            method: method.into(),
            state: state.into(),
            received,
        };
        let order = |state: &str, currency: &str, total, payments: Vec<PaymentSample>| OrderSample {
            created_at: at(0),
            agent: None,
            state: state.into(),
            currency: currency.into(),
            total,
            paid_at: payments.first().map(|_| at(10)),
            reconciled_at: payments.iter().any(|one| one.state == "reconciled").then(|| at(70)),
            payments,
        };
        let mut tally = OrderTally::default();
        for one in [
            order("reconciled", "EUR", 500, vec![paid("transfer", "reconciled", 500)]),
            order("rejected", "EUR", 300, vec![paid("card", "rejected", 300), paid("card", "awaiting", 0)]),
            order("cancelled", "EUR", 900, vec![]),
            order("paid", "SEK", 100, vec![paid("card", "paid", 100)]),
        ] {
            tally.add(&one, None);
        }
        let measures = tally.measures();
        assert_eq!((measures.orders, measures.payments, measures.reconciled, measures.rejected), (4, 3, 1, 1));
        let money = |currency: &str| measures.money.iter().find(|sum| sum.currency == currency).cloned().unwrap();
        let sum = |currency: &str, ordered, received, reconciled, rejected| Sum {
            currency: currency.into(),
            ordered,
            received,
            reconciled,
            rejected,
        };
        assert_eq!(money("EUR"), sum("EUR", 800, 500, 500, 300));
        assert_eq!(money("SEK"), sum("SEK", 100, 100, 0, 0));
        assert_eq!(measures.time_to_pay.median_seconds, Some(600));
        assert_eq!((measures.time_to_reconcile.count, measures.time_to_reconcile.mean_seconds), (1, Some(3_600)));
    }
}
