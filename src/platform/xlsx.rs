//! Tables as Office Open XML workbooks (ECMA-376): one sheet, in a ZIP archive that is not compressed. Text stands in cells
//! as text, which no spreadsheet takes for a formula. A workbook is made piece by piece: the archive says before the sheet how
//! long it is, so its lines are made twice, once to be measured, and never kept.

use crate::domain::report::table::{Cell, Table};
use std::rc::Rc;

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

/// A workbook with the table as its only sheet, in pieces, each made as it is asked for.
pub fn pieces(table: Table) -> impl Iterator<Item = Vec<u8>> {
    let book = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
         <workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <sheets><sheet name=\"{}\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
        escaped(&sheet_name(&table.title), usize::MAX)
    );
    let mut archive = Archive::default();
    let mut before = Vec::new();
    for (name, content) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/styles.xml", STYLES),
    ] {
        before.extend(archive.add(name, Measured::default().with(content.as_bytes())));
        before.extend(content.as_bytes());
    }
    let table = Rc::new(table);
    let measured = sheet(&table).fold(Measured::default(), |measured, piece| measured.with(piece.as_bytes()));
    before.extend(archive.add("xl/worksheets/sheet1.xml", measured));
    std::iter::once(before).chain(sheet(&table).map(String::into_bytes)).chain(std::iter::once(archive.finish()))
}

/// The sheet: what comes before its lines, each line, and what comes after them.
fn sheet(table: &Rc<Table>) -> impl Iterator<Item = String> + use<> {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
                <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews>\
                <sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>\
                </sheetView></sheetViews><sheetData>";
    let header: Vec<Cell> = table.header.iter().map(|name| Cell::Text(name.clone())).collect();
    let table = Rc::clone(table);
    let lines = (0..table.rows.len()).zip(2_u32..).map(move |(at, number)| {
        let cells = table.rows.get(at).map(Vec::as_slice).unwrap_or_default();
        line(cells, number, 0)
    });
    std::iter::once(head.to_owned() + &line(&header, 1, 1))
        .chain(lines)
        .chain(std::iter::once("</sheetData></worksheet>".to_owned()))
}

/// A line of the sheet, its cells in a style of [`STYLES`].
fn line(cells: &[Cell], number: u32, style: u8) -> String {
    let mut xml = format!("<row r=\"{number}\">");
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

/// How long a part of an archive is, and its checksum (ISO 3309).
#[derive(Clone, Copy)]
struct Measured {
    crc: u32,
    size: usize,
}

impl Default for Measured {
    fn default() -> Self {
        Self { crc: !0, size: 0 }
    }
}

impl Measured {
    fn with(self, bytes: &[u8]) -> Self {
        let step = |crc: u32, byte: &u8| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
        };
        Self { crc: bytes.iter().fold(self.crc, step), size: self.size.saturating_add(bytes.len()) }
    }

    const fn checksum(self) -> u32 {
        !self.crc
    }
}

/// A ZIP archive (APPNOTE 4.3) of parts that are stored as they are: what stands around these.
#[derive(Default)]
struct Archive {
    /// How much comes before the next part.
    length: usize,
    directory: Vec<u8>,
    parts: u16,
}

impl Archive {
    /// What comes before a part.
    fn add(&mut self, name: &str, content: Measured) -> Vec<u8> {
        let offset = four(self.length);
        let (crc, size) = (content.checksum(), four(content.size));
        let mut fields = Vec::new();
        for field in [20_u16, 0x0800, 0, 0, DATE] {
            fields.extend(field.to_le_bytes());
        }
        for field in [crc, size, size] {
            fields.extend(field.to_le_bytes());
        }
        fields.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        fields.extend([0, 0]);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(20_u16.to_le_bytes());
        self.directory.extend(&fields);
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.parts = self.parts.saturating_add(1);
        let head = [b"PK\x03\x04", fields.as_slice(), name.as_bytes()].concat();
        self.length = self.length.saturating_add(head.len()).saturating_add(content.size);
        head
    }

    /// What comes after all parts.
    fn finish(mut self) -> Vec<u8> {
        let (start, size) = (four(self.length), four(self.directory.len()));
        self.directory.extend(b"PK\x05\x06\0\0\0\0");
        self.directory.extend(self.parts.to_le_bytes());
        self.directory.extend(self.parts.to_le_bytes());
        self.directory.extend(size.to_le_bytes());
        self.directory.extend(start.to_le_bytes());
        self.directory.extend([0, 0]);
        self.directory
    }
}

fn four(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_and_the_names_of_things() {
        let measured = Measured::default().with(b"1234").with(b"56789");
        assert_eq!((measured.checksum(), measured.size), (0xCBF4_3926, 9));
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
        let table = Table { title: "T".into(), header: vec!["a".into()], rows };
        let xml: String = sheet(&Rc::new(table)).collect();
        assert!(xml.contains(">=1+1</t></is></c><c r=\"B2\" s=\"0\"><v>2.50</v></c><c r=\"C2\" s=\"0\"/>"), "{xml}");
        assert!(!xml.contains("<f>"));
    }

    #[test]
    fn what_is_said_of_the_parts_is_so_however_many_lines_there_are() {
        for lines in [0, 1, 3_000] {
            let rows = (0..lines).map(|n| vec![Cell::Text(format!("é {n}")), Cell::Number(n, 0)]).collect();
            let made: Vec<_> =
                pieces(Table { title: "T".into(), header: vec!["a".into(), "b".into()], rows }).collect();
            assert_eq!(made.len() as i64, lines + 4, "a piece for each line");
            let whole = made.concat();
            let at = |place: usize| u32::from_le_bytes(whole[place..place + 4].try_into().unwrap()) as usize;
            let directory = at(whole.len() - 6);
            let mut entry = directory;
            let mut names = Vec::new();
            while whole[entry..].starts_with(b"PK\x01\x02") {
                let (crc, size, name) = (at(entry + 16) as u32, at(entry + 24), usize::from(whole[entry + 28]));
                let local = at(entry + 42);
                assert!(whole[local..].starts_with(b"PK\x03\x04"));
                let content = &whole[local + 30 + name..][..size];
                assert_eq!(Measured::default().with(content).checksum(), crc);
                names.push(String::from_utf8(whole[entry + 46..][..name].to_vec()).unwrap());
                entry += 46 + name;
            }
            assert_eq!(names.len(), 6);
            assert_eq!(names.last().unwrap(), "xl/worksheets/sheet1.xml");
            assert_eq!(entry, whole.len() - 22, "the directory is whole");
        }
    }
}
