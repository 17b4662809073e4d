//! One line of JSON per fault, with what identifies the request and no personal data.

use serde_json::json;

/// Logs a fault at the boundary where it became an answer.
pub fn fault(place: &str, id: &str, error: &dyn std::fmt::Display) {
    worker::console_error!("{}", json!({ "level": "error", "place": place, "id": id, "error": error.to_string() }));
}
