//! The customer's page: his link, what he sees, and the forms by which he adds to it without JavaScript.

use super::attachments::Bearer;
use super::body::Form;
use super::customer_orders;
use super::form::{FormFiles, FormWithFiles};
use super::page::{PageIn, within};
use super::pages::{in_words, see_other};
use super::problem::{Answer, Problem};
use super::reader::Reader;
use super::session::{Customer, Here};
use crate::domain::conversation::command::Command;
use crate::domain::conversation::rating::{COMMENT_CHARACTERS, Rating};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::status::Status;
use crate::domain::conversation::view::PublicEvent;
use crate::domain::id::{ClientId, ConversationId};
use crate::domain::input::{FieldError, MESSAGE_CHARACTERS};
use crate::effects::mail::link_keys;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::pages::chat::Unknown;
use crate::pages::conversation::{Conversation, PageAnswer, Speech, Typed, TypedRating};
use crate::pages::frame::Frame;
use crate::pages::link::{LinkPage, Why};
use crate::pages::orders::OrderCard;
use crate::pages::words::Language;
use crate::platform::intl::Dates;
use crate::platform::links::CustomerLink;
use crate::platform::provider::Provider;
use crate::platform::random;
use crate::store::db;
use crate::store::profiles::{self, Profile};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;

/// A message as a browser sends it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageForm {
    client_id: ClientId,
    body: String,
}

/// A change of status as a browser sends it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusForm {
    status: Status,
}

/// A rating as a browser sends it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingForm {
    /// From 1 to 5; none where nothing was chosen.
    score: Option<u8>,
    #[serde(default)]
    comment: String,
}

/// A choice of language as a browser sends it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LanguageForm {
    /// `en` or `fr`.
    language: String,
}

/// Exchanges the link's secret for a cookie, and goes where no secret stands in the address.
#[utoipa::path(get, path = "/{company}/c/{secret}", tag = "pages",
    params(("company" = String, Path), ("secret" = String, Path)),
    responses((status = 303, description = "to the conversation's page, with a cookie")))]
#[worker::send]
pub async fn follow_link(here: Here, Path((slug, secret)): Path<(String, String)>, reader: Reader) -> Response {
    let followed = try_to_follow(&here, &slug, &secret, &reader).await;
    or_dead_link(followed, &here, &slug, &reader).await
}

/// The customer's page.
#[utoipa::path(get, path = "/{company}/conversations/{id}", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("lang" = Option<String>, Query, description = "`en` or `fr`")),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
#[worker::send]
pub async fn show(
    here: Here,
    Path((slug, _)): Path<(String, String)>,
    reader: Reader,
    customer: Result<Customer, Problem>,
) -> Response {
    let shown = match customer {
        Ok(customer) => page(&slug, &customer, &reader, StatusCode::OK, |_| Typed::default()).await,
        Err(problem) => Err(problem),
    };
    or_dead_link(shown, &here, &slug, &reader).await
}

/// Adds to the conversation from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/messages", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = MessageForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn write(
    here: Here,
    Path((slug, _)): Path<(String, String)>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<FormWithFiles<MessageForm>, Problem>,
) -> Response {
    let typed = form.as_ref().map(|form| form.fields.body.clone()).unwrap_or_default();
    let written = match both(customer, form) {
        Ok((customer, form)) => try_to_write(&slug, &customer, &reader, form).await,
        Err(problem) => Err(problem),
    };
    or_dead_link_with(written, &here, &slug, &reader, typed).await
}

/// Closes or opens the conversation from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/status", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = StatusForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn set_status(
    here: Here,
    Path((slug, _)): Path<(String, String)>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<Form<StatusForm>, Problem>,
) -> Response {
    let set = match both(customer, form) {
        Ok((customer, Form(form))) => try_to_set_status(&slug, &customer, &reader, form.status).await,
        Err(problem) => Err(problem),
    };
    or_dead_link(set, &here, &slug, &reader).await
}

/// Says how one was served, from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/rating", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = RatingForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn rate(
    here: Here,
    Path((slug, _)): Path<(String, String)>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<Form<RatingForm>, Problem>,
) -> Response {
    let typed = form.as_ref().map(|Form(form)| form.comment.clone()).unwrap_or_default();
    let rated = match both(customer, form) {
        Ok((customer, Form(form))) => try_to_rate(&slug, &customer, &reader, form).await,
        Err(problem) => Err(problem),
    };
    or_dead_link_with(rated, &here, &slug, &reader, typed).await
}

/// Speaks to the customer in another language from now on, on his page and in mails.
#[utoipa::path(post, path = "/{company}/conversations/{id}/language", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = LanguageForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn set_language(
    here: Here,
    Path((slug, _)): Path<(String, String)>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<Form<LanguageForm>, Problem>,
) -> Response {
    let set = match both(customer, form) {
        Ok((customer, Form(form))) => try_to_set_language(&slug, &customer, &form.language).await,
        Err(problem) => Err(problem),
    };
    or_dead_link(set, &here, &slug, &reader).await
}

/// Who may not, may not whatever he sends.
///
/// # Errors
/// What is wrong with him, else with what he sends.
pub fn both<T>(customer: Result<Customer, Problem>, form: Result<T, Problem>) -> Answer<(Customer, T)> {
    let customer = customer?;
    form.map(|form| (customer, form))
}

async fn try_to_follow(here: &Here, slug: &str, secret: &str, reader: &Reader) -> Answer {
    let keys = link_keys(&here.env).map_err(|error| Problem::internal("link", &error))?;
    let Some(link) = CustomerLink::verify(&keys, secret) else { return Err(here.wrong_secret().await) };
    let profile = company_of(here, slug, link.conversation).await?;
    let to = format!("/{}/conversations/{}{}", profile.slug, link.conversation, reader.suffix());
    let mut response = see_other(&to);
    if reader.framed.0 {
        response.headers_mut().extend(here.framed_cookies(profile.id, link.conversation, secret)?);
    } else {
        response.headers_mut().extend([here.customer_cookie(link.conversation, secret)?]);
    }
    Ok(response)
}

async fn try_to_write(slug: &str, customer: &Customer, reader: &Reader, form: FormWithFiles<MessageForm>) -> Answer {
    let FormWithFiles { fields: form, files } = form;
    let profile = company_of(&customer.here, slug, customer.link.conversation).await?;
    let problem = match say(customer, &form, files).await {
        Ok(_) => return Ok(back_to_page(&profile.slug, customer, reader)),
        Err(problem) => problem,
    };
    // What was typed comes back with the reason.
    let status = problem.status();
    let code = problem.code().to_owned();
    let fault = |language: Language| {
        let words = language.words();
        match (words.files.fault(&code), status) {
            (Some(fault), _) => Some(format!("{fault} {}", words.files.choose_again)),
            (_, StatusCode::UNPROCESSABLE_ENTITY) => Some(words.faults.of("body", &code, MESSAGE_CHARACTERS)),
            (_, StatusCode::CONFLICT) => Some(words.page.sent_before.to_owned()),
            (_, StatusCode::TOO_MANY_REQUESTS) => Some(words.nothing.too_often_text.to_owned()),
            _ => None,
        }
    };
    if fault(Language::English).is_none() {
        return Err(problem);
    }
    let typed = |language| Typed { body: form.body.clone(), body_fault: fault(language), ..Typed::default() };
    page(slug, customer, reader, status, typed).await
}

/// Sends the words with their files: all of them, or nothing.
async fn say(customer: &Customer, form: &MessageForm, files: FormFiles) -> Answer {
    let bearer = Bearer::customer(customer);
    let files = bearer.bring_all(None, files).await?;
    let said = customer.say(form.client_id, form.body.clone(), files.clone()).await;
    if said.is_err() {
        bearer.give_up_all(&files).await;
    }
    said
}

async fn try_to_set_status(slug: &str, customer: &Customer, reader: &Reader, status: Status) -> Answer {
    let profile = company_of(&customer.here, slug, customer.link.conversation).await?;
    match customer.command(StatusCode::OK, None, Command::SetStatus { status, until: None }).await {
        // Somebody was quicker: the page says how it is now.
        Err(problem) if problem.status() != StatusCode::CONFLICT => Err(problem),
        _ => Ok(back_to_page(&profile.slug, customer, reader)),
    }
}

async fn try_to_rate(slug: &str, customer: &Customer, reader: &Reader, form: RatingForm) -> Answer {
    let profile = company_of(&customer.here, slug, customer.link.conversation).await?;
    let rating = Rating { score: form.score.unwrap_or_default(), comment: form.comment.clone() };
    let problem = match customer.command(StatusCode::OK, None, Command::Rate { rating }).await {
        Ok(_) => {
            let id = customer.link.conversation;
            return Ok(see_other(&format!("/{}/conversations/{id}{}#rating", profile.slug, reader.suffix())));
        }
        Err(problem) if problem.status() != StatusCode::UNPROCESSABLE_ENTITY => return Err(problem),
        Err(problem) => problem,
    };
    let faults = problem.field_faults();
    let typed = |language: Language| {
        let fault = |field: &str| {
            let (_, code) = faults.iter().find(|(name, _)| name == field)?;
            Some(language.words().faults.of(field, code, COMMENT_CHARACTERS))
        };
        let (score_fault, comment_fault) = (fault("score"), fault("comment"));
        let rating = TypedRating { score: form.score, comment: form.comment.clone(), score_fault, comment_fault };
        Typed { rating: Some(rating), ..Typed::default() }
    };
    page(slug, customer, reader, StatusCode::UNPROCESSABLE_ENTITY, typed).await
}

async fn try_to_set_language(slug: &str, customer: &Customer, language: &str) -> Answer {
    let unknown = || FieldError::new("language", "unknown_language", "The page is not written in this language.");
    let language = Language::of(language).ok_or_else(unknown)?.tag().to_owned();
    let id = customer.link.conversation;
    let profile = company_of(&customer.here, slug, id).await?;
    let request = ConversationRequest::Speak { actor: customer.actor(), language };
    ask(customer, &request).await?;
    Ok(see_other(&format!("/{}/conversations/{id}", profile.slug)))
}

/// The page as it is now, with what could not be sent.
async fn page(
    slug: &str,
    customer: &Customer,
    reader: &Reader,
    status: StatusCode,
    typed: impl FnOnce(Language) -> Typed,
) -> Answer {
    let id = customer.link.conversation;
    let profile = company_of(&customer.here, slug, id).await?;
    if profile.slug != slug {
        return Ok(see_other(&format!("/{}/conversations/{id}{}", profile.slug, reader.suffix())));
    }
    // A chat window may be closed: it says by itself what is read in it.
    let request = ConversationRequest::Page { actor: customer.actor(), looks: !reader.framed.0 };
    let answer = ask(customer, &request).await?;
    let answer: PageAnswer = serde_json::from_str(&answer)?;
    let language = reader.language(Some(&answer.language), Some(&profile.language));
    let dates = Dates::new(language.locale(), &profile.time_zone);
    let speech = Speech { language, suffix: reader.suffix(), dates };
    let client_id = ClientId::new(random::id(customer.here.now)).to_string();
    let frame = reader.framed.0.then(|| Frame::of(&profile));
    let orders = orders_of(customer, &profile, &answer, &speech).await?;
    let page = Conversation::new(&profile, &answer, &speech, client_id, typed(language), orders).framed(frame);
    Ok((status, within(language, &page, reader.framed, &profile)).into_response())
}

/// The orders on the page. Nobody looks for any where the conversation tells of none.
async fn orders_of(
    customer: &Customer,
    profile: &Profile,
    answer: &PageAnswer,
    speech: &Speech,
) -> Answer<Vec<OrderCard>> {
    if !answer.events.iter().any(PublicEvent::tells_of_orders) {
        return Ok(Vec::new());
    }
    let (here, id) = (&customer.here, customer.link.conversation);
    let orders = customer_orders::shown(&db::open(&here.env)?, profile, id, here.now).await?;
    let (words, locale) = (&speech.language.words().orders, speech.language.locale());
    let card = Provider::of(&here.env).is_some();
    Ok(orders.into_iter().map(|order| OrderCard::new(order, words, locale, &speech.dates, card)).collect())
}

/// Asks the customer's conversation.
///
/// # Errors
/// What it refuses.
pub async fn ask(customer: &Customer, request: &ConversationRequest) -> Answer<String> {
    let name = customer.link.conversation.to_string();
    match call::call::<Refusal>(&customer.here.env, conversation_do::BINDING, &name, request).await? {
        call::Answer::Done(answer) => Ok(answer),
        call::Answer::Refused(refusal) => Err(refusal.into()),
    }
}

/// The company of a conversation, where it is the one that the address names, or named before it had another URL.
///
/// # Errors
/// 404 where it is not.
pub async fn company_of(here: &Here, slug: &str, conversation: ConversationId) -> Answer<Profile> {
    let db = db::open(&here.env)?;
    let profile = profiles::of_conversation(&db, conversation).await?.ok_or_else(Problem::not_found)?;
    let known = profile.slug == slug || profiles::had_slug(&db, profile.id, slug).await?;
    if known { Ok(profile) } else { Err(Problem::not_found()) }
}

/// Where there is nothing to open, a browser is told so by the company it was on its way to, and offered a new link. It looks
/// the same whatever is wrong with the link, but for one that died when conversations were joined.
pub async fn or_dead_link(answer: Answer, here: &Here, slug: &str, reader: &Reader) -> Response {
    or_dead_link_with(answer, here, slug, reader, String::new()).await
}

/// The same, where something was typed: it comes back, to be copied.
async fn or_dead_link_with(answer: Answer, here: &Here, slug: &str, reader: &Reader, typed: String) -> Response {
    let problem = match answer {
        Ok(response) => return response,
        Err(problem) => problem,
    };
    let why = match problem.status() {
        StatusCode::NOT_FOUND => Why::Dead,
        StatusCode::GONE => Why::Joined,
        _ => return in_words(problem, reader),
    };
    if !reader.wants_html {
        return in_words(problem, reader);
    }
    match dead_link(here, slug, reader, why, typed).await {
        Ok(page) => (problem.status(), page).into_response(),
        Err(_) => in_words(problem, reader),
    }
}

/// In a chat window: how to go on there, where the cookie did not come or opens nothing any more.
async fn dead_link(here: &Here, slug: &str, reader: &Reader, why: Why, typed: String) -> Answer {
    let profile = profiles::of_slug_now(&db::open(&here.env)?, slug).await?.ok_or_else(Problem::not_found)?;
    let language = reader.language(None, Some(&profile.language));
    if reader.framed.0 {
        return Ok(within(language, &Unknown::new(&profile, language, why, typed), reader.framed, &profile));
    }
    let page = LinkPage::new(&profile, language, reader.suffix(), why).with_unsent(typed);
    Ok(PageIn(language, page).into_response())
}

fn back_to_page(slug: &str, customer: &Customer, reader: &Reader) -> Response {
    see_other(&format!("/{slug}/conversations/{}{}#end", customer.link.conversation, reader.suffix()))
}
