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

use worker::{Context, Env, Result, event, web_sys};

/// Answers a request.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> Result<web_sys::Response> {
    platform::transfer::hand_over(http::answer(request, env, context).await?).await
}
