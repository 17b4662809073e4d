//! What a page in the chat window says to the site it is on.

use crate::store::profiles::Profile;
use serde_json::json;

/// Settings of the chat window, for the script that speaks with the site.
pub struct Frame {
    /// JSON.
    pub settings: String,
}

impl Frame {
    /// The settings of a company's chat window.
    #[must_use]
    pub fn of(company: &Profile) -> Self {
        let widget = &company.widget;
        let settings = json!({
            "origins": widget.origins,
            "colour": widget.colour,
            "position": widget.position,
            "company": company.name,
            "slug": company.slug,
        });
        Self { settings: settings.to_string() }
    }
}
