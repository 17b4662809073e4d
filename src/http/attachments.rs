//! Files of conversations: brought first, then sent with a message or a comment. Their bytes go from the client to R2 and
//! back without passing through here.

use super::body::Query;
use super::disposition::{Wanted, disposition, wanted};
use super::form::{self, FormFiles};
use super::problem::{Answer, Problem};
use super::session::{AtConversation, Customer, Here};
use crate::domain::conversation::attachment::Attachment;
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::upload::{self, FILE_BYTES, MESSAGE_BYTES};
use crate::domain::id::{CompanyId, ConversationId, FileId};
use crate::domain::input::FieldError;
use crate::objects::call;
use crate::objects::conversation_do;
use crate::objects::conversation_do::protocol::{ConversationRequest, FileRequest, KnownFile};
use crate::platform::transfer::Passing;
use crate::platform::{log, random, sniff};
use crate::store::attachments::{self as bucket, Growing, Grown};
use axum::extract::{FromRequest, Path, Request};
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Deserialize;
use std::collections::HashMap;

/// What of a file browsers may do by themselves: show it if it is a picture, and nothing else.
const NOTHING_RUNS: &str = "default-src 'none'; sandbox";
/// A file never changes; who may have it may change his mind about being signed in.
const CACHED: &str = "private, max-age=86400, immutable";

/// What the file is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Called {
    /// Paths, control characters and what turns the direction of writing are taken out of it.
    name: String,
}

/// A file that is being sent here: 411 when it does not say how large it is, 413 when it is too large, 422 when there is
/// nothing in it.
pub struct Incoming {
    size: u64,
    bytes: Passing,
}

impl<S: Send + Sync> FromRequest<S> for Incoming {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        worker::send::SendFuture::new(incoming(request)).await
    }
}

/// Whoever brings files into a conversation, or has them from there.
pub struct Bearer<'a> {
    pub here: &'a Here,
    pub actor: Actor,
    pub conversation: ConversationId,
}

/// Brings a file, to be sent with an answer or an internal comment within a day. The body is the file.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/{id}/files", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), Called),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 413, description = "`too_large`: more than 20 MB"),
        (status = 429, description = "`too_many_uploads`")))]
#[worker::send]
pub async fn bring(at: AtConversation, Query(called): Query<Called>, file: Incoming) -> Answer {
    Bearer::agent(&at).bring(&called.name, file).await
}

/// A file of the conversation's. Images are shown, everything else is a download.
#[utoipa::path(get, path = "/api/companies/{company}/conversations/{id}/files/{file}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("file" = FileId, Path)),
    responses((status = 200, description = "the file", content_type = "application/octet-stream"),
        (status = 206, description = "the part of it that `Range` asks for", content_type = "application/octet-stream")))]
#[worker::send]
pub async fn read(at: AtConversation, file: Named, headers: HeaderMap) -> Answer {
    Bearer::agent(&at).read(file, &headers).await
}

/// Takes back a file that was brought and not sent.
#[utoipa::path(delete, path = "/api/companies/{company}/conversations/{id}/files/{file}", tag = "conversations",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("file" = FileId, Path)),
    responses((status = 204)))]
#[worker::send]
pub async fn take_back(at: AtConversation, file: Named) -> Answer {
    Bearer::agent(&at).take_back(file).await
}

/// Brings a file, to be sent with a message within a day. The body is the file.
#[utoipa::path(post, path = "/api/public/conversations/{id}/files", tag = "customers",
    params(("id" = ConversationId, Path), Called),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 413, description = "`too_large`: more than 20 MB"),
        (status = 429, description = "`too_many_uploads`: more than 200 MB in a day")))]
#[worker::send]
pub async fn customer_brings(customer: Customer, Query(called): Query<Called>, file: Incoming) -> Answer {
    Bearer::customer(&customer).bring(&called.name, file).await
}

/// A file of a message. Images are shown, everything else is a download.
#[utoipa::path(get, path = "/api/public/conversations/{id}/files/{file}", tag = "customers",
    params(("id" = ConversationId, Path), ("file" = FileId, Path)),
    responses((status = 200, description = "the file", content_type = "application/octet-stream"),
        (status = 206, description = "the part of it that `Range` asks for", content_type = "application/octet-stream")))]
#[worker::send]
pub async fn customer_reads(customer: Customer, file: Named, headers: HeaderMap) -> Answer {
    Bearer::customer(&customer).read(file, &headers).await
}

/// Takes back a file that was brought and not sent.
#[utoipa::path(delete, path = "/api/public/conversations/{id}/files/{file}", tag = "customers",
    params(("id" = ConversationId, Path), ("file" = FileId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn customer_takes_back(customer: Customer, file: Named) -> Answer {
    Bearer::customer(&customer).take_back(file).await
}

/// The file that a path names.
pub struct Named(FileId);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut http::request::Parts, _state: &S) -> Result<Self, Problem> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await.ok();
        let id = path.and_then(|Path(path)| FileId::parse(path.get("file")?));
        id.map(Self).ok_or_else(Problem::not_found)
    }
}

impl<'a> Bearer<'a> {
    fn agent(AtConversation { at, id }: &'a AtConversation) -> Self {
        Self { here: &at.here, actor: Actor::Agent(at.member.clone()), conversation: *id }
    }

    /// The customer at his conversation.
    pub fn customer(customer: &'a Customer) -> Self {
        Self { here: &customer.here, actor: customer.actor(), conversation: customer.link.conversation }
    }

    async fn bring(&self, name: &str, file: Incoming) -> Answer {
        let Incoming { size, bytes } = file;
        let (id, key) = match self.announce(None, name, size).await {
            Ok(announced) => announced,
            Err(problem) => {
                // Whoever is still sending hears the answer only once he has sent it all.
                let _broken_off = bytes.pour_away().await;
                return Err(problem);
            }
        };
        match bucket::keep(&self.here.env, &key, bytes.stream()).await {
            Ok(kind) => Ok((StatusCode::CREATED, axum::Json(self.arrived(id, key, kind, size).await?)).into_response()),
            Err(error) => {
                self.give_up(id).await;
                log::fault("upload", &id.to_string(), &error);
                Err(broken_off())
            }
        }
    }

    /// Brings the files of a form; `company` where the conversation is opened with them. Either all of them are there then,
    /// or none.
    ///
    /// # Errors
    /// 413 or 422 when they are too many, too large or empty; what the conversation refused.
    pub async fn bring_all(&self, company: Option<CompanyId>, mut files: FormFiles) -> Answer<Vec<FileId>> {
        let mut brought = Vec::new();
        match self.bring_each(company, &mut files, &mut brought).await {
            Ok(()) => Ok(brought),
            Err(problem) => {
                self.give_up_all(&brought).await;
                files.pour_away().await;
                Err(problem)
            }
        }
    }

    /// Files that were brought are not sent after all.
    pub async fn give_up_all(&self, brought: &[FileId]) {
        for file in brought {
            self.give_up(*file).await;
        }
    }

    async fn bring_each(
        &self,
        company: Option<CompanyId>,
        files: &mut FormFiles,
        brought: &mut Vec<FileId>,
    ) -> Answer<()> {
        let mut left = MESSAGE_BYTES;
        while let Some(field) = files.next().await? {
            upload::together(std::iter::repeat_n(0, brought.len().saturating_add(1)))?;
            let name = field.file_name().unwrap_or_default().to_owned();
            let (id, key) = self.announce(company, &name, files.bytes.min(FILE_BYTES)).await?;
            brought.push(id);
            let mut growing = Growing::begin(&self.here.env, &key)?;
            if let Err(problem) = grow(&mut growing, field, left).await {
                growing.give_up().await?;
                return Err(problem);
            }
            let size = growing.size();
            left = left.saturating_sub(size);
            let kind = growing.finish().await?;
            self.arrived(id, key, kind, size).await?;
        }
        Ok(())
    }

    /// Tells the conversation that a file comes; answers its id, and the key under which its bytes belong.
    async fn announce(&self, company: Option<CompanyId>, name: &str, size: u64) -> Answer<(FileId, String)> {
        let file = FileId::new(random::id(self.here.now));
        let (conversation, name) = (self.conversation, name.to_owned());
        let key = self.ask(FileRequest::Bring { file, conversation, company, name, size }).await?;
        Ok((file, serde_json::from_str(&key)?))
    }

    /// Tells the conversation that a file is there.
    async fn arrived(&self, file: FileId, key: String, kind: &str, size: u64) -> Answer<Attachment> {
        match self.ask(FileRequest::Brought { file, kind: kind.to_owned(), size }).await {
            Ok(attachment) => Ok(serde_json::from_str(&attachment)?),
            Err(problem) => {
                // It was taken back, or has expired, on its way: nobody else knows of these bytes.
                bucket::remove(&self.here.env, vec![key]).await?;
                Err(problem)
            }
        }
    }

    /// Tells the conversation that a file does not come. Should that be lost, it expires.
    async fn give_up(&self, file: FileId) {
        let _it_expires = self.ask(FileRequest::Remove { file }).await;
    }

    async fn take_back(&self, Named(file): Named) -> Answer {
        self.ask(FileRequest::Remove { file }).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    async fn read(&self, Named(file): Named, headers: &HeaderMap) -> Answer {
        let KnownFile { key, attachment } = serde_json::from_str(&self.ask(FileRequest::Read { file }).await?)?;
        let tag = format!("\"{file}\"");
        let asked = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        if asked(IF_NONE_MATCH).is_some_and(|known| known == "*" || known.contains(&tag)) {
            return Ok(dressed(StatusCode::NOT_MODIFIED.into_response(), &attachment, &tag));
        }
        let range = asked(RANGE).filter(|_| asked(IF_RANGE).is_none_or(|known| known == tag));
        let size = u64::from(attachment.size);
        let (status, first, length, part) = match wanted(range, size) {
            Wanted::Whole => (StatusCode::OK, 0, size, None),
            Wanted::Part { first, last } => {
                let part = format!("bytes {first}-{last}/{size}");
                (StatusCode::PARTIAL_CONTENT, first, last.saturating_sub(first).saturating_add(1), Some(part))
            }
            Wanted::Nothing => {
                let detail = "The file is not that long.";
                let problem = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, "range_not_satisfiable", detail);
                let mut response = problem.into_response();
                set(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{size}"));
                return Ok(response);
            }
        };
        let bytes = bucket::bytes(&self.here.env, &key, first, length).await?.ok_or_else(Problem::not_found)?;
        let mut response = dressed(status.into_response(), &attachment, &tag);
        set(response.headers_mut(), CONTENT_LENGTH, &length.to_string());
        if let Some(part) = part {
            set(response.headers_mut(), CONTENT_RANGE, &part);
        }
        response.extensions_mut().insert(Passing::new(bytes));
        Ok(response)
    }

    async fn ask(&self, about: FileRequest) -> Answer<String> {
        let request = ConversationRequest::File { actor: self.actor.clone(), about };
        let name = self.conversation.to_string();
        match call::call::<Refusal>(&self.here.env, conversation_do::BINDING, &name, &request).await? {
            call::Answer::Done(json) => Ok(json),
            call::Answer::Refused(refusal) => Err(refusal.into()),
        }
    }
}

/// Takes in one file of a form.
async fn grow(growing: &mut Growing, mut field: multer::Field<'static>, left: u64) -> Answer<()> {
    while let Some(chunk) = field.chunk().await.map_err(|error| form::broken(&error))? {
        if growing.take(&chunk).await? == Grown::TooLarge {
            return Err(too_large());
        }
        if growing.size() > left {
            return Err(form::too_large());
        }
    }
    if growing.size() == 0 { Err(nothing_in_it().into()) } else { Ok(()) }
}

fn nothing_in_it() -> FieldError {
    FieldError::new("files", "empty", "There is nothing in this file.")
}

async fn incoming(mut request: Request) -> Answer<Incoming> {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let Some(bytes) = request.extensions_mut().remove::<Passing>() else { return Err(nothing_in_it().into()) };
    let refusal = match length {
        Some(0) => nothing_in_it().into(),
        Some(size) if size <= FILE_BYTES => return Ok(Incoming { size, bytes }),
        Some(_) => too_large(),
        None => {
            let detail = "Say how large the file is, in Content-Length.";
            Problem::new(StatusCode::LENGTH_REQUIRED, "length_required", detail)
        }
    };
    // Whoever is still sending hears the answer only once he has sent it all.
    if length.is_some_and(|length| length <= FILE_BYTES.saturating_mul(2)) {
        let _broken_off = bytes.pour_away().await;
    }
    Err(refusal)
}

/// 413: the file is larger than files may be.
fn too_large() -> Problem {
    let detail = format!("A file has at most {} MB.", FILE_BYTES / 1_048_576);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &detail)
}

fn broken_off() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed", "The file did not arrive in whole. Send it again, please.")
}

/// An answer with a file's headers.
fn dressed(mut response: Response, attachment: &Attachment, tag: &str) -> Response {
    let shown = sniff::is_shown(&attachment.media_type);
    let kind = if attachment.media_type == "text/plain" { "text/plain; charset=utf-8" } else { &attachment.media_type };
    let headers = response.headers_mut();
    headers.insert(CONTENT_DISPOSITION, disposition(shown, &attachment.name));
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, NOTHING_RUNS),
        (CACHE_CONTROL, CACHED),
        (ETAG, tag),
        (ACCEPT_RANGES, "bytes"),
    ] {
        set(headers, name, value);
    }
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
