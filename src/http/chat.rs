//! The chat window on a company's own sites (specification B10): an iframe to these pages. A conversation that was begun
//! in it goes on in it, on the page that every customer has.

use super::availability;
use super::body::{Form, Query};
use super::customers::{FirstWords, begin};
use super::form::FormFiles;
use super::page::within;
use super::pages::{SameSite, faults, in_words, new_client_id, path_of, see_other};
use super::problem::{Answer, Problem};
use super::reader::Reader;
use super::session::Here;
use crate::domain::conversation::event::Channel;
use crate::domain::id::ClientId;
use crate::pages::chat::{Chat, Filled};
use crate::pages::words::Language;
use crate::store::db;
use crate::store::profiles::{self, Profile};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

/// How the chat window is opened.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChatQuery {
    /// The language of the site it is on, as a BCP 47 tag.
    #[expect(dead_code, reason = "read with the rest of who reads; named here as no other member may come")]
    pub lang: Option<String>,
    /// `1`: begin another conversation, even where one goes on.
    pub new: Option<String>,
}

/// The first words in the chat window, as a browser sends them.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChatForm {
    client_id: ClientId,
    name: String,
    email: String,
    body: String,
    /// The language of the page.
    #[serde(default)]
    language: String,
}

/// The chat window: the conversation that goes on, or a form to begin one.
#[utoipa::path(get, path = "/{company}/chat", tag = "pages",
    params(("company" = String, Path), ChatQuery), responses(
    (status = 200, description = "HTML", content_type = "text/html"),
    (status = 303, description = "to the conversation that goes on")))]
#[worker::send]
pub async fn show(
    here: Here,
    Path(slug): Path<String>,
    reader: Reader,
    headers: HeaderMap,
    query: Result<Query<ChatQuery>, Problem>,
) -> Response {
    let page = match query {
        Ok(Query(query)) => try_to_show(&here, &slug, &reader, &headers, &query).await,
        Err(problem) => Err(problem),
    };
    page.unwrap_or_else(|problem| in_words(problem, &reader))
}

/// Begins a conversation in the chat window.
#[utoipa::path(post, path = "/{company}/chat", tag = "pages", params(("company" = String, Path)),
    request_body(content = ChatForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "to the customer's link")))]
#[worker::send]
pub async fn start(
    here: Here,
    site: Result<SameSite, Problem>,
    Path(slug): Path<String>,
    reader: Reader,
    form: Result<Form<ChatForm>, Problem>,
) -> Response {
    let started = match (site, form) {
        (Ok(SameSite), Ok(Form(form))) => try_to_start(&here, &slug, &reader, form).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    started.unwrap_or_else(|problem| in_words(problem, &reader))
}

async fn try_to_show(here: &Here, slug: &str, reader: &Reader, headers: &HeaderMap, query: &ChatQuery) -> Answer {
    let profile = company(here, slug).await?;
    if let Some(link) = here.current_chat(headers, profile.id)
        && query.new.is_none()
    {
        return Ok(see_other(&format!("/{}/conversations/{}", profile.slug, link.conversation)));
    }
    let language = reader.language(None, Some(&profile.language));
    let filled = Filled { client_id: new_client_id(here), ..Filled::default() };
    page(here, reader, &profile, language, filled, &[]).await
}

async fn try_to_start(here: &Here, slug: &str, reader: &Reader, form: ChatForm) -> Answer {
    let profile = company(here, slug).await?;
    let language = Language::of(&form.language);
    let language = language.unwrap_or_else(|| reader.language(None, Some(&profile.language)));
    let words = FirstWords {
        client_id: form.client_id,
        name: form.name,
        email: form.email,
        subject: subject(&form.body, language),
        body: form.body,
        language: Some(language.tag().to_owned()),
    };
    match begin(here, &profile, &words, Channel::Chat, FormFiles::default()).await {
        Ok(opened) => Ok(see_other(path_of(&opened, &profile.slug))),
        Err(problem)
            if matches!(problem.status(), StatusCode::UNPROCESSABLE_ENTITY | StatusCode::TOO_MANY_REQUESTS) =>
        {
            let faults = faults(&problem, language);
            let filled = Filled {
                client_id: words.client_id.to_string(),
                name: words.name,
                email: words.email,
                body: words.body,
            };
            let page = page(here, reader, &profile, language, filled, &faults).await?;
            Ok((problem.status(), page).into_response())
        }
        Err(problem) => Err(problem),
    }
}

async fn page(
    here: &Here,
    reader: &Reader,
    profile: &Profile,
    language: Language,
    filled: Filled,
    faults: &[(String, String)],
) -> Answer {
    let availability = availability::of(here, profile).await?;
    let page = Chat::new(profile, &availability, language, filled, faults);
    Ok(within(language, &page, reader.framed, profile))
}

/// What a conversation is called that has no subject: the beginning of what was written.
fn subject(body: &str, language: Language) -> String {
    const MOST: usize = 80;
    let line = body.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line: String = line.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect();
    let line = line.trim();
    if line.is_empty() {
        return language.words().chat.subject.to_owned();
    }
    if line.chars().count() <= MOST {
        return line.to_owned();
    }
    let start: String = line.chars().take(MOST).collect();
    let whole_words = start.rsplit_once(' ').map_or(start.as_str(), |(words, _)| words);
    format!("{}…", whole_words.trim_end())
}

/// The company, fresh: where it may be shown is nothing to be stale about.
async fn company(here: &Here, slug: &str) -> Answer<Profile> {
    profiles::of_slug_now(&db::open(&here.env)?, slug).await?.ok_or_else(Problem::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::input::LINE_CHARACTERS;

    #[test]
    fn a_subject_is_the_beginning_of_what_was_written() {
        let english = Language::English;
        assert_eq!(subject("\n  Where is my lamp?\nI ordered it.", english), "Where is my lamp?");
        assert_eq!(subject(" \n ", english), "Chat");
        let long = subject(&"word ".repeat(40), english);
        assert!(long.ends_with("word…") && long.chars().count() <= LINE_CHARACTERS, "{long}");
        assert!(subject(&"x".repeat(5_000), english).chars().count() <= LINE_CHARACTERS);
    }
}
