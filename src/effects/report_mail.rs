//! A report that somebody has sent to himself: within what he may see by then.

use crate::domain::id::{CompanyId, ReportScheduleId};
use crate::domain::people::capability::Capability;
use crate::domain::people::permission::permit_company;
use crate::domain::report::period::Period;
use crate::domain::report::schedule;
use crate::domain::time::{Instant, Span};
use crate::effects::report::{self, Setting};
use crate::pages::mails;
use crate::platform::mailer::{self, Enclosure};
use crate::platform::settings::public_origin;
use crate::platform::{clock, intl};
use crate::store::agents::{self, AgentRecord, Standing};
use crate::store::report_schedules::{self, ReportSchedule};
use crate::store::{companies, db, profiles};
use worker::{D1Database, Env};

/// How long after it was due a report is awaited that the Desk heard of before it was kept.
const AWAITED_FOR: Span = Span::seconds(60);
/// How late a report is still sent; of those before, nobody is told any more.
const CATCHES_UP: Span = Span::days(7);

/// Sends a report that was due at an instant: that says which days it is about, however late it is. Answers when the next one is
/// due, which may have passed, too: the same instant where it is to be tried again, never where nobody wants it any more.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn deliver(
    env: &Env,
    company: CompanyId,
    id: ReportScheduleId,
    due: Instant,
) -> Result<Option<Instant>, String> {
    let failed = |error: db::StoreError| error.to_string();
    let db = db::open(env).map_err(failed)?;
    let now = clock::now();
    let Some(schedule) = report_schedules::find(&db, company, id).await.map_err(failed)? else {
        return Ok((now < due.after(AWAITED_FOR)).then_some(due));
    };
    let Some(settings) = companies::settings(&db, company).await.map_err(failed)? else { return Ok(None) };
    let record = match schedule.agent {
        Some(agent) => agents::find(&db, company, agent).await.map_err(failed)?,
        None => None,
    };
    match record {
        None => return Ok(None),
        // He may come back; until then, nothing leaves the house.
        Some(record) if record.status != Standing::Active => {}
        Some(record) => {
            let today = report::today(&settings.time_zone, due);
            let period = schedule::period(schedule.every, today);
            send(env, &db, company, &schedule, &record, (&settings, period)).await?;
        }
    }
    Ok(Some(next(&schedule, &settings.time_zone, due.max(now.before(CATCHES_UP)))))
}

/// When a report is due next.
#[must_use]
pub fn next(schedule: &ReportSchedule, time_zone: &str, now: Instant) -> Instant {
    let zone = intl::zone(time_zone, now, now.after(Span::days(40)));
    schedule::due(schedule.every, schedule.hour, &zone, now)
}

async fn send(
    env: &Env,
    db: &D1Database,
    company: CompanyId,
    schedule: &ReportSchedule,
    record: &AgentRecord,
    (settings, period): (&companies::Settings, Period),
) -> Result<(), String> {
    let failed = |error: db::StoreError| error.to_string();
    let member = &record.member;
    let may = report::reach(member, report::capability(schedule.report)).is_ok()
        && permit_company(member, Capability::ReportExport).is_ok();
    if !may {
        return report_schedules::was_sent(db, schedule.id, None, "no_permission").await.map_err(failed);
    }
    if schedule.sent_for.as_deref() == Some(&period.to()) {
        return Ok(());
    }
    let Some(profile) = profiles::of_company(db, company).await.map_err(failed)? else { return Ok(()) };
    let (time_zone, calendar) = (settings.time_zone.clone(), settings.calendar.clone());
    let setting = Setting { env, db, company, member, time_zone, calendar, period, compare: false };
    let table = report::table(&setting, schedule.report, &schedule.wanted).await.map_err(failed)?;
    let bytes = report::write(table, schedule.format)?;
    let subject = schedule.report.name();
    let origin = public_origin(env);
    let query = format!("from={}&to={}", period.from(), period.to());
    let link = format!("{origin}/app/{}/reports/{subject}?{query}", profile.slug);
    let days = match (period.from(), period.to()) {
        (from, to) if from == to => from,
        (from, to) => format!("{from} – {to}"),
    };
    let mut mail = mails::report(&record.email, &profile.name, &schedule.name, &days, &link)?;
    let name = format!("{subject}-{}-{}.{}", period.from(), period.to(), schedule.format.extension());
    mail.enclosures.push(Enclosure::new(name, schedule.format.media_type(), &bytes));
    mailer::send(env, &mail).await?;
    report_schedules::was_sent(db, schedule.id, Some(&period.to()), "").await.map_err(failed)
}
