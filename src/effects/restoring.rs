//! Opening a company again whose export was taken in: conversation by conversation, in the order of their numbers, then the company
//! itself. Whatever was done before may be done again.

use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AuditId, CompanyId, ReportScheduleId};
use crate::domain::time::{Instant, Span};
use crate::effects::{erasing_again, report_mail};
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{
    self,
    protocol::{ConversationRequest, PutBack},
};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::random;
use crate::store::audit::{self, Deed, Doer};
use crate::store::db::{self, StoreError, StoreResult};
use crate::store::restoring::{self, Restoration};
use crate::store::{companies, erasures, profiles, report_schedules};
use serde_json::json;
use worker::{D1Database, Env};

/// Conversations that one request opens.
const AT_ONCE: u32 = 20;

/// What one request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// There is more to open.
    More,
    /// Everything is open.
    All,
    /// Of this conversation, by its number, entries are missing.
    Incomplete { number: u32 },
}

/// The Desk of a company that comes back, which may have been closed for good, takes things in again; and the ledger of erasures
/// knows what R2 does.
///
/// # Errors
/// When the Desk, the database or the bucket fails.
pub async fn prepare(env: &Env, db: &D1Database, company: CompanyId) -> StoreResult<()> {
    for line in erasures::again::kept(env, company).await? {
        db::transaction(db, erasures::again::remember(db, company, &line)?).await?;
    }
    ask(env, company, &DeskRequest::Reopen).await
}

/// All lines are there: people are what they were, and what was erased since is hidden again before anybody sees it.
///
/// # Errors
/// When the Desk, the database or the bucket fails.
pub async fn all_there(env: &Env, db: &D1Database, company: CompanyId, lines: u32, now: Instant) -> StoreResult<()> {
    erasing_again::begin(env, db, company, None, now).await?;
    db::transaction(db, restoring::all_there(db, company, lines)?).await?;
    ask(env, company, &DeskRequest::PeopleChanged).await
}

/// Opens the next conversations; when there are no more, the company.
///
/// # Errors
/// When the database or an object fails; a slug that is taken is a conflict.
pub async fn open_next(env: &Env, db: &D1Database, restoration: &Restoration, now: Instant) -> StoreResult<Opened> {
    let company = restoration.company_id;
    let next = restoring::next(db, company, restoration.opened, AT_ONCE).await?;
    for one in &next {
        let request = ConversationRequest::Awaken;
        let answer = call::call::<Refusal>(env, conversation_do::BINDING, &one.id.to_string(), &request).await?;
        let awake = match answer {
            Answer::Done(text) => serde_json::from_str::<PutBack>(&text)? == PutBack::Done,
            Answer::Refused(_) => false,
        };
        if !awake {
            return Ok(Opened::Incomplete { number: one.number });
        }
        restoring::opened(db, company, one.number).await?;
    }
    if !next.is_empty() {
        return Ok(Opened::More);
    }
    look_after(env, db, company, now).await?;
    let mut statements = restoring::done(db, restoration, now)?;
    statements.push(written_down(db, restoration, now)?);
    db::transaction(db, statements).await?;
    profiles::forget(env, &restoration.slug).await;
    Ok(Opened::All)
}

/// What goes on by itself goes on: reports, orders that run out, what is kept for a time only.
async fn look_after(env: &Env, db: &D1Database, company: CompanyId, now: Instant) -> StoreResult<()> {
    let zone = companies::settings(db, company).await?.map(|settings| settings.time_zone).unwrap_or_default();
    let mut after: Option<ReportScheduleId> = None;
    while let Some(schedule) = report_schedules::next_of_company(db, company, after).await? {
        let (schedule, due) = (schedule.id, Some(report_mail::next(&schedule, &zone, now)));
        ask(env, company, &DeskRequest::Report { schedule, due }).await?;
        after = Some(schedule);
    }
    ask(env, company, &DeskRequest::OrdersDue { due: now.after(Span::seconds(1)) }).await?;
    ask(env, company, &DeskRequest::ErasuresDue { due: now.after(Span::seconds(1)) }).await
}

/// The line of the company's audit trail.
fn written_down(db: &D1Database, restoration: &Restoration, now: Instant) -> StoreResult<worker::D1PreparedStatement> {
    let doer = Doer { agent: None, name: "operator".to_owned(), address: String::new(), user_agent: String::new() };
    let deed = Deed {
        action: "company.restored",
        target_kind: "company",
        target_id: restoration.company_id.to_string(),
        target_name: restoration.slug.clone(),
        detail: json!({ "exported_at": restoration.exported_at, "lines": restoration.lines }),
    };
    audit::insert(db, AuditId::new(random::id(now)), restoration.company_id, &doer, &deed, now)
}

async fn ask(env: &Env, company: CompanyId, request: &DeskRequest) -> StoreResult<()> {
    match desk::ask::<()>(env, company, request).await? {
        Answer::Done(_) => Ok(()),
        Answer::Refused(()) => Err(StoreError::Broken("the Desk refused".to_owned())),
    }
}
