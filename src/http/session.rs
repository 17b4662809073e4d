//! Who calls: sessions of people, links of customers, and the guard against other sites.

use super::problem::Problem;
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, AuditId, CompanyId, ConversationId, SessionId, UserId};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, ScopeSet, permit, permit_member, relation_between, scope_of};
use crate::domain::time::Instant;
use crate::effects::mail::link_keys;
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::objects::cut::Holder;
use crate::platform::keyring::Keyring;
use crate::platform::links::CustomerLink;
use crate::platform::{clock, random, session_token};
use crate::store::agents::{self, AgentRecord};
use crate::store::audit::{self, Deed, Doer};
use crate::store::callers::{self, Caller, Company, SignedIn, Where};
use crate::store::db::{self, StoreResult};
use axum::extract::{FromRequestParts, Path};
use http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, SET_COOKIE, UPGRADE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method};
use std::collections::HashMap;
use std::sync::Arc;
use worker::send::SendFuture;
use worker::{Context, D1Database, D1PreparedStatement, Env};

/// The secret that holds the key ring of sessions.
const SESSION_KEYS: &str = "SESSION_KEYS";
/// Seconds for which a browser keeps the cookie of a conversation.
const CUSTOMER_COOKIE_SECONDS: i64 = 180 * 86_400;

/// The environment of a request, with its clock read once.
#[derive(Clone)]
pub struct Here {
    pub env: Env,
    pub now: Instant,
    context: Option<Arc<Context>>,
    secure: bool,
    user_agent: String,
    address: String,
}

/// A signed-in person, whatever the company.
pub struct Person {
    pub here: Here,
    pub db: D1Database,
    pub signed_in: SignedIn,
}

/// A member of the company that the path names.
pub struct AtCompany {
    pub here: Here,
    pub db: D1Database,
    pub signed_in: SignedIn,
    pub company: Company,
    pub member: Member,
}

/// A member at another member of the company that the path names, whom he may see.
pub struct AtAgent {
    pub at: AtCompany,
    pub target: AgentRecord,
}

/// A member at a thing of the company that the path names.
pub struct AtThing<T> {
    pub at: AtCompany,
    pub thing: T,
}

/// Something of a company's that a path names by `{id}`.
pub trait Thing: Sized {
    /// The thing, if the company has it and the member may know of it.
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem>;
}

/// A member at a conversation of the company that the path names, which he may see.
pub struct AtConversation {
    pub at: AtCompany,
    pub id: ConversationId,
}

/// Like [`AtConversation`], for those who may be dealt what they do not see yet: it exists, no more.
pub struct NearConversation {
    pub at: AtCompany,
    pub id: ConversationId,
}

/// Whoever holds the link of the conversation that the path names.
pub struct Customer {
    pub here: Here,
    pub link: CustomerLink,
}

impl Here {
    /// The browser, as it calls itself.
    pub fn user_agent(&self) -> &str {
        &self.user_agent
    }

    /// Does something after the answer has gone out: how long it takes tells nobody anything.
    pub fn afterwards(&self, work: impl Future<Output = ()> + 'static) {
        match &self.context {
            Some(context) => context.wait_until(work),
            None => worker::wasm_bindgen_futures::spawn_local(work),
        }
    }

    /// Whoever does something here, for the audit trail.
    pub fn doer(&self, agent: Option<AgentId>, name: &str) -> Doer {
        let (address, user_agent) = (self.address.clone(), self.user_agent.clone());
        Doer { agent, name: name.to_owned(), address, user_agent }
    }

    /// A new id for a line of the audit trail.
    pub fn audit_id(&self) -> AuditId {
        AuditId::new(random::id(self.now))
    }

    /// The cookie that carries a session.
    ///
    /// # Errors
    /// When the token cannot be a cookie, which is a fault of ours.
    pub fn session_cookie(&self, token: &str) -> Result<(http::HeaderName, HeaderValue), Problem> {
        self.cookie(SESSION_COOKIE, token, session_token::LIFETIME.as_seconds())
    }

    /// The cookie that ends a session in the browser.
    ///
    /// # Errors
    /// Never in practice.
    pub fn no_session_cookie(&self) -> Result<(http::HeaderName, HeaderValue), Problem> {
        self.cookie(SESSION_COOKIE, "", 0)
    }

    /// The cookie that carries a customer's secret for one conversation.
    ///
    /// # Errors
    /// When the secret cannot be a cookie.
    pub fn customer_cookie(
        &self,
        conversation: ConversationId,
        secret: &str,
    ) -> Result<(http::HeaderName, HeaderValue), Problem> {
        self.cookie(&customer_cookie_name(conversation), secret, CUSTOMER_COOKIE_SECONDS)
    }

    /// The cookies of a customer who writes in the chat window on another site: of this conversation, and of the one that
    /// goes on when he comes back. They are kept for that site alone, and need no more than that third parties may
    /// keep cookies apart (CHIPS).
    ///
    /// # Errors
    /// When the secret cannot be a cookie.
    pub fn framed_cookies(
        &self,
        company: CompanyId,
        conversation: ConversationId,
        secret: &str,
    ) -> Result<[(http::HeaderName, HeaderValue); 2], Problem> {
        let prefix = if self.secure { "__Host-" } else { "" };
        let cookie = |name: &str| {
            let cookie = format!(
                "{prefix}{name}={secret}; Path=/; Max-Age={CUSTOMER_COOKIE_SECONDS}; HttpOnly; SameSite=None; Secure; \
                 Partitioned"
            );
            HeaderValue::from_str(&cookie).map_err(|error| Problem::internal("cookie", &error))
        };
        let (one, current) = (cookie(&customer_cookie_name(conversation))?, cookie(&chat_cookie_name(company))?);
        Ok([(SET_COOKIE, one), (SET_COOKIE, current)])
    }

    /// What opens the conversation that goes on in a company's chat window.
    #[must_use]
    pub fn current_chat(&self, headers: &HeaderMap, company: CompanyId) -> Option<CustomerLink> {
        let secret = self.read_cookie(headers, &chat_cookie_name(company))?;
        CustomerLink::verify(&link_keys(&self.env).ok()?, secret)
    }

    /// The address that asks, as the edge knows it.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        Some(self.address.as_str()).filter(|address| !address.is_empty())
    }

    /// Signs a session's token.
    ///
    /// # Errors
    /// When the deployment has no session keys.
    pub fn sign_session(&self, user: UserId, session: SessionId) -> Result<String, Problem> {
        session_token::sign(&self.session_keys()?, user, session, self.now)
            .map_err(|error| Problem::internal("session", &error))
    }

    /// The keys of sessions.
    ///
    /// # Errors
    /// When the deployment has none.
    pub fn session_keys(&self) -> Result<Keyring, Problem> {
        Keyring::of(&self.env, SESSION_KEYS).map_err(|error| Problem::internal("session", &error))
    }

    /// On plain-HTTP localhost the name loses its prefix, which browsers accept from HTTPS only.
    fn cookie(&self, name: &str, value: &str, max_age: i64) -> Result<(http::HeaderName, HeaderValue), Problem> {
        let (prefix, secure) = if self.secure { ("__Host-", "; Secure") } else { ("", "") };
        let cookie = format!("{prefix}{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}");
        let value = HeaderValue::from_str(&cookie).map_err(|error| Problem::internal("cookie", &error))?;
        Ok((SET_COOKIE, value))
    }

    fn read_cookie<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        let prefix = if self.secure { "__Host-" } else { "" };
        let cookies = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies.flat_map(|line| line.split(';')).find_map(|cookie| {
            let (key, value) = cookie.trim().split_once('=')?;
            (key.strip_prefix(prefix) == Some(name)).then_some(value)
        })
    }
}

/// The cookie of a session, without its prefix.
const SESSION_COOKIE: &str = "edgedesk";

fn customer_cookie_name(conversation: ConversationId) -> String {
    format!("edgedesk-{conversation}")
}

fn chat_cookie_name(company: CompanyId) -> String {
    format!("edgedesk-chat-{company}")
}

impl<S: Send + Sync> FromRequestParts<S> for Here {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let env = parts.extensions.get::<Env>().cloned();
        let env = env.ok_or_else(|| Problem::internal("request", &"the request has no environment"))?;
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Set by Cloudflare's edge; what a client claims in X-Forwarded-For counts for nothing.
        let address = parts.headers.get("cf-connecting-ip").and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            env,
            now: clock::now(),
            context: parts.extensions.get::<Arc<Context>>().cloned(),
            secure: parts.uri.scheme_str() == Some("https"),
            user_agent: user_agent.to_owned(),
            address: address.to_owned(),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let (here, db, caller) = SendFuture::new(caller(parts, None, None)).await?;
        if !caller.signed_in.welcome {
            return Err(Problem::not_signed_in());
        }
        Ok(Self { here, db, signed_in: caller.signed_in })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AtCompany {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        SendFuture::new(at_company(parts, None)).await.map(|(at, _)| at)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AtAgent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        SendFuture::new(at_agent(parts)).await
    }
}

impl<T: Thing + Send, S: Send + Sync> FromRequestParts<S> for AtThing<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        SendFuture::new(at_thing(parts)).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AtConversation {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        SendFuture::new(at_conversation(parts)).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for NearConversation {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let id = conversation_id(parts).await?;
        let (at, relation) = SendFuture::new(at_company(parts, Some(id))).await?;
        let relation = relation.ok_or_else(Problem::not_found)?;
        if !scope_of(&at.member, Capability::ConversationAssignSelf).meets(relation) {
            SendFuture::new(require_visible(&at, id, relation)).await?;
        }
        Ok(Self { at, id })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Customer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let here = Here::from_request_parts(parts, state).await?;
        let id = conversation_id(parts).await?;
        let bearer = bearer(&parts.headers);
        let secret = bearer.or_else(|| here.read_cookie(&parts.headers, &customer_cookie_name(id)));
        let keys = link_keys(&here.env).map_err(|error| Problem::internal("link", &error))?;
        let link = secret.and_then(|secret| CustomerLink::verify(&keys, secret));
        let Some(link) = link.filter(|link| link.conversation == id) else {
            return Err(match secret {
                Some(_) => SendFuture::new(here.wrong_secret()).await,
                None => Problem::not_found(),
            });
        };
        if bearer.is_none() {
            guard_against_other_sites(parts)?;
        }
        Ok(Self { here, link })
    }
}

impl Customer {
    /// The customer as the conversation knows him.
    pub fn actor(&self) -> Actor {
        Actor::Customer { link_version: self.link.version }
    }
}

impl AtCompany {
    /// Whose sockets these are, and since when what he may do is known.
    pub fn holder(&self) -> Holder {
        Holder { session: self.signed_in.session, agent: self.member.id, checked_at: self.here.now }
    }

    /// The line of the audit trail for something that the caller does.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn audit(&self, deed: &Deed) -> StoreResult<D1PreparedStatement> {
        let doer = self.here.doer(Some(self.member.id), &self.member.name);
        audit::insert(&self.db, self.here.audit_id(), self.company.id, &doer, deed, self.here.now)
    }

    /// Refuses whoever is kept to one section.
    ///
    /// # Errors
    /// 404: to him there is nothing else.
    pub fn require_unconfined(&self) -> Result<(), Problem> {
        if self.member.is_confined() { Err(Problem::not_found()) } else { Ok(()) }
    }
}

impl AtAgent {
    /// Whether the caller may do this to that member.
    ///
    /// # Errors
    /// 403 when his role does not let him.
    pub fn permit(&self, capability: Capability) -> Result<(), Problem> {
        let relation = relation_between(&self.at.member, &self.target.member);
        Ok(permit_member(&self.at.member, capability, relation)?)
    }
}

async fn at_agent(parts: &mut Parts) -> Result<AtAgent, Problem> {
    let id = path(parts).await?.get("id").and_then(|id| AgentId::parse(id)).ok_or_else(Problem::not_found)?;
    let (at, _) = at_company(parts, None).await?;
    let target = agents::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    at.require_unconfined()?;
    let here = AtAgent { at, target };
    if here.target.member.id != here.at.member.id {
        here.permit(Capability::AgentList)?;
    }
    Ok(here)
}

async fn at_thing<T: Thing>(parts: &mut Parts) -> Result<AtThing<T>, Problem> {
    let id = path(parts).await?.remove("id").ok_or_else(Problem::not_found)?;
    let (at, _) = at_company(parts, None).await?;
    at.require_unconfined()?;
    let thing = T::find(&at, &id).await?.ok_or_else(Problem::not_found)?;
    Ok(AtThing { at, thing })
}

async fn at_conversation(parts: &mut Parts) -> Result<AtConversation, Problem> {
    let id = conversation_id(parts).await?;
    let (at, relation) = at_company(parts, Some(id)).await?;
    require_visible(&at, id, relation.ok_or_else(Problem::not_found)?).await?;
    Ok(AtConversation { at, id })
}

/// 404 to whoever may not see the conversation. The index may be a moment behind: where it says no, the conversation
/// itself has the last word.
async fn require_visible(at: &AtCompany, id: ConversationId, relation: ScopeSet) -> Result<(), Problem> {
    if permit(&at.member, Capability::ConversationView, relation).is_ok() {
        return Ok(());
    }
    let request = ConversationRequest::Read { actor: Actor::Agent(at.member.clone()) };
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
        Answer::Done(_) => Ok(()),
        Answer::Refused(refusal) => Err(refusal.into()),
    }
}

async fn at_company(
    parts: &mut Parts,
    conversation: Option<ConversationId>,
) -> Result<(AtCompany, Option<ScopeSet>), Problem> {
    let slug = path(parts).await?.remove("company").ok_or_else(Problem::not_found)?;
    let (here, db, caller) = caller(parts, Some(&slug), conversation).await?;
    let Caller { signed_in, place, conversation } = caller;
    let (company, member) = match place {
        Where::Inside(inside) => *inside,
        Where::Outside => return Err(Problem::not_found()),
        Where::ShutOut => return Err(Problem::not_signed_in()),
        Where::MustChangePassword => return Err(Problem::password_change_required()),
    };
    Ok((AtCompany { here, db, signed_in, company, member }, conversation))
}

/// Session, membership and conversation: one signature, one query.
async fn caller(
    parts: &mut Parts,
    company: Option<&str>,
    conversation: Option<ConversationId>,
) -> Result<(Here, D1Database, Caller), Problem> {
    let here = Here::from_request_parts(parts, &()).await?;
    let bearer = bearer(&parts.headers);
    let token = bearer.or_else(|| here.read_cookie(&parts.headers, SESSION_COOKIE));
    let session = token.and_then(|token| Some(session_token::verify(&here.session_keys().ok()?, token, here.now)));
    let session = session.flatten().ok_or_else(Problem::not_signed_in)?;
    let db = db::open(&here.env)?;
    let caller = callers::find(&db, session, company, conversation, here.now).await?;
    let caller = caller.ok_or_else(Problem::not_signed_in)?;
    if bearer.is_none() {
        guard_against_other_sites(parts)?;
    }
    Ok((here, db, caller))
}

/// A cookie travels with requests that other sites make: an unsafe one, or a socket, has to come from ourselves.
///
/// # Errors
/// 403 when it does not, or does not say.
pub fn guard_against_other_sites(parts: &Parts) -> Result<(), Problem> {
    let socket = parts.headers.contains_key(UPGRADE);
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) && !socket {
        return Ok(());
    }
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let ours = match (header("sec-fetch-site"), header(ORIGIN.as_str())) {
        (Some(site), _) if !socket => site == "same-origin",
        (_, Some(origin)) => header(HOST.as_str())
            .is_some_and(|host| origin.split_once("://").is_some_and(|(_, authority)| authority == host)),
        (site, None) => site == Some("same-origin"),
    };
    if ours { Ok(()) } else { Err(Problem::cross_site()) }
}

/// The token that a request carries in its header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn conversation_id(parts: &mut Parts) -> Result<ConversationId, Problem> {
    path(parts).await?.get("id").and_then(|id| ConversationId::parse(id)).ok_or_else(Problem::not_found)
}

async fn path(parts: &mut Parts) -> Result<HashMap<String, String>, Problem> {
    let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
    path.map(|Path(path)| path).map_err(|_| Problem::not_found())
}
