//! The people who write to companies.

use super::conversations::{NewContact, Query, Viewer};
use super::db::{self, Bound, StoreResult, statement};
use crate::domain::conversation::event::Contact;
use crate::domain::id::{AgentId, CompanyId, ContactId, ConversationId};
use crate::domain::people::permission::Scope;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// Somebody who writes to a company (specification B12).
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContactRecord {
    pub id: ContactId,
    pub name: String,
    pub email: String,
    pub phone: String,
    pub organisation: String,
    /// What colleagues should know; never shown to him.
    pub note: String,
    /// As a BCP 47 tag; empty where it is unknown.
    pub language: String,
    pub created_at: Instant,
    /// The agent he is stuck to.
    pub sticky_agent_id: Option<AgentId>,
    pub sticky_agent_name: Option<String>,
}

/// A place in the list of contacts, after which it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub name: String,
    pub id: ContactId,
}

const FIELDS: &str = "c.id, c.name, c.email, c.phone, c.organisation, c.note, c.language, c.created_at, c.sticky_agent_id, \
     (SELECT m.display_name FROM memberships m WHERE m.id = c.sticky_agent_id) AS sticky_agent_name";

/// A row of [`FIELDS`].
#[derive(Deserialize)]
struct Row {
    id: ContactId,
    name: String,
    email: String,
    phone: String,
    organisation: String,
    note: String,
    language: String,
    created_at: f64,
    sticky_agent_id: Option<AgentId>,
    sticky_agent_name: Option<String>,
}

impl From<Row> for ContactRecord {
    fn from(row: Row) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "whole milliseconds far below 2^53")]
        let created_at = Instant::from_millis(row.created_at as i64);
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            phone: row.phone,
            organisation: row.organisation,
            note: row.note,
            language: row.language,
            created_at,
            sticky_agent_id: row.sticky_agent_id,
            sticky_agent_name: row.sticky_agent_name,
        }
    }
}

/// One contact of a company.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: ContactId) -> StoreResult<Option<ContactRecord>> {
    let sql = format!("SELECT {FIELDS} FROM contacts c WHERE c.company_id = ?1 AND c.id = ?2 AND c.erased_at IS NULL");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), id.into()]).await?;
    Ok(row.map(ContactRecord::from))
}

/// The contact with an address, made where nobody has it yet.
///
/// # Errors
/// When the database fails.
pub async fn ensure(
    db: &D1Database,
    company: CompanyId,
    contact: &NewContact<'_>,
    now: Instant,
) -> StoreResult<Contact> {
    let sql = "INSERT INTO contacts (id, company_id, email, name, language, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
               ON CONFLICT (company_id, email) DO UPDATE SET email = excluded.email RETURNING id, name, email";
    let values = vec![
        contact.id.into(),
        company.into(),
        contact.email.into(),
        contact.name.into(),
        contact.language.into(),
        now.into(),
    ];
    let row: Option<Contact> = db::first(db, sql, values).await?;
    row.ok_or_else(|| db::StoreError::Broken("no row was returned".to_owned()))
}

/// What the contact with an address is called.
///
/// # Errors
/// When the database fails.
pub async fn name_of(db: &D1Database, company: CompanyId, email: &str) -> StoreResult<Option<String>> {
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let sql = "SELECT name FROM contacts WHERE company_id = ?1 AND email = ?2";
    let row: Option<Named> = db::first(db, sql, vec![company.into(), email.into()]).await?;
    Ok(row.map(|row| row.name))
}

/// The contacts that somebody knows of, by name: those with a conversation that he may see. `words` are in the name, the
/// address or the organisation.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    viewer: &Viewer,
    words: &str,
    after: Option<&Position>,
    limit: u32,
) -> StoreResult<Vec<ContactRecord>> {
    let mut query = known(viewer)?;
    if !words.is_empty() {
        let words = query.bind(words.to_lowercase());
        query.conditions.push(format!(
            "(instr(lower(c.name), {words}) OR instr(lower(c.email), {words}) OR instr(lower(c.organisation), {words}))"
        ));
    }
    if let Some(Position { name, id }) = after {
        let (name, id) = (query.bind(name), query.bind(*id));
        query.conditions.push(format!("(c.name COLLATE NOCASE, c.id) > ({name}, {id})"));
    }
    let limit = query.bind(limit);
    let sql = format!(
        "SELECT {FIELDS} FROM contacts c WHERE {} ORDER BY c.name COLLATE NOCASE, c.id LIMIT {limit}",
        query.conditions.join(" AND ")
    );
    let rows: Vec<Row> = db::all(db, &sql, query.values).await?;
    Ok(rows.into_iter().map(ContactRecord::from).collect())
}

/// Whether somebody knows of a contact.
///
/// # Errors
/// When the database fails.
pub async fn is_known(db: &D1Database, viewer: &Viewer, id: ContactId) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Found {}
    let mut query = known(viewer)?;
    let id = query.bind(id);
    query.conditions.push(format!("c.id = {id}"));
    let sql = format!("SELECT c.id FROM contacts c WHERE {}", query.conditions.join(" AND "));
    Ok(db::first::<Found>(db, &sql, query.values).await?.is_some())
}

/// The conditions under which somebody knows of a contact `c`.
fn known(viewer: &Viewer) -> StoreResult<Query> {
    if viewer.sees.has(Scope::All) {
        let mut query = Query { conditions: Vec::new(), values: Vec::new(), relations: None };
        let company = query.bind(viewer.company);
        query.conditions.push(format!("c.company_id = {company} AND c.erased_at IS NULL"));
        return Ok(query);
    }
    let Query { conditions, values, .. } = Query::new(viewer)?;
    let seen =
        format!("EXISTS (SELECT 1 FROM conversations v WHERE v.contact_id = c.id AND {})", conditions.join(" AND "));
    let mut query = Query { conditions: vec![seen], values, relations: None };
    let company = query.bind(viewer.company);
    query.conditions.push(format!("c.company_id = {company} AND c.erased_at IS NULL"));
    Ok(query)
}

/// Writes what is known of a contact.
///
/// # Errors
/// When the statement cannot be made.
pub fn update(db: &D1Database, contact: &ContactRecord) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE contacts SET name = ?2, email = ?3, phone = ?4, organisation = ?5, note = ?6, language = ?7 \
               WHERE id = ?1";
    let values: Vec<Bound> = vec![
        contact.id.into(),
        (&contact.name).into(),
        (&contact.email).into(),
        (&contact.phone).into(),
        (&contact.organisation).into(),
        (&contact.note).into(),
        (&contact.language).into(),
    ];
    statement(db, sql, values)
}

/// A contact's conversations, newest first.
///
/// # Errors
/// When the database fails.
pub async fn conversations(db: &D1Database, id: ContactId, limit: u32) -> StoreResult<Vec<ConversationId>> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
    }
    let sql = "SELECT id FROM conversations WHERE contact_id = ?1 AND rev > 0 ORDER BY created_at DESC LIMIT ?2";
    let rows: Vec<Row> = db::all(db, sql, vec![id.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
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
