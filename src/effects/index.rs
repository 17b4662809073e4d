//! Index first, feed second: a dashboard that fetches a list because of the feed never gets an older one.

use crate::domain::conversation::event::Entry;
use crate::domain::conversation::state::State;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::CompanyId;
use crate::domain::report::fact::{Course, Fact};
use crate::domain::search::Portion;
use crate::domain::time::Instant;
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::intl;
use crate::store::companies::{self, Known};
use crate::store::facts::Measured;
use crate::store::{conversations, db, rebuilding, search};
use worker::{D1Database, Env};

/// What a log says that search and reports do not have yet, or the first part of it.
pub struct Parcel {
    pub words: Portion,
    pub facts: Vec<Fact>,
    /// What has to be remembered of the log up to there.
    pub course: Course,
}

impl Parcel {
    /// An empty one, which goes on after an entry.
    #[must_use]
    pub const fn after(up_to: u64, course: Course) -> Self {
        Self { words: Portion::after(up_to), facts: Vec::new(), course }
    }

    /// Takes the next entry along.
    pub fn take(&mut self, entry: Entry) {
        self.facts.extend(self.course.take(&entry));
        self.words.take(entry);
    }
}

/// All facts of a log.
#[derive(Default)]
pub struct ReadOff {
    pub facts: Vec<Fact>,
    /// When its first and its last entry was made.
    pub span: Option<(Instant, Instant)>,
}

/// Copies a conversation's present into the index, with what was said since, then tells the company's dashboards. Answers
/// what conversations have to know of the company.
///
/// # Errors
/// What failed; the conversation tries again.
pub async fn deliver(env: &Env, state: &State, parcel: &Parcel) -> Result<Option<Known>, String> {
    let view = ConversationView::from(state);
    let db = db::open(env).map_err(|error| error.to_string())?;
    let facts = measured(&db, state.company_id, &parcel.facts).await.map_err(|error| error.to_string())?;
    let known = conversations::report(&db, state.company_id, &view, &parcel.words, &facts)
        .await
        .map_err(|error| error.to_string())?;
    let publish = DeskRequest::Publish { conversation: Box::new(state.clone()) };
    match desk::ask::<()>(env, state.company_id, &publish).await {
        Ok(Answer::Done(_) | Answer::Refused(())) => Ok(known),
        Err(error) => Err(error.to_string()),
    }
}

/// Copies more of what was said into the index, where one delivery could not carry it all.
///
/// # Errors
/// What failed; the conversation tries again.
pub async fn catch_up(env: &Env, state: &State, parcel: &Parcel) -> Result<(), String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    let view = ConversationView::from(state);
    let facts = measured(&db, state.company_id, &parcel.facts).await.map_err(|error| error.to_string())?;
    let caught_up = search::catch_up(&db, state.company_id, &view, &parcel.words, &facts).await;
    caught_up.map_err(|error| error.to_string())
}

/// Sees to it that the index takes whatever the conversation says next, and forgets what was said in it; reports forget what its
/// log does not say.
///
/// # Errors
/// What failed.
pub async fn expect_anew(env: &Env, state: &State, ReadOff { facts, span }: &ReadOff) -> Result<(), String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    let span = span.unwrap_or((state.last_event_at, state.last_event_at));
    rebuilding::expect_anew(&db, state, span, facts).await.map_err(|error| error.to_string())
}

/// Facts with what they took, by either clock. The company is asked for its hours only where something is timed.
async fn measured<'a>(db: &D1Database, company: CompanyId, facts: &'a [Fact]) -> db::StoreResult<Vec<Measured<'a>>> {
    let untimed = |fact| Measured { fact, spent: None, spent_open: None };
    let (Some(from), Some(until)) =
        (facts.iter().filter_map(|fact| fact.since).min(), facts.iter().map(|fact| fact.at).max())
    else {
        return Ok(facts.iter().map(untimed).collect());
    };
    let Some(settings) = companies::settings(db, company).await? else { return Ok(Vec::new()) };
    let zone = intl::zone(&settings.time_zone, from, until);
    let timed = |fact: &'a Fact| match fact.since {
        None => untimed(fact),
        Some(since) => Measured {
            fact,
            spent: Some(since.until(fact.at)),
            spent_open: Some(settings.calendar.open_time(&zone, since, fact.at)),
        },
    };
    Ok(facts.iter().map(timed).collect())
}
