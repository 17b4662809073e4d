//! Leaving: disabled, enabled again, removed (specification I).

use super::agents::{AgentBody, TransferTo, deed, hand_over, plan, presences, require_above};
use super::body::{Nothing, OptionalJson, Query};
use super::problem::{Answer, Problem};
use super::session::AtAgent;
use crate::domain::id::AgentId;
use crate::domain::people::permission::Capability;
use crate::effects::revocation;
use crate::store::agents::{self, Standing};
use crate::store::{contacts, db};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What becomes of what somebody still has.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Where his conversations go: an agent's id, or `queue`.
    #[schema(value_type = Option<String>)]
    transfer_to: Option<TransferTo>,
    /// That customers who are stuck to him are to be unstuck.
    #[serde(default)]
    unstick: bool,
}

/// Where the conversations of somebody go who is removed.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RemovalQuery {
    /// An agent's id, or `queue`, which it is when left out.
    #[param(value_type = Option<String>)]
    transfer_to: Option<TransferTo>,
}

/// Somebody who was disabled.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Disabled {
    #[serde(flatten)]
    agent: AgentBody,
    /// How many conversations were handed over.
    handed_over: u32,
}

/// Disables somebody: he is signed out here at once, and what is his goes where the plan says.
#[utoipa::path(put, path = "/api/companies/{company}/agents/{id}/disabled", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)), request_body = Option<Plan>,
    responses((status = 200, body = Disabled), (status = 409,
        description = "`has_open_conversations`, `has_sticky_contacts` with the counts; `last_owner`, `not_active`")))]
#[worker::send]
pub async fn disable(here: AtAgent, OptionalJson(body): OptionalJson<Plan>) -> Answer<axum::Json<Disabled>> {
    require_above(&here, Capability::AgentDisable)?;
    if here.target.status == Standing::Invited {
        return Err(Problem::conflict("not_active", "This person has not joined yet. Remove the invitation instead."));
    }
    let to = plan(&here, body.transfer_to, body.unstick).await?;
    let AtAgent { at, target } = here;
    let agent = target.member.id;
    if target.status == Standing::Active {
        let mut statements = vec![agents::require_unchanged(&at.db, &target)?];
        if let Some(to) = &to {
            statements.push(agents::require_active(&at.db, to.agent.id)?);
        }
        statements.extend(agents::set_standing(&at.db, agent, Standing::Disabled, at.here.now)?);
        statements.push(agents::require_owner(&at.db, at.company.id)?);
        let detail = json!({ "transfer_to": to.as_ref().map(|to| to.agent.id), "unstick": body.unstick });
        statements.push(at.audit(&deed("agent.disabled", &target.member, detail))?);
        db::transaction(&at.db, statements).await?;
    }
    revocation::shut_out(&at.here.env, at.company.id, agent).await;
    if body.unstick {
        db::transaction(&at.db, vec![contacts::unstick_all(&at.db, at.company.id, agent)?]).await?;
    }
    let handed_over = hand_over(&at, agent, to.as_ref()).await?;
    let record = agents::find(&at.db, at.company.id, agent).await?.ok_or_else(Problem::not_found)?;
    let agent = AgentBody::new(record, &presences(&at).await);
    Ok(axum::Json(Disabled { agent, handed_over }))
}

/// Enables somebody again; he signs in as before.
#[utoipa::path(delete, path = "/api/companies/{company}/agents/{id}/disabled", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)),
    responses((status = 200, body = AgentBody), (status = 409, description = "`no_free_seat`, `not_disabled`")))]
#[worker::send]
pub async fn enable(here: AtAgent, _: OptionalJson<Nothing>) -> Answer<axum::Json<AgentBody>> {
    require_above(&here, Capability::AgentDisable)?;
    let AtAgent { at, mut target } = here;
    if target.status == Standing::Invited {
        return Err(Problem::conflict("not_disabled", "This person has not joined yet."));
    }
    if target.status == Standing::Disabled {
        let mut statements = vec![agents::require_unchanged(&at.db, &target)?];
        statements.extend(agents::set_standing(&at.db, target.member.id, Standing::Active, at.here.now)?);
        statements.push(agents::require_seats(&at.db, at.company.id)?);
        statements.push(at.audit(&deed("agent.enabled", &target.member, json!({})))?);
        db::transaction(&at.db, statements).await?;
        target.status = Standing::Active;
    }
    let presences = presences(&at).await;
    Ok(axum::Json(AgentBody::new(target, &presences)))
}

/// Removes somebody: he is gone from every list, what he wrote stays his. Invited again, he is the same person.
#[utoipa::path(delete, path = "/api/companies/{company}/agents/{id}", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path), RemovalQuery),
    responses((status = 204), (status = 409, description = "`last_owner`")))]
#[worker::send]
pub async fn remove(here: AtAgent, Query(query): Query<RemovalQuery>, _: OptionalJson<Nothing>) -> Answer {
    require_above(&here, Capability::AgentRemove)?;
    let to = plan(&here, query.transfer_to.or(Some(TransferTo::Queue)), true).await?;
    let AtAgent { at, target } = here;
    let agent = target.member.id;
    let mut statements = vec![agents::require_unchanged(&at.db, &target)?];
    if let Some(to) = &to {
        statements.push(agents::require_active(&at.db, to.agent.id)?);
    }
    statements.extend(agents::set_standing(&at.db, agent, Standing::Removed, at.here.now)?);
    statements.push(agents::require_owner(&at.db, at.company.id)?);
    statements.push(contacts::unstick_all(&at.db, at.company.id, agent)?);
    let detail = json!({ "email": target.email, "transfer_to": to.as_ref().map(|to| to.agent.id) });
    statements.push(at.audit(&deed("agent.removed", &target.member, detail))?);
    db::transaction(&at.db, statements).await?;
    revocation::shut_out(&at.here.env, at.company.id, agent).await;
    hand_over(&at, agent, to.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
