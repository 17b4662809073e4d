//! When agents were there, for reports: told by the company's Desk as soon as a stretch has ended.

use crate::domain::id::CompanyId;
use crate::domain::people::hours::Calendar;
use crate::domain::report::attendance::Stretch;
use crate::domain::report::fact::Fact;
use crate::domain::time::{Instant, Span};
use crate::domain::zone::Zone;
use crate::platform::intl;
use crate::store::facts::{self, Measured};
use crate::store::{companies, db};
use worker::Env;

/// Facts of no conversation.
const NO_CONVERSATION: u32 = 0;

/// A fact, how long it was, and for how much of that the company was open.
pub type Timed = (Fact, Span, Span);

/// Keeps the facts of stretches that have ended.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn deliver(env: &Env, company: CompanyId, stretches: &[Stretch]) -> Result<(), String> {
    let failed = |error: db::StoreError| error.to_string();
    let db = db::open(env).map_err(failed)?;
    let Some(settings) = companies::settings(&db, company).await.map_err(failed)? else { return Ok(()) };
    let Some((from, until)) = span(stretches) else { return Ok(()) };
    let zone = intl::zone(&settings.time_zone, from, until);
    let timed: Vec<Timed> = stretches.iter().flat_map(|one| timed(*one, &zone, &settings.calendar)).collect();
    let measured =
        timed.iter().map(|(fact, spent, open)| Measured { fact, spent: Some(*spent), spent_open: Some(*open) });
    let measured: Vec<_> = measured.collect();
    let statements = facts::remember(&db, company, NO_CONVERSATION, &measured).map_err(failed)?;
    db::transaction(&db, statements).await.map(drop).map_err(failed)
}

/// The facts of a stretch, each of one day.
pub fn timed(stretch: Stretch, zone: &Zone, calendar: &Calendar) -> impl Iterator<Item = Timed> {
    stretch.facts(zone).map(|(fact, until)| {
        let open = calendar.open_time(zone, fact.at, until);
        let spent = fact.at.until(until);
        (fact, spent, open)
    })
}

/// From when until when there were any.
fn span(stretches: &[Stretch]) -> Option<(Instant, Instant)> {
    stretches.iter().map(|one| one.since).min().zip(stretches.iter().map(|one| one.until).max())
}
