//! Amounts in minor units, checked against overflow; how they are read and written.

use super::currency::Currency;
use serde::{Deserialize, Serialize};

/// The largest amount of anything: far below 2^53, so that every reader of JSON reads it exactly.
pub const MOST: i64 = 1_000_000_000_000;

/// An amount of money (the contract).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// In minor units of the currency.
    pub amount: i64,
    pub currency: Currency,
}

impl Money {
    /// An amount of a currency.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// With its digits behind the point, as `1234.50`; its currency is said elsewhere.
    #[must_use]
    pub fn digits(&self) -> String {
        let digits = usize::try_from(self.currency.exponent()).unwrap_or_default();
        let sign = if self.amount < 0 { "-" } else { "" };
        let amount = format!("{:0width$}", self.amount.unsigned_abs(), width = digits.saturating_add(1));
        let (whole, rest) = amount.split_at(amount.len().saturating_sub(digits));
        if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
    }

    /// Reads what people and banks write: `1.234,50`, `1,234.50`, `1 234,5`, `1'234.50`, `-12`. A single point or comma
    /// separates thousands where exactly three digits follow it and the currency does not have three; more digits behind
    /// the point than the currency has are refused unless they are zeros.
    #[must_use]
    pub fn read(text: &str, currency: Currency) -> Option<Self> {
        let text = text.trim().trim_start_matches('+');
        let (sign, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (-1, rest.trim_start()),
            None => (1, text),
        };
        let digits = usize::try_from(currency.exponent()).ok()?;
        let (whole, rest) = split(text, digits);
        let whole: String = whole.chars().filter(|c| !is_separator(*c)).collect();
        if whole.is_empty() && rest.is_empty() || !all_digits(&whole) || !all_digits(rest) {
            return None;
        }
        let (kept, beyond) = rest.split_at(rest.len().min(digits));
        if beyond.chars().any(|c| c != '0') {
            return None;
        }
        let amount: i64 = format!("{whole}{kept:0<digits$}").parse().ok()?;
        (amount <= MOST).then_some(Self::new(amount.checked_mul(sign)?, currency))
    }
}

/// The whole part and what is behind the decimal point.
fn split(text: &str, digits: usize) -> (&str, &str) {
    let Some(at) = text.rfind(['.', ',']) else { return (text, "") };
    let (whole, rest) = (text.get(..at).unwrap_or_default(), text.get(at.saturating_add(1)..).unwrap_or_default());
    let mark = text.get(at..at.saturating_add(1)).unwrap_or_default();
    // `1.234.567`: one mark that comes again separates thousands; so does one before three digits, `1,234`.
    let is_again = whole.contains(mark);
    let is_thousands =
        rest.len() == 3 && digits != 3 && !whole.contains(['.', ',']) && !whole.is_empty() && whole != "0";
    if is_again || is_thousands { (text, "") } else { (whole, rest) }
}

const fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | ' ' | '\'' | '\u{2019}' | '\u{a0}' | '\u{202f}')
}

fn all_digits(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, code: &str) -> Option<i64> {
        Money::read(text, Currency::parse(code).unwrap()).map(|money| money.amount)
    }

    // spec: J12
    #[test]
    fn amounts_are_read_as_people_and_banks_write_them() {
        for (text, code, amount) in [
            ("1.234,50", "EUR", Some(123_450)),
            ("1,234.50", "EUR", Some(123_450)),
            ("1 234,5", "EUR", Some(123_450)),
            ("1'234.50", "CHF", Some(123_450)),
            ("12", "EUR", Some(1_200)),
            ("-12,00", "EUR", Some(-1_200)),
            ("+0,05", "EUR", Some(5)),
            (",5", "EUR", Some(50)),
            ("1.234", "EUR", Some(123_400)),
            ("1,234", "JPY", Some(1_234)),
            ("1.234", "KWD", Some(1_234)),
            ("0.125", "EUR", None),
            ("1.234.567", "EUR", Some(123_456_700)),
            ("12.000", "JPY", Some(12_000)),
            ("12.00", "JPY", Some(12)),
            ("12.5", "JPY", None),
            ("12.505", "KWD", Some(12_505)),
            ("", "EUR", None),
            (".", "EUR", None),
            ("12a", "EUR", None),
            ("1e3", "EUR", None),
            ("99999999999999999999", "EUR", None),
        ] {
            assert_eq!(read(text, code), amount, "{text} {code}");
        }
    }

    proptest! {
        // spec: J12
        #[test]
        fn what_is_written_is_read_again(amount in -MOST..=MOST, at in 0usize..150) {
            let currency = Currency::all().nth(at).unwrap();
            let money = Money::new(amount, currency);
            // Three digits behind a point would be thousands to whoever does not know the currency.
            prop_assert_eq!(Money::read(&money.digits(), currency), Some(money));
        }
    }
}
