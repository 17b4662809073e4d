//! The terms that a founder accepts (`features.md` A13).

use askama::Template;

/// The terms.
#[derive(Template)]
#[template(path = "terms.html")]
pub struct Terms;
