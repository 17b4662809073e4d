//! One line of JSON per fault, and per request where that is wanted, with what identifies the request and no personal data.

use serde_json::json;

/// A request that was answered.
pub struct Answered<'a> {
    /// What the client was told, too.
    pub id: &'a str,
    pub method: &'a str,
    /// The route as it is declared, never the path: that one carries names and secrets.
    pub route: &'a str,
    pub status: u16,
    pub milliseconds: i64,
}

/// Logs a request.
pub fn request(answered: &Answered<'_>) {
    let Answered { id, method, route, status, milliseconds } = answered;
    let level = if *status >= 500 { "error" } else { "info" };
    let line = json!({ "level": level, "place": "request", "id": id, "method": method, "route": route, "status": status, "ms": milliseconds });
    worker::console_log!("{line}");
}

/// Logs a fault at the boundary where it became an answer.
pub fn fault(place: &str, id: &str, error: &dyn std::fmt::Display) {
    worker::console_error!("{}", json!({ "level": "error", "place": place, "id": id, "error": error.to_string() }));
}
