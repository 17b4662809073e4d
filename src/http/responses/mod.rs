//! Automated responses: written, shared, found (specification C12).
//!
//! One of its writer's own is his alone. A team's is for its members, and for whoever manages every team. The company's is
//! for everybody. How far a capability of templates reaches is how far one shares: whoever has it for his teams only
//! writes, changes and deletes what is his own or a team's of his.

pub mod counting;
pub mod rendering;

use super::body::{Json, Nothing, OptionalJson, Query, present};
use super::cursor;
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::conversation::placeholder;
use crate::domain::conversation::view::{AgentName, TeamName};
use crate::domain::id::{ClientId, ResponseId, TeamId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::permission::{Capability, Scope, permit_company, scope_of};
use crate::domain::people::settings;
use crate::domain::time::Instant;
use crate::platform::random;
use crate::store::audit::Deed;
use crate::store::db::StoreError;
use crate::store::responses::{self, Position, Reader, Sharing, Stored, Text};
use crate::store::{db, teams};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Longest shortcut, in characters.
const SHORTCUT_CHARACTERS: usize = 40;
/// Most words of one search.
const SEARCHED_WORDS: usize = 10;

/// An automated response.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ResponseBody {
    id: ResponseId,
    name: String,
    /// What is typed after the slash; may be empty.
    shortcut: String,
    /// With its placeholders as they are written.
    body: String,
    scope: Sharing,
    /// Of a team's: which.
    team: Option<TeamName>,
    /// None: any.
    language: Option<String>,
    /// Who wrote it.
    owner: AgentName,
    /// Messages and comments that were sent with it.
    uses: u32,
    last_used_at: Option<Instant>,
    created_at: Instant,
    updated_at: Instant,
    /// Whether the caller may change it as it is shared now.
    may_edit: bool,
    /// Whether the caller may delete it.
    may_delete: bool,
}

/// A part of the automated responses, by name.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Responses {
    items: Vec<ResponseBody>,
    next: Option<String>,
}

/// Which responses to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ResponsesQuery {
    /// Words that are all in the name, the shortcut or the body.
    #[serde(default)]
    q: String,
    scope: Option<Sharing>,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// A response to be written.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResponse {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    /// Letters, digits, `-`, `_` and `.`; what is typed after the slash.
    #[serde(default)]
    shortcut: String,
    /// At most 20,000 characters; `{{contact.first_name|there}}` and the like are filled in when it is used.
    body: String,
    /// The writer's own when left out.
    #[serde(default)]
    scope: Sharing,
    /// Of a team's: which.
    team_id: Option<TeamId>,
    /// As `en` or `pt-BR`; any when left out.
    language: Option<String>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseChange {
    name: Option<String>,
    shortcut: Option<String>,
    body: Option<String>,
    scope: Option<Sharing>,
    team_id: Option<TeamId>,
    /// Null: any.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
}

impl Thing for Stored {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = ResponseId::parse(id) else { return Ok(None) };
        Ok(responses::find(&at.db, &reader(at), id).await?)
    }
}

/// The automated responses that are the caller's to use.
#[utoipa::path(get, path = "/api/companies/{company}/responses", tag = "responses",
    params(("company" = String, Path), ResponsesQuery), responses((status = 200, body = Responses)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<ResponsesQuery>) -> Answer<axum::Json<Responses>> {
    at.require_unconfined()?;
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let after = query.cursor.as_deref().map(cursor::read).transpose()?;
    let words: Vec<String> =
        query.q.to_lowercase().split_whitespace().take(SEARCHED_WORDS).map(ToOwned::to_owned).collect();
    permit_company(&at.member, Capability::TemplateUse)?;
    let one_more = limit.saturating_add(1);
    let mut found = responses::list(&at.db, &reader(&at), &words, query.scope, after.as_ref(), one_more).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| more).map(|last| Position { name: last.text.name.clone(), id: last.id });
    let next = last.as_ref().map(cursor::write).transpose()?;
    let items = found.into_iter().map(|response| ResponseBody::new(&at, response)).collect();
    Ok(axum::Json(Responses { items, next }))
}

/// One automated response.
#[utoipa::path(get, path = "/api/companies/{company}/responses/{id}", tag = "responses",
    params(("company" = String, Path), ("id" = ResponseId, Path)), responses((status = 200, body = ResponseBody)))]
#[worker::send]
pub async fn show(AtThing { at, thing: response }: AtThing<Stored>) -> Answer<axum::Json<ResponseBody>> {
    permit_company(&at.member, Capability::TemplateUse)?;
    Ok(axum::Json(ResponseBody::new(&at, response)))
}

/// Writes an automated response, for oneself, for a team or for everybody.
#[utoipa::path(post, path = "/api/companies/{company}/responses", tag = "responses",
    params(("company" = String, Path)), request_body = NewResponse,
    responses((status = 201, body = ResponseBody), (status = 409, description = "`shortcut_taken`"),
        (status = 422, description = "`unknown_placeholder`, `unknown_team`, …")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewResponse>) -> Answer {
    at.require_unconfined()?;
    let text = Text {
        scope: body.scope,
        team: body.team_id,
        name: body.name.clone(),
        shortcut: body.shortcut.clone(),
        language: body.language.clone(),
        body: body.body.clone(),
    };
    let text = checked(&at, text).await?;
    require(&at, Capability::TemplateCreate, text.scope)?;
    require_own_team(&at, text.team)?;
    let route = format!("responses of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<ResponseId>(&at.db).await? {
        return created(&at, first).await;
    }
    let id = ResponseId::new(random::id(at.here.now));
    let mut statements = vec![responses::insert(&at.db, at.company.id, id, at.member.id, &text, at.here.now)?];
    if text.scope != Sharing::Private {
        statements.push(at.audit(&deed("response.created", id, &text, json!({ "scope": text.scope })))?);
    }
    let first = repeatable.settle(&at.db, &id, statements, at.here.now, shortcut_taken).await?;
    created(&at, first.unwrap_or(id)).await
}

/// Changes an automated response, or whose it is.
#[utoipa::path(patch, path = "/api/companies/{company}/responses/{id}", tag = "responses",
    params(("company" = String, Path), ("id" = ResponseId, Path)), request_body = ResponseChange,
    responses((status = 200, body = ResponseBody), (status = 409, description = "`shortcut_taken`"),
        (status = 422, description = "`unknown_placeholder`, `unknown_team`, …")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: before }: AtThing<Stored>,
    Json(change): Json<ResponseChange>,
) -> Answer<axum::Json<ResponseBody>> {
    let was = before.text.clone();
    let scope = change.scope.unwrap_or(was.scope);
    let text = Text {
        scope,
        team: change.team_id.or(was.team.filter(|_| scope == Sharing::Team)),
        name: change.name.unwrap_or(was.name),
        shortcut: change.shortcut.unwrap_or(was.shortcut),
        language: change.language.unwrap_or(was.language),
        body: change.body.unwrap_or(was.body),
    };
    let text = checked(&at, text).await?;
    require(&at, Capability::TemplateEdit, before.text.scope)?;
    let moved = (text.scope, text.team) != (before.text.scope, before.text.team);
    if moved {
        // For those who get it, it is a new one.
        require(&at, Capability::TemplateCreate, text.scope)?;
        require_own_team(&at, text.team)?;
        require_writer(&at, &before, text.scope)?;
    }
    let mut statements = vec![responses::update(&at.db, before.id, &text, at.here.now)?];
    if text.scope != Sharing::Private || before.text.scope != Sharing::Private {
        let detail = json!({ "from": before.text.name, "to": text.name, "scope": text.scope });
        statements.push(at.audit(&deed("response.updated", before.id, &text, detail))?);
    }
    db::transaction(&at.db, statements).await.map_err(shortcut_taken)?;
    // As it is stored: the team's name with it.
    let after = responses::find(&at.db, &reader(&at), before.id).await?.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(ResponseBody::new(&at, after)))
}

/// Deletes an automated response; what was sent with it stays as it was sent.
#[utoipa::path(delete, path = "/api/companies/{company}/responses/{id}", tag = "responses",
    params(("company" = String, Path), ("id" = ResponseId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove(AtThing { at, thing: response }: AtThing<Stored>, _: OptionalJson<Nothing>) -> Answer {
    require(&at, Capability::TemplateDelete, response.text.scope)?;
    let mut statements = vec![responses::delete(&at.db, response.id)?];
    if response.text.scope != Sharing::Private {
        let detail = json!({ "uses": response.uses });
        statements.push(at.audit(&deed("response.deleted", response.id, &response.text, detail))?);
    }
    db::transaction(&at.db, statements).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whose responses the caller sees.
pub fn reader(at: &AtCompany) -> Reader<'_> {
    let every_team = manages_every_team(at);
    Reader { company: at.company.id, agent: at.member.id, teams: &at.member.teams, every_team }
}

fn manages_every_team(at: &AtCompany) -> bool {
    scope_of(&at.member, Capability::TeamManage).has(Scope::All)
}

/// Whether the caller may do this to a response that he sees and that is shared so.
fn require(at: &AtCompany, capability: Capability, scope: Sharing) -> Answer<()> {
    permit_company(&at.member, capability)?;
    let reaches = scope != Sharing::Company || scope_of(&at.member, capability).has(Scope::All);
    if reaches { Ok(()) } else { Err(Problem::forbidden(capability)) }
}

/// One shares with a team that one belongs to, or manages.
fn require_own_team(at: &AtCompany, team: Option<TeamId>) -> Answer<()> {
    let own = team.is_none_or(|team| at.member.teams.contains(&team)) || manages_every_team(at);
    if own { Ok(()) } else { Err(Problem::forbidden(Capability::TeamManage)) }
}

/// What others use becomes private again by its writer only: otherwise it would be lost to him who made it so.
fn require_writer(at: &AtCompany, response: &Stored, scope: Sharing) -> Answer<()> {
    if scope == Sharing::Private && response.owner != at.member.id {
        let detail = "Only its writer can make it private. Delete it, or write one of your own.";
        return Err(Problem::conflict("not_the_writer", detail));
    }
    Ok(())
}

async fn checked(at: &AtCompany, text: Text) -> Answer<Text> {
    let mut form = Form::default();
    let name = form.line("name", &text.name);
    let shortcut = form.take(check_shortcut(&text.shortcut));
    let body = form.take(input::message("body", &text.body).and_then(check_placeholders));
    let language = text.language.map(|language| form.take(settings::check_language("language", &language)));
    match (text.scope, text.team) {
        (Sharing::Team, None) => form.fault(FieldError::new("team_id", "required", "Say which team's it is.")),
        (Sharing::Team, Some(team)) if teams::reference(&at.db, at.company.id, team).await?.is_none() => {
            form.fault(FieldError::new("team_id", "unknown_team", "There is no such team."));
        }
        (Sharing::Private | Sharing::Company, Some(_)) => {
            form.fault(FieldError::new("team_id", "not_expected", "Only a team's response has a team."));
        }
        _ => {}
    }
    form.finish()?;
    Ok(Text { scope: text.scope, team: text.team, name, shortcut, language, body })
}

fn check_shortcut(shortcut: &str) -> Result<String, FieldError> {
    let shortcut = shortcut.trim().to_lowercase();
    let detail = match shortcut.chars().count() {
        0..=SHORTCUT_CHARACTERS => "Letters, digits, hyphens, underscores and dots only, please.".to_owned(),
        _ => format!("At most {SHORTCUT_CHARACTERS} characters, please."),
    };
    let short = shortcut.chars().count() <= SHORTCUT_CHARACTERS;
    let typed = shortcut.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if short && typed { Ok(shortcut) } else { Err(FieldError::new("shortcut", "shortcut", detail)) }
}

fn check_placeholders(body: String) -> Result<String, FieldError> {
    let unknown = placeholder::unknown(&body);
    let Some(first) = unknown.first() else { return Ok(body) };
    let known = placeholder::NAMES.join(", ");
    let detail = format!("There is no placeholder {{{{{first}}}}}. There are: {known}.");
    Err(FieldError::new("body", "unknown_placeholder", detail))
}

fn shortcut_taken(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(_) => Problem::conflict("shortcut_taken", "Another response there has this shortcut."),
        other => other.into(),
    }
}

async fn created(at: &AtCompany, id: ResponseId) -> Answer {
    let response = responses::find(&at.db, &reader(at), id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, axum::Json(ResponseBody::new(at, response))).into_response())
}

fn deed(action: &'static str, id: ResponseId, text: &Text, detail: serde_json::Value) -> Deed {
    Deed { action, target_kind: "response", target_id: id.to_string(), target_name: text.name.clone(), detail }
}

impl ResponseBody {
    fn new(at: &AtCompany, response: Stored) -> Self {
        let Stored { text, .. } = response;
        let team = text.team.zip(response.team_name).filter(|_| text.scope == Sharing::Team);
        Self {
            id: response.id,
            may_edit: require(at, Capability::TemplateEdit, text.scope).is_ok(),
            may_delete: require(at, Capability::TemplateDelete, text.scope).is_ok(),
            name: text.name,
            shortcut: text.shortcut,
            body: text.body,
            scope: text.scope,
            team: team.map(|(id, name)| TeamName { id, name }),
            language: text.language,
            owner: AgentName { id: response.owner, name: response.owner_name },
            uses: response.uses,
            last_used_at: response.last_used_at,
            created_at: response.created_at,
            updated_at: response.updated_at,
        }
    }
}
