//! Whether the Worker answers at all, and whether everything is there that it needs.

use super::session::Here;
use crate::effects::mail;
use crate::platform::{log, settings};
use crate::store::db::{self, StoreResult};
use crate::store::{files, migrations, profiles};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

/// The Worker's state of health.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Health {
    ok: bool,
    version: &'static str,
    /// `local` or `production`.
    environment: String,
}

/// Answers without asking anybody.
#[utoipa::path(get, path = "/api/health", tag = "operations", responses((status = 200, body = Health)))]
pub async fn health(here: Here) -> Json<Health> {
    Json(Health { ok: true, version: env!("CARGO_PKG_VERSION"), environment: settings::environment(&here.env) })
}

/// What the Worker needs, and whether it is there.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Readiness {
    ok: bool,
    checks: Checks,
}

/// One by one.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Checks {
    /// The database answers.
    database: bool,
    /// The database has every table that this version needs.
    schema: bool,
    /// The object store answers.
    files: bool,
    /// The cache answers. Without it everything works, and more slowly: it makes nothing unready.
    cache: bool,
    /// The keys of sessions and of customers' links can be read.
    keys: bool,
}

/// Asks whatever the Worker stands on.
#[utoipa::path(get, path = "/api/ready", tag = "operations",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
#[worker::send]
pub async fn ready(here: Here) -> Response {
    let newest = match db::open(&here.env) {
        Ok(db) => found("database", migrations::newest(&db).await),
        Err(error) => found("database", Err(error)),
    };
    let checks = Checks {
        database: newest.is_some(),
        schema: newest.flatten().as_deref() >= Some(migrations::NEWEST),
        files: found("files", files::answers(&here.env).await).is_some(),
        cache: found("cache", profiles::answers(&here.env).await).is_some(),
        keys: here.session_keys().is_ok() && mail::link_keys(&here.env).is_ok(),
    };
    let ok = checks.database && checks.schema && checks.files && checks.keys;
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ok, checks })).into_response()
}

/// What was asked for; where it failed, the log says why.
fn found<T>(what: &str, answer: StoreResult<T>) -> Option<T> {
    answer.inspect_err(|error| log::fault("readiness", what, error)).ok()
}
