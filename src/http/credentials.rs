//! Checking who somebody is: password, second factor, and how often he may be wrong (specification A9).
//!
//! An attempt is counted before it is made, so that of any number at once no more than the limit are looked at. Whether
//! there is such a user, and what exactly was wrong, does not show: neither in the answer nor in the time it takes.

use super::problem::{Answer, Problem};
use super::session::Here;
use crate::domain::people::{email, password};
use crate::effects::mail::link_keys;
use crate::platform::{password_hash, totp};
use crate::store::accounts::{self, User};
use crate::store::attempts::Attempts;
pub use crate::store::attempts::WRONG_PASSWORDS;
use crate::store::second_factors;
use worker::D1Database;

/// What somebody says to prove who he is.
pub struct Claim<'a> {
    pub email: &'a str,
    pub password: &'a str,
    /// A code of his authenticator, or a recovery code; where he has a second factor.
    pub otp: Option<&'a str>,
}

/// Whether it is him. The attempts are to be forgotten together with what follows.
///
/// # Errors
/// 401 `wrong_credentials`, `otp_required`, `wrong_otp`; 429 after too many attempts.
pub async fn check(here: &Here, db: &D1Database, claim: &Claim<'_>) -> Answer<(User, Attempts)> {
    let (user, attempts) = check_password(here, db, claim.email, claim.password).await?;
    if !user.is_welcome() {
        return Err(Problem::wrong_credentials());
    }
    check_second_factor(here, db, &user, claim.otp).await?;
    Ok((user, attempts))
}

/// Whether the password is his, whatever else there is to check.
///
/// # Errors
/// 401 `wrong_credentials`; 429 after too many attempts.
pub async fn check_password(here: &Here, db: &D1Database, email: &str, password: &str) -> Answer<(User, Attempts)> {
    let address = email::normalise("email", email).unwrap_or_default();
    let attempts = Attempts::of(WRONG_PASSWORDS, &address);
    if let Err(seconds) = attempts.count(db, here.now).await? {
        return Err(Problem::too_often(seconds));
    }
    let user = accounts::user_by_email(db, &address).await?;
    let too_long = password.chars().count() > password::LONGEST;
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let matches = !too_long && password_hash::verify(password, hash);
    let user = user.filter(|_| matches).ok_or_else(Problem::wrong_credentials)?;
    Ok((user, attempts))
}

/// Whether the second factor is his, where he has one. A code is good once.
///
/// # Errors
/// 401 `otp_required`, `wrong_otp`.
pub async fn check_second_factor(here: &Here, db: &D1Database, user: &User, otp: Option<&str>) -> Answer<()> {
    let Some(seed) = &user.totp_seed else { return Ok(()) };
    let Some(otp) = otp.map(str::trim).filter(|otp| !otp.is_empty()) else {
        return Err(Problem::second_factor("otp_required", "Type the code that your authenticator shows."));
    };
    let keys = link_keys(&here.env).map_err(|error| Problem::internal("second factor", &error))?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of half minutes")]
    let last = user.totp_last_step as u64;
    let good = match totp::step_of(&keys, seed, user.id, otp, here.now, last) {
        Some(step) => second_factors::use_step(db, user.id, step).await?,
        None => second_factors::use_recovery_code(db, user.id, otp, here.now).await?,
    };
    let detail = "This is not the code of now, or it was used before.";
    if good { Ok(()) } else { Err(Problem::second_factor("wrong_otp", detail)) }
}
