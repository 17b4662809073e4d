//! The front door, with "register" in its menu (`features.md` A6).

use askama::Template;

/// The front door.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home;
