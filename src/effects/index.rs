//! Index first, feed second: a dashboard that fetches a list because of the feed never gets an older one.

use crate::domain::conversation::state::State;
use crate::domain::conversation::view::ConversationView;
use crate::domain::search::Portion;
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::store::companies::Known;
use crate::store::{conversations, db, search};
use worker::Env;

/// Copies a conversation's present into the index, with what was said since, then tells the company's dashboards. Answers
/// what conversations have to know of the company.
///
/// # Errors
/// What failed; the conversation tries again.
pub async fn deliver(env: &Env, state: &State, portion: &Portion) -> Result<Option<Known>, String> {
    let view = ConversationView::from(state);
    let db = db::open(env).map_err(|error| error.to_string())?;
    let known =
        conversations::report(&db, state.company_id, &view, portion).await.map_err(|error| error.to_string())?;
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
pub async fn catch_up(env: &Env, state: &State, portion: &Portion) -> Result<(), String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    let view = ConversationView::from(state);
    let caught_up = search::catch_up(&db, state.company_id, &view, portion).await;
    caught_up.map_err(|error| error.to_string())
}
