//! Languages of what people write: which one a text is in, and how a long one is cut to be translated.

use serde::{Deserialize, Serialize};
use whatlang::{Detector, Lang};

/// A message in another language. Kept beside the log: what was written stays as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Translation {
    /// Of the message, in the reader's own numbers.
    pub seq: u64,
    /// The language it is in now.
    pub language: String,
    /// The language it was written in; the same where there was nothing to translate.
    pub from: String,
    pub text: String,
    /// Who translated it; null where there was nothing to translate.
    pub by: Option<Service>,
}

/// What translates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Workers AI, where it is bound.
    WorkersAi,
    /// An endpoint that speaks as `LibreTranslate` does.
    Endpoint,
}

impl Service {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkersAi => "workers_ai",
            Self::Endpoint => "endpoint",
        }
    }

    /// The service of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::WorkersAi, Self::Endpoint].into_iter().find(|service| service.name() == name)
    }
}

/// Languages that are told apart, by their ISO 639-1 names.
const KNOWN: [(Lang, &str); 27] = [
    (Lang::Eng, "en"),
    (Lang::Fra, "fr"),
    (Lang::Deu, "de"),
    (Lang::Spa, "es"),
    (Lang::Ita, "it"),
    (Lang::Por, "pt"),
    (Lang::Nld, "nl"),
    (Lang::Pol, "pl"),
    (Lang::Swe, "sv"),
    (Lang::Dan, "da"),
    (Lang::Nob, "nb"),
    (Lang::Fin, "fi"),
    (Lang::Ces, "cs"),
    (Lang::Ell, "el"),
    (Lang::Ron, "ro"),
    (Lang::Hun, "hu"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Rus, "ru"),
    (Lang::Bul, "bg"),
    (Lang::Ara, "ar"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Cmn, "zh"),
    (Lang::Vie, "vi"),
];

/// Fewer letters than these say nothing of their language ("OK", "Merci", an order's number).
const FEWEST_LETTERS: usize = 12;
/// From here on a guess is right: of short sentences, what is wrong stays far below.
const SURE: f64 = 0.5;

/// The language a text is in, where it can be told for sure.
#[must_use]
pub fn language_of(text: &str) -> Option<&'static str> {
    if text.chars().filter(|letter| letter.is_alphabetic()).take(FEWEST_LETTERS).count() < FEWEST_LETTERS {
        return None;
    }
    let known = KNOWN.iter().map(|(language, _)| *language).collect();
    let found = Detector::with_allowlist(known).detect(text).filter(|found| found.confidence() > SURE)?;
    KNOWN.iter().find(|(language, _)| *language == found.lang()).map(|(_, name)| *name)
}

/// The language of a BCP 47 tag, whatever its region (`pt` of `pt-BR`); none where it is no tag.
#[must_use]
pub fn primary(tag: &str) -> Option<String> {
    let language = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let is_tag = (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    // Norwegian has two tags for what nearly all of it is written in.
    is_tag.then(|| if language == "no" { "nb".to_owned() } else { language })
}

/// How a service wants a text cut.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Characters of a piece, at most.
    pub most: usize,
    /// Whether several lines may go into one piece; if not, line breaks would be lost in it.
    pub packs: bool,
}

/// Cuts a text for translation, at the ends of lines wherever it can be, else between sentences, else between words. All
/// pieces together are the text.
#[must_use]
pub fn pieces(text: &str, cut: Cut) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(end_of_piece(rest, cut));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Where the first piece of a text ends, in bytes; never 0.
fn end_of_piece(text: &str, cut: Cut) -> usize {
    let room = text.char_indices().nth(cut.most.max(1)).map_or(text.len(), |(at, _)| at);
    let within = text.get(..room).unwrap_or(text);
    if !cut.packs
        && let Some(at) = within.find('\n')
    {
        return at.saturating_add(1);
    }
    if room == text.len() {
        return room;
    }
    let after = |mark: &str| within.rfind(mark).map(|at| at.saturating_add(mark.len()));
    ["\n\n", "\n", ". ", "。", " "].into_iter().find_map(after).unwrap_or(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_told_apart() {
        for (language, text) in [
            ("en", "Good morning, what can I do? The lamp does not light any more."),
            ("fr", "Bonjour, ma lampe ne s'allume plus depuis hier soir. Que puis-je faire ?"),
            ("de", "Guten Tag, meine Lampe leuchtet seit gestern nicht mehr. Was kann ich tun?"),
            ("es", "Buenos días, la lámpara no se enciende desde ayer. ¿Qué puedo hacer?"),
            ("nl", "Goedemorgen, mijn lamp brandt sinds gisteren niet meer. Wat kan ik doen?"),
            ("ru", "Добрый день, моя лампа больше не горит."),
            ("en", "Can you send me the invoice again?"),
            ("it", "Buongiorno, la mia lampada non si accende più da ieri"),
            ("ja", "こんにちは、ランプがつかなくなりました。"),
        ] {
            assert_eq!(language_of(text), Some(language), "{text}");
        }
        for text in ["", "OK", "Merci !", "12345 67890", "Vielen Dank für Ihre Hilfe", "👍👍👍", "#A-1234-B", "\n\n\n"]
        {
            assert_eq!(language_of(text), None, "{text}");
        }
    }

    #[test]
    fn tags_become_languages() {
        for (tag, language) in
            [("pt-BR", Some("pt")), ("de", Some("de")), ("no", Some("nb")), ("ZH_Hant", Some("zh")), ("", None)]
        {
            assert_eq!(primary(tag).as_deref(), language, "{tag}");
        }
        assert_eq!(primary("english"), None);
        assert_eq!(primary("de,en;q=0.8"), None);
    }

    #[test]
    fn long_texts_are_cut_where_one_would_breathe() {
        let cut = |text, most, packs| pieces(text, Cut { most, packs });
        assert_eq!(cut("One. Two. Three.", 100, true), ["One. Two. Three."]);
        assert_eq!(cut("One.\n\nTwo.\nThree.", 14, true), ["One.\n\n", "Two.\nThree."]);
        assert_eq!(cut("One.\n\nTwo.", 100, false), ["One.\n", "\n", "Two."]);
        assert_eq!(cut("One two. Three four", 14, true), ["One two. ", "Three four"]);
        assert_eq!(cut("ééééé", 2, true), ["éé", "éé", "é"]);
        assert!(cut("", 2, true).is_empty());
        for (most, packs) in [(1, true), (7, true), (7, false), (0, true)] {
            let text = "Grüße aus Köln.\r\n\r\n\tBis bald\u{2028}👩‍👩‍👧 ok. ";
            let all = cut(text, most, packs);
            assert_eq!(all.concat(), text);
            assert!(all.iter().all(|piece| piece.chars().count() <= most.max(1)), "{all:?}");
        }
    }
}
