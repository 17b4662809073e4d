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
    /// See the people of the company.
    AgentList = "agent.list",
    /// Invite people.
    AgentInvite = "agent.invite",
    /// Change the company's settings.
    TenantSettings = "tenant.settings",
}

/// A relation between a member and a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Assigned to the member.
    Own,
    /// The member has been assigned to it, or has answered in it.
    Participating,
    /// In a folder that the member sees.
    Folder,
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
    /// What nobody has yet.
    pub const UNASSIGNED: Self = Self(16);
    /// Everything in the company.
    pub const ALL: Self = Self(32);

    const BITS: [(Scope, u8); 6] = [
        (Scope::Own, 1),
        (Scope::Participating, 2),
        (Scope::Folder, 4),
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
