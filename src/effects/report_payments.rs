//! Makes reports on orders and payments.

use super::report::{Setting, colleagues};
use crate::domain::people::capability::Capability;
use crate::domain::people::permission::scope_of;
use crate::domain::report::payments::{self, OrderMeasures, OrderSample, OrderTally};
use crate::domain::report::period::{Period, date};
use crate::domain::report::question::Subject;
use crate::domain::report::summary::Group;
use crate::domain::report::table::Table;
use crate::domain::zone::Zone;
use crate::platform::{intl, json};
use crate::store::db::StoreResult;
use crate::store::{agents, order_figures};
use serde::Serialize;
use std::collections::BTreeMap;

/// A report on the orders that were made in some days, and on their payments.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PaymentReport {
    pub report: Subject,
    pub from: String,
    pub to: String,
    pub time_zone: String,
    pub group: Group,
    pub totals: OrderMeasures,
    pub before: Option<PaymentsBefore>,
    pub rows: Vec<PaymentRow>,
}

/// The figures of the days before.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PaymentsBefore {
    pub from: String,
    pub to: String,
    pub totals: OrderMeasures,
}

/// A row of a report on payments.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PaymentRow {
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(flatten)]
    pub measures: OrderMeasures,
}

/// Makes a report on payments.
///
/// # Errors
/// When the database fails.
pub async fn make(setting: &Setting<'_>, group: Group) -> StoreResult<PaymentReport> {
    let Setting { db, company, member, period, .. } = *setting;
    let reach = scope_of(member, Capability::ReportPayments);
    let visible = colleagues(db, company, member, reach).await?;
    let before = period.before();
    let (utc, whole) = (Zone::fixed(0), Period::ending(period.last(), period.days().saturating_mul(2)));
    let (from, until) = whole.bounds(&utc);
    let zone = intl::zone(&setting.time_zone, from, until);
    let orders = |days: Period| order_figures::read(db, company, days.bounds(&zone), visible.as_deref());
    let made = orders(period).await?;
    let mut tallies: BTreeMap<Option<String>, OrderTally> = BTreeMap::new();
    let parts = group.interval().map(|interval| period.parts(interval)).unwrap_or_default();
    tallies.extend(parts.into_iter().map(|part| (Some(date(part)), OrderTally::default())));
    for order in &made {
        for (key, method) in payments::keys(order, group, &zone) {
            tallies.entry(key).or_default().add(order, method.as_deref());
        }
    }
    let names: BTreeMap<String, String> = if group == Group::Agent {
        let people = agents::list(db, company).await?;
        people.into_iter().map(|record| (record.member.id.to_string(), record.member.name)).collect()
    } else {
        BTreeMap::new()
    };
    let rows = tallies.into_iter().map(|(key, tally)| PaymentRow {
        name: key.as_ref().and_then(|key| names.get(key).cloned()),
        key,
        measures: tally.measures(),
    });
    let then = if setting.compare { Some(total(&orders(before).await?)) } else { None };
    Ok(PaymentReport {
        report: Subject::Payments,
        from: period.from(),
        to: period.to(),
        time_zone: setting.time_zone.clone(),
        group,
        totals: total(&made),
        before: then.map(|totals| PaymentsBefore { from: before.from(), to: before.to(), totals }),
        rows: rows.collect(),
    })
}

impl PaymentReport {
    /// The report as JSON, row by row.
    ///
    /// # Errors
    /// When it cannot be written, which is a fault of ours.
    pub fn pieces(mut self) -> Result<impl Iterator<Item = Result<Vec<u8>, String>>, String> {
        let rows = std::mem::take(&mut self.rows);
        json::pieces(&self, vec![rows])
    }

    /// The report as a table: a line for each row and currency, and the totals.
    #[must_use]
    pub fn table(&self) -> Table {
        let rows = self.rows.iter().map(|row| (row.key.clone(), row.name.clone(), &row.measures));
        let rows: Vec<_> = rows.chain([(Some("total".to_owned()), None, &self.totals)]).collect();
        payments::table(format!("{} {} {}", self.report.name(), self.from, self.to), self.group.column(), &rows)
    }
}

fn total(orders: &[OrderSample]) -> OrderMeasures {
    let mut tally = OrderTally::default();
    orders.iter().for_each(|order| tally.add(order, None));
    tally.measures()
}
