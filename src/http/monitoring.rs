//! What goes on right now, and what today came to so far (specification F22, K7).

use super::body::Query;
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use super::status_board::NoQuery;
use crate::domain::id::AgentId;
use crate::domain::people::capability::ScopeSet;
use crate::domain::people::permission::{Capability, Scope, permit_company, relation_between, scope_of};
use crate::domain::report::fact::Kind;
use crate::domain::report::period::Period;
use crate::domain::time::{Instant, Span};
use crate::domain::zone::Zone;
use crate::effects::report;
use crate::objects::call;
use crate::objects::desk_do::protocol::{self as desk, Board, DeskRequest, Presence};
use crate::platform::intl;
use crate::store::agents::{self, AgentRecord, Standing};
use crate::store::conversations::{Filter, Viewer};
use crate::store::facts::{self, Question};
use crate::store::{companies, counters, order_figures};
use serde::Serialize;
use std::collections::BTreeMap;

/// What goes on right now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Monitoring {
    at: Instant,
    /// By whose clock it is today.
    time_zone: String,
    /// Conversations that wait for an agent, of the whole company.
    waiting: u32,
    /// Since when the first of them has waited.
    longest_waiting_since: Option<Instant>,
    /// Conversations under way that the caller may know of.
    running: u32,
    today: Today,
    agents: Vec<AgentNow>,
}

/// What today came to so far.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct Today {
    opened: u32,
    closed: u32,
    replies: u32,
    service_level: ServiceLevel,
    /// Hour by hour, as far as the day has come.
    hours: Vec<HourNow>,
}

/// How many customers were first answered within the time in which the company wants them to be.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct ServiceLevel {
    /// The company's `response_time`; null where nobody counts.
    target: Option<Span>,
    within: u32,
    count: u32,
}

/// An hour of today.
#[derive(Clone, Default, Serialize, utoipa::ToSchema)]
pub struct HourNow {
    hour: u8,
    opened: u32,
    closed: u32,
}

/// What an agent has, and did today.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AgentNow {
    id: AgentId,
    name: String,
    presence: Presence,
    /// Conversations he has.
    open: u32,
    /// Conversations he may have at once.
    limit: u32,
    closed: u32,
    replies: u32,
    /// Orders that he made and that are neither settled nor given up.
    orders: u32,
}

/// What goes on right now, as far as the caller may know.
#[utoipa::path(get, path = "/api/companies/{company}/monitoring", tag = "reports", params(("company" = String, Path)),
    responses((status = 200, body = Monitoring)))]
#[worker::send]
pub async fn show(at: AtCompany, _: Query<NoQuery>) -> Answer<axum::Json<Monitoring>> {
    permit_company(&at.member, Capability::MonitorView)?;
    let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
    let call::Answer::Done(text) = desk::ask::<()>(&at.here.env, at.company.id, &DeskRequest::Board).await? else {
        return Err(Problem::internal("monitoring", &"the Desk has no board"));
    };
    let Board { agents: mut on_board, waiting, longest_waiting_since } = serde_json::from_str(&text)?;
    let reach = scope_of(&at.member, Capability::MonitorView);
    let viewer = report::viewer(at.company.id, &at.member, reach);
    let today = day(&at, &settings, &viewer).await?;
    let visible = |record: &AgentRecord| {
        record.status == Standing::Active
            && record.member.assignable()
            && (reach.has(Scope::All) || reach.meets(relation_between(&at.member, &record.member)))
    };
    let people: Vec<_> = agents::list(&at.db, at.company.id).await?.into_iter().filter(visible).collect();
    let mut done = done(&at, &settings, &people).await?;
    let sold = order_figures::under_way(&at.db, at.company.id).await?;
    let agents = people.into_iter().map(|record| {
        let seen = on_board.remove(&record.member.id).unwrap_or_default().seen;
        let (closed, replies) = done.remove(&record.member.id).unwrap_or_default();
        let (presence, open, limit) = (seen.presence, seen.open, seen.limit);
        let orders = sold.get(&record.member.id).copied().unwrap_or_default();
        AgentNow { id: record.member.id, name: record.member.name, presence, open, limit, closed, replies, orders }
    });
    let agents = agents.collect();
    let running = counters::under_way(&at.db, &viewer).await?;
    let time_zone = settings.time_zone;
    Ok(axum::Json(Monitoring { at: at.here.now, time_zone, waiting, longest_waiting_since, running, today, agents }))
}

/// What today came to so far, in the conversations that somebody sees.
async fn day(at: &AtCompany, settings: &companies::Settings, viewer: &Viewer) -> Answer<Today> {
    let now = at.here.now;
    let zone = intl::zone(&settings.time_zone, now, now);
    let question = Question {
        kinds: Kind::OF_CONVERSATIONS,
        viewer,
        filter: &Filter::default(),
        agents: None,
        open_only: false,
        by_agent: false,
        by_number: false,
        told: &[],
    };
    let hour_of = |at: Instant| zone.civil(at).minute().div_euclid(60);
    let target = settings.terms.response_time;
    let mut today = Today { service_level: ServiceLevel { target, ..ServiceLevel::default() }, ..Today::default() };
    let so_far = (0_u8..24).take_while(|hour| i64::from(*hour) <= hour_of(now));
    today.hours = so_far.map(|hour| HourNow { hour, ..HourNow::default() }).collect();
    facts::read(&at.db, &question, &today_by(&zone, now), |sample| {
        let hour = usize::try_from(hour_of(sample.at)).ok().and_then(|hour| today.hours.get_mut(hour));
        match sample.kind {
            Kind::Opened => {
                today.opened = today.opened.saturating_add(1);
                if let Some(hour) = hour {
                    hour.opened = hour.opened.saturating_add(1);
                }
            }
            Kind::Closed => {
                today.closed = today.closed.saturating_add(1);
                if let Some(hour) = hour {
                    hour.closed = hour.closed.saturating_add(1);
                }
            }
            Kind::Reply => today.replies = today.replies.saturating_add(1),
            Kind::FirstResponse => {
                let level = &mut today.service_level;
                level.count = level.count.saturating_add(1);
                let in_time = target.is_some_and(|target| sample.value <= target.as_millis());
                level.within = level.within.saturating_add(u32::from(in_time));
            }
            _ => {}
        }
    })
    .await?;
    Ok(today)
}

/// How many conversations each of some agents closed today and replies he wrote, wherever: whoever may look on at him may know, as
/// in reports on agents.
async fn done(
    at: &AtCompany,
    settings: &companies::Settings,
    people: &[AgentRecord],
) -> Answer<BTreeMap<AgentId, (u32, u32)>> {
    let now = at.here.now;
    let zone = intl::zone(&settings.time_zone, now, now);
    let agents: Vec<AgentId> = people.iter().map(|record| record.member.id).collect();
    let question = Question {
        kinds: Kind::OF_CONVERSATIONS,
        viewer: &report::viewer(at.company.id, &at.member, ScopeSet::ALL),
        filter: &Filter::default(),
        agents: Some(&agents),
        open_only: false,
        by_agent: true,
        by_number: false,
        told: &[],
    };
    let mut done: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    facts::read(&at.db, &question, &today_by(&zone, now), |sample| {
        let known = done.entry(sample.agent).or_default();
        match sample.kind {
            Kind::Closed => known.0 = known.0.saturating_add(1),
            Kind::Reply => known.1 = known.1.saturating_add(1),
            _ => {}
        }
    })
    .await?;
    let known = facts::agents(&at.db, at.company.id).await?;
    let named = done.into_iter().filter_map(|(number, done)| known.get(&number).map(|(id, _)| (*id, done)));
    Ok(named.collect())
}

/// Today: when it began, and when it will end.
fn today_by(zone: &Zone, now: Instant) -> Vec<(Instant, Instant)> {
    Period::ending(zone.civil(now).day(), 1).spans(zone).collect()
}
