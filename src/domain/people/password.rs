//! The rule for passwords (specification A8, G7): the specification asks for a special character; length and the
//! refusal of the obvious carry the strength.

use crate::domain::input::FieldError;

/// The characters of which a password has at least one.
pub const SPECIAL: &str = "$#§/\\[]{}!,.";
/// Fewest characters.
pub const SHORTEST: usize = 12;
/// Most characters; longer ones are refused before anything is hashed.
pub const LONGEST: usize = 256;

/// Checks a new password. `known` are words that must not be the whole of it: address, names, company.
///
/// # Errors
/// `password_too_short`, `password_too_long`, `password_special` or `password_obvious`.
pub fn check(field: &str, password: &str, known: &[&str]) -> Result<(), FieldError> {
    let length = password.chars().count();
    if length < SHORTEST {
        let detail = format!("Use at least {SHORTEST} characters.");
        return Err(FieldError::new(field, "password_too_short", detail));
    }
    if length > LONGEST {
        return Err(FieldError::new(field, "password_too_long", format!("Use at most {LONGEST} characters.")));
    }
    if !password.chars().any(|c| SPECIAL.contains(c)) {
        let detail = "Use at least one special character: $ # § / \\ [ ] { } ! , .";
        return Err(FieldError::new(field, "password_special", detail));
    }
    if is_obvious(password, known) {
        let detail = "This is too easy to guess: not your name, address or company, nor a common pattern.";
        return Err(FieldError::new(field, "password_obvious", detail));
    }
    Ok(())
}

/// Whether only a known word, a common one or a run of few characters is left once the decoration is taken off.
fn is_obvious(password: &str, known: &[&str]) -> bool {
    const COMMON: [&str; 12] = [
        "password",
        "motdepasse",
        "passwort",
        "welcome",
        "bienvenue",
        "letmein",
        "administrator",
        "changeme",
        "qwertyuiop",
        "azertyuiop",
        "iloveyou",
        "edgedesk",
    ];
    let bare = core_of(password);
    let few = password.chars().collect::<std::collections::BTreeSet<_>>().len() < 5;
    few || COMMON.contains(&bare.as_str())
        || known.iter().map(|word| core_of(word)).any(|word| !word.is_empty() && word == bare)
}

/// The letters of a word, lower-case: `Pass-Word1234!` and `password` are the same guess.
fn core_of(word: &str) -> String {
    word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        check("password", password, &["ana@acme.example", "Acme Ltd"]).err().map(|e| e.code)
    }

    // spec: A8 G7
    #[test]
    fn each_listed_special_character_suffices_alone() {
        for special in SPECIAL.chars() {
            assert_eq!(code(&format!("correct horse {special}")), None, "{special}");
        }
        assert_eq!(code("correct horse battery"), Some("password_special"));
        assert_eq!(code("correct horse battery?"), Some("password_special"));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert_eq!(code("twelve §§§§!"), None);
        assert_eq!(code("eleven §§§!"), Some("password_too_short"));
        assert_eq!(code(&format!("{}!", "ab cdefg".repeat(31))), None);
        assert_eq!(code(&"ab cdefg!".repeat(29)), Some("password_too_long"));
    }

    #[test]
    fn the_obvious_is_refused() {
        for password in ["Password1234!", "ana@acme.example!1", "acme-ltd!!!!!!", "!!!!!!!!!!!!!", "abababababab!"] {
            assert_eq!(code(password), Some("password_obvious"), "{password}");
        }
    }
}
