//! The people who write to companies.

use super::db::{self, StoreResult, statement};
use crate::domain::conversation::event::Contact;
use crate::domain::id::{AgentId, CompanyId, ContactId, TeamId};
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// Somebody who writes to a company.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ContactRecord {
    pub id: ContactId,
    pub name: String,
    pub email: String,
    pub language: String,
    /// The agent he is stuck to.
    pub sticky_agent_id: Option<AgentId>,
}

/// One contact of a company.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: ContactId) -> StoreResult<Option<ContactRecord>> {
    let sql = "SELECT id, name, email, language, sticky_agent_id FROM contacts WHERE company_id = ?1 AND id = ?2";
    db::first(db, sql, vec![company.into(), id.into()]).await
}

/// Whether a member has to do with a contact: by a conversation of his own, or of a team of his.
///
/// # Errors
/// When the database fails.
pub async fn concerns(db: &D1Database, id: ContactId, agent: AgentId, teams: &[TeamId]) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Found {}
    let sql = "SELECT id FROM conversations v WHERE contact_id = ?1 AND (assignee_id = ?2 \
                 OR team_id IN (SELECT value FROM json_each(?3)) \
                 OR EXISTS (SELECT 1 FROM participants p WHERE p.agent_id = ?2 AND p.conversation_id = v.id)) LIMIT 1";
    let values = vec![id.into(), agent.into(), serde_json::to_string(teams)?.into()];
    Ok(db::first::<Found>(db, sql, values).await?.is_some())
}

/// A contact who is stuck to an agent.
pub struct Stuck {
    pub agent: AgentId,
    pub contact: Contact,
}

/// The contacts of a company who are stuck to somebody, by name.
///
/// # Errors
/// When the database fails.
pub async fn stuck(db: &D1Database, company: CompanyId) -> StoreResult<Vec<Stuck>> {
    #[derive(Deserialize)]
    struct Row {
        id: ContactId,
        name: String,
        email: String,
        agent: AgentId,
    }
    const MOST: u32 = 5_000;
    let sql = "SELECT id, name, email, sticky_agent_id AS agent FROM contacts \
               WHERE company_id = ?1 AND sticky_agent_id IS NOT NULL ORDER BY name COLLATE NOCASE, id LIMIT ?2";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), MOST.into()]).await?;
    let stuck =
        |row: Row| Stuck { agent: row.agent, contact: Contact { id: row.id, name: row.name, email: row.email } };
    Ok(rows.into_iter().map(stuck).collect())
}

/// Sticks a contact to an agent, or to nobody.
///
/// # Errors
/// When the statement cannot be made.
pub fn stick(db: &D1Database, id: ContactId, agent: Option<AgentId>) -> StoreResult<D1PreparedStatement> {
    statement(db, "UPDATE contacts SET sticky_agent_id = ?2 WHERE id = ?1", vec![id.into(), agent.into()])
}

/// Unsticks everybody who is stuck to an agent.
///
/// # Errors
/// When the statement cannot be made.
pub fn unstick_all(db: &D1Database, company: CompanyId, agent: AgentId) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE contacts SET sticky_agent_id = NULL WHERE company_id = ?1 AND sticky_agent_id = ?2";
    statement(db, sql, vec![company.into(), agent.into()])
}
