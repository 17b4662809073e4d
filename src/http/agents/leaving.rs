//! Leaving: disabled, enabled again, removed (specification I).

use super::{AgentBody, deed, presences, require_above};
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::AgentId;
use crate::domain::people::permission::Capability;
use crate::effects::{handover, revocation};
use crate::http::body::{Nothing, OptionalJson, Query};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{AtAgent, AtCompany};
use crate::store::agents::{self, Holdings, Standing};
use crate::store::{contacts, db};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

/// Where the conversations of somebody go who leaves.
#[derive(Clone, Copy, Debug)]
pub enum TransferTo {
    Queue,
    Agent(AgentId),
}

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
        revocation::people_changed(&at.here.env, at.company.id).await;
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

/// Where somebody's conversations go: nowhere while he has some and nothing was said, else to an agent or the queue.
///
/// # Errors
/// 409 `has_open_conversations`, `has_sticky_contacts` with the counts; 422 when they cannot go there.
pub async fn plan(here: &AtAgent, to: Option<TransferTo>, unstick: bool) -> Answer<Option<Candidate>> {
    let at = &here.at;
    let agent = here.target.member.id;
    let candidate = match to {
        Some(TransferTo::Agent(to)) => {
            let candidate = agents::candidate(&at.db, at.company.id, to).await?;
            let able = candidate.filter(|candidate| candidate.assignable && candidate.agent.id != agent);
            Some(able.ok_or(Refusal::NotAssignable)?)
        }
        Some(TransferTo::Queue) | None => None,
    };
    let Holdings { open_conversations, sticky_contacts } = agents::holdings(&at.db, at.company.id, agent).await?;
    let refused = |code: &str, detail: &str| {
        Err(Problem::conflict(code, detail)
            .with("open_conversations", json!(open_conversations))
            .with("sticky_contacts", json!(sticky_contacts)))
    };
    if open_conversations > 0 && to.is_none() {
        return refused("has_open_conversations", "Say where the open conversations go: `transfer_to`.");
    }
    if sticky_contacts > 0 && !unstick {
        return refused("has_sticky_contacts", "Customers are stuck to this person: say `unstick`.");
    }
    Ok(candidate)
}

/// Hands over what an agent still has.
///
/// # Errors
/// What failed.
pub async fn hand_over(at: &AtCompany, agent: AgentId, to: Option<&Candidate>) -> Answer<u32> {
    let handed = handover::deliver(&at.here.env, &at.db, at.company.id, agent, to).await;
    handed.map_err(|error| Problem::internal("hand-over", &error))
}

impl<'de> Deserialize<'de> for TransferTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match AgentId::parse(&text) {
            _ if text == "queue" => Ok(Self::Queue),
            Some(agent) => Ok(Self::Agent(agent)),
            None => Err(serde::de::Error::custom("expected an agent's id, or `queue`")),
        }
    }
}
