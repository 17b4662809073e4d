//! The lines of an order and how they add up.
//!
//! **Rounding.** Prices are without tax. The tax of a line is its net amount times its rate, rounded half up to the minor
//! unit; the order's net, tax and total are the sums of its lines. So what a line shows adds up to what the order shows,
//! to the last unit, in every currency.

use super::money::MOST;
use crate::domain::id::CatalogItemId;
use crate::domain::input::{self, FieldError, Form};
use serde::{Deserialize, Serialize};

/// Most lines of one order.
pub const MOST_LINES: usize = 100;
/// Most of one thing.
pub const MOST_OF_ONE: u32 = 1_000_000;
/// The highest tax rate, in basis points: everything again.
pub const HIGHEST_RATE: u32 = 10_000;

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OrderLine)]
pub struct Line {
    /// Of the catalogue, if it came from there; name and price are what they were then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<CatalogItemId>,
    pub name: String,
    pub quantity: u32,
    /// Of one, without tax, in minor units.
    pub unit_price: i64,
    /// In basis points: 1900 is 19 %.
    #[serde(default)]
    pub tax_rate: u32,
}

/// What lines come to, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Totals {
    /// Without tax.
    pub net: i64,
    pub tax: i64,
    /// To be paid.
    pub total: i64,
}

impl Line {
    /// What the line comes to; none where that is more than [`MOST`].
    #[must_use]
    pub fn totals(&self) -> Option<Totals> {
        let net = self.unit_price.checked_mul(i64::from(self.quantity)).filter(within)?;
        let tax = net.checked_mul(i64::from(self.tax_rate))?.checked_add(5_000)?.checked_div(10_000)?;
        let total = net.checked_add(tax).filter(within)?;
        Some(Totals { net, tax, total })
    }
}

/// What lines come to together; none where that is more than [`MOST`].
#[must_use]
pub fn totals(lines: &[Line]) -> Option<Totals> {
    lines.iter().map(Line::totals).try_fold(Totals::default(), |sum, line| {
        let line = line?;
        let net = sum.net.checked_add(line.net)?;
        let tax = sum.tax.checked_add(line.tax)?;
        let total = sum.total.checked_add(line.total).filter(within)?;
        Some(Totals { net, tax, total })
    })
}

fn within(amount: &i64) -> bool {
    (0..=MOST).contains(amount)
}

/// The lines as they are kept, and what they come to.
///
/// # Errors
/// Every fault: an order has lines, each with a name, at least one of it, and a price that is not below zero.
pub fn check(lines: Vec<Line>) -> Result<(Vec<Line>, Totals), Vec<FieldError>> {
    let mut form = Form::default();
    if lines.is_empty() {
        form.fault(FieldError::new("lines", "required", "An order has at least one line."));
    }
    if lines.len() > MOST_LINES {
        form.fault(FieldError::new("lines", "too_long", format!("At most {MOST_LINES} lines, please.")));
    }
    let lines: Vec<Line> = (0_usize..).zip(lines).map(|(at, line)| one(&mut form, at, line)).collect();
    form.finish()?;
    let too_much = || vec![FieldError::new("lines", "too_much", "This comes to more than an order may come to.")];
    let sum = totals(&lines).ok_or_else(too_much)?;
    Ok((lines, sum))
}

fn one(form: &mut Form, at: usize, line: Line) -> Line {
    let field = |name: &str| format!("lines[{at}].{name}");
    if !(1..=MOST_OF_ONE).contains(&line.quantity) {
        form.fault(FieldError::new(field("quantity"), "out_of_range", format!("From 1 to {MOST_OF_ONE}, please.")));
    }
    check_price(form, &field("unit_price"), line.unit_price);
    check_rate(form, &field("tax_rate"), line.tax_rate);
    let name = form.take(input::line(&field("name"), &line.name));
    Line { name, ..line }
}

/// A price is not below zero, and not more than [`MOST`].
pub fn check_price(form: &mut Form, field: &str, price: i64) {
    if !within(&price) {
        form.fault(FieldError::new(field, "out_of_range", format!("From 0 to {MOST} minor units, please.")));
    }
}

/// A tax rate is not more than everything again.
pub fn check_rate(form: &mut Form, field: &str, rate: u32) {
    if rate > HIGHEST_RATE {
        let detail = format!("From 0 to {HIGHEST_RATE} basis points, please.");
        form.fault(FieldError::new(field, "out_of_range", detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(quantity: u32, unit_price: i64, tax_rate: u32) -> Line {
        Line { item_id: None, name: "Lamp".to_owned(), quantity, unit_price, tax_rate }
    }

    // spec: J12
    #[test]
    fn tax_is_rounded_half_up_line_by_line() {
        for (one, net, tax) in [
            (line(3, 1_999, 1_900), 5_997, 1_139),
            (line(1, 50, 100), 50, 1),
            (line(1, 49, 100), 49, 0),
            (line(1, 0, 1_900), 0, 0),
            (line(2, 333, 10_000), 666, 666),
        ] {
            assert_eq!(one.totals(), Some(Totals { net, tax, total: net + tax }));
        }
        // Two lines that round up each do so each: what is shown adds up.
        let two = [line(1, 50, 100), line(1, 50, 100)];
        assert_eq!(totals(&two).map(|sum| sum.tax), Some(2));
    }

    // spec: J12
    #[test]
    fn what_is_too_much_is_refused() {
        assert_eq!(line(u32::MAX, i64::MAX, 0).totals(), None);
        assert_eq!(line(1_000_000, MOST, 10_000).totals(), None);
        assert!(check(vec![line(1, MOST, 0)]).is_ok());
        let faults = |lines| check(lines).err().into_iter().flatten().map(|e| (e.field, e.code)).collect::<Vec<_>>();
        assert_eq!(faults(vec![line(1, MOST, 0), line(1, 1, 0)]), [("lines".to_owned(), "too_much")]);
        assert_eq!(faults(vec![]), [("lines".to_owned(), "required")]);
        assert_eq!(faults(vec![line(0, 5, 0)]), [("lines[0].quantity".to_owned(), "out_of_range")]);
        assert_eq!(faults(vec![line(1, 5, 10_001)]), [("lines[0].tax_rate".to_owned(), "out_of_range")]);
        assert_eq!(faults(vec![line(1, -1, 0)]), [("lines[0].unit_price".to_owned(), "out_of_range")]);
        assert_eq!(
            faults(vec![Line { name: "a\nb".into(), ..line(1, 5, 0) }]),
            [("lines[0].name".to_owned(), "control_character")]
        );
    }

    proptest! {
        // spec: J12
        #[test]
        fn lines_add_up_exactly(
            parts in proptest::collection::vec((1u32..=1_000, 0i64..=1_000_000, 0u32..=10_000), 1..40)
        ) {
            let lines: Vec<Line> = parts.iter().map(|(q, p, r)| line(*q, *p, *r)).collect();
            let sum = totals(&lines).unwrap();
            let each: Vec<Totals> = lines.iter().map(|line| line.totals().unwrap()).collect();
            prop_assert_eq!(sum.net, each.iter().map(|one| one.net).sum::<i64>());
            prop_assert_eq!(sum.tax, each.iter().map(|one| one.tax).sum::<i64>());
            prop_assert_eq!(sum.total, sum.net + sum.tax);
            for (one, line) in each.iter().zip(&lines) {
                // Never further than half a unit from the exact tax.
                let exact = i128::from(one.net) * i128::from(line.tax_rate);
                prop_assert!((i128::from(one.tax) * 10_000 - exact).abs() <= 5_000);
            }
        }

        #[test]
        fn nothing_overflows(q in any::<u32>(), p in any::<i64>(), r in any::<u32>()) {
            if let Some(sum) = line(q, p, r).totals() {
                prop_assert!(sum.total <= MOST && sum.net >= 0 && sum.tax >= 0);
            }
        }
    }
}
