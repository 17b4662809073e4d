//! Tags as managed objects (specification C10–C12).

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::roles::name_taken;
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::label::TagRef;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{ClientId, ConversationId, TagId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::permission::{Capability, Scope, permit_company, scope_of};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::{log, random};
use crate::store::audit::Deed;
use crate::store::tags::{COLOURS, Tag};
use crate::store::{automations, db, tags};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::Env;

/// Conversations that one request takes a tag off.
const UNTAGGED_AT_ONCE: u32 = 200;
/// A conversation that was merged may go on in one that was merged, too.
const MERGES_FOLLOWED: u8 = 4;

/// The tags of a company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Tags {
    items: Vec<TagBody>,
    next: Option<String>,
}

/// A tag.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TagBody {
    id: TagId,
    name: String,
    /// `grey`, `red`, `orange`, `yellow`, `green`, `teal`, `blue`, `purple` or `pink`.
    colour: String,
    /// How many conversations have it; told to those who see all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversations: Option<u32>,
}

/// A tag to be made.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTag {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    /// `grey` when left out.
    colour: Option<String>,
}

/// What is to change about a tag.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagChange {
    name: Option<String>,
    colour: Option<String>,
}

/// Into which tag to merge it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagMerger {
    into: TagId,
}

impl Thing for Tag {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = TagId::parse(id) else { return Ok(None) };
        Ok(tags::find(&at.db, at.company.id, id).await?)
    }
}

/// The tags of a company.
#[utoipa::path(get, path = "/api/companies/{company}/tags", tag = "tags", params(("company" = String, Path)),
    responses((status = 200, body = Tags)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<Tags>> {
    at.require_unconfined()?;
    let counted = scope_of(&at.member, Capability::ConversationView).has(Scope::All);
    let used = tags::list(&at.db, at.company.id).await?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
    let count = |conversations: f64| counted.then_some(conversations as u32);
    let items = used.into_iter().map(|one| TagBody::new(one.tag, count(one.conversations))).collect();
    Ok(axum::Json(Tags { items, next: None }))
}

/// Makes a tag.
#[utoipa::path(post, path = "/api/companies/{company}/tags", tag = "tags", params(("company" = String, Path)),
    request_body = NewTag, responses((status = 201, body = TagBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewTag>) -> Answer {
    let mut form = Form::default();
    let name = form.line("name", &body.name);
    let colour = form.take(colour(body.colour.as_deref().unwrap_or("grey")));
    form.finish()?;
    permit_company(&at.member, Capability::TagCreate)?;
    let route = format!("tags of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<TagId>(&at.db).await? {
        return made(&at, first).await;
    }
    let tag = Tag { id: TagId::new(random::id(at.here.now)), name, colour };
    let statements =
        vec![tags::insert(&at.db, at.company.id, &tag, at.here.now)?, at.audit(&deed("tag.created", &tag, json!({})))?];
    if let Some(first) = repeatable.settle(&at.db, &tag.id, statements, at.here.now, name_taken).await? {
        return made(&at, first).await;
    }
    Ok((StatusCode::CREATED, axum::Json(TagBody::new(tag, None))).into_response())
}

async fn made(at: &AtCompany, id: TagId) -> Answer {
    let tag = tags::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, axum::Json(TagBody::new(tag, None))).into_response())
}

/// Renames or recolours a tag.
#[utoipa::path(patch, path = "/api/companies/{company}/tags/{id}", tag = "tags",
    params(("company" = String, Path), ("id" = TagId, Path)), request_body = TagChange,
    responses((status = 200, body = TagBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: before }: AtThing<Tag>,
    Json(body): Json<TagChange>,
) -> Answer<axum::Json<TagBody>> {
    let mut form = Form::default();
    let mut after = before.clone();
    if let Some(name) = &body.name {
        after.name = form.line("name", name);
    }
    if let Some(wanted) = &body.colour {
        after.colour = form.take(colour(wanted));
    }
    form.finish()?;
    permit_company(&at.member, Capability::TagCreate)?;
    let detail = json!({ "from": before, "to": after });
    let statements = vec![tags::update(&at.db, &after)?, at.audit(&deed("tag.changed", &after, detail))?];
    db::transaction(&at.db, statements).await.map_err(name_taken)?;
    let (env, tag) = (at.here.env.clone(), TagRef::from(after.clone()));
    at.here.afterwards(async move {
        if let Err(error) = tell_conversations(&env, &tag).await {
            log::fault("tag renamed", &tag.id.to_string(), &error);
        }
    });
    Ok(axum::Json(TagBody::new(after, None)))
}

/// Conversations remember what their tags are called. What fails here is mended by the next change of the tag.
async fn tell_conversations(env: &Env, tag: &TagRef) -> Result<(), String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    let mut after = None;
    loop {
        let page = tags::tagged(&db, tag.id, after, UNTAGGED_AT_ONCE).await.map_err(|error| error.to_string())?;
        for id in &page {
            let command = Command::SetTag { tag: tag.clone(), on: true };
            say(env, *id, command).await.map_err(|error| error.to_string())?;
        }
        after = page.last().copied();
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Says something to a conversation, and to where it goes on if it was merged meanwhile.
async fn say(env: &Env, mut id: ConversationId, command: Command) -> worker::Result<()> {
    let request = ConversationRequest::Command { actor: Actor::System, client_id: None, command };
    for _ in 0..MERGES_FOLLOWED {
        let answer = call::call::<Refusal>(env, conversation_do::BINDING, &id.to_string(), &request).await?;
        let call::Answer::Refused(Refusal::Merged { into }) = answer else { break };
        id = into.id;
    }
    Ok(())
}

/// Has the conversations that bear a tag do without it, as the command says, and deletes it then, which the history of
/// actions is told with how many there were; `still` is the conflict where they are too many for one request.
async fn retire(
    at: &AtCompany,
    tag: &Tag,
    command: &Command,
    still: (&'static str, &str),
    deed: impl FnOnce(usize) -> Deed,
) -> Answer<()> {
    let bearing = tags::bearing(&at.db, tag.id, UNTAGGED_AT_ONCE).await?;
    for id in &bearing {
        say(&at.here.env, *id, command.clone()).await?;
    }
    if u32::try_from(bearing.len()).unwrap_or(u32::MAX) >= UNTAGGED_AT_ONCE {
        return Err(Problem::conflict(still.0, still.1).with("done", json!(bearing.len())));
    }
    db::transaction(&at.db, vec![tags::delete(&at.db, tag.id)?, at.audit(&deed(bearing.len()))?]).await?;
    Ok(())
}

/// Deletes a tag: it is taken off every conversation that has it.
#[utoipa::path(delete, path = "/api/companies/{company}/tags/{id}", tag = "tags",
    params(("company" = String, Path), ("id" = TagId, Path)),
    responses((status = 204), (status = 409, description = "`still_untagging`: many have it, ask again")))]
#[worker::send]
pub async fn remove(AtThing { at, thing: tag }: AtThing<Tag>, _: OptionalJson<Nothing>) -> Answer {
    permit_company(&at.member, Capability::TagDelete)?;
    let still = ("still_untagging", "Many conversations have this tag: it is being taken off. Ask again in a moment.");
    let deleted = |conversations| deed("tag.deleted", &tag, json!({ "conversations": conversations }));
    retire(&at, &tag, &Command::DropTag { tag: tag.id }, still, deleted).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Merges a tag into another one: every conversation that has it has that one instead, and so it is with the rules that name
/// it. Then there is only the other one.
#[utoipa::path(put, path = "/api/companies/{company}/tags/{id}/merger", tag = "tags",
    params(("company" = String, Path), ("id" = TagId, Path)), request_body = TagMerger,
    responses((status = 200, body = TagBody), (status = 409, description = "`still_merging`: many have it, ask again"),
        (status = 422, description = "`unknown_tag`, `itself`")))]
#[worker::send]
pub async fn merge(
    AtThing { at, thing: tag }: AtThing<Tag>,
    Json(body): Json<TagMerger>,
) -> Answer<axum::Json<TagBody>> {
    permit_company(&at.member, Capability::TagDelete)?;
    permit_company(&at.member, Capability::TagCreate)?;
    let unknown = || FieldError::new("into", "unknown_tag", "There is no such tag.");
    let into = tags::find(&at.db, at.company.id, body.into).await?.ok_or_else(unknown)?;
    if into.id == tag.id {
        return Err(FieldError::new("into", "itself", "A tag cannot be merged into itself.").into());
    }
    // Rules first: from then on they put on the other one.
    let rules = vec![automations::replace_tag(&at.db, at.company.id, tag.id, into.id)?];
    db::transaction(&at.db, rules).await?;
    let still = ("still_merging", "Many conversations have this tag: it is being replaced. Ask again in a moment.");
    let replace = Command::ReplaceTag { tag: tag.id, by: into.clone().into() };
    let merged = |conversations| deed("tag.merged", &tag, json!({ "into": into, "conversations": conversations }));
    retire(&at, &tag, &replace, still, merged).await?;
    Ok(axum::Json(TagBody::new(into, None)))
}

fn colour(name: &str) -> Result<String, FieldError> {
    if COLOURS.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(FieldError::new("colour", "unknown_value", format!("One of {}, please.", COLOURS.join(", "))))
}

fn deed(action: &'static str, tag: &Tag, detail: serde_json::Value) -> Deed {
    let (target_id, target_name) = (tag.id.to_string(), tag.name.clone());
    Deed { action, target_kind: "tag", target_id, target_name, detail }
}

impl TagBody {
    fn new(Tag { id, name, colour }: Tag, conversations: Option<u32>) -> Self {
        Self { id, name, colour, conversations }
    }
}
