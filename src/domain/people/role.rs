//! The preset roles and add-ons, as one table (specification M, N; `docs/permissions.md` prints it).

use super::capability::{Capability, Capability as C, ScopeSet, ScopeSet as S};
use serde::{Deserialize, Serialize};

/// A preset role. Several may be held at once; their grants add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Administrator,
    Supervisor,
    SuperAgent,
    AgentManager,
    Agent,
    ClientManager,
    Stakeholder,
    Marketing,
    Compliance,
    OrderPaymentAdmin,
}

impl Role {
    /// Every preset, most powerful first.
    pub const ALL: [Self; 10] = [
        Self::Administrator,
        Self::Supervisor,
        Self::SuperAgent,
        Self::AgentManager,
        Self::Agent,
        Self::ClientManager,
        Self::Stakeholder,
        Self::Marketing,
        Self::Compliance,
        Self::OrderPaymentAdmin,
    ];

    /// Whether a conversation may ever be assigned to somebody with this role (specification C26, N3).
    #[must_use]
    pub const fn assignable(self) -> bool {
        matches!(self, Self::Supervisor | Self::SuperAgent | Self::AgentManager | Self::Agent | Self::ClientManager)
    }

    /// Whether the role keeps its holder to the orders section: to him nothing else is there (specification J7).
    #[must_use]
    pub const fn confined(self) -> bool {
        matches!(self, Self::OrderPaymentAdmin)
    }

    /// How far up the role stands: members manage only roles below their own.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::Administrator => 100,
            Self::Supervisor => 80,
            Self::SuperAgent => 60,
            // They see every conversation: nobody who sees less may make one.
            Self::Stakeholder | Self::Compliance => 50,
            Self::AgentManager => 40,
            _ => 20,
        }
    }

    /// What the role allows, and how far each permission reaches.
    #[must_use]
    pub const fn grants(self) -> &'static [(&'static [Capability], ScopeSet)] {
        /// Everything that people who serve customers do to a conversation.
        const SERVE: &[Capability] = &[
            C::ConversationView,
            C::ConversationReply,
            C::ConversationCommentInternal,
            C::ConversationClose,
            C::ConversationReopen,
            C::ConversationSnooze,
        ];
        const DISTRIBUTE: &[Capability] = &[C::ConversationAssignOther, C::ConversationUnassign];
        const TAKE: &[Capability] = &[C::ConversationAssignSelf, C::ConversationAssignSelfPick];
        const STAFF: &[Capability] = &[C::AgentList, C::AgentInvite];
        match self {
            Self::Administrator => {
                &[(SERVE, S::ALL), (DISTRIBUTE, S::ALL), (STAFF, S::ALL), (&[C::TenantSettings], S::ALL)]
            }
            Self::Supervisor => &[
                (SERVE, S::ALL),
                (DISTRIBUTE, S::ALL),
                (TAKE, S::ALL),
                (STAFF, S::ALL),
                (&[C::TenantSettings], S::ALL),
            ],
            Self::SuperAgent => &[(SERVE, S::ALL), (DISTRIBUTE, S::ALL), (TAKE, S::ALL), (STAFF, S::ALL)],
            Self::AgentManager => &[(SERVE, S::TEAM), (DISTRIBUTE, S::TEAM), (TAKE, S::TEAM), (STAFF, S::TEAM)],
            Self::ClientManager => {
                &[(SERVE, S::TEAM), (DISTRIBUTE, S::TEAM), (TAKE, S::TEAM), (&[C::AgentList], S::TEAM)]
            }
            Self::Agent => &[
                (&[C::ConversationView], S::FOLDER),
                (&[C::ConversationReply, C::ConversationCommentInternal], S::OWN_OR_FOLDER),
                (&[C::ConversationClose, C::ConversationReopen, C::ConversationSnooze], S::PARTICIPATING),
                (&[C::AgentList], S::ALL),
            ],
            Self::Stakeholder => &[(SERVE, S::ALL), (DISTRIBUTE, S::ALL), (&[C::AgentList], S::ALL)],
            Self::Compliance => {
                &[(&[C::ConversationView, C::ConversationCommentInternal], S::ALL), (&[C::AgentList], S::ALL)]
            }
            Self::Marketing | Self::OrderPaymentAdmin => &[],
        }
    }
}

/// An optional permission on top of a role; what it means depends on the role that carries it (specification N10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AddOn {
    Dispenser,
    Transfer,
    IndependentOrders,
    OrderAdmin,
    PaymentReconciler,
    ConversationReports,
    PaymentReports,
}

impl AddOn {
    /// Every add-on.
    pub const ALL: [Self; 7] = [
        Self::Dispenser,
        Self::Transfer,
        Self::IndependentOrders,
        Self::OrderAdmin,
        Self::PaymentReconciler,
        Self::ConversationReports,
        Self::PaymentReports,
    ];

    /// What the add-on allows to somebody with `host`; nothing where the role may not carry it.
    #[must_use]
    pub const fn grants(self, host: Role) -> &'static [(&'static [Capability], ScopeSet)] {
        match (self, host) {
            (Self::Dispenser, Role::Agent) => &[(&[C::ConversationAssignSelf], S::UNASSIGNED)],
            (Self::Transfer, Role::Agent) => &[(&[C::ConversationAssignOther], S::OWN)],
            _ => &[],
        }
    }
}
