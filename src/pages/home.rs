//! The front door, with "register" in its menu (specification A6).

use askama::Template;

/// The front door.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home;
