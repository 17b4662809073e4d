//! Reports on orders and payments: what was ordered in some days, and what has become of it.

use super::measure::Spread;
use super::period::{date, start_of};
use super::summary::Group;
use super::table::{Cell, Table};
use crate::domain::id::AgentId;
use crate::domain::time::Instant;
use crate::domain::zone::Zone;
use serde::Serialize;
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
}

/// A payment of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentSample {
    pub method: String,
    pub state: String,
    /// What came, in minor units.
    pub received: i64,
    /// When its money came first.
    pub paid_at: Option<Instant>,
    /// When it was first found at the bank.
    pub reconciled_at: Option<Instant>,
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
        let payments = || order.payments.iter().filter(wanted);
        for payment in payments().filter(|payment| payment.received > 0) {
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
        let paid_at = payments().filter_map(|payment| payment.paid_at).min();
        let reconciled_at = payments().filter_map(|payment| payment.reconciled_at).min();
        self.to_pay.extend(paid_at.map(|paid| order.created_at.until(paid).as_millis()));
        let reconciled = paid_at.zip(reconciled_at);
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

/// The rows that an order belongs to: of methods, one for each by which money came.
#[must_use]
pub fn keys(order: &OrderSample, group: Group, zone: &Zone) -> Vec<(Option<String>, Option<String>)> {
    let one = |key: Option<String>| vec![(key, None)];
    match group {
        Group::Agent => one(order.agent.map(|agent| agent.to_string())),
        Group::State => one(Some(order.state.clone())),
        Group::Currency => one(Some(order.currency.clone())),
        Group::Method => {
            let paid = order.payments.iter().filter(|payment| payment.received > 0);
            let mut methods: Vec<&String> = paid.map(|payment| &payment.method).collect();
            methods.sort_unstable();
            methods.dedup();
            match methods.as_slice() {
                [] => one(None),
                methods => methods.iter().map(|method| (Some((*method).clone()), Some((*method).clone()))).collect(),
            }
        }
        _ => {
            let day = zone.civil(order.created_at).day();
            one(group.interval().map(|interval| date(start_of(day, interval))))
        }
    }
}

/// Lines of figures, as a file has them: one for each currency, of which the first also has what is counted and timed, so that
/// nobody adds it up twice.
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
        let OrderMeasures { orders, payments, reconciled, rejected, time_to_pay, time_to_reconcile, .. } = measures;
        for (sum, is_first) in money.iter().zip([true].into_iter().chain(std::iter::repeat(false))) {
            let once = |cell: Cell| if is_first { cell } else { Cell::Nothing };
            let currency = (!sum.currency.is_empty()).then_some(&sum.currency);
            let mut cells = vec![Cell::from(key.as_ref()), Cell::from(name.as_ref())];
            cells.extend([*orders, *payments, *reconciled, *rejected].map(|count| once(count.into())));
            cells.push(currency.into());
            cells.extend(
                [sum.ordered, sum.received, sum.reconciled, sum.rejected].map(|amount| Cell::Number(amount, 0)),
            );
            cells.extend([time_to_pay, time_to_reconcile].map(|spread| once(spread.median_seconds.into())));
            lines.push(cells);
        }
    }
    Table { title, header: header.map(str::to_owned).to_vec(), rows: lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::from_millis(minutes * 60_000)
    }

    /// A payment by which something came after ten minutes, if it did, and was found at the bank an hour later, if it was.
    fn paid(method: &str, state: &str, received: i64) -> PaymentSample {
        PaymentSample {
            method: method.into(),
            state: state.into(),
            received,
            paid_at: (received > 0).then(|| at(10)),
            reconciled_at: (state == "reconciled").then(|| at(70)),
        }
    }

    fn order(state: &str, currency: &str, total: i64, payments: Vec<PaymentSample>) -> OrderSample {
        let (state, currency) = (state.into(), currency.into());
        OrderSample { created_at: at(0), agent: None, state, currency, total, payments }
    }

    fn of(orders: &[OrderSample], method: Option<&str>) -> OrderMeasures {
        let mut tally = OrderTally::default();
        orders.iter().for_each(|one| tally.add(one, method));
        tally.measures()
    }

    fn orders() -> Vec<OrderSample> {
        vec![
            order("reconciled", "EUR", 500, vec![paid("transfer", "reconciled", 500)]),
            order("rejected", "EUR", 300, vec![paid("card", "rejected", 300), paid("card", "awaiting", 0)]),
            order("cancelled", "EUR", 900, vec![]),
            order("paid", "SEK", 100, vec![paid("card", "paid", 100)]),
        ]
    }

    // spec: K4 K5
    #[test]
    fn what_was_ordered_and_what_became_of_it() {
        let measures = of(&orders(), None);
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

    #[test]
    fn what_was_only_tried_was_not_paid_by() {
        let zone = Zone::fixed(0);
        let late = PaymentSample { paid_at: Some(at(40)), ..paid("card", "paid", 100) };
        let both = order("paid", "EUR", 200, vec![paid("transfer", "paid", 100), late, paid("cash", "awaiting", 0)]);
        let tried = order("awaiting_payment", "EUR", 200, vec![paid("card", "awaiting", 0)]);
        let rows = |one| keys(one, Group::Method, &zone).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(rows(&both), [Some("card".to_owned()), Some("transfer".to_owned())]);
        assert_eq!(rows(&tried), [None]);
        // Each by its own money.
        let took = |method| of(std::slice::from_ref(&both), method).time_to_pay.median_seconds;
        assert_eq!([took(Some("card")), took(Some("transfer")), took(None)], [Some(2_400), Some(600), Some(600)]);
    }

    #[test]
    fn a_file_counts_once_in_a_row_of_two_currencies() {
        let measures = of(&orders(), None);
        let table = table("Payments".into(), "date", &[(Some("2026-12-25".into()), None, &measures)]);
        let column = |name: &str| table.header.iter().position(|one| one == name).unwrap();
        let cells = |name: &str| table.rows.iter().map(|row| row[column(name)].to_string()).collect::<Vec<_>>();
        assert_eq!(cells("date"), ["2026-12-25", "2026-12-25"]);
        assert_eq!(cells("currency"), ["EUR", "SEK"]);
        assert_eq!(cells("ordered_minor_units"), ["800", "100"]);
        for (name, count) in
            [("orders", "4"), ("payments", "3"), ("payments_reconciled", "1"), ("payments_rejected", "1")]
        {
            assert_eq!(cells(name), [count, ""], "{name}");
        }
        assert_eq!(cells("time_to_pay_median_seconds"), ["600", ""]);
        assert_eq!(cells("time_to_reconcile_median_seconds"), ["3600", ""]);
    }
}
