//! Who may give what to whom: nobody manages his equals or betters, and nobody gives power over others that he lacks.

use super::capability::{Capability, ScopeSet};
use super::member::Member;
use super::role::Role;

/// How far up an owner stands.
const OWNER: u8 = 110;

/// How far up a member stands: as his highest role does, an owner above them all.
#[must_use]
pub fn rank(member: &Member) -> u8 {
    let highest = member.bases().map(Role::rank).max().unwrap_or(0);
    if member.owner { OWNER } else { highest }
}

/// Whether one member stands where he may manage another: above him. Administrators manage each other, and so do owners.
#[must_use]
pub fn manages(actor: &Member, target: &Member) -> bool {
    let (own, other) = (rank(actor), rank(target));
    own > other || (own == other && (actor.owner || actor.roles.contains(&Role::Administrator)))
}

/// Whether a member may make somebody who was `before` (nobody, for an invitation) into `after`: no role of his own rank
/// or above, and no power over everybody's affairs that neither of them has. Administrators may give every
/// role, owners alone make owners.
///
/// # Errors
/// The capability that the giver lacks.
pub fn may_give(actor: &Member, before: Option<&Member>, after: &Member) -> Result<(), Capability> {
    if after.owner && !before.is_some_and(|before| before.owner) && !actor.owner {
        return Err(Capability::AgentRole);
    }
    if actor.owner || actor.roles.contains(&Role::Administrator) {
        return Ok(());
    }
    let held = |role: Role| before.is_some_and(|before| before.bases().any(|base| base == role));
    if after.bases().any(|role| !held(role) && role.rank() >= rank(actor)) {
        return Err(Capability::AgentRole);
    }
    let reaches = |member: &Member, capability: Capability, scopes: ScopeSet| member.reach(capability).meets(scopes);
    let held = |capability, scopes| {
        reaches(actor, capability, scopes) || before.is_some_and(|before| reaches(before, capability, scopes))
    };
    let exceeds = |capability: &Capability| {
        let (all, more) = (ScopeSet::ALL, ScopeSet::TEAM_OR_ALL);
        let over_all = capability.is_power() && reaches(after, *capability, all) && !held(*capability, all);
        let over_teams =
            capability.is_power_over_a_team() && reaches(after, *capability, more) && !held(*capability, more);
        over_all || over_teams
    };
    Capability::ALL.iter().copied().find(exceeds).map_or(Ok(()), Err)
}

/// Whether a member may invite somebody who will be `after`: plain agents without more, or what he may give.
///
/// # Errors
/// The capability that he lacks.
pub fn may_invite(actor: &Member, after: &Member) -> Result<(), Capability> {
    let lacks = |capability| actor.is_confined() || actor.reach(capability) == ScopeSet::NONE;
    let plain = after.custom_roles.is_empty() && after.roles.iter().all(|role| *role == Role::Agent);
    let needed = [
        (true, Capability::AgentInvite),
        (!plain, Capability::AgentRole),
        (!after.add_ons.is_empty(), Capability::AgentAddons),
    ];
    if let Some((_, capability)) = needed.into_iter().find(|(needed, capability)| *needed && lacks(*capability)) {
        return Err(capability);
    }
    may_give(actor, None, after).map_err(|_| Capability::AgentInvite)
}

#[cfg(test)]
mod tests {
    use super::super::member::with_roles as member;
    use super::super::role::AddOn;
    use super::*;

    fn owner() -> Member {
        Member { owner: true, ..member(&[Role::Administrator], &[]) }
    }

    // spec: N2 I2
    #[test]
    fn one_manages_those_below() {
        let administrator = member(&[Role::Administrator], &[]);
        let supervisor = member(&[Role::Supervisor], &[]);
        assert!(manages(&administrator, &supervisor) && !manages(&supervisor, &administrator));
        assert!(!manages(&supervisor, &supervisor), "not equals");
        assert!(manages(&administrator, &administrator), "but administrators do");
        assert!(manages(&owner(), &administrator) && !manages(&administrator, &owner()));
    }

    // spec: E21 I2
    #[test]
    fn nobody_gives_what_is_not_his() {
        let supervisor = member(&[Role::Supervisor], &[]);
        let agent = member(&[Role::Agent], &[AddOn::Dispenser, AddOn::Transfer]);
        assert_eq!(may_give(&supervisor, None, &agent), Ok(()));
        assert_eq!(may_give(&supervisor, None, &supervisor), Err(Capability::AgentRole));
        // Stakeholders read reports on payments; a supervisor who does not makes none.
        let stakeholder = member(&[Role::Stakeholder], &[]);
        assert!(may_give(&supervisor, None, &stakeholder).is_err());
        assert_eq!(may_give(&supervisor, Some(&stakeholder), &stakeholder), Ok(()), "who is one stays one");
        assert_eq!(may_give(&member(&[Role::Administrator], &[]), None, &stakeholder), Ok(()));
        assert_eq!(may_give(&supervisor, None, &member(&[Role::AgentManager], &[])), Ok(()));
        let manager = member(&[Role::AgentManager], &[]);
        // A part of what is undivided is worth nothing, so that nobody gains by giving it.
        let mut clerk = member(&[], &[]);
        let grants = [(Capability::TenantSettings, vec![super::super::capability::Scope::Own])].into();
        let id = crate::domain::id::RoleId::new(uuid::Uuid::nil());
        clerk.custom_roles =
            vec![super::super::custom_role::CustomRole { id, name: "Clerk".to_owned(), base: Role::Agent, grants }];
        assert!(super::super::permission::permit_company(&clerk, Capability::TenantSettings).is_err());
        assert_eq!(may_give(&manager, None, &agent), Ok(()));
        assert!(may_give(&manager, None, &member(&[Role::SuperAgent], &[])).is_err());
        assert_eq!(may_give(&member(&[Role::Administrator], &[]), None, &owner()), Err(Capability::AgentRole));
    }
}
