//! A member of a company, as far as deciding goes.

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
    /// The preset roles he holds.
    pub roles: Vec<Role>,
    /// The optional permissions he holds.
    #[serde(default)]
    pub add_ons: Vec<AddOn>,
    /// The teams he belongs to.
    #[serde(default)]
    pub teams: Vec<TeamId>,
    /// The folders whose incoming conversations he sees.
    #[serde(default)]
    pub folders: Vec<FolderId>,
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
            roles: Vec::new(),
            add_ons: Vec::new(),
            teams: Vec::new(),
            folders: Vec::new(),
        }
    }

    /// Whether he is kept to one section: one confined role is enough (specification J7).
    #[must_use]
    pub fn is_confined(&self) -> bool {
        self.roles.iter().any(|role| role.confined())
    }

    /// Whether conversations may be assigned to him: one role that is never assigned decides
    /// (specification C26, N3).
    #[must_use]
    pub fn assignable(&self) -> bool {
        !self.roles.is_empty() && self.roles.iter().all(|role| role.assignable())
    }
}
