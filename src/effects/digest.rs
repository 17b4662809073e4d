//! A mail that sums up what an agent was told of and has not read. Never about what he may not see by now; it carries
//! numbers and links, and nothing that anybody typed.

use crate::domain::id::{AgentId, CompanyId};
use crate::domain::notification::decide::{Sight, sight};
use crate::domain::notification::preferences::{Every, Preferences};
use crate::pages::mails;
use crate::platform::{clock, mailer, settings};
use crate::store::agents::{self, Standing};
use crate::store::{db, notifications, profiles};
use worker::Env;

/// Most lines of one mail.
const MOST: u32 = 50;

/// Mails an agent his digest, if there is anything to say and he still wants one.
///
/// # Errors
/// What failed; the Desk tries again.
pub async fn deliver(env: &Env, company: CompanyId, agent: AgentId) -> Result<(), String> {
    let failed = |error: db::StoreError| error.to_string();
    let db = db::open(env).map_err(failed)?;
    let record = agents::find(&db, company, agent).await.map_err(failed)?;
    let Some(record) = record.filter(|record| record.status == Standing::Active) else { return Ok(()) };
    if Preferences::stored(&record.notifications).digest.every == Every::Off {
        return Ok(());
    }
    let unread = notifications::undigested(&db, agent, MOST).await.map_err(failed)?;
    let Some(newest) = unread.first().map(|one| one.at) else { return Ok(()) };
    let profile = profiles::of_company(&db, company).await.map_err(failed)?;
    let Some(profile) = profile else { return Ok(()) };
    let origin = settings::public_origin(env);
    let lines: Vec<mails::Line> = unread
        .iter()
        .filter_map(|one| {
            match sight(one.kind, &record.member, one.place, one.place.relation_to(&record.member, one.participates)) {
                Sight::Sees => Some((one, format!("{origin}/app/{}/all/{}", profile.slug, one.conversation))),
                Sight::Exists => Some((one, format!("{origin}/app/{}/unassigned", profile.slug))),
                Sight::Nothing => None,
            }
        })
        .map(|(one, link)| mails::Line { words: mails::line(one.kind, one.number, one.count), link })
        .collect();
    if !lines.is_empty() {
        let desk = format!("{origin}/app/{}", profile.slug);
        mailer::send(env, &mails::digest(&record.email, &profile.name, &lines, &desk)?).await?;
    }
    notifications::digested(&db, agent, newest, clock::now()).await.map_err(failed)
}
