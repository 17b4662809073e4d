//! Pages rendered here, but for the customer's own. They work without JavaScript: forms, and redirects after them.

use super::availability;
use super::customers::{FirstWords, Opened, begin};
use super::form::{FILES, FormWithFiles};
use super::page::{Page, PageIn, html_response};
use super::problem::{Answer, Problem};
use super::reader::Reader;
use super::session::{Here, guard_against_other_sites};
use crate::domain::conversation::event::Channel;
use crate::domain::id::ClientId;
use crate::domain::input::{LINE_CHARACTERS, MESSAGE_CHARACTERS};
use crate::pages::contact::{Contact, Filled};
use crate::pages::words::Language;
use crate::pages::{dashboard as shell, home, nothing, terms as terms_page};
use crate::platform::random;
use crate::store::profiles::{self, Profile};
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::request::Parts;
use http::{HeaderValue, StatusCode, Uri};
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

/// The front door.
#[utoipa::path(get, path = "/", tag = "pages",
    responses((status = 200, description = "HTML", content_type = "text/html")))]
pub async fn home() -> Response {
    Page(home::Home).into_response()
}

/// The terms.
#[utoipa::path(get, path = "/terms", tag = "pages",
    params(("lang" = Option<String>, Query, description = "`en` or `fr`")),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
pub async fn terms(reader: Reader) -> Response {
    let language = reader.language(None, None);
    PageIn(language, terms_page::Terms::new(language)).into_response()
}

/// The dashboard's shell; also registering, signing in and accepting an invitation.
#[utoipa::path(get, path = "/app/{path}", tag = "pages", params(("path" = String, Path)),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
pub async fn dashboard(reader: Reader) -> Response {
    let (html, policy) = shell::shell(reader.language(None, None));
    html_response(html, &policy)
}

/// A company's contact page.
#[utoipa::path(get, path = "/{company}", tag = "pages",
    params(("company" = String, Path), ("lang" = Option<String>, Query, description = "`en` or `fr`")),
    responses((status = 200, description = "HTML", content_type = "text/html")))]
#[worker::send]
pub async fn contact(here: Here, Path(slug): Path<String>, reader: Reader) -> Response {
    try_to_show(&here, &slug, &reader).await.unwrap_or_else(|problem| in_words(problem, &reader))
}

/// Opens a conversation from the contact page.
#[utoipa::path(post, path = "/{company}", tag = "pages", params(("company" = String, Path)),
    request_body(content = ContactForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "to the customer's link")))]
#[worker::send]
pub async fn open(
    here: Here,
    site: Result<SameSite, Problem>,
    Path(slug): Path<String>,
    reader: Reader,
    form: Result<FormWithFiles<ContactForm>, Problem>,
) -> Response {
    let opened = match (site, form) {
        (Ok(SameSite), Ok(form)) => try_to_open(&here, &slug, &reader, form).await,
        (Err(problem), _) | (_, Err(problem)) => Err(problem),
    };
    opened.unwrap_or_else(|problem| in_words(problem, &reader))
}

/// Where no route leads: a page for browsers, a problem for programs.
pub async fn nothing_here(uri: Uri, reader: Reader) -> Response {
    if uri.path().starts_with("/api/") {
        return Problem::not_found().into_response();
    }
    in_words(Problem::not_found(), &reader)
}

/// The company at a slug that it has or had.
pub async fn company(here: &Here, slug: &str) -> Answer<Profile> {
    profiles::of_slug(&here.env, slug).await?.ok_or_else(Problem::not_found)
}

async fn try_to_show(here: &Here, slug: &str, reader: &Reader) -> Answer {
    let profile = company(here, slug).await?;
    if profile.slug != slug {
        return Ok(see_other(&format!("/{}{}", profile.slug, reader.suffix())));
    }
    let availability = availability::of(here, &profile).await?;
    let filled = Filled { client_id: new_client_id(here), ..Filled::default() };
    let language = reader.language(None, Some(&profile.language));
    let page = Contact::new(&profile, &availability, language, reader.suffix(), filled, &[]);
    Ok(PageIn(language, page).into_response())
}

async fn try_to_open(here: &Here, slug: &str, reader: &Reader, form: FormWithFiles<ContactForm>) -> Answer {
    let FormWithFiles { fields: form, files } = form;
    let profile = company(here, slug).await?;
    let slug = profile.slug.as_str();
    let words = FirstWords {
        client_id: form.client_id,
        name: form.name,
        email: form.email,
        subject: form.subject,
        body: form.body,
        language: Some(reader.own_language()),
    };
    let problem = match begin(here, &profile, &words, Channel::Web, files).await {
        Ok(opened) => return Ok(see_other(path_of(&opened, slug))),
        Err(problem) => problem,
    };
    let language = reader.language(None, Some(&profile.language));
    let availability = availability::of(here, &profile).await?;
    let filled = |client_id: String| Filled {
        client_id,
        name: words.name,
        email: words.email,
        subject: words.subject,
        body: words.body,
    };
    let page = match problem.status() {
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::TOO_MANY_REQUESTS => {
            let faults = faults(&problem, language);
            let filled = filled(words.client_id.to_string());
            let page = Contact::new(&profile, &availability, language, reader.suffix(), filled, &faults);
            PageIn(language, page).into_response()
        }
        // He came back to a form that he had sent, and changed it: nothing of it is lost.
        StatusCode::CONFLICT => {
            let filled = filled(new_client_id(here));
            let page = Contact::new(&profile, &availability, language, reader.suffix(), filled, &[]);
            PageIn(language, page.after_another()).into_response()
        }
        _ => return Err(problem),
    };
    Ok((problem.status(), page).into_response())
}

/// The way out of a form is the same link that the mail carries, on the host the browser is at.
pub fn path_of<'a>(opened: &'a Opened, slug: &str) -> &'a str {
    let path = opened.url.find(&format!("/{slug}/c/")).and_then(|at| opened.url.get(at..));
    path.unwrap_or(&opened.url)
}

/// What is wrong with which field, in the reader's language.
pub fn faults(problem: &Problem, language: Language) -> Vec<(String, String)> {
    let words = language.words();
    if let Some(detail) = words.files.fault(problem.code()) {
        return vec![(FILES.to_owned(), detail.to_owned())];
    }
    if problem.status() == StatusCode::TOO_MANY_REQUESTS {
        return vec![("body".to_owned(), words.nothing.too_often_text.to_owned())];
    }
    let most = |field: &str| if field == "body" { MESSAGE_CHARACTERS } else { LINE_CHARACTERS };
    let told = |(field, code): (String, String)| {
        let detail = words.faults.of(&field, &code, most(&field));
        (field, detail)
    };
    problem.field_faults().into_iter().map(told).collect()
}

/// A name for what a form sends.
pub fn new_client_id(here: &Here) -> String {
    ClientId::new(random::id(here.now)).to_string()
}

/// Goes on elsewhere, to look.
pub fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// A problem as a page where a browser asks, as a problem elsewhere.
pub fn in_words(problem: Problem, reader: &Reader) -> Response {
    if !reader.wants_html {
        return problem.into_response();
    }
    let status = problem.status();
    let language = reader.language(None, None);
    (status, PageIn(language, nothing::Nothing::new(status.as_u16(), language))).into_response()
}
