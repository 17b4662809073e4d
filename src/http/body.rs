//! Bodies and queries: read within limits, and told apart by what is wrong with them.

use super::problem::Problem;
use super::strict::Strict;
use crate::domain::id::ClientId;
use crate::domain::input::FieldError;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

/// Largest body, in bytes (the contract).
pub const BODY_BYTES: usize = 65_536;
const REQUEST_IS_SMALL: &str = "A request has at most 65,536 bytes.";

/// A JSON body: 415 when it is not said to be one, 413 when too large, 400 when malformed, 422 when it has the wrong
/// shape.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !has_type(request.headers(), "application/json") {
            let detail = "Send JSON, and say so in Content-Type.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        parse(&bytes(request).await?).map(Self)
    }
}

/// A JSON body that may be left out, or be null.
pub struct OptionalJson<T>(pub T);

impl<T: Default> OptionalJson<T> {
    fn or_default(body: Option<T>) -> Self {
        Self(body.unwrap_or_default())
    }
}

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if request.headers().get(CONTENT_TYPE).is_none() {
            let bytes = bytes(request).await?;
            return if bytes.is_empty() { Ok(Self(T::default())) } else { parse(&bytes).map(Self::or_default) };
        }
        Json::from_request(request, state).await.map(|Json(body)| Self::or_default(body))
    }
}

/// The body of a request that says all it has to say by its path.
#[derive(Clone, Copy, Debug, Default, serde::Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {
    /// The sender's name for this request: a repeat returns the first answer.
    pub client_id: Option<ClientId>,
}

/// The body of an HTML form.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        if !has_type(request.headers(), "application/x-www-form-urlencoded") {
            let detail = "Send the form as a browser does.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail));
        }
        form(&bytes(request).await?).map(Self)
    }
}

/// What the fields of a form say, however they came.
///
/// # Errors
/// 422 when they say something else.
pub fn fields<T: DeserializeOwned>(fields: Vec<(String, String)>) -> Result<T, Problem> {
    let encoded = serde_urlencoded::to_string(fields).map_err(|error| Problem::internal("form", &error))?;
    form(encoded.as_bytes())
}

fn form<T: DeserializeOwned>(encoded: &[u8]) -> Result<T, Problem> {
    serde_urlencoded::from_bytes(encoded).map_err(|error| Problem::invalid(vec![form_error(&error.to_string())]))
}

/// A body that is too large is heard out up to this size.
const HEARD_OUT_BYTES: usize = 8 * 1_024 * 1_024;

/// A file, as its bytes: 413 when it has more than `MOST`.
pub struct Upload<const MOST: usize>(pub Vec<u8>);

impl<const MOST: usize, S: Send + Sync> FromRequest<S> for Upload<MOST> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let detail = format!("A file of this kind has at most {} KiB.", MOST / 1_024);
        let bytes = bytes_up_to(request, MOST, &detail).await?;
        if bytes.is_empty() {
            return Err(Problem::new(StatusCode::BAD_REQUEST, "malformed", "There is nothing in this file."));
        }
        Ok(Self(bytes.into()))
    }
}

/// The query of a URL; what is unknown or malformed is 422.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::<T>::try_from_uri(&parts.uri) {
            Ok(axum::extract::Query(query)) => Ok(Self(query)),
            Err(error) => Err(Problem::invalid(vec![form_error(&describe(&error))])),
        }
    }
}

/// Tells a field that is null from one that is left out.
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// A field that may be null but may not be left out.
pub fn required_option<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer)
}

fn describe(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

async fn bytes(request: Request) -> Result<axum::body::Bytes, Problem> {
    bytes_up_to(request, BODY_BYTES, REQUEST_IS_SMALL).await
}

/// 413: the request is larger than requests may be.
pub fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", REQUEST_IS_SMALL)
}

async fn bytes_up_to(request: Request, most: usize, detail: &str) -> Result<axum::body::Bytes, Problem> {
    let too_large = || Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail);
    let announced = request.headers().get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let announced = announced.and_then(|length| length.parse::<usize>().ok()).unwrap_or_default();
    if announced > most {
        // Whoever is still sending hears the answer only once he has sent it all.
        if announced <= HEARD_OUT_BYTES {
            let _dropped = to_bytes(request.into_body(), HEARD_OUT_BYTES).await;
        }
        return Err(too_large());
    }
    to_bytes(request.into_body(), most).await.map_err(|_| too_large())
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(wanted))
}

/// Reads a JSON body.
///
/// # Errors
/// 400 where it is no JSON or says a thing twice, 422 where it has another shape.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let malformed = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "malformed", detail);
    // What is no JSON at all is told so, wherever its shape goes wrong first.
    if serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
        return Err(malformed("This is not well-formed JSON."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Strict(&mut deserializer)).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        let text = inner.to_string();
        if !inner.is_data() || text.starts_with("duplicate field") {
            return malformed("This is not well-formed JSON.");
        }
        Problem::invalid(vec![field_error(&path, &text)])
    })?;
    deserializer.end().map_err(|_| malformed("There is something after the JSON."))?;
    Ok(value)
}

/// Names the field of a form or a query that is wrong: "colour: unknown field `colour`, expected …".
fn form_error(text: &str) -> FieldError {
    match text.split_once(": ") {
        Some((field, text)) if !field.contains(' ') => field_error(field, text),
        _ => field_error(".", text),
    }
}

/// Names the field that serde complains about.
fn field_error(path: &str, text: &str) -> FieldError {
    // "unknown field `x`, expected …", "missing field `x` at line 1 column 2"
    let named = text.split('`').nth(1).unwrap_or_default();
    let at = if path == "." { String::new() } else { path.to_owned() };
    let inner = |name: &str| match at.as_str() {
        "" => name.to_owned(),
        at if at.ends_with(name) => at.to_owned(),
        at => format!("{at}.{name}"),
    };
    if text.starts_with("duplicate field") {
        FieldError::new(inner(named), "duplicate_field", format!("Give {named} once."))
    } else if text.starts_with("unknown field") {
        FieldError::new(inner(named), "unknown_field", format!("There is no field {named} here."))
    } else if text.starts_with("missing field") {
        FieldError::new(inner(named), "required", "Please fill this in.")
    } else {
        let reason = text.split(" at line ").next().unwrap_or(text);
        FieldError::new(at, "invalid", format!("This has the wrong form: {reason}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code)]
        name: String,
        #[expect(dead_code)]
        inner: Option<Box<Body>>,
    }

    fn refused(json: &[u8]) -> (u16, String) {
        let problem = parse::<Body>(json).expect_err("a fault");
        let body = problem.clone().body_for_tests();
        (problem.status().as_u16(), body)
    }

    #[test]
    fn faults_are_told_apart_and_named() {
        assert!(parse::<Body>(br#"{"name":"Ana"}"#).is_ok());
        for (json, status, field) in [
            (br#"{"name":"Ana","inner":{"name":"B","x":1}}"#.as_slice(), 422, "inner.x"),
            (br#"{"inner":null}"#, 422, "name"),
            (br#"{"name":7}"#, 422, "name"),
            (br#"{"name":"Ana""#, 400, ""),
            (br#"{"name":"Ana","name":"Eva"}"#, 400, ""),
            (br#"{"name":"Ana"} x"#, 400, ""),
            (b"{\"name\":\"\xff\"}", 400, ""),
            (br#"{"name":"\ud800"}"#, 400, ""),
            (b"", 400, ""),
        ] {
            let (got, body) = refused(json);
            assert_eq!(got, status, "{}: {body}", String::from_utf8_lossy(json));
            assert!(field.is_empty() || body.contains(&format!("\"field\":\"{field}\"")), "{body}");
        }
        let deep = format!("{}{}", "{\"inner\":".repeat(200), "}".repeat(200));
        assert_eq!(refused(deep.as_bytes()).0, 400);
    }
}
