//! Index first, feed second: a dashboard that fetches a list because of the feed never gets an older one.

use crate::domain::conversation::state::State;
use crate::domain::conversation::view::ConversationView;
use crate::objects::call::{self, Answer};
use crate::objects::desk_do::{self, protocol::DeskRequest};
use crate::store::{conversations, db};
use worker::Env;

/// Copies a conversation's present into the index, then tells the company's dashboards.
///
/// # Errors
/// What failed; the conversation tries again.
pub async fn deliver(env: &Env, state: &State) -> Result<(), String> {
    let view = ConversationView::from(state);
    let db = db::open(env).map_err(|error| error.to_string())?;
    conversations::report(&db, &view).await.map_err(|error| error.to_string())?;
    let publish = DeskRequest::Publish { conversation: Box::new(state.clone()) };
    let desk = state.company_id.to_string();
    match call::call::<()>(env, desk_do::BINDING, &desk, &publish).await {
        Ok(Answer::Done(_) | Answer::Refused(())) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
