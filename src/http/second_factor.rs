//! One's second factor: set up, confirmed, turned off.

use super::body::Json;
use super::credentials::{self, Claim};
use super::problem::{Answer, Problem};
use super::session::Person;
use crate::domain::id::UserId;
use crate::effects::mail::link_keys;
use crate::platform::{random, totp};
use crate::store::second_factors::{self, SecondFactor};
use crate::store::{audit, db};
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use worker::D1Database;

/// Recovery codes that one gets.
const RECOVERY_CODES: usize = 10;

/// Whether a second factor is asked for.
#[derive(Serialize, utoipa::ToSchema)]
pub struct State {
    enabled: bool,
    recovery_codes_left: u32,
}

/// One's password, once more.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    password: String,
}

/// What an authenticator is told.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Enrolment {
    /// To be typed.
    secret: String,
    /// To be opened, on the device itself.
    uri: String,
    /// To be scanned.
    qr: Qr,
}

/// A QR code, to be drawn.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Qr {
    /// Width and height, in modules.
    size: usize,
    /// The dark modules, as the path of an SVG.
    path: String,
}

/// The code that the authenticator shows.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    code: String,
}

/// Codes for when the authenticator is lost; each is good once. They are shown now and never again.
#[derive(Serialize, utoipa::ToSchema)]
pub struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

/// What turning it off takes.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Farewell {
    password: String,
    /// A code of the authenticator, or a recovery code.
    otp: String,
}

/// Whether one has a second factor.
#[utoipa::path(get, path = "/api/second-factor", tag = "accounts", responses((status = 200, body = State)))]
#[worker::send]
pub async fn show(person: Person) -> Answer<axum::Json<State>> {
    let known = known(&person.db, person.signed_in.user).await?;
    Ok(axum::Json(State { enabled: known.is_on(), recovery_codes_left: known.recovery_codes_left }))
}

/// Begins to set up a second factor; it is not asked for before it is confirmed.
#[utoipa::path(post, path = "/api/second-factor", tag = "accounts", request_body = Confirmation,
    responses((status = 201, body = Enrolment), (status = 409, description = "`second_factor_is_on`")))]
#[worker::send]
pub async fn begin(person: Person, Json(body): Json<Confirmation>) -> Answer {
    let Person { here, db, signed_in } = person;
    let (user, attempts) = credentials::check_password(&here, &db, &signed_in.email, &body.password).await?;
    if user.totp_seed.is_some() {
        return Err(Problem::conflict("second_factor_is_on", "Turn your second factor off first."));
    }
    let keys = link_keys(&here.env).map_err(|error| Problem::internal("second factor", &error))?;
    let seed = totp::new_seed(&keys);
    db::transaction(&db, vec![attempts.forget(&db)?, second_factors::begin(&db, user.id, &seed)?]).await?;
    let told = totp::enrolment(&keys, &seed, user.id, &user.email);
    let told = told.map_err(|error| Problem::internal("second factor", &error))?;
    let qr = Qr { size: told.size, path: told.path };
    Ok((StatusCode::CREATED, axum::Json(Enrolment { secret: told.secret, uri: told.uri, qr })).into_response())
}

/// Confirms a second factor with a code of it: from now on it is asked for.
#[utoipa::path(put, path = "/api/second-factor", tag = "accounts", request_body = Code,
    responses((status = 200, body = RecoveryCodes), (status = 401, description = "`wrong_otp`"),
        (status = 409, description = "`second_factor_is_on`, `nothing_to_confirm`")))]
#[worker::send]
pub async fn confirm(person: Person, Json(body): Json<Code>) -> Answer<axum::Json<RecoveryCodes>> {
    let Person { here, db, signed_in } = person;
    let known = known(&db, signed_in.user).await?;
    let seed = match known.totp_seed {
        _ if known.is_on() => return Err(Problem::conflict("second_factor_is_on", "It is on already.")),
        None => return Err(Problem::conflict("nothing_to_confirm", "Begin to set up a second factor first.")),
        Some(seed) => seed,
    };
    let keys = link_keys(&here.env).map_err(|error| Problem::internal("second factor", &error))?;
    let step = totp::step_of(&keys, &seed, signed_in.user, &body.code, here.now, 0);
    let step = step.ok_or_else(|| Problem::second_factor("wrong_otp", "This is not the code of now."))?;
    let recovery_codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let doer = here.doer(None, "");
    let mut statements = second_factors::confirm(&db, signed_in.user, &seed, step, &recovery_codes, here.now)?;
    let action = "second_factor.enabled";
    statements.push(audit::insert_everywhere(&db, here.audit_id(), signed_in.user, action, &doer, here.now)?);
    db::transaction(&db, statements).await?;
    Ok(axum::Json(RecoveryCodes { recovery_codes }))
}

/// Turns one's second factor off.
#[utoipa::path(delete, path = "/api/second-factor", tag = "accounts", request_body = Farewell,
    responses((status = 204), (status = 401, description = "`wrong_credentials`, `wrong_otp`")))]
#[worker::send]
pub async fn remove(person: Person, Json(body): Json<Farewell>) -> Answer {
    let Person { here, db, signed_in } = person;
    let claim = Claim { email: &signed_in.email, password: &body.password, otp: Some(&body.otp) };
    let (user, attempts) = credentials::check(&here, &db, &claim).await?;
    let doer = here.doer(None, "");
    let mut statements = second_factors::remove(&db, user.id)?;
    statements.push(attempts.forget(&db)?);
    let action = "second_factor.disabled";
    statements.push(audit::insert_everywhere(&db, here.audit_id(), user.id, action, &doer, here.now)?);
    db::transaction(&db, statements).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn known(db: &D1Database, user: UserId) -> Answer<SecondFactor> {
    second_factors::find(db, user).await?.ok_or_else(Problem::not_signed_in)
}

/// Twenty-four characters in groups of four: more than 112 bits, so that a plain hash keeps it (ASVS 6.5.2).
fn recovery_code() -> String {
    let text = URL_SAFE_NO_PAD.encode(random::bytes::<32>());
    let plain: Vec<char> = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    plain.chunks(4).take(6).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
