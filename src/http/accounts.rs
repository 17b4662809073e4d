//! Signing up, in and out (specification A6–A14).

use super::body::{Json, Nothing, OptionalJson};
use super::credentials::{self, Claim};
use super::limits::Counted;
use super::problem::{Answer, Problem};
use super::session::{Here, Person};
use crate::domain::id::{AgentId, CompanyId, SessionId, TeamId, UserId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::password_policy::PasswordPolicy;
use crate::domain::people::role::Role;
use crate::domain::people::{email, password, slug as slugs};
use crate::domain::time::Instant;
use crate::effects::revocation;
use crate::platform::{password_hash, random, session_token};
use crate::store::accounts::{self, NewUser, User, Workplace};
use crate::store::attempts::Attempts;
use crate::store::companies::{self, NewCompany};
use crate::store::db::{self, StoreError};
use crate::store::sessions;
use axum::extract::Path;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use worker::D1Database;

/// A company's founder signs up.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    first_name: String,
    last_name: String,
    company: String,
    email: String,
    password: String,
    /// The company's URL; made from its name when left out.
    slug: Option<String>,
    /// That the terms were read and accepted: nothing but `true` will do.
    accept_terms: bool,
}

/// Who signs in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
    /// A code of the authenticator, or a recovery code, from whoever has a second factor.
    otp: Option<String>,
}

/// A person.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Profile {
    pub id: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

/// A company that was just founded, and its founder.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Founded {
    company: Workplace,
    me: Profile,
}

/// A person who just signed in, and where he works.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignedInPerson {
    user: Profile,
    companies: Vec<Workplace>,
    /// Whether another password has to be chosen, at one of the companies at least, before anything else there.
    must_change_password: bool,
}

/// A session for a program.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Token {
    token: String,
    expires_at: Instant,
}

/// Whether a company may have a URL.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SlugState {
    slug: String,
    available: bool,
    /// One that is free.
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

/// A company as its founder wants it, checked.
pub struct Founding {
    pub name: String,
    pub slug: String,
}

/// Founds a company and signs its founder in.
#[utoipa::path(post, path = "/api/signup", tag = "accounts", request_body = SignUp, responses(
    (status = 201, body = Founded), (status = 409, description = "`slug_taken` with a suggestion, `email_taken`")))]
#[worker::send]
pub async fn sign_up(here: Here, Json(body): Json<SignUp>) -> Answer {
    let mut form = Form::default();
    let first_name = form.line("first_name", &body.first_name);
    let last_name = form.line("last_name", &body.last_name);
    let email = form.take(email::normalise("email", &body.email));
    let founding = check_founding(&mut form, &body.company, body.slug.as_deref());
    let known_words = [&email, &first_name, &last_name, &founding.name].map(String::as_str);
    form.take(password::check("password", &body.password, &known_words, PasswordPolicy::default()));
    if !body.accept_terms {
        form.fault(FieldError::new("accept_terms", "terms_not_accepted", "Please read and accept the terms."));
    }
    form.finish()?;

    here.count(Counted::SignUps).await?;
    let db = db::open(&here.env)?;
    require_free(&here, &db, &founding.slug, None).await?;
    let known = accounts::user_by_email(&db, &email).await?;
    let mut statements = Vec::new();
    let user = match &known {
        Some(_) => {
            let (user, attempts) = own_account(&here, &db, &email, &body.password).await?;
            statements.push(attempts.forget(&db)?);
            user
        }
        None => UserId::new(random::id(here.now)),
    };
    let hash = known.is_none().then(|| password_hash::hash(&body.password)).transpose();
    let hash = hash.map_err(|error| Problem::internal("password", &error))?;
    let new_user = NewUser {
        id: user,
        email: &email,
        first_name: &first_name,
        last_name: &last_name,
        password_hash: hash.as_deref(),
    };
    let company = NewCompany {
        id: CompanyId::new(random::id(here.now)),
        slug: &founding.slug,
        name: &founding.name,
        owner: user,
        owner_agent: AgentId::new(random::id(here.now)),
        owner_name: &format!("{first_name} {last_name}"),
        unit: TeamId::new(random::id(here.now)),
    };
    let session = SessionId::new(random::id(here.now));
    if known.is_none() {
        statements.push(accounts::insert_user(&db, &new_user, here.now)?);
    }
    statements.extend(companies::insert(&db, &company, here.now)?);
    statements.push(start_session(&here, &db, session, user)?);
    if let Err(error) = db::transaction(&db, statements).await {
        return Err(taken_in_the_meantime(&here, &db, &founding.slug, None, error).await);
    }

    let founded = Founded { company: founded(&company), me: Profile { id: user, email, first_name, last_name } };
    let token = here.sign_session(user, session)?;
    Ok((StatusCode::CREATED, [here.session_cookie(&token)?], axum::Json(founded)).into_response())
}

/// Whether a URL is free, and one that is.
#[utoipa::path(get, path = "/api/slugs/{slug}", tag = "accounts", params(("slug" = String, Path)),
    responses((status = 200, body = SlugState)))]
#[worker::send]
pub async fn slug(here: Here, Path(wanted): Path<String>) -> Answer<axum::Json<SlugState>> {
    let db = db::open(&here.env)?;
    let well_formed = slugs::check("slug", &wanted).is_ok();
    let slug = if well_formed { wanted.clone() } else { slugs::from_name(&wanted) };
    let free = first_free(&here, &db, &slug, None).await?;
    let available = well_formed && free.as_deref() == Some(wanted.as_str());
    let suggestion = if available { None } else { free };
    Ok(axum::Json(SlugState { slug: wanted, available, suggestion }))
}

/// Signs a person in.
#[utoipa::path(post, path = "/api/session", tag = "accounts", request_body = Credentials, responses(
    (status = 200, body = SignedInPerson), (status = 401, description = "`wrong_credentials`")))]
#[worker::send]
pub async fn sign_in(here: Here, Json(body): Json<Credentials>) -> Answer {
    let db = db::open(&here.env)?;
    let (user, session) = check_credentials(&here, &db, &body).await?;
    let companies = accounts::workplaces(&db, user.id).await?;
    let must_change_password = companies.iter().any(|company| company.must_change_password);
    let token = here.sign_session(user.id, session)?;
    let user = Profile { id: user.id, email: user.email, first_name: user.first_name, last_name: user.last_name };
    Ok(([here.session_cookie(&token)?], axum::Json(SignedInPerson { user, companies, must_change_password }))
        .into_response())
}

/// Starts a session for a program: the token goes into `Authorization: Bearer`.
#[utoipa::path(post, path = "/api/tokens", tag = "accounts", request_body = Credentials, responses(
    (status = 201, body = Token), (status = 401, description = "`wrong_credentials`")))]
#[worker::send]
pub async fn token(here: Here, Json(body): Json<Credentials>) -> Answer {
    let db = db::open(&here.env)?;
    let (user, session) = check_credentials(&here, &db, &body).await?;
    let token = here.sign_session(user.id, session)?;
    let expires_at = here.now.after(session_token::LIFETIME);
    Ok((StatusCode::CREATED, axum::Json(Token { token, expires_at })).into_response())
}

/// Ends the session, everywhere and at once: its token is refused and its sockets are closed.
#[utoipa::path(delete, path = "/api/session", tag = "accounts", responses((status = 204)))]
#[worker::send]
pub async fn sign_out(person: Person, _: OptionalJson<Nothing>) -> Answer {
    let Person { here, db, signed_in } = person;
    sessions::revoke(&db, signed_in.user, signed_in.session, here.now).await?;
    revocation::session_ended(&here.env, &db, signed_in.user, signed_in.session).await?;
    Ok((StatusCode::NO_CONTENT, [here.no_session_cookie()?]).into_response())
}

/// Checks a company's name and URL; the URL is made from the name where none was chosen (specification A10, A11).
pub fn check_founding(form: &mut Form, name: &str, slug: Option<&str>) -> Founding {
    let name = form.line("company", name);
    let slug = match slug.map(str::trim).filter(|slug| !slug.is_empty()) {
        Some(slug) => form.take(slugs::check("slug", slug)),
        None => slugs::from_name(&name),
    };
    Founding { name, slug }
}

/// Refuses a URL that is taken or reserved, and suggests another (specification A12).
///
/// # Errors
/// 409 `slug_taken`.
pub async fn require_free(here: &Here, db: &D1Database, slug: &str, company: Option<CompanyId>) -> Answer<()> {
    let free = first_free(here, db, slug, company).await?;
    if free.as_deref() == Some(slug) {
        return Ok(());
    }
    let detail = "Another company has this URL. Please pick a different one.";
    Err(Problem::conflict("slug_taken", detail).with("suggestion", json!(free)))
}

/// A name that was still free a moment ago, and is not any more.
pub async fn taken_in_the_meantime(
    here: &Here,
    db: &D1Database,
    slug: &str,
    company: Option<CompanyId>,
    error: StoreError,
) -> Problem {
    match error {
        StoreError::Conflict(text) if text.contains("companies.slug") => {
            match require_free(here, db, slug, company).await {
                Ok(()) => Problem::internal("sign-up", &"a slug is taken and free"),
                Err(problem) => problem,
            }
        }
        StoreError::Conflict(text) if text.contains("users.email") => email_taken(),
        other => other.into(),
    }
}

/// A company as its founder sees it.
pub fn founded(company: &NewCompany<'_>) -> Workplace {
    Workplace {
        id: company.id,
        slug: company.slug.to_owned(),
        name: company.name.to_owned(),
        roles: vec![Role::Administrator.key().to_owned()],
        must_change_password: false,
    }
}

async fn first_free(here: &Here, db: &D1Database, slug: &str, company: Option<CompanyId>) -> Answer<Option<String>> {
    let mut candidates = vec![slug.to_owned()];
    candidates.extend(slugs::alternatives(slug));
    candidates.retain(|slug| !slugs::is_reserved(slug));
    let taken = companies::taken_slugs(db, &candidates, company, here.now).await?;
    Ok(candidates.into_iter().find(|slug| !taken.contains(slug)))
}

/// The account of somebody who founds another company while signing up.
async fn own_account(here: &Here, db: &D1Database, email: &str, password: &str) -> Answer<(UserId, Attempts)> {
    let (user, attempts) = credentials::check_password(here, db, email, password)
        .await
        .map_err(|problem| if problem.status() == StatusCode::UNAUTHORIZED { email_taken() } else { problem })?;
    // Who has a second factor signs in first, where it is asked for.
    if user.totp_seed.is_some() { Err(email_taken()) } else { Ok((user.id, attempts)) }
}

fn email_taken() -> Problem {
    Problem::conflict("email_taken", "There is an account with this address. Sign in to add a company to it.")
}

async fn check_credentials(here: &Here, db: &D1Database, body: &Credentials) -> Answer<(User, SessionId)> {
    let claim = Claim { email: &body.email, password: &body.password, otp: body.otp.as_deref() };
    let (user, attempts) = credentials::check(here, db, &claim).await?;
    let session = SessionId::new(random::id(here.now));
    db::transaction(db, vec![attempts.forget(db)?, start_session(here, db, session, user.id)?]).await?;
    Ok((user, session))
}

/// The statement that starts a session.
///
/// # Errors
/// When it cannot be made.
pub fn start_session(
    here: &Here,
    db: &D1Database,
    session: SessionId,
    user: UserId,
) -> Answer<worker::D1PreparedStatement> {
    let expires_at = here.now.after(session_token::LIFETIME);
    Ok(sessions::insert(db, session, user, here.user_agent(), here.now, expires_at)?)
}
