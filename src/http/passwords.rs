//! One's own password: forgotten, set anew, changed (specification G).

use super::body::Json;
use super::credentials;
use super::problem::{Answer, Problem};
use super::session::{Here, Person};
use crate::domain::id::{CompanyId, PasswordResetId, SessionId, UserId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::{email, password};
use crate::domain::time::{Instant, Span};
use crate::effects::mail::link_keys;
use crate::effects::revocation;
use crate::pages::mails;
use crate::platform::{links, log, mailer, password_hash, random, settings};
use crate::store::accounts::{self, User};
use crate::store::attempts::{Attempts, Limit};
use crate::store::callers::SignedIn;
use crate::store::passwords::{self, Chosen, Issue};
use crate::store::{audit, db, sessions};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement, Env};

/// Links to a new password that one address is mailed.
pub const MAILS: Limit = Limit { what: "forgotten-password", most: 5, within: Span::seconds(3_600) };

/// Who forgot his password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    email: String,
}

/// A new password, for whoever holds the link.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    token: String,
    password: String,
}

/// A change of one's password that comes again within this time is a repeat.
const REPEATED_WITHIN: Span = Span::seconds(60);

/// Whose password was set.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PasswordSet {
    email: String,
}

/// Another password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present one.
    current: String,
    password: String,
}

/// Mails a link to a new password, if there is such an account; the answer is the same if there is none.
#[utoipa::path(post, path = "/api/password/forgot", tag = "accounts", request_body = Forgotten,
    responses((status = 202, description = "whether or not there is such an account")))]
#[worker::send]
pub async fn forgot(here: Here, Json(body): Json<Forgotten>) -> Answer {
    let address = email::normalise("email", &body.email).map_err(Problem::from)?;
    let (env, now) = (here.env.clone(), here.now);
    let work = async move {
        if let Err(problem) = mail_link(&env, &address, now).await {
            log::fault("forgotten password", "", &problem.detail());
        }
    };
    here.afterwards(work);
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Sets the password of whoever holds the link; his sessions end.
#[utoipa::path(post, path = "/api/password/reset", tag = "accounts", request_body = NewPassword,
    responses((status = 200, body = PasswordSet), (status = 410, description = "used, replaced or expired")))]
#[worker::send]
pub async fn reset(here: Here, Json(body): Json<NewPassword>) -> Answer<axum::Json<PasswordSet>> {
    let db = db::open(&here.env)?;
    let reset = passwords::find_reset(&db, &body.token, here.now).await?.ok_or_else(gone)?;
    if !reset.is_usable() {
        return Err(gone());
    }
    let known = [&reset.email, &reset.first_name, &reset.last_name];
    check_new(&db, reset.user_id, None, known, &body.password).await??;
    if password_hash::verify(&body.password, reset.password_hash.as_deref()) {
        return Err(unchanged().into());
    }
    let hash = password_hash::hash(&body.password).map_err(|error| Problem::internal("password", &error))?;
    let more = vec![Attempts::of(credentials::WRONG_PASSWORDS, &reset.email).forget(&db)?];
    let attempt = SessionId::new(random::id(here.now)).to_string();
    if !passwords::use_reset(&db, &reset, &attempt, &hash, more, here.now).await? {
        return Err(gone());
    }
    let doer = here.doer(None, "");
    let line = audit::insert_everywhere(&db, here.audit_id(), reset.user_id, "password.reset", &doer, here.now)?;
    db::transaction(&db, vec![line]).await?;
    revocation::sessions_ended(&here.env, &db, reset.user_id, None).await?;
    Ok(axum::Json(PasswordSet { email: reset.email }))
}

/// Changes one's password; one's other sessions end.
#[utoipa::path(put, path = "/api/password", tag = "accounts", request_body = PasswordChange,
    responses((status = 204), (status = 401, description = "`wrong_credentials`: the present password is another one")))]
#[worker::send]
pub async fn change(person: Person, Json(body): Json<PasswordChange>) -> Answer {
    let Person { here, db, signed_in } = person;
    let mut form = Form::default();
    let known = [&signed_in.email, &signed_in.first_name, &signed_in.last_name];
    form.take(check_new(&db, signed_in.user, None, known, &body.password).await?);
    if body.password == body.current {
        form.fault(unchanged());
    }
    form.finish()?;
    let checked = credentials::check_password(&here, &db, &signed_in.email, &body.current).await;
    if checked.is_err() && was_done(&here, &db, &signed_in, &body.password).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let (user, attempts) = checked?;
    let hash = password_hash::hash(&body.password).map_err(|error| Problem::internal("password", &error))?;
    let doer = here.doer(None, "");
    let mut statements = passwords::set(&db, user.id, &hash, Chosen::ByHimself, here.now)?;
    statements.extend([
        sessions::revoke_all(&db, user.id, Some(signed_in.session), here.now)?,
        attempts.forget(&db)?,
        audit::insert_everywhere(&db, here.audit_id(), user.id, "password.changed", &doer, here.now)?,
    ]);
    db::transaction(&db, statements).await?;
    revocation::sessions_ended(&here.env, &db, user.id, Some(signed_in.session)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Whether the same change, sent twice, was carried out a moment ago: what is wanted is what is.
async fn was_done(here: &Here, db: &D1Database, signed_in: &SignedIn, wanted: &str) -> Answer<bool> {
    if !passwords::changed_since(db, signed_in.user, here.now.before(REPEATED_WITHIN)).await? {
        return Ok(false);
    }
    let user = accounts::user(db, signed_in.user).await?;
    let is_so = user.is_some_and(|user| password_hash::verify(wanted, user.password_hash.as_deref()));
    if is_so {
        let attempts = Attempts::of(credentials::WRONG_PASSWORDS, &signed_in.email);
        db::transaction(db, vec![attempts.forget(db)?]).await?;
    }
    Ok(is_so)
}

/// The statements that open a way to a new password, and its name.
///
/// # Errors
/// When they cannot be made.
pub fn opening(
    env: &Env,
    db: &D1Database,
    user: &User,
    issue: Issue,
    now: Instant,
) -> Answer<(PasswordResetId, Vec<D1PreparedStatement>)> {
    let id = PasswordResetId::new(random::id(now));
    Ok((id, passwords::insert_reset(db, id, user.id, &token(env, id)?, issue, now)?))
}

/// Where a new password is set.
///
/// # Errors
/// When the deployment has no link keys.
pub fn way(env: &Env, id: PasswordResetId) -> Answer<String> {
    Ok(format!("{}/password/reset/{}", settings::public_origin(env), token(env, id)?))
}

fn token(env: &Env, id: PasswordResetId) -> Answer<String> {
    let keys = link_keys(env).map_err(|error| Problem::internal("link", &error))?;
    Ok(links::password_reset_token(&keys, id))
}

async fn mail_link(env: &Env, address: &str, now: Instant) -> Answer<()> {
    let db = db::open(env)?;
    if Attempts::of(MAILS, address).count(&db, now).await?.is_err() {
        return Ok(());
    }
    let user = accounts::user_by_email(&db, address).await?;
    // Whoever came back with a restored company has no password yet: this is his way to one.
    let Some(user) = user.filter(accounts::User::is_welcome) else { return Ok(()) };
    let (reset, statements) = opening(env, &db, &user, Issue { mailed: true, by: None }, now)?;
    db::transaction(&db, statements).await?;
    let url = way(env, reset)?;
    let mail = mails::new_password(&user.email, &url).map_err(|error| Problem::internal("mail", &error))?;
    mailer::send(env, &mail).await.map_err(|error| Problem::internal("mail", &error))
}

/// Whether a new password is good by the rules of every company where its person works, and of the one he joins.
///
/// # Errors
/// When the database fails; what is wrong with the password is in the answer.
pub async fn check_new(
    db: &D1Database,
    user: UserId,
    joins: Option<CompanyId>,
    known: [&String; 3],
    wanted: &str,
) -> Answer<Result<(), FieldError>> {
    let rules = accounts::password_rules(db, user, joins).await?;
    let known: Vec<&str> = known.into_iter().chain(&rules.companies).map(String::as_str).collect();
    Ok(password::check("password", wanted, &known, rules.policy))
}

fn unchanged() -> FieldError {
    FieldError::new("password", "password_unchanged", "This is the password you have.")
}

fn gone() -> Problem {
    let detail = "This link was used, replaced or has expired. Ask for a new one.";
    Problem::new(StatusCode::GONE, "link_gone", detail)
}
