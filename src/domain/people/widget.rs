//! The chat window that a company has on its own sites (specification B10): where it may be, and how it looks.

use crate::domain::input::FieldError;
use serde::{Deserialize, Serialize};

/// Most sites of one company.
const MOST_ORIGINS: usize = 20;

/// Where the chat window may be, and how it looks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Widget {
    /// Origins of the sites that may show it (`https://www.example.com`); nowhere, when empty.
    pub origins: Vec<String>,
    /// `#4f46b8`.
    pub colour: String,
    /// What it says before anything was written; empty for the usual words.
    pub greeting: String,
    pub position: Position,
}

/// The corner in which the button is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// Where lines of text begin.
    Start,
    /// Where they end.
    #[default]
    End,
}

impl Position {
    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
        }
    }

    /// The position of that name; the usual one for any other.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        if name == "start" { Self::Start } else { Self::End }
    }
}

/// Checks the origins of sites, and writes each as browsers do. They become part of a security policy.
///
/// # Errors
/// `origin` for the first that is none, or `too_long` when there are too many.
pub fn check_origins(field: &str, origins: &[String]) -> Result<Vec<String>, FieldError> {
    if origins.len() > MOST_ORIGINS {
        return Err(FieldError::new(field, "too_long", format!("At most {MOST_ORIGINS} sites, please.")));
    }
    let mut checked = Vec::new();
    for (at, written) in origins.iter().enumerate() {
        let origin = origin(written).ok_or_else(|| {
            let detail = "Write a site as https://www.example.com, without a path. Only localhost may be http.";
            FieldError::new(format!("{field}[{at}]"), "origin", detail)
        })?;
        if !checked.contains(&origin) {
            checked.push(origin);
        }
    }
    Ok(checked)
}

/// Checks a colour: `#4f46b8`.
///
/// # Errors
/// `colour` when it is none.
pub fn check_colour(field: &str, colour: &str) -> Result<String, FieldError> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6);
    match digits {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(colour.to_ascii_lowercase()),
        _ => Err(FieldError::new(field, "colour", "Write a colour as #4f46b8.")),
    }
}

/// An origin as browsers write it: lower case, no default port, no slash at its end.
fn origin(written: &str) -> Option<String> {
    let written = written.trim().to_ascii_lowercase();
    let (scheme, rest) = written.split_once("://")?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    let local = matches!(host, "localhost" | "127.0.0.1");
    let default_port = match scheme {
        "https" => 443,
        "http" if local => 80,
        _ => return None,
    };
    if !is_host(host) {
        return None;
    }
    let port = match port {
        None => default_port,
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse::<u16>().ok()?,
        Some(_) => return None,
    };
    let suffix = if port == default_port { String::new() } else { format!(":{port}") };
    (port > 0).then(|| format!("{scheme}://{host}{suffix}"))
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    // spec: B10
    #[test]
    fn origins_are_written_as_browsers_write_them() {
        for (written, origin) in [
            ("https://www.example.com", Some("https://www.example.com")),
            (" HTTPS://Example.com:443/ ", Some("https://example.com")),
            ("https://example.com:8443", Some("https://example.com:8443")),
            ("http://localhost:5173", Some("http://localhost:5173")),
            ("http://127.0.0.1:80", Some("http://127.0.0.1")),
            ("https://xn--caf-dma.example", Some("https://xn--caf-dma.example")),
            ("http://example.com", None),
            ("https://example.com/path", None),
            ("https://*.example.com", None),
            ("https://example.com; script-src *", None),
            ("https://example.com 'self'", None),
            ("https://a@example.com", None),
            ("https://example.com:0", None),
            ("https://example.com:65536", None),
            ("https://example.com:+1", None),
            ("https://exa_mple.com", None),
            ("https://-example.com", None),
            ("https://example..com", None),
            ("https://", None),
            ("example.com", None),
            ("javascript://example.com", None),
            ("*", None),
            ("", None),
        ] {
            let checked = check_origins("o", &[written.to_owned()]);
            assert_eq!(checked.ok().map(|list| list.concat()).as_deref(), origin, "{written}");
        }
        let twice = ["https://a.example".to_owned(), "https://A.example/".to_owned()];
        assert_eq!(check_origins("o", &twice).unwrap(), ["https://a.example"]);
        let many: Vec<_> = (0..=MOST_ORIGINS).map(|n| format!("https://s{n}.example")).collect();
        assert_eq!(check_origins("o", &many).unwrap_err().code, "too_long");
        let second = ["https://a.example".to_owned(), "b".to_owned()];
        assert_eq!(check_origins("o", &second).unwrap_err().field, "o[1]");
    }

    #[test]
    fn colours_are_six_digits() {
        assert_eq!(check_colour("c", "#A1b2C3").as_deref(), Ok("#a1b2c3"));
        for colour in ["", "red", "#fff", "#12345g", "123456", "#1234567", "#éab12"] {
            assert!(check_colour("c", colour).is_err(), "{colour}");
        }
    }
}
