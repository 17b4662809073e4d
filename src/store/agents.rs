//! The members of a company.

use super::db::{self, Changes, StoreError, StoreResult, require, statement};
use super::members;
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::event::{AgentRef, TeamKind};
use crate::domain::id::{AgentId, CompanyId, FileId, TeamId, UserId};
use crate::domain::input::FieldError;
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use worker::{D1Database, D1PreparedStatement};

/// Most members that are read at once.
const MOST: u32 = 5_000;

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Invited, and not here yet.
    Invited,
    Active,
    /// Kept out; everything of his is kept.
    Disabled,
    /// Gone from every list; his name stays where he wrote.
    Removed,
}

/// A member with everything the company knows of him.
#[derive(Clone, Debug)]
pub struct AgentRecord {
    pub member: Member,
    pub user: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub status: Standing,
    /// None: the company's.
    pub language: Option<String>,
    /// None: the company's.
    pub max_chats: Option<u32>,
    pub landline: String,
    pub mobile: String,
    pub public_name: Option<String>,
    pub signature: String,
    /// Whether the signature goes under his answers by itself.
    pub append_signature: bool,
    pub description: String,
    pub description_file: Option<DescriptionFile>,
    pub notifications: serde_json::Value,
    pub teams: Vec<TeamOf>,
}

/// The file attached to a description.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DescriptionFile {
    pub id: FileId,
    pub name: String,
}

/// A team that a member belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamOf {
    pub id: TeamId,
    pub name: String,
    pub kind: TeamKind,
}

/// A membership to be created.
pub struct NewMembership<'a> {
    pub id: AgentId,
    pub company: CompanyId,
    pub user: UserId,
    /// Keys of presets and ids of the company's own.
    pub roles: &'a [String],
    pub add_ons: &'a str,
    pub name: &'a str,
    /// As the inviter called him.
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub language: Option<&'a str>,
    pub landline: &'a str,
    pub mobile: &'a str,
    pub max_chats: Option<u32>,
}

#[derive(Deserialize)]
struct Row {
    facts: String,
    more: String,
}

#[derive(Deserialize)]
struct More {
    user_id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    status: Standing,
    language: Option<String>,
    max_chats: Option<u32>,
    landline: String,
    mobile: String,
    public_name: Option<String>,
    signature: String,
    append_signature: bool,
    description: String,
    description_file: Option<DescriptionFile>,
    notifications: serde_json::Value,
    teams: Vec<TeamOf>,
}

fn select(condition: &str) -> String {
    format!(
        "SELECT {} AS facts, json_object('user_id', u.id, 'email', u.email, 'first_name', CASE m.status WHEN 'invited' THEN m.invited_first_name ELSE u.first_name END, \
           'last_name', CASE m.status WHEN 'invited' THEN m.invited_last_name ELSE u.last_name END, 'status', m.status, 'language', m.language, 'max_chats', m.max_chats, \
           'landline', m.landline, 'mobile', m.mobile, 'public_name', m.public_name, 'signature', m.signature, \
           'append_signature', json(iif(m.append_signature, 'true', 'false')), \
           'description', m.description, 'notifications', json(m.notifications), \
           'description_file', (SELECT json_object('id', d.id, 'name', d.name) FROM files d \
              WHERE d.id = m.description_file_id), \
           'teams', json((SELECT json_group_array(json_object('id', t.id, 'name', t.name, 'kind', t.kind)) \
              FROM team_members tm JOIN teams t ON t.id = tm.team_id WHERE tm.agent_id = m.id))) AS more \
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE {condition}",
        members::FACTS
    )
}

impl Row {
    fn read(self) -> StoreResult<AgentRecord> {
        let more: More = serde_json::from_str(&self.more)?;
        Ok(AgentRecord {
            member: members::read(&self.facts)?,
            user: more.user_id,
            email: more.email,
            first_name: more.first_name,
            last_name: more.last_name,
            status: more.status,
            language: more.language,
            max_chats: more.max_chats,
            landline: more.landline,
            mobile: more.mobile,
            public_name: more.public_name,
            signature: more.signature,
            append_signature: more.append_signature,
            description: more.description,
            description_file: more.description_file,
            notifications: more.notifications,
            teams: more.teams,
        })
    }
}

/// The members of a company who have not left, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId) -> StoreResult<Vec<AgentRecord>> {
    let sql =
        select("m.company_id = ?1 AND m.status <> 'removed' ORDER BY m.display_name COLLATE NOCASE, m.id LIMIT ?2");
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into(), MOST.into()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// A member who has not left; none when the company has no such member.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, agent: AgentId) -> StoreResult<Option<AgentRecord>> {
    let sql = select("m.company_id = ?1 AND m.id = ?2 AND m.status <> 'removed'");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), agent.into()]).await?;
    row.map(Row::read).transpose()
}

/// The membership of a person, even of one who has left.
///
/// # Errors
/// When the database fails.
pub async fn of_user(db: &D1Database, company: CompanyId, user: UserId) -> StoreResult<Option<AgentRecord>> {
    let sql = select("m.company_id = ?1 AND m.user_id = ?2");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), user.into()]).await?;
    row.map(Row::read).transpose()
}

/// Most colleagues that one comment names.
const MOST_MENTIONS: usize = 20;

/// The members that a comment names, each once; or what is wrong with them: too many, or somebody does not work at the
/// company (any more).
///
/// # Errors
/// When the database fails.
pub async fn mentioned(
    db: &D1Database,
    company: CompanyId,
    ids: &[AgentId],
) -> StoreResult<Result<Vec<Member>, FieldError>> {
    let ids: BTreeSet<AgentId> = ids.iter().copied().collect();
    if ids.is_empty() {
        return Ok(Ok(Vec::new()));
    }
    if ids.len() > MOST_MENTIONS {
        let detail = format!("At most {MOST_MENTIONS} entries, please.");
        return Ok(Err(FieldError::new("mentions", "too_long", detail)));
    }
    let sql =
        select("m.company_id = ?1 AND m.status = 'active' AND m.id IN (SELECT value FROM json_each(?2)) ORDER BY m.id");
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into(), serde_json::to_string(&ids)?.into()]).await?;
    let members = rows.iter().map(|row| members::read(&row.facts)).collect::<StoreResult<Vec<_>>>()?;
    let unknown = || FieldError::new("mentions", "unknown_agent", "Somebody of these does not work here.");
    Ok(if members.len() == ids.len() { Ok(members) } else { Err(unknown()) })
}

/// The agent to whom a conversation may be given; none when the company has no such member.
///
/// # Errors
/// When the database fails.
pub async fn candidate(db: &D1Database, company: CompanyId, agent: AgentId) -> StoreResult<Option<Candidate>> {
    let record = find(db, company, agent).await?;
    Ok(record.map(|record| Candidate {
        agent: AgentRef::from(&record.member),
        assignable: record.status == Standing::Active && record.member.assignable(),
    }))
}

/// How many seats of a company are taken, and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn seats(db: &D1Database, company: CompanyId) -> StoreResult<Seats> {
    let sql = "SELECT seats AS total, (SELECT COUNT(*) FROM memberships WHERE company_id = ?1 \
                 AND status IN ('invited', 'active')) AS used FROM companies WHERE id = ?1";
    Ok(db::first(db, sql, vec![company.into()]).await?.unwrap_or_default())
}

/// Seats of a company (specification E18, F2, H6).
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Seats {
    pub used: u32,
    pub total: u32,
}

/// Undoes its transaction when the company has more people than seats.
///
/// # Errors
/// When the statement cannot be made.
pub fn require_seats(db: &D1Database, company: CompanyId) -> StoreResult<D1PreparedStatement> {
    let condition = "(SELECT COUNT(*) FROM memberships WHERE company_id = ?1 AND status IN ('invited', 'active')) \
                     <= (SELECT seats FROM companies WHERE id = ?1)";
    require(db, db::NO_FREE_SEAT, condition, vec![company.into()])
}

/// Undoes its transaction when nobody owns the company any more (specification N2).
///
/// # Errors
/// When the statement cannot be made.
pub fn require_owner(db: &D1Database, company: CompanyId) -> StoreResult<D1PreparedStatement> {
    let condition = "EXISTS (SELECT 1 FROM memberships WHERE company_id = ?1 AND owner = 1 AND status = 'active' \
                     AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = 'administrator'))";
    require(db, db::LAST_OWNER, condition, vec![company.into()])
}

/// Undoes its transaction when a member's standing or roles are not what was decided upon.
///
/// # Errors
/// When the statement cannot be made.
pub fn require_unchanged(db: &D1Database, record: &AgentRecord) -> StoreResult<D1PreparedStatement> {
    let condition = "EXISTS (SELECT 1 FROM memberships WHERE id = ?1 AND status = ?2 AND owner = ?3 AND roles = ?4 \
                     AND add_ons = ?5)";
    let values = vec![
        record.member.id.into(),
        record.status.name().into(),
        record.member.owner.into(),
        serde_json::to_string(&members::role_names(&record.member))?.into(),
        serde_json::to_string(&record.member.add_ons)?.into(),
    ];
    require(db, db::CHANGED_MEANWHILE, condition, values)
}

/// Undoes its transaction when somebody is not at work any more.
///
/// # Errors
/// When the statement cannot be made.
pub fn require_active(db: &D1Database, agent: AgentId) -> StoreResult<D1PreparedStatement> {
    let condition = "EXISTS (SELECT 1 FROM memberships WHERE id = ?1 AND status = 'active')";
    require(db, db::CHANGED_MEANWHILE, condition, vec![agent.into()])
}

/// Undoes its transaction when a person has to do with another company, too.
///
/// # Errors
/// When the statement cannot be made.
pub fn require_nowhere_else(db: &D1Database, user: UserId, company: CompanyId) -> StoreResult<D1PreparedStatement> {
    let condition =
        "NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = ?1 AND company_id <> ?2 AND status <> 'removed')";
    require(db, db::CHANGED_MEANWHILE, condition, vec![user.into(), company.into()])
}

/// Creates a membership that waits for its invitation to be accepted; of somebody who had left, his old one.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a second membership of one user is a conflict.
pub fn insert(db: &D1Database, membership: &NewMembership<'_>, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO memberships (id, company_id, user_id, status, roles, add_ons, display_name, language, \
                 landline, mobile, max_chats, created_at, invited_first_name, invited_last_name) \
               VALUES (?1, ?2, ?3, 'invited', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
               ON CONFLICT (id) DO UPDATE SET status = 'invited', owner = 0, roles = excluded.roles, \
                 add_ons = excluded.add_ons, display_name = excluded.display_name, language = excluded.language, \
                 landline = excluded.landline, mobile = excluded.mobile, max_chats = excluded.max_chats, \
                 sessions_after = excluded.created_at, invited_first_name = excluded.invited_first_name, \
                 invited_last_name = excluded.invited_last_name \
               WHERE status = 'removed'";
    let values = vec![
        membership.id.into(),
        membership.company.into(),
        membership.user.into(),
        serde_json::to_string(membership.roles)?.into(),
        membership.add_ons.into(),
        membership.name.into(),
        membership.language.into(),
        membership.landline.into(),
        membership.mobile.into(),
        membership.max_chats.into(),
        now.into(),
        membership.first_name.into(),
        membership.last_name.into(),
    ];
    statement(db, sql, values)
}

/// Makes a member belong to exactly these teams of a kind, all of his own company.
///
/// # Errors
/// When a statement cannot be made.
pub fn set_teams(
    db: &D1Database,
    company: CompanyId,
    agent: AgentId,
    kind: TeamKind,
    teams: &[TeamId],
) -> StoreResult<Vec<D1PreparedStatement>> {
    let kind = super::teams::kind_name(kind);
    let delete = "DELETE FROM team_members WHERE agent_id = ?1 AND team_id IN (SELECT id FROM teams WHERE kind = ?2)";
    let insert = "INSERT INTO team_members (team_id, agent_id) SELECT id, ?1 FROM teams \
                  WHERE company_id = ?2 AND kind = ?3 AND id IN (SELECT value FROM json_each(?4))";
    let ids = serde_json::to_string(teams)?;
    Ok(vec![
        statement(db, delete, vec![agent.into(), kind.into()])?,
        statement(db, insert, vec![agent.into(), company.into(), kind.into(), ids.into()])?,
    ])
}

/// Changes where a membership stands.
///
/// # Errors
/// When the statement cannot be made.
pub fn set_standing(
    db: &D1Database,
    agent: AgentId,
    standing: Standing,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let mut changes = Changes::default();
    changes.set("status", standing.name());
    if matches!(standing, Standing::Disabled | Standing::Removed) {
        changes.set("sessions_after", now);
    }
    let rights = "DELETE FROM folder_rights WHERE kind = 'agent' AND holder = ?1";
    let void = "UPDATE invitations SET used_at = ?2 WHERE membership_id = ?1 AND used_at IS NULL";
    let mut statements: Vec<_> = changes.update(db, "memberships", agent)?.into_iter().collect();
    if standing == Standing::Removed {
        statements.push(statement(db, rights, vec![agent.into()])?);
    }
    if matches!(standing, Standing::Disabled | Standing::Removed) {
        statements.extend(super::passwords::void_handed_over(db, agent, now)?);
    }
    if standing != Standing::Invited {
        statements.push(statement(db, void, vec![agent.into(), now.into()])?);
    }
    Ok(statements)
}

/// What a member still has: the conversations under way that are his, and the customers who are stuck to him.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Holdings {
    pub open_conversations: u32,
    pub sticky_contacts: u32,
}

/// Counts what a member still has.
///
/// # Errors
/// When the database fails.
pub async fn holdings(db: &D1Database, company: CompanyId, agent: AgentId) -> StoreResult<Holdings> {
    let sql = "SELECT (SELECT COUNT(*) FROM conversations WHERE company_id = ?1 AND assignee_id = ?2 \
                 AND status <> 'closed') AS open_conversations, \
               (SELECT COUNT(*) FROM contacts WHERE company_id = ?1 AND sticky_agent_id = ?2) AS sticky_contacts";
    Ok(db::first(db, sql, vec![company.into(), agent.into()]).await?.unwrap_or_default())
}

/// Whether a person has to do with another company, too.
///
/// # Errors
/// When the database fails.
pub async fn works_elsewhere(db: &D1Database, user: UserId, company: CompanyId) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Row {
        elsewhere: f64,
    }
    let sql =
        "SELECT COUNT(*) AS elsewhere FROM memberships WHERE user_id = ?1 AND company_id <> ?2 AND status <> 'removed'";
    let row: Option<Row> = db::first(db, sql, vec![user.into(), company.into()]).await?;
    row.map(|row| row.elsewhere > 0.0).ok_or_else(|| StoreError::Broken("a count has no row".to_owned()))
}

impl Standing {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Removed => "removed",
        }
    }
}
