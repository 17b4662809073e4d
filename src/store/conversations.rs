//! The index of conversations: what lists and counters ask. The conversations themselves are in their
//! objects; a row here is a copy, replaced only by a newer revision.

use super::companies::{self, Known};
use super::db::{self, Bound, StoreResult, statement, transaction};
use super::facts::{self, Measured};
use super::{orders, search};
use crate::domain::conversation::event::{Channel, Contact};
use crate::domain::conversation::label::Priority;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{AgentId, ClientId, CompanyId, ContactId, ConversationId, FolderId, TagId, TeamId};
use crate::domain::people::permission::{Scope, ScopeSet};
use crate::domain::search::{Portion, Terms};
use crate::domain::time::Instant;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::D1Database;

/// What a new conversation is called before its object opens it.
pub struct Beginning {
    pub id: ConversationId,
    pub number: u32,
    pub contact: ContactId,
    /// The agent to whom the contact is stuck.
    pub sticky: Option<AgentId>,
}

/// The person who starts a conversation.
pub struct NewContact<'a> {
    pub id: ContactId,
    pub email: &'a str,
    pub name: &'a str,
    pub language: &'a str,
}

/// Which conversations a list shows.
#[derive(Debug, Default)]
pub struct Filter {
    /// Any of these; all when empty.
    pub statuses: Vec<Status>,
    pub assignee: Assignee,
    pub contact: Option<ContactId>,
    pub folder: Option<FolderId>,
    pub team: Option<TeamId>,
    /// All of these.
    pub tags: Vec<TagId>,
    /// Any of these; all when empty.
    pub priorities: Vec<Priority>,
    /// Any of these; all when empty.
    pub channels: Vec<Channel>,
    /// What has to be found in it.
    pub terms: Option<Terms>,
    pub sort: Sort,
}

/// Whose conversations a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub enum Assignee {
    #[default]
    Anybody,
    Nobody,
    Agent(AgentId),
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// What moved last comes first.
    #[default]
    Recent,
    /// What has not moved for longest comes first.
    Oldest,
    /// Whoever has waited longest for an agent comes first; nobody else is listed.
    Waiting,
    /// The most urgent come first; of those that are equally urgent, what moved last.
    Priority,
}

/// A place in a list, after which it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Where the list is ordered by priority: [`Priority::rank`].
    pub rank: Option<u8>,
    pub at: Instant,
    pub id: ConversationId,
}

/// Who looks, and how far he sees.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub company: CompanyId,
    pub agent: AgentId,
    pub sees: ScopeSet,
    /// The folders that he sees.
    pub folders: Vec<FolderId>,
    /// The teams he belongs to.
    pub teams: Vec<TeamId>,
}

/// A part of a list.
pub struct Page {
    /// Each a conversation as agents see it, as the JSON that the index keeps.
    pub items: Vec<String>,
    pub next: Option<Position>,
}

/// Finds or creates the contact, and the row that names the conversation: a repeat with the same `client_id` finds what
/// the first attempt created.
///
/// # Errors
/// When the database fails.
pub async fn begin(
    db: &D1Database,
    company: CompanyId,
    client_id: ClientId,
    id: ConversationId,
    contact: &NewContact<'_>,
    now: Instant,
) -> StoreResult<Beginning> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
        number: f64,
        contact_id: ContactId,
        sticky: Option<AgentId>,
    }
    let contact_sql = "INSERT INTO contacts (id, company_id, email, name, language, created_at) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (company_id, email) DO NOTHING";
    let conversation_sql = "INSERT INTO conversations (id, company_id, client_id, number, contact_id, created_at) \
                            SELECT ?1, ?2, ?3, \
                              COALESCE((SELECT MAX(number) FROM conversations WHERE company_id = ?2), 0) + 1, \
                              (SELECT id FROM contacts WHERE company_id = ?2 AND email = ?4), ?5 \
                            WHERE true ON CONFLICT (company_id, client_id) DO UPDATE SET client_id = excluded.client_id \
                            RETURNING id, number, contact_id, \
                              (SELECT sticky_agent_id FROM contacts WHERE company_id = ?2 AND email = ?4) AS sticky";
    let contact_values = vec![
        contact.id.into(),
        company.into(),
        contact.email.into(),
        contact.name.into(),
        contact.language.into(),
        now.into(),
    ];
    let conversation_values = vec![id.into(), company.into(), client_id.into(), contact.email.into(), now.into()];
    let statements =
        vec![statement(db, contact_sql, contact_values)?, statement(db, conversation_sql, conversation_values)?];
    let results = transaction(db, statements).await?;
    let rows: Vec<Row> = results.last().map(worker::D1Result::results).transpose()?.unwrap_or_default();
    let row = rows.into_iter().next().ok_or_else(|| db::StoreError::Broken("no row was returned".to_owned()))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count from 1")]
    Ok(Beginning { id: row.id, number: row.number as u32, contact: row.contact_id, sticky: row.sticky })
}

/// A conversation's number, and whose it is.
///
/// # Errors
/// When the database fails.
pub async fn contact_of(
    db: &D1Database,
    company: CompanyId,
    id: ConversationId,
) -> StoreResult<Option<(u32, Contact)>> {
    #[derive(Deserialize)]
    struct Row {
        number: u32,
        id: ContactId,
        name: String,
        email: String,
    }
    let sql = "SELECT v.number, c.id, c.name, c.email FROM conversations v JOIN contacts c ON c.id = v.contact_id \
               WHERE v.company_id = ?1 AND v.id = ?2";
    let row: Option<Row> = db::first(db, sql, vec![company.into(), id.into()]).await?;
    Ok(row.map(|row| (row.number, Contact { id: row.id, name: row.name, email: row.email })))
}

/// How many conversations a contact has begun since an instant, counting up to and with one of them.
///
/// # Errors
/// When the database fails.
pub async fn begun_since(
    db: &D1Database,
    contact: ContactId,
    since: Instant,
    up_to: ConversationId,
) -> StoreResult<u32> {
    #[derive(Deserialize)]
    struct Row {
        begun: f64,
    }
    let sql = "SELECT COUNT(*) AS begun FROM conversations WHERE contact_id = ?1 AND created_at >= ?2 \
               AND number <= (SELECT number FROM conversations WHERE id = ?3)";
    let row: Option<Row> = db::first(db, sql, vec![contact.into(), since.into(), up_to.into()]).await?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    Ok(row.map_or(0, |row| row.begun as u32))
}

/// A conversation of somebody who lost its link.
pub struct OfContact {
    pub id: ConversationId,
    pub number: u32,
    pub begun_at: Instant,
    /// The contact's language.
    pub language: String,
}

/// The latest conversations of an address with a company, newest first; without those that were merged into others.
///
/// # Errors
/// When the database fails.
pub async fn of_contact(db: &D1Database, company: CompanyId, email: &str, limit: u32) -> StoreResult<Vec<OfContact>> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
        number: f64,
        created_at: f64,
        language: String,
    }
    let sql = "SELECT v.id, v.number, v.created_at, c.language FROM contacts c \
               JOIN conversations v ON v.contact_id = c.id AND v.rev > 0 AND v.view ->> '$.merged_into' IS NULL \
               WHERE c.company_id = ?1 AND c.email = ?2 ORDER BY v.created_at DESC, v.number DESC LIMIT ?3";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), email.into(), limit.into()]).await?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count from 1, and milliseconds below 2^53"
    )]
    let of_row = |row: Row| OfContact {
        id: row.id,
        number: row.number as u32,
        begun_at: Instant::from_millis(row.created_at as i64),
        language: row.language,
    };
    Ok(rows.into_iter().map(of_row).collect())
}

/// Copies a conversation's present into the index, unless the index is newer, and what was said since, with its facts. Answers what
/// conversations have to know of the company.
///
/// # Errors
/// When the database fails; the object tries again.
pub async fn report(
    db: &D1Database,
    company: CompanyId,
    view: &ConversationView,
    portion: &Portion,
    facts: &[Measured<'_>],
) -> StoreResult<Option<Known>> {
    let update = "UPDATE conversations SET rev = ?2, status = ?3, assignee_id = ?4, last_event_at = ?5, waiting_since = ?6, \
                  view = ?7, folder_id = ?8, team_id = ?9, priority = ?10, channel = ?11, searched = max(searched, ?12) \
                  WHERE id = ?1 AND rev < ?2";
    let participants = "INSERT OR IGNORE INTO participants (agent_id, conversation_id) SELECT value, ?1 FROM json_each(?2) \
         WHERE ?3 = (SELECT rev FROM conversations WHERE id = ?1)";
    let gone = "DELETE FROM participants WHERE conversation_id = ?1 AND agent_id NOT IN (SELECT value FROM json_each(?2)) \
                AND ?3 = (SELECT rev FROM conversations WHERE id = ?1)";
    let tags = "INSERT OR IGNORE INTO conversation_tags (tag_id, conversation_id) SELECT value, ?1 FROM json_each(?2) \
                WHERE ?3 = (SELECT rev FROM conversations WHERE id = ?1)";
    let untagged = "DELETE FROM conversation_tags WHERE conversation_id = ?1 AND tag_id NOT IN (SELECT value FROM json_each(?2)) \
                    AND ?3 = (SELECT rev FROM conversations WHERE id = ?1)";
    let tag_ids = serde_json::to_string(&view.tags.iter().map(|tag| tag.id).collect::<Vec<_>>())?;
    let ids: Vec<AgentId> = view.participants.iter().chain(&view.followers).map(|agent| agent.id).collect();
    let ids = serde_json::to_string(&ids)?;
    let rev = i64::try_from(view.rev).unwrap_or(i64::MAX);
    let mut statements = vec![statement(
        db,
        update,
        vec![
            view.id.into(),
            rev.into(),
            view.status.name().into(),
            view.assignee.as_ref().map(|agent| agent.id).into(),
            view.last_event_at.into(),
            view.waiting_since.into(),
            serde_json::to_string(view)?.into(),
            view.folder.as_ref().map(|folder| folder.id).into(),
            view.team.as_ref().or(view.business_unit.as_ref()).map(|team| team.id).into(),
            u32::from(view.priority.rank()).into(),
            view.channel.name().into(),
            i64::try_from(portion.up_to).unwrap_or(i64::MAX).into(),
        ],
    )?];
    statements.push(statement(db, participants, vec![view.id.into(), ids.clone().into(), rev.into()])?);
    statements.push(statement(db, gone, vec![view.id.into(), ids.into(), rev.into()])?);
    if !view.tags.is_empty() {
        statements.push(statement(db, tags, vec![view.id.into(), tag_ids.clone().into(), rev.into()])?);
    }
    statements.push(statement(db, untagged, vec![view.id.into(), tag_ids.into(), rev.into()])?);
    statements.extend(search::remember(db, company, view, portion)?);
    statements.extend(facts::remember(db, company, view.number, facts)?);
    if let Some(into) = &view.merged_into {
        // Its customer goes on there, and so do his orders.
        statements.push(orders::move_to(db, view.id, into.id)?);
    }
    statements.push(companies::known(db, company)?);
    let results = transaction(db, statements).await?;
    companies::read_known(results.last())
}

/// A part of a list, by key and not by offset, so that every part costs the same.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    viewer: &Viewer,
    filter: &Filter,
    after: Option<Position>,
    limit: u32,
) -> StoreResult<Page> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
        at: f64,
        priority: u8,
        view: String,
    }
    let (column, order, comparison) = match filter.sort {
        Sort::Recent | Sort::Priority => ("last_event_at", "DESC", "<"),
        Sort::Oldest => ("last_event_at", "ASC", ">"),
        Sort::Waiting => ("waiting_since", "ASC", ">"),
    };
    let by_priority = filter.sort == Sort::Priority;
    let first = if by_priority { "priority DESC, " } else { "" };
    let mut query = Query::new(viewer)?;
    query.filter(viewer, filter);
    if let Some(position) = after {
        let (at, id) = (query.bind(position.at), query.bind(position.id));
        query.conditions.push(match position.rank {
            Some(rank) => format!("(priority, {column}, id) {comparison} ({rank}, {at}, {id})"),
            None => format!("({column}, id) {comparison} ({at}, {id})"),
        });
    }
    let limit_at = query.bind(limit.saturating_add(1));
    let sql = format!(
        "SELECT id, {column} AS at, priority, view FROM conversations v WHERE {} \
         ORDER BY {first}{column} {order}, id {order} LIMIT {limit_at}",
        query.conditions.join(" AND ")
    );
    let rows: Vec<Row> = db::all(db, &sql, query.values).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
    let position = |row: &Row| Position {
        rank: by_priority.then_some(row.priority),
        at: Instant::from_millis(row.at as i64),
        id: row.id,
    };
    let next = (rows.len() > wanted).then(|| rows.get(wanted.saturating_sub(1))).flatten().map(position);
    let items = rows.into_iter().take(wanted).map(|row| row.view).collect();
    Ok(Page { items, next })
}

/// Whether a conversation is a company's.
///
/// # Errors
/// When the database fails.
pub async fn belongs(db: &D1Database, company: CompanyId, id: ConversationId) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Found {}
    let sql = "SELECT id FROM conversations WHERE company_id = ?1 AND id = ?2";
    Ok(db::first::<Found>(db, sql, vec![company.into(), id.into()]).await?.is_some())
}

/// Those of some conversations that the viewer may see, as the index has them.
///
/// # Errors
/// When the database fails.
pub async fn among<T: DeserializeOwned>(
    db: &D1Database,
    viewer: &Viewer,
    ids: &[ConversationId],
) -> StoreResult<Vec<T>> {
    #[derive(Deserialize)]
    struct Row {
        view: String,
    }
    let mut query = Query::new(viewer)?;
    let ids = query.bind(serde_json::to_string(ids)?);
    query.conditions.push(format!("v.id IN (SELECT value FROM json_each({ids}))"));
    let sql = format!("SELECT view FROM conversations v WHERE {}", query.conditions.join(" AND "));
    let rows: Vec<Row> = db::all(db, &sql, query.values).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(&row.view)?)).collect()
}

/// How many of some conversations the company has.
///
/// # Errors
/// When the database fails.
pub async fn existing(db: &D1Database, company: CompanyId, ids: &[ConversationId]) -> StoreResult<usize> {
    #[derive(Deserialize)]
    struct Row {
        existing: f64,
    }
    let sql = "SELECT COUNT(*) AS existing FROM conversations WHERE company_id = ?1 AND rev > 0 \
               AND id IN (SELECT value FROM json_each(?2))";
    let row: Option<Row> = db::first(db, sql, vec![company.into(), serde_json::to_string(ids)?.into()]).await?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    Ok(row.map_or(0, |row| row.existing as usize))
}

/// The conversations under way that are an agent's.
///
/// # Errors
/// When the database fails.
pub async fn held_by(
    db: &D1Database,
    company: CompanyId,
    agent: AgentId,
    limit: u32,
) -> StoreResult<Vec<ConversationId>> {
    #[derive(Deserialize)]
    struct Row {
        id: ConversationId,
    }
    let sql = "SELECT id FROM conversations WHERE company_id = ?1 AND assignee_id = ?2 AND status <> 'closed' \
               ORDER BY id LIMIT ?3";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into(), agent.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// A query over the conversations that somebody may see.
pub(super) struct Query {
    pub(super) conditions: Vec<String>,
    pub(super) values: Vec<Bound>,
    /// The relations by which he sees them, one of which has to hold; none for whoever sees all.
    pub(super) relations: Option<Vec<String>>,
}

impl Query {
    /// Over everything that a company has.
    pub(super) fn of_company(company: CompanyId) -> Self {
        let mut query = Self { conditions: vec!["v.rev > 0".to_owned()], values: Vec::new(), relations: None };
        let company = query.bind(company);
        query.conditions.push(format!("v.company_id = {company}"));
        query
    }

    /// The relations of [`crate::domain::conversation::state::Place`], as conditions.
    pub(super) fn new(viewer: &Viewer) -> StoreResult<Self> {
        let mut query = Self::of_company(viewer.company);
        if !viewer.sees.has(Scope::All) {
            let me = query.bind(viewer.agent);
            let mut relations = Vec::new();
            if viewer.sees.has(Scope::Own) {
                relations.push(format!("v.assignee_id = {me}"));
            }
            if viewer.sees.has(Scope::Participating) {
                relations.push(format!("v.id IN (SELECT conversation_id FROM participants p WHERE p.agent_id = {me})"));
            }
            if viewer.sees.has(Scope::Unassigned) {
                relations.push("v.assignee_id IS NULL".to_owned());
            }
            if viewer.sees.has(Scope::Folder) && !viewer.folders.is_empty() {
                let folders = query.bind(serde_json::to_string(&viewer.folders)?);
                relations.push(format!("v.folder_id IN (SELECT value FROM json_each({folders}))"));
            }
            if viewer.sees.has(Scope::Team) && !viewer.teams.is_empty() {
                let teams = query.bind(serde_json::to_string(&viewer.teams)?);
                relations.push(format!("v.team_id IN (SELECT value FROM json_each({teams}))"));
            }
            let related = if relations.is_empty() { "0".to_owned() } else { relations.join(" OR ") };
            query.conditions.push(format!("({related})"));
            query.relations = Some(relations);
        }
        Ok(query)
    }

    /// The numbers of the conversations, as a query of one relation after the other, so that each goes by its own index;
    /// none for whoever sees all. There are five at most, as many as D1 puts together.
    pub(super) fn numbers(&self) -> Option<String> {
        let [exists, at_company, ..] = self.conditions.as_slice() else { return None };
        let by = |relation: &String| {
            // What is looked up by id is not also looked for in the whole company.
            let plus = if relation.starts_with("v.id") { "+" } else { "" };
            format!("SELECT v.number FROM conversations v WHERE {exists} AND {plus}{at_company} AND {relation}")
        };
        let relations = self.relations.as_ref()?;
        if relations.is_empty() {
            return Some("SELECT 0 AS number WHERE false".to_owned());
        }
        Some(relations.iter().map(by).collect::<Vec<_>>().join(" UNION ALL "))
    }

    pub(super) fn filter(&mut self, viewer: &Viewer, filter: &Filter) {
        if !filter.statuses.is_empty() {
            let places: Vec<String> = filter.statuses.iter().map(|status| self.bind(status.name())).collect();
            self.conditions.push(format!("v.status IN ({})", places.join(", ")));
        }
        match filter.assignee {
            Assignee::Anybody => {}
            Assignee::Nobody => self.conditions.push("v.assignee_id IS NULL".to_owned()),
            Assignee::Agent(agent) => {
                let agent = self.bind(agent);
                self.conditions.push(format!("v.assignee_id = {agent}"));
            }
        }
        if let Some(contact) = filter.contact {
            let contact = self.bind(contact);
            self.conditions.push(format!("v.contact_id = {contact}"));
        }
        if let Some(folder) = filter.folder {
            let folder = self.bind(folder);
            self.conditions.push(format!("v.folder_id = {folder}"));
        }
        if let Some(team) = filter.team {
            let team = self.bind(team);
            self.conditions.push(format!("v.team_id = {team}"));
        }
        for tag in &filter.tags {
            let tag = self.bind(*tag);
            self.conditions
                .push(format!("v.id IN (SELECT conversation_id FROM conversation_tags WHERE tag_id = {tag})"));
        }
        if !filter.priorities.is_empty() {
            let ranks: Vec<String> = filter.priorities.iter().map(|priority| priority.rank().to_string()).collect();
            self.conditions.push(format!("v.priority IN ({})", ranks.join(", ")));
        }
        if !filter.channels.is_empty() {
            let names: Vec<String> = filter.channels.iter().map(|channel| self.bind(channel.name())).collect();
            self.conditions.push(format!("v.channel IN ({})", names.join(", ")));
        }
        if let Some(terms) = &filter.terms {
            let mut meant = vec!["0".to_owned()];
            if let Some(number) = terms.number {
                let number = self.bind(number);
                meant.push(format!("v.number = {number}"));
            }
            if let Some(matching) = &terms.matching {
                let numbers = search::numbers(viewer.company, self, matching);
                meant.push(format!("v.number IN ({numbers})"));
            }
            self.conditions.push(format!("({})", meant.join(" OR ")));
        }
        if filter.sort == Sort::Waiting {
            self.conditions.push("v.waiting_since IS NOT NULL".to_owned());
        }
    }

    /// Takes a value along, and answers the place where it stands.
    pub(super) fn bind(&mut self, value: impl Into<Bound>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }
}
