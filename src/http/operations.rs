//! What whoever runs a company's desk does when something was lost.

use super::body::OptionalJson;
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::ConversationId;
use crate::domain::people::permission::{Capability, permit_company};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::store::audit::Deed;
use crate::store::db;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Conversations that one request rebuilds.
const AT_ONCE: u32 = 20;

/// Where to go on.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rebuild {
    /// `next` of the answer before; left out, it begins with the first.
    #[serde(default)]
    after: Option<ConversationId>,
}

/// How far it came.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Rebuilt {
    /// Conversations whose index is made anew.
    rebuilt: u32,
    /// What to send as `after`; null when there are no more.
    next: Option<ConversationId>,
}

/// Makes the index of the company's conversations anew from their objects, some at a time: the list, the counters, the search
/// and the facts of reports, which lose what a log does not say. May be repeated.
#[utoipa::path(post, path = "/api/companies/{company}/index/rebuild", tag = "operations",
    params(("company" = String, Path)), request_body = Option<Rebuild>, responses((status = 200, body = Rebuilt)))]
#[worker::send]
pub async fn rebuild_index(at: AtCompany, OptionalJson(body): OptionalJson<Rebuild>) -> Answer<axum::Json<Rebuilt>> {
    permit_company(&at.member, Capability::TenantSettings)?;
    let env = &at.here.env;
    if body.after.is_none() {
        desk::tell(env, at.company.id, &DeskRequest::AttendanceAnew).await;
    }
    let request = DeskRequest::Conversations { after: body.after, limit: AT_ONCE };
    let ids: Vec<ConversationId> = match desk::ask::<()>(env, at.company.id, &request).await? {
        call::Answer::Done(ids) => serde_json::from_str(&ids)?,
        call::Answer::Refused(()) => return Err(Problem::internal("rebuilding", &"the Desk refused")),
    };
    let mut rebuilt = 0_u32;
    for id in &ids {
        let name = id.to_string();
        let told = call::call::<Refusal>(env, conversation_do::BINDING, &name, &ConversationRequest::TellAnew).await?;
        if let call::Answer::Done(_) = told {
            rebuilt = rebuilt.saturating_add(1);
        }
    }
    let deed = Deed {
        action: "company.index_rebuilt",
        target_kind: "company",
        target_id: at.company.id.to_string(),
        target_name: at.company.name.clone(),
        detail: json!({ "conversations": rebuilt }),
    };
    db::transaction(&at.db, vec![at.audit(&deed)?]).await?;
    let next = ids.last().copied().filter(|_| ids.len() == AT_ONCE as usize);
    Ok(axum::Json(Rebuilt { rebuilt, next }))
}
