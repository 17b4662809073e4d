//! What the Worker and the Desk ask of a conversation's object, and what clients say on its sockets.

use crate::domain::assignment::message::{Offer, Settle, Stand};
use crate::domain::automation::rule::Definition;
use crate::domain::conversation::attachment::Attachment;
use crate::domain::conversation::backup::Backup;
use crate::domain::conversation::chain::{Heading, Line, Link};
use crate::domain::conversation::command::{Actor, Candidate, Command};
use crate::domain::conversation::merge::Source;
use crate::domain::id::{AgentId, ClientId, CompanyId, ConversationId, FileId};
use crate::domain::people::member::Member;
use crate::effects::automation::OpeningTimes;
use crate::objects::cut::{Cut, Holder};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One request to the object.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum ConversationRequest {
    /// Decide a command. Answers `{seq, event}` to words, and the conversation to everything else.
    Command { actor: Actor, client_id: Option<ClientId>, command: Command },
    /// Like a command, for words that carry files which the actor has brought.
    Send { actor: Actor, client_id: Option<ClientId>, command: Command, files: Vec<FileId> },
    /// Whether a command would be carried out as things are, without carrying it out: the conversation as it is, or the
    /// refusal. What depends on others (a free slot of an agent's) is not asked.
    Check { actor: Actor, command: Command },
    /// The conversation as the actor sees it.
    Read { actor: Actor },
    /// The events after a position, as the actor sees them: `{items, next, head}`.
    Events { actor: Actor, after: u64, limit: u32 },
    /// The log as it is stored, with its hashes: [`Lines`].
    Log { actor: Actor, after: u64, limit: u32 },
    /// Part of the conversation as a back-up has it: [`BackedUp`].
    BackUp { after: u64, limit: u32 },
    /// Part of a conversation that comes back: [`PutBack`].
    Restore(Box<Restore>),
    /// All of it is there: it is open to everybody again. [`PutBack`].
    Awaken,
    /// Tell index, search and reports everything once more.
    TellAnew,
    /// The conversation and all its events, for a page rendered here; with `looks`, they are read by that.
    Page { actor: Actor, looks: bool },
    /// What a rule would have done here: [`super::Rehearsal`]. Nothing changes.
    Rehearse { actor: Actor, rule: Box<Definition>, times: OpeningTimes },
    /// The company's rules about waiting are others now: look again when the next is due.
    Reconsider,
    /// The customer speaks another language than he was thought to.
    Speak { actor: Actor, language: String },
    /// A message in another language; `on` where the company has messages translated: a [`Translation`].
    ///
    /// [`Translation`]: crate::domain::translation::Translation
    Translate { actor: Actor, seq: u64, to: String, on: bool },
    /// The link version that opens the conversation now, for whoever may be mailed its link: [`CurrentLink`].
    Link,
    /// Take in another conversation, as an agent wants it: once, by its id.
    Absorb { by: Box<Member>, source: Box<Source> },
    /// What became of an attempt to have another conversation taken in; what was not, never will be.
    EndMerge { source: ConversationId, attempt: u64 },
    /// Say again who has it open.
    Viewers,
    /// The Desk deals the conversation: [`Standing`].
    Offer(Dealt),
    /// The Desk asks to settle a reservation: [`Standing`].
    Settle(Settle),
    /// A file that is to go with a message or a comment.
    File { actor: Actor, about: FileRequest },
    /// Close sockets of agents.
    Cut { cut: Cut },
    /// Forget everything, for good.
    Erase,
}

impl ConversationRequest {
    /// Whether nothing is owed to anybody because of it.
    #[must_use]
    pub const fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::Read { .. }
                | Self::Events { .. }
                | Self::Log { .. }
                | Self::Check { .. }
                | Self::Link
                | Self::Rehearse { .. }
        )
    }
}

/// Part of a log.
#[derive(Debug, Serialize, Deserialize)]
pub struct Lines {
    /// Of the whole log as it is now.
    pub heading: Heading,
    pub lines: Vec<Line>,
}

/// Part of a conversation as a back-up has it.
#[derive(Debug, Serialize, Deserialize)]
pub struct BackedUp {
    /// The conversation as agents see it.
    pub conversation: Box<RawValue>,
    pub kept: Backup,
    pub lines: Vec<Line>,
}

/// Part of a conversation that comes back.
#[derive(Debug, Serialize, Deserialize)]
pub struct Restore {
    pub id: ConversationId,
    pub company: CompanyId,
    /// With the first part.
    pub kept: Option<Backup>,
    /// The next entries, or some that are there already.
    pub entries: Vec<Written>,
}

/// An entry as it was written; of a tagged request, raw JSON cannot be a part.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Written {
    pub seq: u64,
    pub hash: Link,
    pub text: String,
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "put_back", rename_all = "snake_case")]
pub enum PutBack {
    /// It is there.
    Done,
    /// There is another conversation here, or one that went on from something else.
    Differs,
    /// An entry has another hash than it says, is no entry, or is not the next one.
    Broken { seq: u64 },
    /// Entries are missing.
    Incomplete,
}

/// What is asked about a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "file_request", rename_all = "snake_case")]
pub enum FileRequest {
    /// The actor is about to bring it; answers the key under which its bytes belong. `company` where the conversation is
    /// opened with it; `size` is what it has at most.
    Bring { file: FileId, conversation: ConversationId, company: Option<CompanyId>, name: String, size: u64 },
    /// Its bytes are there: the [`Attachment`].
    Brought {
        file: FileId,
        #[serde(rename = "type")]
        kind: String,
        size: u64,
    },
    /// Where its bytes are, if the actor may have them: [`KnownFile`].
    Read { file: FileId },
    /// The actor takes it back, unsent.
    Remove { file: FileId },
}

/// A file, and where its bytes are.
#[derive(Debug, Serialize, Deserialize)]
pub struct KnownFile {
    pub key: String,
    pub attachment: Attachment,
}

/// The link that opens a conversation.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CurrentLink {
    pub version: u8,
}

/// How far each side has read, in the customer's numbers; 0 where it has read nothing.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadMarks {
    /// Somebody at the company.
    pub agent: u64,
    /// The customer, before this look.
    pub customer: u64,
}

/// An offer of the Desk's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dealt {
    pub offer: Offer,
    pub to: Candidate,
    /// Who asked for it, if it was asked for.
    pub asked_by: Option<Member>,
}

/// How the conversation stands after an offer or a settlement.
#[derive(Debug, Serialize, Deserialize)]
pub struct Standing {
    /// The reservation is not its holder's, and never will be.
    pub cancelled: bool,
    /// None where there is no such conversation.
    pub stand: Option<Stand>,
    /// To whoever asked for it: the conversation as he sees it.
    pub conversation: Option<Box<RawValue>>,
}

/// Who a socket belongs to; kept with it while the object sleeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SocketOpening {
    pub actor: Actor,
    /// Which agent's, and by which session; none for customers.
    pub holder: Option<Holder>,
    /// The last event the client has; none when it wants only what comes.
    pub after: Option<u64>,
}

/// What a client says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    Message {
        client_id: ClientId,
        body: String,
        #[serde(default)]
        attachments: Vec<FileId>,
    },
    Note {
        client_id: ClientId,
        body: String,
        #[serde(default)]
        attachments: Vec<FileId>,
        #[serde(default)]
        mentions: Vec<AgentId>,
    },
    Typing {},
    Read {
        seq: u64,
    },
}
