//! What customers asked for under names of their own: a repeat finds the same order.

use super::db::{self, StoreResult, statement};
use crate::domain::id::{ClientId, ConversationId, OrderId};
use serde::Deserialize;
use worker::{D1Database, D1PreparedStatement};

/// The order that was made for a request of this name before.
///
/// # Errors
/// `Reused` where it was another request.
pub async fn earlier(
    db: &D1Database,
    conversation: ConversationId,
    client_id: ClientId,
    hash: &str,
) -> StoreResult<Option<OrderId>> {
    #[derive(Deserialize)]
    struct Row {
        hash: String,
        order_id: OrderId,
    }
    let sql = "SELECT hash, order_id FROM order_requests WHERE conversation_id = ?1 AND client_id = ?2";
    let row: Option<Row> = db::first(db, sql, vec![conversation.into(), client_id.into()]).await?;
    match row {
        Some(row) if row.hash != hash => Err(db::StoreError::Guarded(db::CLIENT_ID_REUSED)),
        row => Ok(row.map(|row| row.order_id)),
    }
}

/// Keeps which order was made for a request; in one transaction with it, a second one under the same name is a conflict.
///
/// # Errors
/// When the statement cannot be made.
pub fn keep(
    db: &D1Database,
    conversation: ConversationId,
    client_id: ClientId,
    hash: &str,
    order: OrderId,
) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO order_requests (conversation_id, client_id, hash, order_id) VALUES (?1, ?2, ?3, ?4)";
    statement(db, sql, vec![conversation.into(), client_id.into(), hash.into(), order.into()])
}
