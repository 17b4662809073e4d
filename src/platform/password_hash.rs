//! Passwords at rest: argon2id with OWASP's parameters. Blocks the isolate for some 30 ms: only ever called from the
//! stateless Worker, never from a Durable Object.

use super::random;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// Memory in KiB, passes, lanes (OWASP Password Storage Cheat Sheet).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// The hash of a password nobody has: verified against where there is no user, so that the answer takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$ZWRnZWRlc2stbm9ib2R5IQ$gOx8HqHfN0zJ3g4jvYbLw2m9Jp0TzKc5S0m3m1kq8yE";

/// Hashes a password with a fresh salt, as a PHC string.
///
/// # Errors
/// When argon2 refuses, which is a fault of ours.
pub fn hash(password: &str) -> Result<String, String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| error.to_string())?;
    let salt: [u8; 16] = random::bytes();
    let hash: PasswordHash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. Without a hash it takes as long, and is not.
#[must_use]
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let matches = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    matches && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_argon2id_salted_and_verified() {
        let (one, two) = (hash("correct horse!").unwrap(), hash("correct horse!").unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(verify("correct horse!", Some(&one)));
        assert!(!verify("Correct horse!", Some(&one)));
        assert!(!verify("correct horse!", None));
        assert!(!verify("correct horse! ", Some(&one)));
    }

    #[test]
    fn nobodys_hash_is_well_formed_so_that_it_costs_as_much() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
