//! From when until when: days by the company's clock, or instants.

use super::super::problem::{Answer, Problem};
use super::super::session::AtCompany;
use crate::domain::input::FieldError;
use crate::domain::people::hours::day_of;
use crate::domain::time::Instant;
use crate::domain::zone::Zone;
use crate::platform::intl;
use crate::store::companies;

/// A day by the company's clock, or an instant.
#[derive(Clone, Copy)]
enum Edge {
    Day(i64),
    At(Instant),
}

/// From when, and until before when. A day that something is to last until is included.
///
/// # Errors
/// 422 `date` where it is neither a day nor an instant, `out_of_range` where nothing lies between.
pub async fn between(
    at: &AtCompany,
    from: Option<&str>,
    to: Option<&str>,
) -> Answer<(Option<Instant>, Option<Instant>)> {
    let (from, to) = (edge("from", from)?, edge("to", to)?);
    let zone = match (from, to) {
        (Some(Edge::Day(_)), _) | (_, Some(Edge::Day(_))) => {
            let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
            settings.time_zone
        }
        _ => String::new(),
    };
    let midnight = |day: i64| {
        let about = Zone::fixed(0).midnight(day);
        intl::zone(&zone, about, about).midnight(day)
    };
    let from = from.map(|edge| match edge {
        Edge::Day(day) => midnight(day),
        Edge::At(at) => at,
    });
    let to = to.map(|edge| match edge {
        Edge::Day(day) => midnight(day.saturating_add(1)),
        Edge::At(at) => at,
    });
    match (from, to) {
        (Some(from), Some(to)) if to <= from => {
            Err(FieldError::new("to", "out_of_range", "It ends before it begins.").into())
        }
        edges => Ok(edges),
    }
}

fn edge(field: &str, said: Option<&str>) -> Answer<Option<Edge>> {
    let Some(said) = said else { return Ok(None) };
    let day = || if said.len() == 10 { day_of(said) } else { None };
    match day().map(Edge::Day).or_else(|| Instant::parse(said).map(Edge::At)) {
        Some(edge) => Ok(Some(edge)),
        None => {
            let detail = "Write a date as 2026-12-25, or an instant as 2026-12-25T08:00:00Z.";
            Err(FieldError::new(field, "date", detail).into())
        }
    }
}
