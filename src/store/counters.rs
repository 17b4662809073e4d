//! How many conversations each view has: of those that somebody may see, and from an index that has all it takes.

use super::conversations::{Query, Viewer};
use super::db::{self, StoreResult, statement, transaction};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, ScopeSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use worker::{D1Database, D1PreparedStatement, D1Result};

/// How many conversations each view of the dashboard shows.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Counters {
    #[serde(flatten)]
    pub views: Views,
    /// Of those under way, how many are in each folder, by its id; a folder without any is left out.
    pub folders: BTreeMap<String, u32>,
    /// How many each group and each business unit has.
    pub teams: BTreeMap<String, u32>,
    /// How many have each tag.
    pub tags: BTreeMap<String, u32>,
    /// How many wait that the Dispenser would deal to whoever asks, whether he sees them or not.
    pub dealt: u32,
}

/// How many conversations the views have that everybody has.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Views {
    pub new: u32,
    pub mine: u32,
    pub unassigned: u32,
    pub all: u32,
    pub snoozed: u32,
    pub closed: u32,
}

#[derive(Deserialize)]
struct Place {
    kind: String,
    id: String,
    count: f64,
}

/// The counters, over what a member of the viewer's company may see.
///
/// # Errors
/// When the database fails.
pub async fn counters(db: &D1Database, viewer: &Viewer, member: &Member) -> StoreResult<Counters> {
    #[derive(Deserialize)]
    struct Waiting {
        dealt: u32,
    }
    let mut statements = vec![views(db, viewer)?, places(db, viewer)?];
    statements.extend(dealt(db, viewer, member)?);
    let mut results = transaction(db, statements).await?.into_iter();
    let views = results.next().as_ref().map(D1Result::results::<Views>).transpose()?.unwrap_or_default();
    let places = results.next().as_ref().map(D1Result::results::<Place>).transpose()?.unwrap_or_default();
    let waiting = results.next().as_ref().map(D1Result::results::<Waiting>).transpose()?.unwrap_or_default();
    let mut counters = Counters {
        views: views.into_iter().next().unwrap_or_default(),
        dealt: waiting.first().map_or(0, |row| row.dealt),
        ..Counters::default()
    };
    for Place { kind, id, count } in places {
        let counted = match kind.as_str() {
            "folder" => &mut counters.folders,
            "team" => &mut counters.teams,
            _ => &mut counters.tags,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        counted.insert(id, count as u32);
    }
    Ok(counters)
}

/// What is closed is nearly everything: it is counted, and not looked at one by one.
fn views(db: &D1Database, viewer: &Viewer) -> StoreResult<D1PreparedStatement> {
    let mut query = Query::new(viewer)?;
    let me = query.bind(viewer.agent);
    let seen = query.conditions.join(" AND ");
    let from = "FROM conversations v INDEXED BY conversations_counted WHERE v.status";
    let sql = format!(
        "SELECT COALESCE(SUM(status = 'new'), 0) AS new, COALESCE(SUM(assignee_id = {me}), 0) AS mine, \
                COALESCE(SUM(assignee_id IS NULL), 0) AS unassigned, COUNT(*) AS \"all\", \
                (SELECT COUNT(*) {from} = 'snoozed' AND {seen}) AS snoozed, \
                (SELECT COUNT(*) {from} = 'closed' AND {seen}) AS closed \
         {from} IN ('new', 'open', 'pending') AND {seen}"
    );
    statement(db, &sql, query.values)
}

/// `CROSS JOIN` keeps the order: from the few that are under way to their tags, not from all that ever had a tag.
fn places(db: &D1Database, viewer: &Viewer) -> StoreResult<D1PreparedStatement> {
    let query = Query::new(viewer)?;
    let sql = format!(
        "WITH under_way AS MATERIALIZED ( \
           SELECT v.id, v.folder_id, v.team_id FROM conversations v INDEXED BY conversations_counted \
           WHERE v.status IN ('new', 'open', 'pending') AND {}) \
         SELECT 'folder' AS kind, folder_id AS id, COUNT(*) AS count FROM under_way WHERE folder_id IS NOT NULL GROUP BY folder_id \
         UNION ALL SELECT 'team', team_id, COUNT(*) FROM under_way WHERE team_id IS NOT NULL GROUP BY team_id \
         UNION ALL SELECT 'tag', t.tag_id, COUNT(*) FROM under_way CROSS JOIN conversation_tags t \
           ON t.conversation_id = under_way.id GROUP BY t.tag_id",
        query.conditions.join(" AND ")
    );
    statement(db, &sql, query.values)
}

/// What the Dispenser deals to a member, as [`crate::domain::conversation::state::Place::is_dealt_to`] and
/// [`crate::domain::conversation::state::State::waiter`] say; none where it deals him nothing.
fn dealt(db: &D1Database, viewer: &Viewer, member: &Member) -> StoreResult<Option<D1PreparedStatement>> {
    let reach = if member.assignable() { member.reach(Capability::ConversationAssignSelf) } else { ScopeSet::NONE };
    let mut query = Query::of_company(viewer.company);
    let mut reached = Vec::new();
    if reach.has(Scope::All) {
        reached.push("1".to_owned());
    } else if reach.has(Scope::Team) || reach.has(Scope::Unassigned) {
        let teams = query.bind(serde_json::to_string(&member.teams)?);
        let of_team = format!("v.team_id IN (SELECT value FROM json_each({teams}))");
        if reach.has(Scope::Unassigned) {
            let folders: Vec<_> = member.folders.iter().filter(|right| right.see_incoming || right.assign).collect();
            let folders = serde_json::to_string(&folders.iter().map(|right| right.folder).collect::<Vec<_>>())?;
            let in_folder = format!("v.folder_id IN (SELECT value FROM json_each({}))", query.bind(folders));
            reached.push(format!("((v.folder_id IS NULL OR {in_folder}) AND (v.team_id IS NULL OR {of_team}))"));
        }
        if reach.has(Scope::Team) {
            reached.push(of_team);
        }
    }
    if reached.is_empty() {
        return Ok(None);
    }
    let sql = format!(
        "SELECT COUNT(*) AS dealt FROM conversations v INDEXED BY conversations_counted \
         WHERE v.status IN ('new', 'open') AND v.assignee_id IS NULL AND {} AND ({})",
        query.conditions.join(" AND "),
        reached.join(" OR ")
    );
    statement(db, &sql, query.values).map(Some)
}

/// How many conversations are under way, of those that somebody sees.
///
/// # Errors
/// When the database fails.
pub async fn under_way(db: &D1Database, viewer: &Viewer) -> StoreResult<u32> {
    #[derive(Deserialize)]
    struct Row {
        running: u32,
    }
    let query = Query::new(viewer)?;
    let sql = format!(
        "SELECT count(*) AS running FROM conversations v WHERE {} AND v.status IN ('new', 'open', 'pending')",
        query.conditions.join(" AND ")
    );
    Ok(db::first::<Row>(db, &sql, query.values).await?.map_or(0, |row| row.running))
}
