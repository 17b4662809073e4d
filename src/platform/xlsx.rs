//! Tables as Office Open XML workbooks (ECMA-376): one sheet, in a ZIP archive that is not compressed. Text stands in cells
//! as text, which no spreadsheet takes for a formula.

use crate::domain::report::table::{Cell, Table};

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const PARTS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Ordinary cells, and the bold ones of the header.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>"#;
/// Longest name of a sheet, in UTF-16 code units.
const NAME_UNITS: usize = 31;
/// Longest text of a cell, in UTF-16 code units.
const TEXT_UNITS: usize = 32_767;
/// What a part of the archive costs beyond its name and bytes: 1 January 1980, no compression.
const DATE: u16 = 0x21;

/// Writes a workbook with the table as its only sheet.
#[must_use]
pub fn write(table: &Table) -> Vec<u8> {
    let book = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"{}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        escaped(&sheet_name(&table.title), usize::MAX)
    );
    let mut archive = Archive::default();
    archive.add("[Content_Types].xml", TYPES.as_bytes());
    archive.add("_rels/.rels", RELATIONS.as_bytes());
    archive.add("xl/workbook.xml", book.as_bytes());
    archive.add("xl/_rels/workbook.xml.rels", PARTS.as_bytes());
    archive.add("xl/styles.xml", STYLES.as_bytes());
    archive.add("xl/worksheets/sheet1.xml", sheet(table).as_bytes());
    archive.finish()
}

fn sheet(table: &Table) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                   <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews>\
                   <sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>\
                   </sheetView></sheetViews><sheetData>"
        .to_owned();
    let header: Vec<Cell> = table.header.iter().map(|name| Cell::Text(name.clone())).collect();
    for (cells, (number, style)) in
        std::iter::once(&header).chain(&table.rows).zip((1_u32..).zip([1].into_iter().chain(std::iter::repeat(0))))
    {
        xml.push_str(&format!("<row r=\"{number}\">"));
        for (cell, column) in cells.iter().zip(0_u32..) {
            let place = format!("r=\"{}{number}\" s=\"{style}\"", letters(column));
            xml.push_str(&match cell {
                Cell::Text(text) => {
                    let text = escaped(text, TEXT_UNITS);
                    format!("<c {place} t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
                }
                Cell::Number(..) => format!("<c {place}><v>{cell}</v></c>"),
                Cell::Nothing => format!("<c {place}/>"),
            });
        }
        xml.push_str("</row>");
    }
    xml.push_str("</sheetData></worksheet>");
    xml
}

/// The name of a column: A to Z, then AA.
fn letters(column: u32) -> String {
    let letter = |place: u32| char::from(b'A'.saturating_add(u8::try_from(place).unwrap_or_default()));
    let last = letter(column.rem_euclid(26));
    match column.div_euclid(26) {
        0 => last.to_string(),
        before => format!("{}{last}", letter(before.saturating_sub(1))),
    }
}

/// A name that a sheet may have: short, not empty, without signs that formulas mean something by, and not the one that Excel
/// keeps for itself.
fn sheet_name(title: &str) -> String {
    let plain = |c: char| if "[]:*?/\\'".contains(c) || c.is_control() { ' ' } else { c };
    let mut units = 0_usize;
    let fits = |c: &char| {
        units = units.saturating_add(c.len_utf16());
        units <= NAME_UNITS
    };
    let name: String = title.chars().map(plain).take_while(fits).collect();
    match name.trim() {
        "" => "Report".to_owned(),
        name if name.eq_ignore_ascii_case("history") => format!("{name} 1"),
        name => name.to_owned(),
    }
}

/// Text as XML has it, without characters that it may not have, and no longer than may be.
fn escaped(text: &str, most_units: usize) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut units = 0_usize;
    for c in text.chars() {
        units = units.saturating_add(c.len_utf16());
        if units > most_units {
            break;
        }
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' => escaped.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A ZIP archive (APPNOTE 4.3) of parts that are stored as they are.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    parts: u16,
}

impl Archive {
    fn add(&mut self, name: &str, content: &[u8]) {
        let offset = four(self.bytes.len());
        let (crc, size) = (crc32(content), four(content.len()));
        let mut fields = Vec::new();
        for field in [20_u16, 0x0800, 0, 0, DATE] {
            fields.extend(field.to_le_bytes());
        }
        for field in [crc, size, size] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        fields.extend([0, 0]);
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&fields);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(20_u16.to_le_bytes());
        self.directory.extend(&fields);
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.parts = self.parts.saturating_add(1);
    }

    fn finish(mut self) -> Vec<u8> {
        let (start, size) = (four(self.bytes.len()), four(self.directory.len()));
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.parts.to_le_bytes());
        self.bytes.extend(self.parts.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(start.to_le_bytes());
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

fn four(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The checksum of ISO 3309.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    };
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_and_the_names_of_things() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        for (title, name) in [
            ("Reports: 1/2", "Reports  1 2"),
            ("'Sold'", "Sold"),
            ("\u{1}[]", "Report"),
            ("", "Report"),
            ("History", "History 1"),
            ("0123456789 0123456789 0123456789", "0123456789 0123456789 012345678"),
            ("0123456789012345678901234567😀😀", "0123456789012345678901234567😀"),
        ] {
            assert_eq!(sheet_name(title), name);
        }
        assert_eq!(escaped("a<b>&\"c\"\u{1}\n", 100), "a&lt;b&gt;&amp;&quot;c&quot;\n");
        assert_eq!(escaped("😀😀", 3), "😀");
    }

    #[test]
    fn text_is_no_formula() {
        let rows = vec![vec![Cell::Text("=1+1".into()), Cell::Number(250, 2), Cell::Nothing]];
        let xml = sheet(&Table { title: "T".into(), header: vec!["a".into()], rows });
        assert!(xml.contains(">=1+1</t></is></c><c r=\"B2\" s=\"0\"><v>2.50</v></c><c r=\"C2\" s=\"0\"/>"), "{xml}");
        assert!(!xml.contains("<f>"));
    }
}
