//! The preset roles and add-ons, as one table (specification M, N; `docs/permissions.md` prints it).

use super::capability::{Capability, Capability as C, Grant, ScopeSet as S};
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

    /// The preset of that key.
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.key() == key)
    }

    /// The key that the contract uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Supervisor => "supervisor",
            Self::SuperAgent => "super_agent",
            Self::AgentManager => "agent_manager",
            Self::Agent => "agent",
            Self::ClientManager => "client_manager",
            Self::Stakeholder => "stakeholder",
            Self::Marketing => "marketing",
            Self::Compliance => "compliance",
            Self::OrderPaymentAdmin => "order_payment_admin",
        }
    }

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
    pub const fn grants(self) -> &'static [Grant] {
        match self {
            Self::Administrator => &[
                (SERVE, S::ALL),
                (DISTRIBUTE, S::ALL),
                (KNOW, S::ALL),
                (SORT, S::ALL),
                (FOLDERS, S::ALL),
                (WORDS, S::ALL),
                (STAFF, S::ALL),
                (RANKS, S::ALL),
                (STICK, S::ALL),
                (PRIVACY, S::ALL),
                (WATCH, S::ALL),
                (&[C::CatalogManage], S::ALL),
                (ORDERS, S::ALL),
                (&[C::OrderCreateFromConversation, C::OrderCreateIndependent], S::ALL),
                (PAYMENTS, S::ALL),
                (REPORTS, S::ALL),
                (COMPANY, S::ALL),
                (AUDIT, S::ALL),
            ],
            Self::Supervisor => &[
                (SERVE, S::ALL),
                (DISTRIBUTE, S::ALL),
                (TAKE, S::ALL),
                (KNOW, S::ALL),
                (SORT, S::ALL),
                (FOLDERS, S::ALL),
                (WORDS, S::ALL),
                (STAFF, S::ALL),
                (RANKS, S::ALL),
                (STICK, S::ALL),
                (WATCH, S::ALL),
                (&[C::CatalogManage], S::ALL),
                (COMPANY, S::ALL),
                (AUDIT, S::ALL),
            ],
            Self::SuperAgent => &[
                (SERVE, S::ALL),
                (DISTRIBUTE, S::ALL),
                (TAKE, S::ALL),
                (KNOW, S::ALL),
                (SORT, S::ALL),
                (FOLDERS, S::ALL),
                (WORDS, S::ALL),
                (STAFF, S::ALL),
                (RANKS, S::ALL),
                (STICK, S::ALL),
                (WATCH, S::ALL),
            ],
            Self::AgentManager => &[
                (SERVE, S::TEAM),
                (DISTRIBUTE, S::TEAM),
                (TAKE, S::TEAM),
                (KNOW, S::TEAM),
                (SORT, S::TEAM),
                (FOLDERS, S::TEAM),
                (WORDS, S::TEAM),
                (STAFF, S::TEAM),
                (STICK, S::TEAM),
                (WATCH, S::TEAM),
                (&[C::OrderView, C::ReportConversations], S::TEAM),
            ],
            Self::Agent => &[
                (&[C::ConversationView, C::ConversationCommentInternal, C::ConversationTag], S::FOLDER),
                (&[C::ConversationReply], S::OWN_OR_FOLDER),
                (
                    &[C::ConversationClose, C::ConversationReopen, C::ConversationSnooze, C::ConversationMerge],
                    S::PARTICIPATING,
                ),
                (&[C::CatalogSend], S::OWN_OR_FOLDER),
                (WORDS, S::ALL),
                (ORDERS, S::PARTICIPATING),
                (&[C::OrderCreateFromConversation, C::ReportConversations], S::PARTICIPATING),
                (&[C::AgentList], S::ALL),
            ],
            Self::ClientManager => &[
                (SERVE, S::TEAM),
                (DISTRIBUTE, S::TEAM),
                (TAKE, S::TEAM),
                (KNOW, S::TEAM),
                (SORT, S::TEAM),
                (WORDS, S::ALL),
                (STICK, S::TEAM),
                (WATCH, S::TEAM),
                (ORDERS, S::TEAM),
                (&[C::OrderCreateFromConversation, C::ReportConversations], S::TEAM),
                (&[C::AgentList], S::TEAM),
            ],
            Self::Stakeholder => &[
                (SERVE, S::ALL),
                (DISTRIBUTE, S::ALL),
                (SORT, S::ALL),
                (WORDS, S::ALL),
                (ORDERS, S::ALL),
                (&[C::OrderCreateFromConversation], S::ALL),
                (REPORTS, S::ALL),
                (&[C::MonitorView], S::ALL),
                (&[C::AgentList], S::ALL),
            ],
            Self::Marketing => {
                &[(WORDS, S::ALL), (&[C::CatalogManage, C::OrderView, C::ReportConversations, C::MonitorView], S::ALL)]
            }
            Self::Compliance => &[
                (&[C::ConversationView, C::ConversationCommentInternal], S::ALL),
                (&[C::StatusBoardView, C::OrderView, C::MonitorView], S::ALL),
                (REPORTS, S::ALL),
                (AUDIT, S::ALL),
                (&[C::AgentList], S::ALL),
            ],
            Self::OrderPaymentAdmin => &[(ORDERS, S::ALL)],
        }
    }
}

/// Everything that people who serve customers do to a conversation.
const SERVE: &[Capability] = &[
    C::ConversationView,
    C::ConversationReply,
    C::ConversationCommentInternal,
    C::ConversationClose,
    C::ConversationReopen,
    C::ConversationSnooze,
    C::ConversationTag,
    C::ConversationMerge,
];
const DISTRIBUTE: &[Capability] = &[C::ConversationAssignOther, C::ConversationUnassign, C::ConversationAssignTeam];
const TAKE: &[Capability] = &[C::ConversationAssignSelf, C::ConversationAssignSelfPick];
const KNOW: &[Capability] = &[C::ContactEdit, C::CatalogSend];
const SORT: &[Capability] = &[C::ConversationAssignFolder];
const FOLDERS: &[Capability] = &[C::FolderCreate, C::FolderEdit, C::FolderDelete, C::FolderAcl];
/// Tags and automated responses.
const WORDS: &[Capability] =
    &[C::TagCreate, C::TagDelete, C::TemplateCreate, C::TemplateEdit, C::TemplateDelete, C::TemplateUse];
const STAFF: &[Capability] = &[
    C::AgentList,
    C::AgentInvite,
    C::AgentEdit,
    C::AgentResetPassword,
    C::AgentForcePasswordChange,
    C::AgentMaxChats,
    C::AgentDisable,
    C::AgentRemove,
    C::TeamManage,
];
const RANKS: &[Capability] = &[C::AgentRole, C::AgentAddons];
const STICK: &[Capability] = &[C::ContactStick, C::ContactUnstick];
/// What the law gives customers a right to, and what cannot be undone.
const PRIVACY: &[Capability] = &[C::ContactExport, C::ContactErase];
const WATCH: &[Capability] = &[C::StatusBoardView, C::StatusBoardAct, C::MonitorView];
const ORDERS: &[Capability] = &[C::OrderView, C::OrderEdit, C::OrderCancel, C::OrderComment];
const PAYMENTS: &[Capability] =
    &[C::OrderDelete, C::PaymentReconcile, C::PaymentReject, C::PaymentReopen, C::PaymentComment];
const REPORTS: &[Capability] = &[C::ReportConversations, C::ReportPayments, C::ReportExport];
const COMPANY: &[Capability] = &[
    C::TenantSettings,
    C::TenantUrl,
    C::TenantBranding,
    C::TenantPasswordPolicy,
    C::TenantMaxChatsDefault,
    C::TenantAutoclose,
    C::TenantHours,
    C::TenantSeats,
    C::AutomationManage,
];
const AUDIT: &[Capability] = &[C::TenantAuditView, C::TenantAuditExport];

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
    pub const fn grants(self, host: Role) -> &'static [Grant] {
        const RECONCILE: &[Capability] = &[C::PaymentReconcile, C::PaymentReject, C::PaymentReopen, C::PaymentComment];
        match (self, host) {
            (Self::Dispenser, Role::Agent) => &[(&[C::ConversationAssignSelf], S::UNASSIGNED)],
            (Self::Transfer, Role::Agent) => &[(&[C::ConversationAssignOther, C::ConversationAssignTeam], S::OWN)],
            (Self::IndependentOrders, Role::Agent | Role::ClientManager | Role::OrderPaymentAdmin) => {
                &[(&[C::OrderCreateIndependent], S::ALL)]
            }
            (Self::IndependentOrders, Role::Supervisor | Role::SuperAgent) => {
                &[(&[C::OrderView, C::OrderCreateIndependent, C::OrderCancel, C::OrderDelete, C::OrderComment], S::ALL)]
            }
            (Self::OrderAdmin, Role::Supervisor | Role::SuperAgent) => &[(
                &[C::OrderView, C::OrderCreateFromConversation, C::OrderCancel, C::OrderDelete, C::OrderComment],
                S::ALL,
            )],
            (Self::PaymentReconciler, Role::Supervisor | Role::SuperAgent) => {
                &[(&[C::OrderView], S::ALL), (RECONCILE, S::ALL)]
            }
            (Self::PaymentReconciler, Role::OrderPaymentAdmin) => &[(RECONCILE, S::ALL)],
            (Self::ConversationReports, Role::Supervisor | Role::SuperAgent) => {
                &[(&[C::ReportConversations, C::ReportExport], S::ALL)]
            }
            (Self::PaymentReports, Role::Supervisor | Role::SuperAgent | Role::OrderPaymentAdmin) => {
                &[(&[C::ReportPayments, C::ReportExport], S::ALL)]
            }
            _ => &[],
        }
    }
}
