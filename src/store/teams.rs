//! Groups and business units (specification D5–D10).

use super::db::{self, StoreResult, statement};
use crate::domain::conversation::event::{TeamKind, TeamRef};
use crate::domain::id::{AgentId, CompanyId, TeamId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A team with its members.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    #[serde(skip)]
    pub kind: Option<TeamKind>,
    /// Of business units: those of the lowest number are asked first for new conversations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    pub agents: Vec<AgentName>,
}

/// A member of a team.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TeamMember)]
pub struct AgentName {
    pub id: AgentId,
    pub name: String,
}

#[derive(Deserialize)]
struct Row {
    id: TeamId,
    name: String,
    kind: TeamKind,
    priority: u32,
    agents: String,
}

const SELECT: &str = "SELECT t.id, t.name, t.kind, t.priority, (SELECT json_group_array(json_object('id', m.id, 'name', m.display_name)) \
       FROM team_members tm JOIN memberships m ON m.id = tm.agent_id WHERE tm.team_id = t.id AND m.status <> 'removed') \
     AS agents FROM teams t WHERE t.company_id = ?1";

/// The name under which a kind is stored.
#[must_use]
pub const fn kind_name(kind: TeamKind) -> &'static str {
    match kind {
        TeamKind::Group => "group",
        TeamKind::BusinessUnit => "business_unit",
    }
}

/// The teams of a kind, by priority and name.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, company: CompanyId, kind: TeamKind) -> StoreResult<Vec<Team>> {
    let sql = format!("{SELECT} AND t.kind = ?2 ORDER BY t.priority, t.name, t.id");
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into(), kind_name(kind).into()]).await?;
    rows.into_iter().map(Row::read).collect()
}

/// One team, of either kind.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: TeamId) -> StoreResult<Option<Team>> {
    let row: Option<Row> = db::first(db, &format!("{SELECT} AND t.id = ?2"), vec![company.into(), id.into()]).await?;
    row.map(Row::read).transpose()
}

/// A team as a conversation remembers it.
///
/// # Errors
/// When the database fails.
pub async fn reference(db: &D1Database, company: CompanyId, id: TeamId) -> StoreResult<Option<TeamRef>> {
    let sql = "SELECT id, name, kind FROM teams WHERE company_id = ?1 AND id = ?2";
    db::first(db, sql, vec![company.into(), id.into()]).await
}

/// Creates a team.
///
/// # Errors
/// When the statement cannot be made; run in a transaction, a taken name is a conflict.
pub fn insert(
    db: &D1Database,
    company: CompanyId,
    id: TeamId,
    kind: TeamKind,
    name: &str,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO teams (id, company_id, kind, name, created_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    statement(db, sql, vec![id.into(), company.into(), kind_name(kind).into(), name.into(), now.into()])
}

/// Makes exactly these people, all of the same company, the team's members.
///
/// # Errors
/// When a statement cannot be made.
pub fn set_agents(
    db: &D1Database,
    company: CompanyId,
    team: TeamId,
    agents: &[AgentId],
) -> StoreResult<Vec<D1PreparedStatement>> {
    let insert = "INSERT INTO team_members (team_id, agent_id) SELECT ?1, id FROM memberships \
                  WHERE company_id = ?2 AND id IN (SELECT value FROM json_each(?3))";
    Ok(vec![
        statement(db, "DELETE FROM team_members WHERE team_id = ?1", vec![team.into()])?,
        statement(db, insert, vec![team.into(), company.into(), serde_json::to_string(agents)?.into()])?,
    ])
}

/// Renames a team.
///
/// # Errors
/// When the statement cannot be made; run, a taken name is a conflict.
pub fn rename(db: &D1Database, team: TeamId, name: &str) -> StoreResult<D1PreparedStatement> {
    statement(db, "UPDATE teams SET name = ?2 WHERE id = ?1", vec![team.into(), name.into()])
}

/// Gives a business unit its place in the order in which units are asked.
///
/// # Errors
/// When the statement cannot be made.
pub fn set_priority(db: &D1Database, team: TeamId, priority: u32) -> StoreResult<D1PreparedStatement> {
    statement(db, "UPDATE teams SET priority = ?2 WHERE id = ?1", vec![team.into(), priority.into()])
}

/// Deletes a team; its members and its rights in folders go with it.
///
/// # Errors
/// When a statement cannot be made.
pub fn delete(db: &D1Database, team: TeamId) -> StoreResult<Vec<D1PreparedStatement>> {
    Ok(vec![
        statement(db, "DELETE FROM folder_rights WHERE kind = 'team' AND holder = ?1", vec![team.into()])?,
        statement(db, "DELETE FROM team_members WHERE team_id = ?1", vec![team.into()])?,
        statement(db, "DELETE FROM teams WHERE id = ?1", vec![team.into()])?,
    ])
}

/// Undoes its transaction when somebody belongs to no business unit (specification D8).
///
/// # Errors
/// When the statement cannot be made.
pub fn require_units(db: &D1Database, company: CompanyId) -> StoreResult<D1PreparedStatement> {
    let condition = "NOT EXISTS (SELECT 1 FROM memberships m WHERE m.company_id = ?1 AND m.status <> 'removed' \
                       AND NOT EXISTS (SELECT 1 FROM team_members tm JOIN teams t ON t.id = tm.team_id \
                         WHERE tm.agent_id = m.id AND t.kind = 'business_unit'))";
    db::require(db, db::CHANGED_MEANWHILE, condition, vec![company.into()])
}

/// The business unit that newcomers join where nothing else is said: the company's oldest.
///
/// # Errors
/// When the database fails.
pub async fn default_unit(db: &D1Database, company: CompanyId) -> StoreResult<Option<TeamRef>> {
    let sql = "SELECT id, name, kind FROM teams WHERE company_id = ?1 AND kind = 'business_unit' ORDER BY created_at, id LIMIT 1";
    db::first(db, sql, vec![company.into()]).await
}

impl Row {
    fn read(self) -> StoreResult<Team> {
        let mut agents: Vec<AgentName> = serde_json::from_str(&self.agents)?;
        agents.sort_by_key(|agent| agent.name.to_lowercase());
        let priority = (self.kind == TeamKind::BusinessUnit).then_some(self.priority);
        Ok(Team { id: self.id, name: self.name, kind: Some(self.kind), priority, agents })
    }
}
