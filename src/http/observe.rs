//! What is known of a request once it is answered: its id, its route, its outcome and how long it took. The client gets the
//! id, the log a line, Analytics Engine a data point.

use super::problem::FaultId;
use crate::domain::time::Instant;
use crate::platform::log::{self, Answered};
use crate::platform::transfer::REQUEST_ID;
use crate::platform::{clock, settings};
use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method};
use std::cell::OnceCell;
use worker::{AnalyticsEngineDataPointBuilder, AnalyticsEngineDataset, Env};

/// The id that Cloudflare's edge gives a request.
const RAY: &str = "cf-ray";
/// What is longer is none.
const LONGEST_RAY: usize = 64;
/// The route of what is none of ours.
const NO_ROUTE: &str = "none";
/// The dataset of `wrangler.toml`, where one is bound.
const METRICS: &str = "METRICS";
/// From then on an answer counts as slow.
const SLOW_MILLISECONDS: i64 = 1_000;

/// Which requests leave a line in the log: the variable `LOG_REQUESTS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Logged {
    All,
    /// What failed on our side, and what took a second or more.
    Noteworthy,
    None,
}

impl Logged {
    fn by(value: Option<&str>) -> Self {
        match value {
            Some("all") => Self::All,
            Some("none") => Self::None,
            _ => Self::Noteworthy,
        }
    }

    const fn covers(self, status: u16, milliseconds: i64) -> bool {
        match self {
            Self::All => true,
            Self::Noteworthy => status >= 500 || milliseconds >= SLOW_MILLISECONDS,
            Self::None => false,
        }
    }
}

thread_local! {
    /// Read once per isolate: bindings do not change under a running one.
    static SINKS: OnceCell<(Logged, Option<AnalyticsEngineDataset>)> = const { OnceCell::new() };
}

/// A request that is being answered.
pub struct Observed {
    env: Env,
    id: Option<String>,
    method: Method,
    began: Instant,
}

impl Observed {
    /// Takes down when it came, and what it is called at the edge.
    pub fn new(env: &Env, method: &Method, headers: &HeaderMap) -> Self {
        let ray = headers
            .get(RAY)
            .and_then(|ray| ray.to_str().ok())
            .filter(|ray| ray.len() <= LONGEST_RAY)
            .map(str::to_owned);
        Self { env: env.clone(), id: ray, method: method.clone(), began: clock::now() }
    }

    /// Tells of it, and gives the answer its id: the one that a fault was logged under, if one was.
    pub fn answered(self, response: &mut Response) {
        let fault = response.extensions().get::<FaultId>().map(|FaultId(id)| id.clone());
        let id = fault.or(self.id).unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        let route = response.extensions().get::<MatchedPath>().cloned();
        let status = response.status().as_u16();
        let milliseconds = self.began.until(clock::now()).as_millis();
        let answered = Answered {
            id: &id,
            method: self.method.as_str(),
            route: route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str),
            status,
            milliseconds,
        };
        SINKS.with(|sinks| {
            let (logged, metrics) = sinks.get_or_init(|| {
                let logged = Logged::by(settings::logged_requests(&self.env).as_deref());
                (logged, self.env.analytics_engine(METRICS).ok())
            });
            if logged.covers(status, milliseconds) {
                log::request(&answered);
            }
            if let Some(dataset) = metrics {
                measure(dataset, &answered);
            }
        });
        if let Ok(value) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
    }
}

/// Notes which of the routes answers: only the router knows.
pub async fn name_route(route: MatchedPath, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(route);
    response
}

/// One data point: blob1 the method, blob2 the route, blob3 the status; double1 the milliseconds; sampled by route.
fn measure(dataset: &AnalyticsEngineDataset, answered: &Answered<'_>) {
    let status = answered.status.to_string();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of one request")]
    let milliseconds = answered.milliseconds as f64;
    let point = AnalyticsEngineDataPointBuilder::new()
        .indexes([answered.route])
        .add_blob(answered.method)
        .add_blob(answered.route)
        .add_blob(status.as_str())
        .add_double(milliseconds)
        .build();
    if let Err(error) = dataset.write_data_point(&point) {
        log::fault("metrics", answered.id, &error);
    }
}

#[cfg(test)]
mod tests {
    use super::Logged;

    #[test]
    fn what_failed_or_was_slow_is_logged_unless_told_otherwise() {
        for (value, expected) in [
            (None, [false, false, true, true]),
            (Some("noteworthy"), [false, false, true, true]),
            (Some("all"), [true, true, true, true]),
            (Some("none"), [false, false, false, false]),
        ] {
            let logged = Logged::by(value);
            let covered = [(200, 3), (404, 999), (503, 3), (200, 1_000)].map(|(status, ms)| logged.covers(status, ms));
            assert_eq!(covered, expected, "{value:?}");
        }
    }
}
