//! How many conversations each view has: of those that somebody may see, and from an index that has all it takes.

use super::conversations::{Query, Viewer};
use super::db::{self, StoreResult, statement, transaction};
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

/// The counters, over what the viewer may see.
///
/// # Errors
/// When the database fails.
pub async fn counters(db: &D1Database, viewer: &Viewer) -> StoreResult<Counters> {
    let results = transaction(db, vec![views(db, viewer)?, places(db, viewer)?]).await?;
    let views = results.first().map(D1Result::results::<Views>).transpose()?.unwrap_or_default();
    let places = results.last().map(D1Result::results::<Place>).transpose()?.unwrap_or_default();
    let mut counters = Counters { views: views.into_iter().next().unwrap_or_default(), ..Counters::default() };
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
