//! What is typed about orders: amounts, lines, invoices' addresses.

use super::super::problem::{Answer, Problem};
use super::super::session::AtCompany;
use crate::domain::id::CatalogItemId;
use crate::domain::input::{self, FieldError, Form};
use crate::domain::order::currency::Currency;
use crate::domain::order::line::{self, Line, Totals};
use crate::domain::order::money::Money;
use crate::domain::time::Instant;
use crate::store::catalog;
use crate::store::orders::Billing;
use crate::store::payments;
use serde::{Deserialize, Serialize};

/// Characters of a note on an order, at most.
pub const NOTE_CHARACTERS: usize = 2_000;
/// Characters of an address, at most.
const ADDRESS_CHARACTERS: usize = 500;
/// Of a company that has set nothing.
const CURRENCY: &str = "EUR";

/// An amount as it comes in: with its currency, or in minor units of the one that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Amount {
    Minor(i64),
    Money(Money),
}

impl Amount {
    /// The currency that it says.
    #[must_use]
    pub const fn currency(&self) -> Option<Currency> {
        match self {
            Self::Minor(_) => None,
            Self::Money(money) => Some(money.currency),
        }
    }

    /// Its minor units.
    ///
    /// # Errors
    /// `other_currency` where it is of another one.
    pub fn of(self, field: &str, currency: Currency) -> Result<i64, FieldError> {
        match self {
            Self::Minor(amount) => Ok(amount),
            Self::Money(money) if money.currency == currency => Ok(money.amount),
            Self::Money(_) => Err(other_currency(field, currency)),
        }
    }
}

/// A line as it comes in: something of the catalogue, or anything else with a name and a price.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineIn {
    pub item_id: Option<CatalogItemId>,
    /// The item's where it is left out.
    pub name: Option<String>,
    pub quantity: u32,
    /// Of one, without tax; the item's where it is left out.
    pub unit_price: Option<Amount>,
    /// In basis points: 1900 is 19 %; the item's where it is left out.
    pub tax_rate: Option<u32>,
}

/// Lines of one currency, and what they come to.
pub struct Priced {
    pub currency: Currency,
    pub lines: Vec<Line>,
    pub totals: Totals,
}

/// The lines, with what the catalogue says where they do not. Their currency is the one that is said, or the first that any
/// of them has, or the company's.
///
/// # Errors
/// 422 with every fault.
pub async fn priced(at: &AtCompany, said: Option<Currency>, lines: Vec<LineIn>) -> Answer<Priced> {
    if lines.len() > line::MOST_LINES {
        return Err(too_many_lines());
    }
    let ids: Vec<CatalogItemId> = lines.iter().filter_map(|line| line.item_id).collect();
    let items = catalog::several(&at.db, at.company.id, &ids).await?;
    let item_of = |line: &LineIn| items.iter().find(|item| Some(item.id) == line.item_id);
    let of_line = |line: &LineIn| line.unit_price.as_ref().and_then(Amount::currency);
    let of_item = |line: &LineIn| item_of(line).map(|item| item.price.currency);
    let currency = match said.or_else(|| lines.iter().find_map(|line| of_line(line).or_else(|| of_item(line)))) {
        Some(currency) => currency,
        None => currency_of(at).await?,
    };
    let mut form = Form::default();
    let mut full = Vec::new();
    for (place, line) in lines.into_iter().enumerate() {
        let field = |name: &str| format!("lines[{place}].{name}");
        let item = item_of(&line);
        if line.item_id.is_some() && item.is_none() {
            form.fault(FieldError::new(field("item_id"), "unknown_item", "There is no such item."));
            continue;
        }
        let price = match (line.unit_price, item) {
            (Some(price), _) => form.take(price.of(&field("unit_price"), currency)),
            (None, Some(item)) if item.price.currency == currency => item.price.amount,
            (None, Some(_)) => form.take(Err(other_currency(&field("item_id"), currency))),
            (None, None) => form.take(Err(missing(&field("unit_price")))),
        };
        let name = line.name.or_else(|| item.map(|item| item.name.clone()));
        full.push(Line {
            item_id: line.item_id,
            name: name.unwrap_or_default(),
            quantity: line.quantity,
            unit_price: price,
            tax_rate: line.tax_rate.or_else(|| item.map(|item| item.tax_rate)).unwrap_or_default(),
        });
    }
    form.finish()?;
    let (lines, totals) = line::check(full)?;
    Ok(Priced { currency, lines, totals })
}

/// The currency in which a company sells, where nothing else is said.
///
/// # Errors
/// When the database fails.
pub async fn currency_of(at: &AtCompany) -> Answer<Currency> {
    let set = payments::settings(&at.db, at.company.id).await?.map(|settings| settings.currency);
    let unknown = || Problem::internal("currency", &"the default currency is none");
    set.or_else(|| Currency::parse(CURRENCY)).ok_or_else(unknown)
}

/// To whom it is invoiced, checked.
pub fn billing(form: &mut Form, typed: &Billing) -> Billing {
    Billing {
        name: form.take(input::optional_line("billing.name", &typed.name)),
        address: form.take(input::text("billing.address", &typed.address, ADDRESS_CHARACTERS)),
        country: form.take(input::optional_line("billing.country", &typed.country)),
        vat_id: form.take(input::optional_line("billing.vat_id", &typed.vat_id)),
    }
}

/// An order runs out in the future, if it does.
pub fn check_expiry(form: &mut Form, at: Option<Instant>, now: Instant) {
    if at.is_some_and(|at| at <= now) {
        form.fault(FieldError::new("expires_at", "in_the_future", "Say until when, in the future."));
    }
}

fn other_currency(field: &str, currency: Currency) -> FieldError {
    FieldError::new(field, "other_currency", format!("This order is in {currency}."))
}

fn missing(field: &str) -> FieldError {
    FieldError::new(field, "required", "Please fill this in.")
}

fn too_many_lines() -> Problem {
    FieldError::new("lines", "too_long", format!("At most {} lines, please.", line::MOST_LINES)).into()
}
