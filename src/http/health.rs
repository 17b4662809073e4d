//! Whether the Worker answers at all, and whether everything is there that it needs.

use super::session::Here;
use crate::effects::mail;
use crate::platform::{log, settings};
use crate::store::{db, files, migrations, profiles};
use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;
use std::fmt::Display;

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
        Ok(db) => migrations::newest(&db).await.map_err(|error| told("database", &error)),
        Err(error) => Err(told("database", &error)),
    };
    let checks = Checks {
        database: newest.is_ok(),
        schema: newest.is_ok_and(|newest| newest.as_deref() >= Some(migrations::NEWEST)),
        files: files::answers(&here.env).await.map_err(|error| told("files", &error)).is_ok(),
        cache: profiles::answers(&here.env).await.map_err(|error| told("cache", &error)).is_ok(),
        keys: here.session_keys().is_ok() && mail::link_keys(&here.env).is_ok(),
    };
    let ok = checks.database && checks.schema && checks.files && checks.keys;
    let status = if ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ok, checks })).into_response()
}

fn told(what: &str, error: &dyn Display) {
    log::fault("readiness", what, error);
}
