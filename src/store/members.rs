//! A member's facts, as one JSON column: whoever needs a member reads the same ones.

use super::db::StoreResult;
use crate::domain::id::{AgentId, FileId, FolderId, RoleId, TeamId};
use crate::domain::people::custom_role::{CustomRole, Grants};
use crate::domain::people::member::{FolderRight, Member};
use crate::domain::people::role::{AddOn, Role};
use serde::Deserialize;

/// SQL for the facts of the membership `m`. Rights in folders come from the member, his teams and his roles.
pub const FACTS: &str = "json_object( \
   'id', m.id, 'name', m.display_name, 'public_name', m.public_name, 'function', m.function, \
   'photo_id', m.photo_id, 'owner', m.owner, 'roles', json(m.roles), 'add_ons', json(m.add_ons), \
   'teams', json((SELECT json_group_array(t.team_id) FROM team_members t WHERE t.agent_id = m.id)), \
   'custom_roles', json((SELECT json_group_array(json_object('id', r.id, 'name', r.name, 'base', r.base, \
        'grants', json(r.grants))) \
      FROM custom_roles r WHERE r.company_id = m.company_id AND r.id IN (SELECT value FROM json_each(m.roles)))), \
   'folders', json((SELECT json_group_array(json_object('folder', f.folder_id, 'see_incoming', f.see, 'assign', f.give)) \
      FROM (SELECT folder_id, MAX(see_incoming) AS see, MAX(assign) AS give FROM folder_rights WHERE holder = m.id \
              OR holder IN (SELECT t.team_id FROM team_members t WHERE t.agent_id = m.id) \
              OR (holder IN (SELECT value FROM json_each(m.roles)) \
                  AND folder_id IN (SELECT id FROM folders WHERE company_id = m.company_id)) \
            GROUP BY folder_id) f)))";

/// The column that [`FACTS`] makes.
#[derive(Clone, Debug, Deserialize)]
struct Facts {
    id: AgentId,
    name: String,
    public_name: Option<String>,
    function: String,
    photo_id: Option<FileId>,
    owner: u8,
    /// Keys of presets and ids of the company's own.
    roles: Vec<String>,
    add_ons: Vec<AddOn>,
    teams: Vec<TeamId>,
    custom_roles: Vec<Custom>,
    folders: Vec<Right>,
}

#[derive(Clone, Debug, Deserialize)]
struct Custom {
    id: RoleId,
    name: String,
    base: Role,
    grants: Grants,
}

#[derive(Clone, Debug, Deserialize)]
struct Right {
    folder: FolderId,
    see_incoming: u8,
    assign: u8,
}

/// Reads the column that [`FACTS`] makes.
///
/// # Errors
/// When it is not what it should be.
pub fn read(facts: &str) -> StoreResult<Member> {
    let facts: Facts = serde_json::from_str(facts)?;
    let right = |right: &Right| FolderRight {
        folder: right.folder,
        see_incoming: right.see_incoming != 0,
        assign: right.assign != 0,
    };
    Ok(Member {
        id: facts.id,
        public_name: facts.public_name.unwrap_or_else(|| facts.name.clone()),
        name: facts.name,
        function: facts.function,
        photo_url: facts.photo_id.map(super::files::public_url),
        owner: facts.owner != 0,
        roles: facts.roles.iter().filter_map(|role| Role::parse(role)).collect(),
        custom_roles: facts
            .custom_roles
            .into_iter()
            .map(|role| CustomRole { id: role.id, name: role.name, base: role.base, grants: role.grants })
            .collect(),
        add_ons: facts.add_ons,
        teams: facts.teams,
        folders: facts.folders.iter().map(right).collect(),
    })
}

/// The roles of a member as they are stored and told: keys of presets, ids of the company's own.
#[must_use]
pub fn role_names(member: &Member) -> Vec<String> {
    let mut own: Vec<String> = member.custom_roles.iter().map(|role| role.id.to_string()).collect();
    // In an order of their own, so that what is read equals what was written.
    own.sort_unstable();
    member.roles.iter().map(|role| role.key().to_owned()).chain(own).collect()
}
