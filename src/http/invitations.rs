//! Accepting an invitation: looking does not use it up, accepting does, once (specification E4–E7, G6).

use super::accounts::Profile;
use super::body::Json;
use super::problem::{Answer, Problem};
use super::session::Here;
use crate::domain::id::SessionId;
use crate::domain::input::Form;
use crate::domain::people::password;
use crate::domain::people::role::Role;
use crate::domain::time::Instant;
use crate::platform::{password_hash, random, session_token};
use crate::store::invitations::{self, Acceptance, Invitation};
use crate::store::{accounts, db};
use axum::extract::Path;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// An invitation as the invited sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct InvitationBody {
    company: CompanyName,
    email: String,
    first_name: String,
    last_name: String,
    roles: Vec<Role>,
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
    first_name: Option<String>,
    last_name: Option<String>,
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
        needs_password: !invitation.has_password,
        company: CompanyName { slug: invitation.company_slug, name: invitation.company_name },
        email: invitation.email,
        first_name: invitation.first_name,
        last_name: invitation.last_name,
        roles: invitation.roles,
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
    let first_name = form.line("first_name", body.first_name.as_deref().unwrap_or(&invitation.first_name));
    let last_name = form.line("last_name", body.last_name.as_deref().unwrap_or(&invitation.last_name));
    let password = body.password.unwrap_or_default();
    if !invitation.has_password {
        form.take(password::check("password", &password, &[&invitation.email, &first_name, &last_name]));
    }
    form.finish()?;
    let db = db::open(&here.env)?;
    let password_hash = new_password(&db, &invitation, &password).await?;
    let session = SessionId::new(random::id(here.now));
    let acceptance = Acceptance {
        invitation: &invitation,
        session,
        session_expires_at: here.now.after(session_token::LIFETIME),
        user_agent: here.user_agent(),
        first_name: &first_name,
        last_name: &last_name,
        name: &format!("{first_name} {last_name}"),
        password_hash: password_hash.as_deref(),
    };
    if !invitations::accept(&db, &acceptance, here.now).await? {
        return Err(gone());
    }
    let token = here.sign_session(invitation.user, session)?;
    let joined = Joined {
        company: CompanyName { slug: invitation.company_slug, name: invitation.company_name },
        user: Profile { id: invitation.user, email: invitation.email, first_name, last_name },
    };
    Ok(([here.session_cookie(&token)?], axum::Json(joined)).into_response())
}

async fn usable(here: &Here, token: &str) -> Answer<Invitation> {
    let invitation = invitations::find(&db::open(&here.env)?, token, here.now).await?;
    let invitation = invitation.ok_or_else(Problem::not_found)?;
    if invitation.usable { Ok(invitation) } else { Err(gone()) }
}

/// The hash of a first password; of somebody who has an account, the account's password is asked for instead.
async fn new_password(db: &worker::D1Database, invitation: &Invitation, password: &str) -> Answer<Option<String>> {
    if !invitation.has_password {
        return password_hash::hash(password).map(Some).map_err(|error| Problem::internal("password", &error));
    }
    let user = accounts::user_by_email(db, &invitation.email).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    if password_hash::verify(password, hash) { Ok(None) } else { Err(Problem::wrong_credentials()) }
}

fn gone() -> Problem {
    let detail = "This invitation was used, replaced or has expired. Ask for a new one.";
    Problem::new(StatusCode::GONE, "invitation_gone", detail)
}
