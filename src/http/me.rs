//! The caller's own membership, with all that he may do (specification F12–F20).

use super::body::Json;
use super::problem::Answer;
use super::session::AtCompany;
use crate::domain::id::AgentId;
use crate::domain::input::{self, Form};
use crate::domain::people::permission::{Scope, effective};
use crate::domain::people::role::{AddOn, Role};
use crate::store::agents;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The caller at one company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Me {
    id: AgentId,
    email: String,
    first_name: String,
    last_name: String,
    /// The name colleagues see.
    name: String,
    /// The name customers see.
    public_name: String,
    function: String,
    roles: Vec<Role>,
    add_ons: Vec<AddOn>,
    /// Whether conversations may be assigned to him.
    assignable: bool,
    /// What he may do, and to what: capability → scopes.
    capabilities: BTreeMap<&'static str, Vec<Scope>>,
}

/// What to change; what is left out stays, an empty public name falls back to the name.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    name: Option<String>,
    public_name: Option<String>,
    function: Option<String>,
}

/// The caller's membership.
#[utoipa::path(get, path = "/api/companies/{company}/me", tag = "people", params(("company" = String, Path)),
    responses((status = 200, body = Me)))]
pub async fn show(at: AtCompany) -> axum::Json<Me> {
    axum::Json(Me::from(at))
}

/// Changes how the caller is called.
#[utoipa::path(patch, path = "/api/companies/{company}/me", tag = "people", params(("company" = String, Path)),
    request_body = MeChange, responses((status = 200, body = Me)))]
#[worker::send]
pub async fn update(mut at: AtCompany, Json(change): Json<MeChange>) -> Answer<axum::Json<Me>> {
    let mut form = Form::default();
    let name = change.name.map(|name| form.line("name", &name));
    let public_name = change.public_name.map(|name| form.take(input::optional_line("public_name", &name)));
    let function = change.function.map(|text| form.take(input::optional_line("function", &text)));
    form.finish()?;
    agents::rename(&at.db, at.member.id, name.as_deref(), public_name.as_deref(), function.as_deref()).await?;
    let had_no_public_name = at.member.public_name == at.member.name;
    at.member.name = name.unwrap_or(at.member.name);
    at.member.function = function.unwrap_or(at.member.function);
    at.member.public_name = match public_name {
        Some(public_name) if public_name.is_empty() => at.member.name.clone(),
        Some(public_name) => public_name,
        None if had_no_public_name => at.member.name.clone(),
        None => at.member.public_name,
    };
    Ok(axum::Json(Me::from(at)))
}

impl From<AtCompany> for Me {
    fn from(at: AtCompany) -> Self {
        Self {
            id: at.member.id,
            email: at.signed_in.email,
            first_name: at.signed_in.first_name,
            last_name: at.signed_in.last_name,
            assignable: at.member.assignable(),
            capabilities: effective(&at.member),
            name: at.member.name,
            public_name: at.member.public_name,
            function: at.member.function,
            roles: at.member.roles,
            add_ons: at.member.add_ons,
        }
    }
}
