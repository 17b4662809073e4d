//! Checking what people type: every fault of a form is collected, none is silently repaired away.

use serde::Serialize;

/// Longest text of one message, in characters (the contract).
pub const MESSAGE_CHARACTERS: usize = 20_000;
/// Longest single-line name or title, in characters.
pub const LINE_CHARACTERS: usize = 200;

/// One fault in one field of a request; `field` is its path in the body, such as `contact.email`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Path of the field in the request's body.
    pub field: String,
    /// Machine-readable name of the fault.
    pub code: &'static str,
    /// A sentence for people.
    pub detail: String,
}

impl FieldError {
    /// A fault of `field`.
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.into(), code, detail: detail.into() }
    }
}

/// Collects the faults of one form, so that a person sees them all at once.
#[derive(Debug, Default)]
pub struct Form {
    errors: Vec<FieldError>,
}

impl Form {
    /// Keeps `result`'s value, or notes its fault and answers the empty value.
    pub fn take<T: Default>(&mut self, result: Result<T, FieldError>) -> T {
        result.unwrap_or_else(|error| {
            self.errors.push(error);
            T::default()
        })
    }

    /// Notes a fault.
    pub fn fault(&mut self, error: FieldError) {
        self.errors.push(error);
    }

    /// A required line of text: trimmed, at most [`LINE_CHARACTERS`], no control characters.
    pub fn line(&mut self, field: &str, value: &str) -> String {
        let result = line(field, value);
        self.take(result)
    }

    /// `Ok` when nothing was wrong.
    ///
    /// # Errors
    /// Every fault noted so far.
    pub fn finish(self) -> Result<(), Vec<FieldError>> {
        if self.errors.is_empty() { Ok(()) } else { Err(self.errors) }
    }
}

/// A required line of text: trimmed, at most [`LINE_CHARACTERS`] characters, without control characters
/// (a line break in a subject or a name would end up in a mail header).
///
/// # Errors
/// `required`, `too_long` or `control_character`.
pub fn line(field: &str, value: &str) -> Result<String, FieldError> {
    let value = value.trim();
    if value.is_empty() {
        return Err(FieldError::new(field, "required", "Please fill this in."));
    }
    optional_line(field, value)
}

/// Like [`line`], but may be empty.
///
/// # Errors
/// `too_long` or `control_character`.
pub fn optional_line(field: &str, value: &str) -> Result<String, FieldError> {
    let value = value.trim();
    if value.chars().count() > LINE_CHARACTERS {
        return Err(FieldError::new(field, "too_long", format!("At most {LINE_CHARACTERS} characters, please.")));
    }
    if value.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(FieldError::new(
            field,
            "control_character",
            "This may not contain line breaks or control characters.",
        ));
    }
    Ok(value.to_owned())
}

/// A key as a title: `super_agent` becomes `Super agent`.
#[must_use]
pub fn title(key: &str) -> String {
    let mut words = key.replace('_', " ").chars().collect::<Vec<_>>();
    if let Some(first) = words.first_mut() {
        *first = first.to_ascii_uppercase();
    }
    words.into_iter().collect()
}

/// The text of a message: line ends normalised, at most [`MESSAGE_CHARACTERS`] characters, something to read in it,
/// and no control characters but tabs and line ends.
///
/// # Errors
/// `required`, `too_long` or `control_character`.
pub fn message(field: &str, value: &str) -> Result<String, FieldError> {
    let value = text(field, value, MESSAGE_CHARACTERS)?;
    if value.trim().is_empty() {
        return Err(FieldError::new(field, "required", "Please write something."));
    }
    Ok(value)
}

/// Text of several lines, or none: as [`message`] treats it, with a limit of its own.
///
/// # Errors
/// `too_long` or `control_character`.
pub fn text(field: &str, value: &str, most_characters: usize) -> Result<String, FieldError> {
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    let value = value.trim_end().trim_start_matches('\n');
    if value.chars().count() > most_characters {
        return Err(FieldError::new(field, "too_long", format!("At most {most_characters} characters, please.")));
    }
    if value.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(FieldError::new(field, "control_character", "This contains a character that cannot be shown."));
    }
    Ok(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("subject", "  Où est ma commande ?  ").as_deref(), Ok("Où est ma commande ?"));
        for (text, code) in [
            ("", "required"),
            (" \t ", "required"),
            ("a\r\nBcc: b@c.de", "control_character"),
            ("a\0b", "control_character"),
            ("a\u{2028}b", "control_character"),
        ] {
            assert_eq!(line("subject", text).map_err(|e| e.code), Err(code), "{text:?}");
        }
        assert!(line("subject", &"é".repeat(200)).is_ok());
        assert_eq!(line("subject", &"é".repeat(201)).map_err(|e| e.code), Err("too_long"));
    }

    #[test]
    fn a_message_keeps_its_lines() {
        assert_eq!(message("body", "\r\n  a\r\n\tb\rc \n").as_deref(), Ok("  a\n\tb\nc"));
        assert_eq!(message("body", "\n \n").map_err(|e| e.code), Err("required"));
        assert_eq!(message("body", "a\u{7}").map_err(|e| e.code), Err("control_character"));
        assert!(message("body", &"é".repeat(20_000)).is_ok());
        assert_eq!(message("body", &"é".repeat(20_001)).map_err(|e| e.code), Err("too_long"));
    }

    #[test]
    fn a_form_tells_every_fault() {
        let mut form = Form::default();
        assert_eq!(form.line("name", "Ana"), "Ana");
        form.line("subject", "");
        form.line("company", "a\nb");
        let fields: Vec<_> = form.finish().err().into_iter().flatten().map(|e| e.field).collect();
        assert_eq!(fields, ["subject", "company"]);
    }
}
