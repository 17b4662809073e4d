//! The ledger of erasures, and what an erasure takes out of D1. It is written down first, together with what hides its
//! subject at once; the conversations are worked off one by one, and struck when nothing of them is left anywhere.

pub mod again;
pub mod company;
pub mod retention;

use super::db::{self, Bound, StoreResult, statement};
use crate::domain::id::{AgentId, CompanyId, ContactId, ConversationId, ErasureId};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A contact, with all conversations.
    Contact,
    /// What the company keeps no longer than it has set.
    Retention,
    /// A whole company.
    Company,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    UnderWay,
    Done,
}

/// A line of the ledger. It says nothing of whom it was about.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Erasure {
    pub id: ErasureId,
    pub kind: Kind,
    /// The id of the contact or the company; null where the company's rule did it.
    pub subject_id: Option<String>,
    /// Of a contact's address, by a key of the deployment's; else empty.
    pub subject_hash: String,
    pub at: Instant,
    /// The agent who asked for it; null where the company's rule did it.
    pub by_id: Option<AgentId>,
    pub by_name: Option<String>,
    pub state: ErasureState,
    pub conversations: u32,
    pub contacts: u32,
    pub finished_at: Option<Instant>,
}

/// An erasure to be begun.
pub struct NewErasure {
    pub id: ErasureId,
    pub company: CompanyId,
    pub kind: Kind,
    pub subject: Option<String>,
    pub subject_hash: String,
    pub by: Option<AgentId>,
    pub at: Instant,
}

/// A conversation of which something may be left.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    pub erasure: ErasureId,
    pub conversation: ConversationId,
}

#[derive(Deserialize)]
struct Row {
    id: ErasureId,
    kind: Kind,
    subject_id: Option<String>,
    subject_hash: String,
    at: i64,
    by_id: Option<AgentId>,
    by_name: Option<String>,
    state: ErasureState,
    conversations: u32,
    contacts: u32,
    finished_at: Option<i64>,
}

const SELECT: &str = "SELECT e.id, e.kind, e.subject_id, e.subject_hash, e.at, e.by_id, \
     (SELECT display_name FROM memberships WHERE id = e.by_id) AS by_name, e.state, e.conversations, e.contacts, \
     e.finished_at FROM erasures e";

/// Conversations of an erasure `?1` that are still there.
const ITS: &str = "(SELECT conversation_id FROM erasure_conversations WHERE erasure_id = ?1)";

impl From<Row> for Erasure {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            subject_id: row.subject_id,
            subject_hash: row.subject_hash,
            at: Instant::from_millis(row.at),
            by_id: row.by_id,
            by_name: row.by_name,
            state: row.state,
            conversations: row.conversations,
            contacts: row.contacts,
            finished_at: row.finished_at.map(Instant::from_millis),
        }
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Retention => "retention",
            Self::Company => "company",
        }
    }
}

/// A part of a company's ledger, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    company: CompanyId,
    before: Option<ErasureId>,
    limit: u32,
) -> StoreResult<Vec<Erasure>> {
    let sql = format!("{SELECT} WHERE e.company_id = ?1 AND (?2 IS NULL OR e.id < ?2) ORDER BY e.id DESC LIMIT ?3");
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into(), before.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(Erasure::from).collect())
}

/// A line of a company's ledger.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, company: CompanyId, id: ErasureId) -> StoreResult<Option<Erasure>> {
    let sql = format!("{SELECT} WHERE e.company_id = ?1 AND e.id = ?2");
    let row: Option<Row> = db::first(db, &sql, vec![company.into(), id.into()]).await?;
    Ok(row.map(Erasure::from))
}

/// Writes down that a contact is erased, and takes out of the database all that says who he was: no list shows him, or a
/// conversation of his, from here on.
///
/// # Errors
/// When a statement cannot be made.
pub fn begin_contact(
    db: &D1Database,
    erasure: &NewErasure,
    contact: ContactId,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let its = "INSERT INTO erasure_conversations (erasure_id, conversation_id) \
               SELECT ?1, id FROM conversations WHERE contact_id = ?2";
    let mut statements = vec![
        statement(db, its, vec![erasure.id.into(), contact.into()])?,
        begin(db, erasure, "1")?,
        forget_answers(db, erasure, contact)?,
    ];
    statements.extend(forget_contact(db, erasure.company, contact, erasure.at)?);
    statements.extend(hide(db, erasure)?);
    Ok(statements)
}

/// The statement that writes a line, over the conversations that are noted under it already; `contacts` is how many contacts, in
/// SQL.
fn begin(db: &D1Database, erasure: &NewErasure, contacts: &str) -> StoreResult<D1PreparedStatement> {
    let sql = format!(
        "INSERT INTO erasures (id, company_id, kind, subject_id, subject_hash, at, by_id, state, conversations, contacts) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, 'under_way', \
           (SELECT COUNT(*) FROM erasure_conversations WHERE erasure_id = ?1), {contacts}"
    );
    let values = vec![
        erasure.id.into(),
        erasure.company.into(),
        erasure.kind.name().into(),
        erasure.subject.as_ref().map(Bound::from).unwrap_or(Bound::Null),
        (&erasure.subject_hash).into(),
        erasure.at.into(),
        erasure.by.into(),
    ];
    statement(db, &sql, values)
}

/// Earlier answers to agents that name an order or a conversation of the contact's: that of a bank's statement has its words.
fn forget_answers(db: &D1Database, erasure: &NewErasure, contact: ContactId) -> StoreResult<D1PreparedStatement> {
    let sql = "DELETE FROM answers WHERE user_id IN (SELECT user_id FROM memberships WHERE company_id = ?1) AND EXISTS ( \
                 SELECT 1 FROM orders o WHERE o.contact_id = ?2 AND instr(answers.body, o.id) > 0 \
                 UNION ALL SELECT 1 FROM conversations v WHERE v.contact_id = ?2 AND instr(answers.body, v.id) > 0)";
    statement(db, sql, vec![erasure.company.into(), contact.into()])
}

/// The contact's row keeps its id, for the orders: their figures and states stay, what says whose they were goes.
fn forget_contact(
    db: &D1Database,
    company: CompanyId,
    contact: ContactId,
    now: Instant,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let contact_sql = "UPDATE contacts SET email = 'erased:' || id, name = '—', phone = '', organisation = '', note = '', \
                         language = '', sticky_agent_id = NULL, erased_at = ?3 WHERE company_id = ?1 AND id = ?2";
    let orders =
        "UPDATE orders SET note = '', billing = '{}', conversation_id = NULL, rev = rev + 1 WHERE contact_id = ?1";
    let of_orders = "(SELECT id FROM orders WHERE contact_id = ?1)";
    let one = |sql: &str| statement(db, sql, vec![contact.into()]);
    Ok(vec![
        statement(db, contact_sql, vec![company.into(), contact.into(), now.into()])?,
        one(orders)?,
        one(&format!("UPDATE order_payments SET session_url = NULL WHERE order_id IN {of_orders}"))?,
        one(&format!("UPDATE order_log SET by_name = '' WHERE by_kind = 'customer' AND order_id IN {of_orders}"))?,
        one(&format!(
            "UPDATE order_log SET detail = '{{\"body\":\"\"}}' WHERE what = 'comment' AND order_id IN {of_orders}"
        ))?,
        one(&format!("DELETE FROM order_outbox WHERE order_id IN {of_orders}"))?,
        one(&format!("DELETE FROM order_requests WHERE order_id IN {of_orders}"))?,
    ])
}

/// Takes the conversations of an erasure out of every list. Of each a row is left with its number, so that no other
/// conversation gets that.
fn hide(db: &D1Database, erasure: &NewErasure) -> StoreResult<Vec<D1PreparedStatement>> {
    let of_these = |table: &str| {
        let sql = format!("DELETE FROM {table} WHERE conversation_id IN {ITS}");
        statement(db, &sql, vec![erasure.id.into()])
    };
    let runs = format!("DELETE FROM automation_runs WHERE company_id = ?2 AND conversation_id IN {ITS}");
    let orders = format!("UPDATE orders SET conversation_id = NULL WHERE conversation_id IN {ITS}");
    let rows = format!(
        "UPDATE conversations SET client_id = id, rev = 0, status = 'closed', assignee_id = NULL, last_event_at = 0, \
           waiting_since = NULL, view = '{{}}', folder_id = NULL, team_id = NULL, priority = 1, channel = 'web', \
           searched = 0, erased_at = ?2 WHERE id IN {ITS}"
    );
    Ok(vec![
        of_these("participants")?,
        of_these("conversation_tags")?,
        of_these("notifications")?,
        of_these("order_outbox")?,
        of_these("order_requests")?,
        statement(db, &runs, vec![erasure.id.into(), erasure.company.into()])?,
        statement(db, &orders, vec![erasure.id.into()])?,
        statement(db, &rows, vec![erasure.id.into(), erasure.at.into()])?,
    ])
}

/// Conversations of a company of which something may be left, in no order: one that cannot be erased now is in nobody's way.
///
/// # Errors
/// When the database fails.
pub async fn left(db: &D1Database, company: CompanyId, limit: u32) -> StoreResult<Vec<Left>> {
    #[derive(Deserialize)]
    struct LeftRow {
        erasure_id: ErasureId,
        conversation_id: ConversationId,
    }
    let sql = "SELECT c.erasure_id, c.conversation_id FROM erasures e \
               JOIN erasure_conversations c ON c.erasure_id = e.id AND c.erased = 0 \
               WHERE e.company_id = ?1 AND e.state = 'under_way' ORDER BY random() LIMIT ?2";
    let rows: Vec<LeftRow> = db::all(db, sql, vec![company.into(), limit.into()]).await?;
    Ok(rows.into_iter().map(|row| Left { erasure: row.erasure_id, conversation: row.conversation_id }).collect())
}

/// Takes what was said in a conversation out of the search, and strikes it: the rest of it is gone already.
///
/// # Errors
/// When the database fails.
pub async fn strike(db: &D1Database, left: Left) -> StoreResult<()> {
    let words = "DELETE FROM search_words WHERE id IN (SELECT w.id FROM conversations v \
                 JOIN search_parts p ON p.company_id = v.company_id \
                 JOIN search_words w ON w.id BETWEEN (p.part << 43) | (v.number << 19) AND (p.part << 43) | (v.number << 19) | 524287 \
                 WHERE v.id = ?1)";
    let struck = "UPDATE erasure_conversations SET erased = 1 WHERE erasure_id = ?1 AND conversation_id = ?2";
    let statements = vec![
        statement(db, words, vec![left.conversation.into()])?,
        statement(db, struck, vec![left.erasure.into(), left.conversation.into()])?,
    ];
    db::transaction(db, statements).await.map(drop)
}

/// The erasures of a company that are under way, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn under_way(db: &D1Database, company: CompanyId) -> StoreResult<Vec<Erasure>> {
    let sql = format!("{SELECT} WHERE e.company_id = ?1 AND e.state = 'under_way' ORDER BY e.id");
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into()]).await?;
    Ok(rows.into_iter().map(Erasure::from).collect())
}

/// Those of a company's conversations that were erased one by one, and not with the company.
///
/// # Errors
/// When the database fails.
pub async fn conversations_of(db: &D1Database, company: CompanyId) -> StoreResult<Vec<ConversationId>> {
    #[derive(Deserialize)]
    struct Erased {
        conversation_id: ConversationId,
    }
    let sql = "SELECT DISTINCT c.conversation_id FROM erasures e JOIN erasure_conversations c ON c.erasure_id = e.id \
               WHERE e.company_id = ?1 AND e.kind <> 'company'";
    let rows: Vec<Erased> = db::all(db, sql, vec![company.into()]).await?;
    Ok(rows.into_iter().map(|row| row.conversation_id).collect())
}

/// Notes that nothing is left.
///
/// # Errors
/// When the database fails.
pub async fn finish(db: &D1Database, id: ErasureId, now: Instant) -> StoreResult<()> {
    let sql = "UPDATE erasures SET state = 'done', finished_at = ?2 WHERE id = ?1 AND state = 'under_way' \
               AND NOT EXISTS (SELECT 1 FROM erasure_conversations WHERE erasure_id = ?1 AND erased = 0)";
    statement(db, sql, vec![id.into(), now.into()])?.run().await?;
    Ok(())
}
