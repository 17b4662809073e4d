//! The rule for passwords (specification A8, G7): the specification asks for a special character; length and the
//! refusal of the obvious carry the strength.

use super::password_policy::PasswordPolicy;
use crate::domain::input::FieldError;

/// Most characters; longer ones are refused before anything is hashed.
pub const LONGEST: usize = 256;

/// Checks a new password. `known` are words that must not be the whole of it: address, names, company.
///
/// # Errors
/// `password_too_long`, what the policy asks for, or `password_obvious`.
pub fn check(field: &str, password: &str, known: &[&str], policy: PasswordPolicy) -> Result<(), FieldError> {
    if password.chars().count() > LONGEST {
        return Err(FieldError::new(field, "password_too_long", format!("Use at most {LONGEST} characters.")));
    }
    if let Some(fault) = policy.fault(field, password) {
        return Err(fault);
    }
    if is_obvious(password, known) {
        let detail = "This is too easy to guess: not your name, address or company, nor a common pattern.";
        return Err(FieldError::new(field, "password_obvious", detail));
    }
    Ok(())
}

/// What people choose first, lower-case: words alone or with decoration, and walks over the keyboard.
const COMMON: &str = "password passw passwd motdepasse passwort wachtwoord contrasena senha parola haslo welcome welkom \
    willkommen bienvenue bienvenido letmein admin administrator root toor changeme secret geheim default guest user test \
    testing login master access system server internet computer windows microsoft google facebook samsung android apple \
    iloveyou ilove loveyou lovely love sunshine princess football baseball basketball soccer hockey superman batman \
    spiderman starwars pokemon dragon monkey tiger shadow michael jennifer jordan michelle charlie daniel thomas ashley \
    jessica amanda andrew joshua robert matthew anthony nicole hunter killer buster ginger pepper summer winter spring \
    autumn flower freedom whatever trustno trustnoone mustang corvette ferrari mercedes harley yankees cowboys eagles \
    liverpool chelsea arsenal barcelona realmadrid juventus cheese chocolate cookie banana orange purple silver golden \
    diamond phoenix matrix merlin maverick hello helloworld azerty azertyuiop qwerty qwertyui qwertyuiop qwertz qwertzuiop \
    asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qwe qweasd qweasdzxc wasd abc abcd abcde abcdef abcdefg \
    abcdefgh abcdefghijkl qwer qwert azer poiuytrewq lkjhgfdsa mnbvcxz aaaa edgedesk";

/// Walks over the keyboard that go through digits.
const WALKS: [&str; 14] = [
    "1q2w3e4r",
    "1qaz2wsx",
    "q1w2e3r4",
    "zaq12wsx",
    "1a2b3c4d",
    "a1b2c3d4",
    "1q2w3e",
    "qwerty123",
    "123qwe",
    "1qazxsw2",
    "0okm9ijn",
    "q1q1q1q1",
    "1z2x3c4v",
    "p0o9i8u7",
];

/// Whether nothing is left but a known word, a common one, digits or a run of few characters, once the decoration is
/// taken off.
fn is_obvious(password: &str, known: &[&str]) -> bool {
    let bare = core_of(password);
    let plain: String = password.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let few = password.chars().collect::<std::collections::BTreeSet<_>>().len() < 5;
    // Some letters among many other characters are no decorated word.
    let is_decorated = bare.chars().count().saturating_mul(3) >= plain.chars().count();
    few || plain.chars().all(char::is_numeric)
        || WALKS
            .iter()
            .any(|walk| plain.starts_with(walk) && plain.trim_start_matches(walk).chars().all(char::is_numeric))
        || (is_decorated && COMMON.split_whitespace().any(|word| word == bare))
        || known.iter().map(|word| core_of(word)).any(|word| !word.is_empty() && word == bare)
}

/// The letters of a word, lower-case: `Pass-Word1234!` and `password` are the same guess.
fn core_of(word: &str) -> String {
    word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::super::password_policy::SPECIAL;
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        check("password", password, &["ana@acme.example", "Acme Ltd"], PasswordPolicy::default()).err().map(|e| e.code)
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
        for password in [
            "Password1234!",
            "ana@acme.example!1",
            "acme-ltd!!!!!!",
            "!!!!!!!!!!!!!",
            "abababababab!",
            "123456789012!",
            "1q2w3e4r!!!1234",
            "Sunshine-2024!",
            "Qwertyuiop12!",
        ] {
            assert_eq!(code(password), Some("password_obvious"), "{password}");
        }
        for password in ["a lamp § by the sea", "love is 4 the many!", "7 tigers, 8 bears."] {
            assert_eq!(code(password), None, "{password}");
        }
    }
}
