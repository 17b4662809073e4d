//! Who may do what: one pure function over one table ([`super::role`]).
//!
//! A grant is a capability with a scope: the relation that must hold between the member and the thing. The same
//! grants guard handlers, decide inside each conversation, filter lists and feeds, and tell the dashboard what to show.

use super::member::Member;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// Why something is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// The member may not even know of the thing: answered as if it did not exist.
    NotVisible,
    /// The member sees the thing but lacks this capability for it.
    Forbidden(Capability),
}

/// Decides whether `member` may do `capability` to a conversation to which he stands in `relation`.
///
/// # Errors
/// [`Denied::NotVisible`] when he may not see it, [`Denied::Forbidden`] when he may see it only.
pub fn permit(member: &Member, capability: Capability, relation: ScopeSet) -> Result<(), Denied> {
    let relation = relation.with(ScopeSet::ALL);
    if member.is_confined() || !scope_of(member, Capability::ConversationView).meets(relation) {
        return Err(Denied::NotVisible);
    }
    if scope_of(member, capability).meets(relation) { Ok(()) } else { Err(Denied::Forbidden(capability)) }
}

/// Decides whether `member` may do something that concerns the company as a whole.
///
/// # Errors
/// [`Denied::Forbidden`] when he may not, [`Denied::NotVisible`] when his role keeps him elsewhere.
pub fn permit_company(member: &Member, capability: Capability) -> Result<(), Denied> {
    if member.is_confined() {
        return Err(Denied::NotVisible);
    }
    if scope_of(member, capability) == ScopeSet::NONE { Err(Denied::Forbidden(capability)) } else { Ok(()) }
}

/// How far a capability of the member reaches: the union over his roles and add-ons.
#[must_use]
pub fn scope_of(member: &Member, capability: Capability) -> ScopeSet {
    let roles = member.roles.iter().flat_map(|role| role.grants());
    let add_ons = member.roles.iter().flat_map(|role| member.add_ons.iter().flat_map(|add_on| add_on.grants(*role)));
    roles
        .chain(add_ons)
        .filter(|(capabilities, _)| capabilities.contains(&capability))
        .fold(ScopeSet::NONE, |all, (_, scope)| all.with(*scope))
}

/// All that the member may do, as the dashboard is told it.
#[must_use]
pub fn effective(member: &Member) -> BTreeMap<&'static str, Vec<Scope>> {
    Capability::ALL
        .iter()
        .map(|capability| (capability.name(), scope_of(member, *capability).scopes()))
        .filter(|(_, scopes)| !scopes.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::role::{AddOn, Role};
    use super::*;
    use crate::domain::id::AgentId;

    fn member(roles: &[Role], add_ons: &[AddOn]) -> Member {
        let mut member = Member::named(AgentId::new(uuid::Uuid::nil()), "Ana");
        member.roles = roles.to_vec();
        member.add_ons = add_ons.to_vec();
        member
    }

    // spec: C18 C22 C26
    #[test]
    fn what_one_may_not_see_does_not_exist() {
        let agent = member(&[Role::Agent], &[]);
        let elsewhere = ScopeSet::UNASSIGNED;
        assert_eq!(permit(&agent, Capability::ConversationReply, elsewhere), Err(Denied::NotVisible));
        assert_eq!(permit(&agent, Capability::ConversationReply, ScopeSet::OWN), Ok(()));
        let forbidden = Denied::Forbidden(Capability::ConversationAssignOther);
        assert_eq!(permit(&agent, Capability::ConversationAssignOther, ScopeSet::OWN), Err(forbidden));
        for role in [Role::Supervisor, Role::Administrator] {
            assert_eq!(permit(&member(&[role], &[]), Capability::ConversationView, elsewhere), Ok(()));
        }
        assert!(!Role::Administrator.assignable() && Role::Supervisor.assignable());
    }

    // spec: A20 N1
    #[test]
    fn settings_are_for_those_who_may() {
        for role in Role::ALL {
            let allowed = permit_company(&member(&[role], &[]), Capability::TenantSettings).is_ok();
            assert_eq!(allowed, matches!(role, Role::Administrator | Role::Supervisor), "{role:?}");
        }
    }

    // spec: N10 C20 C21
    #[test]
    fn an_add_on_means_what_its_host_role_says() {
        let transfer = Capability::ConversationAssignOther;
        let with = member(&[Role::Agent], &[AddOn::Transfer]);
        assert_eq!(permit(&with, transfer, ScopeSet::OWN), Ok(()));
        let no_longer = ScopeSet::of(&[Scope::Participating]);
        assert_eq!(permit(&with, transfer, no_longer), Err(Denied::Forbidden(transfer)));
        assert_eq!(scope_of(&member(&[Role::Marketing], &[AddOn::Transfer]), transfer), ScopeSet::NONE);
        let dispenser = member(&[Role::Agent], &[AddOn::Dispenser]);
        assert_eq!(scope_of(&dispenser, Capability::ConversationAssignSelf), ScopeSet::UNASSIGNED);
        assert_eq!(scope_of(&dispenser, Capability::ConversationAssignSelfPick), ScopeSet::NONE);
    }

    // spec: N9
    #[test]
    fn roles_add_up() {
        let both = member(&[Role::Agent, Role::Stakeholder], &[]);
        assert_eq!(scope_of(&both, Capability::ConversationView), ScopeSet::ALL.with(ScopeSet::FOLDER));
        assert!(effective(&both).contains_key("conversation.unassign"));
    }
}
