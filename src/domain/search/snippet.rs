//! What was found, in parts: plain text, of which some is what was searched for.

use super::words::unspaced;
use serde::Serialize;

/// Stands in a text before what was searched for: no text has control characters of its own.
pub const MARK_BEGINS: char = '\u{1}';
/// Stands in a text after what was searched for.
pub const MARK_ENDS: char = '\u{2}';

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Part {
    pub text: String,
    /// Whether it is what was searched for.
    #[serde(rename = "match")]
    pub is_match: bool,
}

/// The parts of a marked text, blanks drawn together; none where nothing is marked.
#[must_use]
pub fn parts(marked: &str) -> Vec<Part> {
    if !marked.contains(MARK_BEGINS) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    for (at, piece) in marked.split(MARK_BEGINS).enumerate() {
        let (found, rest) = if at == 0 { ("", piece) } else { piece.split_once(MARK_ENDS).unwrap_or((piece, "")) };
        for (text, is_match) in [(found, true), (rest, false)] {
            let text = drawn_together(&unspaced(text));
            if !text.is_empty() {
                parts.push(Part { text, is_match });
            }
        }
    }
    parts
}

/// Every run of blanks and line ends as one blank.
fn drawn_together(text: &str) -> String {
    let mut together = String::with_capacity(text.len());
    for character in text.chars() {
        let blank = character.is_whitespace();
        if !blank {
            together.push(character);
        } else if !together.ends_with(' ') {
            together.push(' ');
        }
    }
    together
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_in_parts() {
        let part = |text: &str, is_match| Part { text: text.to_owned(), is_match };
        assert_eq!(parts("nothing here"), []);
        assert_eq!(
            parts("…the \u{1}lamp\u{2}\n\n is <b>\u{1}dark\u{2}"),
            [part("…the ", false), part("lamp", true), part(" is <b>", false), part("dark", true)]
        );
        assert_eq!(parts("\u{1}注\u{200b}文\u{2}\u{200b}の"), [part("注文", true), part("の", false)]);
    }
}
