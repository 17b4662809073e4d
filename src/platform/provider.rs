//! Who takes card payments: Stripe, where the deployment has a key of its; a page of our own on a developer's machine, which
//! behaves as Stripe does; nobody otherwise.

use super::{settings, stripe};
use crate::platform::stripe::{Fault, NewSession, Session};
use worker::Env;

/// The secret key, and the secret that webhooks are signed with.
const KEY: &str = "STRIPE_SECRET_KEY";
const WEBHOOK_SECRET: &str = "STRIPE_WEBHOOK_SECRET";
/// Where Stripe is, for tests.
const API: &str = "STRIPE_API";
/// Signs what our own page sends: nobody else's machine listens to it.
const LOCAL_SECRET: &str = "whsec_local_machine_only";
/// What sessions of our own page are called by.
const LOCAL_PREFIX: &str = "local_";

/// Whoever takes card payments.
pub enum Provider {
    Stripe { api: String, key: String, webhook_secret: String },
    Local { origin: String },
}

impl Provider {
    /// The deployment's, if it has one.
    #[must_use]
    pub fn of(env: &Env) -> Option<Self> {
        let secret =
            |name: &str| env.secret(name).map(|value| value.to_string()).ok().filter(|value| !value.is_empty());
        match (secret(KEY), secret(WEBHOOK_SECRET)) {
            (Some(key), Some(webhook_secret)) => {
                let api = env.var(API).map_or_else(|_| stripe::API.to_owned(), |api| api.to_string());
                Some(Self::Stripe { api, key, webhook_secret })
            }
            _ if settings::is_local(env) => Some(Self::Local { origin: settings::public_origin(env) }),
            _ => None,
        }
    }

    /// Opens a page on which somebody pays.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn open(&self, session: &NewSession<'_>) -> Result<Session, Fault> {
        match self {
            Self::Stripe { api, key, .. } => stripe::open(api, key, session).await,
            Self::Local { origin } => {
                let id = format!("{LOCAL_PREFIX}{}", session.payment);
                Ok(Session { url: format!("{origin}/dev/pay/{id}"), id })
            }
        }
    }

    /// Closes a page, so that nobody pays on it any more.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn close(&self, session: &str) -> Result<(), Fault> {
        match self {
            Self::Stripe { api, key, .. } => stripe::expire(api, key, session).await,
            Self::Local { .. } => Ok(()),
        }
    }

    /// The secret that its webhooks are signed with.
    #[must_use]
    pub fn webhook_secret(&self) -> &str {
        match self {
            Self::Stripe { webhook_secret, .. } => webhook_secret,
            Self::Local { .. } => LOCAL_SECRET,
        }
    }

    /// Whether it is our own page.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        matches!(self, Self::Local { .. })
    }
}
