//! Erasing again what was erased before and has come back: with a database that was taken back to an earlier state, or with a company
//! that was brought back from an earlier export.

use crate::domain::id::{AgentId, CompanyId, ErasureId};
use crate::domain::time::Instant;
use crate::effects::mail::link_keys;
use crate::platform::keyring::Keyring;
use crate::platform::{pseudonym, random};
use crate::store::db::{self, StoreError, StoreResult};
use crate::store::erasures::again::{self, Kept, Present};
use crate::store::erasures::{self, Kind, NewErasure};
use crate::store::restoring;
use worker::{D1Database, Env};

/// Contacts that are looked at at once.
const CONTACTS: u32 = 1_000;

/// What is erased again.
#[derive(Clone, Copy, Debug)]
pub struct Again {
    /// Lines of the ledger that are worked off again.
    pub erasures: usize,
    /// Contacts that had come back under another id.
    pub found_again: usize,
}

/// Begins to erase again what the company's ledger says, as R2 has it. That the company itself was erased counts no more once it was
/// brought back since. The Desk has to be told.
///
/// # Errors
/// When the database or the bucket fails.
pub async fn begin(
    env: &Env,
    db: &D1Database,
    company: CompanyId,
    by: Option<AgentId>,
    now: Instant,
) -> StoreResult<Again> {
    let keys = link_keys(env).map_err(|error| StoreError::Broken(error.to_string()))?;
    let back_since = restoring::begun_at(db, company).await?;
    let counts = |line: &Kept| line.erasure.kind != Kind::Company || back_since.is_none_or(|at| line.erasure.at >= at);
    let lines: Vec<Kept> = again::kept(env, company).await?.into_iter().filter(counts).collect();
    for line in &lines {
        db::transaction(db, again::begin_again(db, company, line)?).await?;
    }
    let mut found_again = 0_usize;
    let mut after = None;
    loop {
        let present = again::contacts(db, company, after, CONTACTS).await?;
        let Some(last) = present.last().map(|contact| contact.id) else { break };
        for contact in present.iter().filter(|contact| lines.iter().any(|line| is_of(line, contact, &keys, company))) {
            let erasure = NewErasure {
                id: ErasureId::new(random::id(now)),
                company,
                kind: Kind::Contact,
                subject: Some(contact.id.to_string()),
                subject_hash: pseudonym::of_address(&keys, company, &contact.email),
                by,
                at: now,
            };
            db::transaction(db, erasures::begin_contact(db, &erasure, contact.id)?).await?;
            found_again = found_again.saturating_add(1);
        }
        after = Some(last);
    }
    Ok(Again { erasures: lines.len(), found_again })
}

/// Whether a contact is one that was erased, under another id: he was there before, by the same address. Whoever wrote again
/// since is somebody new.
fn is_of(line: &Kept, contact: &Present, keys: &Keyring, company: CompanyId) -> bool {
    line.erasure.kind == Kind::Contact
        && contact.created_at <= line.erasure.at
        && pseudonym::stands_for(keys, &line.erasure.subject_hash, company, &contact.email)
}
