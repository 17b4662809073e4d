//! What a company asks of its people's passwords (specification G4, N14), on top of what is asked of everybody.

use crate::domain::input::FieldError;
use serde::{Deserialize, Serialize};

/// The characters of which a password has at least one.
pub const SPECIAL: &str = "$#§/\\[]{}!,.";
/// The shortest and longest that a company may ask for, in characters.
pub const LENGTHS: std::ops::RangeInclusive<u32> = 8..=64;

/// A company's rule for passwords. What it leaves out is as for everybody: twelve characters, one of them special.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// Fewest characters, from 8 to 64.
    pub min_length: u32,
    /// At least one of `$ # § / \ [ ] { } ! , .`
    pub special: bool,
    /// At least one digit.
    pub digit: bool,
    /// A capital and a small letter.
    pub mixed_case: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 12, special: true, digit: false, mixed_case: false }
    }
}

impl PasswordPolicy {
    /// Checks that the policy can be met.
    ///
    /// # Errors
    /// `out_of_range` when it asks for too few or too many characters.
    pub fn check(self, field: &str) -> Result<Self, FieldError> {
        if LENGTHS.contains(&self.min_length) {
            Ok(self)
        } else {
            let detail = format!("Between {} and {} characters, please.", LENGTHS.start(), LENGTHS.end());
            Err(FieldError::new(format!("{field}.min_length"), "out_of_range", detail))
        }
    }

    /// What satisfies both: a person with several companies has one password.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            min_length: self.min_length.max(other.min_length),
            special: self.special || other.special,
            digit: self.digit || other.digit,
            mixed_case: self.mixed_case || other.mixed_case,
        }
    }

    /// The strictest of several; what is asked of everybody where there are none.
    pub fn strictest(policies: impl IntoIterator<Item = Self>) -> Self {
        policies.into_iter().reduce(Self::and).unwrap_or_default()
    }

    /// What the password lacks, if it lacks something.
    pub(super) fn fault(self, field: &str, password: &str) -> Option<FieldError> {
        let lacks = |class: fn(char) -> bool| !password.chars().any(class);
        if password.chars().count() < self.min_length as usize {
            let detail = format!("Use at least {} characters.", self.min_length);
            return Some(FieldError::new(field, "password_too_short", detail));
        }
        if self.special && lacks(|c| SPECIAL.contains(c)) {
            let detail = "Use at least one special character: $ # § / \\ [ ] { } ! , .";
            return Some(FieldError::new(field, "password_special", detail));
        }
        if self.digit && lacks(char::is_numeric) {
            return Some(FieldError::new(field, "password_digit", "Use at least one digit."));
        }
        if self.mixed_case && (lacks(char::is_uppercase) || lacks(char::is_lowercase)) {
            return Some(FieldError::new(field, "password_mixed_case", "Use capital and small letters."));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: G4 N14
    #[test]
    fn a_company_asks_for_what_it_wants() {
        let code = |policy: PasswordPolicy, password| policy.fault("password", password).map(|fault| fault.code);
        let plain = PasswordPolicy { min_length: 8, special: false, ..PasswordPolicy::default() };
        assert_eq!(code(plain, "eight ch"), None);
        assert_eq!(code(plain, "seven c"), Some("password_too_short"));
        assert_eq!(code(PasswordPolicy { digit: true, ..plain }, "eight ch"), Some("password_digit"));
        assert_eq!(code(PasswordPolicy { digit: true, ..plain }, "eight 8h"), None);
        assert_eq!(code(PasswordPolicy { mixed_case: true, ..plain }, "EIGHT CH"), Some("password_mixed_case"));
        assert_eq!(code(PasswordPolicy { mixed_case: true, ..plain }, "Eight ch"), None);
        let both = PasswordPolicy::strictest([plain, PasswordPolicy::default()]);
        assert_eq!(both, PasswordPolicy::default());
        assert_eq!(PasswordPolicy::strictest([]), PasswordPolicy::default());
        for length in [0, 7, 65] {
            assert!(PasswordPolicy { min_length: length, ..plain }.check("password_policy").is_err(), "{length}");
        }
    }
}
