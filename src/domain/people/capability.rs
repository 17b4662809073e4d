//! What can be permitted, and how far: the words of the permission table.

use serde::{Deserialize, Serialize};

macro_rules! capabilities {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)?) => {
        /// A verb on a kind of thing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        pub enum Capability {
            $($(#[$doc])* #[serde(rename = $name)] $variant),+
        }

        impl Capability {
            /// Every capability, in the order of the published table.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name that the contract and the table use.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }
    };
}

capabilities! {
    /// Read a conversation with its internal comments and history.
    ConversationView = "conversation.view",
    /// Answer the customer.
    ConversationReply = "conversation.reply",
    /// Leave an internal comment.
    ConversationCommentInternal = "conversation.comment_internal",
    /// Close a conversation.
    ConversationClose = "conversation.close",
    /// Open a closed conversation again.
    ConversationReopen = "conversation.reopen",
    /// Put a conversation aside until an instant.
    ConversationSnooze = "conversation.snooze",
    /// Be dealt the oldest waiting conversation (the Dispenser).
    ConversationAssignSelf = "conversation.assign_self",
    /// Take a conversation of one's own choice.
    ConversationAssignSelfPick = "conversation.assign_self_pick",
    /// Give a conversation to somebody else.
    ConversationAssignOther = "conversation.assign_other",
    /// Take a conversation from its agent and put it back into the queue.
    ConversationUnassign = "conversation.unassign",
    /// Sort a conversation into a folder.
    ConversationAssignFolder = "conversation.assign_folder",
    /// Give a conversation to a team.
    ConversationAssignTeam = "conversation.assign_team",
    /// Put tags and a priority on a conversation.
    ConversationTag = "conversation.tag",
    /// Merge two conversations of a customer.
    ConversationMerge = "conversation.merge",
    /// Change what is known of a customer.
    ContactEdit = "contact.edit",
    /// Stick a customer to an agent.
    ContactStick = "contact.stick",
    /// Take a customer off the agent he is stuck to.
    ContactUnstick = "contact.unstick",
    /// Take out everything that is held about a customer.
    ContactExport = "contact.export",
    /// Erase a customer for good, and see what was erased.
    ContactErase = "contact.erase",
    /// Change the catalogue.
    CatalogManage = "catalog.manage",
    /// Send something of the catalogue into a conversation.
    CatalogSend = "catalog.send",
    /// Create folders.
    FolderCreate = "folder.create",
    /// Rename folders.
    FolderEdit = "folder.edit",
    /// Delete folders.
    FolderDelete = "folder.delete",
    /// Say who sees and assigns what is in a folder.
    FolderAcl = "folder.acl",
    /// Create tags.
    TagCreate = "tag.create",
    /// Delete tags.
    TagDelete = "tag.delete",
    /// Write automated responses.
    TemplateCreate = "template.create",
    /// Change automated responses.
    TemplateEdit = "template.edit",
    /// Delete automated responses.
    TemplateDelete = "template.delete",
    /// Answer with an automated response.
    TemplateUse = "template.use",
    /// See the people of the company.
    AgentList = "agent.list",
    /// Invite people.
    AgentInvite = "agent.invite",
    /// Change names, languages, phones and teams of others.
    AgentEdit = "agent.edit",
    /// Change the roles of others.
    AgentRole = "agent.role",
    /// Change the add-ons of others.
    AgentAddons = "agent.addons",
    /// Help others to a new password.
    AgentResetPassword = "agent.reset_password",
    /// Make others change their password.
    AgentForcePasswordChange = "agent.force_password_change",
    /// Change how many conversations others may hold.
    AgentMaxChats = "agent.max_chats",
    /// Disable others, and enable them again.
    AgentDisable = "agent.disable",
    /// Remove others.
    AgentRemove = "agent.remove",
    /// Create, change and delete groups and business units.
    TeamManage = "team.manage",
    /// See what each agent has.
    StatusBoardView = "status_board.view",
    /// Close, transfer and unstick what each agent has.
    StatusBoardAct = "status_board.act",
    /// See orders.
    OrderView = "order.view",
    /// Create an order in a conversation.
    OrderCreateFromConversation = "order.create_from_conversation",
    /// Create an order that belongs to no conversation.
    OrderCreateIndependent = "order.create_independent",
    /// Change orders.
    OrderEdit = "order.edit",
    /// Cancel orders.
    OrderCancel = "order.cancel",
    /// Delete orders.
    OrderDelete = "order.delete",
    /// Comment on orders.
    OrderComment = "order.comment",
    /// Reconcile payments.
    PaymentReconcile = "payment.reconcile",
    /// Reject payments.
    PaymentReject = "payment.reject",
    /// Open rejected payments again.
    PaymentReopen = "payment.reopen",
    /// Comment on payments.
    PaymentComment = "payment.comment",
    /// See reports on conversations.
    ReportConversations = "report.conversations",
    /// See reports on payments.
    ReportPayments = "report.payments",
    /// Export reports.
    ReportExport = "report.export",
    /// See what goes on right now.
    MonitorView = "monitor.view",
    /// Change the company's settings.
    TenantSettings = "tenant.settings",
    /// Change the company's URL.
    TenantUrl = "tenant.url",
    /// Change the company's name, logo and description.
    TenantBranding = "tenant.branding",
    /// Change the rule for passwords.
    TenantPasswordPolicy = "tenant.password_policy",
    /// Change how many conversations an agent may hold where nothing else is said.
    TenantMaxChatsDefault = "tenant.max_chats_default",
    /// Change when a pending conversation closes.
    TenantAutoclose = "tenant.autoclose",
    /// Change the business hours.
    TenantHours = "tenant.hours",
    /// Change how many people may work here.
    TenantSeats = "tenant.seats",
    /// Make rules by which conversations are handled, and change them.
    AutomationManage = "automation.manage",
    /// Read the audit trail.
    TenantAuditView = "tenant.audit_view",
    /// Take the audit trail out as a file.
    TenantAuditExport = "tenant.audit_export",
}

impl Capability {
    /// The capability of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capability| capability.name() == name)
    }

    /// Whether to have it over everything is power over other people's work; some are everybody's to use.
    #[must_use]
    pub const fn is_power(self) -> bool {
        !matches!(
            self,
            Self::AgentList
                | Self::TagCreate
                | Self::TagDelete
                | Self::TemplateCreate
                | Self::TemplateEdit
                | Self::TemplateDelete
                | Self::TemplateUse
                | Self::CatalogSend
                | Self::OrderCreateIndependent
        )
    }

    /// Whether to have it over a team is power over the people of that team, and over what they do.
    #[must_use]
    pub fn is_power_over_a_team(self) -> bool {
        const KINDS: [&str; 6] = ["conversation", "contact", "folder", "agent", "team", "status_board"];
        self.is_power() && self.name().split_once('.').is_some_and(|(kind, _)| KINDS.contains(&kind))
    }

    /// Whether it concerns the company as a whole: to have a part of it means nothing.
    #[must_use]
    pub fn is_undivided(self) -> bool {
        self >= Self::TenantSettings && self <= Self::TenantAuditExport
            || matches!(self, Self::AgentRole | Self::AgentAddons | Self::ContactExport | Self::ContactErase)
    }

    /// Whether it belongs to the orders section, to which some roles are kept (specification J7).
    #[must_use]
    pub fn is_of_orders(self) -> bool {
        self >= Self::OrderView && self <= Self::PaymentComment
            || matches!(self, Self::ReportPayments | Self::ReportExport)
    }
}

/// A relation between a member and a thing: a conversation, or another member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Assigned to the member.
    Own,
    /// The member has been assigned to it, or has answered in it.
    Participating,
    /// In a folder that the member sees.
    Folder,
    /// In a folder in which the member may assign.
    FolderAssign,
    /// Of a team that the member belongs to.
    Team,
    /// Assigned to nobody.
    Unassigned,
    /// Any conversation of the company.
    All,
}

/// A set of relations: those a grant accepts, or those that hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(u8);

/// Some capabilities, and how far they reach.
pub type Grant = (&'static [Capability], ScopeSet);

impl ScopeSet {
    /// No relation at all.
    pub const NONE: Self = Self(0);
    /// The assignee only.
    pub const OWN: Self = Self(1);
    /// Whoever takes or took part; the assignee does.
    pub const PARTICIPATING: Self = Self(2 | 1);
    /// The folders the member sees, and what he takes part in.
    pub const FOLDER: Self = Self(4 | 2 | 1);
    /// The assignee, and whoever sees the folder.
    pub const OWN_OR_FOLDER: Self = Self(4 | 1);
    /// The member's teams, and what he takes part in.
    pub const TEAM: Self = Self(8 | 2 | 1);
    /// More than what is one's own: a team's, or everything.
    pub const TEAM_OR_ALL: Self = Self(8 | 32);
    /// What nobody has yet.
    pub const UNASSIGNED: Self = Self(16);
    /// Everything in the company.
    pub const ALL: Self = Self(32);
    /// The folders the member sees, and nothing else.
    pub const FOLDER_ONLY: Self = Self(4);
    /// The folders in which the member may assign.
    pub const FOLDER_ASSIGN: Self = Self(64);

    const BITS: [(Scope, u8); 7] = [
        (Scope::Own, 1),
        (Scope::Participating, 2),
        (Scope::Folder, 4),
        (Scope::FolderAssign, 64),
        (Scope::Team, 8),
        (Scope::Unassigned, 16),
        (Scope::All, 32),
    ];

    /// Exactly these relations, as they hold between a member and a thing.
    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        Self(Self::BITS.iter().filter(|(scope, _)| scopes.contains(scope)).fold(0, |all, (_, bit)| all | bit))
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a relation that holds is one that the grant accepts.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set without what a right in a folder reaches.
    #[must_use]
    pub const fn without_folder_rights(self) -> Self {
        Self(self.0 & !64)
    }

    /// Whether the set has the scope.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        Self::BITS.iter().any(|(name, bit)| *name == scope && self.0 & bit != 0)
    }

    /// The scopes of the set, narrowest first.
    #[must_use]
    pub fn scopes(self) -> Vec<Scope> {
        Self::BITS.iter().filter(|(_, bit)| self.0 & bit != 0).map(|(scope, _)| *scope).collect()
    }
}
