//! Finding payments in what a bank says: by reference or order number, and the exact amount. Each payment once.

use super::money::Money;
use super::state::{Method, PaymentState};
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
    pub method: Method,
    /// What is to come, or is said to have come.
    pub money: Money,
    pub state: PaymentState,
}

/// What a text names, read once: banks break references into groups, and people type them in small letters.
struct Named {
    /// Its letters and digits, in capitals.
    letters: String,
    /// The numbers that are said to be an order's.
    numbers: Vec<u32>,
}

/// What an order is called before its number, in small letters.
const ORDER_WORDS: &[&str] = &[
    "order",
    "orders",
    "ordernumber",
    "orderno",
    "bestellung",
    "bestellnummer",
    "bestellnr",
    "auftrag",
    "auftragsnummer",
    "auftragsnr",
    "commande",
    "pedido",
    "ordine",
];
/// What may stand between that and the number.
const NUMBER_WORDS: &[&str] = &["no", "nr", "num", "number", "nummer", "n", "nº", "numero", "numéro"];

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
    /// It names one that is rejected, failed or cancelled, or that the card's provider has yet to report.
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
    let references: Vec<(String, &Known)> = known.iter().map(|one| (letters(&one.reference), one)).collect();
    entries
        .iter()
        .map(|entry| {
            let said = Named::of(&entry.text);
            let by_reference: Vec<&Known> = references
                .iter()
                .filter(|(reference, _)| !reference.is_empty() && said.letters.contains(reference))
                .map(|(_, one)| *one)
                .collect();
            let named = if by_reference.is_empty() {
                known.iter().filter(|one| said.numbers.contains(&one.number)).collect()
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
    let expected = |one: &Known| one.is_expected() && !taken.contains(&one.id);
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

impl Known {
    /// Whether its money may be at the bank. What is paid by card is not before its provider has said so.
    fn is_expected(&self) -> bool {
        match self.state {
            PaymentState::Paid | PaymentState::Reopened => true,
            PaymentState::Awaiting => self.method != Method::Card,
            _ => false,
        }
    }
}

impl Named {
    fn of(text: &str) -> Self {
        Self { letters: letters(text), numbers: order_numbers(text) }
    }
}

fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The numbers that a text says are an order's: `#12`, `Order 12`, `Bestellung Nr. 12`. Any other number is a date, a
/// customer's or an invoice's as well.
fn order_numbers(text: &str) -> Vec<u32> {
    let text = text.to_lowercase();
    let mut numbers = Vec::new();
    let (mut is_order, mut rest) = (false, text.as_str());
    while let Some(start) = rest.find(char::is_alphanumeric) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c: char| !c.is_alphanumeric()).unwrap_or(from.len()));
        match word.parse() {
            Ok(number) if is_order || before.ends_with('#') => {
                numbers.push(number);
                is_order = false;
            }
            _ => is_order = ORDER_WORDS.contains(&word) || is_order && NUMBER_WORDS.contains(&word),
        }
        rest = after;
    }
    numbers
}

/// The reference under which a payment is transferred: a creditor reference of ISO 11649, whose check digits let banks find
/// mistyped ones. It names the order and which of its payments it is: in two digits, or behind an `X` where it takes more.
#[must_use]
pub fn reference(number: u32, payment: u32) -> String {
    let body = if payment < 100 { format!("{number:06}{payment:02}") } else { format!("{number:06}X{payment}") };
    // Letters count from A = 10, so that `X` reads 33 and `RF00` reads 271500.
    let digits = format!("{body}RF00").replace('X', "33").replace("RF", "2715");
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
        let (reference, method) = (reference(number, 1), Method::Transfer);
        let (id, order) = (PaymentId::new(Uuid::from_u128(id)), OrderId::new(Uuid::from_u128(id)));
        Known { id, order, number, reference, method, money: eur(amount), state }
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
            Known { method: Method::Card, ..known(8, 13, 100, P::Awaiting) },
            Known { method: Method::Card, ..known(9, 14, 100, P::Paid) },
            known(10, 2026, 100, P::Paid),
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
            ("order 13", 100, no(Why::NotExpected, Some(8))),
            ("order 14", 100, Verdict::Matched(id(9))),
            ("invoice 2026, 22.11.2026", 100, no(Why::Unknown, None)),
            ("Bestellung Nr. 2026", 100, Verdict::Matched(id(10))),
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

    // spec: J12
    #[test]
    fn only_what_is_said_to_be_an_orders_number_is_one() {
        for (text, numbers) in [
            ("Order #7", vec![7]),
            ("thanks for #7 and # 8", vec![7]),
            ("order no. 7, order 8", vec![7, 8]),
            ("Commande n° 7", vec![7]),
            ("COMMANDE Nº7", vec![]),
            ("Bestellnummer: 7 vom 22.11.2026", vec![7]),
            ("order of 7 lamps", vec![]),
            ("7", vec![]),
            ("no 7", vec![]),
            ("order 99999999999", vec![]),
        ] {
            assert_eq!(order_numbers(text), numbers, "{text}");
        }
    }

    #[test]
    fn no_two_payments_have_one_reference() {
        let mut all: Vec<String> = Vec::new();
        for number in [1, 12, 100_000, 1_000_001, 10_000_012] {
            all.extend((1..1_200).map(|payment| reference(number, payment)));
        }
        assert!(all.iter().all(|reference| reference.len() <= 25), "the standard has no longer ones");
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|reference| reference.get(4..)).collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn references_carry_the_check_digits_of_the_standard() {
        // The check of ISO 11649: with the first four characters behind the rest, the number leaves 1 by 97.
        for (number, payment) in [(1, 1), (7, 12), (999_999, 99), (1_234_567, 1), (7, 100), (1_234_567, 1_234)] {
            let reference = reference(number, payment);
            let (head, body) = reference.split_at(4);
            let digits: String = format!("{body}{head}").replace('R', "27").replace('F', "15").replace('X', "33");
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
