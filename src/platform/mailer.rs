//! Sending mail through the `send_email` binding. On a developer's machine every mail is also kept for `/dev/mail`.

use super::{clock, settings};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::{Either, select};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use wasm_bindgen::JsValue;
use worker::email::{EmailAttachment, SendEmailBuilder};
use worker::{Delay, Env};
use worker_kv::KvStore;

/// The binding of `wrangler.toml`.
const BINDING: &str = "EMAIL";
/// A transport that has not answered by then is given up: what else is owed waits for it meanwhile.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where mails of a developer's machine are kept.
const KEPT_IN: &str = "CACHE";
const KEPT_PREFIX: &str = "dev-mail:";
/// Seconds for which they are kept.
const KEPT_FOR: u64 = 86_400;

/// One mail to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
}

/// A file that goes with a mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    pub name: String,
    pub media_type: String,
    /// In base64.
    pub content: String,
}

impl Enclosure {
    /// A file of these bytes.
    #[must_use]
    pub fn new(name: String, media_type: &str, bytes: &[u8]) -> Self {
        Self { name, media_type: media_type.to_owned(), content: STANDARD.encode(bytes) }
    }

    fn attachment(&self) -> Result<EmailAttachment, String> {
        let bytes = STANDARD.decode(&self.content).map_err(|error| error.to_string())?;
        let bytes = js_sys::Uint8Array::from(bytes.as_slice());
        Ok(EmailAttachment::new_attachment_with_typed_array(&self.name, &self.media_type, &bytes))
    }
}

/// A mail that a developer's machine kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptMail {
    pub at: crate::domain::time::Instant,
    #[serde(flatten)]
    pub mail: Mail,
}

/// Hands a mail to the transport.
///
/// # Errors
/// What the transport said, if anything; the mail may be tried again.
pub async fn send(env: &Env, mail: &Mail) -> Result<(), String> {
    let enclosures = mail.enclosures.iter().map(Enclosure::attachment).collect::<Result<Vec<_>, _>>()?;
    let mut message =
        SendEmailBuilder::builder(&settings::mail_from(env), &mail.to, &mail.subject).text(&mail.text).html(&mail.html);
    if !enclosures.is_empty() {
        message = message.attachments(&enclosures);
    }
    let message = message.build();
    let transport = env.send_email(BINDING).map_err(|error| error.to_string())?;
    let sent = std::pin::pin!(transport.send_with_builder(&message));
    match select(sent, Delay::from(PATIENCE)).await {
        Either::Left((sent, _)) => sent.map_err(|error| describe(error.into()))?,
        Either::Right(((), _)) => return Err("no answer".to_owned()),
    };
    if settings::is_local(env) {
        keep(env, mail).await?;
    }
    Ok(())
}

/// The mails that a developer's machine kept, newest first.
///
/// # Errors
/// When they cannot be read.
pub async fn kept(env: &Env) -> Result<Vec<KeptMail>, String> {
    const MOST: usize = 100;
    let store = kept_mails(env)?;
    let list = store.list().prefix(KEPT_PREFIX.to_owned()).execute().await.map_err(|error| error.to_string())?;
    let mut mails = Vec::new();
    for key in list.keys.iter().take(MOST) {
        mails.extend(store.get(&key.name).json::<KeptMail>().await.map_err(|error| error.to_string())?);
    }
    Ok(mails)
}

async fn keep(env: &Env, mail: &Mail) -> Result<(), String> {
    let at = clock::now();
    // Keys sort upwards, so the newest mail gets the smallest.
    let newest_first = i64::MAX.saturating_sub(at.as_millis());
    let key = format!("{KEPT_PREFIX}{newest_first:019}:{}", super::random::token());
    let kept = KeptMail { at, mail: mail.clone() };
    kept_mails(env)?
        .put(&key, serde_json::to_string(&kept).map_err(|error| error.to_string())?)
        .map_err(|error| error.to_string())?
        .expiration_ttl(KEPT_FOR)
        .execute()
        .await
        .map_err(|error| error.to_string())
}

fn kept_mails(env: &Env) -> Result<KvStore, String> {
    KvStore::from_this(env.as_ref(), KEPT_IN).map_err(|error| error.to_string())
}

fn describe(error: JsValue) -> String {
    error.as_string().unwrap_or_else(|| format!("{error:?}"))
}
