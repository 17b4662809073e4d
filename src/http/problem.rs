//! Errors as clients see them: `application/problem+json` (RFC 9457), one table from refusal to status.

use crate::domain::conversation::refusal::Refusal;
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, Denied};
use crate::platform::log;
use crate::store::db::{self, StoreError};
use axum::response::{IntoResponse, Response};
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

/// The answer of a handler.
pub type Answer<T = Response> = Result<T, Problem>;

/// What went wrong, as the client is told.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    more: Map<String, Value>,
}

/// The members of a problem, for the contract.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the shape only; answers are built member by member")]
pub struct ProblemBody {
    /// A URI that names the kind of problem.
    r#type: String,
    /// The status in words.
    title: String,
    status: u16,
    /// Machine-readable name of the problem.
    code: String,
    /// A sentence for people.
    detail: String,
    /// Of a 5xx: under which it is in the log.
    id: Option<String>,
    /// Of a 403: the capability that is missing.
    missing: Option<String>,
    /// Of a 422: what is wrong with which field.
    errors: Option<Vec<FieldError>>,
}

impl Problem {
    /// A problem with a status, a code and a sentence.
    pub fn new(status: StatusCode, code: &str, detail: &str) -> Self {
        Self { status, code: code.to_owned(), detail: detail.to_owned(), more: Map::new() }
    }

    /// 404: absent or not visible, which must not be told apart.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// 401: the caller is nobody we know.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Please sign in.")
    }

    /// 401: e-mail or password are wrong, without saying which.
    pub fn wrong_credentials() -> Self {
        let detail = "The e-mail address or the password is wrong.";
        Self::new(StatusCode::UNAUTHORIZED, "wrong_credentials", detail)
    }

    /// 401: the password is right, and the second factor is missing or wrong.
    pub fn second_factor(code: &str, detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403: another password has to be chosen first.
    pub fn password_change_required() -> Self {
        let detail = "Choose another password first: your administrator asked for it.";
        Self::new(StatusCode::FORBIDDEN, "password_change_required", detail)
    }

    /// 403: visible, but not allowed.
    pub fn forbidden(missing: Capability) -> Self {
        let detail = "You may not do this here. Ask an administrator of your company.";
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail).with("missing", json!(missing.name()))
    }

    /// 403: a browser sent it on behalf of another site.
    pub fn cross_site() -> Self {
        Self::new(StatusCode::FORBIDDEN, "cross_site", "This request came from another site.")
    }

    /// 409: something is as it is.
    pub fn conflict(code: &str, detail: &str) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: fields are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let code = match errors.as_slice() {
            [only] => only.code,
            _ => "invalid",
        };
        let detail = errors.first().map_or("Something is wrong with these fields.", |error| error.detail.as_str());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).with("errors", json!(errors))
    }

    /// 429: too often.
    pub fn too_often(retry_after_seconds: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_often", "That was too often. Please wait a moment.")
            .with("retry_after", json!(retry_after_seconds))
    }

    /// 500: logged under an id, which is all that the client learns.
    pub fn internal(place: &str, error: &dyn std::fmt::Display) -> Self {
        let id = uuid::Uuid::now_v7().to_string();
        log::fault(place, &id, error);
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.")
            .with("id", json!(id))
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The machine-readable name.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The sentence for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Which fields are wrong, and the name of each fault, of a 422.
    pub fn field_faults(&self) -> Vec<(String, String)> {
        let errors = self.more.get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
        let text = |error: &Value, name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        errors.iter().map(|error| (text(error, "field"), text(error, "code"))).collect()
    }

    #[cfg(test)]
    pub(super) fn body_for_tests(self) -> String {
        self.body().to_string()
    }

    fn body(self) -> Value {
        let mut body = Map::from_iter([
            ("type".to_owned(), json!(format!("urn:edgedesk:problem:{}", self.code))),
            ("title".to_owned(), json!(self.status.canonical_reason().unwrap_or("Error"))),
            ("status".to_owned(), json!(self.status.as_u16())),
            ("code".to_owned(), json!(self.code)),
            ("detail".to_owned(), json!(self.detail)),
        ]);
        body.extend(self.more);
        Value::Object(body)
    }
}

/// The id that a fault was logged under, beside an answer.
#[derive(Clone, Debug)]
pub struct FaultId(pub String);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let fault = self.more.get("id").and_then(Value::as_str).filter(|_| status.is_server_error()).map(str::to_owned);
        let retry_after = self.more.get("retry_after").and_then(Value::as_u64);
        let mut response = (status, self.body().to_string()).into_response();
        if let Some(id) = fault {
            response.extensions_mut().insert(FaultId(id));
        }
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// The table: from what a conversation refuses to what the client gets.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::not_found(),
            Refusal::Forbidden { missing } => Self::forbidden(missing),
            Refusal::AlreadyAssigned { assignee } => {
                let detail = format!("{} has this conversation.", assignee.name);
                Self::conflict("already_assigned", &detail)
                    .with("assignee", json!({ "id": assignee.id, "name": assignee.name }))
            }
            Refusal::StaleEpoch { assignment_epoch, assignee } => {
                let assignee = assignee.map(|agent| json!({ "id": agent.id, "name": agent.name }));
                Self::conflict("stale_epoch", "Somebody changed the assignment in the meantime.")
                    .with("assignment_epoch", json!(assignment_epoch))
                    .with("assignee", json!(assignee))
            }
            Refusal::ConversationClosed => {
                Self::conflict("conversation_closed", "The conversation is closed. Open it again first.")
                    .with("conversation_status", json!("closed"))
            }
            Refusal::Merged { into } => {
                let detail =
                    format!("This conversation was merged into conversation {}. It goes on there.", into.number);
                Self::conflict("merged", &detail).with("into", json!({ "id": into.id }))
            }
            Refusal::Joined => {
                let detail = "Two of your conversations were joined. The new link was sent to your e-mail address.";
                Self::new(StatusCode::GONE, "joined", detail)
            }
            Refusal::Merging => Self::conflict("merging", "It is being merged in this very moment. Try again, please."),
            Refusal::NotMerged => {
                let detail = "The two could not be merged, and both are as they were. Try again later, please.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_merged", detail)
            }
            Refusal::IllegalTransition { from, to } => {
                let detail = format!("A conversation that is {} cannot become {}.", from.name(), to.name());
                Self::conflict("illegal_transition", &detail).with("conversation_status", json!(from))
            }
            Refusal::AtCapacity { open, limit } => {
                let detail = format!("That person has {open} conversations and may have {limit}.");
                Self::conflict("at_capacity", &detail).with("open", json!(open)).with("limit", json!(limit))
            }
            Refusal::NotAssignable => {
                let detail = "Conversations cannot be assigned to this person.";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_assignable", detail)
            }
            Refusal::Invalid { field, detail, fault } => Self::new(StatusCode::UNPROCESSABLE_ENTITY, &fault, &detail)
                .with("errors", json!([{ "field": field, "code": fault, "detail": detail }])),
            Refusal::TooOften { retry_after } => Self::too_often(retry_after),
            Refusal::TooManyUploads { retry_after } => {
                let detail = "So many files came in today that no more are taken in. Please try again later.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_uploads", detail)
                    .with("retry_after", json!(retry_after))
            }
            Refusal::TranslationOff => Self::conflict(
                "translation_off",
                "Messages are not translated here. An administrator can switch it on.",
            ),
            Refusal::TranslationUnavailable { retry_after } => {
                let detail = "The translation is not to be had just now. The message stays as it was written.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "translation_unavailable", detail)
                    .with("retry_after", json!(retry_after))
            }
            Refusal::ClientIdReused => {
                Self::conflict("client_id_reused", "This client_id was used for something else before.")
            }
        }
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        Refusal::from(denied).into()
    }
}

impl From<Vec<FieldError>> for Problem {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::invalid(errors)
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::invalid(vec![error])
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Guarded(db::NO_FREE_SEAT) => {
                Self::conflict("no_free_seat", "All seats are taken. Free one, or have more of them.")
            }
            StoreError::Guarded(db::LAST_OWNER) => {
                let detail = "The company would have no owner any more. Make somebody else an owner first.";
                Self::conflict("last_owner", detail)
            }
            StoreError::Guarded(db::CLIENT_ID_REUSED) => Refusal::ClientIdReused.into(),
            StoreError::Guarded(guard) => {
                Self::conflict(guard, "Somebody changed this in the meantime. Look again, please.")
            }
            other => Self::internal("store", &other),
        }
    }
}

impl From<worker::Error> for Problem {
    fn from(error: worker::Error) -> Self {
        Self::internal("runtime", &error)
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        Self::internal("json", &error)
    }
}

/// 405, where a path exists but the method does not.
pub fn method_not_allowed(response: &Response) -> Response {
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "This cannot be done here.");
    let mut answer = problem.into_response();
    if let Some(allow) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allow.clone());
    }
    answer
}
