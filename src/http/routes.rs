//! The table of routes.

use super::problem::{Problem, method_not_allowed};
use super::{
    accounts, agents, companies, contract, conversations, customers, dev, health, invitations, me, pages, secure,
};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use http::StatusCode;
use std::cell::OnceCell;
use tower_service::Service;
use worker::{Env, HttpRequest};

/// Declares every route once: for the router, and for the test that compares the table with the contract.
macro_rules! routes {
    ($($method:ident $path:literal $handler:path;)+) => {
        /// Method and path of every route.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        fn router() -> Router {
            Router::new()$(.route($path, $method($handler)))+.fallback(pages::nothing_here)
        }
    };
}

routes! {
    get "/api/health" health::health;
    get "/api/openapi.json" contract::document;

    post "/api/signup" accounts::sign_up;
    get "/api/slugs/{slug}" accounts::slug;
    post "/api/session" accounts::sign_in;
    delete "/api/session" accounts::sign_out;
    post "/api/tokens" accounts::token;
    get "/api/invitations/{token}" invitations::show;
    post "/api/invitations/{token}" invitations::accept;

    get "/api/companies" companies::list;
    post "/api/companies" companies::create;
    get "/api/companies/{company}" companies::show;
    patch "/api/companies/{company}" companies::update;
    get "/api/companies/{company}/me" me::show;
    patch "/api/companies/{company}/me" me::update;
    get "/api/companies/{company}/agents" agents::list;
    post "/api/companies/{company}/agents" agents::create;
    get "/api/companies/{company}/live" conversations::feed;

    get "/api/companies/{company}/conversations" conversations::list;
    get "/api/companies/{company}/conversations/counters" conversations::counters;
    post "/api/companies/{company}/conversations/next" conversations::next;
    get "/api/companies/{company}/conversations/{id}" conversations::show;
    get "/api/companies/{company}/conversations/{id}/events" conversations::events;
    get "/api/companies/{company}/conversations/{id}/live" conversations::live;
    post "/api/companies/{company}/conversations/{id}/messages" conversations::reply;
    post "/api/companies/{company}/conversations/{id}/notes" conversations::comment;
    post "/api/companies/{company}/conversations/{id}/claim" conversations::claim;
    put "/api/companies/{company}/conversations/{id}/assignee" conversations::assign;
    put "/api/companies/{company}/conversations/{id}/status" conversations::set_status;

    post "/api/public/companies/{company}/conversations" customers::open;
    get "/api/public/conversations/{id}" customers::show;
    get "/api/public/conversations/{id}/events" customers::events;
    get "/api/public/conversations/{id}/live" customers::live;
    post "/api/public/conversations/{id}/messages" customers::write;
    put "/api/public/conversations/{id}/status" customers::set_status;

    get "/" pages::home;
    get "/register" pages::dashboard;
    get "/sign-in" pages::dashboard;
    get "/terms" pages::terms;
    get "/invitation/{token}" pages::dashboard;
    get "/app" pages::dashboard;
    get "/app/{*path}" pages::dashboard;
    get "/dev/mail" dev::mail;
    get "/dev/mail.json" dev::mail_json;
    get "/{company}" pages::contact;
    post "/{company}" pages::open;
    get "/{company}/c/{secret}" pages::follow_link;
    get "/{company}/conversations/{id}" pages::conversation;
    post "/{company}/conversations/{id}/messages" pages::write;
    post "/{company}/conversations/{id}/status" pages::set_status;
}

thread_local! {
    /// Built once per isolate; cloning it is an `Arc`.
    static ROUTER: OnceCell<Router> = const { OnceCell::new() };
}

/// Answers one request.
///
/// # Errors
/// Never: faults are answers.
pub async fn answer(mut request: HttpRequest, env: Env) -> worker::Result<Response> {
    let secure = request.uri().scheme_str() == Some("https");
    let path = request.uri().path().to_owned();
    request.extensions_mut().insert(env);
    let mut router = ROUTER.with(|built| built.get_or_init(router).clone());
    let request = request.map(axum::body::Body::new);
    let response = match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    Ok(secure::headers(own_words(response, &path), secure))
}

/// The router's own refusals, in our form.
fn own_words(response: Response, path: &str) -> Response {
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => method_not_allowed(&response),
        StatusCode::NOT_FOUND if path.starts_with("/api/") && response.headers().get("content-type").is_none() => {
            Problem::not_found().into_response()
        }
        _ => response,
    }
}
