//! Files on their way into a conversation: how large, how many, under which names, by whom and for how long.

use super::command::Actor;
use super::refusal::Refusal;
use super::state::State;
use crate::domain::id::AgentId;
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, permit};
use crate::domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Largest file, in bytes.
pub const FILE_BYTES: u64 = 20 * 1_024 * 1_024;
/// Most files of one message.
pub const MESSAGE_FILES: usize = 10;
/// Most bytes of one message's files together.
pub const MESSAGE_BYTES: u64 = 50 * 1_024 * 1_024;
/// Longest name of a file, in characters.
pub const NAME_CHARACTERS: usize = 120;

/// What one customer, or one agent, may bring into one conversation in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub bytes: u64,
    pub files: u64,
}

/// What was brought in within the last day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    pub bytes: u64,
    pub files: u64,
    /// When the oldest of it came.
    pub since: Instant,
}

/// The time over which an allowance counts.
pub const DAY: Span = Span::days(1);
/// A file that has been on its way for longer than this does not come any more, and does not count.
pub const ON_ITS_WAY_FOR: Span = Span::seconds(900);

const OF_CUSTOMERS: Allowance = Allowance { bytes: 200 * 1_024 * 1_024, files: 200 };
const OF_AGENTS: Allowance = Allowance { bytes: 2 * 1_024 * 1_024 * 1_024, files: 2_000 };

/// Who brought a file: it is his alone to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uploader {
    Customer,
    Agent(AgentId),
}

impl Uploader {
    /// The actor as an uploader; Edgedesk itself and rules bring nothing.
    #[must_use]
    pub const fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Customer { .. } => Some(Self::Customer),
            Actor::Agent(member) => Some(Self::Agent(member.id)),
            Actor::Automation { .. } | Actor::System => None,
        }
    }

    /// What he may bring in a day.
    #[must_use]
    pub const fn allowance(self) -> Allowance {
        match self {
            Self::Customer => OF_CUSTOMERS,
            Self::Agent(_) => OF_AGENTS,
        }
    }

    /// Whether he may bring that many bytes more.
    ///
    /// # Errors
    /// [`Refusal::TooManyUploads`] with the seconds until some of it has become a day old.
    pub fn check(self, brought: &Brought, bytes: u64, now: Instant) -> Result<(), Refusal> {
        let Allowance { bytes: most_bytes, files: most_files } = self.allowance();
        if brought.files < most_files && brought.bytes.saturating_add(bytes) <= most_bytes {
            return Ok(());
        }
        let wait = brought.since.after(DAY).as_millis().saturating_sub(now.as_millis()).max(1_000);
        Err(Refusal::TooManyUploads { retry_after: u32::try_from(wait / 1_000).unwrap_or(u32::MAX) })
    }
}

impl fmt::Display for Uploader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer => f.write_str("customer"),
            Self::Agent(id) => id.fmt(f),
        }
    }
}

/// What has become of a file that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its bytes are on their way.
    Arriving,
    /// It is there, to be sent by who brought it.
    Ready,
    /// It was sent with a message: both sides have it.
    Public,
    /// It belongs to an internal comment: the customer never has it.
    Internal,
    /// Who brought it took it back.
    Removed,
}

impl Stage {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Ready => "ready",
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Removed => "removed",
        }
    }

    /// Whether somebody may have the bytes, who may see the conversation.
    #[must_use]
    pub fn shows_to(self, reader: Uploader, brought_by: &str) -> bool {
        match self {
            Self::Public => true,
            Self::Internal => reader != Uploader::Customer,
            Self::Ready => reader.to_string() == brought_by,
            Self::Arriving | Self::Removed => false,
        }
    }
}

/// Whether the actor may bring files into the conversation: whoever may say something there.
///
/// # Errors
/// [`Refusal::NotFound`] where there is nothing for him, [`Refusal::Forbidden`] where he may only read.
pub fn may_bring(state: &State, actor: &Actor) -> Result<(), Refusal> {
    may_say(state, actor)?;
    match &state.merged_into {
        Some(into) => Err(Refusal::Merged { into: into.clone() }),
        None => Ok(()),
    }
}

fn may_say(state: &State, actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Customer { link_version } => state.opens_by(*link_version),
        Actor::Agent(member) => {
            let relation = state.relation_to(member);
            let comments = permit(member, Capability::ConversationCommentInternal, relation);
            let replies = permit(member, Capability::ConversationReply, relation);
            Ok(comments.or_else(|denied| replies.map_err(|_| denied))?)
        }
        _ => Err(Refusal::NotFound),
    }
}

/// Checks how many files are sent at once, and how large they are together.
///
/// # Errors
/// `too_many_files` or `files_too_large`.
pub fn together(sizes: impl IntoIterator<Item = u64>) -> Result<(), FieldError> {
    let (mut count, mut sum) = (0_usize, 0_u64);
    for size in sizes {
        count = count.saturating_add(1);
        sum = sum.saturating_add(size);
    }
    if count > MESSAGE_FILES {
        let detail = format!("At most {MESSAGE_FILES} files at once, please.");
        return Err(FieldError::new("attachments", "too_many_files", detail));
    }
    if sum > MESSAGE_BYTES {
        let detail = format!("At most {} MB of files at once, please.", MESSAGE_BYTES / 1_048_576);
        return Err(FieldError::new("attachments", "files_too_large", detail));
    }
    Ok(())
}

/// A file's name as it may be shown and stored: the last part of a path, without control characters and without those
/// that turn the direction of writing (they make `exe.txt` of `txt.exe`), not hidden, and not too long. The ending
/// survives shortening.
#[must_use]
pub fn file_name(claimed: &str) -> String {
    let last = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown = |c: &char| !c.is_control() && !is_invisible(*c) && !"<>:\"|?*".contains(*c);
    let name: String = last.chars().filter(shown).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() { "file".to_owned() } else { shortened(name) }
}

/// Characters that nobody sees: marks and overrides of direction, joiners, byte order marks, tags.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= NAME_CHARACTERS {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 10);
    let kept = NAME_CHARACTERS.saturating_sub(ending.map_or(0, |ending| ending.chars().count().saturating_add(1)));
    let start: String = name.chars().take(kept).collect();
    ending.map_or_else(
        || start.trim_end_matches(['.', ' ']).to_owned(),
        |ending| format!("{}.{ending}", start.trim_end()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_nothing_else() {
        for (claimed, name) in [
            ("invoice.pdf", "invoice.pdf"),
            ("Où est ma commande ?.txt", "Où est ma commande .txt"),
            ("C:\\fakepath\\lamp.png", "lamp.png"),
            ("../../etc/passwd", "passwd"),
            ("/etc/", "file"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("", "file"),
            ("photo\u{202e}gnp.exe", "photognp.exe"),
            ("a\r\nSet-Cookie: b.txt", "aSet-Cookie b.txt"),
            ("a\"; filename=\"b.html", "a; filename=b.html"),
            ("a\u{200b}\u{feff}\0b.txt", "ab.txt"),
            ("  two   words .txt ", "two words .txt"),
            ("照片.jpeg", "照片.jpeg"),
        ] {
            assert_eq!(file_name(claimed), name, "{claimed:?}");
        }
        // Cut where a blank or a point stands, it does not end with them.
        let stem = "x".repeat(NAME_CHARACTERS - 2);
        assert_eq!(file_name(&format!("{stem} .{}", "y".repeat(20))), stem);
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let long = file_name(&format!("{}.pdf", "é".repeat(300)));
        assert_eq!(long.chars().count(), NAME_CHARACTERS);
        assert!(long.ends_with("é.pdf"), "{long}");
        assert_eq!(file_name(&"x".repeat(300)).chars().count(), NAME_CHARACTERS);
        assert_eq!(file_name(&format!("a.{}", "x".repeat(300))).chars().count(), NAME_CHARACTERS);
    }

    #[test]
    fn files_are_counted_and_weighed_together() {
        const REST: u64 = MESSAGE_BYTES - 2 * FILE_BYTES;
        let code = |sizes: &[u64]| together(sizes.iter().copied()).map_err(|error| error.code);
        assert_eq!(code(&[]), Ok(()));
        assert_eq!(code(&[1; MESSAGE_FILES]), Ok(()));
        assert_eq!(code(&[1; MESSAGE_FILES + 1]), Err("too_many_files"));
        assert_eq!(code(&[FILE_BYTES, FILE_BYTES, REST]), Ok(()));
        assert_eq!(code(&[FILE_BYTES, FILE_BYTES, REST.saturating_add(1)]), Err("files_too_large"));
        assert_eq!(code(&[u64::MAX, u64::MAX]), Err("files_too_large"));
    }

    #[test]
    fn a_customer_brings_so_much_a_day() {
        let now = Instant::from_millis(300_060_000);
        let since = Instant::from_millis(300_000_000);
        let brought = |bytes, files| Brought { bytes, files, since };
        let most = OF_CUSTOMERS;
        assert_eq!(Uploader::Customer.check(&Brought::default(), most.bytes, now), Ok(()));
        assert_eq!(
            Uploader::Customer.check(&brought(most.bytes.saturating_sub(5), most.files.saturating_sub(1)), 5, now),
            Ok(())
        );
        let refused = Err(Refusal::TooManyUploads { retry_after: 86_400 - 60 });
        assert_eq!(Uploader::Customer.check(&brought(most.bytes.saturating_sub(5), 1), 6, now), refused);
        assert_eq!(Uploader::Customer.check(&brought(0, most.files), 1, now), refused);
    }

    #[test]
    fn only_who_may_have_it_has_it() {
        let agent = Uploader::Agent(AgentId::new(uuid::Uuid::from_u128(1)));
        let other = Uploader::Agent(AgentId::new(uuid::Uuid::from_u128(2)));
        for (stage, customers, agents, others) in [
            (Stage::Arriving, false, false, false),
            (Stage::Ready, false, true, false),
            (Stage::Public, true, true, true),
            (Stage::Internal, false, true, true),
            (Stage::Removed, false, false, false),
        ] {
            let by = agent.to_string();
            let shown = [Uploader::Customer, agent, other].map(|reader| stage.shows_to(reader, &by));
            assert_eq!(shown, [customers, agents, others], "{stage:?}");
        }
        assert!(Stage::Ready.shows_to(Uploader::Customer, "customer"));
    }
}
