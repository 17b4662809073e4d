//! Conversations, as their customers work with them (specification B1–B7).

use super::attachments::Bearer;
use super::body::{Json, Query};
use super::conversations::{EventsQuery, LiveQuery, Upgrade, Words, forward, json, socket};
use super::form::{FormFiles, FormWithFiles, JsonOrForm};
use super::limits::Counted;
use super::problem::{Answer, Problem};
use super::session::{Customer, Here};
use crate::domain::conversation::command::{Actor, Command, Opening};
use crate::domain::conversation::event::{Channel, Contact};
use crate::domain::conversation::rating::Rating;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::{PublicAgent, PublicEvent};
use crate::domain::id::{ClientId, ContactId, ConversationId, FileId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::email;
use crate::domain::translation::Translation;
use crate::effects::mail::link_keys;
use crate::objects::call;
use crate::objects::conversation_do::{
    self, protocol::ConversationRequest, protocol::ReadMarks, protocol::SocketOpening,
};
use crate::platform::links::CustomerLink;
use crate::platform::{random, settings};
use crate::store::conversations::{self as index, NewContact};
use crate::store::db;
use crate::store::profiles::{self, Profile};
use axum::extract::Path;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The first version of every link.
const FIRST_LINK: u8 = 1;

/// What a customer writes first.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstWords {
    /// The sender's name for this request: a repeat returns the first answer.
    pub client_id: ClientId,
    pub name: String,
    pub email: String,
    pub subject: String,
    /// At most 20,000 characters.
    #[schema(max_length = 20_000, min_length = 1)]
    pub body: String,
    /// The customer's language, as a BCP 47 tag.
    #[serde(default)]
    pub language: Option<String>,
}

/// A conversation that was just opened.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Opened {
    pub id: ConversationId,
    /// The customer's private page. Whoever has it is the customer.
    pub url: String,
}

/// A conversation as its customer sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CustomersConversation {
    id: ConversationId,
    subject: String,
    status: Status,
    company: PublicCompany,
    agents: Vec<PublicAgent>,
    events: Vec<PublicEvent>,
    head: u64,
    /// The customer's, as a BCP 47 tag; empty where it is unknown.
    language: String,
    /// How far each side had read before.
    read: ReadMarks,
    /// Messages that are there in his own language.
    translations: Vec<Translation>,
}

/// A company as its customers see it.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublicCompany {
    pub slug: String,
    pub name: String,
}

/// A part of the events that a customer sees.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicEvents {
    items: Vec<PublicEvent>,
    /// The `after` of the next part.
    next: Option<String>,
    /// `seq` of the newest event the customer sees.
    head: u64,
    /// Those of them that are there in his own language.
    translations: Vec<Translation>,
}

/// What became of a customer's words.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicSaid {
    seq: u64,
    event: PublicEvent,
}

/// The status a customer sets.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerStatusBody {
    /// `closed`, or `open` to open it again.
    status: Status,
}

/// How a customer was served.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingBody {
    /// From 1 (bad) to 5 (very good).
    #[schema(minimum = 1, maximum = 5)]
    score: u8,
    /// At most 2,000 characters.
    #[serde(default)]
    comment: String,
}

/// What the object says of a whole conversation.
#[derive(Deserialize)]
struct PageAnswer<'a> {
    conversation: serde_json::Map<String, serde_json::Value>,
    #[serde(borrow)]
    events: &'a RawValue,
    language: String,
    read: ReadMarks,
    #[serde(borrow)]
    translations: &'a RawValue,
}

/// Opens a conversation with a company.
#[utoipa::path(post, path = "/api/public/companies/{company}/conversations", tag = "customers",
    params(("company" = String, Path)), request_body = FirstWords,
    responses((status = 201, body = Opened), (status = 409, description = "`client_id_reused`")))]
#[worker::send]
pub async fn open(here: Here, Path(slug): Path<String>, words: Result<JsonOrForm<FirstWords>, Problem>) -> Answer {
    let profile = profiles::of_slug(&here.env, &slug).await?.ok_or_else(Problem::not_found)?;
    let JsonOrForm(FormWithFiles { fields: words, files }) = words?;
    let opened = begin(&here, &profile, &words, Channel::Web, files).await?;
    Ok(json(StatusCode::CREATED, serde_json::to_string(&opened)?))
}

/// The conversation with all its events.
#[utoipa::path(get, path = "/api/public/conversations/{id}", tag = "customers",
    params(("id" = ConversationId, Path)), responses((status = 200, body = CustomersConversation)))]
#[worker::send]
pub async fn show(customer: Customer) -> Answer {
    let id = customer.link.conversation;
    let request = ConversationRequest::Page { actor: customer.actor(), looks: true };
    let env = &customer.here.env;
    let page = match call::call::<Refusal>(env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(page) => page,
        call::Answer::Refused(refusal) => return Err(refusal.into()),
    };
    let profile = profiles::of_conversation(&db::open(env)?, id).await?.ok_or_else(Problem::not_found)?;
    let PageAnswer { mut conversation, events, language, read, translations } = serde_json::from_str(&page)?;
    conversation.insert("company".to_owned(), serde_json::json!({ "slug": profile.slug, "name": profile.name }));
    conversation.insert("language".to_owned(), serde_json::json!(language));
    conversation.insert("read".to_owned(), serde_json::json!(read));
    let mut body = serde_json::to_string(&conversation)?;
    body.truncate(body.len().saturating_sub(1));
    Ok(json(StatusCode::OK, format!("{body},\"events\":{events},\"translations\":{translations}}}")))
}

/// The events after a position.
#[utoipa::path(get, path = "/api/public/conversations/{id}/events", tag = "customers",
    params(("id" = ConversationId, Path), EventsQuery), responses((status = 200, body = PublicEvents)))]
#[worker::send]
pub async fn events(customer: Customer, Query(query): Query<EventsQuery>) -> Answer {
    let limit = query.checked_limit()?;
    let request = ConversationRequest::Events { actor: customer.actor(), after: query.after, limit };
    customer.ask(StatusCode::OK, &request).await
}

/// The conversation, live: a WebSocket.
#[utoipa::path(get, path = "/api/public/conversations/{id}/live", tag = "customers",
    params(("id" = ConversationId, Path), LiveQuery),
    responses((status = 101, description = "frames as described in the documentation")))]
#[worker::send]
pub async fn live(customer: Customer, upgrade: Upgrade, Query(query): Query<LiveQuery>) -> Answer {
    let Upgrade = upgrade;
    let opening = SocketOpening { actor: customer.actor(), holder: None, after: query.after };
    let name = customer.link.conversation.to_string();
    socket(&customer.here.env, conversation_do::BINDING, &name, &opening).await
}

/// Adds to the conversation.
#[utoipa::path(post, path = "/api/public/conversations/{id}/messages", tag = "customers",
    params(("id" = ConversationId, Path)), request_body = Words,
    responses((status = 201, body = PublicSaid), (status = 409, description = "`client_id_reused`")))]
#[worker::send]
pub async fn write(customer: Customer, Json(words): Json<Words>) -> Answer {
    customer.say(words.client_id, words.body, words.attachments).await
}

/// Closes the conversation, or opens it again.
#[utoipa::path(put, path = "/api/public/conversations/{id}/status", tag = "customers",
    params(("id" = ConversationId, Path)), request_body = CustomerStatusBody,
    responses((status = 200, body = crate::domain::conversation::view::PublicConversation)))]
#[worker::send]
pub async fn set_status(customer: Customer, Json(body): Json<CustomerStatusBody>) -> Answer {
    customer.command(StatusCode::OK, None, Command::SetStatus { status: body.status, until: None }).await
}

/// Says how one was served; said again, it replaces what was said before.
#[utoipa::path(put, path = "/api/public/conversations/{id}/rating", tag = "customers",
    params(("id" = ConversationId, Path)), request_body = RatingBody,
    responses((status = 200, body = crate::domain::conversation::view::PublicConversation)))]
#[worker::send]
pub async fn rate(customer: Customer, Json(body): Json<RatingBody>) -> Answer {
    let rating = Rating { score: body.score, comment: body.comment };
    customer.command(StatusCode::OK, None, Command::Rate { rating }).await
}

/// Opens a conversation; shared by the API, the contact page and the chat window.
///
/// # Errors
/// 422 with every fault of the form; 409 when the `client_id` was used for other words.
pub async fn begin(
    here: &Here,
    profile: &Profile,
    words: &FirstWords,
    channel: Channel,
    files: FormFiles,
) -> Answer<Opened> {
    let checked = match check(words, files.are_there()) {
        Ok(checked) => here.count(Counted::Openings).await.map(|()| checked),
        refused => refused,
    };
    let checked = match checked {
        Ok(checked) => checked,
        Err(problem) => {
            files.pour_away().await;
            return Err(problem);
        }
    };
    let now = here.now;
    let db = db::open(&here.env)?;
    let contact = NewContact {
        id: ContactId::new(random::id(now)),
        email: &checked.email,
        name: &checked.name,
        language: &checked.language,
    };
    let id = ConversationId::new(random::id(now));
    let beginning = index::begin(&db, profile.id, words.client_id, id, &contact, now).await?;
    let opening = Opening {
        id: beginning.id,
        company_id: profile.id,
        number: beginning.number,
        subject: checked.subject,
        channel,
        contact: Contact { id: beginning.contact, name: checked.name, email: checked.email },
        body: checked.body,
        attachments: Vec::new(),
        language: checked.language,
        sticky: beginning.sticky,
        terms: profile.terms,
    };
    let customer = Bearer { here, actor: Actor::Customer { link_version: FIRST_LINK }, conversation: beginning.id };
    let files = customer.bring_all(Some(profile.id), files).await?;
    let request = ConversationRequest::Send {
        actor: customer.actor.clone(),
        client_id: Some(words.client_id),
        command: Command::Open(opening),
        files: files.clone(),
    };
    let name = beginning.id.to_string();
    match call::call::<Refusal>(&here.env, conversation_do::BINDING, &name, &request).await? {
        call::Answer::Done(_) => {}
        call::Answer::Refused(refusal) => {
            customer.give_up_all(&files).await;
            return Err(refusal.into());
        }
    }
    let link = CustomerLink { conversation: beginning.id, version: FIRST_LINK };
    Ok(Opened { id: beginning.id, url: url_of(here, profile, link)? })
}

fn url_of(here: &Here, profile: &Profile, link: CustomerLink) -> Answer<String> {
    let keys = link_keys(&here.env).map_err(|error| Problem::internal("link", &error))?;
    Ok(format!("{}/{}/c/{}", settings::public_origin(&here.env), profile.slug, link.secret(&keys)))
}

impl Customer {
    /// Sends the customer's words, with the files that he has brought for them.
    ///
    /// # Errors
    /// What the conversation refused.
    pub async fn say(&self, client_id: ClientId, body: String, files: Vec<FileId>) -> Answer {
        let command = Command::Message { body, attachments: Vec::new() };
        let request = ConversationRequest::Send { actor: self.actor(), client_id: Some(client_id), command, files };
        self.ask(StatusCode::CREATED, &request).await
    }

    /// Sends the customer's command to his conversation.
    ///
    /// # Errors
    /// What the conversation refused.
    pub async fn command(&self, status: StatusCode, client_id: Option<ClientId>, command: Command) -> Answer {
        let request = ConversationRequest::Command { actor: self.actor(), client_id, command };
        self.ask(status, &request).await
    }

    async fn ask(&self, status: StatusCode, request: &ConversationRequest) -> Answer {
        forward(&self.here.env, self.link.conversation, status, request).await
    }
}

struct CheckedWords {
    name: String,
    email: String,
    subject: String,
    body: String,
    language: String,
}

fn check(words: &FirstWords, with_files: bool) -> Answer<CheckedWords> {
    let mut form = Form::default();
    let checked = CheckedWords {
        name: form.line("name", &words.name),
        email: form.take(email::normalise("email", &words.email)),
        subject: form.line("subject", &words.subject),
        body: form.take(body(&words.body, with_files)),
        language: form.take(input::optional_line("language", words.language.as_deref().unwrap_or_default())),
    };
    form.finish()?;
    Ok(checked)
}

/// Files may speak for themselves.
fn body(typed: &str, with_files: bool) -> Result<String, FieldError> {
    if with_files { input::text("body", typed, input::MESSAGE_CHARACTERS) } else { input::message("body", typed) }
}
