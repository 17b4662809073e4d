//! Customers who are stuck to an agent (specification B11).

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, ContactId};
use crate::domain::people::permission::{Capability, Scope, permit_company, scope_of};
use crate::store::audit::Deed;
use crate::store::contacts::ContactRecord;
use crate::store::{agents, contacts, db};
use serde::Deserialize;
use serde_json::json;

/// To whom a customer is stuck.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sticky {
    agent_id: AgentId,
}

impl Thing for ContactRecord {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = ContactId::parse(id) else { return Ok(None) };
        // Who sees no customer of anybody's but his own learns of none by guessing.
        let reach = scope_of(&at.member, Capability::ContactStick);
        let known = reach.has(Scope::All)
            || (reach.has(Scope::Team) && contacts::concerns(&at.db, id, at.member.id, &at.member.teams).await?);
        if !known {
            return Ok(None);
        }
        Ok(contacts::find(&at.db, at.company.id, id).await?)
    }
}

/// Sticks a customer to an agent: his new conversations go there first.
#[utoipa::path(put, path = "/api/companies/{company}/contacts/{id}/sticky", tag = "contacts",
    params(("company" = String, Path), ("id" = ContactId, Path)), request_body = Sticky,
    responses((status = 200, body = ContactRecord), (status = 422, description = "`not_assignable`")))]
#[worker::send]
pub async fn stick(
    AtThing { at, thing: contact }: AtThing<ContactRecord>,
    Json(body): Json<Sticky>,
) -> Answer<axum::Json<ContactRecord>> {
    permit_company(&at.member, Capability::ContactStick)?;
    let candidate = agents::candidate(&at.db, at.company.id, body.agent_id).await?;
    candidate.filter(|candidate| candidate.assignable).ok_or(Refusal::NotAssignable)?;
    set(at, contact, Some(body.agent_id)).await
}

/// Takes a customer off the agent he is stuck to.
#[utoipa::path(delete, path = "/api/companies/{company}/contacts/{id}/sticky", tag = "contacts",
    params(("company" = String, Path), ("id" = ContactId, Path)), responses((status = 200, body = ContactRecord)))]
#[worker::send]
pub async fn unstick(
    AtThing { at, thing: contact }: AtThing<ContactRecord>,
    _: OptionalJson<Nothing>,
) -> Answer<axum::Json<ContactRecord>> {
    permit_company(&at.member, Capability::ContactUnstick)?;
    set(at, contact, None).await
}

async fn set(at: AtCompany, contact: ContactRecord, to: Option<AgentId>) -> Answer<axum::Json<ContactRecord>> {
    let deed = Deed {
        action: if to.is_some() { "contact.stuck" } else { "contact.unstuck" },
        target_kind: "contact",
        target_id: contact.id.to_string(),
        target_name: contact.name.clone(),
        detail: json!({ "from": contact.sticky_agent_id, "to": to }),
    };
    db::transaction(&at.db, vec![contacts::stick(&at.db, contact.id, to)?, at.audit(&deed)?]).await?;
    Ok(axum::Json(ContactRecord { sticky_agent_id: to, ..contact }))
}
