//! The people of these tests, and strategies for what they ask.

use edgedesk::domain::conversation::command::{Actor, Candidate, Command, Opening};
use edgedesk::domain::conversation::event::{AgentRef, Channel, Contact, FolderRef, RuleRef, TeamKind, TeamRef};
use edgedesk::domain::conversation::label::{Priority, TagRef};
use edgedesk::domain::conversation::rating::Rating;
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::conversation::terms::Terms;
use edgedesk::domain::id::{AgentId, CompanyId, ContactId, ConversationId, FolderId, RuleId, TagId, TeamId};
use edgedesk::domain::people::member::{FolderRight, Member};
use edgedesk::domain::people::role::{AddOn, Role};
use edgedesk::domain::time::{Instant, Span};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::FileFailurePersistence;
use uuid::Uuid;

/// When every conversation of these tests starts.
pub const START: Instant = Instant::from_millis(1_750_000_000_000);
/// In every internal comment, and nowhere else.
pub const CANARY: &str = "canary-7f3a";
/// In every name that only colleagues may read, and nowhere else.
pub const INSIDE: &str = "inside-";
/// The version of the customer's link that opens the conversation.
pub const LINK: u8 = 1;

/// One request, some time after the one before.
#[derive(Clone, Debug)]
pub struct Step {
    pub actor: Actor,
    pub command: Command,
    /// Milliseconds; negative where the machine's clock was set back.
    pub wait: i64,
}

/// How often properties are tried; the seeds of failures are kept beside the test.
pub fn tries(cases: u32) -> ProptestConfig {
    let failure_persistence = Some(Box::new(FileFailurePersistence::WithSource("regressions")) as Box<_>);
    ProptestConfig { cases, failure_persistence, ..ProptestConfig::default() }
}

/// A member with an inside and a public name.
pub fn member(number: u128, name: &str, roles: &[Role], add_ons: &[AddOn]) -> Member {
    let mut member = Member::named(AgentId::new(Uuid::from_u128(0xa6e7_0000 + number)), &format!("{INSIDE}{name}"));
    member.public_name = name.to_owned();
    member.function = "Support".to_owned();
    member.roles = roles.to_vec();
    member.add_ons = add_ons.to_vec();
    member
}

/// Sees and does everything, and is assigned conversations.
pub fn sara() -> Member {
    member(1, "Sara", &[Role::Supervisor], &[])
}

/// Never assigned.
pub fn adam() -> Member {
    member(2, "Adam", &[Role::Administrator], &[])
}

/// Sees what she takes part in; may be dealt conversations and pass them on.
pub fn ana() -> Member {
    member(3, "Ana", &[Role::Agent], &[AddOn::Dispenser, AddOn::Transfer])
}

/// Sees what he takes part in.
pub fn bela() -> Member {
    member(4, "Bela", &[Role::Agent], &[])
}

/// Reads and comments.
pub fn clara() -> Member {
    member(5, "Clara", &[Role::Compliance], &[])
}

/// Sees and assigns what is in one folder.
pub fn fay() -> Member {
    let mut fay = member(11, "Fay", &[Role::Agent], &[]);
    fay.folders = vec![FolderRight { folder: folder(1).id, see_incoming: true, assign: true }];
    fay
}

/// A folder; its name is for colleagues only.
pub fn folder(number: u128) -> FolderRef {
    FolderRef { id: FolderId::new(Uuid::from_u128(0xf0_1de0 + number)), name: format!("{INSIDE}folder {number}") }
}

/// A team; its name is for colleagues only.
pub fn team(number: u128) -> TeamRef {
    let id = TeamId::new(Uuid::from_u128(0x7ea_0000 + number));
    TeamRef { id, name: format!("{INSIDE}team {number}"), kind: TeamKind::Group }
}

/// A tag; its name is for colleagues only.
pub fn tag(number: u128) -> TagRef {
    let id = TagId::new(Uuid::from_u128(0x7a6_0000 + number));
    TagRef { id, name: format!("{INSIDE}tag {number}"), colour: String::new() }
}

/// A rule; its name is for colleagues only.
pub fn rule() -> RuleRef {
    RuleRef { id: RuleId::new(Uuid::from_u128(0x2_01e0)), name: format!("{INSIDE}rule") }
}

/// Everybody who works in the company.
pub fn staff() -> Vec<Member> {
    vec![
        sara(),
        adam(),
        ana(),
        bela(),
        clara(),
        member(6, "Stan", &[Role::Stakeholder], &[]),
        member(7, "Mona", &[Role::AgentManager], &[]),
        member(8, "Both", &[Role::Administrator, Role::Supervisor], &[]),
        member(9, "Mark", &[Role::Marketing], &[]),
        member(10, "Nobody", &[], &[]),
        fay(),
    ]
}

/// The conversation's start.
pub fn opening() -> Opening {
    Opening {
        id: ConversationId::new(Uuid::from_u128(0xc0)),
        company_id: CompanyId::new(Uuid::from_u128(0xc1)),
        number: 1,
        subject: "Where is my parcel?".to_owned(),
        channel: Channel::Web,
        contact: Contact {
            id: ContactId::new(Uuid::from_u128(0xc2)),
            name: "Kim".to_owned(),
            email: "kim@example.com".to_owned(),
        },
        body: "It should have come on Monday.".to_owned(),
        attachments: vec![],
        language: "en".to_owned(),
        sticky: None,
        terms: Terms { pending_close_after: Span::seconds(60), ..Terms::default() },
    }
}

/// The customer with the right link.
pub const fn customer() -> Actor {
    Actor::Customer { link_version: LINK }
}

/// A member as the directory offers him.
pub fn candidate(member: &Member) -> Candidate {
    Candidate { agent: AgentRef::from(member), assignable: member.assignable() }
}

/// Any actor at all, those who get something done more often.
pub fn actor() -> impl Strategy<Value = Actor> {
    prop_oneof![
        4 => Just(customer()),
        1 => select(vec![0, LINK + 1, u8::MAX]).prop_map(|link_version| Actor::Customer { link_version }),
        4 => Just(Actor::Agent(sara())),
        3 => Just(Actor::Agent(ana())),
        5 => select(staff()).prop_map(Actor::Agent),
        2 => Just(Actor::Automation { rule: rule() }),
        2 => Just(Actor::System),
    ]
}

/// Any command at all.
pub fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        4 => words().prop_map(|body| Command::Message { body, attachments: vec![] }),
        3 => words().prop_map(|body| Command::Note { body: format!("{CANARY} {body}"), attachments: vec![], mentions: vec![] }),
        5 => (select(Status::ALL.as_slice()), instant()).prop_map(|(status, until)| set_status(status, until)),
        1 => (select(Status::ALL.as_slice()), proptest::option::of(instant()))
            .prop_map(|(status, until)| Command::SetStatus { status, until }),
        2 => any::<bool>().prop_map(|dealt| Command::Claim { dealt }),
        3 => (proptest::option::weighted(0.8, select(staff())), proptest::option::weighted(0.3, 0u64..8))
            .prop_map(|(to, if_epoch)| Command::Assign { to: to.as_ref().map(candidate), if_epoch, force: false }),
        2 => Just(Command::Tick),
        2 => select(staff()).prop_map(|to| Command::Deal { to: candidate(&to) }),
        2 => proptest::option::of(1u128..3).prop_map(|to| Command::SetFolder { to: to.map(folder) }),
        1 => (1u128..3).prop_map(|number| Command::LeaveFolder { folder: folder(number).id }),
        2 => proptest::option::of(1u128..3).prop_map(|to| Command::SetTeam { to: to.map(team) }),
        1 => (select(staff()), proptest::option::of(select(staff())))
            .prop_map(|(from, to)| Command::HandOver { from: from.id, to: to.as_ref().map(candidate) }),
        2 => (1u128..3, any::<bool>()).prop_map(|(number, on)| Command::SetTag { tag: tag(number), on }),
        1 => (1u128..3).prop_map(|number| Command::DropTag { tag: tag(number).id }),
        1 => select(vec![Priority::Normal, Priority::Urgent]).prop_map(|priority| Command::SetPriority { priority }),
        2 => (select(staff()), any::<bool>()).prop_map(|(who, on)| Command::Follow { who: Box::new(who), on }),
        1 => (0u8..7).prop_map(|score| Command::Rate { rating: Rating { score, comment: String::new() } }),
        1 => Just(Command::Open(opening())),
    ]
}

/// A change of status that says until when exactly if it has to.
pub fn set_status(status: Status, until: Instant) -> Command {
    Command::SetStatus { status, until: (status == Status::Snoozed).then_some(until) }
}

/// Requests under a clock that now and then is set back.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    steps_waiting(-20_000..40_000)
}

/// Requests under a clock that only moves forwards.
pub fn steps_in_order() -> impl Strategy<Value = Vec<Step>> {
    steps_waiting(0..40_000)
}

fn steps_waiting(wait: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Step>> {
    let step = (actor(), command(), wait).prop_map(|(actor, command, wait)| Step { actor, command, wait });
    proptest::collection::vec(step, 0..40)
}

/// Texts, a few of which cannot be shown.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z]{1,8}",
        1 => select(vec!["", " \r\n", "a\u{7}b", "\r\na\r\nb \n"]).prop_map(str::to_owned),
    ]
}

fn instant() -> impl Strategy<Value = Instant> {
    (-20_000i64..600_000).prop_map(|later| Instant::from_millis(START.as_millis() + later))
}
