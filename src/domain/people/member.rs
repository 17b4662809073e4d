//! A member of a company, as far as deciding goes.

use super::capability::{Capability, Grant, ScopeSet};
use super::custom_role::CustomRole;
use super::role::{AddOn, Role};
use crate::domain::id::{AgentId, FolderId, TeamId};
use serde::{Deserialize, Serialize};

/// Who acts: an agent's identity within one company and what his permissions are computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The membership.
    pub id: AgentId,
    /// The name colleagues see.
    pub name: String,
    /// The name customers see (specification B9): the public name, else the dashboard name.
    pub public_name: String,
    /// What he does in the company, as customers see it.
    #[serde(default)]
    pub function: String,
    /// Where customers find his photograph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo_url: Option<String>,
    /// Whether the company is his (specification N2).
    #[serde(default)]
    pub owner: bool,
    /// The preset roles he holds.
    pub roles: Vec<Role>,
    /// The company's own roles he holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_roles: Vec<CustomRole>,
    /// The optional permissions he holds.
    #[serde(default)]
    pub add_ons: Vec<AddOn>,
    /// The groups and business units he belongs to.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// What he may do in folders, by himself, his roles and his teams.
    #[serde(default)]
    pub folders: Vec<FolderRight>,
}

/// What a member may do in one folder (specification D1, D2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderRight {
    pub folder: FolderId,
    /// See all that comes into it.
    pub see_incoming: bool,
    /// Put conversations into it, and give those in it to somebody.
    pub assign: bool,
}

impl Member {
    /// A member without roles, known by one name.
    #[must_use]
    pub fn named(id: AgentId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            public_name: name.to_owned(),
            function: String::new(),
            photo_url: None,
            owner: false,
            roles: Vec::new(),
            custom_roles: Vec::new(),
            add_ons: Vec::new(),
            teams: Vec::new(),
            folders: Vec::new(),
        }
    }

    /// The presets behind all of his roles, his company's own ones included.
    pub fn bases(&self) -> impl Iterator<Item = Role> {
        self.roles.iter().copied().chain(self.custom_roles.iter().map(|role| role.base))
    }

    /// Whether he is kept to one section: one confined role is enough (specification J7).
    #[must_use]
    pub fn is_confined(&self) -> bool {
        self.bases().any(Role::confined)
    }

    /// Whether conversations may be assigned to him: one role that is never assigned decides
    /// (specification C26, N3).
    #[must_use]
    pub fn assignable(&self) -> bool {
        self.bases().next().is_some() && self.bases().all(Role::assignable)
    }

    /// How far a capability of his reaches: the union over his roles, add-ons and folders.
    #[must_use]
    pub fn reach(&self, capability: Capability) -> ScopeSet {
        let of = |grants: &[Grant]| {
            let granting = grants.iter().filter(|(capabilities, _)| capabilities.contains(&capability));
            granting.fold(ScopeSet::NONE, |all, (_, scope)| all.with(*scope))
        };
        let presets = self.roles.iter().map(|role| of(role.grants()));
        let customs = self.custom_roles.iter().map(|role| role.reach(capability));
        let add_ons = self.bases().flat_map(|base| self.add_ons.iter().map(move |add_on| add_on.grants(base))).map(of);
        let folders = of(if self.is_confined() { &[] } else { self.folder_grants() });
        presets.chain(customs).chain(add_ons).fold(folders, ScopeSet::with)
    }

    /// Whether he may put conversations into a folder by a right of his there.
    #[must_use]
    pub fn assigns_in(&self, folder: FolderId) -> bool {
        self.folders.iter().any(|right| right.folder == folder && right.assign)
    }

    /// Whether he sees all that comes into a folder by a right of his there.
    #[must_use]
    pub fn sees_in(&self, folder: FolderId) -> bool {
        self.folders.iter().any(|right| right.folder == folder && right.see_incoming)
    }

    /// Rights in folders are worth the same to every role.
    fn folder_grants(&self) -> &'static [Grant] {
        const SEE: Grant = (&[Capability::ConversationView], ScopeSet::FOLDER_ONLY);
        const ASSIGN: Grant = (
            &[
                Capability::ConversationAssignFolder,
                Capability::ConversationAssignOther,
                Capability::ConversationAssignSelfPick,
            ],
            ScopeSet::FOLDER_ASSIGN,
        );
        match (self.folders.iter().any(|right| right.see_incoming), self.folders.iter().any(|right| right.assign)) {
            (true, true) => &[SEE, ASSIGN],
            (true, false) => &[SEE],
            (false, true) => &[ASSIGN],
            (false, false) => &[],
        }
    }
}

/// A member for the tests next door.
#[cfg(test)]
pub fn with_roles(roles: &[Role], add_ons: &[AddOn]) -> Member {
    let nobody = Member::named(AgentId::new(uuid::Uuid::nil()), "Ana");
    Member { roles: roles.to_vec(), add_ons: add_ons.to_vec(), ..nobody }
}
