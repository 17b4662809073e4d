//! HTML forms that carry files: first their fields, then the files, one after the other and never in memory as a whole.

use super::body::{self, Form, Json};
use super::problem::{Answer, Problem};
use crate::domain::conversation::upload::MESSAGE_BYTES;
use crate::domain::input::FieldError;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use multer::{Field, Multipart};
use serde::de::DeserializeOwned;

/// The name of the field that files come in.
pub const FILES: &str = "files";
/// What a form has beside its files, at most, in bytes.
const FIELDS_BYTES: u64 = 131_072;
/// A form that is too large is heard out up to this size.
const HEARD_OUT_BYTES: u64 = 2 * MESSAGE_BYTES;

/// A form with its files: 413 when it is too large.
pub struct FormWithFiles<T> {
    pub fields: T,
    pub files: FormFiles,
}

/// JSON, or a form with files.
pub struct JsonOrForm<T>(pub FormWithFiles<T>);

/// The files of a form, as they come in.
#[derive(Default)]
pub struct FormFiles {
    coming: Option<Multipart<'static>>,
    first: Option<Field<'static>>,
    /// At most so many bytes come.
    pub bytes: u64,
    /// More come than a form may have: its fields are read all the same, so that nothing typed is lost.
    too_large: bool,
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequest<S> for FormWithFiles<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match boundary(&request) {
            Some(boundary) => read(request, boundary).await,
            None => {
                // A browser that sends no files says what they are called, or that there are none.
                let Form(mut named) = Form::<Vec<(String, String)>>::from_request(request, state).await?;
                named.retain(|(name, _)| name != FILES);
                Ok(Self { fields: body::fields(named)?, files: FormFiles::default() })
            }
        }
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequest<S> for JsonOrForm<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match boundary(&request) {
            Some(boundary) => read(request, boundary).await.map(Self),
            None => {
                let Json(fields) = Json::from_request(request, state).await?;
                Ok(Self(FormWithFiles { fields, files: FormFiles::default() }))
            }
        }
    }
}

impl FormFiles {
    /// Whether there is a file to come, as far as can be told already.
    #[must_use]
    pub fn are_there(&self) -> bool {
        self.first.as_ref().and_then(Field::file_name).is_some_and(|name| !name.is_empty())
    }

    /// The next file that was chosen; a field in which none was chosen is passed over.
    ///
    /// # Errors
    /// 400 when the form breaks off, 422 when something else comes between the files.
    pub async fn next(&mut self) -> Answer<Option<Field<'static>>> {
        if self.too_large {
            return Err(too_large());
        }
        loop {
            let field = match self.first.take() {
                Some(first) => Some(first),
                None => self.coming().await?,
            };
            let Some(field) = field else { return Ok(None) };
            match (field.name(), field.file_name()) {
                (Some(FILES), None | Some("")) => {}
                (Some(FILES), Some(_)) => return Ok(Some(field)),
                _ => {
                    let name = field.name().unwrap_or_default();
                    let detail = "Files come last in a form, in the field files.";
                    return Err(FieldError::new(name, "unknown_field", detail).into());
                }
            }
        }
    }

    /// Hears out what still comes, so that who sends it hears the answer.
    pub async fn pour_away(mut self) {
        drop(self.first.take());
        while let Ok(Some(mut field)) = self.coming().await {
            while let Ok(Some(_)) = field.chunk().await {}
        }
    }

    async fn coming(&mut self) -> Answer<Option<Field<'static>>> {
        match &mut self.coming {
            Some(coming) => coming.next_field().await.map_err(|error| broken(&error)),
            None => Ok(None),
        }
    }
}

/// What is wrong with a form that cannot be read.
pub fn broken(error: &multer::Error) -> Problem {
    let status = StatusCode::BAD_REQUEST;
    Problem::new(status, "malformed", &format!("This is not a well-formed form: {error}."))
}

/// 413: the form is larger than forms may be.
pub fn too_large() -> Problem {
    let detail = format!("At most {} MB of files at once, please.", MESSAGE_BYTES / 1_048_576);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &detail)
}

fn boundary(request: &Request) -> Option<String> {
    let kind = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    multer::parse_boundary(kind).ok()
}

async fn read<T: DeserializeOwned + Send>(request: Request, boundary: String) -> Result<FormWithFiles<T>, Problem> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let bytes = length.unwrap_or(MESSAGE_BYTES);
    if bytes > HEARD_OUT_BYTES {
        return Err(too_large());
    }
    let mut coming = Multipart::new(request.into_body().into_data_stream(), boundary);
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut read = 0_usize;
    let first = loop {
        let Some(mut field) = coming.next_field().await.map_err(|error| broken(&error))? else { break None };
        if field.file_name().is_some() || field.name() == Some(FILES) {
            break Some(field);
        }
        let mut value = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
            read = read.saturating_add(chunk.len());
            if read > body::BODY_BYTES {
                return Err(body::too_large());
            }
            value.extend_from_slice(&chunk);
        }
        let name = field.name().unwrap_or_default().to_owned();
        let Ok(value) = String::from_utf8(value) else {
            return Err(FieldError::new(name, "invalid", "This is not UTF-8.").into());
        };
        fields.push((name, value));
    };
    let too_large = bytes > MESSAGE_BYTES.saturating_add(FIELDS_BYTES);
    let files = FormFiles { coming: Some(coming), first, bytes: bytes.min(MESSAGE_BYTES), too_large };
    match body::fields(fields) {
        Ok(fields) => Ok(FormWithFiles { fields, files }),
        Err(problem) => {
            files.pour_away().await;
            Err(problem)
        }
    }
}
