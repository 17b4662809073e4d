//! What colleagues say of an order, never to its customer; and everything that happened to it.

use super::super::body::{Json, Query};
use super::super::problem::{Answer, Problem};
use super::super::repeat::Repeatable;
use super::{AtOrder, conflict, limit};
use crate::domain::conversation::event::{AgentRef, Author};
use crate::domain::conversation::view::AgentName;
use crate::domain::id::{ClientId, OrderId, OrderLogId, PaymentId};
use crate::domain::input::{self, FieldError};
use crate::domain::people::permission::Capability;
use crate::domain::time::Instant;
use crate::platform::random;
use crate::store::db::{self, CHANGED_MEANWHILE, StoreError};
use crate::store::order_log::{self, LogLine, NewLine};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Which part of the list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<OrderLogId>,
}

/// A comment to be made.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// At most 20,000 characters.
    body: String,
    /// On one of the order's payments.
    payment_id: Option<PaymentId>,
}

/// A comment.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Comment {
    id: OrderLogId,
    at: Instant,
    by: AgentName,
    body: String,
    payment_id: Option<PaymentId>,
}

/// A part of the comments, oldest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Comments {
    items: Vec<Comment>,
    next: Option<OrderLogId>,
}

/// A part of what happened, oldest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct History {
    items: Vec<LogLine>,
    next: Option<OrderLogId>,
}

/// What colleagues said of the order.
#[utoipa::path(get, path = "/api/companies/{company}/orders/{id}/comments", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path), PartQuery), responses((status = 200, body = Comments)))]
#[worker::send]
pub async fn list(at: AtOrder, Query(query): Query<PartQuery>) -> Answer<axum::Json<Comments>> {
    let (lines, next) = part(&at, &query, true).await?;
    Ok(axum::Json(Comments { items: lines.into_iter().filter_map(Comment::of).collect(), next }))
}

/// Comments on the order, or on one of its payments.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/comments", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = NewComment,
    responses((status = 201, body = Comment), (status = 409, description = "`order_deleted`")))]
#[worker::send]
pub async fn create(at: AtOrder, Json(body): Json<NewComment>) -> Answer {
    let words = input::message("body", &body.body)?;
    let payments = &at.loaded.payments;
    if body.payment_id.is_some_and(|id| payments.iter().all(|payment| payment.id != id)) {
        return Err(FieldError::new("payment_id", "unknown_payment", "There is no such payment.").into());
    }
    at.permit(&[if body.payment_id.is_some() { Capability::PaymentComment } else { Capability::OrderComment }])?;
    let (order, now) = (&at.loaded.order, at.at.here.now);
    let repeatable =
        Repeatable::new(at.at.signed_in.user, body.client_id, &format!("comments on {}", order.id), &body)?;
    let comment = match repeatable.earlier::<(OrderLogId, Instant)>(&at.at.db).await? {
        Some((id, then)) => comment(&at, id, then, words, body.payment_id),
        None => {
            let id = OrderLogId::new(random::id(now));
            let (id, then) = match write(&at, id, &words, body.payment_id, &repeatable).await {
                Ok(()) => (id, now),
                Err(problem) => repeatable.first(&at.at.db, problem).await?,
            };
            comment(&at, id, then, words, body.payment_id)
        }
    };
    Ok((StatusCode::CREATED, axum::Json(comment)).into_response())
}

/// Everything that happened to the order, comments and all.
#[utoipa::path(get, path = "/api/companies/{company}/orders/{id}/history", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path), PartQuery), responses((status = 200, body = History)))]
#[worker::send]
pub async fn history(at: AtOrder, Query(query): Query<PartQuery>) -> Answer<axum::Json<History>> {
    let (items, next) = part(&at, &query, false).await?;
    Ok(axum::Json(History { items, next }))
}

async fn part(at: &AtOrder, query: &PartQuery, comments_only: bool) -> Answer<(Vec<LogLine>, Option<OrderLogId>)> {
    let limit = limit(query.limit)?;
    let id = at.loaded.order.id;
    let mut lines = order_log::list(&at.at.db, id, comments_only, query.cursor, limit.saturating_add(1)).await?;
    let more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = more.then(|| lines.last().map(|line| line.id)).flatten();
    Ok((lines, next))
}

/// Writes a comment down, unless the order was deleted meanwhile.
async fn write(
    at: &AtOrder,
    id: OrderLogId,
    words: &str,
    payment: Option<PaymentId>,
    repeatable: &Repeatable,
) -> Answer<()> {
    let (order, now, db) = (&at.loaded.order, at.at.here.now, &at.at.db);
    let by = Author::Agent(AgentRef::from(&at.at.member));
    let detail = json!({ "body": words });
    let (company, what) = (at.at.company.id, None);
    let line = NewLine { id, company, order: order.id, payment, by: &by, what, detail, at: now };
    let there = "EXISTS (SELECT 1 FROM orders WHERE id = ?1 AND deleted_at IS NULL)";
    let mut statements =
        vec![db::require(db, CHANGED_MEANWHILE, there, vec![order.id.into()])?, order_log::insert(db, &line)?];
    statements.extend(repeatable.keep(db, &(id, now), now)?);
    match db::transaction(db, statements).await {
        Ok(_) => {
            at.changing().tell_dashboards(order, false).await;
            Ok(())
        }
        Err(StoreError::Guarded(CHANGED_MEANWHILE)) => {
            Err(conflict("order_deleted", "This order was deleted. Restore it first.", &at.loaded))
        }
        Err(error) => Err(Problem::from(error)),
    }
}

fn comment(at: &AtOrder, id: OrderLogId, then: Instant, body: String, payment_id: Option<PaymentId>) -> Comment {
    let by = AgentName { id: at.at.member.id, name: at.at.member.name.clone() };
    Comment { id, at: then, by, body, payment_id }
}

impl Comment {
    fn of(line: LogLine) -> Option<Self> {
        let body = line.detail.get("body")?.as_str()?.to_owned();
        let by = AgentName { id: line.by.id?, name: line.by.name };
        Some(Self { id: line.id, at: line.at, by, body, payment_id: line.payment_id })
    }
}
