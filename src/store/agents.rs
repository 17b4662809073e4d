//! The members of a company.

use super::db::{self, StoreResult, statement};
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::event::AgentRef;
use crate::domain::id::{AgentId, CompanyId, UserId};
use crate::domain::people::member::Member;
use crate::domain::people::role::{AddOn, Role};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A member as the list of agents shows him (specification F4–F7).
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agent {
    pub id: AgentId,
    /// The name colleagues see.
    pub name: String,
    pub public_name: Option<String>,
    pub function: String,
    pub email: String,
    pub status: String,
    pub roles: Vec<Role>,
    pub add_ons: Vec<AddOn>,
    /// Whether conversations may be assigned to him.
    pub assignable: bool,
}

/// A membership to be created.
pub struct NewMembership<'a> {
    pub id: AgentId,
    pub company: CompanyId,
    pub user: UserId,
    pub roles: &'a [Role],
    pub add_ons: &'a [AddOn],
    pub name: &'a str,
}

#[derive(Deserialize)]
struct Row {
    id: AgentId,
    email: String,
    status: String,
    roles: String,
    add_ons: String,
    display_name: String,
    public_name: Option<String>,
    function: String,
}

const COLUMNS: &str = "m.id, u.email, m.status, m.roles, m.add_ons, m.display_name, m.public_name, m.function \
     FROM memberships m JOIN users u ON u.id = m.user_id";

/// Builds a member from his columns.
///
/// # Errors
/// When roles or add-ons are not what they should be.
pub fn member(
    id: AgentId,
    name: String,
    public_name: Option<String>,
    function: String,
    roles: &str,
    add_ons: &str,
) -> StoreResult<Member> {
    Ok(Member {
        public_name: public_name.unwrap_or_else(|| name.clone()),
        function,
        roles: serde_json::from_str(roles)?,
        add_ons: serde_json::from_str(add_ons)?,
        ..Member::named(id, &name)
    })
}

/// The members of a company who have not left, by name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId) -> StoreResult<Vec<Agent>> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE m.company_id = ?1 AND m.status <> 'removed' \
         ORDER BY m.display_name COLLATE NOCASE, m.id LIMIT 1000"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into()]).await?;
    rows.into_iter().map(Row::agent).collect()
}

/// The agent to whom a conversation may be given; none when the company has no such member.
///
/// # Errors
/// When the database fails.
pub async fn candidate(db: &D1Database, company: CompanyId, agent: AgentId) -> StoreResult<Option<Candidate>> {
    let sql = format!("SELECT {COLUMNS} WHERE m.company_id = ?1 AND m.id = ?2");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), agent.into()]).await?;
    row.map(|row| {
        let active = row.status == "active";
        let member = row.member()?;
        Ok(Candidate { agent: AgentRef::from(&member), assignable: active && member.assignable() })
    })
    .transpose()
}

/// Creates a membership that waits for its invitation to be accepted.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a second membership of one user is a conflict.
pub fn insert(db: &D1Database, membership: &NewMembership<'_>, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO memberships (id, company_id, user_id, status, roles, add_ons, display_name, created_at) \
               VALUES (?1, ?2, ?3, 'invited', ?4, ?5, ?6, ?7)";
    let values = vec![
        membership.id.into(),
        membership.company.into(),
        membership.user.into(),
        serde_json::to_string(membership.roles)?.into(),
        serde_json::to_string(membership.add_ons)?.into(),
        membership.name.into(),
        now.into(),
    ];
    statement(db, sql, values)
}

/// Changes how a member is called; what is `None` stays.
///
/// # Errors
/// When the database fails.
pub async fn rename(
    db: &D1Database,
    agent: AgentId,
    name: Option<&str>,
    public_name: Option<&str>,
    function: Option<&str>,
) -> StoreResult<()> {
    let sql = "UPDATE memberships SET display_name = COALESCE(?2, display_name), \
               public_name = NULLIF(COALESCE(?3, public_name), ''), function = COALESCE(?4, function) WHERE id = ?1";
    statement(db, sql, vec![agent.into(), name.into(), public_name.into(), function.into()])?.run().await?;
    Ok(())
}

impl Row {
    fn member(&self) -> StoreResult<Member> {
        member(
            self.id,
            self.display_name.clone(),
            self.public_name.clone(),
            self.function.clone(),
            &self.roles,
            &self.add_ons,
        )
    }

    fn agent(self) -> StoreResult<Agent> {
        let member = self.member()?;
        Ok(Agent {
            assignable: self.status == "active" && member.assignable(),
            id: self.id,
            name: self.display_name,
            public_name: self.public_name,
            function: self.function,
            email: self.email,
            status: self.status,
            roles: member.roles,
            add_ons: member.add_ons,
        })
    }
}
