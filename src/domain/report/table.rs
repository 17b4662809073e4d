//! Reports as tables, for files.

use super::measure::{Attendance, Measures, Spread};
use super::summary::Row;

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    /// A number with so many decimals (12.5 is `(125, 1)`).
    Number(i64, u8),
    Nothing,
}

/// A table, with the names of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What the report is called.
    pub title: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number, 0) => write!(f, "{number}"),
            Self::Number(number, decimals) => {
                let whole = 10_i64.saturating_pow(u32::from(*decimals));
                let sign = if *number < 0 { "-" } else { "" };
                let (of, rest) = (number.saturating_abs().div_euclid(whole), number.saturating_abs().rem_euclid(whole));
                write!(f, "{sign}{of}.{rest:0width$}", width = usize::from(*decimals))
            }
            Self::Nothing => Ok(()),
        }
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number), 0)
    }
}

impl From<Option<i64>> for Cell {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Nothing, |number| Self::Number(number, 0))
    }
}

impl From<Option<&String>> for Cell {
    fn from(text: Option<&String>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text.clone()))
    }
}

/// A report's rows and, under them, its totals.
#[must_use]
pub fn of_measures(title: String, group: &str, rows: &[Row], totals: &Measures, total: &str) -> Table {
    let mut header: Vec<String> =
        [group, "name", "opened", "closed", "reopened", "customer_messages", "replies"].map(str::to_owned).into();
    if totals.conversations.is_some() {
        header.push("conversations".to_owned());
    }
    if totals.attendance.is_some() {
        header.extend(["online_seconds", "away_seconds", "busy_seconds"].map(str::to_owned));
    }
    for timed in ["first_response", "resolution", "waiting"] {
        header.extend(["count", "mean_seconds", "median_seconds", "p90_seconds"].map(|part| format!("{timed}_{part}")));
    }
    header.extend(["rating_count".to_owned(), "rating_mean".to_owned()]);
    let line = |key: Cell, name: Cell, measures: &Measures| {
        let Measures { opened, closed, reopened, customer_messages, replies, rating, .. } = measures;
        let mut cells = vec![key, name];
        cells.extend([*opened, *closed, *reopened, *customer_messages, *replies].map(Cell::from));
        cells.extend(measures.conversations.map(Cell::from));
        if let Some(Attendance { online_seconds, away_seconds, busy_seconds }) = measures.attendance {
            cells.extend([online_seconds, away_seconds, busy_seconds].map(|seconds| Cell::Number(seconds, 0)));
        }
        for Spread { count, mean_seconds, median_seconds, p90_seconds } in
            [measures.first_response, measures.resolution, measures.waiting]
        {
            cells.extend([Cell::from(count), mean_seconds.into(), median_seconds.into(), p90_seconds.into()]);
        }
        let mean = rating.mean_hundredths.map_or(Cell::Nothing, |mean| Cell::Number(mean, 2));
        cells.extend([Cell::from(rating.count), mean]);
        cells
    };
    let mut lines: Vec<_> =
        rows.iter().map(|row| line(row.key.as_ref().into(), row.name.as_ref().into(), &row.measures)).collect();
    lines.push(line(Cell::Text(total.to_owned()), Cell::Nothing, totals));
    Table { title, header, rows: lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        for (cell, text) in [
            (Cell::Number(450, 2), "4.50"),
            (Cell::Number(-5, 2), "-0.05"),
            (Cell::Number(12, 0), "12"),
            (Cell::Nothing, ""),
        ] {
            assert_eq!(cell.to_string(), text);
        }
    }
}
