//! Making the index of a conversation anew, from what its object says.

use super::db::{self, StoreResult, statement};
use super::{facts, search};
use crate::domain::conversation::state::State;
use crate::domain::report::fact::Fact;
use crate::domain::time::Instant;
use worker::D1Database;

/// Sees to it that the index has a row for a conversation, and takes whatever the object says next for newer than what is
/// there; what was said in it is forgotten until the object has said it again, and of what reports know, what `facts`, read off a
/// log of that `span`, do not say. A row that was lost comes back with its contact, under a
/// name of opening that nobody uses.
///
/// # Errors
/// When the database fails.
pub async fn expect_anew(db: &D1Database, state: &State, span: (Instant, Instant), facts: &[Fact]) -> StoreResult<()> {
    let (begun_at, _) = span;
    let contact = "INSERT OR IGNORE INTO contacts (id, company_id, email, name, language, created_at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = "INSERT OR IGNORE INTO conversations (id, company_id, client_id, number, contact_id, created_at) \
               SELECT ?1, ?2, ?1, CAST(?3 AS INTEGER), id, ?5 FROM contacts WHERE company_id = ?2 AND email = ?4";
    let older = "UPDATE conversations SET rev = MIN(rev, MAX(CAST(?2 AS INTEGER) - 1, 0)), searched = 0 WHERE id = ?1";
    let person = &state.contact;
    let head = i64::try_from(state.head).unwrap_or(i64::MAX);
    let statements = vec![
        statement(
            db,
            contact,
            vec![
                person.id.into(),
                state.company_id.into(),
                person.email.as_str().into(),
                person.name.as_str().into(),
                state.language.as_str().into(),
                begun_at.into(),
            ],
        )?,
        statement(
            db,
            row,
            vec![
                state.id.into(),
                state.company_id.into(),
                state.number.into(),
                person.email.as_str().into(),
                begun_at.into(),
            ],
        )?,
        statement(db, older, vec![state.id.into(), head.into()])?,
        search::forget(db, state.company_id, state.number, 0)?,
        facts::keep_only(db, state.company_id, state.number, span, facts)?,
    ];
    db::transaction(db, statements).await.map(drop)
}
