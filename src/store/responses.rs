//! Automated responses (specification C12): texts to answer with, and how often each was.

use super::db::{self, StoreResult, statement};
use crate::domain::id::{AgentId, ClientId, CompanyId, ResponseId, TeamId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// Whose a response is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Its writer's.
    #[default]
    Private,
    /// A team's.
    Team,
    /// Everybody's who answers.
    Company,
}

impl Sharing {
    const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Team => "team",
            Self::Company => "company",
        }
    }
}

/// What of a response its writers decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub scope: Sharing,
    /// Of a team's.
    pub team: Option<TeamId>,
    pub name: String,
    /// What is typed after the slash; may be empty.
    pub shortcut: String,
    /// None: any.
    pub language: Option<String>,
    pub body: String,
}

/// An automated response.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: ResponseId,
    pub owner: AgentId,
    pub owner_name: String,
    pub team_name: Option<String>,
    pub text: Text,
    pub uses: u32,
    pub last_used_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Whose responses are looked for: besides the company's, those of this agent and of these teams.
pub struct Reader<'a> {
    pub company: CompanyId,
    pub agent: AgentId,
    pub teams: &'a [TeamId],
    /// Whether he sees every team's.
    pub every_team: bool,
}

/// Where a part of the list ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub name: String,
    pub id: ResponseId,
}

#[derive(Deserialize)]
struct Row {
    id: ResponseId,
    owner_id: AgentId,
    owner_name: String,
    scope: Sharing,
    team_id: Option<TeamId>,
    team_name: Option<String>,
    name: String,
    shortcut: String,
    language: Option<String>,
    body: String,
    uses: u32,
    last_used_at: Option<f64>,
    created_at: f64,
    updated_at: f64,
}

/// A team's response whose team is gone is its writer's own.
const SCOPE: &str = "CASE WHEN r.scope = 'team' AND r.team_id IS NULL THEN 'private' ELSE r.scope END";

fn select() -> String {
    format!(
        "SELECT r.id, r.owner_id, o.display_name AS owner_name, {SCOPE} AS scope, r.team_id, t.name AS team_name, \
           r.name, r.shortcut, r.language, r.body, r.uses, r.last_used_at, r.created_at, r.updated_at \
         FROM responses r JOIN memberships o ON o.id = r.owner_id LEFT JOIN teams t ON t.id = r.team_id \
         WHERE r.company_id = ?1 AND CASE {SCOPE} WHEN 'company' THEN 1 WHEN 'private' THEN r.owner_id = ?2 \
           ELSE ?4 OR r.team_id IN (SELECT value FROM json_each(?3)) END"
    )
}

impl Reader<'_> {
    fn values(&self) -> StoreResult<Vec<db::Bound>> {
        let teams = serde_json::to_string(self.teams)?;
        Ok(vec![self.company.into(), self.agent.into(), teams.into(), self.every_team.into()])
    }
}

/// One response, if it is for this reader.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, reader: &Reader<'_>, id: ResponseId) -> StoreResult<Option<Stored>> {
    let mut values = reader.values()?;
    values.push(id.into());
    let row: Option<Row> = db::first(db, &format!("{} AND r.id = ?5", select()), values).await?;
    Ok(row.map(Row::read))
}

/// A part of what is for this reader, by name: what has all of these words in it, of this scope, after this one.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    reader: &Reader<'_>,
    words: &[String],
    scope: Option<Sharing>,
    after: Option<&Position>,
    limit: u32,
) -> StoreResult<Vec<Stored>> {
    let sql = format!(
        "{} AND NOT EXISTS (SELECT 1 FROM json_each(?5) WHERE instr(r.haystack, value) = 0) \
           AND (?6 IS NULL OR {SCOPE} = ?6) AND (?7 IS NULL OR (r.name, r.id) > (?7, ?8)) \
         ORDER BY r.name, r.id LIMIT ?9",
        select()
    );
    let mut values = reader.values()?;
    values.push(serde_json::to_string(words)?.into());
    values.push(scope.map(Sharing::name).into());
    values.push(after.map(|position| &position.name).into());
    values.push(after.map(|position| position.id).into());
    values.push(limit.into());
    let rows: Vec<Row> = db::all(db, &sql, values).await?;
    Ok(rows.into_iter().map(Row::read).collect())
}

/// Creates a response.
///
/// # Errors
/// When the statement cannot be made; run, a taken shortcut is a conflict.
pub fn insert(
    db: &D1Database,
    company: CompanyId,
    id: ResponseId,
    owner: AgentId,
    text: &Text,
    now: Instant,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO responses (id, company_id, owner_id, created_at, updated_at, scope, team_id, name, shortcut, \
                 language, body, haystack) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let mut values = vec![id.into(), company.into(), owner.into(), now.into()];
    values.extend(columns(text));
    statement(db, sql, values)
}

/// Changes a response.
///
/// # Errors
/// When the statement cannot be made; run, a taken shortcut is a conflict.
pub fn update(db: &D1Database, id: ResponseId, text: &Text, now: Instant) -> StoreResult<D1PreparedStatement> {
    let sql = "UPDATE responses SET updated_at = ?2, scope = ?3, team_id = ?4, name = ?5, shortcut = ?6, language = ?7, \
                 body = ?8, haystack = ?9 WHERE id = ?1";
    let mut values = vec![id.into(), now.into()];
    values.extend(columns(text));
    statement(db, sql, values)
}

/// Deletes a response, and what was counted of it.
///
/// # Errors
/// When the statement cannot be made.
pub fn delete(db: &D1Database, id: ResponseId) -> StoreResult<D1PreparedStatement> {
    statement(db, "DELETE FROM responses WHERE id = ?1", vec![id.into()])
}

/// Counts that a message was sent with these responses, each once however often the message is sent again. What is not
/// for the sender, or is gone, counts nothing.
///
/// # Errors
/// When a statement cannot be made.
pub fn count_uses(
    db: &D1Database,
    reader: &Reader<'_>,
    message: ClientId,
    responses: &[ResponseId],
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let uncounted = format!(
        "id IN (SELECT id FROM ({})) AND id IN (SELECT value FROM json_each(?5)) AND NOT EXISTS (SELECT 1 \
         FROM response_uses u WHERE u.response_id = responses.id AND u.agent_id = ?2 AND u.client_id = ?6)",
        select()
    );
    let values = || -> StoreResult<Vec<db::Bound>> {
        let mut values = reader.values()?;
        values.extend([serde_json::to_string(responses)?.into(), message.into(), now.into()]);
        Ok(values)
    };
    let count = format!("UPDATE responses SET uses = uses + 1, last_used_at = ?7 WHERE {uncounted}");
    let keep = format!(
        "INSERT INTO response_uses (response_id, agent_id, client_id, at) SELECT id, ?2, ?6, ?7 FROM responses WHERE {uncounted}"
    );
    Ok(vec![statement(db, &count, values()?)?, statement(db, &keep, values()?)?])
}

fn columns(text: &Text) -> Vec<db::Bound> {
    let haystack = format!("{}\n{}\n{}", text.name, text.shortcut, text.body).to_lowercase();
    vec![
        text.scope.name().into(),
        text.team.into(),
        (&text.name).into(),
        (&text.shortcut).into(),
        text.language.as_ref().into(),
        (&text.body).into(),
        haystack.into(),
    ]
}

impl Row {
    fn read(self) -> Stored {
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
        let instant = |at: f64| Instant::from_millis(at as i64);
        Stored {
            id: self.id,
            owner: self.owner_id,
            owner_name: self.owner_name,
            team_name: self.team_name,
            text: Text {
                scope: self.scope,
                team: self.team_id,
                name: self.name,
                shortcut: self.shortcut,
                language: self.language,
                body: self.body,
            },
            uses: self.uses,
            last_used_at: self.last_used_at.map(instant),
            created_at: instant(self.created_at),
            updated_at: instant(self.updated_at),
        }
    }
}
