//! Roles: the presets, and a company's own, cloned from them (specification E13).

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::id::{ClientId, RoleId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::custom_role::{CustomRole, Grants, grants_of};
use crate::domain::people::delegation;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, ScopeSet, permit_company};
use crate::domain::people::role::{AddOn, Role};
use crate::effects::revocation;
use crate::platform::random;
use crate::store::audit::Deed;
use crate::store::db::{self, StoreError};
use crate::store::{agents, roles};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The roles of a company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Roles {
    items: Vec<RoleBody>,
    next: Option<String>,
}

/// A role: a preset, or one of the company's own.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RoleBody {
    /// The preset's key, or the id of a role of the company's own.
    id: String,
    name: String,
    /// The preset it was cloned from; none for a preset.
    base: Option<Role>,
    /// Whether conversations may be assigned to whoever has it.
    assignable: bool,
    /// Whether it is kept to the orders section.
    confined: bool,
    /// How far up it stands.
    rank: u8,
    /// The add-ons that mean something with it.
    add_ons: Vec<AddOn>,
    /// What it allows: capability → scopes.
    #[schema(value_type = Object)]
    grants: Grants,
    /// Whether the caller may give it to somebody.
    grantable: bool,
}

/// A role to be made from a preset.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    base: Role,
    /// What it allows; as the preset does when left out.
    #[schema(value_type = Option<Object>)]
    grants: Option<Grants>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    name: Option<String>,
    #[schema(value_type = Option<Object>)]
    grants: Option<Grants>,
}

impl Thing for CustomRole {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = RoleId::parse(id) else { return Ok(None) };
        Ok(roles::find(&at.db, at.company.id, id).await?)
    }
}

/// The roles of a company: the presets, then its own.
#[utoipa::path(get, path = "/api/companies/{company}/roles", tag = "people", params(("company" = String, Path)),
    responses((status = 200, body = Roles)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<Roles>> {
    at.require_unconfined()?;
    let own = roles::list(&at.db, at.company.id).await?;
    let presets = Role::ALL.iter().map(|role| RoleBody::preset(&at.member, *role));
    let items = presets.chain(own.iter().map(|role| RoleBody::custom(&at.member, role))).collect();
    Ok(axum::Json(Roles { items, next: None }))
}

/// Makes a role from a preset.
#[utoipa::path(post, path = "/api/companies/{company}/roles", tag = "people", params(("company" = String, Path)),
    request_body = NewRole, responses((status = 201, body = RoleBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewRole>) -> Answer {
    let mut form = Form::default();
    let name = form.line("name", &body.name);
    let grants = checked(&mut form, body.base, body.grants.clone().unwrap_or_else(|| grants_of(body.base)));
    form.finish()?;
    permit_company(&at.member, Capability::AgentRole)?;
    let role = CustomRole { id: RoleId::new(random::id(at.here.now)), name, base: body.base, grants };
    require_may_make(&at, None, &role)?;
    let route = format!("roles of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<RoleId>(&at.db).await? {
        return made(&at, first).await;
    }
    let statements = vec![
        roles::insert(&at.db, at.company.id, &role, at.here.now)?,
        at.audit(&deed("role.created", &role, json!({ "base": role.base, "grants": role.grants })))?,
    ];
    if let Some(first) = repeatable.settle(&at.db, &role.id, statements, at.here.now, name_taken).await? {
        return made(&at, first).await;
    }
    Ok((StatusCode::CREATED, axum::Json(RoleBody::custom(&at.member, &role))).into_response())
}

async fn made(at: &AtCompany, id: RoleId) -> Answer {
    let role = roles::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, axum::Json(RoleBody::custom(&at.member, &role))).into_response())
}

/// Changes a role of the company's own; whoever has it may do so from now on.
#[utoipa::path(patch, path = "/api/companies/{company}/roles/{id}", tag = "people",
    params(("company" = String, Path), ("id" = RoleId, Path)), request_body = RoleChange,
    responses((status = 200, body = RoleBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: before }: AtThing<CustomRole>,
    Json(body): Json<RoleChange>,
) -> Answer<axum::Json<RoleBody>> {
    let mut form = Form::default();
    let mut after = before.clone();
    if let Some(name) = &body.name {
        after.name = form.line("name", name);
    }
    if let Some(grants) = body.grants {
        after.grants = checked(&mut form, before.base, grants);
    }
    form.finish()?;
    permit_company(&at.member, Capability::AgentRole)?;
    require_may_make(&at, Some(&before), &after)?;
    let detail = json!({ "from": { "name": before.name, "grants": before.grants }, "to": { "name": after.name, "grants": after.grants } });
    let statements = vec![roles::update(&at.db, &after)?, at.audit(&deed("role.updated", &after, detail))?];
    db::transaction(&at.db, statements).await.map_err(name_taken)?;
    let holders = agents::list(&at.db, at.company.id).await?;
    let holders = holders.iter().filter(|record| record.member.custom_roles.iter().any(|role| role.id == after.id));
    let holders: Vec<_> = holders.map(|record| record.member.id).collect();
    revocation::rights_changed(&at.here.env, at.company.id, &holders).await;
    Ok(axum::Json(RoleBody::custom(&at.member, &after)))
}

/// Deletes a role of the company's own that nobody has.
#[utoipa::path(delete, path = "/api/companies/{company}/roles/{id}", tag = "people",
    params(("company" = String, Path), ("id" = RoleId, Path)),
    responses((status = 204), (status = 409, description = "`role_in_use`")))]
#[worker::send]
pub async fn remove(AtThing { at, thing: role }: AtThing<CustomRole>, _: OptionalJson<Nothing>) -> Answer {
    permit_company(&at.member, Capability::AgentRole)?;
    require_may_make(&at, Some(&role), &role)?;
    let mut statements = vec![roles::require_unused(&at.db, at.company.id, role.id)?];
    statements.extend(roles::delete(&at.db, role.id)?);
    statements.push(at.audit(&deed("role.deleted", &role, json!({})))?);
    db::transaction(&at.db, statements).await.map_err(|error| match error {
        StoreError::Guarded(_) => {
            Problem::conflict("role_in_use", "Somebody has this role. Give him another one first.")
        }
        other => other.into(),
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A role that is kept to a section allows nothing outside of it, and none allows what is empty.
fn checked(form: &mut Form, base: Role, mut grants: Grants) -> Grants {
    for scopes in grants.values_mut() {
        *scopes = ScopeSet::of(scopes).scopes();
    }
    grants.retain(|_, scopes| !scopes.is_empty());
    let divided =
        |(capability, scopes): &(&Capability, &Vec<Scope>)| capability.is_undivided() && !scopes.contains(&Scope::All);
    if let Some((capability, _)) = grants.iter().find(divided) {
        let detail = "This concerns the company as a whole: give all of it, or nothing.";
        form.fault(FieldError::new(format!("grants.{}", capability.name()), "undivided", detail));
    }
    if base.confined() && grants.keys().any(|capability| !capability.is_of_orders()) {
        let detail = "A role that is kept to the orders section allows nothing outside of it.";
        form.fault(FieldError::new("grants", "confined_role", detail));
    }
    grants
}

/// Nobody makes a role that he might not give.
fn require_may_make(at: &AtCompany, before: Option<&CustomRole>, after: &CustomRole) -> Answer<()> {
    let holder = |role: &CustomRole| Member { custom_roles: vec![role.clone()], ..Member::named(at.member.id, "") };
    let (before, after) = (before.map(holder), holder(after));
    if !delegation::manages(&at.member, &after) {
        return Err(Problem::forbidden(Capability::AgentRole));
    }
    delegation::may_give(&at.member, before.as_ref(), &after).map_err(Problem::forbidden)
}

fn deed(action: &'static str, role: &CustomRole, detail: serde_json::Value) -> Deed {
    Deed { action, target_kind: "role", target_id: role.id.to_string(), target_name: role.name.clone(), detail }
}

/// 409 where the name is taken.
pub fn name_taken(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(_) => Problem::conflict("name_taken", "There is one of this name already."),
        other => other.into(),
    }
}

impl RoleBody {
    fn preset(member: &Member, role: Role) -> Self {
        let holder = Member { roles: vec![role], ..Member::named(member.id, "") };
        let grants = grants_of(role);
        Self::new(member, role.key().to_owned(), input::title(role.key()), None, role, grants, &holder)
    }

    fn custom(member: &Member, role: &CustomRole) -> Self {
        let holder = Member { custom_roles: vec![role.clone()], ..Member::named(member.id, "") };
        let (id, name, grants) = (role.id.to_string(), role.name.clone(), role.grants.clone());
        Self::new(member, id, name, Some(role.base), role.base, grants, &holder)
    }

    fn new(
        member: &Member,
        id: String,
        name: String,
        base: Option<Role>,
        preset: Role,
        grants: Grants,
        holder: &Member,
    ) -> Self {
        Self {
            id,
            name,
            base,
            assignable: preset.assignable(),
            confined: preset.confined(),
            rank: preset.rank(),
            add_ons: AddOn::ALL.into_iter().filter(|add_on| !add_on.grants(preset).is_empty()).collect(),
            grants,
            grantable: permit_company(member, Capability::AgentInvite).is_ok()
                && delegation::may_give(member, None, holder).is_ok()
                && (permit_company(member, Capability::AgentRole).is_ok() || preset == Role::Agent && base.is_none()),
        }
    }
}
