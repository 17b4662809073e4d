//! The people of a company: their list, and inviting somebody (specification E, F).

use super::body::Json;
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::AtCompany;
use crate::domain::id::{AgentId, ClientId, InvitationId, UserId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::email;
use crate::domain::people::permission::{Capability, permit_company};
use crate::domain::people::role::{AddOn, Role};
use crate::effects::mail::link_keys;
use crate::pages::mails;
use crate::platform::{links, mailer, random, settings};
use crate::store::accounts::{self, NewUser};
use crate::store::agents::{self, Agent, NewMembership};
use crate::store::db::{self, StoreError};
use crate::store::invitations::{self, NewInvitation};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// The people of a company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Agents {
    items: Vec<Agent>,
    next: Option<String>,
}

/// Somebody to invite.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    email: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    roles: Vec<Role>,
    #[serde(default)]
    add_ons: Vec<AddOn>,
    /// Whether the invitation goes out by mail; otherwise its URL is in the answer, to be handed over.
    #[serde(default = "yes")]
    send_email: bool,
}

/// Somebody who was invited.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invited {
    agent: Agent,
    /// Only when no mail was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_url: Option<String>,
}

/// What the answer is made from, should the request be repeated. The token is not in it: it follows from the id.
#[derive(Serialize, Deserialize)]
struct Kept {
    agent: Agent,
    handed_over: Option<InvitationId>,
}

const fn yes() -> bool {
    true
}

/// The people of a company.
#[utoipa::path(get, path = "/api/companies/{company}/agents", tag = "people", params(("company" = String, Path)),
    responses((status = 200, body = Agents)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<Agents>> {
    permit_company(&at.member, Capability::AgentList)?;
    Ok(axum::Json(Agents { items: agents::list(&at.db, at.company.id).await?, next: None }))
}

/// Invites somebody.
#[utoipa::path(post, path = "/api/companies/{company}/agents", tag = "people", params(("company" = String, Path)),
    request_body = NewAgent,
    responses((status = 201, body = Invited), (status = 409, description = "`already_member`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewAgent>) -> Answer {
    let mut form = Form::default();
    let address = form.take(email::normalise("email", &body.email));
    let first_name = form.take(input::optional_line("first_name", &body.first_name));
    let last_name = form.take(input::optional_line("last_name", &body.last_name));
    if body.roles.is_empty() {
        form.fault(FieldError::new("roles", "required", "Give at least one role."));
    }
    form.finish()?;
    permit_company(&at.member, Capability::AgentInvite)?;
    require_rank(&at, &body.roles)?;

    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &at.company.slug, &body)?;
    if let Some(first) = repeatable.earlier::<Kept>(&at.db).await? {
        return invited(&at, first);
    }
    let now = at.here.now;
    let known = accounts::user_by_email(&at.db, &address).await?;
    let user = known.as_ref().map_or_else(|| UserId::new(random::id(now)), |user| user.id);
    let agent = Agent {
        id: AgentId::new(random::id(now)),
        name: display_name(&first_name, &last_name, &address),
        public_name: None,
        function: String::new(),
        email: address,
        status: "invited".to_owned(),
        assignable: false,
        roles: body.roles,
        add_ons: body.add_ons,
    };
    let invitation = InvitationId::new(random::id(now));
    let kept = Kept { handed_over: (!body.send_email).then_some(invitation), agent };
    let mut statements = Vec::new();
    if known.is_none() {
        let email = &kept.agent.email;
        let new_user = NewUser { id: user, email, first_name: &first_name, last_name: &last_name, password_hash: None };
        statements.push(accounts::insert_user(&at.db, &new_user, now)?);
    }
    let membership = NewMembership {
        id: kept.agent.id,
        company: at.company.id,
        user,
        roles: &kept.agent.roles,
        add_ons: &kept.agent.add_ons,
        name: &kept.agent.name,
    };
    statements.push(agents::insert(&at.db, &membership, now)?);
    let new_invitation = NewInvitation {
        id: invitation,
        company: at.company.id,
        membership: kept.agent.id,
        invited_by: at.member.id,
        token: &token(&at, invitation)?,
    };
    statements.extend(invitations::insert(&at.db, &new_invitation, now)?);
    statements.extend(repeatable.keep(&at.db, &kept, now)?);
    if let Err(error) = db::transaction(&at.db, statements).await {
        return match repeatable.earlier::<Kept>(&at.db).await? {
            Some(first) if Repeatable::is_lost_race(&error) => invited(&at, first),
            _ => Err(already_member(error)),
        };
    }
    if body.send_email {
        let url = url(&at, invitation)?;
        let mail = mails::invitation(&kept.agent.email, &at.company.name, &at.member.name, &url)
            .map_err(|error| Problem::internal("mail", &error))?;
        mailer::send(&at.here.env, &mail).await.map_err(|error| Problem::internal("mail", &error))?;
    }
    invited(&at, kept)
}

fn invited(at: &AtCompany, kept: Kept) -> Answer {
    let invitation_url = kept.handed_over.map(|invitation| url(at, invitation)).transpose()?;
    Ok((StatusCode::CREATED, axum::Json(Invited { agent: kept.agent, invitation_url })).into_response())
}

fn url(at: &AtCompany, invitation: InvitationId) -> Answer<String> {
    Ok(format!("{}/invitation/{}", settings::public_origin(&at.here.env), token(at, invitation)?))
}

fn token(at: &AtCompany, invitation: InvitationId) -> Answer<String> {
    let keys = link_keys(&at.here.env).map_err(|error| Problem::internal("link", &error))?;
    Ok(links::invitation_token(&keys, invitation))
}

/// Nobody gives a role above his own; administrators alone make equals (specification I2).
fn require_rank(at: &AtCompany, roles: &[Role]) -> Answer<()> {
    let own = at.member.roles.iter().map(|role| role.rank()).max().unwrap_or(0);
    let allowed = |role: &Role| role.rank() < own || at.member.roles.contains(&Role::Administrator);
    if roles.iter().all(allowed) { Ok(()) } else { Err(Problem::forbidden(Capability::AgentInvite)) }
}

fn display_name(first_name: &str, last_name: &str, address: &str) -> String {
    match format!("{first_name} {last_name}").trim() {
        "" => address.split('@').next().unwrap_or(address).to_owned(),
        name => name.to_owned(),
    }
}

fn already_member(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(text) if text.contains("memberships") => {
            Problem::conflict("already_member", "This person works here, or was invited, already.")
        }
        other => other.into(),
    }
}
