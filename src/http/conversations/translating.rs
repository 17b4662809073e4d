//! Messages in the reader's language.

use super::forward;
use crate::domain::conversation::command::Actor;
use crate::domain::id::ConversationId;
use crate::domain::people::settings::check_language;
use crate::domain::translation::{Translation, primary};
use crate::http::body::Query;
use crate::http::problem::{Answer, Problem};
use crate::http::session::{AtCompany, AtConversation};
use crate::objects::conversation_do::protocol::ConversationRequest;
use crate::platform::translator::Translator;
use crate::store::companies;
use axum::extract::Path;
use http::StatusCode;
use serde::Deserialize;

/// An event of a conversation.
#[derive(Deserialize)]
pub struct EventPath {
    seq: String,
}

/// Into which language.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TranslationQuery {
    /// As `fr`; the caller's own when left out.
    to: Option<String>,
}

/// A message in another language, the caller's own when none is named. Comments are not translated.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}/events/{seq}/translation", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("seq" = u64, Path), TranslationQuery),
    responses((status = 200, body = Translation), (status = 409, description = "`translation_off`"),
        (status = 503, description = "`translation_unavailable`, with `Retry-After`")))]
#[worker::send]
pub async fn show(
    AtConversation { at, id }: AtConversation,
    Path(path): Path<EventPath>,
    Query(query): Query<TranslationQuery>,
) -> Answer {
    let seq = path.seq.parse().map_err(|_| Problem::not_found())?;
    let asked = query.to.map(|to| check_language("to", &to)).transpose()?;
    let speech = companies::speech(&at.db, at.company.id, Some(at.member.id)).await?.ok_or_else(Problem::not_found)?;
    let to = primary(&asked.unwrap_or(speech.language)).unwrap_or_default();
    let request = ConversationRequest::Translate { actor: Actor::Agent(at.member), seq, to, on: speech.translates };
    forward(&at.here.env, id, StatusCode::OK, &request).await
}

/// The language that messages are translated into for the caller, where they are.
///
/// # Errors
/// When the database fails.
pub async fn language_for(at: &AtCompany) -> Answer<Option<String>> {
    if Translator::of(&at.here.env).is_none() {
        return Ok(None);
    }
    let speech = companies::speech(&at.db, at.company.id, Some(at.member.id)).await?;
    Ok(speech.filter(|speech| speech.translates).and_then(|speech| primary(&speech.language)))
}
