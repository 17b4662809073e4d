//! Bodies between the runtime and WebAssembly, in one piece: nearly everything is small, and a stream that is driven chunk
//! by chunk from this side costs several times as much as one buffer (`make bench` shows it). Files of conversations are
//! large: their bytes stay on the runtime's side, as [`Passing`] streams.

use super::bridge;
use axum::body::to_bytes;
use axum::response::Response;
use futures_util::{Stream, stream};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use worker::send::SendWrapper;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{IntoResponse, ResponseBuilder, Result, web_sys};

/// The header that carries the id of a request.
pub const REQUEST_ID: &str = "x-request-id";

/// Bytes that a piece of a stream has at least, but for the last one.
const WORTH_THE_WAY: usize = 16 * 1_024;

/// Bytes that pass by: a stream of the runtime's, beside a request or an answer whose own body is empty.
#[derive(Clone, Debug)]
pub struct Passing(SendWrapper<web_sys::ReadableStream>);

impl Passing {
    /// A stream that is to pass by.
    #[must_use]
    pub const fn new(stream: web_sys::ReadableStream) -> Self {
        Self(SendWrapper(stream))
    }

    /// A stream of pieces, each made when it is read; small ones go together.
    ///
    /// # Errors
    /// When the runtime cannot build it.
    pub fn of(pieces: impl Iterator<Item = std::result::Result<Vec<u8>, String>> + 'static) -> Result<Self> {
        Self::streamed(stream::iter(together(pieces).map(|piece| piece.map_err(worker::Error::RustError))))
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

/// Joins pieces until they are worth the way.
fn together<E>(
    mut pieces: impl Iterator<Item = std::result::Result<Vec<u8>, E>>,
) -> impl Iterator<Item = std::result::Result<Vec<u8>, E>> {
    std::iter::from_fn(move || {
        let mut joined = pieces.next()?;
        while let Ok(bytes) = &mut joined
            && bytes.len() < WORTH_THE_WAY
        {
            match pieces.next() {
                Some(Ok(more)) => bytes.extend(more),
                Some(Err(error)) => joined = Err(error),
                None => break,
            }
        }
        Some(joined)
    })
}

/// A request without its body.
///
/// # Errors
/// When it is none that HTTP knows.
pub fn head(request: &web_sys::Request) -> Result<Parts> {
    let head = bridge::request_head(request);
    let mut lines = head.split('\n');
    let (method, url) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let mut parts = http::Request::builder().method(method).uri(url).body(())?.into_parts().0;
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        parts.headers.append(HeaderName::from_bytes(name.as_bytes())?, HeaderValue::from_bytes(value.as_bytes())?);
    }
    Ok(parts)
}

/// Reads the body of a request into one buffer.
///
/// # Errors
/// When the body breaks off.
pub async fn body(request: &web_sys::Request) -> Result<Vec<u8>> {
    let buffer = JsFuture::from(request.array_buffer()?).await?;
    Ok(Uint8Array::new(buffer.unchecked_ref()).to_vec())
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
    let (mut parts, body) = response.into_parts();
    // Of all headers, this one alone is another one each time.
    let id = parts.headers.remove(REQUEST_ID);
    let id = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or_default();
    let (status, head) = (parts.status.as_u16(), lines(&parts.headers)?);
    if let Some(passing) = parts.extensions.remove::<Passing>() {
        return bridge::streamed(status, &head, id, &passing.stream());
    }
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| worker::Error::RustError(error.to_string()))?;
    bridge::response(status, &head, id, &bytes)
}

/// Names and values, a line each; no value of a header has several.
fn lines(headers: &HeaderMap) -> Result<String> {
    let mut lines = String::new();
    for (name, value) in headers {
        let value = str::from_utf8(value.as_bytes()).map_err(|error| worker::Error::RustError(error.to_string()))?;
        for part in [name.as_str(), "\n", value, "\n"] {
            lines.push_str(part);
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_pieces_go_together_and_none_is_lost() {
        let pieces = (0..10_000_u32).map(|n| Ok::<_, String>(n.to_string().into_bytes()));
        let expected: Vec<u8> = (0..10_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let joined: Vec<Vec<u8>> = together(pieces).map(|piece| piece.unwrap()).collect();
        assert_eq!(joined.concat(), expected);
        assert_eq!(joined.len(), 3);
        let broken = [Ok(vec![1]), Err("broken"), Ok(vec![2])];
        let told: Vec<_> = together(broken.into_iter()).collect();
        assert_eq!(told, [Err("broken"), Ok(vec![2])]);
        assert_eq!(together(std::iter::empty::<std::result::Result<_, String>>()).count(), 0);
    }
}
