//! What agents do with an order: ask its customer, note what he said, call it off, bring it back.

use super::super::body::{Nothing, OptionalJson};
use super::super::problem::Answer;
use super::body::OrderBody;
use super::{AtOrder, conflict, refused, require_rev, require_time};
use crate::domain::id::{ClientId, OrderId};
use crate::domain::input;
use crate::domain::order::permission::WORK;
use crate::domain::order::state::OrderDeed;
use crate::domain::order::step::OrderWhat;
use crate::domain::people::permission::Capability;
use crate::effects::orders::{Change, Note};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A step that is taken on what its taker has seen.
#[derive(Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// Refused where the order has changed since.
    if_rev: Option<u32>,
}

/// A step with a reason, for colleagues.
#[derive(Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    /// The sender's name for this request: a repeat returns the first answer.
    pub client_id: Option<ClientId>,
    #[serde(default)]
    pub reason: String,
}

/// Asks the customer to confirm the order, in its conversation and by mail.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/offer", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = Option<StepBody>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`no_conversation`, `wrong_state`, `order_expired`")))]
#[worker::send]
pub async fn offer(at: AtOrder, OptionalJson(body): OptionalJson<StepBody>) -> Answer<axum::Json<OrderBody>> {
    at.permit(WORK)?;
    let now = at.at.here.now;
    let offered = at
        .act(body.client_id, "offer", &body, false, |_, loaded| {
            require_rev(loaded, body.if_rev)?;
            if loaded.order.conversation.is_none() {
                let detail = "This order belongs to no conversation: there is nowhere to send it.";
                return Err(conflict("no_conversation", detail, loaded));
            }
            require_time(loaded, now)?;
            let mut after = loaded.after(OrderDeed::Offer, now).map_err(|why| refused(why, loaded))?;
            after.order.known = true;
            let notes = vec![Note::of_order(OrderWhat::Offered, &after)];
            Ok(Some(Change { after, notes, more: Vec::new() }))
        })
        .await?;
    Ok(offered.body())
}

/// Notes that the customer has confirmed the order, by telephone for instance.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/confirmation", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = Option<StepBody>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`, `order_expired`")))]
#[worker::send]
pub async fn confirm(at: AtOrder, OptionalJson(body): OptionalJson<StepBody>) -> Answer<axum::Json<OrderBody>> {
    at.permit(WORK)?;
    let now = at.at.here.now;
    let confirmed = at
        .act(body.client_id, "confirmation", &body, false, |_, loaded| {
            require_rev(loaded, body.if_rev)?;
            require_time(loaded, now)?;
            let mut after = loaded.after(OrderDeed::Confirm, now).map_err(|why| refused(why, loaded))?;
            after.order.known |= after.order.conversation.is_some();
            let notes = vec![Note::of_order(OrderWhat::Confirmed, &after)];
            Ok(Some(Change { after, notes, more: Vec::new() }))
        })
        .await?;
    Ok(confirmed.body())
}

/// Calls the order off, and whatever was to be paid for it.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/cancellation", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = Option<ReasonBody>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`, `money_has_come`")))]
#[worker::send]
pub async fn cancel(at: AtOrder, OptionalJson(body): OptionalJson<ReasonBody>) -> Answer<axum::Json<OrderBody>> {
    let reason = input::optional_line("reason", &body.reason)?;
    at.permit(&[Capability::OrderCancel])?;
    let now = at.at.here.now;
    let cancelled = at
        .act(body.client_id, "cancellation", &body, false, |at, loaded| {
            let after = loaded.after(OrderDeed::Cancel, now).map_err(|why| refused(why, loaded))?;
            let detail = json!({ "from": loaded.order.state, "reason": reason });
            let notes = vec![Note::of_order(OrderWhat::Cancelled, &after).with(json!({ "reason": reason }))];
            Ok(Some(Change { after, notes, more: vec![at.audit("order.cancelled", detail)?] }))
        })
        .await?;
    Ok(cancelled.body())
}

/// Brings back an order that was deleted, as it was.
#[utoipa::path(post, path = "/api/companies/{company}/orders/{id}/restoration", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = Option<Nothing>,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`: it was not deleted")))]
#[worker::send]
pub async fn restore(at: AtOrder, OptionalJson(body): OptionalJson<Nothing>) -> Answer<axum::Json<OrderBody>> {
    at.permit(&[Capability::OrderDelete])?;
    let now = at.at.here.now;
    let restored = at
        .act(body.client_id, "restoration", &json!({}), true, |at, loaded| {
            if loaded.order.deleted_at.is_none() {
                return Err(conflict("wrong_state", "This order was not deleted.", loaded));
            }
            let mut after = loaded.clone();
            after.order.deleted_at = None;
            after.order.updated_at = now;
            let notes = vec![Note::of_order(OrderWhat::Restored, &after)];
            Ok(Some(Change { after, notes, more: vec![at.audit("order.restored", json!({}))?] }))
        })
        .await?;
    Ok(restored.body())
}
