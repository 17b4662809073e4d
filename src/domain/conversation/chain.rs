//! The chain that makes a change to a log evident. Each entry has a hash of itself, as it is stored, and of the hash before
//! it; the first one's stands on the conversation's id. Whoever keeps one hash can tell whether anything up to there was
//! changed, left out, put in or moved since.
//!
//! ```text
//! hash(0) = SHA-256("edgedesk log 1\n" + id of the conversation)
//! hash(n) = SHA-256(hash(n - 1) + entry n)      32 bytes, and the JSON text as it stands in the export
//! ```

use crate::domain::id::ConversationId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use std::fmt;

/// Which form of export this is.
pub const FORMAT: &str = "edgedesk-log/1";

const GENESIS: &str = "edgedesk log 1\n";

/// A hash of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Link([u8; 32]);

impl Link {
    /// Where a conversation's chain begins: before its first entry.
    #[must_use]
    pub fn genesis(conversation: ConversationId) -> Self {
        Self(Sha256::new().chain_update(GENESIS).chain_update(conversation.to_string()).finalize().into())
    }

    /// The hash of the next entry, whose JSON text this is.
    #[must_use]
    pub fn next(&self, entry: &str) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(entry).finalize().into())
    }

    /// Reads the sixty-four hexadecimal digits that a hash is written as.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = (digit(*high)? << 4) | digit(*low)?;
        }
        Some(Self(bytes))
    }
}

/// The value of a hexadecimal digit, in lower case as hashes are written.
const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(character.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<String> for Link {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a hash has 64 hexadecimal digits")
    }
}

impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.to_string()
    }
}

/// The first line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// [`FORMAT`].
    pub format: String,
    pub conversation: ConversationId,
    /// How many entries follow.
    pub entries: u64,
    /// The hash of the last of them.
    pub hash: Link,
}

/// Every other line of an export: an entry, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    pub seq: u64,
    pub hash: Link,
    /// As it is stored, to the byte.
    pub entry: Box<RawValue>,
}

/// An export that was found whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub heading: Heading,
    /// The hash of each entry.
    pub hashes: Vec<Link>,
}

impl Verified {
    /// Whether this export goes on from an earlier one of the same conversation, with nothing of that one changed.
    #[must_use]
    pub fn goes_on_from(&self, earlier: &Self) -> bool {
        self.heading.conversation == earlier.heading.conversation && self.hashes.starts_with(&earlier.hashes)
    }
}

/// Why an export is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The first line is no heading, or one of another format.
    Heading,
    /// A line of the file, counted from 1, cannot be read.
    Unreadable { line: usize },
    /// An entry has another number than its place.
    OutOfOrder { seq: u64 },
    /// An entry, or the one before it, was changed.
    Changed { seq: u64 },
    /// Entries are missing at the end, or too many.
    Incomplete { entries: u64 },
    /// The last entry's hash is not the heading's.
    Head,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Heading => write!(f, "the first line is no heading of {FORMAT}"),
            Self::Unreadable { line } => write!(f, "line {line} cannot be read"),
            Self::OutOfOrder { seq } => write!(f, "entry {seq} is not where it belongs"),
            Self::Changed { seq } => write!(f, "entry {seq} does not have the hash that it was written with"),
            Self::Incomplete { entries } => write!(f, "there are {entries} entries, and the heading says otherwise"),
            Self::Head => write!(f, "the last entry does not have the heading's hash"),
        }
    }
}

/// Works an export's chain out anew.
///
/// # Errors
/// The first thing that does not fit.
pub fn verify(export: &str) -> Result<Verified, Broken> {
    let mut lines = export.lines();
    let heading: Heading = lines.next().and_then(|line| serde_json::from_str(line).ok()).ok_or(Broken::Heading)?;
    if heading.format != FORMAT {
        return Err(Broken::Heading);
    }
    let mut link = Link::genesis(heading.conversation);
    let mut hashes = Vec::new();
    for ((number, text), expected) in lines.enumerate().zip(1_u64..) {
        let line: Line =
            serde_json::from_str(text).map_err(|_| Broken::Unreadable { line: number.saturating_add(2) })?;
        if line.seq != expected {
            return Err(Broken::OutOfOrder { seq: line.seq });
        }
        link = link.next(line.entry.get());
        if link != line.hash {
            return Err(Broken::Changed { seq: line.seq });
        }
        hashes.push(link);
    }
    let entries = hashes.len() as u64;
    if entries != heading.entries {
        return Err(Broken::Incomplete { entries });
    }
    if link != heading.hash {
        return Err(Broken::Head);
    }
    Ok(Verified { heading, hashes })
}

#[cfg(test)]
mod tests {
    use super::{Broken, FORMAT, Heading, Line, Link, verify};
    use crate::domain::id::ConversationId;
    use serde_json::value::RawValue;
    use uuid::Uuid;

    const CONVERSATION: ConversationId = ConversationId::new(Uuid::from_u128(7));

    fn export(entries: &[&str]) -> Vec<String> {
        let mut link = Link::genesis(CONVERSATION);
        let mut lines = Vec::new();
        for (seq, entry) in (1..).zip(entries) {
            link = link.next(entry);
            let entry = RawValue::from_string((*entry).to_owned()).unwrap();
            lines.push(serde_json::to_string(&Line { seq, hash: link, entry }).unwrap());
        }
        let heading = Heading {
            format: FORMAT.to_owned(),
            conversation: CONVERSATION,
            entries: entries.len() as u64,
            hash: link,
        };
        lines.insert(0, serde_json::to_string(&heading).unwrap());
        lines
    }

    #[test]
    fn the_hashes_are_the_documented_ones() {
        // printf 'edgedesk log 1\n00000000-0000-0000-0000-000000000007' | sha256sum
        let genesis = Link::genesis(CONVERSATION);
        assert_eq!(genesis.to_string(), "19737481467a587bdb20c55e716dd49ef67a10926a92d8a7b13190b839f023f1");
        // (printf 'edgedesk log 1\n00000000-0000-0000-0000-000000000007' | openssl sha256 -binary; printf '{"a":1}') | sha256sum
        assert_eq!(
            genesis.next(r#"{"a":1}"#).to_string(),
            "f2fd256ed2e97451ee3680eb28502a5d0c9503c625ebd5583f0ca26e5f55b96d"
        );
        assert_eq!(Link::parse(&genesis.to_string()), Some(genesis));
        for text in ["", "00", &genesis.to_string().to_uppercase(), &format!("{genesis}0"), &format!("{genesis}00")] {
            assert_eq!(Link::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_export_as_it_was_written_is_whole_and_goes_on_from_an_earlier_one() {
        let earlier = verify(&export(&[r#"{"a":1}"#, r#"{"b":"é"}"#]).join("\n")).unwrap();
        let later = verify(&export(&[r#"{"a":1}"#, r#"{"b":"é"}"#, "{}"]).join("\n")).unwrap();
        assert!(later.goes_on_from(&earlier) && later.goes_on_from(&later) && !earlier.goes_on_from(&later));
        let rewritten = verify(&export(&[r#"{"a":2}"#, r#"{"b":"é"}"#, "{}"]).join("\n")).unwrap();
        assert!(!rewritten.goes_on_from(&earlier));
        assert_eq!(verify(&export(&[]).join("\n")).unwrap().hashes, []);
    }

    #[test]
    fn whatever_is_done_to_an_export_shows() {
        let lines = export(&[r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]);
        let with = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = lines.clone();
            change(&mut lines);
            verify(&lines.join("\n"))
        };
        assert!(with(&|_| ()).is_ok());
        let changed = with(&|lines| lines[2] = lines[2].replace(r#"{"b":2}"#, r#"{"b":3}"#));
        assert_eq!(changed, Err(Broken::Changed { seq: 2 }));
        let spaced = with(&|lines| lines[2] = lines[2].replace(r#"{"b":2}"#, r#"{"b": 2}"#));
        assert_eq!(spaced, Err(Broken::Changed { seq: 2 }));
        assert_eq!(with(&|lines| drop(lines.remove(1))), Err(Broken::OutOfOrder { seq: 2 }));
        assert_eq!(with(&|lines| lines.swap(1, 2)), Err(Broken::OutOfOrder { seq: 2 }));
        assert_eq!(with(&|lines| drop(lines.pop())), Err(Broken::Incomplete { entries: 2 }));
        assert_eq!(with(&|lines| lines.push(lines[3].clone())), Err(Broken::OutOfOrder { seq: 3 }));
        assert_eq!(with(&|lines| lines[3].push('!')), Err(Broken::Unreadable { line: 4 }));
        assert_eq!(with(&|lines| drop(lines.remove(0))), Err(Broken::Heading));
        let other = with(&|lines| lines[0] = lines[0].replace("edgedesk-log/1", "edgedesk-log/2"));
        assert_eq!(other, Err(Broken::Heading));
        let elsewhere = with(&|lines| lines[0] = lines[0].replace("000000000007", "000000000008"));
        assert_eq!(elsewhere, Err(Broken::Changed { seq: 1 }));
        let head = with(&|lines| {
            let hash = &lines[0][lines[0].len() - 66..lines[0].len() - 2].to_owned();
            lines[0] = lines[0].replace(hash, &"0".repeat(64));
        });
        assert_eq!(head, Err(Broken::Head));
    }
}
