//! The people of a company, as far as routing goes: what its Desk has a copy of.

use super::db::{self, StoreResult};
use super::members;
use crate::domain::assignment::routing::{Colleague, Roster};
use crate::domain::id::CompanyId;
use crate::domain::people::settings::AssignmentPolicy;
use serde::Deserialize;
use worker::D1Database;

/// Everybody who works at a company or did until not long ago, and how conversations find them.
///
/// # Errors
/// When the database fails.
pub async fn read(db: &D1Database, company: CompanyId) -> StoreResult<Roster> {
    #[derive(Deserialize)]
    struct Row {
        facts: Option<String>,
        active: Option<f64>,
        language: Option<String>,
        max_chats: Option<u32>,
        unit_rank: Option<u32>,
        policy: String,
    }
    // One row at least, so that the company's own columns come even where nobody works.
    let sql = format!(
        "SELECT CASE WHEN m.id IS NULL THEN NULL ELSE {} END AS facts, m.status = 'active' AS active, \
           COALESCE(m.language, c.language) AS language, COALESCE(m.max_chats, c.max_chats) AS max_chats, \
           (SELECT MIN(t.priority) FROM team_members tm JOIN teams t ON t.id = tm.team_id \
              WHERE tm.agent_id = m.id AND t.kind = 'business_unit') AS unit_rank, \
           c.assignment_policy AS policy \
         FROM companies c LEFT JOIN memberships m ON m.company_id = c.id AND m.status IN ('active', 'disabled') \
         WHERE c.id = ?1",
        members::FACTS
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into()]).await?;
    let policy = rows.first().and_then(|row| AssignmentPolicy::parse(&row.policy)).unwrap_or_default();
    let mut roster = Roster { policy, ..Roster::default() };
    for row in rows {
        let Some(facts) = row.facts else { continue };
        let member = members::read(&facts)?;
        roster.colleagues.insert(
            member.id,
            Colleague {
                member,
                active: row.active.is_some_and(|active| active != 0.0),
                language: row.language.unwrap_or_default(),
                limit: row.max_chats.unwrap_or_default(),
                unit_rank: row.unit_rank.unwrap_or(u32::MAX),
            },
        );
    }
    Ok(roster)
}
