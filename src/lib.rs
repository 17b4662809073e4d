//! Edgedesk: a customer-conversation desk for many companies, as a Cloudflare Worker.
//!
//! # Layout
//!
//! - [`domain`]: what is decided, and nothing else; pure, native, never panics.
//! - [`http`]: a handler per route: authenticate, authorise, parse; then a command, and its answer.
//! - [`objects`]: the two Durable Objects, thin shells around the domain: each conversation's, each company's Desk.
//! - [`store`]: D1, the only place with SQL for it, and the profile cache in KV.
//! - [`effects`]: what follows from a turn once it is durable: the index, the feed, mail.
//! - [`pages`]: HTML for customers, and mails, from compile-time templates.
//! - [`platform`]: clock, randomness, keys, passwords, the mail transport.
//!
//! This file holds the runtime's entry points and nothing else.

pub mod domain;
pub mod effects;
pub mod http;
pub mod objects;
pub mod pages;
pub mod platform;
pub mod store;

pub use objects::conversation_do::ConversationObject;
pub use objects::desk_do::DeskObject;

use std::pin::Pin;
use std::task::{Poll, Waker};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::wasm_bindgen_futures::future_to_promise;
use worker::{Context, Env, Result, console_error, web_sys, worker_sys};

/// Answers a request: at once where nothing has to be waited for, with a promise otherwise.
#[wasm_bindgen]
#[must_use]
pub fn fetch(request: web_sys::Request, env: Env, context: worker_sys::Context) -> JsValue {
    let mut answer: Pin<Box<dyn Future<Output = JsValue>>> = Box::pin(answer(request, env, Context::new(context)));
    // Whoever is still waiting is asked again, by the promise.
    match answer.as_mut().poll(&mut std::task::Context::from_waker(Waker::noop())) {
        Poll::Ready(response) => response,
        Poll::Pending => future_to_promise(async move { Ok(answer.await) }).into(),
    }
}

async fn answer(request: web_sys::Request, env: Env, context: Context) -> JsValue {
    match try_to_answer(request, env, context).await {
        Ok(response) => response.into(),
        Err(error) => {
            console_error!("{error}");
            let init = web_sys::ResponseInit::new();
            init.set_status(500);
            web_sys::Response::new_with_opt_str_and_init(Some("INTERNAL SERVER ERROR"), &init)
                .map_or_else(|error| error, Into::into)
        }
    }
}

async fn try_to_answer(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    platform::transfer::hand_over(http::answer(request, env, context).await?).await
}
