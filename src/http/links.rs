//! Customers' links that were lost or got into the wrong hands: asking for them again, and replacing them.

use super::body::{Form, OptionalJson};
use super::conversations::{self, Named};
use super::page::PageIn;
use super::pages::{self, SameSite, in_words, see_other};
use super::problem::{Answer, Problem};
use super::reader::Reader;
use super::session::{AtConversation, Here};
use crate::domain::conversation::command::Command;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::ConversationId;
use crate::domain::people::email;
use crate::domain::time::{Instant, Span};
use crate::effects::mail::link_keys;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest, protocol::CurrentLink};
use crate::pages::link::{LinkPage, Why};
use crate::pages::mails;
use crate::pages::words::Language;
use crate::platform::intl::Dates;
use crate::platform::links::CustomerLink;
use crate::platform::{log, mailer, settings};
use crate::store::attempts::{Attempts, Limit};
use crate::store::conversations::{self as index, OfContact};
use crate::store::db;
use crate::store::profiles::Profile;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use worker::Env;

/// Mails with links that one address gets from one company.
pub const MAILS: Limit = Limit { what: "lost-links", most: 3, within: Span::seconds(3_600) };
/// Conversations whose links one mail carries.
const LINKS: u32 = 10;
/// Longest address that there is.
const ADDRESS_CHARACTERS: usize = 254;

/// Who lost his links.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LostForm {
    email: String,
}

/// Where customers ask for their links.
#[utoipa::path(get, path = "/{company}/link", tag = "pages",
    params(("company" = String, Path), ("lang" = Option<String>, Query, description = "`en` or `fr`")),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
#[worker::send]
pub async fn page(here: Here, Path(slug): Path<String>, reader: Reader) -> Response {
    match pages::company(&here, &slug).await {
        Ok(profile) if profile.slug != slug => see_other(&format!("/{}/link{}", profile.slug, reader.suffix())),
        Ok(profile) => answer(&profile, &reader, Why::Asking),
        Err(problem) => in_words(problem, &reader),
    }
}

/// Mails the links of an address's latest conversations; the answer is the same if there are none.
#[utoipa::path(post, path = "/{company}/link", tag = "pages", params(("company" = String, Path)),
    request_body(content = LostForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "HTML, whether or not anybody wrote from this address", content_type = "text/html")))]
#[worker::send]
pub async fn ask(
    here: Here,
    site: Result<SameSite, Problem>,
    Path(slug): Path<String>,
    reader: Reader,
    form: Result<Form<LostForm>, Problem>,
) -> Response {
    let asked = async {
        let SameSite = site?;
        let profile = pages::company(&here, &slug).await?;
        let Form(form) = form?;
        Ok((profile, form.email))
    };
    let (profile, typed) = match asked.await {
        Ok(asked) => asked,
        Err(problem) => return in_words(problem, &reader),
    };
    let language = reader.language(None, Some(&profile.language));
    let address = match email::normalise("email", &typed) {
        Ok(address) => address,
        Err(fault) => {
            let fault = language.words().faults.of("email", fault.code, ADDRESS_CHARACTERS);
            let page = LinkPage::new(&profile, language, reader.suffix(), Why::Asking).with_fault(typed, fault);
            return (StatusCode::UNPROCESSABLE_ENTITY, PageIn(language, page)).into_response();
        }
    };
    let shown = answer(&profile, &reader, Why::Asked);
    let (env, now) = (here.env.clone(), here.now);
    // Afterwards: how long it takes tells nobody whether there is such a customer.
    here.afterwards(async move {
        if let Err(problem) = mail_links(&env, &profile, &address, language, now).await {
            log::fault("lost links", "", &problem.detail());
        }
    });
    shown
}

/// Makes a new link for the customer and mails it to him; the old ones open nothing any more.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/{id}/link", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path)), request_body = Option<Named>,
    responses((status = 200, body = ConversationView)))]
#[worker::send]
pub async fn replace(at: AtConversation, OptionalJson(named): OptionalJson<Named>) -> Answer {
    conversations::command(at, StatusCode::OK, named.client_id(), Command::ReplaceLink).await
}

fn answer(profile: &Profile, reader: &Reader, why: Why) -> Response {
    let language = reader.language(None, Some(&profile.language));
    PageIn(language, LinkPage::new(profile, language, reader.suffix(), why)).into_response()
}

async fn mail_links(env: &Env, profile: &Profile, address: &str, asked_in: Language, now: Instant) -> Answer<()> {
    let db = db::open(env)?;
    let known = index::of_contact(&db, profile.id, address, LINKS).await?;
    let Some(newest) = known.first() else { return Ok(()) };
    // Counted only now, so that addresses that nobody wrote from leave no trace.
    let attempts = Attempts::of(MAILS, &format!("{}:{address}", profile.id));
    if attempts.count(&db, now).await?.is_err() {
        return Ok(());
    }
    let own = Language::of(&newest.language).unwrap_or(asked_in);
    let dates = Dates::new(own.locale(), &profile.time_zone);
    let mut links = Vec::new();
    for one in &known {
        if let Some(url) = link_to(env, profile, one).await? {
            links.push(((own.words().mails.one_of_several)(one.number, &dates.day(one.begun_at)), url));
        }
    }
    if links.is_empty() {
        return Ok(());
    }
    let mail = mails::links(own, address, &profile.name, &links).map_err(|error| Problem::internal("mail", &error))?;
    mailer::send(env, &mail).await.map_err(|error| Problem::internal("mail", &error))
}

/// The link that opens a conversation now; which version that is, only the conversation knows.
async fn link_to(env: &Env, profile: &Profile, one: &OfContact) -> Answer<Option<String>> {
    let request = ConversationRequest::Link;
    let asked = call::call::<Refusal>(env, conversation_do::BINDING, &one.id.to_string(), &request).await?;
    let call::Answer::Done(current) = asked else { return Ok(None) };
    let CurrentLink { version } = serde_json::from_str(&current)?;
    let keys = link_keys(env).map_err(|error| Problem::internal("link", &error))?;
    let secret = CustomerLink { conversation: one.id, version }.secret(&keys);
    Ok(Some(format!("{}/{}/c/{secret}", settings::public_origin(env), profile.slug)))
}
