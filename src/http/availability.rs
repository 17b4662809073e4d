//! Whether somebody is there for a company's customers: anybody may ask, so neither names nor numbers are told, and the
//! answer may be some seconds old.

use super::problem::{Answer, Problem};
use super::session::Here;
use crate::domain::id::CompanyId;
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
#[schema(as = CompanyAvailability)]
pub struct Availability {
    /// It is open, and somebody can take a conversation now.
    pub available: bool,
    /// By its business hours.
    pub open: bool,
    /// When it opens next; null while it is open.
    pub opens_at: Option<Instant>,
    /// When it is open; always, when empty.
    pub business_hours: Vec<Hours>,
    /// Dates on which it stays closed all the same.
    pub holidays: Vec<String>,
    /// By whose clock.
    pub time_zone: String,
}

/// Whether somebody is there for a company's customers.
#[utoipa::path(get, path = "/api/public/companies/{company}/availability", tag = "customers",
    params(("company" = String, Path)), responses((status = 200, body = Availability)))]
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
    let now = here.now;
    let local = intl::civil(&company.time_zone, now);
    let open = company.calendar.is_open(local);
    let opens_at = company.calendar.opens_next(local).map(|opening| intl::instant(&company.time_zone, opening));
    Ok(Availability {
        available: open && is_staffed(&here.env, company.id, now).await?,
        open,
        opens_at,
        business_hours: company.calendar.hours.clone(),
        holidays: company.calendar.holidays.clone(),
        time_zone: company.time_zone.clone(),
    })
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
