//! Finding payments in what a bank says: by reference or order number, and the exact amount. Each payment once.

use super::money::Money;
use super::state::PaymentState;
use super::statement::Entry;
use crate::domain::id::{OrderId, PaymentId};
use serde::Serialize;

/// A payment that a bank might tell of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub id: PaymentId,
    pub order: OrderId,
    /// Of the order.
    pub number: u32,
    pub reference: String,
    /// What is to come, or is said to have come.
    pub money: Money,
    pub state: PaymentState,
}

/// Why an entry goes with no payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It names no payment of ours.
    Unknown,
    /// It names one of another amount or currency.
    AmountDiffers,
    /// It names one that is reconciled already, by this file or before.
    Already,
    /// It names one that is rejected, failed or cancelled.
    NotExpected,
}

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Matched(PaymentId),
    /// More than one might be meant: a person has to say which.
    Ambiguous(Vec<PaymentId>),
    Unmatched {
        why: Why,
        named: Option<PaymentId>,
    },
}

/// What becomes of each entry, in their order. References count for more than numbers: those come first.
#[must_use]
pub fn verdicts(entries: &[Entry], known: &[Known]) -> Vec<Verdict> {
    let mut taken: Vec<PaymentId> = Vec::new();
    entries
        .iter()
        .map(|entry| {
            let by_reference: Vec<&Known> = known.iter().filter(|one| names_reference(entry, one)).collect();
            let named = if by_reference.is_empty() {
                known.iter().filter(|one| names_number(entry, one)).collect()
            } else {
                by_reference
            };
            let verdict = verdict(entry, &named, &taken);
            if let Verdict::Matched(id) = verdict {
                taken.push(id);
            }
            verdict
        })
        .collect()
}

fn verdict(entry: &Entry, named: &[&Known], taken: &[PaymentId]) -> Verdict {
    let exact: Vec<&&Known> = named.iter().filter(|one| one.money == entry.money).collect();
    let expected = |one: &Known| {
        matches!(one.state, PaymentState::Awaiting | PaymentState::Paid | PaymentState::Reopened)
            && !taken.contains(&one.id)
    };
    let open: Vec<PaymentId> = exact.iter().filter(|one| expected(one)).map(|one| one.id).collect();
    let unmatched = |why, named: Option<&Known>| Verdict::Unmatched { why, named: named.map(|one| one.id) };
    match (open.as_slice(), exact.first(), named.first()) {
        ([only], ..) => Verdict::Matched(*only),
        ([_, ..], ..) => Verdict::Ambiguous(open),
        ([], Some(one), _) if one.state == PaymentState::Reconciled || taken.contains(&one.id) => {
            unmatched(Why::Already, Some(one))
        }
        ([], Some(one), _) => unmatched(Why::NotExpected, Some(one)),
        ([], None, Some(one)) => unmatched(Why::AmountDiffers, Some(one)),
        ([], None, None) => unmatched(Why::Unknown, None),
    }
}

/// Banks break references into groups, and people type them in small letters.
fn names_reference(entry: &Entry, known: &Known) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
    };
    let reference = letters(&known.reference);
    !reference.is_empty() && letters(&entry.text).contains(&reference)
}

fn names_number(entry: &Entry, known: &Known) -> bool {
    let mut words = entry.text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.parse::<u32>() == Ok(known.number))
}

/// The reference under which a payment is transferred: a creditor reference of ISO 11649, whose check digits let banks find
/// mistyped ones. It names the order and which of its payments it is, in two digits.
#[must_use]
pub fn reference(number: u32, payment: u32) -> String {
    let payment = payment.checked_rem(100).unwrap_or_default();
    let body = format!("{number:06}{payment:02}");
    // Letters count from A = 10, so that `RF00` reads 271500.
    let digits = format!("{body}271500");
    let rest = digits
        .chars()
        .filter_map(|c| c.to_digit(10))
        .fold(0_u32, |rest, digit| rest.saturating_mul(10).saturating_add(digit).checked_rem(97).unwrap_or_default());
    let check = 98_u32.saturating_sub(rest);
    format!("RF{check:02}{body}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::order::currency::Currency;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::parse("EUR").unwrap())
    }

    fn known(id: u128, number: u32, amount: i64, state: PaymentState) -> Known {
        let reference = reference(number, 1);
        let (id, order) = (PaymentId::new(Uuid::from_u128(id)), OrderId::new(Uuid::from_u128(id)));
        Known { id, order, number, reference, money: eur(amount), state }
    }

    fn entry(text: &str, amount: i64) -> Entry {
        Entry { row: 1, date: String::new(), money: eur(amount), text: text.to_owned() }
    }

    // spec: J12 J13
    #[test]
    fn an_entry_goes_with_the_payment_it_names_and_no_other() {
        use PaymentState as P;
        let payments = [
            known(1, 7, 100, P::Awaiting),
            known(2, 8, 100, P::Paid),
            known(3, 9, 100, P::Reconciled),
            known(4, 10, 100, P::Rejected),
            known(5, 10, 100, P::Paid),
            known(6, 11, 100, P::Paid),
            known(7, 11, 100, P::Paid),
        ];
        let id = |n: u128| PaymentId::new(Uuid::from_u128(n));
        let no = |why, named: Option<u128>| Verdict::Unmatched { why, named: named.map(id) };
        let cases = [
            ("Payment rf84 0000 0701", 100, Verdict::Matched(id(1))),
            (&*reference(8, 1), 100, Verdict::Matched(id(2))),
            (&*reference(8, 1), 100, no(Why::Already, Some(2))),
            ("order #9", 100, no(Why::Already, Some(3))),
            ("order 10, thanks", 100, Verdict::Matched(id(5))),
            ("order 11", 100, Verdict::Ambiguous(vec![id(6), id(7)])),
            ("order 7", 101, no(Why::AmountDiffers, Some(1))),
            ("order 12", 100, no(Why::Unknown, None)),
            ("", 100, no(Why::Unknown, None)),
        ];
        let text = reference(7, 1);
        assert!(text.starts_with("RF"));
        let entries: Vec<Entry> = cases
            .iter()
            .map(|(words, amount, _)| {
                let words = if words.starts_with("Payment") {
                    format!("Payment {} {}", text.to_lowercase().get(..4).unwrap(), text.get(4..).unwrap())
                } else {
                    (*words).to_owned()
                };
                entry(&words, *amount)
            })
            .collect();
        let wanted: Vec<Verdict> = cases.into_iter().map(|(.., verdict)| verdict).collect();
        assert_eq!(verdicts(&entries, &payments), wanted);
    }

    #[test]
    fn references_carry_the_check_digits_of_the_standard() {
        // The check of ISO 11649: with the first four characters behind the rest, the number leaves 1 by 97.
        for (number, payment) in [(1, 1), (7, 12), (999_999, 99), (1_234_567, 1)] {
            let reference = reference(number, payment);
            let (head, body) = reference.split_at(4);
            let digits: String = format!("{body}{head}").replace('R', "27").replace('F', "15");
            assert_eq!(digits.parse::<u128>().unwrap() % 97, 1, "{reference}");
        }
    }

    proptest! {
        // spec: J12
        #[test]
        fn no_payment_is_found_twice(
            payments in proptest::collection::vec((1u32..6, 1i64..4, 0usize..7), 0..12),
            entries in proptest::collection::vec((1u32..6, 1i64..4), 0..20)
        ) {
            let payments: Vec<Known> = (1u128..)
                .zip(&payments)
                .map(|(id, (number, amount, state))| known(id, *number, *amount, PaymentState::ALL[*state]))
                .collect();
            let entries: Vec<Entry> =
                entries.iter().map(|(number, amount)| entry(&format!("order {number}"), *amount)).collect();
            let verdicts = verdicts(&entries, &payments);
            let mut matched = Vec::new();
            for (verdict, entry) in verdicts.iter().zip(&entries) {
                if let Verdict::Matched(id) = verdict {
                    prop_assert!(!matched.contains(id));
                    matched.push(*id);
                    prop_assert!(payments.iter().any(|one| one.id == *id && one.money == entry.money));
                }
            }
        }
    }
}
