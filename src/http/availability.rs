//! Whether somebody is there for a company's customers: anybody may ask, so neither names nor numbers are told, and the
//! answer may be some seconds old.

use super::problem::{Answer, Problem};
use super::session::Here;
use crate::domain::id::CompanyId;
use crate::domain::people::opening::{is_open, opens_in};
use crate::domain::people::settings::Hours;
use crate::domain::time::{Instant, Span};
use crate::objects::call;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::intl;
use crate::store::profiles::{self, Profile};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeMap;
use worker::Env;

/// The Desk is asked at most once within this time, however many customers ask.
const KEPT_FOR: Span = Span::seconds(2);
/// What browsers are told of the same.
const CACHED: &str = "public, max-age=2";
/// Companies whose answers are kept at once.
const MOST_KEPT: usize = 1_000;

thread_local! {
    /// Whether the company is staffed, and until when that counts.
    static KEPT: RefCell<BTreeMap<CompanyId, (Instant, bool)>> = const { RefCell::new(BTreeMap::new()) };
}

/// Whether somebody is there.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Availability {
    /// It is open, and somebody can take a conversation now.
    pub available: bool,
    /// By its business hours.
    pub open: bool,
    /// When it opens next; null while it is open.
    pub opens_at: Option<Instant>,
    /// When it is open; always, when empty.
    pub business_hours: Vec<Hours>,
    /// By whose clock.
    pub time_zone: String,
}

/// Whether somebody is there for a company's customers.
#[utoipa::path(get, path = "/api/public/companies/{company}/availability", tag = "customers",
    params(("company" = String, Path)), responses((status = 200, body = Availability)), security(()))]
#[worker::send]
pub async fn show(here: Here, Path(slug): Path<String>) -> Answer<Response> {
    let profile = profiles::of_slug(&here.env, &slug).await?.ok_or_else(Problem::not_found)?;
    let mut response = axum::Json(of(&here, &profile).await?).into_response();
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static(CACHED));
    Ok(response)
}

/// Whether somebody is there, perhaps some seconds ago.
///
/// # Errors
/// When the Desk cannot be asked.
pub async fn of(here: &Here, company: &Profile) -> Answer<Availability> {
    let (hours, now) = (&company.business_hours, here.now);
    // A zone that is not known any more closes nobody.
    let moment = intl::week_minute(&company.time_zone, now);
    let open = moment.is_none_or(|moment| is_open(hours, moment));
    let opens_at = if open { None } else { next_opening(company, now) };
    Ok(Availability {
        available: open && is_staffed(&here.env, company.id, now).await?,
        open,
        opens_at,
        business_hours: hours.clone(),
        time_zone: company.time_zone.clone(),
    })
}

/// When the company opens next. Clocks may be set forward or back meanwhile.
fn next_opening(company: &Profile, now: Instant) -> Option<Instant> {
    const MINUTE: i64 = 60;
    let zone = &company.time_zone;
    let moment = intl::week_minute(zone, now)?;
    let minutes = opens_in(&company.business_hours, moment)?;
    let this_minute = now.before(Span::millis(now.as_millis().rem_euclid(MINUTE * 1_000)));
    let at = this_minute.after(Span::seconds(i64::from(minutes).saturating_mul(MINUTE)));
    let wrong_by = intl::week_minute(zone, at)?.later_by(moment.plus(minutes));
    Some(at.before(Span::seconds(i64::from(wrong_by).saturating_mul(MINUTE))))
}

async fn is_staffed(env: &Env, company: CompanyId, now: Instant) -> Answer<bool> {
    let known = KEPT.with_borrow(|kept| kept.get(&company).copied());
    if let Some((until, staffed)) = known.filter(|(until, _)| now < *until)
        && until <= now.after(KEPT_FOR)
    {
        return Ok(staffed);
    }
    let staffed = match desk::ask::<()>(env, company, &DeskRequest::Staffed).await? {
        call::Answer::Done(staffed) => serde_json::from_str(&staffed)?,
        call::Answer::Refused(()) => false,
    };
    KEPT.with_borrow_mut(|kept| {
        if kept.len() >= MOST_KEPT {
            kept.retain(|_, (until, _)| now < *until);
        }
        if kept.len() < MOST_KEPT {
            kept.insert(company, (now.after(KEPT_FOR), staffed));
        }
    });
    Ok(staffed)
}
