//! The terms that a founder accepts (specification A13).

use askama::Template;

/// The terms.
#[derive(Template)]
#[template(path = "terms.html")]
pub struct Terms;
