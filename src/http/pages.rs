//! Pages rendered here. The customer's pages work without JavaScript: forms, and redirects after them.

use super::availability;
use super::body::Form;
use super::customers::{FirstWords, Opened, begin};
use super::page::{Framed, Page, html_response, within};
use super::problem::{Answer, Problem};
use super::session::{Customer, Here, guard_against_other_sites};
use crate::domain::conversation::command::Command;
use crate::domain::conversation::event::Channel;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::status::Status;
use crate::domain::id::{ClientId, ConversationId};
use crate::effects::mail::link_keys;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::pages::chat::Unknown;
use crate::pages::contact::{Contact, Filled};
use crate::pages::conversation::{Conversation, PageAnswer};
use crate::pages::frame::Frame;
use crate::pages::{dashboard as shell, home, nothing, terms as terms_page};
use crate::platform::links::CustomerLink;
use crate::platform::random;
use crate::store::db;
use crate::store::profiles::{self, Profile};
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, LOCATION};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use serde::Deserialize;

/// A browser's form, sent from one of our own pages.
pub struct SameSite;

impl<S: Send + Sync> FromRequestParts<S> for SameSite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        guard_against_other_sites(parts).map(|()| Self)
    }
}

/// The contact form as a browser sends it.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactForm {
    client_id: ClientId,
    name: String,
    email: String,
    subject: String,
    body: String,
}

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

/// The front door.
#[utoipa::path(get, path = "/", tag = "pages", security(()),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
pub async fn home() -> Response {
    Page(home::Home).into_response()
}

/// The terms.
#[utoipa::path(get, path = "/terms", tag = "pages", security(()),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
pub async fn terms() -> Response {
    Page(terms_page::Terms).into_response()
}

/// The dashboard's shell; also registering, signing in and accepting an invitation.
#[utoipa::path(get, path = "/app/{path}", tag = "pages", security(()), params(("path" = String, Path)),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
pub async fn dashboard() -> Response {
    let (html, policy) = shell::shell();
    html_response(html.to_owned(), &policy)
}

/// A company's contact page.
#[utoipa::path(get, path = "/{company}", tag = "pages", security(()), params(("company" = String, Path)),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
#[worker::send]
pub async fn contact(here: Here, Path(slug): Path<String>, headers: HeaderMap) -> Response {
    match company(&here, &slug).await {
        Ok(profile) if profile.slug != slug => see_other(&format!("/{}", profile.slug)),
        Ok(profile) => {
            let filled = Filled { client_id: ClientId::new(random::id(here.now)).to_string(), ..Filled::default() };
            match availability::of(&here, &profile).await {
                Ok(availability) => Page(Contact::new(&profile, filled, &[], &availability)).into_response(),
                Err(problem) => in_words(problem, &headers),
            }
        }
        Err(problem) => in_words(problem, &headers),
    }
}

/// Opens a conversation from the contact page.
#[utoipa::path(post, path = "/{company}", tag = "pages", security(()), params(("company" = String, Path)),
    request_body(content = ContactForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "to the customer's link")))]
#[worker::send]
pub async fn open(
    here: Here,
    _: SameSite,
    Path(slug): Path<String>,
    headers: HeaderMap,
    form: Result<Form<ContactForm>, Problem>,
) -> Response {
    let opened = match form {
        Ok(Form(form)) => try_to_open(&here, &slug, form).await,
        Err(problem) => Err(problem),
    };
    opened.unwrap_or_else(|problem| in_words(problem, &headers))
}

/// Exchanges the link's secret for a cookie, and goes where no secret stands in the address.
#[utoipa::path(get, path = "/{company}/c/{secret}", tag = "pages", security(()),
    params(("company" = String, Path), ("secret" = String, Path)),
    responses((status = 303, description = "to the conversation's page, with a cookie")))]
#[worker::send]
pub async fn follow_link(
    here: Here,
    framed: Framed,
    Path((slug, secret)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    try_to_follow(&here, framed, &slug, &secret).await.unwrap_or_else(|problem| in_words(problem, &headers))
}

/// The customer's page.
#[utoipa::path(get, path = "/{company}/conversations/{id}", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
#[worker::send]
pub async fn conversation(
    here: Here,
    framed: Framed,
    Path((slug, _)): Path<(String, String)>,
    headers: HeaderMap,
    customer: Result<Customer, Problem>,
) -> Response {
    let page = match customer {
        Ok(customer) => show(&slug, framed, customer, String::new(), None).await,
        Err(problem) => Err(problem),
    };
    let page = match page {
        Err(problem) if framed.0 && problem.status() == StatusCode::NOT_FOUND => unknown(&here, &slug, &headers).await,
        page => page,
    };
    page.unwrap_or_else(|problem| in_words(problem, &headers))
}

/// Adds to the conversation from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/messages", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = MessageForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn write(
    framed: Framed,
    Path((slug, _)): Path<(String, String)>,
    headers: HeaderMap,
    customer: Result<Customer, Problem>,
    form: Result<Form<MessageForm>, Problem>,
) -> Response {
    let written = match (customer, form) {
        (Ok(customer), Ok(Form(form))) => try_to_write(&slug, framed, customer, form).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    written.unwrap_or_else(|problem| in_words(problem, &headers))
}

/// Closes or opens the conversation from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/status", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = StatusForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn set_status(
    Path((slug, _)): Path<(String, String)>,
    headers: HeaderMap,
    customer: Result<Customer, Problem>,
    form: Result<Form<StatusForm>, Problem>,
) -> Response {
    let set = match (customer, form) {
        (Ok(customer), Ok(Form(form))) => try_to_set_status(&slug, &customer, form.status).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    set.unwrap_or_else(|problem| in_words(problem, &headers))
}

/// Where no route leads: a page for browsers, a problem for programs.
pub async fn nothing_here(uri: Uri, headers: HeaderMap) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    in_words(Problem::not_found(), &headers)
}

async fn company(here: &Here, slug: &str) -> Answer<Profile> {
    profiles::of_slug(&here.env, slug).await?.ok_or_else(Problem::not_found)
}

async fn try_to_open(here: &Here, slug: &str, form: ContactForm) -> Answer {
    let profile = company(here, slug).await?;
    let slug = profile.slug.as_str();
    let words = FirstWords {
        client_id: form.client_id,
        name: form.name,
        email: form.email,
        subject: form.subject,
        body: form.body,
        language: None,
    };
    match begin(here, &profile, &words, Channel::Web).await {
        Ok(opened) => Ok(see_other(path_of(&opened, slug))),
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            let filled = Filled {
                client_id: words.client_id.to_string(),
                name: words.name,
                email: words.email,
                subject: words.subject,
                body: words.body,
            };
            let faults = problem.field_errors();
            let availability = availability::of(here, &profile).await?;
            let page = Page(Contact::new(&profile, filled, &faults, &availability));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(problem) => Err(problem),
    }
}

/// The way out of a form is the same link that the mail carries, on the host the browser is at.
pub fn path_of<'a>(opened: &'a Opened, slug: &str) -> &'a str {
    let path = opened.url.find(&format!("/{slug}/c/")).and_then(|at| opened.url.get(at..));
    path.unwrap_or(&opened.url)
}

async fn try_to_follow(here: &Here, framed: Framed, slug: &str, secret: &str) -> Answer {
    let keys = link_keys(&here.env).map_err(|error| Problem::internal("link", &error))?;
    let link = CustomerLink::verify(&keys, secret).ok_or_else(Problem::not_found)?;
    let profile = company_of(here, slug, link.conversation).await?;
    let mut response = see_other(&format!("/{}/conversations/{}", profile.slug, link.conversation));
    if framed.0 {
        response.headers_mut().extend(here.framed_cookies(profile.id, link.conversation, secret)?);
    } else {
        response.headers_mut().extend([here.customer_cookie(link.conversation, secret)?]);
    }
    Ok(response)
}

async fn try_to_write(slug: &str, framed: Framed, customer: Customer, form: MessageForm) -> Answer {
    let profile = company_of(&customer.here, slug, customer.link.conversation).await?;
    let command = Command::Message { body: form.body.clone(), attachments: Vec::new() };
    match customer.command(StatusCode::CREATED, Some(form.client_id), command).await {
        Ok(_) => Ok(back_to_page(&profile.slug, &customer)),
        Err(problem) if problem.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            // What was typed comes back with the reason.
            let fault = Some(problem.detail().to_owned());
            show(slug, framed, customer, form.body, fault).await
        }
        Err(problem) => Err(problem),
    }
}

async fn try_to_set_status(slug: &str, customer: &Customer, status: Status) -> Answer {
    let profile = company_of(&customer.here, slug, customer.link.conversation).await?;
    customer.command(StatusCode::OK, None, Command::SetStatus { status, until: None }).await?;
    Ok(back_to_page(&profile.slug, customer))
}

/// The company of a conversation, where it is the one that the address names, or named before it had another URL.
async fn company_of(here: &Here, slug: &str, conversation: ConversationId) -> Answer<Profile> {
    let db = db::open(&here.env)?;
    let profile = profiles::of_conversation(&db, conversation).await?.ok_or_else(Problem::not_found)?;
    let known = profile.slug == slug || profiles::had_slug(&db, profile.id, slug).await?;
    if known { Ok(profile) } else { Err(Problem::not_found()) }
}

async fn show(slug: &str, framed: Framed, customer: Customer, typed: String, fault: Option<String>) -> Answer {
    let id = customer.link.conversation;
    let env = &customer.here.env;
    let profile = company_of(&customer.here, slug, id).await?;
    if profile.slug != slug {
        return Ok(see_other(&format!("/{}/conversations/{id}", profile.slug)));
    }
    let request = ConversationRequest::Page { actor: customer.actor() };
    let page = match call::call::<Refusal>(env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(page) => page,
        call::Answer::Refused(refusal) => return Err(refusal.into()),
    };
    let page: PageAnswer = serde_json::from_str(&page)?;
    let client_id = ClientId::new(random::id(customer.here.now)).to_string();
    let status = if fault.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let frame = framed.0.then(|| Frame::of(&profile));
    let page = Conversation::new(&profile, &page, client_id, typed, fault).framed(frame);
    Ok((status, within(&page, framed, &profile)).into_response())
}

/// In a chat window whose cookie did not come, or opens nothing any more: how to go on.
async fn unknown(here: &Here, slug: &str, headers: &HeaderMap) -> Answer {
    let profile = profiles::of_slug_now(&db::open(&here.env)?, slug).await?.ok_or_else(Problem::not_found)?;
    let page = Unknown::new(&profile, headers);
    Ok((StatusCode::NOT_FOUND, within(&page, Framed(true), &profile)).into_response())
}

fn back_to_page(slug: &str, customer: &Customer) -> Response {
    see_other(&format!("/{slug}/conversations/{}#end", customer.link.conversation))
}

pub fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// A problem as a page where a browser asks, as a problem elsewhere.
pub fn in_words(problem: Problem, headers: &HeaderMap) -> Response {
    let accepts = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if !accepts.contains("text/html") {
        return problem.into_response();
    }
    let status = problem.status();
    (status, Page(nothing::Nothing::new(status.as_u16(), problem.detail()))).into_response()
}
