//! Whether the Worker answers at all.

use super::session::Here;
use crate::platform::settings;
use axum::Json;
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
