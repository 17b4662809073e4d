//! A company's public face, cached in KV: it may be a minute old, and only looks, and the patience of conversations begun meanwhile,
//! depend on it.

use super::companies::{TERMS, TermsRow, WIDGET, WidgetRow};
use super::db::{self, StoreError, StoreResult};
use crate::domain::conversation::terms::Terms;
use crate::domain::id::{CompanyId, ConversationId, FileId};
use crate::domain::people::hours::Calendar;
use crate::domain::people::widget::Widget;
use serde::{Deserialize, Serialize};
use worker::{D1Database, Env};
use worker_kv::KvStore;

/// The binding of `wrangler.toml`.
const BINDING: &str = "CACHE";
/// The company that has a slug, else the one that had it last.
const AT_SLUG: &str = "id = COALESCE((SELECT id FROM companies WHERE slug = ?1), \
     (SELECT company_id FROM former_slugs WHERE slug = ?1))";
/// Seconds after which the copy is fetched anew.
const KEPT_FOR: u64 = 60;

/// What anybody may know of a company.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    pub id: CompanyId,
    pub slug: String,
    pub name: String,
    pub description: String,
    #[serde(default)]
    pub logo_url: Option<String>,
    /// In which it speaks to customers whose own language is not known, or none of ours.
    pub language: String,
    pub time_zone: String,
    /// When it answers; without hours where it has not said.
    pub calendar: Calendar,
    pub terms: Terms,
    pub widget: Widget,
}

/// The profile of the company at a slug that it has or had, perhaps a minute old.
///
/// # Errors
/// When the database fails; a failing cache only costs time.
pub async fn of_slug(env: &Env, slug: &str) -> StoreResult<Option<Profile>> {
    if let Some(profile) = cached(env, slug).await {
        return Ok(Some(profile));
    }
    let profile = read(&db::open(env)?, AT_SLUG, slug).await?;
    if let Some(profile) = &profile {
        keep(env, slug, profile).await;
    }
    Ok(profile)
}

/// The profile of the company at a slug that it has or had, fresh.
///
/// # Errors
/// When the database fails.
pub async fn of_slug_now(db: &D1Database, slug: &str) -> StoreResult<Option<Profile>> {
    read(db, AT_SLUG, slug).await
}

/// The profile of a company, fresh.
///
/// # Errors
/// When the database fails.
pub async fn of_company(db: &D1Database, id: CompanyId) -> StoreResult<Option<Profile>> {
    read(db, "id = ?1", &id.to_string()).await
}

/// The profile of the company to which a conversation belongs, fresh.
///
/// # Errors
/// When the database fails.
pub async fn of_conversation(db: &D1Database, id: ConversationId) -> StoreResult<Option<Profile>> {
    read(db, "id = (SELECT company_id FROM conversations WHERE id = ?1)", &id.to_string()).await
}

/// Whether a company once had a slug, and links with it still lead to it.
///
/// # Errors
/// When the database fails.
pub async fn had_slug(db: &D1Database, company: CompanyId, slug: &str) -> StoreResult<bool> {
    let sql = "SELECT slug FROM former_slugs WHERE slug = ?1 AND company_id = ?2";
    Ok(db::first::<Former>(db, sql, vec![slug.into(), company.into()]).await?.is_some())
}

#[derive(Deserialize)]
struct Former {}

/// Drops the copy of a company that changed.
pub async fn forget(env: &Env, slug: &str) {
    if let Ok(store) = KvStore::from_this(env.as_ref(), BINDING) {
        let _stale_for_a_minute = store.delete(&key(slug)).await;
    }
}

async fn read(db: &D1Database, condition: &str, value: &str) -> StoreResult<Option<Profile>> {
    #[derive(Deserialize)]
    struct Row {
        id: CompanyId,
        slug: String,
        name: String,
        description: String,
        logo_id: Option<FileId>,
        language: String,
        time_zone: String,
        business_hours: String,
        holidays: String,
        #[serde(flatten)]
        terms: TermsRow,
        #[serde(flatten)]
        widget: WidgetRow,
    }
    let sql = format!(
        "SELECT id, slug, name, description, logo_id, language, time_zone, business_hours, holidays, {TERMS}, {WIDGET} \
         FROM companies WHERE {condition}"
    );
    let row: Option<Row> = db::first(db, &sql, vec![value.into()]).await?;
    row.map(|row| {
        Ok(Profile {
            id: row.id,
            slug: row.slug,
            name: row.name,
            description: row.description,
            logo_url: row.logo_id.map(super::files::public_url),
            terms: row.terms.read(),
            language: row.language,
            time_zone: row.time_zone,
            calendar: Calendar {
                hours: serde_json::from_str(&row.business_hours)?,
                holidays: serde_json::from_str(&row.holidays)?,
            },
            widget: row.widget.read()?,
        })
    })
    .transpose()
}

async fn cached(env: &Env, slug: &str) -> Option<Profile> {
    let store = KvStore::from_this(env.as_ref(), BINDING).ok()?;
    store.get(&key(slug)).json().await.ok()?
}

/// Whether the cache answers.
///
/// # Errors
/// When it does not.
pub async fn answers(env: &Env) -> StoreResult<()> {
    let store = KvStore::from_this(env.as_ref(), BINDING).map_err(broken)?;
    store.get("readiness").text().await.map(drop).map_err(broken)
}

fn broken(error: worker_kv::KvError) -> StoreError {
    StoreError::Broken(error.to_string())
}

async fn keep(env: &Env, slug: &str, profile: &Profile) {
    let Ok(store) = KvStore::from_this(env.as_ref(), BINDING) else { return };
    let Ok(text) = serde_json::to_string(profile) else { return };
    if let Ok(put) = store.put(&key(slug), text) {
        let _only_costs_time = put.expiration_ttl(KEPT_FOR).execute().await;
    }
}

fn key(slug: &str) -> String {
    format!("profile-5:{slug}")
}
