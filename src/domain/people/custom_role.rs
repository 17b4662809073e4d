//! Roles of a company's own: cloned from a preset, with other permissions (specification E13).

use super::capability::{Capability, Scope, ScopeSet};
use super::role::Role;
use crate::domain::id::RoleId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role that a company made. Its preset says how far up it stands, whether it is assigned conversations, which section
/// it is kept to and which add-ons it carries; what it allows is its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRole {
    pub id: RoleId,
    pub name: String,
    /// The preset it was cloned from.
    pub base: Role,
    /// What it allows, and how far.
    pub grants: Grants,
}

/// What a role allows: capability → scopes.
pub type Grants = BTreeMap<Capability, Vec<Scope>>;

impl CustomRole {
    /// How far the role's capability reaches.
    #[must_use]
    pub fn reach(&self, capability: Capability) -> ScopeSet {
        self.grants.get(&capability).map_or(ScopeSet::NONE, |scopes| ScopeSet::of(scopes))
    }
}

/// What a preset allows, as a clone of it starts.
#[must_use]
pub fn grants_of(base: Role) -> Grants {
    let reach = |capability: Capability| {
        let granting = base.grants().iter().filter(|(capabilities, _)| capabilities.contains(&capability));
        granting.fold(ScopeSet::NONE, |all, (_, scope)| all.with(*scope)).scopes()
    };
    let all = Capability::ALL.iter().map(|capability| (*capability, reach(*capability)));
    all.filter(|(_, scopes)| !scopes.is_empty()).collect()
}
