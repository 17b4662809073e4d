//! What an agent wishes to be told of, and by which way (specification F18, F19).

use serde::{Deserialize, Serialize};

/// Declares the kinds once: for what is stored, for what is told, and for what is changed.
macro_rules! kinds {
    ($($(#[$doc:meta])* $field:ident $kind:ident),+ $(,)?) => {
        /// Of what agents are told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        #[schema(as = NotificationKind)]
        pub enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// The name under which it is stored and told.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => stringify!($field)),+ }
            }
        }

        /// Of what to be told.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        pub struct Occasions { $($(#[$doc])* pub $field: bool),+ }

        impl Occasions {
            /// Whether it is among them.
            #[must_use]
            pub const fn has(&self, kind: Kind) -> bool {
                match kind { $(Kind::$kind => self.$field),+ }
            }

            fn change(&mut self, change: &OccasionsChange) {
                $(self.$field = change.$field.unwrap_or(self.$field);)+
            }
        }

        /// What to change; what is left out stays.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct OccasionsChange {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<bool>),+
        }
    };
}

kinds! {
    /// A conversation that nobody has.
    new_conversation NewConversation,
    /// A conversation became his.
    assigned Assigned,
    /// A customer answered in a conversation of his.
    answered Answered,
    /// A colleague named him in an internal comment.
    mentioned Mentioned,
    /// A customer has waited for too long, and he supervises.
    escalated Escalated,
    /// Somebody wrote in a conversation that he takes part in.
    followed Followed,
}

/// What an agent wishes to be told of, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Preferences {
    /// Under the bell of the dashboard.
    pub page: Occasions,
    /// By his browser, also while no page is open.
    pub browser: Occasions,
    /// By a mail at once, while he is away.
    pub email: Occasions,
    pub digest: Digest,
    /// Whether notifications of the browser show whom a conversation is with, and its subject.
    pub show_content: bool,
    /// Whether the dashboard makes a sound.
    pub sound: bool,
}

/// A mail that sums up what was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Digest {
    pub every: Every,
    /// Of a daily one: the hour, from 0 to 23, by the company's clock.
    #[schema(maximum = 23)]
    pub hour: u8,
}

/// How often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    #[default]
    Off,
    Hour,
    Day,
}

/// What to change; what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PreferencesChange {
    pub page: OccasionsChange,
    pub browser: OccasionsChange,
    pub email: OccasionsChange,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<DigestChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_content: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<bool>,
}

/// What to change; what is left out stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DigestChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<u8>,
}

impl Preferences {
    /// What was stored, where anything was, over what holds for everybody.
    #[must_use]
    pub fn stored(chosen: &serde_json::Value) -> Self {
        let chosen: PreferencesChange = serde_json::from_value(chosen.clone()).unwrap_or_default();
        Self::default().changed(&chosen)
    }

    /// These, but for what is changed.
    #[must_use]
    pub fn changed(mut self, change: &PreferencesChange) -> Self {
        self.page.change(&change.page);
        self.browser.change(&change.browser);
        self.email.change(&change.email);
        let digest = change.digest.unwrap_or_default();
        self.digest.every = digest.every.unwrap_or(self.digest.every);
        self.digest.hour = digest.hour.unwrap_or(self.digest.hour);
        self.show_content = change.show_content.unwrap_or(self.show_content);
        self.sound = change.sound.unwrap_or(self.sound);
        self
    }
}

impl Default for Preferences {
    fn default() -> Self {
        let all = Occasions {
            new_conversation: false,
            assigned: true,
            answered: true,
            mentioned: true,
            escalated: true,
            followed: true,
        };
        Self {
            page: all,
            browser: Occasions { followed: false, ..all },
            email: Occasions { assigned: false, answered: false, mentioned: false, followed: false, ..all },
            digest: Digest { every: Every::Off, hour: 9 },
            show_content: false,
            sound: false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::arithmetic_side_effects, reason = "a test may panic")]
mod tests {
    use super::*;
    use serde_json::json;

    // spec: F18 F19
    #[test]
    fn what_is_left_out_stays_and_what_was_stored_long_ago_is_understood() {
        let old = json!({ "email": { "assigned": true }, "browser": { "assigned": false, "answered": true } });
        let read = Preferences::stored(&old);
        assert!(read.email.assigned && !read.browser.assigned && read.email.escalated && !read.email.answered);
        assert_eq!(Preferences::stored(&json!({})), Preferences::default());
        assert_eq!(Preferences::stored(&serde_json::to_value(read).unwrap()), read);
        let change = PreferencesChange { sound: Some(true), ..PreferencesChange::default() };
        assert_eq!(read.changed(&change), Preferences { sound: true, ..read });
    }

    #[test]
    fn kinds_have_the_names_of_their_fields() {
        let fields = serde_json::to_value(Preferences::default().page).unwrap();
        for kind in Kind::ALL {
            assert!(fields.get(kind.name()).is_some());
            assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.name()));
        }
        assert_eq!(Kind::ALL.len(), fields.as_object().unwrap().len());
    }
}
