//! The audit trail, read and taken out.

use super::body::Query;
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use crate::domain::id::{AgentId, AuditId};
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, permit_company};
use crate::domain::time::Instant;
use crate::platform::csv;
use crate::store::audit::{self, Filter, Line};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::{Deserialize, Serialize};

/// Lines in one file.
const EXPORTED: u32 = 10_000;

/// Which lines to read.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Such as `agent.disabled`.
    action: Option<String>,
    /// Whose deeds.
    actor: Option<AgentId>,
    /// To whom or what, by id.
    target: Option<String>,
    /// Not before this instant.
    from: Option<Instant>,
    /// Before this instant.
    until: Option<Instant>,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<AuditId>,
    #[serde(default)]
    format: Format,
}

/// As what to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TrailFormat)]
pub enum Format {
    #[default]
    Json,
    /// The newest ten thousand lines, as a file.
    Csv,
}

/// A part of the trail, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Lines {
    items: Vec<Line>,
    next: Option<AuditId>,
}

/// Who did what to whom, from where; newest first.
#[utoipa::path(get, path = "/api/companies/{company}/audit", tag = "audit",
    params(("company" = String, Path), AuditQuery), responses(
        (status = 200, content((Lines = "application/json"), (String = "text/csv")))))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<AuditQuery>) -> Answer {
    let limit = query.limit.unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let filter = Filter {
        action: query.action,
        actor: query.actor,
        target: query.target,
        from: query.from,
        until: query.until,
        before: query.cursor,
    };
    permit_company(&at.member, Capability::TenantAuditView)?;
    if query.format == Format::Csv {
        permit_company(&at.member, Capability::TenantAuditExport)?;
        return export(audit::list(&at.db, at.company.id, &filter, EXPORTED).await?);
    }
    let mut items = audit::list(&at.db, at.company.id, &filter, limit.saturating_add(1)).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = more.then(|| items.last().map(|line| line.id)).flatten();
    Ok(axum::Json(Lines { items, next }).into_response())
}

fn export(lines: Vec<Line>) -> Answer {
    let header =
        ["at", "by", "by_id", "action", "target_kind", "target", "target_id", "detail", "address", "user_agent"];
    let rows = lines.into_iter().map(|line| {
        vec![
            line.at.to_string(),
            line.by.name,
            line.by.id.map(|id| id.to_string()).unwrap_or_default(),
            line.action,
            line.target.kind,
            line.target.name,
            line.target.id,
            line.detail.to_string(),
            line.address,
            line.user_agent,
        ]
    });
    let file = csv::write(&header, rows).map_err(|error| Problem::internal("csv", &error))?;
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\"")];
    let response: Response = (headers, file).into_response();
    Ok(response)
}
