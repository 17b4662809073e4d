//! Identifiers: one newtype per kind of thing, all UUIDs (version 7, so that they sort by creation).

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Any of the kinds of identifier below.
pub trait Id: fmt::Display {}

macro_rules! newtype_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Names a thing by a UUID that the caller made or read.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// Reads the hyphenated form; anything else is nobody's id.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().filter(|id| id.to_string() == text).map(Self)
            }

            /// The sixteen bytes that a MAC is computed over.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl Id for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                crate::domain::time::string_schema("uuid")
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

newtype_id! {
    /// A line of the ledger of erasures.
    ErasureId,
    /// A report that somebody has sent to himself.
    ReportScheduleId,
    /// A person, whatever companies they work for.
    UserId,
    /// One sign-in of one person on one device.
    SessionId,
    /// A tenant.
    CompanyId,
    /// A person's membership in one company.
    AgentId,
    /// Somebody who writes to a company.
    ContactId,
    /// A conversation between a contact and a company.
    ConversationId,
    /// A folder that conversations are sorted into.
    FolderId,
    /// A team (agent group or business unit).
    TeamId,
    /// A tag that conversations are marked with.
    TagId,
    /// An automation rule.
    RuleId,
    /// An automated response.
    ResponseId,
    /// A role of a company's own.
    RoleId,
    /// A file.
    FileId,
    /// A way to a new password.
    PasswordResetId,
    /// Something that a company sells.
    CatalogItemId,
    /// An order.
    OrderId,
    /// A payment for an order.
    PaymentId,
    /// A line of an order's log: a step of it, or a comment on it.
    OrderLogId,
    /// Something that an agent was told of.
    NotificationId,
    /// A browser that an agent is told of things by.
    PushSubscriptionId,
    /// A line of the audit trail.
    AuditId,
    /// A pending invitation to a company.
    InvitationId,
    /// The sender's own name for a command, so that a repeat is recognised.
    ClientId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_an_id() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(AgentId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        assert_eq!(AgentId::parse(&text.to_uppercase()), None);
        assert_eq!(AgentId::parse("01890a5dac96774bbcceb302099a8057"), None);
        assert_eq!(AgentId::parse(""), None);
    }
}
