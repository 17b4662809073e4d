//! Mails to agents who want them and are not there (specification F18). Never about what they may not see; they carry a
//! number and a link, and nothing that anybody typed.

use super::mail::Occasion;
use crate::domain::conversation::state::State;
use crate::domain::id::CompanyId;
use crate::domain::people::permission::{Capability, permit};
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest, Presence, Presences};
use crate::pages::mails;
use crate::platform::{log, mailer, settings};
use crate::store::agents::{self, Recipient};
use crate::store::profiles::Profile;
use worker::{D1Database, Env};

/// Most mails about one thing.
const MOST: u32 = 50;

/// Mails whoever wants to be told. A mail that fails is dropped: the conversation itself waits for nobody's mailbox.
pub async fn deliver(env: &Env, db: &D1Database, state: &State, company: &Profile, occasion: Occasion) {
    if let Err(error) = try_to_deliver(env, db, state, company, occasion).await {
        log::fault("agent mail", &state.id.to_string(), &error);
    }
}

async fn try_to_deliver(
    env: &Env,
    db: &D1Database,
    state: &State,
    company: &Profile,
    occasion: Occasion,
) -> Result<(), String> {
    let (wish, holder) = match occasion {
        Occasion::New => ("new_conversation", None),
        Occasion::Assigned => ("assigned", state.assignee.as_ref().map(|agent| agent.id)),
        Occasion::Escalated => ("escalated", None),
        _ => ("answered", state.assignee.as_ref().map(|agent| agent.id)),
    };
    if !matches!(occasion, Occasion::New | Occasion::Escalated) && holder.is_none() {
        return Ok(());
    }
    let wanting = agents::wanting_mail(db, state.company_id, wish, holder, MOST).await;
    let wanting = wanting.map_err(|error| error.to_string())?;
    let concerned = |one: &Recipient| match occasion {
        Occasion::Escalated => supervises(one, state),
        _ => may_know(one, state),
    };
    let wanting: Vec<_> = wanting.into_iter().filter(concerned).collect();
    if wanting.is_empty() {
        return Ok(());
    }
    let presences = presences(env, state.company_id).await?;
    let away = |one: &Recipient| presences.get(&one.member.id).is_none_or(|seen| seen.presence == Presence::Offline);
    let link = format!("{}/app/{}/all/{}", settings::public_origin(env), company.slug, state.id);
    for one in wanting.iter().filter(|one| away(one)) {
        let mail = match occasion {
            Occasion::New => mails::new_conversation(&one.email, &company.name, state.number, &link),
            Occasion::Assigned => mails::assigned(&one.email, &company.name, state.number, &link),
            Occasion::Escalated => mails::escalated(&one.email, &company.name, state.number, &link),
            _ => mails::customer_answered(&one.email, &company.name, state.number, &link),
        };
        mailer::send(env, &mail?).await?;
    }
    Ok(())
}

/// Whoever may do something about who has what.
fn supervises(one: &Recipient, state: &State) -> bool {
    permit(&one.member, Capability::StatusBoardAct, state.relation_to(&one.member)).is_ok()
}

/// Whoever sees the conversation, or might be dealt it.
fn may_know(one: &Recipient, state: &State) -> bool {
    let sees = permit(&one.member, Capability::ConversationView, state.relation_to(&one.member)).is_ok();
    sees || state.place().is_dealt_to(&one.member)
}

async fn presences(env: &Env, company: CompanyId) -> Result<Presences, String> {
    match desk::ask::<()>(env, company, &DeskRequest::Presences).await {
        Ok(Answer::Done(text)) => serde_json::from_str(&text).map_err(|error| error.to_string()),
        Ok(Answer::Refused(())) => Ok(Presences::default()),
        Err(error) => Err(error.to_string()),
    }
}
