//! Searching what was said, as far as the caller sees it.

use super::body::Query;
use super::conversations::list::viewer;
use super::conversations::require_sight;
use super::cursor;
use super::problem::Answer;
use super::session::{AtCompany, Here};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::{AgentAuthor, ConversationView};
use crate::domain::id::ConversationId;
use crate::domain::input::FieldError;
use crate::domain::search::{Field, MARK_BEGINS, Part, Terms, parts};
use crate::domain::time::Instant;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::log;
use crate::store::db::StoreError;
use crate::store::search::{self as index, Hit, Marked};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What to search for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words that all have to be there, the last one perhaps only begun; "phrases"; a conversation's number. Accents and
    /// capitals do not matter. At most 200 characters.
    q: String,
    /// Where it has to be found; anywhere when left out.
    kind: Option<Field>,
    /// From 1 to 100; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// A part of what was found.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchResults {
    items: Vec<SearchResult>,
    /// The customers among them whose name or address has the words, with the first part.
    contacts: Vec<Contact>,
    next: Option<String>,
}

/// A conversation, and where in it something was found.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchResult {
    #[schema(value_type = ConversationView)]
    conversation: Box<RawValue>,
    hit: SearchHit,
}

/// The newest place in a conversation where what was searched for is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchHit {
    field: Field,
    /// Of words: their place in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<u64>,
    /// Of words: who said them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AgentAuthor>)]
    by: Option<Box<RawValue>>,
    /// Of words: when they were said.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Instant>,
    /// The text around it, or the start of it.
    snippet: Vec<Part>,
}

/// Searches subjects, messages, internal comments and contacts, within what the caller may see. Where the words stand in
/// fewer than 400 places that he sees, what moved last comes first, and words in the subject count as 90 days; of more
/// places, the newest conversations (by number) come first. Each conversation comes once, with the newest of its places.
#[utoipa::path(get, path = "/api/companies/{company}/search", tag = "conversations",
    params(("company" = String, Path), SearchQuery), responses((status = 200, body = SearchResults)))]
#[worker::send]
pub async fn search(at: AtCompany, Query(query): Query<SearchQuery>) -> Answer<axum::Json<SearchResults>> {
    require_sight(&at)?;
    let terms = Terms::parse(&query.q, query.kind)?;
    let limit = query.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let after = query.cursor.as_deref().map(cursor::read).transpose()?;
    let found = index::find(&at.db, &viewer(&at), &terms, after, limit).await?;
    wake(&at, &found.unsearched);
    let contacts = if after.is_none() { contacts(&found.items)? } else { Vec::new() };
    let result = |hit: Hit| SearchResult { conversation: hit.conversation, hit: described(hit.number, hit.words) };
    let items = found.items.into_iter().map(result).collect();
    let next = found.next.as_ref().map(cursor::write).transpose()?;
    Ok(axum::Json(SearchResults { items, contacts, next }))
}

/// The customers whose name or address has the words, each once.
fn contacts(hits: &[Hit]) -> Answer<Vec<Contact>> {
    #[derive(Deserialize)]
    struct Of {
        contact: Contact,
    }
    let mut contacts: Vec<Contact> = Vec::new();
    for Hit { conversation, words, .. } in hits {
        if words.as_ref().is_some_and(|words| words.contact.contains(MARK_BEGINS)) {
            let Of { contact } = serde_json::from_str(conversation.get()).map_err(StoreError::from)?;
            if !contacts.iter().any(|known| known.id == contact.id) {
                contacts.push(contact);
            }
        }
    }
    Ok(contacts)
}

/// Conversations that have not moved since search or reports began send their words and facts once they are asked for
/// anything.
pub(super) async fn ask_for_words(at: &AtCompany) -> Answer<()> {
    wake(at, &index::missing(&at.db, at.company.id).await?);
    Ok(())
}

fn wake(at: &AtCompany, conversations: &[ConversationId]) {
    for id in conversations {
        at.here.afterwards(ask(&at.here, *id));
    }
}

fn ask(here: &Here, id: ConversationId) -> impl Future<Output = ()> + 'static {
    let env = here.env.clone();
    async move {
        let request = ConversationRequest::Read { actor: Actor::System };
        let answer = call::call::<Refusal>(&env, conversation_do::BINDING, &id.to_string(), &request).await;
        if let Err(error) = answer {
            log::fault("search", "", &error);
        }
    }
}

/// What was said counts for more than what it was said about.
fn described(number: u32, words: Option<Marked>) -> SearchHit {
    let title = |field, snippet| SearchHit { field, seq: None, by: None, at: None, snippet };
    let Some(Marked { seq, at, by, subject, contact, message, note, .. }) = words else {
        return title(Field::Number, vec![Part { text: format!("#{number}"), is_match: true }]);
    };
    for (field, text) in [(Field::Message, message), (Field::Note, note)] {
        let snippet = parts(&text);
        if !snippet.is_empty() {
            return SearchHit { field, seq: Some(seq), by: Some(by), at: Some(at), snippet };
        }
    }
    let subject = parts(&subject);
    if subject.is_empty() { title(Field::Contact, parts(&contact)) } else { title(Field::Subject, subject) }
}
