//! Who may do what: one pure function over one table ([`super::role`]).
//!
//! A grant is a capability with a scope: the relation that must hold between the member and the thing. The same
//! grants guard handlers, decide inside each conversation, filter lists and feeds, and tell the dashboard what to show.

pub use super::capability::{Capability, Scope, ScopeSet};
use super::member::Member;
use std::collections::BTreeMap;

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

/// Decides whether `member` may do something that concerns the company as a whole, or a part of it larger than himself.
///
/// # Errors
/// [`Denied::Forbidden`] when he may not, [`Denied::NotVisible`] when his role keeps him elsewhere.
pub fn permit_company(member: &Member, capability: Capability) -> Result<(), Denied> {
    if member.is_confined() && !capability.is_of_orders() {
        return Err(Denied::NotVisible);
    }
    let enough = if capability.is_undivided() { ScopeSet::ALL } else { ScopeSet::TEAM_OR_ALL };
    if !scope_of(member, capability).meets(enough) { Err(Denied::Forbidden(capability)) } else { Ok(()) }
}

/// How far a capability of the member reaches: the union over his roles, add-ons and folders.
#[must_use]
pub fn scope_of(member: &Member, capability: Capability) -> ScopeSet {
    member.reach(capability)
}

/// Decides whether `member` may do `capability` to another member to whom he stands in `relation`. Rank is another
/// question ([`super::delegation`]).
///
/// # Errors
/// [`Denied::NotVisible`] when he may not see him, [`Denied::Forbidden`] when he may see him only.
pub fn permit_member(member: &Member, capability: Capability, relation: ScopeSet) -> Result<(), Denied> {
    let relation = relation.with(ScopeSet::ALL);
    if member.is_confined() || !scope_of(member, Capability::AgentList).meets(relation) {
        return Err(Denied::NotVisible);
    }
    if scope_of(member, capability).meets(relation) { Ok(()) } else { Err(Denied::Forbidden(capability)) }
}

/// The relations in which a member stands to another: himself, or one of a team of his.
#[must_use]
pub fn relation_between(member: &Member, other: &Member) -> ScopeSet {
    let mut scopes = Vec::new();
    if member.id == other.id {
        scopes.push(Scope::Own);
    }
    if other.teams.iter().any(|team| member.teams.contains(team)) {
        scopes.push(Scope::Team);
    }
    ScopeSet::of(&scopes)
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
    use super::super::member::with_roles as member;
    use super::super::role::{AddOn, Role};
    use super::*;

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

    #[test]
    fn whom_one_may_not_see_does_not_exist() {
        let edit = Capability::AgentEdit;
        let manager = member(&[Role::AgentManager], &[]);
        assert_eq!(permit_member(&manager, edit, ScopeSet::TEAM), Ok(()));
        assert_eq!(permit_member(&manager, edit, ScopeSet::NONE), Err(Denied::NotVisible));
        assert_eq!(permit_member(&member(&[Role::Supervisor], &[]), edit, ScopeSet::NONE), Ok(()));
        assert_eq!(permit_member(&member(&[Role::Agent], &[]), edit, ScopeSet::TEAM), Err(Denied::Forbidden(edit)));
        // One keeps no list of people; the other's role keeps him elsewhere, whatever else he is.
        for roles in [&[Role::Marketing][..], &[Role::Supervisor, Role::OrderPaymentAdmin]] {
            assert_eq!(permit_member(&member(roles, &[]), edit, ScopeSet::ALL), Err(Denied::NotVisible), "{roles:?}");
        }
    }

    #[test]
    fn colleagues_are_those_of_a_team_of_ones_own() {
        let id = |number| uuid::Uuid::from_u128(number);
        let of = |number, teams: &[u128]| Member {
            teams: teams.iter().map(|team| crate::domain::id::TeamId::new(id(*team))).collect(),
            ..Member::named(crate::domain::id::AgentId::new(id(number)), "Ana")
        };
        for (other, relation) in [
            (of(1, &[]), &[Scope::Own][..]),
            (of(2, &[8]), &[Scope::Team]),
            (of(2, &[7, 9]), &[]),
            (of(1, &[8]), &[Scope::Own, Scope::Team]),
        ] {
            assert_eq!(relation_between(&of(1, &[8]), &other), ScopeSet::of(relation));
        }
    }

    // spec: N9
    #[test]
    fn roles_add_up() {
        let both = member(&[Role::Agent, Role::Stakeholder], &[]);
        assert_eq!(scope_of(&both, Capability::ConversationView), ScopeSet::ALL.with(ScopeSet::FOLDER));
        assert!(effective(&both).contains_key("conversation.unassign"));
    }
}
