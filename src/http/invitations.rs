//! Invitations: issued, mailed, issued anew; and accepted: looking does not use one up, accepting does, once
//! (specification E4–E7, G6).

use super::accounts::Profile;
use super::agents::inviting::{Invited, already_member, display_name};
use super::agents::{AgentBody, deed, presences, require_above};
use super::body::{Json, OptionalJson};
use super::credentials;
use super::passwords::check_new;
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::{AtAgent, AtCompany, Here};
use crate::domain::id::{AgentId, ClientId, InvitationId, SessionId};
use crate::domain::input::Form;
use crate::domain::people::permission::Capability;
use crate::domain::time::{Instant, Span};
use crate::effects::mail::link_keys;
use crate::effects::revocation;
use crate::pages::mails;
use crate::platform::{links, mailer, password_hash, random, session_token, settings};
use crate::store::agents::{self, AgentRecord, Standing};
use crate::store::attempts::{Attempts, Limit};
use crate::store::invitations::{self, Acceptance, Invitation, NewInvitation};
use crate::store::members::role_names;
use crate::store::{audit, db};
use axum::extract::Path;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Invitations that one address is mailed, by whomever.
const MAILS: Limit = Limit { what: "invitation", most: 20, within: Span::days(1) };

/// An invitation as the invited sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationBody {
    company: CompanyName,
    email: String,
    first_name: String,
    last_name: String,
    /// Keys of presets and ids of the company's own.
    roles: Vec<String>,
    expires_at: Instant,
    /// Whether a password has to be chosen: not where the person has an account already.
    needs_password: bool,
}

/// Which company it is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CompanyName {
    slug: String,
    name: String,
}

/// What the invited says.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceBody {
    /// Required of who has no account yet; the account's own password otherwise.
    password: Option<String>,
    /// A code of the account's second factor, where it has one.
    otp: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
}

/// How an invitation reaches the invited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// By mail: whoever accepts it reads that mailbox.
    Mailed,
    /// By hand.
    HandedOver,
}

/// How to invite somebody once more.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Again {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// Whether the invitation goes out by mail; otherwise its URL is in the answer, to be handed over.
    #[serde(default = "yes")]
    send_email: bool,
}

impl Default for Again {
    fn default() -> Self {
        Self { client_id: None, send_email: true }
    }
}

const fn yes() -> bool {
    true
}

/// Who joined, and what.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Joined {
    company: CompanyName,
    user: Profile,
}

/// Shows an invitation.
#[utoipa::path(get, path = "/api/invitations/{token}", tag = "people", params(("token" = String, Path)),
    responses((status = 200, body = InvitationBody), (status = 410, description = "used or expired")))]
#[worker::send]
pub async fn show(here: Here, Path(token): Path<String>) -> Answer<axum::Json<InvitationBody>> {
    let invitation = usable(&here, &token).await?;
    Ok(axum::Json(InvitationBody {
        needs_password: !invitation.has_account,
        roles: role_names(&invitation.member),
        company: CompanyName { slug: invitation.company_slug, name: invitation.company_name },
        email: invitation.email,
        first_name: invitation.invited_first_name,
        last_name: invitation.invited_last_name,
        expires_at: invitation.expires_at,
    }))
}

/// Accepts an invitation and signs the person in.
#[utoipa::path(post, path = "/api/invitations/{token}", tag = "people", params(("token" = String, Path)),
    request_body = AcceptanceBody,
    responses((status = 200, body = Joined), (status = 410, description = "used or expired")))]
#[worker::send]
pub async fn accept(here: Here, Path(token): Path<String>, Json(body): Json<AcceptanceBody>) -> Answer {
    let invitation = usable(&here, &token).await?;
    let mut form = Form::default();
    // Who has an account has his names.
    let named = |form: &mut Form, field, said: Option<&str>, known: &str, invited: &str| {
        if invitation.has_account { known.to_owned() } else { form.line(field, said.unwrap_or(invited)) }
    };
    let Invitation { first_name, last_name, invited_first_name, invited_last_name, .. } = &invitation;
    let (said_first, said_last) = (body.first_name.as_deref(), body.last_name.as_deref());
    let first_name = named(&mut form, "first_name", said_first, first_name, invited_first_name);
    let last_name = named(&mut form, "last_name", said_last, last_name, invited_last_name);
    let password = body.password.unwrap_or_default();
    let db = db::open(&here.env)?;
    if !invitation.has_account {
        let known = [&invitation.email, &first_name, &last_name];
        form.take(check_new(&db, invitation.user, Some(invitation.company), known, &password).await?);
    }
    form.finish()?;
    let password_hash = if invitation.has_account {
        let (user, attempts) = credentials::check_password(&here, &db, &invitation.email, &password).await?;
        credentials::check_second_factor(&here, &db, &user, body.otp.as_deref()).await?;
        db::transaction(&db, vec![attempts.forget(&db)?]).await?;
        None
    } else {
        Some(password_hash::hash(&password).map_err(|error| Problem::internal("password", &error))?)
    };
    // A name that somebody chose for him stays; one that was made from the others follows them.
    let made = display_name(&invitation.invited_first_name, &invitation.invited_last_name, &invitation.email);
    let chosen = invitation.member.name != made;
    let name = if chosen { invitation.member.name.clone() } else { format!("{first_name} {last_name}") };
    let session = SessionId::new(random::id(here.now));
    let acceptance = Acceptance {
        invitation: &invitation,
        session,
        session_expires_at: here.now.after(session_token::LIFETIME),
        user_agent: here.user_agent(),
        first_name: &first_name,
        last_name: &last_name,
        name: &name,
        password_hash: password_hash.as_deref(),
    };
    if !invitations::accept(&db, &acceptance, here.now).await? {
        return Err(gone());
    }
    let doer = here.doer(Some(invitation.membership), acceptance.name);
    let joined = deed("agent.joined", &invitation.member, serde_json::json!({ "by_mail": invitation.mailed }));
    let line = audit::insert(&db, here.audit_id(), invitation.company, &doer, &joined, here.now)?;
    db::transaction(&db, vec![line]).await?;
    revocation::people_changed(&here.env, invitation.company).await;
    if password_hash.is_some() {
        revocation::sessions_ended(&here.env, &db, invitation.user, Some(session)).await?;
    }
    let token = here.sign_session(invitation.user, session)?;
    let joined = Joined {
        company: CompanyName { slug: invitation.company_slug, name: invitation.company_name },
        user: Profile { id: invitation.user, email: invitation.email, first_name, last_name },
    };
    Ok(([here.session_cookie(&token)?], axum::Json(joined)).into_response())
}

/// Invites somebody once more; the invitation before stops working.
#[utoipa::path(post, path = "/api/companies/{company}/agents/{id}/invitation", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)), request_body = Option<Again>,
    responses((status = 201, body = Invited), (status = 409, description = "`already_member`")))]
#[worker::send]
pub async fn again(here: AtAgent, OptionalJson(body): OptionalJson<Again>) -> Answer {
    require_above(&here, Capability::AgentInvite)?;
    let AtAgent { at, target } = here;
    if target.status != Standing::Invited {
        return Err(already_member());
    }
    let route = format!("invitation of {}", target.member.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(invitation) = repeatable.earlier::<InvitationId>(&at.db).await? {
        return invited_again(&at, target, invitation, body.send_email).await;
    }
    if body.send_email {
        require_mail_allowed(&at, &target.email).await?;
    }
    let mut statements = vec![agents::require_unchanged(&at.db, &target)?];
    let invitation = issue(&at, target.member.id, Delivery::of(body.send_email), &mut statements)?;
    let detail = serde_json::json!({ "by_mail": body.send_email });
    statements.push(at.audit(&deed("agent.invited_again", &target.member, detail))?);
    if let Some(first) = repeatable.settle(&at.db, &invitation, statements, at.here.now, Problem::from).await? {
        return invited_again(&at, target, first, body.send_email).await;
    }
    if body.send_email {
        mail(&at, &target.email, invitation).await?;
    }
    invited_again(&at, target, invitation, body.send_email).await
}

async fn invited_again(at: &AtCompany, target: AgentRecord, invitation: InvitationId, mailed: bool) -> Answer {
    let invitation_url = if mailed { None } else { Some(url(at, invitation)?) };
    let agent = AgentBody::new(target, &presences(at).await);
    Ok((StatusCode::CREATED, axum::Json(Invited { agent, invitation_url })).into_response())
}

impl Delivery {
    /// By mail, or by hand.
    pub const fn of(send_email: bool) -> Self {
        if send_email { Self::Mailed } else { Self::HandedOver }
    }
}

/// Adds the statements that issue an invitation; earlier ones to the same person stop working.
///
/// # Errors
/// When they cannot be made.
pub fn issue(
    at: &AtCompany,
    membership: AgentId,
    delivery: Delivery,
    statements: &mut Vec<worker::D1PreparedStatement>,
) -> Answer<InvitationId> {
    let id = InvitationId::new(random::id(at.here.now));
    let invitation = NewInvitation {
        id,
        company: at.company.id,
        membership,
        invited_by: at.member.id,
        mailed: delivery == Delivery::Mailed,
        token: &token(at, id)?,
    };
    statements.extend(invitations::insert(&at.db, &invitation, at.here.now)?);
    Ok(id)
}

/// Whether one more invitation may be mailed to an address: strangers' companies share the limit.
///
/// # Errors
/// 429 after too many.
pub async fn require_mail_allowed(at: &AtCompany, to: &str) -> Answer<()> {
    match Attempts::of(MAILS, to).count(&at.db, at.here.now).await? {
        Ok(()) => Ok(()),
        Err(seconds) => Err(Problem::too_often(seconds)),
    }
}

/// Mails an invitation.
///
/// # Errors
/// When the transport refuses it.
pub async fn mail(at: &AtCompany, to: &str, invitation: InvitationId) -> Answer<()> {
    let mail = mails::invitation(to, &at.company.name, &at.member.name, &url(at, invitation)?)
        .map_err(|error| Problem::internal("mail", &error))?;
    mailer::send(&at.here.env, &mail).await.map_err(|error| Problem::internal("mail", &error))
}

/// Where an invitation is accepted.
///
/// # Errors
/// When the deployment has no link keys.
pub fn url(at: &AtCompany, invitation: InvitationId) -> Answer<String> {
    Ok(format!("{}/invitation/{}", settings::public_origin(&at.here.env), token(at, invitation)?))
}

fn token(at: &AtCompany, invitation: InvitationId) -> Answer<String> {
    let keys = link_keys(&at.here.env).map_err(|error| Problem::internal("link", &error))?;
    Ok(links::invitation_token(&keys, invitation))
}

async fn usable(here: &Here, token: &str) -> Answer<Invitation> {
    let invitation = invitations::find(&db::open(&here.env)?, token, here.now).await?;
    let invitation = invitation.ok_or_else(Problem::not_found)?;
    if invitation.usable { Ok(invitation) } else { Err(gone()) }
}

fn gone() -> Problem {
    let detail = "This invitation was used, replaced or has expired. Ask for a new one.";
    Problem::new(StatusCode::GONE, "invitation_gone", detail)
}
