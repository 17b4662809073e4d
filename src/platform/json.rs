//! Documents with long lists of rows, made row by row.

use serde::Serialize;

/// How a list of rows stands in a document that is empty.
const EMPTY: &str = "\"rows\":[]";
const BEGINS: &str = "\"rows\":[";

/// A document in pieces: its lists of rows, which are empty in it, come where they belong, in their order, each row made as it is
/// asked for. Nothing else in a document looks like an empty list: in text, quotes are escaped.
///
/// # Errors
/// When it cannot be written, which is a fault of ours.
pub fn pieces<D: Serialize, R: Serialize>(
    document: &D,
    lists: Vec<Vec<R>>,
) -> Result<impl Iterator<Item = Result<Vec<u8>, String>> + use<D, R>, String> {
    let text = serde_json::to_string(document).map_err(|error| error.to_string())?;
    let mut around: Vec<Vec<u8>> = text.split(EMPTY).map(|part| part.as_bytes().to_vec()).collect();
    let rest = around.split_off(1.min(around.len()));
    let filled = lists.into_iter().zip(rest).flat_map(|(rows, after)| {
        let rows = rows.into_iter().zip(0_usize..).map(|(row, at)| {
            let mut piece = if at == 0 { Vec::new() } else { vec![b','] };
            serde_json::to_writer(&mut piece, &row).map_err(|error| error.to_string())?;
            Ok(piece)
        });
        let begins = Ok(BEGINS.as_bytes().to_vec());
        let ends = Ok([b"]".as_slice(), &after].concat());
        std::iter::once(begins).chain(rows).chain(std::iter::once(ends))
    });
    Ok(around.into_iter().map(Ok).chain(filled))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn row_by_row_it_is_the_same_document() {
        #[derive(Serialize)]
        struct Document {
            name: &'static str,
            rows: Vec<Value>,
            series: Series,
        }
        #[derive(Serialize)]
        struct Series {
            rows: Vec<Value>,
            outstanding: u8,
        }
        let document = |rows, more| Document {
            name: "says \"rows\":[] itself",
            rows,
            series: Series { rows: more, outstanding: 3 },
        };
        let rows = vec![json!({ "key": "a\"rows\":[]" }), json!({ "key": null })];
        for (first, second) in [(rows.clone(), vec![json!(1)]), (vec![], rows), (vec![], vec![])] {
            let made = pieces(&document(vec![], vec![]), vec![first.clone(), second.clone()]).unwrap();
            let made: Vec<u8> = made.map(Result::unwrap).collect::<Vec<_>>().concat();
            assert_eq!(made, serde_json::to_vec(&document(first, second)).unwrap());
        }
    }
}
