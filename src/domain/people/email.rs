//! E-mail addresses: trimmed and case-folded, because they are the name people sign in with
//! (specification E9–E11).

use crate::domain::input::FieldError;

/// The trimmed, lower-case form under which an address is stored and compared.
///
/// # Errors
/// `email` when it cannot be an address: mail servers have the last word, this only catches slips.
pub fn normalise(field: &str, value: &str) -> Result<String, FieldError> {
    let address = value.trim().to_lowercase();
    if looks_like_an_address(&address) {
        Ok(address)
    } else {
        Err(FieldError::new(field, "email", "This is not an e-mail address."))
    }
}

fn looks_like_an_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let local_ok = (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && local.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
    let domain_ok = domain.contains('.') && domain.split('.').all(is_label);
    address.len() <= 254 && local_ok && domain_ok
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: E9 E10
    #[test]
    fn addresses_are_trimmed_and_folded() {
        assert_eq!(normalise("email", "  Ana.Mora+x@Example.ORG ").as_deref(), Ok("ana.mora+x@example.org"));
        for text in [
            "",
            "ana",
            "ana@",
            "@example.org",
            "ana@example",
            "a b@example.org",
            "a@b@example.org",
            "ana@example.org\r\nBcc: x@y.zz",
            "ana@-example.org",
            ".ana@example.org",
            "ana@exa_mple.org",
            "ana@.org",
        ] {
            assert_eq!(normalise("email", text).map_err(|e| e.code), Err("email"), "{text:?}");
        }
    }
}
