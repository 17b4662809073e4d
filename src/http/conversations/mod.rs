//! Conversations, as agents work with them.

pub mod bulk;
pub mod following;
pub mod list;
pub mod log;
pub mod marks;
pub mod merging;
pub mod starting;
pub mod translating;

use super::body::{Json, OptionalJson, Query, required_option};
use super::problem::{Answer, Problem, ProblemBody};
use super::responses::counting;
use super::session::{AtCompany, AtConversation, NearConversation};
use crate::domain::assignment::message::NoSlot;
use crate::domain::conversation::command::{Actor, Candidate, Command};
use crate::domain::conversation::event::{FolderRef, TeamRef};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::{AgentEvent, ConversationView};
use crate::domain::id::{AgentId, ClientId, ConversationId, FileId, FolderId, ResponseId, TeamId};
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, ScopeSet, scope_of};
use crate::domain::time::Instant;
use crate::domain::translation::Translation;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest, protocol::SocketOpening};
use crate::objects::desk_do;
use crate::objects::desk_do::protocol::{self as desk, DashboardOpening, DeskRequest};
use crate::store::{agents, folders, teams};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use worker::Env;

/// Where to read on.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The last event the client has.
    #[serde(default)]
    #[param(format = "uint64")]
    pub after: u64,
    /// From 1 to 1000; 100 when left out.
    #[param(minimum = 1, maximum = 1_000)]
    pub limit: Option<u32>,
}

/// Where a socket resumes.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LiveQuery {
    /// The last position the client has; without it, only what comes is sent.
    #[param(format = "uint64")]
    pub after: Option<u64>,
}

/// A part of a conversation's events.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Events {
    items: Vec<AgentEvent>,
    /// The `after` of the next part.
    next: Option<String>,
    /// `seq` of the newest event.
    head: u64,
    /// What of them the customer reads in his own language.
    translations: Vec<Translation>,
}

/// What became of words.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Said {
    seq: u64,
    event: AgentEvent,
}

/// Words.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The sender's name for this request: a repeat returns the first answer.
    pub client_id: ClientId,
    /// At most 20,000 characters; none where files go with it.
    #[schema(max_length = 20_000)]
    pub body: String,
    /// Files that were brought into this conversation for it: at most ten, of 50 MB together.
    #[serde(default)]
    pub attachments: Vec<FileId>,
}

/// Words of an agent's.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentWords {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: ClientId,
    /// At most 20,000 characters; none where files go with it.
    #[schema(max_length = 20_000)]
    body: String,
    /// Files that were brought into this conversation for it: at most ten, of 50 MB together.
    #[serde(default)]
    attachments: Vec<FileId>,
    /// The automated responses in it, to be counted; those that are gone count nothing.
    #[serde(default)]
    responses: Vec<ResponseId>,
}

/// An internal comment of an agent's.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentComment {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: ClientId,
    /// At most 20,000 characters; none where files go with it.
    #[schema(max_length = 20_000)]
    body: String,
    /// Files that were brought into this conversation for it: at most ten, of 50 MB together.
    #[serde(default)]
    attachments: Vec<FileId>,
    /// Colleagues who are named in it: whoever does not see the conversation follows it from now on.
    #[serde(default)]
    mentions: Vec<AgentId>,
    /// The automated responses in it, to be counted; those that are gone count nothing.
    #[serde(default)]
    responses: Vec<ResponseId>,
}

/// A request that may be repeated under a name.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NamedRequest)]
pub struct Named {
    client_id: Option<ClientId>,
}

impl Named {
    /// The name, if it has one.
    pub const fn client_id(&self) -> Option<ClientId> {
        self.client_id
    }
}

/// Who is to be responsible.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssigneeBody {
    /// An agent, or null to put the conversation back into the queue.
    #[serde(deserialize_with = "required_option")]
    agent_id: Option<AgentId>,
    /// Refused when the assignment has changed since.
    if_epoch: Option<u64>,
    /// Even beyond the agent's limit; takes `status_board.act`.
    #[serde(default)]
    force: bool,
}

/// Where to sort it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderChoice {
    /// A folder, or null for none.
    #[serde(deserialize_with = "required_option")]
    folder_id: Option<FolderId>,
}

/// To which team to give it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChoice {
    /// A group or a business unit, or null for none.
    #[serde(deserialize_with = "required_option")]
    team_id: Option<TeamId>,
}

/// The status to be set.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusBody {
    status: Status,
    /// When a snooze ends.
    until: Option<Instant>,
}

/// The Dispenser: the conversation that has waited longest, now the caller's (specification C20, Z6).
#[utoipa::path(post, path = "/api/companies/{company}/conversations/next", tag = "conversations",
    params(("company" = String, Path)), request_body = Option<Named>,
    responses((status = 200, body = ConversationView), (status = 204, description = "nobody waits"),
        (status = 409, description = "`at_capacity`")))]
#[worker::send]
pub async fn next(at: AtCompany, OptionalJson(named): OptionalJson<Named>) -> Answer {
    require_sight(&at)?;
    let capability = Capability::ConversationAssignSelf;
    if scope_of(&at.member, capability) == ScopeSet::NONE {
        return Err(Problem::forbidden(capability));
    }
    if !at.member.assignable() {
        return Err(Problem::forbidden(capability));
    }
    let request = DeskRequest::Deal { member: Box::new(at.member), client_id: named.client_id };
    match desk::ask::<NoSlot>(&at.here.env, at.company.id, &request).await? {
        call::Answer::Done(nothing) if nothing == "null" => Ok(StatusCode::NO_CONTENT.into_response()),
        call::Answer::Done(conversation) => Ok(json(StatusCode::OK, conversation)),
        call::Answer::Refused(no_slot) => Err(Refusal::from(no_slot).into()),
    }
}

/// One conversation, as it is now.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    responses((status = 200, body = ConversationView)))]
#[worker::send]
pub async fn show(AtConversation { at, id }: AtConversation) -> Answer {
    let request = ConversationRequest::Read { actor: Actor::Agent(at.member) };
    forward(&at.here.env, id, StatusCode::OK, &request).await
}

/// What happened in a conversation.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}/events", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), EventsQuery),
    responses((status = 200, body = Events)))]
#[worker::send]
pub async fn events(AtConversation { at, id }: AtConversation, Query(query): Query<EventsQuery>) -> Answer {
    let limit = query.checked_limit()?;
    let request = ConversationRequest::Events { actor: Actor::Agent(at.member), after: query.after, limit };
    forward(&at.here.env, id, StatusCode::OK, &request).await
}

/// The conversation, live: a WebSocket.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}/live", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), LiveQuery),
    responses((status = 101, description = "frames as described in the documentation"),
        (status = 426, description = "this is no WebSocket", body = ProblemBody, content_type = "application/problem+json")))]
#[worker::send]
pub async fn live(
    AtConversation { at, id }: AtConversation,
    upgrade: Upgrade,
    Query(query): Query<LiveQuery>,
) -> Answer {
    let Upgrade = upgrade;
    let holder = at.holder();
    let watch = DeskRequest::Watch { holder, conversation: id };
    let watched = desk::ask::<()>(&at.here.env, at.company.id, &watch).await?;
    if matches!(watched, call::Answer::Refused(())) {
        return Err(Problem::not_signed_in());
    }
    let opening = SocketOpening { actor: Actor::Agent(at.member), holder: Some(holder), after: query.after };
    socket(&at.here.env, conversation_do::BINDING, &id.to_string(), &opening).await
}

/// The company's feed, live: a WebSocket. Whoever is kept to orders hears of these only.
#[utoipa::path(get, path = "/api/companies/{company}/live", tag = "conversations",
    params(("company" = String, Path), LiveQuery),
    responses((status = 101, description = "frames as described in the documentation"),
        (status = 426, description = "this is no WebSocket", body = ProblemBody, content_type = "application/problem+json")))]
#[worker::send]
pub async fn feed(at: AtCompany, upgrade: Result<Upgrade, Problem>, Query(query): Query<LiveQuery>) -> Answer {
    // Whoever is kept to orders hears of these, and of no conversation.
    if scope_of(&at.member, Capability::OrderView) == ScopeSet::NONE {
        require_sight(&at)?;
    }
    let Upgrade = upgrade?;
    let (company, holder) = (at.company.id, at.holder());
    let opening = DashboardOpening { company, holder, member: at.member, after: query.after };
    socket(&at.here.env, desk_do::BINDING, &company.to_string(), &opening).await
}

/// Answers the customer.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/{id}/messages", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = AgentWords,
    responses((status = 201, body = Said), (status = 409, description = "`client_id_reused`")))]
#[worker::send]
pub async fn reply(at: AtConversation, Json(words): Json<AgentWords>) -> Answer {
    let message = Command::Message { body: words.body, attachments: Vec::new() };
    say(at, words.client_id, message, words.attachments, &words.responses).await
}

/// Leaves an internal comment.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/{id}/notes", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = AgentComment,
    responses((status = 201, body = Said), (status = 409, description = "`client_id_reused`"),
        (status = 422, description = "`unknown_agent`, `may_not_see`")))]
#[worker::send]
pub async fn comment(at: AtConversation, Json(words): Json<AgentComment>) -> Answer {
    let mentions = agents::mentioned(&at.at.db, at.at.company.id, &words.mentions).await??;
    let note = Command::Note { body: words.body, attachments: Vec::new(), mentions };
    say(at, words.client_id, note, words.attachments, &words.responses).await
}

/// Takes a conversation: of any number who try at once, one gets it.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/{id}/claim", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = Option<Named>,
    responses((status = 200, body = ConversationView), (status = 409, description = "`already_assigned`, `at_capacity`")))]
#[worker::send]
pub async fn claim(NearConversation { at, id }: NearConversation, OptionalJson(named): OptionalJson<Named>) -> Answer {
    // The Dispenser alone allows to take what it would deal: the one that has waited longest.
    let picks = scope_of(&at.member, Capability::ConversationAssignSelfPick) != ScopeSet::NONE;
    let dealt = !picks && foremost(&at).await? == Some(id);
    match ask(&at, id, named.client_id, Command::Claim { dealt }).await? {
        call::Answer::Done(conversation) => Ok(json(StatusCode::OK, conversation)),
        call::Answer::Refused(refusal) => Err(refusal.into()),
    }
}

/// Gives a conversation to somebody, or puts it back into the queue.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/assignee", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = AssigneeBody,
    responses((status = 200, body = ConversationView), (status = 409, description = "`stale_epoch`, `conversation_closed`, `at_capacity`")))]
#[worker::send]
pub async fn assign(at: AtConversation, Json(body): Json<AssigneeBody>) -> Answer {
    let to = candidate(&at.at, body.agent_id).await?;
    command(at, StatusCode::OK, None, Command::Assign { to, if_epoch: body.if_epoch, force: body.force }).await
}

/// Sorts a conversation into a folder, or out of one.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/folder", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = FolderChoice,
    responses((status = 200, body = ConversationView), (status = 422, description = "`unknown_folder`")))]
#[worker::send]
pub async fn set_folder(at: AtConversation, Json(body): Json<FolderChoice>) -> Answer {
    let to = folder(&at.at, "folder_id", body.folder_id).await?;
    command(at, StatusCode::OK, None, Command::SetFolder { to }).await
}

/// Gives a conversation to a group or a business unit, or takes it from one.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/team", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = TeamChoice,
    responses((status = 200, body = ConversationView), (status = 422, description = "`unknown_team`")))]
#[worker::send]
pub async fn set_team(at: AtConversation, Json(body): Json<TeamChoice>) -> Answer {
    let to = team(&at.at, "team_id", body.team_id).await?;
    command(at, StatusCode::OK, None, Command::SetTeam { to }).await
}

/// Closes, opens, snoozes a conversation.
#[utoipa::path(put, path = "/api/companies/{company}/conversations/{id}/status", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = StatusBody,
    responses((status = 200, body = ConversationView), (status = 409, description = "`illegal_transition`")))]
#[worker::send]
pub async fn set_status(at: AtConversation, Json(body): Json<StatusBody>) -> Answer {
    command(at, StatusCode::OK, None, Command::SetStatus { status: body.status, until: body.until }).await
}

/// That the request asks for a socket.
pub struct Upgrade;

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Upgrade {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut http::request::Parts, _state: &S) -> Result<Self, Problem> {
        let upgrade = parts.headers.get(http::header::UPGRADE).and_then(|value| value.to_str().ok());
        if upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket")) {
            Ok(Self)
        } else {
            Err(Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade_required", "Connect with a WebSocket."))
        }
    }
}

impl EventsQuery {
    /// The limit, where it is one.
    ///
    /// # Errors
    /// 422 when it is out of range.
    pub fn checked_limit(&self) -> Answer<u32> {
        match self.limit.unwrap_or(100) {
            limit @ 1..=1_000 => Ok(limit),
            _ => Err(FieldError::new("limit", "out_of_range", "Between 1 and 1000, please.").into()),
        }
    }
}

/// Asks a conversation and hands its answer on.
///
/// # Errors
/// What the conversation refused.
pub async fn forward(env: &Env, id: ConversationId, status: StatusCode, request: &ConversationRequest) -> Answer {
    match call::call::<Refusal>(env, conversation_do::BINDING, &id.to_string(), request).await? {
        call::Answer::Done(body) => Ok(json(status, body)),
        call::Answer::Refused(refusal) => Err(refusal.into()),
    }
}

/// Opens a socket at an object.
///
/// # Errors
/// What the object refused.
pub async fn socket(env: &Env, binding: &str, name: &str, opening: &impl Serialize) -> Answer {
    let mut response = call::connect(env, binding, name, opening).await?;
    if response.status_code() == 101 {
        return Ok(Response::from(response));
    }
    let refusal: Refusal = response.json().await?;
    Err(refusal.into())
}

/// An answer whose JSON is written already.
pub fn json(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

/// To whom a conversation is to be given, if to anybody.
async fn candidate(at: &AtCompany, id: Option<AgentId>) -> Answer<Option<Candidate>> {
    let Some(id) = id else { return Ok(None) };
    let candidate = agents::candidate(&at.db, at.company.id, id).await?;
    Ok(Some(candidate.ok_or(Refusal::NotAssignable)?))
}

/// The folder that a field of a body names, if it names one.
async fn folder(at: &AtCompany, field: &str, id: Option<FolderId>) -> Answer<Option<FolderRef>> {
    let Some(id) = id else { return Ok(None) };
    let folder = folders::find(&at.db, at.company.id, id).await?;
    let unknown = || FieldError::new(field, "unknown_folder", "There is no such folder.");
    Ok(Some(FolderRef::from(folder.ok_or_else(unknown)?)))
}

/// The team that a field of a body names, if it names one.
async fn team(at: &AtCompany, field: &str, id: Option<TeamId>) -> Answer<Option<TeamRef>> {
    let Some(id) = id else { return Ok(None) };
    let team = teams::reference(&at.db, at.company.id, id).await?;
    Ok(Some(team.ok_or_else(|| FieldError::new(field, "unknown_team", "There is no such team."))?))
}

/// Sends an agent's command to a conversation.
///
/// # Errors
/// What the conversation refused.
pub async fn command(at: AtConversation, status: StatusCode, client_id: Option<ClientId>, command: Command) -> Answer {
    let request = ConversationRequest::Command { actor: Actor::Agent(at.at.member), client_id, command };
    forward(&at.at.here.env, at.id, status, &request).await
}

async fn say(
    AtConversation { at, id }: AtConversation,
    client_id: ClientId,
    command: Command,
    files: Vec<FileId>,
    responses: &[ResponseId],
) -> Answer {
    counting::check(responses)?;
    let actor = Actor::Agent(at.member.clone());
    let request = ConversationRequest::Send { actor, client_id: Some(client_id), command, files };
    let answer = forward(&at.here.env, id, StatusCode::CREATED, &request).await?;
    counting::count(&at, client_id, responses);
    Ok(answer)
}

async fn ask(
    at: &AtCompany,
    id: ConversationId,
    client_id: Option<ClientId>,
    command: Command,
) -> Answer<call::Answer<Refusal>> {
    let request = ConversationRequest::Command { actor: Actor::Agent(at.member.clone()), client_id, command };
    Ok(call::call(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await?)
}

/// What the Dispenser would deal the caller.
async fn foremost(at: &AtCompany) -> Answer<Option<ConversationId>> {
    let request = DeskRequest::Foremost { member: Box::new(at.member.clone()) };
    match desk::ask::<()>(&at.here.env, at.company.id, &request).await? {
        call::Answer::Done(id) => Ok(serde_json::from_str(&id)?),
        call::Answer::Refused(()) => Ok(None),
    }
}

/// In a section that a role is confined to there are no conversations.
pub(super) fn require_sight(at: &AtCompany) -> Answer<()> {
    if at.member.is_confined() { Err(Problem::not_found()) } else { Ok(()) }
}
