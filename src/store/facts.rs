//! Facts for reports: written as conversations send them, read by the hundred thousand.
//!
//! What a report adds up goes through the Worker, which knows time zones and needs each duration for medians: SQLite would
//! have to sort every group by itself. So that a year of facts is not a million rows, each day comes as one text, or each hour
//! where a day is longer than a text may be.

use super::conversations::{Filter, Query, Viewer};
use super::db::{self, Bound, StoreResult, statement};
use crate::domain::id::{AgentId, CompanyId, FolderId, TagId, TeamId};
use crate::domain::people::permission::Scope;
use crate::domain::report::fact::{Fact, Kind};
use crate::domain::report::measure::Sample;
use crate::domain::report::summary::Places;
use crate::domain::time::{Instant, Span};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use worker::{D1Database, D1PreparedStatement};

/// Days that one query reads.
const DAYS_AT_ONCE: usize = 92;
/// Into what a day is cut of which there is more than one text holds.
const HOUR: Span = Span::seconds(3_600);
/// Conversations of which one text tells where they stand, at most: some 800 kB.
const NUMBERS_AT_ONCE: u32 = 100_000;
/// Milliseconds of a minute.
const MINUTE: i64 = 60_000;
/// More than a day has minutes, than a score may be, and than conversations have numbers: each is a power of two.
const MINUTES: i64 = 1 << 11;
const SCORES: i64 = 1 << 3;
const NUMBERS: i64 = 1 << 24;

/// A fact, and what it took by either clock.
#[derive(Clone, Copy, Debug)]
pub struct Measured<'a> {
    pub fact: &'a Fact,
    pub spent: Option<Span>,
    /// Of that, while the company was open.
    pub spent_open: Option<Span>,
}

/// Which facts a report reads.
pub struct Question<'a> {
    /// What they are about.
    pub kinds: &'a [Kind],
    /// Whose conversations, and how far he sees.
    pub viewer: &'a Viewer,
    /// Which of them.
    pub filter: &'a Filter,
    /// Only what these agents did, or what happened in conversations of theirs.
    pub agents: Option<&'a [AgentId]>,
    /// Whether time counts only while the company is open.
    pub open_only: bool,
    /// Whether it is asked which agent each fact belongs to.
    pub by_agent: bool,
    /// Whether it is asked which conversation each fact belongs to.
    pub by_number: bool,
    /// Stretches of attendance, by their ids, that are not read: the Desk has told of them itself.
    pub told: &'a [u64],
}

/// What conversations may stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    Team,
    Folder,
    Tag,
    Channel,
}

/// The statements that add facts of a conversation; those that are there already stay as they are.
///
/// # Errors
/// When a statement cannot be made.
pub fn remember(
    db: &D1Database,
    company: CompanyId,
    number: u32,
    facts: &[Measured<'_>],
) -> StoreResult<Vec<D1PreparedStatement>> {
    if facts.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = facts
        .iter()
        .map(|Measured { fact, spent, spent_open }| {
            let score = fact.score.map(i64::from);
            json!({
                "kind": fact.kind.code(), "at": fact.at.as_millis(), "seq": fact.seq, "agent": fact.agent,
                "spent": spent.map(Span::as_millis).or(score), "open": spent_open.map(Span::as_millis).or(score),
            })
        })
        .collect();
    let rows = serde_json::to_string(&rows)?;
    let part = "INSERT OR IGNORE INTO search_parts (company_id) VALUES (?1)";
    let agents = "INSERT OR IGNORE INTO fact_agents (agent_id) \
                  SELECT DISTINCT value ->> 'agent' FROM json_each(?1) WHERE value ->> 'agent' IS NOT NULL";
    let insert = "INSERT OR IGNORE INTO facts (part, kind, at, number, seq, agent, spent, spent_open) \
                  SELECT p.part, f.value ->> 'kind', f.value ->> 'at', CAST(?2 AS INTEGER), f.value ->> 'seq', a.id, \
                    f.value ->> 'spent', f.value ->> 'open' \
                  FROM json_each(?3) f JOIN search_parts p ON p.company_id = ?1 \
                  LEFT JOIN fact_agents a ON a.agent_id = f.value ->> 'agent'";
    Ok(vec![
        statement(db, part, vec![company.into()])?,
        statement(db, agents, vec![(&rows).into()])?,
        statement(db, insert, vec![company.into(), number.into(), rows.into()])?,
    ])
}

/// The statement that forgets what is known of a conversation, whose log is of that `span`, and what these facts do not say. Those
/// that are right stay as they are: with them stands how long the company was open by the hours it had then.
///
/// # Errors
/// When it cannot be made.
pub fn keep_only(
    db: &D1Database,
    company: CompanyId,
    number: u32,
    (from, until): (Instant, Instant),
    facts: &[Fact],
) -> StoreResult<D1PreparedStatement> {
    let said: Vec<_> = facts
        .iter()
        .map(|fact| {
            let spent = fact.since.map(|since| since.until(fact.at).as_millis()).or(fact.score.map(i64::from));
            json!([fact.kind.code(), fact.at.as_millis(), fact.seq, fact.agent, spent])
        })
        .collect();
    let kinds: Vec<String> = Kind::OF_CONVERSATIONS.iter().map(|kind| format!("({})", kind.code())).collect();
    // Found by kind and time: nothing else asks for the facts of one conversation, and each index would cost every fact.
    let sql = format!(
        "DELETE FROM facts WHERE (part, kind, at, number, seq) IN ( \
           SELECT f.part, f.kind, f.at, f.number, f.seq \
           FROM search_parts p CROSS JOIN (VALUES {}) k CROSS JOIN facts f \
             ON f.part = p.part AND f.kind = k.column1 AND f.at BETWEEN ?3 AND ?4 \
           WHERE p.company_id = ?1 AND f.number = ?2 AND NOT EXISTS ( \
             SELECT 1 FROM json_each(?5) s LEFT JOIN fact_agents a ON a.agent_id = s.value ->> 3 \
             WHERE s.value ->> 0 = f.kind AND s.value ->> 1 = f.at AND s.value ->> 2 = f.seq \
               AND a.id IS f.agent AND s.value ->> 4 IS f.spent))",
        kinds.join(", ")
    );
    let said = serde_json::to_string(&said)?;
    statement(db, &sql, vec![company.into(), number.into(), from.into(), until.into(), said.into()])
}

/// Reads facts, days after days, and hands each on.
///
/// # Errors
/// When the database fails.
pub async fn read(
    db: &D1Database,
    question: &Question<'_>,
    days: &[(Instant, Instant)],
    mut each: impl FnMut(&Sample),
) -> StoreResult<()> {
    #[derive(Deserialize)]
    struct Row {
        kind: u8,
        start: f64,
        facts: Option<String>,
    }
    for days in days.chunks(DAYS_AT_ONCE) {
        let (sql, values) = question.query(days)?;
        let rows: Vec<Row> = match db::all(db, &sql, values).await {
            Err(error) if error.is_too_big() => {
                let hours: Vec<_> = days.iter().flat_map(|day| hours(*day)).collect();
                let (sql, values) = question.query(&hours)?;
                db::all(db, &sql, values).await?
            }
            rows => rows?,
        };
        for row in rows {
            let (Some(kind), Some(facts)) = (Kind::parse(row.kind), row.facts) else { continue };
            #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
            let start = Instant::from_millis(row.start as i64);
            for fact in facts.split(' ') {
                each(&unpacked(fact, kind, start));
            }
        }
    }
    Ok(())
}

/// The hours of a day, each from when until when; the last is shorter where the day is no whole number of them.
fn hours((from, until): (Instant, Instant)) -> impl Iterator<Item = (Instant, Instant)> {
    let first = Some(from).filter(|from| *from < until);
    let starts = std::iter::successors(first, move |start| Some(start.after(HOUR)).filter(|next| *next < until));
    starts.map(move |start| (start, start.after(HOUR).min(until)))
}

/// A fact of a day: the minute and, above it, what it took (of a rating: the conversation and, below it, the score); then,
/// where that is asked for, the conversation and, above it, the agent.
fn unpacked(fact: &str, kind: Kind, start: Instant) -> Sample {
    let (first, second) = fact.split_once(',').unwrap_or((fact, "0"));
    let (first, second): (i64, i64) = (first.parse().unwrap_or_default(), second.parse().unwrap_or_default());
    let at = start.after(Span::millis(first.rem_euclid(MINUTES).saturating_mul(MINUTE)));
    let above = first.div_euclid(MINUTES);
    let (number, value) = match kind {
        Kind::Rated => (above.div_euclid(SCORES), above.rem_euclid(SCORES)),
        _ => (second.rem_euclid(NUMBERS), above),
    };
    let small = |number: i64| u32::try_from(number).unwrap_or_default();
    Sample { kind, at, number: small(number), agent: small(second.div_euclid(NUMBERS)), value }
}

impl Question<'_> {
    /// The facts of each day and kind, as numbers one after the other ([`unpacked`]): text costs several times as much.
    fn query(&self, days: &[(Instant, Instant)]) -> StoreResult<(String, Vec<Bound>)> {
        let mut query = Query::new(self.viewer)?;
        query.filter(self.viewer, self.filter);
        let mut conditions = String::new();
        let everything = self.viewer.sees.has(Scope::All) && query.conditions.len() <= EVERYTHING;
        if !everything {
            if let Some(numbers) = query.numbers() {
                conditions.push_str(&format!(" AND f.number IN ({numbers})"));
            }
            if query.conditions.len() > EVERYTHING + usize::from(query.relations.is_some()) {
                let all = query.conditions.join(" AND ");
                conditions.push_str(&format!(" AND f.number IN (SELECT v.number FROM conversations v WHERE {all})"));
            }
        }
        if let Some(agents) = self.agents {
            let agents = query.bind(serde_json::to_string(agents)?);
            conditions.push_str(&format!(
                " AND f.agent IN (SELECT id FROM fact_agents WHERE agent_id IN (SELECT value FROM json_each({agents})))"
            ));
        }
        if !self.told.is_empty() {
            let told = query.bind(serde_json::to_string(self.told)?);
            let first = Kind::Online.code();
            conditions
                .push_str(&format!(" AND NOT (k.kind >= {first} AND f.seq IN (SELECT value FROM json_each({told})))"));
        }
        let spans: Vec<_> = days.iter().map(|(from, until)| [from.as_millis(), until.as_millis()]).collect();
        let spans = query.bind(serde_json::to_string(&spans)?);
        let company = query.bind(self.viewer.company);
        let spent = if self.open_only { "f.spent_open" } else { "f.spent" };
        let rated = Kind::Rated.code();
        let mut columns = format!(
            "(f.at - d.first) / {MINUTE} + {MINUTES} \
             * CASE WHEN k.kind = {rated} THEN f.number * {SCORES} + f.spent ELSE coalesce({spent}, 0) END"
        );
        if self.by_agent || self.by_number {
            columns = format!("({columns}) || ',' || (coalesce(f.agent, 0) * {NUMBERS} + f.number)");
        }
        let kinds: Vec<String> = self.kinds.iter().map(|kind| format!("({})", kind.code())).collect();
        let sql = format!(
            "WITH d AS MATERIALIZED (SELECT value ->> 0 AS first, value ->> 1 AS after FROM json_each({spans})), \
               k(kind) AS (VALUES {}) \
             SELECT k.kind, d.first AS start, \
               (SELECT group_concat({columns}, ' ') FROM facts f \
                WHERE f.part = (SELECT part FROM search_parts WHERE company_id = {company}) AND f.kind = k.kind \
                  AND f.at >= d.first AND f.at < d.after{conditions}) AS facts \
             FROM d CROSS JOIN k",
            kinds.join(", ")
        );
        Ok((sql, query.values))
    }
}

/// Conditions of a query that leaves nothing out: that a conversation is there, and the company's.
const EVERYTHING: usize = 2;

/// The company's agents, by the numbers that facts know them under; those they do not know have numbers of their own.
///
/// # Errors
/// When the database fails.
pub async fn agents(db: &D1Database, company: CompanyId) -> StoreResult<BTreeMap<u32, (AgentId, String)>> {
    #[derive(Deserialize)]
    struct Row {
        id: Option<u32>,
        agent_id: AgentId,
        name: String,
    }
    let sql = "SELECT f.id, m.id AS agent_id, m.display_name AS name FROM memberships m \
               LEFT JOIN fact_agents f ON f.agent_id = m.id WHERE m.company_id = ?1";
    let rows: Vec<Row> = db::all(db, sql, vec![company.into()]).await?;
    let unknown = (0..=u32::MAX).rev();
    Ok(rows.into_iter().zip(unknown).map(|(row, other)| (row.id.unwrap_or(other), (row.agent_id, row.name))).collect())
}

/// Where the company's conversations stand, and what these places are called; a place's number is its position, from 1.
///
/// # Errors
/// When the database fails.
pub async fn places(
    db: &D1Database,
    company: CompanyId,
    kind: PlaceKind,
) -> StoreResult<(Vec<(String, String)>, Places)> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        name: String,
        numbers: Option<String>,
    }
    let (of, condition) = match kind {
        PlaceKind::Team => ("SELECT id, name FROM teams WHERE company_id = ?1", "v.team_id = t.id"),
        PlaceKind::Folder => ("SELECT id, name FROM folders WHERE company_id = ?1", "v.folder_id = t.id"),
        PlaceKind::Tag => (
            "SELECT id, name FROM tags WHERE company_id = ?1",
            "v.id IN (SELECT conversation_id FROM conversation_tags WHERE tag_id = t.id)",
        ),
        PlaceKind::Channel => {
            ("SELECT column1 AS id, column1 AS name FROM (VALUES ('web'), ('chat'), ('agent'))", "v.channel = t.id")
        }
    };
    // Looked up by the covering index, except where the tag names the conversations.
    let index = if kind == PlaceKind::Tag { "" } else { "INDEXED BY conversations_placed" };
    let sql = format!(
        "WITH RECURSIVE last(number) AS (SELECT coalesce(MAX(number), 0) FROM conversations WHERE company_id = ?1), \
           r(first) AS (SELECT 0 UNION ALL SELECT first + {NUMBERS_AT_ONCE} FROM r, last WHERE first + {NUMBERS_AT_ONCE} <= last.number) \
         SELECT t.id, t.name, (SELECT group_concat(v.number, ' ') FROM conversations v {index} \
           WHERE v.company_id = ?1 AND v.rev > 0 AND v.number >= r.first AND v.number < r.first + {NUMBERS_AT_ONCE} \
             AND {condition}) AS numbers \
         FROM ({of}) t CROSS JOIN r ORDER BY t.name COLLATE NOCASE, t.id, r.first"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![company.into()]).await?;
    let mut pairs = Vec::new();
    let mut names: Vec<(String, String)> = Vec::new();
    for row in rows {
        if names.last().is_none_or(|(id, _)| *id != row.id) {
            names.push((row.id, row.name));
        }
        let place = u32::try_from(names.len()).unwrap_or_default();
        let numbers = row.numbers.unwrap_or_default();
        pairs.extend(numbers.split(' ').filter_map(|number| number.parse().ok()).map(|number| (number, place)));
    }
    Ok((names, Places::new(pairs)))
}

/// Whether the company has what a report is to be about.
///
/// # Errors
/// When the database fails.
pub async fn named(
    db: &D1Database,
    company: CompanyId,
    team: Option<TeamId>,
    folder: Option<FolderId>,
    tags: &[TagId],
    agent: Option<AgentId>,
) -> StoreResult<Option<&'static str>> {
    #[derive(Deserialize)]
    struct Row {
        team: u8,
        folder: u8,
        tag: u8,
        agent: u8,
    }
    let sql = "SELECT ?2 IS NULL OR EXISTS (SELECT 1 FROM teams WHERE company_id = ?1 AND id = ?2) AS team, \
                 ?3 IS NULL OR EXISTS (SELECT 1 FROM folders WHERE company_id = ?1 AND id = ?3) AS folder, \
                 NOT EXISTS (SELECT 1 FROM json_each(?4) t WHERE NOT EXISTS \
                   (SELECT 1 FROM tags WHERE company_id = ?1 AND id = t.value)) AS tag, \
                 ?5 IS NULL OR EXISTS (SELECT 1 FROM memberships WHERE company_id = ?1 AND id = ?5) AS agent";
    let values = vec![company.into(), team.into(), folder.into(), serde_json::to_string(tags)?.into(), agent.into()];
    let row: Option<Row> = db::first(db, sql, values).await?;
    let fields = row.map(|row| [(row.team, "team"), (row.folder, "folder"), (row.tag, "tag"), (row.agent, "agent")]);
    Ok(fields.into_iter().flatten().find(|(known, _)| *known == 0).map(|(_, field)| field))
}
