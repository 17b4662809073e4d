//! What somebody asks for, in the words of the index (SQLite's FTS5). Whatever is typed becomes quoted strings: nothing in
//! it is syntax.

use super::Field;
use super::words::{is_unspaced, spaced};
use crate::domain::input::FieldError;

/// Longest query, in characters.
pub const MOST_CHARACTERS: usize = 200;
/// The last word is also the beginning of one from here on, in characters: a single letter begins too many.
const PREFIX_CHARACTERS: usize = 2;
/// Beginnings of up to so many characters have places of their own in the index (`0023_search_begun.sql`).
const INDEXED_CHARACTERS: usize = 8;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// An expression of FTS5; none where there are no words in the query.
    pub matching: Option<String>,
    /// Whether the index finds a place of them without putting together all words that begin like the last one.
    pub seekable: bool,
    /// The conversation that is meant by its number.
    pub number: Option<u32>,
}

impl Terms {
    /// Reads a query: words, each of which has to be there, the last one perhaps only begun; "phrases"; `#123` and `123`,
    /// which also mean the conversation of that number. With `field`, only what is there counts.
    ///
    /// # Errors
    /// `required` or `too_long`.
    pub fn parse(text: &str, field: Option<Field>) -> Result<Self, FieldError> {
        if text.chars().count() > MOST_CHARACTERS {
            let detail = format!("At most {MOST_CHARACTERS} characters, please.");
            return Err(FieldError::new("q", "too_long", detail));
        }
        let text = text.replace(char::is_control, " ");
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new("q", "required", "Please say what to search for."));
        }
        let number = text.strip_prefix('#').unwrap_or(text).parse().ok().filter(|_| !text.contains('+'));
        let number = number.filter(|_| field.is_none_or(|field| field == Field::Number));
        let named = text.starts_with('#') && number.is_some();
        let words = if named || field == Some(Field::Number) { None } else { expression(text) };
        let seekable = !begins(text) || is_indexed(text);
        let matching = words.map(|words| match field.and_then(Field::column) {
            Some(column) => format!("{column} : ({words})"),
            None => words,
        });
        Ok(Self { matching, seekable, number })
    }
}

/// All words and phrases of a text, joined by FTS5's silent AND: what has no letters in it falls away there.
fn expression(text: &str) -> Option<String> {
    let mut terms = Vec::new();
    for (at, piece) in text.split('"').enumerate() {
        // Every other piece stood in quotes; those that nobody closed count as well.
        if at.checked_rem(2) == Some(1) {
            terms.extend(term(piece));
        } else {
            terms.extend(piece.split_whitespace().filter_map(term));
        }
    }
    let words = terms.join(" ");
    (!words.is_empty()).then(|| if begins(text) { format!("{words} *") } else { words })
}

/// Whether the last word of a text is perhaps only begun. A character that is a word of its own begins no other.
fn begins(text: &str) -> bool {
    let letters = text.chars().rev().take_while(|letter| letter.is_alphanumeric() && !is_unspaced(*letter));
    letters.count() >= PREFIX_CHARACTERS && text.matches('"').count().checked_rem(2) == Some(0)
}

/// Whether the index has what begins like the last word of a text. Where it is not certain what SQLite makes of the
/// letters (it may drop some), the answer is no.
fn is_indexed(text: &str) -> bool {
    let is_plain = |letter: char| letter < '\u{300}' || ('\u{386}'..='\u{527}').contains(&letter);
    let word = text.chars().rev().take_while(|character| !character.is_whitespace());
    word.count() <= INDEXED_CHARACTERS && text.chars().rev().take(PREFIX_CHARACTERS).all(is_plain)
}

/// One string of FTS5; none where there is nothing in it that could be found.
fn term(text: &str) -> Option<String> {
    text.chars().any(char::is_alphanumeric).then(|| format!("\"{}\"", spaced(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(text: &str) -> String {
        Terms::parse(text, None).ok().and_then(|terms| terms.matching).unwrap_or_default()
    }

    #[test]
    fn whatever_is_typed_becomes_strings() {
        for (text, wanted) in [
            ("lamp", r#""lamp" *"#),
            ("the lamp ", r#""the" "lamp" *"#),
            ("a", r#""a""#),
            ("lamp x", r#""lamp" "x""#),
            (r#""the lamp""#, r#""the lamp""#),
            (r#""the lamp" broken"#, r#""the lamp" "broken" *"#),
            (r#"say "the la"#, r#""say" "the la""#),
            (r#"lamp""#, r#""lamp""#),
            ("NEAR(a b, 2) OR -c ^d e*", r#""NEAR(a" "b," "2)" "OR" "-c" "^d" "e*""#),
            ("message : x", r#""message" "x""#),
            ("aa\0bb", r#""aa" "bb" *"#),
            ("marta@example.org", r#""marta@example.org" *"#),
            ("注文", "\"注\u{200b}文\""),
            ("注文ab", "\"注\u{200b}文\u{200b}ab\" *"),
            ("* - \" ' ( ) 🙂", ""),
        ] {
            assert_eq!(matching(text), wanted, "{text:?}");
        }
        let notes = Terms::parse("lamp", Some(Field::Note)).ok().and_then(|terms| terms.matching);
        assert_eq!(notes.as_deref(), Some(r#"note : ("lamp" *)"#));
    }

    #[test]
    fn the_index_has_beginnings_of_two_to_eight_letters() {
        let seekable = |text: &str| Terms::parse(text, None).map(|terms| terms.seekable);
        for text in ["lamp", "a", "commande", "\"two commandes\"", "été", "заказ", "注文", "two commandes a"] {
            assert_eq!(seekable(text), Ok(true), "{text:?}");
        }
        for text in ["commandes", "a commandes", "marta@example.org", "ae\u{345}\u{345}", "注文番号の件がabc"] {
            assert_eq!(seekable(text), Ok(false), "{text:?}");
        }
    }

    #[test]
    fn a_number_means_a_conversation() {
        let parse = |text: &str| Terms::parse(text, None).map(|terms| (terms.number, terms.matching.is_some()));
        assert_eq!(parse("#123"), Ok((Some(123), false)));
        assert_eq!(parse(" 123 "), Ok((Some(123), true)));
        assert_eq!(parse("+123"), Ok((None, true)));
        assert_eq!(parse("99999999999"), Ok((None, true)));
        assert_eq!(parse("#lamp"), Ok((None, true)));
    }

    #[test]
    fn a_query_has_words_and_not_too_many() {
        let code = |text: &str| Terms::parse(text, None).map_err(|error| error.code).err();
        assert_eq!(code(" \t"), Some("required"));
        assert_eq!(code(&"é".repeat(200)), None);
        assert_eq!(code(&"é".repeat(201)), Some("too_long"));
    }
}
