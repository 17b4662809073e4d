//! Index first, feed second: a dashboard that fetches a list because of the feed never gets an older one.

use crate::domain::conversation::state::State;
use crate::domain::conversation::terms::Terms;
use crate::domain::conversation::view::ConversationView;
use crate::domain::search::Words;
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::store::{conversations, db, search};
use worker::Env;

/// What was said in a conversation and cannot be searched yet, or the first part of it.
pub struct Portion {
    pub words: Vec<Words>,
    /// The last entry of the log that was looked at.
    pub up_to: u64,
}

/// Copies a conversation's present into the index, with what was said since, then tells the company's dashboards. Answers
/// what the company has set by now.
///
/// # Errors
/// What failed; the conversation tries again.
pub async fn deliver(env: &Env, state: &State, portion: &Portion) -> Result<Option<Terms>, String> {
    let view = ConversationView::from(state);
    let db = db::open(env).map_err(|error| error.to_string())?;
    let Portion { words, up_to } = portion;
    let terms = conversations::report(&db, state.company_id, &view, words, *up_to).await;
    let terms = terms.map_err(|error| error.to_string())?;
    let publish = DeskRequest::Publish { conversation: Box::new(state.clone()) };
    match desk::ask::<()>(env, state.company_id, &publish).await {
        Ok(Answer::Done(_) | Answer::Refused(())) => Ok(terms),
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
    let caught_up = search::catch_up(&db, state.company_id, &view, &portion.words, portion.up_to).await;
    caught_up.map_err(|error| error.to_string())
}
