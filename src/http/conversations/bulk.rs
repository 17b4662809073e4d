//! One thing done to several conversations.
//!
//! Each conversation is an object of its own, so nothing spans them. What can be promised is this: every one is asked
//! first whether it would carry the thing out, and where one would not, none does. Between that and the deed others may
//! act as well; what is refused only then is told by id, and the rest stays done. A repeat under the same name returns
//! the first answer, and where there was none (a crash, a 5xx) it goes on where the first attempt stopped.

use super::{candidate, folder, marks, require_sight, team};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::label::Priority;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::status::Status;
use crate::domain::id::{AgentId, ClientId, ConversationId, FolderId, TagId, TeamId};
use crate::domain::input::FieldError;
use crate::domain::time::Instant;
use crate::http::body::{Json, required_option};
use crate::http::problem::{Answer, Problem};
use crate::http::repeat::Repeatable;
use crate::http::session::AtCompany;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest, Presences};
use crate::store::{conversations as index, db};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most conversations in one request.
const MOST: usize = 100;

/// One thing, and to which conversations it is to be done.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// From 1 to 100, each once.
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<ConversationId>,
    action: Action,
}

/// What is to be done to each.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = BulkAction)]
pub enum Action {
    Close {},
    /// Open what is closed, or put aside, or pending.
    Reopen {},
    Snooze {
        until: Instant,
    },
    /// Give them to an agent, or back into the queue.
    Assign {
        #[serde(deserialize_with = "required_option")]
        agent_id: Option<AgentId>,
        /// Even beyond his limit; takes `status_board.act`.
        #[serde(default)]
        force: bool,
    },
    Folder {
        #[serde(deserialize_with = "required_option")]
        folder_id: Option<FolderId>,
    },
    Team {
        #[serde(deserialize_with = "required_option")]
        team_id: Option<TeamId>,
    },
    Tag {
        tag_id: TagId,
    },
    Untag {
        tag_id: TagId,
    },
    Priority {
        priority: Priority,
    },
}

/// What became of it.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = BulkOutcome)]
pub struct Outcome {
    /// The conversations that are now as asked.
    done: Vec<ConversationId>,
    /// Those that somebody else changed in that very moment, so that it could not be done to them any more.
    refused: Vec<Refused>,
}

/// A conversation to which something cannot be done.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refused {
    id: ConversationId,
    /// As a request to this one alone would be refused.
    code: String,
    /// A sentence for people.
    detail: String,
}

/// What of a conversation says whether an agent needs a slot for it.
#[derive(Deserialize)]
struct Now {
    status: Status,
    assignee: Option<Holder>,
}

#[derive(Deserialize)]
struct Holder {
    id: AgentId,
}

/// Does one thing to several conversations: to all of them, or to none.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/bulk", tag = "conversations",
    params(("company" = String, Path)), request_body = Bulk,
    responses((status = 200, body = Outcome),
        (status = 403, description = "not allowed for some, with `refused` by id: nothing was done"),
        (status = 409, description = "`bulk_refused` with `refused` by id, `at_capacity`: nothing was done")))]
#[worker::send]
pub async fn bulk(at: AtCompany, Json(body): Json<Bulk>) -> Answer<axum::Json<Outcome>> {
    require_sight(&at)?;
    check_shape(&body.ids)?;
    let route = format!("bulk at {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<Outcome>(&at.db).await? {
        return Ok(axum::Json(first));
    }
    let command = command_of(&at, &body.action).await?;
    let present = check_all(&at, &body.ids, &command).await?;
    check_capacity(&at, &command, &present).await?;
    let outcome = carry_out(&at, &body, &command).await?;
    if let Some(keep) = repeatable.keep(&at.db, &outcome, at.here.now)? {
        match db::transaction(&at.db, vec![keep]).await {
            // A repeat was quicker to note what both did.
            Ok(_) | Err(db::StoreError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(axum::Json(outcome))
}

fn check_shape(ids: &[ConversationId]) -> Answer<()> {
    let fault = |code, detail: &str| Err(FieldError::new("ids", code, detail).into());
    match ids.len() {
        0 => fault("required", "Name one conversation at least."),
        1..=MOST if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() => fault("twice", "Name each once."),
        1..=MOST => Ok(()),
        _ => fault("too_long", "At most 100 conversations, please."),
    }
}

async fn command_of(at: &AtCompany, action: &Action) -> Answer<Command> {
    let status = |status, until| Command::SetStatus { status, until };
    Ok(match *action {
        Action::Close {} => status(Status::Closed, None),
        Action::Reopen {} => status(Status::Open, None),
        Action::Snooze { until } => status(Status::Snoozed, Some(until)),
        Action::Assign { agent_id, force } => {
            Command::Assign { to: candidate(at, agent_id).await?, if_epoch: None, force }
        }
        Action::Folder { folder_id } => Command::SetFolder { to: folder(at, "action.folder_id", folder_id).await? },
        Action::Team { team_id } => Command::SetTeam { to: team(at, "action.team_id", team_id).await? },
        Action::Tag { tag_id } => set_tag(at, tag_id, true).await?,
        Action::Untag { tag_id } => set_tag(at, tag_id, false).await?,
        Action::Priority { priority } => Command::SetPriority { priority },
    })
}

async fn set_tag(at: &AtCompany, id: TagId, on: bool) -> Answer<Command> {
    let unknown = || FieldError::new("action.tag_id", "unknown_tag", "There is no such tag.");
    Ok(Command::SetTag { tag: marks::find(at, id).await?.ok_or_else(unknown)?, on })
}

/// Asks every conversation whether it would; answers how each is now.
async fn check_all(at: &AtCompany, ids: &[ConversationId], command: &Command) -> Answer<Vec<Now>> {
    if index::existing(&at.db, at.company.id, ids).await? < ids.len() {
        return Err(Problem::not_found());
    }
    let check = |id: &ConversationId| {
        let actor = Actor::Agent(at.member.clone());
        ask(at, *id, ConversationRequest::Check { actor, command: command.clone() })
    };
    let (mut present, mut refused) = (Vec::new(), Vec::new());
    for (id, answer) in ids.iter().zip(try_join_all(ids.iter().map(check)).await?) {
        match answer {
            call::Answer::Done(view) => present.push(serde_json::from_str(&view)?),
            call::Answer::Refused(refusal) => refused.push((*id, refusal)),
        }
    }
    if refused.is_empty() { Ok(present) } else { Err(refuse_all(refused)) }
}

/// One that is not there hides all; then come those that are not allowed, then those that cannot be.
fn refuse_all(refused: Vec<(ConversationId, Refusal)>) -> Problem {
    if refused.iter().any(|(_, refusal)| *refusal == Refusal::NotFound) {
        return Problem::not_found();
    }
    let invalid = refused.iter().find(|(_, refusal)| is_about_the_request(refusal));
    if let Some((_, refusal)) = invalid {
        return refusal.clone().into();
    }
    let missing = refused.iter().find_map(|(_, refusal)| match refusal {
        Refusal::Forbidden { missing } => Some(*missing),
        _ => None,
    });
    let list: Vec<Refused> = refused.into_iter().map(|(id, refusal)| Refused::new(id, refusal)).collect();
    let problem = match missing {
        Some(missing) => Problem::forbidden(missing),
        None => Problem::conflict("bulk_refused", "This cannot be done to all of them, so nothing was done."),
    };
    problem.with("refused", json!(list))
}

const fn is_about_the_request(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Invalid { .. } | Refusal::NotAssignable)
}

/// That an agent has room for all that he does not have yet. The Desk grants each slot by itself all the same.
async fn check_capacity(at: &AtCompany, command: &Command, present: &[Now]) -> Answer<()> {
    let Command::Assign { to: Some(to), force: false, .. } = command else { return Ok(()) };
    let needs_slot = |now: &&Now| now.is_under_way() && now.assignee.as_ref().is_none_or(|one| one.id != to.agent.id);
    let needed = u32::try_from(present.iter().filter(needs_slot).count()).unwrap_or(u32::MAX);
    let presences = match desk::ask::<()>(&at.here.env, at.company.id, &DeskRequest::Presences).await? {
        call::Answer::Done(text) => serde_json::from_str::<Presences>(&text)?,
        call::Answer::Refused(()) => Presences::default(),
    };
    match presences.get(&to.agent.id) {
        Some(seen) if needed > 0 && seen.open.saturating_add(needed) > seen.limit => {
            let (open, limit) = (seen.open, seen.limit);
            Err(Problem::from(Refusal::AtCapacity { open, limit }).with("needed", Value::from(needed)))
        }
        _ => Ok(()),
    }
}

async fn carry_out(at: &AtCompany, body: &Bulk, command: &Command) -> Answer<Outcome> {
    let deed = |id: &ConversationId| {
        let (actor, command) = (Actor::Agent(at.member.clone()), command.clone());
        let client_id = body.client_id.map(|client_id| name_for(client_id, *id));
        ask(at, *id, ConversationRequest::Command { actor, client_id, command })
    };
    let mut outcome = Outcome { done: Vec::new(), refused: Vec::new() };
    for (id, answer) in body.ids.iter().zip(try_join_all(body.ids.iter().map(deed)).await?) {
        match answer {
            call::Answer::Done(_) => outcome.done.push(*id),
            call::Answer::Refused(refusal) => outcome.refused.push(Refused::new(*id, refusal)),
        }
    }
    Ok(outcome)
}

async fn ask(at: &AtCompany, id: ConversationId, request: ConversationRequest) -> Answer<call::Answer<Refusal>> {
    Ok(call::call(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await?)
}

/// Under which name a conversation knows its part of the request, so that a repeat is one there, too.
fn name_for(client_id: ClientId, conversation: ConversationId) -> ClientId {
    let digest = Sha256::new().chain_update(client_id.as_bytes()).chain_update(conversation.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    ClientId::new(Uuid::from_bytes(bytes))
}

impl Now {
    const fn is_under_way(&self) -> bool {
        matches!(self.status, Status::New | Status::Open | Status::Pending)
    }
}

impl Refused {
    fn new(id: ConversationId, refusal: Refusal) -> Self {
        let problem = Problem::from(refusal);
        Self { id, code: problem.code().to_owned(), detail: problem.detail().to_owned() }
    }
}
