//! Folders and the rights in them (specification C7–C9, D1–D4).

use super::body::{Json, Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::roles::name_taken;
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, ClientId, FolderId, RoleId, TeamId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::permission::{Capability, Scope, permit_company, scope_of};
use crate::domain::people::role::Role;
use crate::effects::revocation;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::random;
use crate::store::audit::Deed;
use crate::store::folders::{Folder, HolderKind, Right};
use crate::store::members::role_names;
use crate::store::{agents, db, folders, roles, teams};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Conversations that one request takes out of a folder that is being deleted.
const EMPTIED_AT_ONCE: u32 = 200;
/// Most rights in one folder.
const MOST_RIGHTS: usize = 200;

/// The folders of a company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Folders {
    items: Vec<FolderBody>,
    next: Option<String>,
}

/// A folder, and what the caller may do in it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FolderBody {
    id: FolderId,
    name: String,
    /// Whether he sees all that comes into it.
    see_incoming: bool,
    /// Whether he may put conversations into it.
    assign: bool,
}

/// A folder to be made.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFolder {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
}

/// A folder's new name.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderName {
    name: String,
}

/// A right in a folder, held by an agent, a team or a role.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RightBody {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
    /// A group's or a business unit's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    team_id: Option<TeamId>,
    /// A preset's key, or the id of a role of the company's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    /// See all that comes into the folder.
    see_incoming: bool,
    /// Put conversations into it, and give those in it to somebody.
    assign: bool,
}

/// The rights in a folder.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Rights {
    items: Vec<RightBody>,
    next: Option<String>,
}

impl Thing for Folder {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = FolderId::parse(id) else { return Ok(None) };
        Ok(folders::find(&at.db, at.company.id, id).await?)
    }
}

/// The folders of a company, and what the caller may do in each.
#[utoipa::path(get, path = "/api/companies/{company}/folders", tag = "folders", params(("company" = String, Path)),
    responses((status = 200, body = Folders)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<Folders>> {
    at.require_unconfined()?;
    let folders = folders::list(&at.db, at.company.id).await?;
    let items = folders.into_iter().map(|folder| FolderBody::new(&at, folder)).collect();
    Ok(axum::Json(Folders { items, next: None }))
}

/// Makes a folder.
#[utoipa::path(post, path = "/api/companies/{company}/folders", tag = "folders", params(("company" = String, Path)),
    request_body = NewFolder,
    responses((status = 201, body = FolderBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewFolder>) -> Answer {
    let mut form = Form::default();
    let name = form.line("name", &body.name);
    form.finish()?;
    permit_company(&at.member, Capability::FolderCreate)?;
    let route = format!("folders of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<FolderId>(&at.db).await? {
        return made(&at, first).await;
    }
    let folder = Folder { id: FolderId::new(random::id(at.here.now)), name };
    let mut statements = vec![
        folders::insert(&at.db, at.company.id, &folder, at.here.now)?,
        at.audit(&deed("folder.created", &folder, json!({})))?,
    ];
    if !scope_of(&at.member, Capability::FolderAcl).has(Scope::All) {
        // Otherwise he could do nothing with what he made.
        let (kind, holder) = (HolderKind::Agent, at.member.id.to_string());
        let right = Right { kind, holder, see_incoming: true, assign: true };
        statements.extend(folders::set_rights(&at.db, folder.id, &[right])?);
    }
    if let Some(first) = repeatable.settle(&at.db, &folder.id, statements, at.here.now, name_taken).await? {
        return made(&at, first).await;
    }
    Ok((StatusCode::CREATED, axum::Json(FolderBody::new(&at, folder))).into_response())
}

async fn made(at: &AtCompany, id: FolderId) -> Answer {
    let folder = folders::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    Ok((StatusCode::CREATED, axum::Json(FolderBody::new(at, folder))).into_response())
}

/// Renames a folder.
#[utoipa::path(patch, path = "/api/companies/{company}/folders/{id}", tag = "folders",
    params(("company" = String, Path), ("id" = FolderId, Path)), request_body = FolderName,
    responses((status = 200, body = FolderBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: folder }: AtThing<Folder>,
    Json(body): Json<FolderName>,
) -> Answer<axum::Json<FolderBody>> {
    let mut form = Form::default();
    let name = form.line("name", &body.name);
    form.finish()?;
    require_folder(&at, Capability::FolderEdit, folder.id)?;
    let detail = json!({ "from": folder.name, "to": name });
    let folder = Folder { name, ..folder };
    let statements =
        vec![folders::rename(&at.db, folder.id, &folder.name)?, at.audit(&deed("folder.renamed", &folder, detail))?];
    db::transaction(&at.db, statements).await.map_err(name_taken)?;
    Ok(axum::Json(FolderBody::new(&at, folder)))
}

/// Deletes a folder; what was in it stays, in no folder.
#[utoipa::path(delete, path = "/api/companies/{company}/folders/{id}", tag = "folders",
    params(("company" = String, Path), ("id" = FolderId, Path)),
    responses((status = 204), (status = 409, description = "`still_emptying`: there was much in it, ask again")))]
#[worker::send]
pub async fn remove(AtThing { at, thing: folder }: AtThing<Folder>, _: OptionalJson<Nothing>) -> Answer {
    require_folder(&at, Capability::FolderDelete, folder.id)?;
    let contents = folders::contents(&at.db, at.company.id, folder.id, EMPTIED_AT_ONCE).await?;
    for id in &contents {
        let command = Command::LeaveFolder { folder: folder.id };
        let request = ConversationRequest::Command { actor: Actor::System, client_id: None, command };
        call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await?;
    }
    if u32::try_from(contents.len()).unwrap_or(u32::MAX) >= EMPTIED_AT_ONCE {
        let detail = "There is much in this folder: it is being emptied. Ask again in a moment.";
        return Err(Problem::conflict("still_emptying", detail));
    }
    let holders = holders(&at, &folders::rights(&at.db, folder.id).await?).await?;
    let mut statements = folders::delete(&at.db, folder.id)?;
    statements.push(at.audit(&deed("folder.deleted", &folder, json!({ "conversations": contents.len() })))?);
    db::transaction(&at.db, statements).await?;
    revocation::rights_changed(&at.here.env, at.company.id, &holders).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The rights in a folder.
#[utoipa::path(get, path = "/api/companies/{company}/folders/{id}/rights", tag = "folders",
    params(("company" = String, Path), ("id" = FolderId, Path)), responses((status = 200, body = Rights)))]
#[worker::send]
pub async fn rights(AtThing { at, thing: folder }: AtThing<Folder>) -> Answer<axum::Json<Rights>> {
    require_folder(&at, Capability::FolderAcl, folder.id)?;
    let items = folders::rights(&at.db, folder.id).await?.into_iter().map(RightBody::from).collect();
    Ok(axum::Json(Rights { items, next: None }))
}

/// Makes these the rights in a folder.
#[utoipa::path(put, path = "/api/companies/{company}/folders/{id}/rights", tag = "folders",
    params(("company" = String, Path), ("id" = FolderId, Path)), request_body = Vec<RightBody>,
    responses((status = 200, body = Rights)))]
#[worker::send]
pub async fn set_rights(
    AtThing { at, thing: folder }: AtThing<Folder>,
    Json(body): Json<Vec<RightBody>>,
) -> Answer<axum::Json<Rights>> {
    let rights = checked(&at, &body).await?;
    require_folder(&at, Capability::FolderAcl, folder.id)?;
    let before = folders::rights(&at.db, folder.id).await?;
    let changed: Vec<Right> = before
        .iter()
        .filter(|right| !rights.contains(right))
        .chain(rights.iter().filter(|right| !before.contains(right)))
        .cloned()
        .collect();
    require_own_people(&at, &changed).await?;
    let from: Vec<RightBody> = before.iter().cloned().map(RightBody::from).collect();
    let mut statements = folders::set_rights(&at.db, folder.id, &rights)?;
    statements.push(at.audit(&deed("folder.rights_set", &folder, json!({ "from": from, "to": body })))?);
    db::transaction(&at.db, statements).await?;
    revocation::rights_changed(&at.here.env, at.company.id, &holders(&at, &changed).await?).await;
    Ok(axum::Json(Rights { items: rights.into_iter().map(RightBody::from).collect(), next: None }))
}

/// Whoever manages his own teams only manages the folders in which he may assign.
fn require_folder(at: &AtCompany, capability: Capability, folder: FolderId) -> Answer<()> {
    permit_company(&at.member, capability)?;
    let everywhere = scope_of(&at.member, capability).has(Scope::All);
    if everywhere || at.member.assigns_in(folder) { Ok(()) } else { Err(Problem::forbidden(capability)) }
}

/// … and lets in, or keeps out, his own people only.
async fn require_own_people(at: &AtCompany, changed: &[Right]) -> Answer<()> {
    if scope_of(&at.member, Capability::FolderAcl).has(Scope::All) {
        return Ok(());
    }
    let people = agents::list(&at.db, at.company.id).await?;
    let own = |right: &Right| match right.kind {
        HolderKind::Agent => people.iter().any(|record| {
            let shares = record.member.teams.iter().any(|team| at.member.teams.contains(team));
            record.member.id.to_string() == right.holder && shares
        }),
        HolderKind::Team => at.member.teams.iter().any(|team| team.to_string() == right.holder),
        HolderKind::Role => false,
    };
    if changed.iter().all(own) { Ok(()) } else { Err(Problem::forbidden(Capability::FolderAcl)) }
}

async fn checked(at: &AtCompany, body: &[RightBody]) -> Answer<Vec<Right>> {
    let mut form = Form::default();
    if body.len() > MOST_RIGHTS {
        form.fault(FieldError::new(".", "too_long", format!("At most {MOST_RIGHTS} entries, please.")));
    }
    let people = agents::list(&at.db, at.company.id).await?;
    let own_roles = roles::list(&at.db, at.company.id).await?;
    let mut rights: Vec<Right> = Vec::new();
    for (place, one) in body.iter().enumerate() {
        let (kind, holder, known) = match (one.agent_id, one.team_id, &one.role) {
            (Some(agent), None, None) => {
                (HolderKind::Agent, agent.to_string(), people.iter().any(|record| record.member.id == agent))
            }
            (None, Some(team), None) => {
                (HolderKind::Team, team.to_string(), teams::find(&at.db, at.company.id, team).await?.is_some())
            }
            (None, None, Some(role)) => {
                let own = RoleId::parse(role).is_some_and(|id| own_roles.iter().any(|role| role.id == id));
                (HolderKind::Role, role.clone(), Role::parse(role).is_some_and(|role| !role.confined()) || own)
            }
            _ => {
                let detail = "Name one of agent_id, team_id and role.";
                form.fault(FieldError::new(format!("[{place}]"), "one_holder", detail));
                continue;
            }
        };
        if !known {
            form.fault(FieldError::new(format!("[{place}]"), "unknown_holder", "There is nobody of this name."));
        }
        if rights.iter().any(|right| right.kind == kind && right.holder == holder) {
            form.fault(FieldError::new(format!("[{place}]"), "twice", "This one is there twice."));
        }
        rights.push(Right { kind, holder, see_incoming: one.see_incoming, assign: one.assign });
    }
    form.finish()?;
    rights.retain(|right| right.see_incoming || right.assign);
    rights.sort_by(|a, b| (a.kind, &a.holder).cmp(&(b.kind, &b.holder)));
    Ok(rights)
}

/// Everybody who holds one of these rights, by himself, his teams or his roles.
async fn holders(at: &AtCompany, rights: &[Right]) -> Answer<Vec<AgentId>> {
    if rights.is_empty() {
        return Ok(Vec::new());
    }
    let people = agents::list(&at.db, at.company.id).await?;
    let holds = |record: &agents::AgentRecord| {
        rights.iter().any(|right| match right.kind {
            HolderKind::Agent => record.member.id.to_string() == right.holder,
            HolderKind::Team => record.member.teams.iter().any(|team| team.to_string() == right.holder),
            HolderKind::Role => role_names(&record.member).contains(&right.holder),
        })
    };
    Ok(people.iter().filter(|record| holds(record)).map(|record| record.member.id).collect())
}

fn deed(action: &'static str, folder: &Folder, detail: serde_json::Value) -> Deed {
    let (target_id, target_name) = (folder.id.to_string(), folder.name.clone());
    Deed { action, target_kind: "folder", target_id, target_name, detail }
}

impl FolderBody {
    fn new(at: &AtCompany, folder: Folder) -> Self {
        let all = |capability| scope_of(&at.member, capability).has(Scope::All);
        Self {
            see_incoming: all(Capability::ConversationView) || at.member.sees_in(folder.id),
            assign: all(Capability::ConversationAssignFolder) || at.member.assigns_in(folder.id),
            id: folder.id,
            name: folder.name,
        }
    }
}

impl From<Right> for RightBody {
    fn from(right: Right) -> Self {
        let (mut agent_id, mut team_id, mut role) = (None, None, None);
        match right.kind {
            HolderKind::Agent => agent_id = AgentId::parse(&right.holder),
            HolderKind::Team => team_id = TeamId::parse(&right.holder),
            HolderKind::Role => role = Some(right.holder),
        }
        Self { agent_id, team_id, role, see_incoming: right.see_incoming, assign: right.assign }
    }
}
