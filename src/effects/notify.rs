//! Telling agents of what happened in a conversation, each by the ways he wishes (specification F18, F19). Never about what
//! they may not see; what is sent out of the house carries a number and a link, and nothing that anybody typed.

use crate::domain::conversation::state::State;
use crate::domain::id::{AgentId, NotificationId, PushSubscriptionId};
use crate::domain::notification::decide::{Sight, Ways, sight, ways};
use crate::domain::notification::digest;
use crate::domain::notification::news::News;
use crate::domain::notification::preferences::{Every, Kind};
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest, Notice};
use crate::pages::mails;
use crate::platform::{clock, intl, log, mailer, random, settings};
use crate::store::notifications::{self, Recipient, Told};
use crate::store::{companies, db, profiles, push_subscriptions};
use serde_json::json;
use worker::{D1Database, Env};

/// Most mails about one thing, and most people whose browsers are told of it.
const MOST: usize = 50;

/// A browser to be told of something.
#[derive(Clone, Debug)]
pub struct PushTo {
    pub subscription: PushSubscriptionId,
    pub agent: AgentId,
}

/// Tells whoever is to be told: under the bell, on open dashboards, by mail. Answers the browsers that are to be told, which
/// is done by itself: no push service is waited for here.
///
/// # Errors
/// What failed; telling again does no harm. A mail that fails is dropped: the conversation itself waits for nobody's mailbox.
pub async fn deliver(env: &Env, state: &State, news: &News) -> Result<Vec<PushTo>, String> {
    let failed = |error: db::StoreError| error.to_string();
    let db = db::open(env).map_err(failed)?;
    let recipients = notifications::recipients(&db, state.company_id, news.kind, news.to.as_deref()).await;
    let decided = recipients.map_err(failed)?.into_iter().map(|one| (ways(news, &one.member, &one.wishes, state), one));
    let told: Vec<(Ways, Recipient)> = decided.filter(|(ways, _)| ways.any()).collect();
    if told.is_empty() {
        return Ok(Vec::new());
    }
    let now = clock::now();
    let rows = told.iter().map(|(ways, one)| Told {
        id: NotificationId::new(random::id(now)),
        agent: one.member.id,
        page: ways.page,
    });
    let rows: Vec<Told> = rows.collect();
    notifications::note(&db, state.company_id, state.id, news, &rows).await.map_err(failed)?;
    let away = tell_desk(env, &db, state, news, &told).await?;
    let mailed: Vec<&Recipient> =
        told.iter().filter(|(ways, one)| ways.email && away.contains(&one.member.id)).map(|(_, one)| one).collect();
    if let Err(error) = send_mails(env, &db, state, news.kind, &mailed).await {
        log::fault("agent mail", &state.id.to_string(), &error);
    }
    let browsers: Vec<AgentId> =
        told.iter().filter(|(ways, _)| ways.browser).map(|(_, one)| one.member.id).take(MOST).collect();
    if browsers.is_empty() {
        return Ok(Vec::new());
    }
    let subscriptions = push_subscriptions::of_agents(&db, &browsers, now).await.map_err(failed)?;
    Ok(subscriptions.into_iter().map(|(subscription, agent)| PushTo { subscription, agent }).collect())
}

/// Tells open dashboards, and when digests are due. Answers who has no dashboard open.
async fn tell_desk(
    env: &Env,
    db: &D1Database,
    state: &State,
    news: &News,
    told: &[(Ways, Recipient)],
) -> Result<Vec<AgentId>, String> {
    let summed_up = told.iter().any(|(ways, one)| ways.page && one.wishes.digest.every != Every::Off);
    let zone = if summed_up {
        let settings = companies::settings(db, state.company_id).await.map_err(|error| error.to_string())?;
        settings.map(|settings| settings.time_zone).unwrap_or_default()
    } else {
        String::new()
    };
    let now = clock::now();
    let notices = told.iter().map(|(ways, one)| {
        let sees = sight(news.kind, &one.member, state.place(), state.relation_to(&one.member)) == Sight::Sees;
        let conversation = sees.then(|| json!({ "id": state.id, "number": state.number }));
        let frame = json!({ "type": "notification", "kind": news.kind, "conversation": conversation });
        let digest =
            ways.page.then(|| digest::due(one.wishes.digest, now, |at| intl::civil(&zone, at).minute())).flatten();
        Notice { agent: one.member.id, frame: frame.to_string(), digest }
    });
    let request = DeskRequest::Notify { notices: notices.collect() };
    match desk::ask::<()>(env, state.company_id, &request).await {
        Ok(Answer::Done(away)) => serde_json::from_str(&away).map_err(|error| error.to_string()),
        Ok(Answer::Refused(())) => Ok(Vec::new()),
        Err(error) => Err(error.to_string()),
    }
}

async fn send_mails(
    env: &Env,
    db: &D1Database,
    state: &State,
    kind: Kind,
    recipients: &[&Recipient],
) -> Result<(), String> {
    if recipients.is_empty() {
        return Ok(());
    }
    let profile = profiles::of_company(db, state.company_id).await.map_err(|error| error.to_string())?;
    let Some(company) = profile else { return Ok(()) };
    let link = format!("{}/app/{}/all/{}", settings::public_origin(env), company.slug, state.id);
    for one in recipients.iter().take(MOST) {
        let mail = mails::notification(&one.email, kind, &company.name, state.number, &link);
        mailer::send(env, &mail?).await?;
    }
    Ok(())
}
