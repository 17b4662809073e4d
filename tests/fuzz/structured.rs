//! What programs write: JSON, frames, tables, headers, files.

use crate::{engine, text};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use edgedesk::domain::automation::rule::Definition;
use edgedesk::domain::order::currency::Currency;
use edgedesk::domain::order::money::Money;
use edgedesk::domain::order::statement;
use edgedesk::domain::people::custom_role::Grants;
use edgedesk::domain::report::table::{Cell, Table};
use edgedesk::domain::time::{Instant, Span};
use edgedesk::http::disposition::{Wanted, disposition, wanted};
use edgedesk::http::form::{FILES, FormWithFiles};
use edgedesk::http::{body, cursor};
use edgedesk::objects::conversation_do::protocol::ClientFrame;
use edgedesk::platform::translator::{self, Translated};
use edgedesk::platform::{csv, push_service, sniff, stripe, xlsx};
use edgedesk::store::conversations::Position;
use edgedesk::store::search::After;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// That a body which is taken is the JSON that everybody else reads in it.
fn takes_only_json<T: DeserializeOwned>(input: &[u8]) -> Option<T> {
    let taken = body::parse::<T>(input).ok()?;
    serde_json::from_slice::<serde_json::Value>(input).expect("what is taken is JSON");
    Some(taken)
}

#[test]
fn a_rule_survives_being_written() {
    engine::run("json_rule", |input| {
        if let Some(rule) = takes_only_json::<Definition>(input) {
            let written = serde_json::to_vec(&rule).expect("JSON");
            let again = body::parse::<Definition>(&written).expect("what we write we read");
            assert_eq!(serde_json::to_vec(&again).expect("JSON"), written);
        }
    });
}

#[test]
fn an_amount_is_an_amount() {
    engine::run("json_money", |input| {
        if let Some(money) = takes_only_json::<Money>(input) {
            let again =
                body::parse::<Money>(&serde_json::to_vec(&money).expect("JSON")).expect("what we write we read");
            assert_eq!(again, money);
            if let Some(theirs) = stripe::to_stripe(money) {
                assert_eq!(stripe::from_stripe(theirs, &money.currency.to_string()), Some(money));
            }
        }
    });
}

#[test]
fn what_a_role_allows_survives_being_written() {
    engine::run("json_grants", |input| {
        if let Some(grants) = takes_only_json::<Grants>(input) {
            let written = serde_json::to_vec(&grants).expect("JSON");
            assert_eq!(body::parse::<Grants>(&written).expect("what we write we read"), grants);
        }
    });
}

#[test]
fn a_cursor_leads_where_it_says() {
    engine::run("cursor", |input| {
        let cursor = text(input);
        if let Ok(place) = cursor::read::<Position>(&cursor) {
            let again = cursor::write(&place).expect("a cursor");
            assert_eq!(cursor::read::<Position>(&again).ok(), Some(place), "{cursor}");
        }
        if let Ok(place) = cursor::read::<After>(&cursor) {
            let again = cursor::write(&place).expect("a cursor");
            assert_eq!(cursor::read::<After>(&again).ok(), Some(place), "{cursor}");
        }
    });
}

/// What a form for a conversation has, among others.
#[derive(Deserialize)]
struct Fields {
    body: String,
}

#[test]
fn a_form_with_files_is_read_or_refused() {
    engine::run("multipart", |input| {
        let request = Request::builder().header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let request = request.body(Body::from(input.to_vec())).expect("a request");
        let Ok(mut form) = at_once(FormWithFiles::<Fields>::from_request(request, &())) else { return };
        let mut bytes = form.fields.body.len();
        while let Ok(Some(mut file)) = at_once(form.files.next()) {
            assert_eq!(file.name(), Some(FILES));
            while let Ok(Some(chunk)) = at_once(file.chunk()) {
                bytes += chunk.len();
            }
        }
        assert!(bytes <= input.len(), "more came out than went in");
    });
}

/// What waits for nothing, as all of its input is there.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for more than there is"),
    }
}

#[test]
fn an_answer_of_the_translator_is_a_text_or_refused() {
    engine::run("translation", |input| {
        if let Ok(Translated { from: Some(from), .. }) = translator::read_answer(&text(input)) {
            assert!(from.bytes().all(|byte| byte.is_ascii_lowercase()), "{from} is a language");
        }
    });
}

#[test]
fn a_frame_is_one_of_ours_or_refused() {
    engine::run("frame", |input| {
        let frame = serde_json::from_str::<ClientFrame>(&text(input));
        assert!(frame.is_err() || serde_json::from_str::<serde_json::Value>(&text(input)).is_ok());
    });
}

#[test]
fn a_banks_file_is_read_or_refused() {
    engine::run("bank_statement", |input| {
        for currency in [None, Currency::parse("EUR")] {
            if let Ok(statement) = statement::read(&text(input), currency) {
                assert!(statement.entries.len() <= statement::MOST_ROWS);
            }
        }
    });
}

#[test]
fn a_table_has_the_cells_that_went_in_and_no_formula() {
    engine::run("csv_cells", |input| {
        let input = text(input);
        let cells: Vec<String> = input.split('|').map(str::to_owned).collect();
        let header = vec!["column"; cells.len()];
        let file = csv::write(&header, [cells.clone()]).expect("a table");
        let mut reader = ::csv::ReaderBuilder::new().from_reader(file.as_slice());
        let row = reader.records().next().expect("a row").expect("a row that can be read");
        assert_eq!(row.len(), cells.len());
        for (read, cell) in row.iter().zip(&cells) {
            assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r']), "{read:?} is a formula");
            assert_eq!(read.strip_prefix('\'').filter(|bare| bare == cell).unwrap_or(read), cell);
        }
    });
}

#[test]
fn a_workbook_is_xml_whatever_is_in_it() {
    engine::run("csv_cells", |input| {
        let input = text(input);
        let row: Vec<Cell> = input.split('|').map(|cell| Cell::Text(cell.to_owned())).collect();
        let header = vec!["column".to_owned(); row.len()];
        let table = Table { title: input.clone(), header, rows: vec![row] };
        let book = xlsx::pieces(table).collect::<Vec<_>>().concat();
        let book = String::from_utf8_lossy(&book);
        let rows =
            book.split("<sheetData>").nth(1).and_then(|rest| rest.split("</sheetData>").next()).expect("a sheet");
        let is_xml = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
        assert!(rows.chars().all(is_xml), "a character that XML does not have");
        assert_eq!(rows.matches("<row").count(), 2);
        assert_eq!(rows.matches("<c ").count(), 2 * input.split('|').count());
    });
}

#[test]
fn a_part_lies_within_its_file() {
    engine::run("range", |input| {
        for size in [0, 1, 1_000, u64::MAX] {
            if let Wanted::Part { first, last } = wanted(Some(&text(input)), size) {
                assert!(first <= last && last < size, "{first}-{last} of {size}");
            }
        }
    });
}

#[test]
fn a_files_name_stays_within_its_header() {
    engine::run("file_name", |input| {
        let header = disposition(false, &text(input));
        let header = header.to_str().expect("a header is ASCII");
        assert_eq!(header.matches('"').count(), 2, "{header}");
        assert!(header.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
    });
}

#[test]
fn a_files_kind_is_told_from_any_bytes() {
    engine::run("file", |input| {
        let (image, kind) = (sniff::image(input), sniff::file(input));
        assert!(image.is_none_or(sniff::is_shown), "{image:?} is a picture");
        assert!(!["text/html", "image/svg+xml"].contains(&kind), "{kind} could run");
    });
}

#[test]
fn times_survive_being_written() {
    engine::run("time", |input| {
        let input = text(input);
        if let Some(span) = Span::parse(&input) {
            assert_eq!(Span::parse(&span.to_string()), Some(span));
        }
        if let Some(at) = Instant::parse(&input) {
            assert_eq!(Instant::parse(&at.to_string()), Some(at), "{at}");
        }
    });
}

#[test]
fn a_push_service_is_outside() {
    engine::run("push_endpoint", |input| {
        if let Some(url) = push_service::endpoint(&text(input), false) {
            assert_eq!(url.scheme(), "https");
            let host = url.host_str().expect("a host").to_owned();
            assert!(host.parse::<std::net::IpAddr>().is_err() && host.contains('.'), "{host} is not outside");
            assert!(url.username().is_empty() && url.password().is_none());
        }
    });
}
