//! Files of messages, on the customer's page.

use super::words::Files;
use crate::domain::conversation::attachment::Attachment;
use crate::domain::id::ConversationId;
use crate::platform::sniff;

/// A file, as a page shows it.
pub struct FileLine {
    pub name: String,
    pub url: String,
    /// For people.
    pub size: String,
    /// The ending of its name; empty where it has none.
    pub ending: String,
    /// A browser shows it by itself.
    pub is_shown: bool,
}

impl FileLine {
    /// A file of a conversation.
    #[must_use]
    pub fn new(conversation: ConversationId, file: &Attachment, words: &Files) -> Self {
        let ending = file.name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 4);
        Self {
            name: file.name.clone(),
            url: format!("/api/public/conversations/{conversation}/files/{}", file.id),
            size: readable_size(file.size, words),
            ending: ending.unwrap_or_default().to_owned(),
            is_shown: sniff::is_shown(&file.media_type),
        }
    }
}

/// A size for people: bytes, kilobytes, or megabytes with one digit after the point.
fn readable_size(bytes: u32, words: &Files) -> String {
    let [byte, kilobyte, megabyte] = words.units;
    let tenths = bytes.saturating_mul(10).wrapping_div(1_048_576);
    match bytes {
        0..1_024 => format!("{bytes} {byte}"),
        1_024..1_048_576 => format!("{} {kilobyte}", bytes.wrapping_div(1_024)),
        _ => format!("{}{}{} {megabyte}", tenths.wrapping_div(10), words.point, tenths.wrapping_rem(10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::words::Language;

    #[test]
    fn sizes_are_for_people() {
        for (bytes, size) in
            [(1, "1 byte"), (1_023, "1023 byte"), (1_024, "1 kB"), (1_048_576, "1.0 MB"), (20_971_520, "20.0 MB")]
        {
            assert_eq!(readable_size(bytes, &Language::English.words().files), size);
        }
        assert_eq!(readable_size(1_572_864, &Language::French.words().files), "1,5 Mo");
    }
}
