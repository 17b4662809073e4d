//! Bodies between the runtime and WebAssembly, in one piece: nearly everything is small, and a stream that is driven chunk
//! by chunk from this side costs several times as much as one buffer (`make bench` shows it). Files of conversations are
//! large: their bytes stay on the runtime's side, as [`Passing`] streams.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use futures_util::{Stream, stream};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use worker::send::SendWrapper;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{HttpRequest, IntoResponse, ResponseBuilder, Result, web_sys};

/// Bytes that pass by: a stream of the runtime's, beside a request or an answer whose own body is empty.
#[derive(Clone, Debug)]
pub struct Passing(SendWrapper<web_sys::ReadableStream>);

impl Passing {
    /// A stream that is to pass by.
    #[must_use]
    pub const fn new(stream: web_sys::ReadableStream) -> Self {
        Self(SendWrapper(stream))
    }

    /// A stream of pieces, each made when it is read.
    ///
    /// # Errors
    /// When the runtime cannot build it.
    pub fn of(pieces: impl Iterator<Item = std::result::Result<Vec<u8>, String>> + 'static) -> Result<Self> {
        Self::streamed(stream::iter(pieces.map(|piece| piece.map_err(worker::Error::RustError))))
    }

    /// A stream of pieces, each of which may have to be waited for when it is read.
    ///
    /// # Errors
    /// When the runtime cannot build it.
    pub fn streamed(pieces: impl Stream<Item = Result<Vec<u8>>> + 'static) -> Result<Self> {
        let response: web_sys::Response = ResponseBuilder::new().from_stream(pieces)?.into();
        let stream = response.body().ok_or_else(|| worker::Error::RustError("a stream is no body".to_owned()))?;
        Ok(Self::new(stream))
    }

    /// The stream.
    #[must_use]
    pub fn stream(self) -> web_sys::ReadableStream {
        self.0.0
    }

    /// Reads what is left of it and keeps nothing.
    ///
    /// # Errors
    /// When the stream breaks off.
    pub async fn pour_away(self) -> Result<()> {
        let reader: web_sys::ReadableStreamDefaultReader = self.stream().get_reader().unchecked_into();
        loop {
            let chunk = JsFuture::from(reader.read()).await?;
            if Reflect::get(&chunk, &JsValue::from_str("done"))?.is_truthy() {
                return Ok(());
            }
        }
    }
}

/// A request whose body, if it has one, passes by.
///
/// # Errors
/// When the runtime's request cannot be read.
pub fn let_pass(request: &web_sys::Request) -> Result<HttpRequest> {
    let init = web_sys::RequestInit::new();
    init.set_body(&JsValue::NULL);
    let mut bare = worker::request_from_wasm(web_sys::Request::new_with_request_and_init(request, &init)?)?;
    if let Some(stream) = request.body() {
        bare.extensions_mut().insert(Passing::new(stream));
    }
    Ok(bare)
}

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

/// Hands an answer to the runtime as one buffer; a socket's goes as it is, and so does what passes by.
///
/// # Errors
/// When the runtime cannot build the response.
pub async fn hand_over(response: Response) -> Result<web_sys::Response> {
    if response.extensions().get::<worker::WebSocket>().is_some() {
        return response.into_raw().map_err(|error| worker::Error::RustError(error.into().to_string()));
    }
    let (mut head, body) = response.into_parts();
    let builder = ResponseBuilder::new().with_status(head.status.as_u16()).with_headers((&head.headers).into());
    if let Some(passing) = head.extensions.remove::<Passing>() {
        return Ok(builder.stream(passing.stream()).into());
    }
    let bytes = body_bytes(body).await?;
    let response = if bytes.is_empty() { builder.empty() } else { builder.fixed(bytes) };
    Ok(response.into())
}

async fn body_bytes(body: Body) -> Result<Vec<u8>> {
    let bytes = to_bytes(body, usize::MAX).await;
    bytes.map(|bytes| bytes.to_vec()).map_err(|error| worker::Error::RustError(error.to_string()))
}
