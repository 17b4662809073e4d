//! Tables as CSV (RFC 4180) that no spreadsheet takes for formulas.

use crate::domain::report::table::{Cell, Table};

/// Writes a table.
///
/// # Errors
/// When a row has another length than the header, which is a fault of ours.
pub fn write(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, String> {
    let mut writer = writer();
    writer.write_record(header).map_err(|error| error.to_string())?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell))).map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// The lines of a report, each as it is asked for; its numbers stay numbers.
///
/// # Errors
/// When a line cannot be written, which is a fault of ours.
pub fn lines(table: Table) -> impl Iterator<Item = Result<Vec<u8>, String>> {
    let rows = table.rows.into_iter().map(|cells| {
        cells.into_iter().map(|cell| match cell {
            Cell::Text(text) => harmless(&text),
            number => number.to_string(),
        })
    });
    std::iter::once(line(table.header)).chain(rows.map(line))
}

fn line(cells: impl IntoIterator<Item = String>) -> Result<Vec<u8>, String> {
    let mut writer = writer();
    writer.write_record(cells).map_err(|error| error.to_string())?;
    writer.into_inner().map_err(|error| error.to_string())
}

fn writer() -> csv::Writer<Vec<u8>> {
    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new())
}

/// A cell that begins as a formula does gets an apostrophe in front (OWASP, CSV injection).
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_words_and_words_are_quoted() {
        let rows = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "a,b", "say \"hi\"", "two\nlines"];
        let written = write(&["cell"], rows.iter().map(|cell| vec![(*cell).to_owned()])).unwrap();
        let expected = "cell\r\n'=1+1\r\n'+1\r\n'-1\r\n'@SUM(A1)\r\n'\tx\r\n\"'\rx\"\r\nplain\r\n\"a,b\"\r\n\
                        \"say \"\"hi\"\"\"\r\n\"two\nlines\"\r\n";
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }
}
