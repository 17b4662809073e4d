//! A company's URL: made from its name, or chosen by hand (specification A10–A12).

use crate::domain::input::FieldError;

/// Shortest slug.
pub const SHORTEST: usize = 3;
/// Longest slug.
pub const LONGEST: usize = 40;

/// First path segments that belong to Edgedesk itself; no company may have them.
const RESERVED: [&str; 33] = [
    "about",
    "account",
    "admin",
    "api",
    "app",
    "assets",
    "blog",
    "cdn-cgi",
    "contact",
    "customer",
    "dashboard",
    "dev",
    "docs",
    "edgedesk",
    "help",
    "invitation",
    "invitations",
    "legal",
    "live",
    "login",
    "password",
    "privacy",
    "register",
    "security",
    "sign-in",
    "sign-up",
    "static",
    "status",
    "styles",
    "support",
    "terms",
    "vendor",
    "widget",
];

/// Whether Edgedesk keeps the slug for itself.
#[must_use]
pub fn is_reserved(slug: &str) -> bool {
    RESERVED.contains(&slug)
}

/// Checks a slug chosen by hand.
///
/// # Errors
/// `slug` when it is not three to forty of `a-z`, `0-9` and single inner hyphens.
pub fn check(field: &str, value: &str) -> Result<String, FieldError> {
    let characters_ok = value.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let hyphens_ok = !value.starts_with('-') && !value.ends_with('-') && !value.contains("--");
    if (SHORTEST..=LONGEST).contains(&value.len()) && characters_ok && hyphens_ok {
        Ok(value.to_owned())
    } else {
        let detail = format!("Use {SHORTEST} to {LONGEST} lower-case letters, digits and single hyphens.");
        Err(FieldError::new(field, "slug", detail))
    }
}

/// The slug a name suggests; always well-formed, perhaps taken or reserved.
#[must_use]
pub fn from_name(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match fold(c) {
            Some(text) if slug.len().saturating_add(text.len()) <= LONGEST => slug.push_str(text),
            Some(_) => break,
            None if c == '\'' || c == '’' => {}
            None if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            None => {}
        }
    }
    let slug = slug.trim_matches('-');
    if slug.len() < SHORTEST { format!("desk-{slug}").trim_matches('-').to_owned() } else { slug.to_owned() }
}

/// Other slugs to offer when one is taken, the nicest first.
#[must_use]
pub fn alternatives(slug: &str) -> Vec<String> {
    let end = slug.len().min(LONGEST.saturating_sub(5));
    let stem = slug.get(..end).unwrap_or(slug).trim_end_matches('-');
    ["-desk", "-hq"].iter().map(|tail| format!("{stem}{tail}")).chain((2..=30).map(|n| format!("{stem}-{n}"))).collect()
}

/// A letter's plain spelling in a URL, for the letters of Western and Central European names.
fn fold(c: char) -> Option<&'static str> {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
    const FOLDED: [(&str, &str); 22] = [
        ("àáâãåāăą", "a"),
        ("ä", "ae"),
        ("æ", "ae"),
        ("çćč", "c"),
        ("ďđð", "d"),
        ("èéêëēęě", "e"),
        ("ğ", "g"),
        ("ìíîïīı", "i"),
        ("łľĺ", "l"),
        ("ñńň", "n"),
        ("òóôõøō", "o"),
        ("öœ", "oe"),
        ("ŕř", "r"),
        ("śšşș", "s"),
        ("ß", "ss"),
        ("ťțţ", "t"),
        ("þ", "th"),
        ("ùúûūůű", "u"),
        ("ü", "ue"),
        ("ýÿ", "y"),
        ("źżž", "z"),
        ("&", "and"),
    ];
    if let Some(at) = PLAIN.find(c) {
        return PLAIN.get(at..at.saturating_add(1));
    }
    FOLDED.iter().find(|(letters, _)| letters.contains(c)).map(|(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // spec: A10
    #[test]
    fn names_become_urls() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("Café Zoé & Fils", "cafe-zoe-and-fils"),
            ("L'Œuvre  —  Paris", "loeuvre-paris"),
            ("Müller GmbH", "mueller-gmbh"),
            ("ab", "desk-ab"),
            ("株式会社", "desk"),
        ] {
            assert_eq!(from_name(name), slug, "{name}");
        }
    }

    #[test]
    fn slugs_by_hand_are_checked() {
        assert_eq!(check("slug", "acme-2").as_deref(), Ok("acme-2"));
        for slug in ["ab", "Acme", "acme-", "-acme", "ac--me", "acmé", "аcme", "a/b/c", "", &"a".repeat(41)] {
            assert!(check("slug", slug).is_err(), "{slug}");
        }
        assert!(is_reserved("api") && !is_reserved("acme"));
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_url_is_well_formed(name in ".{0,80}") {
            let slug = from_name(&name);
            prop_assert!(check("slug", &slug).is_ok(), "{}", slug);
            for other in alternatives(&slug) {
                prop_assert!(check("slug", &other).is_ok(), "{}", other);
            }
        }
    }
}
