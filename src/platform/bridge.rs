//! What crosses between WebAssembly and the runtime with every request. Each call costs, and so does each object that is
//! handed over: what belongs together crosses at once, as text (`make bench` shows it). The other side is `bridge.js`.

use wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::worker_sys::types::D1PreparedStatement as RawStatement;
use worker::{D1Database, D1PreparedStatement, Env, Result, SqlStorage, web_sys};

#[wasm_bindgen(module = "/src/platform/bridge.js")]
extern "C" {
    #[wasm_bindgen(js_name = requestHead)]
    fn raw_request_head(request: &web_sys::Request) -> String;

    #[wasm_bindgen(catch, js_name = response)]
    fn raw_response(status: u16, head: &str, id: &str, bytes: &[u8])
    -> std::result::Result<web_sys::Response, JsValue>;

    #[wasm_bindgen(catch, js_name = streamed)]
    fn raw_streamed(
        status: u16,
        head: &str,
        id: &str,
        body: &web_sys::ReadableStream,
    ) -> std::result::Result<web_sys::Response, JsValue>;

    #[wasm_bindgen(js_name = askObject)]
    fn raw_ask_object(env: &JsValue, binding: &str, name: &str, body: &str) -> js_sys::Promise;

    #[wasm_bindgen(catch, js_name = bound)]
    fn raw_bound(database: &JsValue, query: &str, values: &str) -> std::result::Result<RawStatement, JsValue>;

    #[wasm_bindgen(js_name = firstRow)]
    fn raw_first_row(database: &JsValue, query: &str, values: &str) -> js_sys::Promise;

    #[wasm_bindgen(js_name = allRows)]
    fn raw_all_rows(database: &JsValue, query: &str, values: &str) -> js_sys::Promise;

    #[wasm_bindgen(catch, js_name = execute)]
    fn raw_execute(sql: &JsValue, query: &str, values: &str) -> std::result::Result<Option<String>, JsValue>;
}

/// A request without its body: method, URL, then names and values of its headers, a line each.
#[must_use]
pub fn request_head(request: &web_sys::Request) -> String {
    raw_request_head(request)
}

/// An answer of bytes. `head` has names and values of its headers, a line each, but for the `id` of the request.
///
/// # Errors
/// When the runtime cannot build it.
pub fn response(status: u16, head: &str, id: &str, bytes: &[u8]) -> Result<web_sys::Response> {
    Ok(raw_response(status, head, id, bytes)?)
}

/// An answer that is a stream, with the same head.
///
/// # Errors
/// When the runtime cannot build it.
pub fn streamed(status: u16, head: &str, id: &str, body: &web_sys::ReadableStream) -> Result<web_sys::Response> {
    Ok(raw_streamed(status, head, id, body)?)
}

/// Asks a Durable Object: three digits of its status, then what it said.
///
/// # Errors
/// When the object cannot be reached, or fails.
pub async fn ask_object(env: &Env, binding: &str, name: &str, body: &str) -> Result<String> {
    text(raw_ask_object(env, binding, name, body)).await.map(Option::unwrap_or_default)
}

/// A statement for D1 with its values, which are an array of JSON.
///
/// # Errors
/// When a value cannot be bound.
pub fn bound(database: &D1Database, query: &str, values: &str) -> Result<D1PreparedStatement> {
    Ok(raw_bound(database.as_ref(), query, values)?.into())
}

/// The first row of a query of D1, as JSON; `values` are an array of JSON.
///
/// # Errors
/// When the query fails.
pub async fn first_row(database: &D1Database, query: &str, values: &str) -> Result<Option<String>> {
    text(raw_first_row(database.as_ref(), query, values)).await
}

/// All rows of a query of D1, as JSON; `values` are an array of JSON.
///
/// # Errors
/// When the query fails.
pub async fn all_rows(database: &D1Database, query: &str, values: &str) -> Result<String> {
    text(raw_all_rows(database.as_ref(), query, values)).await.map(Option::unwrap_or_default)
}

/// Runs a statement in a Durable Object: its rows as JSON, if it has any. `values` are an array of JSON, or empty.
///
/// # Errors
/// When the statement fails.
pub fn execute(sql: &SqlStorage, query: &str, values: &str) -> Result<Option<String>> {
    Ok(raw_execute(sql.as_ref(), query, values)?)
}

async fn text(promise: js_sys::Promise) -> Result<Option<String>> {
    Ok(JsFuture::from(promise).await?.as_string())
}
