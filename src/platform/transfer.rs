//! Bodies between the runtime and WebAssembly, in one piece: everything here is small, and a stream that is driven chunk by
//! chunk from this side costs several times as much as one buffer (`make bench` shows it).

use axum::body::{Body, to_bytes};
use axum::response::Response;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{IntoResponse, ResponseBuilder, Result, web_sys};

/// Reads a stream of the runtime's into one buffer.
///
/// # Errors
/// When the stream breaks off.
pub async fn read(stream: &web_sys::ReadableStream) -> Result<Vec<u8>> {
    let response = web_sys::Response::new_with_opt_readable_stream(Some(stream))?;
    read_response(&response).await
}

/// Reads the body of an answer of the runtime's into one buffer.
///
/// # Errors
/// When the body breaks off.
pub async fn read_response(response: &web_sys::Response) -> Result<Vec<u8>> {
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(buffer.unchecked_ref()).to_vec())
}

/// Hands an answer to the runtime as one buffer; a socket's goes as it is.
///
/// # Errors
/// When the runtime cannot build the response.
pub async fn hand_over(response: Response) -> Result<web_sys::Response> {
    if response.extensions().get::<worker::WebSocket>().is_some() {
        return response.into_raw().map_err(|error| worker::Error::RustError(error.into().to_string()));
    }
    let (head, body) = response.into_parts();
    let bytes = body_bytes(body).await?;
    let builder = ResponseBuilder::new().with_status(head.status.as_u16()).with_headers((&head.headers).into());
    let response = if bytes.is_empty() { builder.empty() } else { builder.fixed(bytes) };
    Ok(response.into())
}

async fn body_bytes(body: Body) -> Result<Vec<u8>> {
    let bytes = to_bytes(body, usize::MAX).await;
    bytes.map(|bytes| bytes.to_vec()).map_err(|error| worker::Error::RustError(error.to_string()))
}
