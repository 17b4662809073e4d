//! One's open sessions: seen, and ended.

use super::body::{Nothing, OptionalJson};
use super::problem::{Answer, Problem};
use super::session::Person;
use crate::domain::id::SessionId;
use crate::domain::time::Instant;
use crate::effects::revocation;
use crate::store::{db, sessions};
use axum::extract::Path;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::Serialize;

/// A person's open sessions.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Sessions {
    items: Vec<OpenSession>,
    next: Option<String>,
}

/// An open session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct OpenSession {
    id: SessionId,
    created_at: Instant,
    expires_at: Instant,
    /// The browser, as it called itself.
    user_agent: String,
    /// Whether it is the one that asks.
    current: bool,
}

/// One's open sessions, newest first.
#[utoipa::path(get, path = "/api/sessions", tag = "accounts", responses((status = 200, body = Sessions)))]
#[worker::send]
pub async fn list(person: Person) -> Answer<axum::Json<Sessions>> {
    let open = sessions::open(&person.db, person.signed_in.user, person.here.now).await?;
    let current = person.signed_in.session;
    let items = open.into_iter().map(|one| OpenSession {
        current: one.id == current,
        id: one.id,
        created_at: one.created_at,
        expires_at: one.expires_at,
        user_agent: one.user_agent,
    });
    Ok(axum::Json(Sessions { items: items.collect(), next: None }))
}

/// Ends one of one's sessions.
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "accounts", params(("id" = SessionId, Path)),
    responses((status = 204)))]
#[worker::send]
pub async fn end(person: Person, Path(id): Path<String>, _: OptionalJson<Nothing>) -> Answer {
    let Person { here, db, signed_in } = person;
    let id = SessionId::parse(&id).ok_or_else(Problem::not_found)?;
    if !sessions::revoke(&db, signed_in.user, id, here.now).await? {
        return Err(Problem::not_found());
    }
    revocation::session_ended(&here.env, &db, signed_in.user, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ends all of one's sessions, this one too.
#[utoipa::path(delete, path = "/api/sessions", tag = "accounts", responses((status = 204)))]
#[worker::send]
pub async fn end_all(person: Person, _: OptionalJson<Nothing>) -> Answer {
    let Person { here, db, signed_in } = person;
    db::transaction(&db, vec![sessions::revoke_all(&db, signed_in.user, None, here.now)?]).await?;
    revocation::sessions_ended(&here.env, &db, signed_in.user, None).await?;
    Ok((StatusCode::NO_CONTENT, [here.no_session_cookie()?]).into_response())
}
