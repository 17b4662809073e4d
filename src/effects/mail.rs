//! Mails to a conversation's customer. They carry the link and nothing that anybody typed: neither a stranger's words to an address
//! he merely named, nor an answer that the next reader of the mailbox should not see.

use crate::domain::conversation::state::State;
use crate::domain::conversation::status::Status;
use crate::domain::time::Span;
use crate::pages::mails;
use crate::pages::words::Language;
use crate::platform::keyring::Keyring;
use crate::platform::links::CustomerLink;
use crate::platform::mailer;
use crate::platform::{clock, settings};
use crate::store::profiles::{self, Profile};
use crate::store::{conversations, db};
use worker::{D1Database, Env};

/// Links that one address is mailed by one company within [`SHARE_LASTS`], at most.
const SHARE: u32 = 5;
/// An hour, backwards.
const SHARE_LASTS: Span = Span::seconds(-3_600);

/// The secret that holds the key ring of customers' links.
pub const LINK_KEYS: &str = "LINK_KEYS";

/// Why a mail is owed to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// The conversation was started: here is its link.
    Opened,
    /// An agent started the conversation: here is its link.
    Started,
    /// An agent answered while the customer was away.
    Answered,
    /// The conversation is about to be closed: is it solved?
    Reminded,
    /// The link was replaced: here is the new one.
    LinkReplaced,
}

impl Occasion {
    /// The name under which the outbox keeps it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Started => "started",
            Self::Answered => "answered",
            Self::Reminded => "reminded",
            Self::LinkReplaced => "link_replaced",
        }
    }

    /// The occasion of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.name() == name)
    }

    const ALL: [Self; 5] = [Self::Opened, Self::Started, Self::Answered, Self::Reminded, Self::LinkReplaced];
}

/// Sends the mail of an occasion.
///
/// # Errors
/// What failed; the conversation tries again.
pub async fn deliver(env: &Env, state: &State, occasion: Occasion) -> Result<(), String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    let profile = profiles::of_company(&db, state.company_id).await.map_err(|error| error.to_string())?;
    let Some(profile) = profile else { return Ok(()) };
    // Its links open nothing any more; the conversation that it goes on in mails its own.
    if state.merged_into.is_some() {
        return Ok(());
    }
    if occasion == Occasion::Reminded && state.status != Status::Pending {
        return Ok(());
    }
    if occasion == Occasion::Opened && too_many(&db, state).await? {
        return Ok(());
    }
    let link = customer_url(env, &profile.slug, state)?;
    let language = language_of(&state.language, &profile);
    let words = &language.words().mails;
    let kind = match occasion {
        Occasion::Opened => &words.opened,
        Occasion::Started => &words.started,
        Occasion::Reminded => &words.reminded,
        Occasion::LinkReplaced => &words.replaced,
        _ => &words.answered,
    };
    let mail = mails::to_customer(language, kind, &state.contact.email, &profile.name, &link)?;
    mailer::send(env, &mail).await
}

/// The language in which a customer is written to: his own, where it is one of ours, else his company's.
fn language_of(own: &str, company: &Profile) -> Language {
    Language::of(own).or_else(|| Language::of(&company.language)).unwrap_or(Language::English)
}

/// Whether the address has had its share of links this hour: a stranger may name it as often as he likes.
async fn too_many(db: &D1Database, state: &State) -> Result<bool, String> {
    let begun = conversations::begun_since(db, state.contact.id, clock::now().after(SHARE_LASTS), state.id).await;
    begun.map(|begun| begun > SHARE).map_err(|error| error.to_string())
}

/// The link that opens a conversation for its customer.
///
/// # Errors
/// When the deployment has no link keys.
pub fn customer_url(env: &Env, slug: &str, state: &State) -> Result<String, String> {
    let link = CustomerLink { conversation: state.id, version: state.link_version };
    Ok(format!("{}/{slug}/c/{}", settings::public_origin(env), link.secret(&link_keys(env)?)))
}

/// The key ring of customers' links.
///
/// # Errors
/// When the secret is missing or malformed.
pub fn link_keys(env: &Env) -> Result<Keyring, String> {
    Keyring::of(env, LINK_KEYS)
}
