//! Orders (specification J1–J4, J6–J8, J12): the section, and one order.

mod at;
pub mod body;
pub mod comments;
pub mod days;
pub mod input;
pub mod making;
pub mod steps;

pub use self::at::{AtOrder, AtPayment, changing, conflict, refused, require_rev, require_time};
use self::body::OrderBody;
use self::input::{LineIn, NOTE_CHARACTERS, billing, check_expiry, priced};
use super::body::{Json, Nothing, OptionalJson, Query, present};
use super::conversations::list::{several, viewer};
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use crate::domain::id::{AgentId, ContactId, ConversationId, OrderId};
use crate::domain::input::{self as typed, FieldError, Form};
use crate::domain::order::line::{Line, Totals};
use crate::domain::order::state::{OrderDeed, OrderState, Refused};
use crate::domain::order::step::OrderWhat;
use crate::domain::people::permission::{Capability, ScopeSet, scope_of};
use crate::domain::time::Instant;
use crate::effects::orders::{Change, Loaded, Note};
use crate::store::conversations::Viewer;
use crate::store::orders::{self, Billing, Filter};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Characters that are searched for, at most.
const SEARCHED_CHARACTERS: usize = 100;

/// Which orders to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// One or more states, separated by commas.
    state: Option<String>,
    contact: Option<ContactId>,
    /// Who made it: `me`, or an agent's id.
    agent: Option<String>,
    conversation: Option<ConversationId>,
    /// The number, or a part of the customer's name or address, or of a line's name.
    q: Option<String>,
    /// Made on that day by the company's clock, as `2026-12-25`, or at that instant; or later.
    from: Option<String>,
    /// Made on that day or earlier; or before that instant.
    to: Option<String>,
    /// Those that were deleted, for whoever may restore them.
    #[serde(default)]
    deleted: bool,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<OrderId>,
}

/// A part of the orders, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Orders {
    items: Vec<OrderBody>,
    next: Option<OrderId>,
}

/// What is to change about an order; the rest stays.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderChange {
    lines: Option<Vec<LineIn>>,
    /// At most 2,000 characters; shown to the customer.
    note: Option<String>,
    billing: Option<Billing>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Instant>)]
    expires_at: Option<Option<Instant>>,
    /// Refused where the order has changed since.
    if_rev: Option<u32>,
}

/// The orders that the caller may see.
#[utoipa::path(get, path = "/api/companies/{company}/orders", tag = "orders",
    params(("company" = String, Path), OrdersQuery), responses((status = 200, body = Orders)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<OrdersQuery>) -> Answer<axum::Json<Orders>> {
    let limit = limit(query.limit)?;
    let filter = filter(&at, &query).await?;
    let viewer = sight(&at)?;
    if filter.deleted && scope_of(&at.member, Capability::OrderDelete) == ScopeSet::NONE {
        return Err(Problem::forbidden(Capability::OrderDelete));
    }
    let mut items = orders::list(&at.db, &viewer, &filter, query.cursor, limit.saturating_add(1)).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = more.then(|| items.last().map(|order| order.id)).flatten();
    Ok(axum::Json(Orders { items: items.into_iter().map(OrderBody::from).collect(), next }))
}

/// Who looks at orders, and how far he sees them.
///
/// # Errors
/// 403 where he sees none.
pub fn sight(at: &AtCompany) -> Answer<Viewer> {
    let sees = scope_of(&at.member, Capability::OrderView);
    if sees == ScopeSet::NONE {
        return Err(Problem::forbidden(Capability::OrderView));
    }
    Ok(Viewer { sees, ..viewer(at) })
}

/// How many things a part of a list has.
///
/// # Errors
/// 422 where that is none or too many.
pub fn limit(said: Option<u32>) -> Answer<u32> {
    let limit = said.unwrap_or(50);
    if (1..=100).contains(&limit) {
        return Ok(limit);
    }
    Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into())
}

/// Words that are looked for, in small letters.
///
/// # Errors
/// 422 where there are too many.
pub fn searched(q: Option<&str>) -> Answer<String> {
    let words = q.unwrap_or_default().trim().to_lowercase();
    if words.chars().count() > SEARCHED_CHARACTERS {
        return Err(
            FieldError::new("q", "too_long", format!("At most {SEARCHED_CHARACTERS} characters, please.")).into()
        );
    }
    Ok(words)
}

async fn filter(at: &AtCompany, query: &OrdersQuery) -> Answer<Filter> {
    let unknown = |field: &str| Problem::from(FieldError::new(field, "unknown_value", "There is no such value."));
    let states = several(query.state.as_deref(), OrderState::parse).ok_or_else(|| unknown("state"))?;
    let agent = match query.agent.as_deref() {
        None => None,
        Some("me") => Some(at.member.id),
        Some(id) => Some(AgentId::parse(id).ok_or_else(|| unknown("agent"))?),
    };
    let (from, to) = days::between(at, query.from.as_deref(), query.to.as_deref()).await?;
    Ok(Filter {
        states,
        agent,
        contact: query.contact,
        conversation: query.conversation,
        words: searched(query.q.as_deref())?,
        from,
        to,
        deleted: query.deleted,
    })
}

/// One order, with its payments and what the caller may do.
#[utoipa::path(get, path = "/api/companies/{company}/orders/{id}", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), responses((status = 200, body = OrderBody)))]
#[worker::send]
pub async fn show(at: AtOrder) -> Answer<axum::Json<OrderBody>> {
    Ok(at.body())
}

/// Changes an order while its customer has not confirmed it. Whatever he was asked to confirm before, he is asked anew.
#[utoipa::path(patch, path = "/api/companies/{company}/orders/{id}", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)), request_body = OrderChange,
    responses((status = 200, body = OrderBody), (status = 409, description = "`wrong_state`, `changed_meanwhile`")))]
#[worker::send]
pub async fn update(at: AtOrder, Json(change): Json<OrderChange>) -> Answer<axum::Json<OrderBody>> {
    let edit = Edit::checked(&at, change).await?;
    at.permit(&[Capability::OrderEdit])?;
    let now = at.at.here.now;
    let changed = at.act(None, "editing", &json!({}), false, |_, loaded| edit.of(loaded, now)).await?;
    Ok(changed.body())
}

/// Deletes an order; it can be restored. To its customer, it is called off.
#[utoipa::path(delete, path = "/api/companies/{company}/orders/{id}", tag = "orders",
    params(("company" = String, Path), ("id" = OrderId, Path)),
    responses((status = 204), (status = 409, description = "`money_has_come`, `order_deleted`")))]
#[worker::send]
pub async fn remove(at: AtOrder, OptionalJson(body): OptionalJson<Nothing>) -> Answer {
    at.permit(&[Capability::OrderDelete])?;
    let now = at.at.here.now;
    at.act(body.client_id, "deletion", &json!({}), false, |at, loaded| {
        if loaded.order.sums.paid > 0 {
            return Err(refused(Refused::MoneyHasCome, loaded));
        }
        let mut after = loaded.clone();
        after.order.deleted_at = Some(now);
        after.order.updated_at = now;
        after.give_up_payments(now);
        let notes = vec![Note::of_order(OrderWhat::Deleted, &after)];
        Ok(Some(Change { after, notes, more: vec![at.audit("order.deleted", json!({}))?] }))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What an order is to be, as far as it is to be anything else.
struct Edit {
    lines: Option<(Vec<Line>, Totals)>,
    note: Option<String>,
    billing: Option<Billing>,
    expires_at: Option<Option<Instant>>,
    if_rev: Option<u32>,
}

impl Edit {
    async fn checked(at: &AtOrder, change: OrderChange) -> Answer<Self> {
        let mut form = Form::default();
        let note = change.note.map(|note| form.take(typed::text("note", &note, NOTE_CHARACTERS)));
        let billing = change.billing.map(|typed| billing(&mut form, &typed));
        check_expiry(&mut form, change.expires_at.flatten(), at.at.here.now);
        form.finish()?;
        let lines = match change.lines {
            Some(lines) => {
                let priced = priced(&at.at, Some(at.loaded.order.currency), lines).await?;
                Some((priced.lines, priced.totals))
            }
            None => None,
        };
        Ok(Self { lines, note, billing, expires_at: change.expires_at, if_rev: change.if_rev })
    }

    fn of(&self, loaded: &Loaded, now: Instant) -> Answer<Option<Change>> {
        require_rev(loaded, self.if_rev)?;
        let mut after = loaded.after(OrderDeed::Edit, now).map_err(|why| refused(why, loaded))?;
        let order = &mut after.order;
        if let Some((lines, totals)) = &self.lines {
            order.lines.clone_from(lines);
            order.totals = *totals;
        }
        if let Some(note) = &self.note {
            order.note.clone_from(note);
        }
        if let Some(billing) = &self.billing {
            order.billing.clone_from(billing);
        }
        if let Some(expires_at) = self.expires_at {
            order.expires_at = expires_at;
        }
        require_time(&after, now)?;
        let notes = vec![Note::of_order(OrderWhat::Edited, &after)];
        Ok(Some(Change { after, notes, more: Vec::new() }))
    }
}
