//! What a bank says has come in: its CSV file, whatever its delimiter, its decimal mark and its preamble.

use super::currency::Currency;
use super::money::Money;
use crate::domain::input::FieldError;
use csv::{ReaderBuilder, StringRecord};
use serde::Serialize;

/// Most lines of one file.
pub const MOST_ROWS: usize = 2_000;
/// The header stands within so many lines: banks like to say who they are first.
const HEADER_WITHIN: usize = 20;

/// Money that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The line of the file, from 1.
    pub row: u64,
    /// As the bank writes it.
    pub date: String,
    pub money: Money,
    /// Reference and description, one after the other.
    pub text: String,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Unreadable {
    /// The line of the file, from 1.
    pub row: u64,
    /// `amount` or `currency`.
    pub field: &'static str,
}

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Statement {
    pub entries: Vec<Entry>,
    pub unreadable: Vec<Unreadable>,
    /// Lines that say of money that went out, or of none.
    pub ignored: usize,
}

/// Where each thing stands in a line.
#[derive(Debug, PartialEq, Eq)]
struct Columns {
    date: Option<usize>,
    amount: usize,
    currency: Option<usize>,
    text: Vec<usize>,
}

const DATES: &[&str] = &["date", "bookingdate", "buchungstag", "buchungsdatum", "datedoperation", "datecomptable"];
const AMOUNTS: &[&str] = &["amount", "betrag", "montant", "credit", "moneyin", "paidin", "gutschrift", "haben"];
const CURRENCIES: &[&str] = &["currency", "waehrung", "wahrung", "devise", "monnaie", "ccy"];
const TEXTS: &[&str] = &[
    "reference",
    "paymentreference",
    "description",
    "details",
    "communication",
    "verwendungszweck",
    "libelle",
    "motif",
    "memo",
    "narrative",
    "purpose",
    "remittanceinformation",
    "buchungstext",
];

/// Reads a bank's file. `currency` is that of lines which do not say theirs.
///
/// # Errors
/// `no_header` where no line names an amount and a reference or a description; `too_long`; `malformed`.
pub fn read(file: &str, currency: Option<Currency>) -> Result<Statement, FieldError> {
    let file = file.trim_start_matches('\u{feff}');
    let (records, header, columns) =
        [b';', b',', b'\t'].into_iter().find_map(|by| headed(file, by)).ok_or_else(|| {
            let detail = "No line of this file names a column with amounts and one with references or descriptions.";
            FieldError::new("csv", "no_header", detail)
        })?;
    let mut statement = Statement::default();
    for record in records.iter().skip(header.saturating_add(1)) {
        if statement.entries.len() >= MOST_ROWS {
            return Err(FieldError::new("csv", "too_long", format!("At most {MOST_ROWS} lines, please.")));
        }
        statement.take(record, &columns, currency);
    }
    Ok(statement)
}

/// The lines, told apart by a delimiter, and which of them is the header; none where there is no header by this delimiter.
fn headed(file: &str, delimiter: u8) -> Option<(Vec<StringRecord>, usize, Columns)> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(file.as_bytes());
    let records: Vec<StringRecord> = reader.records().collect::<Result<_, _>>().ok()?;
    let (at, columns) = (0_usize..)
        .zip(&records)
        .take(HEADER_WITHIN)
        .find_map(|(at, record)| columns(record).map(|columns| (at, columns)))?;
    Some((records, at, columns))
}

fn columns(record: &StringRecord) -> Option<Columns> {
    let names: Vec<String> = record.iter().map(plain).collect();
    let first = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    // Of several, as of "Debit" and "Credit", the one that our list names first.
    let amount = AMOUNTS.iter().find_map(|known| names.iter().position(|name| name == known))?;
    let text: Vec<usize> =
        (0_usize..).zip(&names).filter(|(_, name)| TEXTS.contains(&name.as_str())).map(|(at, _)| at).collect();
    let starts = |at: &Option<usize>| at.is_some();
    let date = Some(first(DATES)).filter(starts).flatten().or_else(|| names.iter().position(|n| n.contains("date")));
    (!text.is_empty()).then(|| Columns { date, amount, currency: first(CURRENCIES), text })
}

/// A column's name without its accents, its case and its marks.
fn plain(name: &str) -> String {
    let letter = |c: char| match c {
        'é' | 'è' | 'ê' | 'É' => 'e',
        'ä' | 'à' | 'â' => 'a',
        'ü' | 'û' => 'u',
        'ö' | 'ô' => 'o',
        other => other,
    };
    name.chars().map(letter).filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect()
}

impl Statement {
    fn take(&mut self, record: &StringRecord, columns: &Columns, currency: Option<Currency>) {
        let row = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let amount = cell(columns.amount);
        if amount.is_empty() {
            self.ignored = self.ignored.saturating_add(1);
            return;
        }
        let said = columns.currency.map(cell).filter(|code| !code.is_empty());
        let Some(currency) = said.map_or(currency, |code| Currency::parse(&code.to_ascii_uppercase())) else {
            self.unreadable.push(Unreadable { row, field: "currency" });
            return;
        };
        // Some say the currency with the amount: `1.234,50 EUR`, `€ 12.00`.
        let digits = amount.trim_matches(|c: char| c.is_alphabetic() || c.is_whitespace() || "€$£¥".contains(c));
        match Money::read(digits, currency) {
            None => self.unreadable.push(Unreadable { row, field: "amount" }),
            Some(money) if money.amount <= 0 => self.ignored = self.ignored.saturating_add(1),
            Some(money) => {
                let text: Vec<&str> = columns.text.iter().map(|at| cell(*at)).filter(|text| !text.is_empty()).collect();
                let date = columns.date.map(cell).unwrap_or_default().to_owned();
                self.entries.push(Entry { row, date, money, text: text.join(" ") });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(file: &str) -> Vec<(String, i64, String, String)> {
        let entries = super::read(file, Currency::parse("EUR")).unwrap().entries;
        let told = |entry: Entry| (entry.date, entry.money.amount, entry.money.currency.to_string(), entry.text);
        entries.into_iter().map(told).collect()
    }

    // spec: J12
    #[test]
    fn banks_write_as_they_like() {
        let one = |date: &str, amount, currency: &str, text: &str| {
            vec![(date.to_owned(), amount, currency.to_owned(), text.to_owned())]
        };
        for (file, wanted) in [
            (
                "Date,Amount,Currency,Reference\n2026-11-02,1234.50,EUR,RF18 1\n",
                one("2026-11-02", 123_450, "EUR", "RF18 1"),
            ),
            (
                "\u{feff}Buchungstag;Verwendungszweck;Betrag;Währung\r\n02.11.2026;\"RF18 1; danke\";1.234,50;EUR\r\n",
                one("02.11.2026", 123_450, "EUR", "RF18 1; danke"),
            ),
            (
                "Date d'opération;Libellé;Débit;Crédit\n02/11/2026;VIR RF18 1;;1 234,50\n03/11/2026;Frais;-3,00;\n",
                one("02/11/2026", 123_450, "EUR", "VIR RF18 1"),
            ),
            (
                "Some Bank\nAccount,123\n\nBooking date,Details,Amount,Currency\n2026-11-02,RF18 1,\"5,000\",JPY\n",
                one("2026-11-02", 5_000, "JPY", "RF18 1"),
            ),
            ("Date\tDescription\tAmount\n2026-11-02\tRF18 1\t12.30 EUR\n", one("2026-11-02", 1_230, "EUR", "RF18 1")),
            ("Date;Description;Amount\n2026-11-02;sent;-12,30\n2026-11-02;;0\n", vec![]),
        ] {
            assert_eq!(read(file), wanted, "{file}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let file = "Date;Reference;Amount;Currency\n1;a;twelve;EUR\n2;b;12;QQQ\n3;c;12;EUR\n";
        let statement = super::read(file, None).unwrap();
        let rows: Vec<_> = statement.unreadable.iter().map(|one| (one.row, one.field)).collect();
        assert_eq!(rows, [(2, "amount"), (3, "currency")]);
        assert_eq!(statement.entries.len(), 1);
        for file in ["", "hello", "a;b\n1;2\n", "Date,Amount\n1,2\n"] {
            assert_eq!(super::read(file, None).map_err(|error| error.code), Err("no_header"), "{file}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_uploaded_breaks_it(file in "[ -~\n;,\"éß]{0,200}") {
            let _answered = super::read(&file, None);
            let _answered = super::read(&format!("Amount;Reference\n{file}"), Currency::parse("EUR"));
        }
    }
}
