//! Files: what is known of them in D1, their bytes in R2, under the company and their own hash.

use super::db::{self, StoreError, StoreResult, statement};
use crate::domain::id::{CompanyId, FileId};
use crate::domain::time::Instant;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{D1Database, D1PreparedStatement, Env};

/// The binding of `wrangler.toml`.
const BINDING: &str = "FILES";

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A company's logo: for everybody.
    Logo,
    /// An agent's photograph: for everybody.
    Photo,
    /// What an agent attached to his description: for his colleagues.
    Description,
}

impl Purpose {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Photo => "photo",
            Self::Description => "description",
        }
    }
}

/// A file to be kept.
pub struct NewFile<'a> {
    pub id: FileId,
    pub company: CompanyId,
    pub purpose: Purpose,
    pub name: &'a str,
    /// As sniffed.
    pub kind: &'a str,
    pub bytes: Vec<u8>,
}

/// A picture of something in the catalogue.
pub struct NewPicture<'a> {
    pub id: FileId,
    pub company: CompanyId,
    /// As sniffed.
    pub kind: &'a str,
    pub bytes: Vec<u8>,
}

/// What is known of a file.
#[derive(Clone, Debug, Deserialize)]
pub struct File {
    pub company_id: CompanyId,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub hash: String,
}

/// Where anybody finds a logo or a photograph.
#[must_use]
pub fn public_url(id: FileId) -> String {
    format!("/api/public/files/{id}")
}

/// Keeps the bytes of a file, and answers the statement that makes it known.
///
/// # Errors
/// When the bucket fails.
pub async fn keep(env: &Env, db: &D1Database, file: NewFile<'_>, now: Instant) -> StoreResult<D1PreparedStatement> {
    let size = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
    let hash = keep_bytes(env, file.company, file.bytes).await?;
    let sql = "INSERT INTO files (id, company_id, purpose, name, type, size, hash, created_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = vec![
        file.id.into(),
        file.company.into(),
        file.purpose.name().into(),
        file.name.into(),
        file.kind.into(),
        size.into(),
        hash.into(),
        now.into(),
    ];
    statement(db, sql, values)
}

/// Keeps bytes under a company and their own hash, which it answers.
///
/// # Errors
/// When the bucket fails.
pub async fn keep_bytes(env: &Env, company: CompanyId, bytes: Vec<u8>) -> StoreResult<String> {
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    env.bucket(BINDING)?.put(key(company, &hash), bytes).execute().await?;
    Ok(hash)
}

/// A logo or a photograph that somebody still shows, or a picture of something that is or was sold.
///
/// # Errors
/// When the database fails.
pub async fn public(db: &D1Database, id: FileId) -> StoreResult<Option<File>> {
    let sql = "SELECT company_id, name, type, hash FROM files WHERE id = ?1 AND purpose IN ('logo', 'photo') \
               AND (EXISTS (SELECT 1 FROM companies WHERE logo_id = ?1) \
                 OR EXISTS (SELECT 1 FROM memberships m WHERE m.photo_id = ?1 AND m.company_id = files.company_id)) \
               UNION ALL SELECT company_id, 'picture', type, hash FROM catalog_pictures WHERE id = ?1";
    db::first(db, sql, vec![id.into()]).await
}

/// A file of a company that somebody still shows, whatever it is for.
///
/// # Errors
/// When the database fails.
pub async fn of_company(db: &D1Database, company: CompanyId, id: FileId) -> StoreResult<Option<File>> {
    let sql = "SELECT company_id, name, type, hash FROM files WHERE id = ?1 AND company_id = ?2 \
               AND (EXISTS (SELECT 1 FROM companies WHERE id = ?2 AND logo_id = ?1) \
                 OR EXISTS (SELECT 1 FROM memberships m WHERE m.company_id = ?2 AND m.status <> 'removed' \
                   AND ?1 IN (m.photo_id, m.description_file_id)))";
    db::first(db, sql, vec![id.into(), company.into()]).await
}

/// The bytes of a file; none when the bucket has lost them.
///
/// # Errors
/// When the bucket fails.
pub async fn bytes(env: &Env, file: &File) -> StoreResult<Option<Vec<u8>>> {
    let object = env.bucket(BINDING)?.get(key(file.company_id, &file.hash)).execute().await?;
    let Some(object) = object else { return Ok(None) };
    let body = object.body().ok_or_else(|| StoreError::Broken("a file has no bytes".to_owned()))?;
    Ok(Some(body.bytes().await?))
}

/// Whether the bucket answers.
///
/// # Errors
/// When it does not.
pub async fn answers(env: &Env) -> StoreResult<()> {
    env.bucket(BINDING)?.head("readiness").await.map(drop).map_err(StoreError::from)
}

fn key(company: CompanyId, hash: &str) -> String {
    format!("{company}/{hash}")
}
