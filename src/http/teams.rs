//! Agent groups and business units (specification D5–D10): two kinds of the same thing.

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::roles::name_taken;
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::conversation::event::TeamKind;
use crate::domain::id::{AgentId, ClientId, TeamId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::permission::{Capability, Scope, permit_company, scope_of};
use crate::effects::revocation;
use crate::platform::random;
use crate::store::audit::Deed;
use crate::store::teams::Team;
use crate::store::{agents, db, teams};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Places in the order of business units.
const PRIORITIES: std::ops::RangeInclusive<u32> = 0..=1_000;

/// The groups, or the business units, of a company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Teams {
    items: Vec<Team>,
    next: Option<String>,
}

/// A group or a business unit to be made.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    /// Who belongs to it.
    #[serde(default)]
    agents: Vec<AgentId>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChange {
    name: Option<String>,
    agents: Option<Vec<AgentId>>,
    /// Of business units, from 0 to 1000: those of the lowest number are asked first for new conversations.
    priority: Option<u32>,
}

/// An agent group.
pub struct Group(Team);

/// A business unit.
pub struct Unit(Team);

impl Thing for Group {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        Ok(find(at, id, TeamKind::Group).await?.map(Self))
    }
}

impl Thing for Unit {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        Ok(find(at, id, TeamKind::BusinessUnit).await?.map(Self))
    }
}

/// The agent groups of a company.
#[utoipa::path(get, path = "/api/companies/{company}/teams", tag = "people", params(("company" = String, Path)),
    responses((status = 200, body = Teams)))]
#[worker::send]
pub async fn groups(at: AtCompany) -> Answer<axum::Json<Teams>> {
    list(&at, TeamKind::Group).await
}

/// Makes an agent group.
#[utoipa::path(post, path = "/api/companies/{company}/teams", tag = "people", params(("company" = String, Path)),
    request_body = NewTeam, responses((status = 201, body = Team), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn create_group(at: AtCompany, Json(body): Json<NewTeam>) -> Answer {
    create(&at, TeamKind::Group, body).await
}

/// Changes an agent group.
#[utoipa::path(patch, path = "/api/companies/{company}/teams/{id}", tag = "people",
    params(("company" = String, Path), ("id" = TeamId, Path)), request_body = TeamChange,
    responses((status = 200, body = Team), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn update_group(
    AtThing { at, thing: Group(team) }: AtThing<Group>,
    Json(body): Json<TeamChange>,
) -> Answer<axum::Json<Team>> {
    update(&at, team, body).await
}

/// Deletes an agent group; conversations that were given to it stay where they are.
#[utoipa::path(delete, path = "/api/companies/{company}/teams/{id}", tag = "people",
    params(("company" = String, Path), ("id" = TeamId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove_group(AtThing { at, thing: Group(team) }: AtThing<Group>, _: OptionalJson<Nothing>) -> Answer {
    remove(&at, &team).await
}

/// The business units of a company.
#[utoipa::path(get, path = "/api/companies/{company}/business-units", tag = "people",
    params(("company" = String, Path)), responses((status = 200, body = Teams)))]
#[worker::send]
pub async fn units(at: AtCompany) -> Answer<axum::Json<Teams>> {
    list(&at, TeamKind::BusinessUnit).await
}

/// Makes a business unit.
#[utoipa::path(post, path = "/api/companies/{company}/business-units", tag = "people",
    params(("company" = String, Path)), request_body = NewTeam,
    responses((status = 201, body = Team), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn create_unit(at: AtCompany, Json(body): Json<NewTeam>) -> Answer {
    create(&at, TeamKind::BusinessUnit, body).await
}

/// Changes a business unit.
#[utoipa::path(patch, path = "/api/companies/{company}/business-units/{id}", tag = "people",
    params(("company" = String, Path), ("id" = TeamId, Path)), request_body = TeamChange,
    responses((status = 200, body = Team), (status = 409, description = "`name_taken`, `only_business_unit`")))]
#[worker::send]
pub async fn update_unit(
    AtThing { at, thing: Unit(team) }: AtThing<Unit>,
    Json(body): Json<TeamChange>,
) -> Answer<axum::Json<Team>> {
    update(&at, team, body).await
}

/// Deletes a business unit, unless somebody belongs to no other.
#[utoipa::path(delete, path = "/api/companies/{company}/business-units/{id}", tag = "people",
    params(("company" = String, Path), ("id" = TeamId, Path)),
    responses((status = 204), (status = 409, description = "`only_business_unit`")))]
#[worker::send]
pub async fn remove_unit(AtThing { at, thing: Unit(team) }: AtThing<Unit>, _: OptionalJson<Nothing>) -> Answer {
    remove(&at, &team).await
}

async fn find(at: &AtCompany, id: &str, kind: TeamKind) -> Answer<Option<Team>> {
    let Some(id) = TeamId::parse(id) else { return Ok(None) };
    Ok(teams::find(&at.db, at.company.id, id).await?.filter(|team| team.kind == Some(kind)))
}

async fn list(at: &AtCompany, kind: TeamKind) -> Answer<axum::Json<Teams>> {
    at.require_unconfined()?;
    Ok(axum::Json(Teams { items: teams::list(&at.db, at.company.id, kind).await?, next: None }))
}

async fn create(at: &AtCompany, kind: TeamKind, mut body: NewTeam) -> Answer {
    body.agents.sort_unstable();
    body.agents.dedup();
    let mut form = Form::default();
    let name = form.line("name", &body.name);
    check_agents(at, &mut form, &body.agents).await?;
    form.finish()?;
    require_everywhere(at)?;
    let route = format!("teams of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<TeamId>(&at.db).await? {
        return made(at, first).await;
    }
    let id = TeamId::new(random::id(at.here.now));
    let mut statements = vec![teams::insert(&at.db, at.company.id, id, kind, &name, at.here.now)?];
    statements.extend(teams::set_agents(&at.db, at.company.id, id, &body.agents)?);
    statements.push(at.audit(&deed("team.created", id, &name, json!({ "kind": kind, "agents": body.agents })))?);
    if let Some(first) = repeatable.settle(&at.db, &id, statements, at.here.now, name_taken).await? {
        return made(at, first).await;
    }
    revocation::rights_changed(&at.here.env, at.company.id, &body.agents).await;
    made(at, id).await
}

async fn made(at: &AtCompany, id: TeamId) -> Answer {
    let team = teams::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, axum::Json(team)).into_response())
}

async fn update(at: &AtCompany, team: Team, mut body: TeamChange) -> Answer<axum::Json<Team>> {
    if let Some(agents) = &mut body.agents {
        agents.sort_unstable();
        agents.dedup();
    }
    let mut form = Form::default();
    let name = body.name.as_ref().map(|name| form.line("name", name));
    if let Some(agents) = &body.agents {
        check_agents(at, &mut form, agents).await?;
    }
    if let Some(priority) = body.priority {
        check_priority(&mut form, &team, priority);
    }
    form.finish()?;
    require_team(at, &team)?;
    if body.priority.is_some() {
        require_everywhere(at)?;
    }
    let had: Vec<AgentId> = team.agents.iter().map(|agent| agent.id).collect();
    require_own_people(at, &had, body.agents.as_deref().unwrap_or(&had)).await?;
    let leaves = |agents: &Vec<AgentId>| had.iter().any(|agent| !agents.contains(agent));
    let mut statements = Vec::new();
    if let Some(name) = &name {
        statements.push(teams::rename(&at.db, team.id, name)?);
    }
    if let Some(agents) = &body.agents {
        statements.extend(teams::set_agents(&at.db, at.company.id, team.id, agents)?);
        if team.kind == Some(TeamKind::BusinessUnit) && leaves(agents) {
            statements.push(teams::require_units(&at.db, at.company.id)?);
        }
    }
    if let Some(priority) = body.priority {
        statements.push(teams::set_priority(&at.db, team.id, priority)?);
    }
    let name = name.unwrap_or_else(|| team.name.clone());
    let detail = json!({
        "from": { "name": team.name, "agents": had, "priority": team.priority },
        "to": { "name": name, "agents": body.agents, "priority": body.priority },
    });
    statements.push(at.audit(&deed("team.updated", team.id, &name, detail))?);
    db::transaction(&at.db, statements).await.map_err(in_words)?;
    let now: Vec<AgentId> = body.agents.unwrap_or_else(|| had.clone());
    let moved: Vec<AgentId> =
        had.iter().filter(|id| !now.contains(id)).chain(now.iter().filter(|id| !had.contains(id))).copied().collect();
    revocation::rights_changed(&at.here.env, at.company.id, &moved).await;
    let team = teams::find(&at.db, at.company.id, team.id).await?.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(team))
}

async fn remove(at: &AtCompany, team: &Team) -> Answer {
    require_team(at, team)?;
    let mut statements = teams::delete(&at.db, team.id)?;
    if team.kind == Some(TeamKind::BusinessUnit) {
        statements.push(teams::require_units(&at.db, at.company.id)?);
    }
    statements.push(at.audit(&deed("team.deleted", team.id, &team.name, json!({ "kind": team.kind })))?);
    db::transaction(&at.db, statements).await.map_err(in_words)?;
    let members: Vec<AgentId> = team.agents.iter().map(|agent| agent.id).collect();
    revocation::rights_changed(&at.here.env, at.company.id, &members).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whoever manages his own teams only makes no others.
fn require_everywhere(at: &AtCompany) -> Answer<()> {
    permit_company(&at.member, Capability::TeamManage)?;
    let everywhere = scope_of(&at.member, Capability::TeamManage).has(Scope::All);
    if everywhere { Ok(()) } else { Err(Problem::forbidden(Capability::TeamManage)) }
}

fn require_team(at: &AtCompany, team: &Team) -> Answer<()> {
    permit_company(&at.member, Capability::TeamManage)?;
    let own = at.member.teams.contains(&team.id);
    if own || scope_of(&at.member, Capability::TeamManage).has(Scope::All) {
        Ok(())
    } else {
        Err(Problem::forbidden(Capability::TeamManage))
    }
}

/// Whoever manages his own teams only lets nobody in who is in none of them.
async fn require_own_people(at: &AtCompany, had: &[AgentId], wanted: &[AgentId]) -> Answer<()> {
    if scope_of(&at.member, Capability::TeamManage).has(Scope::All) {
        return Ok(());
    }
    let people = agents::list(&at.db, at.company.id).await?;
    let his = |id: &AgentId| {
        let shares =
            |record: &agents::AgentRecord| record.member.teams.iter().any(|team| at.member.teams.contains(team));
        people.iter().any(|record| record.member.id == *id && shares(record))
    };
    let added = wanted.iter().filter(|id| !had.contains(id));
    if added.into_iter().all(his) { Ok(()) } else { Err(Problem::forbidden(Capability::TeamManage)) }
}

async fn check_agents(at: &AtCompany, form: &mut Form, ids: &[AgentId]) -> Answer<()> {
    let known = agents::list(&at.db, at.company.id).await?;
    for (place, id) in ids.iter().enumerate() {
        if !known.iter().any(|record| record.member.id == *id) {
            form.fault(FieldError::new(format!("agents[{place}]"), "unknown_agent", "There is nobody of this id."));
        }
    }
    Ok(())
}

fn check_priority(form: &mut Form, team: &Team, priority: u32) {
    if team.kind == Some(TeamKind::Group) {
        form.fault(FieldError::new("priority", "not_expected", "Only business units have an order."));
    } else if !PRIORITIES.contains(&priority) {
        form.fault(FieldError::new("priority", "out_of_range", "Between 0 and 1000, please."));
    }
}

fn in_words(error: db::StoreError) -> Problem {
    match error {
        db::StoreError::Guarded(_) => {
            let detail = "Somebody would belong to no business unit. Add him to another one first.";
            Problem::conflict("only_business_unit", detail)
        }
        other => name_taken(other),
    }
}

fn deed(action: &'static str, id: TeamId, name: &str, detail: serde_json::Value) -> Deed {
    Deed { action, target_kind: "team", target_id: id.to_string(), target_name: name.to_owned(), detail }
}
