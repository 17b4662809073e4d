//! The ledger's second copy, in R2, and erasing again what a restored database has brought back. A database that is taken back
//! to before an erasure has lost the line in its ledger as well; R2 is not taken back with it.

use super::{Erasure, NewErasure, forget_contact, hide};
use crate::domain::id::{CompanyId, ContactId, ConversationId, ErasureId};
use crate::domain::time::Instant;
use crate::store::db::{self, Bound, StoreError, StoreResult, statement};
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement, Env};

/// The binding of `wrangler.toml`.
const BINDING: &str = "FILES";

/// A line as R2 keeps it: with its conversations.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    #[serde(flatten)]
    pub erasure: Erasure,
    pub of: Vec<ConversationId>,
}

/// Copies a line into R2, unless it is there.
///
/// # Errors
/// When the database or the bucket fails.
pub async fn keep(env: &Env, db: &D1Database, company: CompanyId, erasure: &Erasure) -> StoreResult<()> {
    #[derive(Deserialize)]
    struct Row {
        kept: u8,
        of: String,
    }
    let sql = "SELECT kept, (SELECT json_group_array(conversation_id) FROM erasure_conversations WHERE erasure_id = ?1) AS of \
               FROM erasures WHERE id = ?1";
    let row: Option<Row> = db::first(db, sql, vec![erasure.id.into()]).await?;
    let Some(Row { kept: 0, of }) = row else { return Ok(()) };
    // Who it was who asked for it, the audit trail says as long as it is there.
    let erasure = Erasure { by_name: None, ..erasure.clone() };
    let id = erasure.id;
    let kept = Kept { erasure, of: serde_json::from_str(&of)? };
    env.bucket(BINDING)?.put(key(company, id), serde_json::to_vec(&kept)?).execute().await?;
    statement(db, "UPDATE erasures SET kept = 1 WHERE id = ?1", vec![id.into()])?.run().await?;
    Ok(())
}

/// Every line that R2 has of a company.
///
/// # Errors
/// When the bucket fails.
pub async fn kept(env: &Env, company: CompanyId) -> StoreResult<Vec<Kept>> {
    let bucket = env.bucket(BINDING)?;
    let mut lines = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let list = bucket.list().prefix(format!("erasures/{company}/"));
        let list = match cursor {
            Some(cursor) => list.cursor(cursor),
            None => list,
        };
        let part = list.execute().await?;
        for object in part.objects() {
            let Some(object) = bucket.get(object.key()).execute().await? else { continue };
            let body = object.body().ok_or_else(|| StoreError::Broken("a line has no bytes".to_owned()))?;
            lines.push(serde_json::from_slice(&body.bytes().await?)?);
        }
        cursor = part.cursor().filter(|_| part.truncated());
        if cursor.is_none() {
            return Ok(lines);
        }
    }
}

/// Puts a line that only R2 has into the ledger, as one that is done.
///
/// # Errors
/// When a statement cannot be made.
pub fn remember(db: &D1Database, company: CompanyId, line: &Kept) -> StoreResult<Vec<D1PreparedStatement>> {
    let Kept { erasure, of } = line;
    let insert = "INSERT INTO erasures (id, company_id, kind, subject_id, subject_hash, at, by_id, state, conversations, \
                    contacts, finished_at, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'done', ?8, ?9, ?6, 1) \
                  ON CONFLICT (id) DO NOTHING";
    let its = "INSERT OR IGNORE INTO erasure_conversations (erasure_id, conversation_id, erased) \
               SELECT ?1, value, 1 FROM json_each(?2)";
    Ok(vec![
        statement(db, insert, columns(company, erasure))?,
        statement(db, its, vec![erasure.id.into(), serde_json::to_string(of)?.into()])?,
    ])
}

/// Writes a line again, as one that is under way, and hides once more whatever of it is back.
///
/// # Errors
/// When a statement cannot be made.
pub fn begin_again(db: &D1Database, company: CompanyId, line: &Kept) -> StoreResult<Vec<D1PreparedStatement>> {
    let Kept { erasure, of } = line;
    let insert = "INSERT INTO erasures (id, company_id, kind, subject_id, subject_hash, at, by_id, state, conversations, \
                    contacts, kept) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'under_way', ?8, ?9, 1) \
                  ON CONFLICT (id) DO UPDATE SET state = 'under_way'";
    let its = "INSERT INTO erasure_conversations (erasure_id, conversation_id) SELECT ?1, value FROM json_each(?2) WHERE true \
               ON CONFLICT (erasure_id, conversation_id) DO UPDATE SET erased = 0";
    let mut statements = vec![
        statement(db, insert, columns(company, erasure))?,
        statement(db, its, vec![erasure.id.into(), serde_json::to_string(of)?.into()])?,
    ];
    let again = NewErasure {
        id: erasure.id,
        company,
        kind: erasure.kind,
        subject: erasure.subject_id.clone(),
        subject_hash: erasure.subject_hash.clone(),
        by: erasure.by_id,
        at: erasure.at,
    };
    if let Some(contact) = erasure.subject_id.as_deref().and_then(ContactId::parse) {
        statements.extend(forget_contact(db, company, contact, erasure.at)?);
    }
    statements.extend(hide(db, &again)?);
    Ok(statements)
}

/// What a line is written with.
fn columns(company: CompanyId, erasure: &Erasure) -> Vec<Bound> {
    vec![
        erasure.id.into(),
        company.into(),
        erasure.kind.name().into(),
        erasure.subject_id.as_ref().map(Bound::from).unwrap_or(Bound::Null),
        (&erasure.subject_hash).into(),
        erasure.at.into(),
        erasure.by_id.into(),
        erasure.conversations.into(),
        erasure.contacts.into(),
    ]
}

/// A contact who is there.
#[derive(Debug, Deserialize)]
pub struct Present {
    pub id: ContactId,
    pub email: String,
    #[serde(deserialize_with = "instant")]
    pub created_at: Instant,
}

fn instant<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    i64::deserialize(deserializer).map(Instant::from_millis)
}

/// Some of a company's contacts, after one of them.
///
/// # Errors
/// When the database fails.
pub async fn contacts(
    db: &D1Database,
    company: CompanyId,
    after: Option<ContactId>,
    limit: u32,
) -> StoreResult<Vec<Present>> {
    let sql = "SELECT id, email, created_at FROM contacts WHERE company_id = ?1 AND erased_at IS NULL \
               AND (?2 IS NULL OR id > ?2) ORDER BY id LIMIT ?3";
    db::all(db, sql, vec![company.into(), after.into(), limit.into()]).await
}

fn key(company: CompanyId, id: ErasureId) -> String {
    format!("erasures/{company}/{id}.json")
}
