//! Logos, photographs, and files attached to descriptions: taken in, and given out so that a browser runs none of them.

use super::agents::deed;
use super::body::{Query, Upload};
use super::disposition::disposition;
use super::problem::{Answer, Problem};
use super::session::{AtCompany, Here};
use crate::domain::id::FileId;
use crate::domain::input;
use crate::domain::people::permission::{Capability, permit_company};
use crate::effects::revocation;
use crate::platform::{random, sniff};
use crate::store::audit::Deed;
use crate::store::db::Changes;
use crate::store::files::{File, NewFile, Purpose};
use crate::store::{companies, db, files, profiles};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Largest image, in bytes.
pub const IMAGE_BYTES: usize = 1_500 * 1_024;
/// Largest file attached to a description, in bytes.
pub const DESCRIPTION_FILE_BYTES: usize = 5 * 1_024 * 1_024;

/// An image that is shown.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Shown {
    url: String,
}

/// A file that is kept.
#[derive(Serialize, utoipa::ToSchema)]
pub struct KeptFile {
    id: FileId,
    name: String,
}

/// What a file is called.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileName {
    name: String,
}

/// Sets the company's logo: a PNG, JPEG, GIF or WebP.
#[utoipa::path(put, path = "/api/companies/{company}/logo", tag = "companies", params(("company" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Shown), (status = 415, description = "`no_image`")))]
#[worker::send]
pub async fn set_logo(at: AtCompany, upload: Upload<IMAGE_BYTES>) -> Answer<axum::Json<Shown>> {
    let kind = image(&upload.0)?;
    permit_company(&at.member, Capability::TenantBranding)?;
    let id = FileId::new(random::id(at.here.now));
    let file = NewFile { id, company: at.company.id, purpose: Purpose::Logo, name: "logo", kind, bytes: upload.0 };
    let statements = vec![
        files::keep(&at.here.env, &at.db, file, at.here.now).await?,
        companies::set_logo(&at.db, at.company.id, Some(id))?,
        at.audit(&company_deed(&at, "company.logo_set"))?,
    ];
    db::transaction(&at.db, statements).await?;
    profiles::forget(&at.here.env, &at.company.slug).await;
    Ok(axum::Json(Shown { url: files::public_url(id) }))
}

/// Removes the company's logo.
#[utoipa::path(delete, path = "/api/companies/{company}/logo", tag = "companies", params(("company" = String, Path)),
    responses((status = 204)))]
#[worker::send]
pub async fn remove_logo(at: AtCompany) -> Answer {
    permit_company(&at.member, Capability::TenantBranding)?;
    let deed = company_deed(&at, "company.logo_removed");
    let statements = vec![companies::set_logo(&at.db, at.company.id, None)?, at.audit(&deed)?];
    db::transaction(&at.db, statements).await?;
    profiles::forget(&at.here.env, &at.company.slug).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sets the caller's photograph: a PNG, JPEG, GIF or WebP.
#[utoipa::path(put, path = "/api/companies/{company}/me/photo", tag = "people", params(("company" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Shown), (status = 415, description = "`no_image`")))]
#[worker::send]
pub async fn set_photo(at: AtCompany, upload: Upload<IMAGE_BYTES>) -> Answer<axum::Json<Shown>> {
    let kind = image(&upload.0)?;
    let id = FileId::new(random::id(at.here.now));
    let file = NewFile { id, company: at.company.id, purpose: Purpose::Photo, name: "photo", kind, bytes: upload.0 };
    let kept = files::keep(&at.here.env, &at.db, file, at.here.now).await?;
    point(&at, Some(kept), "photo_id", Some(id), "agent.photo_set").await?;
    Ok(axum::Json(Shown { url: files::public_url(id) }))
}

/// Removes the caller's photograph.
#[utoipa::path(delete, path = "/api/companies/{company}/me/photo", tag = "people", params(("company" = String, Path)),
    responses((status = 204)))]
#[worker::send]
pub async fn remove_photo(at: AtCompany) -> Answer {
    point(&at, None, "photo_id", None, "agent.photo_removed").await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Attaches a file to the caller's description.
#[utoipa::path(put, path = "/api/companies/{company}/me/description-file", tag = "people",
    params(("company" = String, Path), FileName),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = KeptFile)))]
#[worker::send]
pub async fn set_description_file(
    at: AtCompany,
    Query(query): Query<FileName>,
    upload: Upload<DESCRIPTION_FILE_BYTES>,
) -> Answer<axum::Json<KeptFile>> {
    let name = input::line("name", &query.name)?;
    let id = FileId::new(random::id(at.here.now));
    let kind = sniff::image(&upload.0).unwrap_or("application/octet-stream");
    let (company, purpose, bytes) = (at.company.id, Purpose::Description, upload.0);
    let file = NewFile { id, company, purpose, name: &name, kind, bytes };
    let kept = files::keep(&at.here.env, &at.db, file, at.here.now).await?;
    point(&at, Some(kept), "description_file_id", Some(id), "agent.description_file_set").await?;
    Ok(axum::Json(KeptFile { id, name }))
}

/// Takes the file off the caller's description.
#[utoipa::path(delete, path = "/api/companies/{company}/me/description-file", tag = "people",
    params(("company" = String, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove_description_file(at: AtCompany) -> Answer {
    point(&at, None, "description_file_id", None, "agent.description_file_removed").await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A logo or a photograph, for whoever shows it.
#[utoipa::path(get, path = "/api/public/files/{id}", tag = "companies", params(("id" = FileId, Path)),
    responses((status = 200, description = "an image", content_type = "image/*")))]
#[worker::send]
pub async fn public(here: Here, Path(id): Path<String>) -> Answer {
    let db = db::open(&here.env)?;
    let id = FileId::parse(&id).ok_or_else(Problem::not_found)?;
    let file = files::public(&db, id).await?.ok_or_else(Problem::not_found)?;
    let mut response = bytes_of(&here, &file).await?;
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, &file.kind);
    set(headers, CACHE_CONTROL, "public, max-age=86400");
    Ok(response)
}

/// A file of the company's, as a download.
#[utoipa::path(get, path = "/api/companies/{company}/files/{id}", tag = "people",
    params(("company" = String, Path), ("id" = FileId, Path)),
    responses((status = 200, description = "a download", content_type = "application/octet-stream")))]
#[worker::send]
pub async fn download(at: AtCompany, Path((_, id)): Path<(String, String)>) -> Answer {
    at.require_unconfined()?;
    let id = FileId::parse(&id).ok_or_else(Problem::not_found)?;
    let file = files::of_company(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)?;
    let mut response = bytes_of(&at.here, &file).await?;
    let headers = response.headers_mut();
    set(headers, CONTENT_TYPE, "application/octet-stream");
    headers.insert(CONTENT_DISPOSITION, disposition(false, &file.name));
    Ok(response)
}

/// What kind of image it is.
///
/// # Errors
/// 415 when it is none that browsers show.
pub fn image(bytes: &[u8]) -> Answer<&'static str> {
    let detail = "Send a PNG, JPEG, GIF or WebP image.";
    sniff::image(bytes).ok_or_else(|| Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no_image", detail))
}

/// Makes a column of the caller's membership point at a file, or at none.
async fn point(
    at: &AtCompany,
    kept: Option<worker::D1PreparedStatement>,
    column: &'static str,
    id: Option<FileId>,
    action: &'static str,
) -> Answer<()> {
    let mut changes = Changes::default();
    changes.set(column, id);
    let mut statements: Vec<_> = kept.into_iter().collect();
    statements.extend(changes.update(&at.db, "memberships", at.member.id)?);
    statements.push(at.audit(&deed(action, &at.member, json!({})))?);
    db::transaction(&at.db, statements).await?;
    revocation::people_changed(&at.here.env, at.company.id).await;
    Ok(())
}

/// The bytes, under headers that let a browser do nothing with them but show an image.
async fn bytes_of(here: &Here, file: &File) -> Answer<Response> {
    let bytes = files::bytes(&here.env, file).await?.ok_or_else(Problem::not_found)?;
    let mut response = bytes.into_response();
    set(response.headers_mut(), CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    Ok(response)
}

fn set(headers: &mut HeaderMap, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

fn company_deed(at: &AtCompany, action: &'static str) -> Deed {
    let (target_id, target_name) = (at.company.id.to_string(), at.company.name.clone());
    Deed { action, target_kind: "company", target_id, target_name, detail: json!({}) }
}
