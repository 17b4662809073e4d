//! A conversation's log as a file that proves by itself that nothing in it was changed.

use crate::domain::conversation::command::Actor;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::ConversationId;
use crate::domain::people::permission::{Capability, permit_company};
use crate::http::disposition::disposition;
use crate::http::problem::Answer;
use crate::http::session::{AtCompany, AtConversation};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest, protocol::Lines};
use axum::response::IntoResponse;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Serialize;

/// Most entries asked for at once.
const ENTRIES_AT_ONCE: u32 = 500;

/// The whole log of a conversation, internal comments included: one JSON object in each line, first the heading, then the
/// entries as they are stored, each with its hash ([`crate::domain::conversation::chain`] says of what).
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}/log", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    responses((status = 200, content_type = "application/x-ndjson", body = String)))]
#[worker::send]
pub async fn export(AtConversation { at, id }: AtConversation) -> Answer {
    let Lines { heading, mut lines } = part(&at, id, 0).await?;
    permit_company(&at.member, Capability::TenantAuditExport)?;
    let mut file = String::new();
    append(&mut file, &heading)?;
    let mut written = 0;
    while written < heading.entries && !lines.is_empty() {
        // What came after the heading is for the next export.
        for line in lines.iter().filter(|line| line.seq <= heading.entries) {
            append(&mut file, line)?;
        }
        written = lines.last().map_or(heading.entries, |line| line.seq);
        if written < heading.entries {
            lines = part(&at, id, written).await?.lines;
        }
    }
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (CONTENT_DISPOSITION, disposition(false, &format!("conversation-{id}.ndjson"))),
    ];
    Ok((headers, file).into_response())
}

async fn part(at: &AtCompany, id: ConversationId, after: u64) -> Answer<Lines> {
    let actor = Actor::Agent(at.member.clone());
    let request = ConversationRequest::Log { actor, after, limit: ENTRIES_AT_ONCE };
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(lines) => Ok(serde_json::from_str(&lines)?),
        call::Answer::Refused(refusal) => Err(refusal.into()),
    }
}

fn append(file: &mut String, line: &impl Serialize) -> Answer<()> {
    file.push_str(&serde_json::to_string(line)?);
    file.push('\n');
    Ok(())
}
