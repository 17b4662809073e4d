//! Working off what the ledger of erasures says: each conversation's object, its files and its words in the search; then,
//! of a company, everything else. The company's Desk drives it from its alarm, so that a crash only delays it; whatever was
//! done before may be done again.

use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{CompanyId, ErasureId};
use crate::domain::time::{Instant, Span};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::{clock, random};
use crate::store::attachments;
use crate::store::attempts::{Attempts, WRONG_PASSWORDS};
use crate::store::db::{self, StoreError};
use crate::store::erasures::{self, Kind, Left, NewErasure, again, company, retention};
use worker::Env;

/// Conversations that one alarm erases.
const AT_ONCE: u32 = 60;
/// A company's rule is looked at this often.
const LOOKED_AT_EVERY: Span = Span::days(1);

/// What becomes of a company's erasures when no conversation is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concluded {
    /// They are done; the company's rule is looked at again then, if it has one.
    Until(Option<Instant>),
    /// There is more to be erased.
    More,
    /// The company itself is gone.
    CompanyGone,
}

/// Conversations of a company that are to be erased next. Their lines are in R2 before anything of them is gone.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn left(env: &Env, company: CompanyId) -> Result<Vec<Left>, String> {
    let db = db::open(env).map_err(failed)?;
    for erasure in erasures::under_way(&db, company).await.map_err(failed)? {
        again::keep(env, &db, company, &erasure).await.map_err(failed)?;
    }
    erasures::left(&db, company, AT_ONCE).await.map_err(failed)
}

/// Makes a conversation's object forget everything: from here on it answers as one that never was.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn empty(env: &Env, left: Left) -> Result<(), String> {
    let name = left.conversation.to_string();
    let answer = call::call::<Refusal>(env, conversation_do::BINDING, &name, &ConversationRequest::Erase).await;
    answer.map(drop).map_err(|error| error.to_string())
}

/// Removes a conversation's files and words, and strikes it.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn strike(env: &Env, company: CompanyId, left: Left) -> Result<(), String> {
    let db = db::open(env).map_err(failed)?;
    attachments::remove_all_of(env, company, left.conversation).await.map_err(failed)?;
    erasures::strike(&db, left).await.map_err(failed)
}

/// No conversation is left: ends what is under way, and begins what the company's rule says.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn conclude(env: &Env, company: CompanyId) -> Result<Concluded, String> {
    let db = db::open(env).map_err(failed)?;
    let now = clock::now();
    let mut gone = false;
    for erasure in erasures::under_way(&db, company).await.map_err(failed)? {
        if erasure.kind == Kind::Company {
            delete_company(env, company).await.map_err(failed)?;
            gone = true;
        }
        erasures::finish(&db, erasure.id, now).await.map_err(failed)?;
    }
    if gone {
        return Ok(Concluded::CompanyGone);
    }
    let Some(before) = retention::limit(&db, company, now).await.map_err(failed)? else {
        return Ok(Concluded::Until(None));
    };
    if !retention::is_due(&db, company, before).await.map_err(failed)? {
        return Ok(Concluded::Until(Some(now.after(LOOKED_AT_EVERY))));
    }
    let erasure = NewErasure {
        id: ErasureId::new(random::id(now)),
        company,
        kind: Kind::Retention,
        subject: None,
        subject_hash: String::new(),
        by: None,
        at: now,
    };
    let statements = retention::begin_old(&db, &erasure, before).map_err(failed)?;
    db::transaction(&db, statements).await.map_err(failed)?;
    Ok(Concluded::More)
}

async fn delete_company(env: &Env, id: CompanyId) -> Result<(), StoreError> {
    let db = db::open(env)?;
    attachments::remove_all_of_company(env, id).await?;
    let people = company::only_here(&db, id).await?;
    let attempts = people.iter().map(|one| Attempts::of(WRONG_PASSWORDS, &one.email).forget(&db));
    let attempts = attempts.collect::<Result<Vec<_>, _>>()?;
    company::delete(&db, id, &people, attempts).await
}

fn failed(error: StoreError) -> String {
    error.to_string()
}
