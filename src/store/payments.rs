//! Payments for orders. They are written in one transaction with their order, whose `rev` guards them.

use super::conversations::Viewer;
use super::db::{self, Bound, StoreResult, statement};
use super::orders::Conditions;
use crate::domain::id::{CompanyId, ContactId, OrderId, PaymentId};
use crate::domain::order::currency::Currency;
use crate::domain::order::money::Money;
use crate::domain::order::reconciliation::Known;
use crate::domain::order::state::{Method, PaymentState, Standing};
use crate::domain::order::step::OrderRef;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PaymentRecord {
    pub id: PaymentId,
    pub order: OrderRef,
    pub method: Method,
    pub state: PaymentState,
    /// What was asked for.
    pub amount: Money,
    /// What has come; 0 before anything has.
    pub received: Money,
    /// Under which it is transferred: a creditor reference of ISO 11649.
    pub reference: String,
    /// Where its customer pays by card.
    pub url: Option<String>,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The provider's name for it.
    #[serde(skip)]
    pub session: Option<String>,
}

/// A payment in a list: of whom it is.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ListedPayment {
    #[serde(flatten)]
    pub payment: PaymentRecord,
    pub contact: ContactName,
}

/// A contact in another thing.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContactName {
    pub id: ContactId,
    pub name: String,
}

/// Which payments to list.
#[derive(Debug, Default)]
pub struct Filter {
    /// Any of these; all when empty.
    pub states: Vec<PaymentState>,
    pub method: Option<Method>,
    /// A part of the reference, or the order's number.
    pub words: String,
    /// Made then or later.
    pub from: Option<Instant>,
    /// Made before then.
    pub to: Option<Instant>,
}

#[derive(Deserialize)]
struct Row {
    id: PaymentId,
    order_id: OrderId,
    number: u32,
    method: Method,
    state: PaymentState,
    amount: i64,
    received: i64,
    currency: Currency,
    reference: String,
    session_id: Option<String>,
    session_url: Option<String>,
    created_at: i64,
    updated_at: i64,
    #[serde(default)]
    contact_id: Option<ContactId>,
    #[serde(default)]
    contact_name: Option<String>,
}

const FIELDS: &str = "p.id, p.order_id, o.number, p.method, p.state, p.amount, p.received, p.currency, p.reference, \
     p.session_id, p.session_url, p.created_at, p.updated_at";

impl From<Row> for PaymentRecord {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            order: OrderRef { id: row.order_id, number: row.number },
            method: row.method,
            state: row.state,
            amount: Money::new(row.amount, row.currency),
            received: Money::new(row.received, row.currency),
            reference: row.reference,
            url: row.session_url,
            created_at: Instant::from_millis(row.created_at),
            updated_at: Instant::from_millis(row.updated_at),
            session: row.session_id,
        }
    }
}

impl PaymentRecord {
    /// The payment, as far as its state goes.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        Standing { method: self.method, state: self.state, amount: self.amount.amount, received: self.received.amount }
    }

    /// The payment in another state.
    #[must_use]
    pub fn standing_so(self, standing: Standing, now: Instant) -> Self {
        let received = Money { amount: standing.received, ..self.received };
        Self { state: standing.state, received, updated_at: now, ..self }
    }
}

/// The payments of an order, first come first.
///
/// # Errors
/// When the database fails.
pub async fn of_order(db: &D1Database, order: OrderId) -> StoreResult<Vec<PaymentRecord>> {
    of_orders(db, &[order]).await
}

/// The payments of several orders, first come first.
///
/// # Errors
/// When the database fails.
pub async fn of_orders(db: &D1Database, orders: &[OrderId]) -> StoreResult<Vec<PaymentRecord>> {
    let sql = format!(
        "SELECT {FIELDS} FROM order_payments p JOIN orders o ON o.id = p.order_id \
         WHERE p.order_id IN (SELECT value FROM json_each(?1)) ORDER BY p.id"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![serde_json::to_string(orders)?.into()]).await?;
    Ok(rows.into_iter().map(PaymentRecord::from).collect())
}

/// Whose payment it is: its company and its order.
///
/// # Errors
/// When the database fails.
pub async fn owner(db: &D1Database, id: PaymentId) -> StoreResult<Option<(CompanyId, OrderId)>> {
    #[derive(Deserialize)]
    struct Found {
        company_id: CompanyId,
        order_id: OrderId,
    }
    let sql = "SELECT company_id, order_id FROM order_payments WHERE id = ?1";
    let row: Option<Found> = db::first(db, sql, vec![id.into()]).await?;
    Ok(row.map(|row| (row.company_id, row.order_id)))
}

/// The payment of a provider's session.
///
/// # Errors
/// When the database fails.
pub async fn of_session(db: &D1Database, session: &str) -> StoreResult<Option<PaymentRecord>> {
    let sql =
        format!("SELECT {FIELDS} FROM order_payments p JOIN orders o ON o.id = p.order_id WHERE p.session_id = ?1");
    let row: Option<Row> = db::first(db, &sql, vec![session.into()]).await?;
    Ok(row.map(PaymentRecord::from))
}

/// A part of the payments of the orders that somebody may see, newest first; `viewer.sees` is how far he sees orders.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    viewer: &Viewer,
    filter: &Filter,
    before: Option<PaymentId>,
    limit: u32,
) -> StoreResult<Vec<ListedPayment>> {
    let mut query = Conditions { conditions: Vec::new(), values: vec![viewer.company.into(), viewer.agent.into()] };
    query.conditions.push("p.company_id = ?1".to_owned());
    // Both places are used, also where everything is seen.
    query.conditions.push("(?2 IS NOT NULL)".to_owned());
    query.sight(viewer)?;
    query.conditions.push("o.deleted_at IS NULL".to_owned());
    if !filter.states.is_empty() {
        let states = query.bind(serde_json::to_string(&filter.states)?);
        query.conditions.push(format!("p.state IN (SELECT value FROM json_each({states}))"));
    }
    if let Some(method) = filter.method {
        let method = query.bind(method.name());
        query.conditions.push(format!("p.method = {method}"));
    }
    if !filter.words.is_empty() {
        let number = query.bind(filter.words.trim_start_matches('#'));
        let words = query.bind(filter.words.replace(' ', "").to_uppercase());
        query.conditions.push(format!("(CAST(o.number AS TEXT) = {number} OR instr(p.reference, {words}) > 0)"));
    }
    query.made("p", filter.from, filter.to);
    if let Some(before) = before {
        let before = query.bind(before);
        query.conditions.push(format!("p.id < {before}"));
    }
    let limit = query.bind(limit);
    let sql = format!(
        "SELECT {FIELDS}, o.contact_id, c.name AS contact_name FROM order_payments p JOIN orders o ON o.id = p.order_id \
         JOIN contacts c ON c.id = o.contact_id LEFT JOIN conversations v ON v.id = o.conversation_id \
         WHERE {} ORDER BY p.id DESC LIMIT {limit}",
        query.conditions.join(" AND ")
    );
    let rows: Vec<Row> = db::all(db, &sql, query.values).await?;
    let listed = |mut row: Row| {
        let (id, name) = (row.contact_id.take(), row.contact_name.take().unwrap_or_default());
        id.map(|id| ListedPayment { contact: ContactName { id, name }, payment: row.into() })
    };
    Ok(rows.into_iter().filter_map(listed).collect())
}

/// The newest payments of the company, in any state: a bank may tell once more of what is reconciled or rejected, and that is
/// to be recognised. Those of deleted orders are left out.
///
/// # Errors
/// When the database fails.
pub async fn known(db: &D1Database, company: CompanyId, limit: u32) -> StoreResult<Vec<Known>> {
    let sql = format!(
        "SELECT {FIELDS} FROM order_payments p JOIN orders o ON o.id = p.order_id \
         WHERE p.company_id = ?1 AND o.deleted_at IS NULL ORDER BY p.id DESC LIMIT ?2"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into(), limit.into()]).await?;
    let known = |row: Row| {
        let amount = if row.received > 0 { row.received } else { row.amount };
        Known {
            id: row.id,
            order: row.order_id,
            number: row.number,
            reference: row.reference,
            method: row.method,
            money: Money::new(amount, row.currency),
            state: row.state,
        }
    };
    Ok(rows.into_iter().map(known).collect())
}

/// Makes a payment what it now is, whether it is new or not.
///
/// # Errors
/// When the statement cannot be made.
pub fn write(db: &D1Database, company: CompanyId, payment: &PaymentRecord) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO order_payments (id, company_id, order_id, method, state, amount, received, currency, reference, \
                 session_id, session_url, created_at, updated_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
               ON CONFLICT (id) DO UPDATE SET state = excluded.state, received = excluded.received, \
                 session_id = excluded.session_id, session_url = excluded.session_url, updated_at = excluded.updated_at";
    let values = vec![
        payment.id.into(),
        company.into(),
        payment.order.id.into(),
        payment.method.name().into(),
        payment.state.name().into(),
        payment.amount.amount.into(),
        payment.received.amount.into(),
        payment.amount.currency.code().into(),
        (&payment.reference).into(),
        payment.session.as_ref().map(Bound::from).unwrap_or(Bound::Null),
        payment.url.as_ref().map(Bound::from).unwrap_or(Bound::Null),
        payment.created_at.into(),
        payment.updated_at.into(),
    ];
    statement(db, sql, values)
}

/// Notes that a provider's event was taken in; a second time undoes the transaction.
///
/// # Errors
/// When the statement cannot be made.
pub fn heard(db: &D1Database, event: &str, now: Instant) -> StoreResult<D1PreparedStatement> {
    statement(db, "INSERT INTO provider_events (id, at) VALUES (?1, ?2)", vec![event.into(), now.into()])
}

/// Whether a provider's event was taken in before.
///
/// # Errors
/// When the database fails.
pub async fn was_heard(db: &D1Database, event: &str) -> StoreResult<bool> {
    #[derive(Deserialize)]
    struct Found {}
    let found: Option<Found> =
        db::first(db, "SELECT id FROM provider_events WHERE id = ?1", vec![event.into()]).await?;
    Ok(found.is_some())
}

/// How a company wants to be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSettings {
    /// Proposed for new orders.
    pub currency: Currency,
    /// Shown to whoever pays by transfer.
    pub bank_details: String,
    /// Seconds after which an order runs out; none: it does not.
    pub expires_after: Option<i64>,
}

/// What a company has set; none where it has set nothing.
///
/// # Errors
/// When the database fails.
pub async fn settings(db: &D1Database, company: CompanyId) -> StoreResult<Option<OrderSettings>> {
    #[derive(Deserialize)]
    struct Set {
        currency: Currency,
        bank_details: String,
        expires_after: Option<i64>,
    }
    let sql = "SELECT currency, bank_details, expires_after FROM order_settings WHERE company_id = ?1";
    let row: Option<Set> = db::first(db, sql, vec![company.into()]).await?;
    Ok(row.map(|Set { currency, bank_details, expires_after }| OrderSettings { currency, bank_details, expires_after }))
}

/// Sets how a company wants to be paid.
///
/// # Errors
/// When the statement cannot be made.
pub fn set_settings(db: &D1Database, company: CompanyId, settings: &OrderSettings) -> StoreResult<D1PreparedStatement> {
    let sql = "INSERT INTO order_settings (company_id, currency, bank_details, expires_after) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (company_id) DO UPDATE SET currency = excluded.currency, \
                 bank_details = excluded.bank_details, expires_after = excluded.expires_after";
    let values = vec![
        company.into(),
        settings.currency.code().into(),
        (&settings.bank_details).into(),
        settings.expires_after.into(),
    ];
    statement(db, sql, values)
}
