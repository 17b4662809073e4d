//! Orders: one row each, guarded by `rev`. Whoever changes one says upon which revision he decided.

use super::conversations::Viewer;
use super::db::{self, Bound, CHANGED_MEANWHILE, StoreResult, require, statement};
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::state::Place;
use crate::domain::conversation::view::AgentName;
use crate::domain::id::{AgentId, CompanyId, ContactId, ConversationId, FolderId, OrderId, TeamId};
use crate::domain::order::currency::Currency;
use crate::domain::order::line::{Line, Totals};
use crate::domain::order::permission::OrderPlace;
use crate::domain::order::state::{OrderState, Sums};
use crate::domain::people::permission::Scope;
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// To whom an order is invoiced, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Billing {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub address: String,
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub vat_id: String,
}

/// The conversation that an order belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ConversationName {
    pub id: ConversationId,
    /// The company's own count of conversations.
    pub number: u32,
}

/// An order.
#[derive(Clone, Debug)]
pub struct OrderRecord {
    pub id: OrderId,
    pub company: CompanyId,
    pub number: u32,
    pub conversation: Option<ConversationName>,
    pub contact: Contact,
    /// Who made it; none where its customer asked for it.
    pub agent: Option<AgentName>,
    pub state: OrderState,
    pub currency: Currency,
    pub lines: Vec<Line>,
    pub totals: Totals,
    pub sums: Sums,
    /// Shown to its customer.
    pub note: String,
    pub billing: Billing,
    /// Whether its customer knows of it.
    pub known: bool,
    pub expires_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
    pub rev: u32,
    pub place: OrderPlace,
    /// Whether the agent for whom it was read takes part in its conversation.
    pub participates: bool,
}

/// What an order is made from; the rest is the same for every new one.
pub struct NewOrder {
    pub company: CompanyId,
    pub conversation: Option<ConversationName>,
    pub contact: Contact,
    /// Who makes it; none where its customer asks for it.
    pub agent: Option<AgentName>,
    pub state: OrderState,
    pub currency: Currency,
    pub lines: Vec<Line>,
    pub totals: Totals,
    pub note: String,
    pub billing: Billing,
    /// Whether its customer knows of it.
    pub known: bool,
    pub expires_at: Option<Instant>,
}

impl OrderRecord {
    /// A new order. Its number is counted when it is written.
    #[must_use]
    pub fn new(id: OrderId, new: NewOrder, now: Instant) -> Self {
        Self {
            id,
            company: new.company,
            number: 0,
            conversation: new.conversation,
            contact: new.contact,
            agent: new.agent,
            state: new.state,
            currency: new.currency,
            lines: new.lines,
            totals: new.totals,
            sums: Sums::default(),
            note: new.note,
            billing: new.billing,
            known: new.known,
            expires_at: new.expires_at,
            created_at: now,
            updated_at: now,
            deleted_at: None,
            rev: 1,
            place: OrderPlace::default(),
            participates: false,
        }
    }

    /// What is still to be paid, in minor units. Nobody owes anything for what was never confirmed or is called off.
    #[must_use]
    pub fn due(&self) -> i64 {
        self.owed().saturating_sub(self.sums.paid).max(0)
    }

    /// What was paid beyond what is owed, in minor units.
    #[must_use]
    pub fn overpaid(&self) -> i64 {
        self.sums.paid.saturating_sub(self.owed()).max(0)
    }

    const fn owed(&self) -> i64 {
        if self.state.is_confirmed() { self.totals.total } else { 0 }
    }

    /// Whether its time has run out, though nobody may have noticed yet. What money has come for does not run out.
    #[must_use]
    pub fn has_run_out(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|at| at <= now) && self.state.can_expire() && self.sums.paid == 0
    }
}

/// Which orders to list.
#[derive(Debug, Default)]
pub struct Filter {
    /// Any of these; all when empty.
    pub states: Vec<OrderState>,
    pub contact: Option<ContactId>,
    pub agent: Option<AgentId>,
    pub conversation: Option<ConversationId>,
    /// A part of the contact's name or address, of a line's name, or the number; in small letters.
    pub words: String,
    pub from: Option<Instant>,
    pub to: Option<Instant>,
    /// Those that were deleted, instead of those that were not.
    pub deleted: bool,
}

#[derive(Deserialize)]
struct Row {
    id: OrderId,
    company_id: CompanyId,
    number: u32,
    conversation_id: Option<ConversationId>,
    conversation_number: Option<u32>,
    contact_id: ContactId,
    contact_name: String,
    contact_email: String,
    made_by: Option<AgentId>,
    maker: Option<String>,
    state: OrderState,
    currency: Currency,
    lines: String,
    net: i64,
    tax: i64,
    total: i64,
    paid: i64,
    reconciled: i64,
    note: String,
    billing: String,
    known: u8,
    expires_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    deleted_at: Option<i64>,
    rev: u32,
    assignee_id: Option<AgentId>,
    folder_id: Option<FolderId>,
    team_id: Option<TeamId>,
    participates: u8,
}

/// The columns of [`Row`]; `?1` is the company, `?2` the agent for whom they are read.
const SELECT: &str = "SELECT o.id, o.company_id, o.number, o.conversation_id, v.number AS conversation_number, o.contact_id, \
       c.name AS contact_name, iif(c.erased_at IS NULL, c.email, '') AS contact_email, o.made_by, m.display_name AS maker, o.state, o.currency, o.lines, \
       o.net, o.tax, o.total, o.paid, o.reconciled, o.note, o.billing, o.known, o.expires_at, o.created_at, o.updated_at, \
       o.deleted_at, o.rev, v.assignee_id, v.folder_id, v.team_id, \
       EXISTS (SELECT 1 FROM participants p WHERE p.agent_id = ?2 AND p.conversation_id = o.conversation_id) AS participates \
     FROM orders o JOIN contacts c ON c.id = o.contact_id \
     LEFT JOIN memberships m ON m.id = o.made_by \
     LEFT JOIN conversations v ON v.id = o.conversation_id \
     WHERE o.company_id = ?1";

impl Row {
    fn read(self) -> StoreResult<OrderRecord> {
        let conversation = match (self.conversation_id, self.conversation_number) {
            (Some(id), Some(number)) => Some(ConversationName { id, number }),
            _ => None,
        };
        let place = Place { assignee: self.assignee_id, folder: self.folder_id, team: self.team_id };
        Ok(OrderRecord {
            id: self.id,
            company: self.company_id,
            number: self.number,
            place: OrderPlace { made_by: self.made_by, conversation: conversation.as_ref().map(|_| place) },
            conversation,
            contact: Contact { id: self.contact_id, name: self.contact_name, email: self.contact_email },
            agent: self.made_by.map(|id| AgentName { id, name: self.maker.unwrap_or_default() }),
            state: self.state,
            currency: self.currency,
            lines: serde_json::from_str(&self.lines)?,
            totals: Totals { net: self.net, tax: self.tax, total: self.total },
            sums: Sums { paid: self.paid, reconciled: self.reconciled },
            note: self.note,
            billing: serde_json::from_str(&self.billing)?,
            known: self.known > 0,
            expires_at: self.expires_at.map(Instant::from_millis),
            created_at: Instant::from_millis(self.created_at),
            updated_at: Instant::from_millis(self.updated_at),
            deleted_at: self.deleted_at.map(Instant::from_millis),
            rev: self.rev,
            participates: self.participates > 0,
        })
    }
}

/// An order of a company, as it concerns an agent.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &D1Database,
    company: CompanyId,
    id: OrderId,
    agent: Option<AgentId>,
) -> StoreResult<Option<OrderRecord>> {
    let values = vec![company.into(), agent.into(), id.into()];
    let row: Option<Row> = db::first(db, &format!("{SELECT} AND o.id = ?3"), values).await?;
    row.map(Row::read).transpose()
}

/// Who takes part in a conversation.
///
/// # Errors
/// When the database fails.
pub async fn participants(db: &D1Database, conversation: ConversationId) -> StoreResult<Vec<AgentId>> {
    #[derive(Deserialize)]
    struct Row {
        agent_id: AgentId,
    }
    let sql = "SELECT agent_id FROM participants WHERE conversation_id = ?1";
    let rows: Vec<Row> = db::all(db, sql, vec![conversation.into()]).await?;
    Ok(rows.into_iter().map(|row| row.agent_id).collect())
}

/// Orders of a conversation that its customer knows of, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_customer(
    db: &D1Database,
    company: CompanyId,
    conversation: ConversationId,
    limit: u32,
) -> StoreResult<Vec<OrderRecord>> {
    let sql = format!("{SELECT} AND o.conversation_id = ?3 AND o.known = 1 ORDER BY o.id DESC LIMIT ?4");
    let values = vec![company.into(), Bound::Null, conversation.into(), limit.into()];
    let rows: Vec<Row> = db::all(db, &sql, values).await?;
    rows.into_iter().rev().map(Row::read).collect()
}

/// Orders whose time has run out.
///
/// # Errors
/// When the database fails.
pub async fn run_out(db: &D1Database, company: CompanyId, now: Instant, limit: u32) -> StoreResult<Vec<OrderId>> {
    #[derive(Deserialize)]
    struct Found {
        id: OrderId,
    }
    let sql = "SELECT id FROM orders WHERE company_id = ?1 AND expires_at <= ?2 AND paid = 0 AND deleted_at IS NULL \
               AND state IN ('requested', 'draft', 'offered', 'awaiting_payment') ORDER BY expires_at LIMIT ?3";
    let rows: Vec<Found> = db::all(db, sql, vec![company.into(), now.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The conversation in which one goes on, as a part of a statement: itself, or the one that it was merged into at last.
fn goes_on_in(conversation: &str) -> String {
    format!(
        "(WITH RECURSIVE way (id) AS (SELECT {conversation} UNION SELECT v.view ->> '$.merged_into.id' FROM way \
            JOIN conversations v ON v.id = way.id) \
          SELECT way.id FROM way JOIN conversations v ON v.id = way.id WHERE v.view ->> '$.merged_into' IS NULL)"
    )
}

/// Lets the orders of a conversation belong to the one into which it was merged, or where that one goes on. A second time
/// there is nothing to move.
///
/// # Errors
/// When the statement cannot be made.
pub fn move_to(db: &D1Database, from: ConversationId, to: ConversationId) -> StoreResult<D1PreparedStatement> {
    let sql =
        format!("UPDATE orders SET conversation_id = {}, rev = rev + 1 WHERE conversation_id = ?1", goes_on_in("?2"));
    statement(db, &sql, vec![from.into(), to.into()])
}

/// When the next order runs out after `now`, if any does.
///
/// # Errors
/// When the database fails.
pub async fn next_expiry(db: &D1Database, company: CompanyId, now: Instant) -> StoreResult<Option<Instant>> {
    #[derive(Deserialize)]
    struct Due {
        at: Option<i64>,
    }
    let sql = "SELECT MIN(expires_at) AS at FROM orders WHERE company_id = ?1 AND expires_at > ?2 AND paid = 0 \
               AND deleted_at IS NULL AND state IN ('requested', 'draft', 'offered', 'awaiting_payment')";
    let row: Option<Due> = db::first(db, sql, vec![company.into(), now.into()]).await?;
    Ok(row.and_then(|row| row.at).map(Instant::from_millis))
}

/// A part of the orders that somebody may see, newest first; `viewer.sees` is how far he sees orders.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    viewer: &Viewer,
    filter: &Filter,
    before: Option<OrderId>,
    limit: u32,
) -> StoreResult<Vec<OrderRecord>> {
    let mut query = Conditions { conditions: Vec::new(), values: vec![viewer.company.into(), viewer.agent.into()] };
    query.sight(viewer)?;
    query.filter(filter)?;
    if let Some(before) = before {
        let before = query.bind(before);
        query.conditions.push(format!("o.id < {before}"));
    }
    let limit = query.bind(limit);
    let conditions: String = query.conditions.iter().map(|condition| format!(" AND {condition}")).collect();
    let sql = format!("{SELECT}{conditions} ORDER BY o.id DESC LIMIT {limit}");
    let rows: Vec<Row> = db::all(db, &sql, query.values).await?;
    rows.into_iter().map(Row::read).collect()
}

/// Conditions beside those of [`SELECT`].
pub(super) struct Conditions {
    pub(super) conditions: Vec<String>,
    pub(super) values: Vec<Bound>,
}

impl Conditions {
    /// The relations of [`OrderPlace`], as conditions; `?2` is the viewer.
    pub(super) fn sight(&mut self, viewer: &Viewer) -> StoreResult<()> {
        if viewer.sees.has(Scope::All) {
            return Ok(());
        }
        let mut relations = Vec::new();
        if viewer.sees.has(Scope::Own) {
            relations.push("o.made_by = ?2 OR v.assignee_id = ?2".to_owned());
        }
        if viewer.sees.has(Scope::Participating) {
            let sql = "o.conversation_id IN (SELECT conversation_id FROM participants p WHERE p.agent_id = ?2)";
            relations.push(sql.to_owned());
        }
        if viewer.sees.has(Scope::Unassigned) {
            relations.push("(o.conversation_id IS NOT NULL AND v.assignee_id IS NULL)".to_owned());
        }
        if viewer.sees.has(Scope::Folder) {
            let folders = self.bind(serde_json::to_string(&viewer.folders)?);
            relations.push(format!("v.folder_id IN (SELECT value FROM json_each({folders}))"));
        }
        if viewer.sees.has(Scope::Team) {
            let teams = self.bind(serde_json::to_string(&viewer.teams)?);
            relations.push(format!("v.team_id IN (SELECT value FROM json_each({teams}))"));
        }
        let related = if relations.is_empty() { "0".to_owned() } else { relations.join(" OR ") };
        self.conditions.push(format!("({related})"));
        Ok(())
    }

    fn filter(&mut self, filter: &Filter) -> StoreResult<()> {
        let deleted = if filter.deleted { "o.deleted_at IS NOT NULL" } else { "o.deleted_at IS NULL" };
        self.conditions.push(deleted.to_owned());
        if !filter.states.is_empty() {
            let states = self.bind(serde_json::to_string(&filter.states)?);
            self.conditions.push(format!("o.state IN (SELECT value FROM json_each({states}))"));
        }
        self.equals("o.contact_id", filter.contact);
        self.equals("o.made_by", filter.agent);
        self.equals("o.conversation_id", filter.conversation);
        self.made("o", filter.from, filter.to);
        if !filter.words.is_empty() {
            let number = self.bind(filter.words.trim_start_matches('#'));
            let words = self.bind(&filter.words);
            self.conditions.push(format!(
                "(CAST(o.number AS TEXT) = {number} OR instr(lower(c.name), {words}) > 0 \
                  OR instr(lower(c.email), {words}) > 0 OR EXISTS (SELECT 1 FROM json_each(o.lines) l \
                    WHERE instr(lower(json_extract(l.value, '$.name')), {words}) > 0))"
            ));
        }
        Ok(())
    }

    fn equals(&mut self, column: &str, value: Option<impl Into<Bound>>) {
        if let Some(value) = value {
            let value = self.bind(value);
            self.conditions.push(format!("{column} = {value}"));
        }
    }

    /// Only what was made in that time; `table` is its name in the query.
    pub(super) fn made(&mut self, table: &str, from: Option<Instant>, to: Option<Instant>) {
        if let Some(from) = from {
            let from = self.bind(from);
            self.conditions.push(format!("{table}.created_at >= {from}"));
        }
        if let Some(to) = to {
            let to = self.bind(to);
            self.conditions.push(format!("{table}.created_at < {to}"));
        }
    }

    pub(super) fn bind(&mut self, value: impl Into<Bound>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }
}

/// Makes an order, under the next number of its company, which the statement answers. What is made for a conversation that
/// was merged meanwhile belongs to where it goes on.
///
/// # Errors
/// When the statement cannot be made.
pub fn insert(db: &D1Database, order: &OrderRecord) -> StoreResult<D1PreparedStatement> {
    let sql = format!(
        "INSERT INTO orders (id, company_id, number, conversation_id, contact_id, made_by, state, currency, lines, net, \
           tax, total, note, billing, known, expires_at, created_at, updated_at) \
         SELECT ?1, ?2, COALESCE((SELECT MAX(number) FROM orders WHERE company_id = ?2), 0) + 1, {}, ?4, ?5, ?6, ?7, \
           ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16",
        goes_on_in("?3")
    );
    let values = vec![
        order.id.into(),
        order.company.into(),
        order.conversation.as_ref().map(|conversation| conversation.id).into(),
        order.contact.id.into(),
        order.agent.as_ref().map(|agent| agent.id).into(),
        order.state.name().into(),
        order.currency.code().into(),
        serde_json::to_string(&order.lines)?.into(),
        order.totals.net.into(),
        order.totals.tax.into(),
        order.totals.total.into(),
        (&order.note).into(),
        serde_json::to_string(&order.billing)?.into(),
        order.known.into(),
        order.expires_at.into(),
        order.created_at.into(),
    ];
    statement(db, &sql, values)
}

/// Makes an order what it now is, if it still is what was decided upon: otherwise the whole transaction is undone.
///
/// # Errors
/// When the statements cannot be made.
pub fn update(db: &D1Database, decided_on: u32, order: &OrderRecord) -> StoreResult<[D1PreparedStatement; 2]> {
    let condition = "EXISTS (SELECT 1 FROM orders WHERE id = ?1 AND rev = ?2)";
    let guard = require(db, CHANGED_MEANWHILE, condition, vec![order.id.into(), decided_on.into()])?;
    let sql = "UPDATE orders SET state = ?2, lines = ?3, net = ?4, tax = ?5, total = ?6, paid = ?7, reconciled = ?8, \
               note = ?9, billing = ?10, known = ?11, expires_at = ?12, updated_at = ?13, deleted_at = ?14, rev = rev + 1 \
               WHERE id = ?1";
    let values = vec![
        order.id.into(),
        order.state.name().into(),
        serde_json::to_string(&order.lines)?.into(),
        order.totals.net.into(),
        order.totals.tax.into(),
        order.totals.total.into(),
        order.sums.paid.into(),
        order.sums.reconciled.into(),
        (&order.note).into(),
        serde_json::to_string(&order.billing)?.into(),
        order.known.into(),
        order.expires_at.into(),
        order.updated_at.into(),
        order.deleted_at.into(),
    ];
    Ok([guard, statement(db, sql, values)?])
}
