//! Calling an object: JSON in, JSON out, over the object's own `fetch`.

use crate::platform::bridge;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use worker::{Env, Headers, Method, Request, RequestInit, Response, Result};

/// Header that carries what a socket is opened for, as base64 of JSON (names are not Latin-1).
const OPENING: &str = "x-edgedesk-socket";

/// The status with which an object refuses: what it answers otherwise is the client's answer.
const REFUSED: u16 = 422;

/// What [`bridge::ask_object`] puts before what the object said.
const STATUS_DIGITS: usize = 3;

/// What an object said.
pub enum Answer<R> {
    /// JSON for the client.
    Done(String),
    /// The command was not carried out.
    Refused(R),
}

/// Sends a request to the object of that name.
///
/// # Errors
/// When the object cannot be reached or fails.
pub async fn call<R: DeserializeOwned>(
    env: &Env,
    binding: &str,
    name: &str,
    request: &impl Serialize,
) -> Result<Answer<R>> {
    let said = bridge::ask_object(env, binding, name, &serde_json::to_string(request)?).await?;
    let (status, text) = said.split_at_checked(STATUS_DIGITS).unwrap_or_default();
    match status {
        "422" => Ok(Answer::Refused(serde_json::from_str(text)?)),
        "200" => Ok(Answer::Done(text.to_owned())),
        status => Err(worker::Error::RustError(format!("the object answered {status}"))),
    }
}

/// Opens a socket at the object of that name.
///
/// # Errors
/// When the object cannot be reached or fails.
pub async fn connect(env: &Env, binding: &str, name: &str, opening: &impl Serialize) -> Result<Response> {
    let headers = Headers::new();
    headers.set("upgrade", "websocket")?;
    headers.set(OPENING, &URL_SAFE_NO_PAD.encode(serde_json::to_vec(opening)?))?;
    let mut init = RequestInit::new();
    init.with_method(Method::Get).with_headers(headers);
    let stub = env.durable_object(binding)?.get_by_name(name)?;
    stub.fetch_with_request(Request::new_with_init("https://object/", &init)?).await
}

/// In the object: what a socket is opened for, if the request opens one.
///
/// # Errors
/// When the header is not what [`connect`] writes.
pub fn opening<T: DeserializeOwned>(request: &Request) -> Result<Option<T>> {
    let Some(header) = request.headers().get(OPENING)? else { return Ok(None) };
    let json = URL_SAFE_NO_PAD.decode(header).map_err(|error| worker::Error::RustError(error.to_string()))?;
    Ok(Some(serde_json::from_slice(&json)?))
}

/// In the object: the answer to a request that was carried out.
///
/// # Errors
/// When the runtime cannot build a response.
pub fn done(json: &str) -> Result<Response> {
    Response::ok(json)
}

/// In the object: the answer to a request that was refused.
///
/// # Errors
/// When the runtime cannot build a response.
pub fn refused(refusal: &impl Serialize) -> Result<Response> {
    Ok(Response::from_json(refusal)?.with_status(REFUSED))
}
