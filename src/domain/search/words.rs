//! What is written down of a conversation to be searched.

use crate::domain::conversation::event::{Entry, Event};
use crate::domain::conversation::view::{AgentAuthor, AgentEvent, AgentItem, AgentItemWords, AgentWhat, SystemWhat};
use crate::domain::time::Instant;

/// Stands between the characters of scripts that put no blanks between words, so that each is a word of its own. Nobody
/// sees it.
const JOINT: char = '\u{200b}';

/// What was said in a conversation and cannot be searched yet, or the first part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portion {
    pub words: Vec<Words>,
    /// The last entry of the log that was looked at.
    pub up_to: u64,
    /// Whether the contact is called otherwise since: what was said before is found by his new name.
    pub renamed: bool,
}

impl Portion {
    /// An empty one, which goes on after an entry.
    #[must_use]
    pub const fn after(up_to: u64) -> Self {
        Self { words: Vec::new(), up_to, renamed: false }
    }

    /// Takes the next entry along.
    pub fn take(&mut self, entry: Entry) {
        self.up_to = entry.seq;
        self.renamed |= matches!(entry.event, Event::Contact { .. });
        self.words.extend(Words::of(entry));
    }

    /// How much there is to be searched, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.words.iter().fold(0, |bytes, words| bytes.saturating_add(words.len()))
    }
}

/// What one entry of a log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its place in the log; 0 for the conversation itself, which is found by its subject and its contact.
    pub seq: u64,
    pub at: Instant,
    pub by: AgentAuthor,
    /// What customer and company said to each other; empty where it was a comment.
    pub message: String,
    /// What agents said among themselves.
    pub note: String,
}

impl Words {
    /// What an entry says, if it says anything.
    #[must_use]
    pub fn of(entry: Entry) -> Option<Self> {
        let AgentEvent { seq, at, by, what } = AgentEvent::from(entry);
        let (seq, message, note) = match what {
            AgentWhat::System { what: SystemWhat::Opened, .. } => (0, String::new(), String::new()),
            AgentWhat::Message { body, .. } | AgentWhat::Catalog { body, .. } => (seq, spaced(&body), String::new()),
            AgentWhat::Note { body, .. } => (seq, String::new(), spaced(&body)),
            AgentWhat::Absorbed { items, .. } => (seq, together(&items, false), together(&items, true)),
            _ => return None,
        };
        Some(Self { seq, at, by, message, note })
    }

    /// How much there is of it, in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.message.len().saturating_add(self.note.len())
    }

    /// Whether it only names the conversation.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What was said with the customer, or inside, as one text.
fn together(items: &[AgentItem], inside: bool) -> String {
    let said = |item: &AgentItem| match &item.words {
        AgentItemWords::Message { body, .. } | AgentItemWords::Catalog { body, .. } if !inside => Some(body.clone()),
        AgentItemWords::Note { body, .. } if inside => Some(body.clone()),
        _ => None,
    };
    spaced(&items.iter().filter_map(said).collect::<Vec<_>>().join("\n"))
}

/// The text with its words told apart also where its script does not: Chinese, Japanese, Thai and their neighbours are
/// searched character by character, several in a row as a phrase.
#[must_use]
pub fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    let mut runs_on = false;
    for character in text.chars() {
        let unspaced = is_unspaced(character);
        if runs_on || (unspaced && spaced.chars().next_back().is_some_and(char::is_alphanumeric)) {
            spaced.push(JOINT);
        }
        spaced.push(character);
        runs_on = unspaced;
    }
    spaced
}

/// The text as it was before [`spaced`].
#[must_use]
pub fn unspaced(text: &str) -> String {
    text.replace(JOINT, "")
}

/// Whether a character is of a script without blanks between words (UAX #29 leaves those to dictionaries).
pub(super) fn is_unspaced(character: char) -> bool {
    matches!(
        u32::from(character),
        0x0e00..=0x0eff          // Thai, Lao
        | 0x1000..=0x109f        // Burmese
        | 0x1780..=0x17ff        // Khmer
        | 0x3040..=0x30ff        // Hiragana, Katakana
        | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff // Han
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_without_blanks_are_searched_by_the_character() {
        assert_eq!(spaced("Où est ma commande ?"), "Où est ma commande ?");
        assert_eq!(spaced("注文 A3の件"), "注\u{200b}文\u{200b} A3\u{200b}の\u{200b}件");
        for text in ["注文番号は A3 です。", "สวัสดีครับ", "lamp"] {
            assert_eq!(unspaced(&spaced(text)), text);
        }
    }
}
