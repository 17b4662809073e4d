//! Full-text search over the words of conversations, as far as somebody sees them.
//!
//! The index orders a company's words by its conversations' numbers. Few hits are ranked: what moved last comes first,
//! and what has the words in its subject counts as newer. Of many hits the newest conversations come first, and no more is
//! read than is shown. SQLite's own `bm25` does neither: it counts each word in all companies' conversations before it
//! ranks the first one (0.7 s for a common word in 500,000 messages, where the newest hits take 1 ms), and its figures
//! change with every message, so that no list could go on where it ended.

use super::conversations::{Query, Viewer};
use super::db::{self, StoreResult, statement};
use super::facts::{self, Measured};
use crate::domain::conversation::event::Contact;
use crate::domain::conversation::view::ConversationView;
use crate::domain::id::{CompanyId, ConversationId};
use crate::domain::search::{MARK_BEGINS, MARK_ENDS, Portion, Terms, Words, spaced};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;
use worker::{D1Database, D1PreparedStatement, D1Result};

/// A place in a log from here on is not searched; the numbers of conversations end at [`NUMBERS`] (`0006_search.sql`).
const PLACES: u64 = 1 << 19;
const NUMBERS: u32 = 1 << 24;
/// Up to so many hits are ranked; of more, the newest come first.
const RANKED: u32 = 400;
/// Of whoever sees up to so many conversations, each of them is asked for the words: 12 µs each, where all places of a
/// common word among 100,000 conversations take 40 ms. Of whoever sees more, the newest places are asked whether he sees
/// them, which soon has shown enough.
const FEW: u32 = 400;
/// So many conversations whose words are missing are asked for them at once.
const ASKED_AT_ONCE: u32 = 10;
/// Words in the subject count as so much newer: 90 days, in milliseconds.
const SUBJECT_COUNTS: i64 = 90 * 86_400_000;
/// Words of a message around what was searched for.
const SNIPPET_WORDS: u8 = 32;

/// A place in the answer, after which it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum After {
    /// Of few hits: by rank.
    Ranked { score: i64, number: u32 },
    /// Of many: by number.
    Newest { number: u32 },
}

/// A part of the answer.
pub struct Found {
    pub items: Vec<Hit>,
    pub next: Option<After>,
    /// With the first part: conversations whose words are not all here yet ([`missing`]).
    pub unsearched: Vec<ConversationId>,
}

/// A conversation that was found, and where.
pub struct Hit {
    /// [`ConversationView`], as JSON.
    pub conversation: Box<RawValue>,
    pub number: u32,
    /// Where; none where its number was asked for.
    pub words: Option<Marked>,
}

/// Words of a conversation, with what was searched for marked in them.
pub struct Marked {
    pub seq: u64,
    pub at: Instant,
    /// Who said it, as JSON.
    pub by: Box<RawValue>,
    pub subject: String,
    pub contact: String,
    pub message: String,
    pub note: String,
}

/// The statements that add words of a conversation; those that are there already stay as they are, but for the contact,
/// where he is called otherwise since.
///
/// # Errors
/// When a statement cannot be made.
pub fn remember(
    db: &D1Database,
    company: CompanyId,
    view: &ConversationView,
    portion: &Portion,
) -> StoreResult<Vec<D1PreparedStatement>> {
    let mut statements = Vec::new();
    if view.number >= NUMBERS {
        return Ok(statements);
    }
    let Contact { name, email, .. } = &view.contact;
    let contact = spaced(&format!("{name} <{email}>"));
    if portion.renamed {
        let rename = "UPDATE search_words SET contact = ?3 \
                      FROM (SELECT (part << 43) | (CAST(?2 AS INTEGER) << 19) AS first FROM search_parts WHERE company_id = ?1) c \
                      WHERE id BETWEEN c.first AND c.first + 524287 AND contact <> ?3";
        let values = vec![company.into(), view.number.into(), (&contact).into()];
        statements.push(statement(db, rename, values)?);
    }
    let is_merged = view.merged_into.is_some();
    if is_merged {
        // What was said in it is found where it goes on; what it was about is still found here.
        statements.push(forget(db, company, view.number, 1)?);
    }
    if portion.words.is_empty() {
        return Ok(statements);
    }
    let part = "INSERT OR IGNORE INTO search_parts (company_id) VALUES (?1)";
    let insert = "INSERT INTO search_words (id, subject, contact, message, note, at, by) \
                  SELECT (p.part << 43) | (CAST(?2 AS INTEGER) << 19) | (w.value ->> '$.seq'), ?3, ?4, w.value ->> '$.message', \
                    w.value ->> '$.note', w.value ->> '$.at', w.value -> '$.by' \
                  FROM json_each(?5) w, search_parts p WHERE p.company_id = ?1 ON CONFLICT (id) DO NOTHING";
    let said: Vec<_> = portion
        .words
        .iter()
        .filter(|words| words.seq < PLACES && (words.seq == 0 || !is_merged))
        .map(|Words { seq, at, by, message, note }| {
            json!({ "seq": seq, "at": at.as_millis(), "by": by, "message": message, "note": note })
        })
        .collect();
    let values = vec![
        company.into(),
        view.number.into(),
        spaced(&view.subject).into(),
        contact.into(),
        serde_json::to_string(&said)?.into(),
    ];
    statements.extend([statement(db, part, vec![company.into()])?, statement(db, insert, values)?]);
    Ok(statements)
}

/// The statement that takes a conversation's words out of the search, from a place in its log on. Place 0 is what it is about.
///
/// # Errors
/// When the statement cannot be made.
pub fn forget(db: &D1Database, company: CompanyId, number: u32, from: u32) -> StoreResult<D1PreparedStatement> {
    // A number that is not searched must not reach into another company's part.
    let sql = format!(
        "DELETE FROM search_words WHERE id IN (SELECT w.id FROM search_words w, search_parts p \
         WHERE p.company_id = ?1 AND CAST(?2 AS INTEGER) < {NUMBERS} \
           AND w.id >= ((p.part << 43) | (CAST(?2 AS INTEGER) << 19) | CAST(?3 AS INTEGER)) \
           AND w.id <= ((p.part << 43) | (CAST(?2 AS INTEGER) << 19) | 524287))"
    );
    statement(db, &sql, vec![company.into(), number.into(), from.into()])
}

/// Adds older words of a conversation, and the facts in them.
///
/// # Errors
/// When the database fails; the object tries again.
pub async fn catch_up(
    db: &D1Database,
    company: CompanyId,
    view: &ConversationView,
    portion: &Portion,
    facts: &[Measured<'_>],
) -> StoreResult<()> {
    let mut statements = remember(db, company, view, portion)?;
    statements.extend(facts::remember(db, company, view.number, facts)?);
    let sql = "UPDATE conversations SET searched = ?2 WHERE id = ?1 AND searched < ?2";
    let searched = i64::try_from(portion.up_to).unwrap_or(i64::MAX);
    statements.push(statement(db, sql, vec![view.id.into(), searched.into()])?);
    db::transaction(db, statements).await.map(drop)
}

/// How many conversations of a company have words or facts that are not here.
///
/// # Errors
/// When the database fails.
pub async fn outstanding(db: &D1Database, company: CompanyId) -> StoreResult<u32> {
    #[derive(Deserialize)]
    struct Row {
        outstanding: u32,
    }
    let sql = "SELECT count(*) AS outstanding FROM conversations WHERE company_id = ?1 AND searched < rev";
    Ok(db::first::<Row>(db, sql, vec![company.into()]).await?.map_or(0, |row| row.outstanding))
}

/// A part of what somebody finds; the conversation of a number comes with the first part, and so do conversations whose
/// words are missing.
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &D1Database,
    viewer: &Viewer,
    terms: &Terms,
    after: Option<After>,
    limit: u32,
) -> StoreResult<Found> {
    let mut statements = Vec::new();
    let is_first = after.is_none();
    if is_first {
        statements.push(unsearched(db, viewer.company)?);
    }
    let number = terms.number.filter(|_| is_first);
    if let Some(number) = number {
        statements.push(numbered(db, viewer, number)?);
    }
    if let Some(matching) = &terms.matching {
        statements.push(hits(db, viewer, terms, matching, after, limit)?);
    }
    let mut found = Found { items: Vec::new(), next: None, unsearched: Vec::new() };
    if statements.is_empty() {
        return Ok(found);
    }
    let mut results = db::transaction(db, statements).await?.into_iter();
    if is_first {
        found.unsearched = read(results.next())?.into_iter().map(|UnsearchedRow { id }| id).collect();
    }
    if number.is_some() {
        for NumberedRow { view, number } in read(results.next())? {
            found.items.push(Hit { conversation: RawValue::from_string(view)?, number, words: None });
        }
    }
    let rows: Vec<HitRow> = read(results.next())?;
    found.next = next(&rows, limit);
    for row in rows.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)) {
        found.items.push(row.into_hit()?);
    }
    Ok(found)
}

/// Conversations of a company whose words are not all here yet, those that moved last first.
///
/// # Errors
/// When the database fails.
pub async fn missing(db: &D1Database, company: CompanyId) -> StoreResult<Vec<ConversationId>> {
    let results = db::transaction(db, vec![unsearched(db, company)?]).await?;
    Ok(read(results.into_iter().next())?.into_iter().map(|UnsearchedRow { id }| id).collect())
}

fn unsearched(db: &D1Database, company: CompanyId) -> StoreResult<D1PreparedStatement> {
    let sql =
        "SELECT id FROM conversations WHERE company_id = ?1 AND searched < rev ORDER BY last_event_at DESC LIMIT ?2";
    statement(db, sql, vec![company.into(), ASKED_AT_ONCE.into()])
}

/// A conversation that has hits, with the newest of them.
#[derive(Deserialize)]
struct HitRow {
    view: String,
    number: u32,
    seq: u64,
    at: f64,
    by: String,
    subject: String,
    contact: String,
    message: String,
    note: String,
    score: f64,
    ranked: f64,
    /// All hits that were looked at.
    hits: u32,
}

#[derive(Deserialize)]
struct UnsearchedRow {
    id: ConversationId,
}

#[derive(Deserialize)]
struct NumberedRow {
    view: String,
    number: u32,
}

impl HitRow {
    fn into_hit(self) -> StoreResult<Hit> {
        let Self { view, number, seq, at, by, subject, contact, message, note, .. } = self;
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
        let at = Instant::from_millis(at as i64);
        let by = RawValue::from_string(by)?;
        let words = Marked { seq, at, by, subject, contact, message, note };
        Ok(Hit { conversation: RawValue::from_string(view)?, number, words: Some(words) })
    }
}

/// The conversations with hits, in order: one more than is shown, if there is one.
fn hits(
    db: &D1Database,
    viewer: &Viewer,
    terms: &Terms,
    matching: &str,
    after: Option<After>,
    limit: u32,
) -> StoreResult<D1PreparedStatement> {
    let mut query = Query::new(viewer)?;
    let visible = query.conditions.join(" AND ");
    let below = match after {
        Some(After::Newest { number }) => number,
        _ => NUMBERS,
    };
    let places = places(viewer.company, &mut query, terms.seekable, matching, below);
    let begins = query.bind(MARK_BEGINS.to_string());
    let ranked = match after {
        Some(After::Ranked { .. }) => "1".to_owned(),
        Some(After::Newest { .. }) => "0".to_owned(),
        None => format!("coalesce(sum(places), 0) < {RANKED}"),
    };
    let mut wanted = vec!["true".to_owned()];
    if let Some(After::Ranked { score, number }) = after {
        let (score, number) = (query.bind(score), query.bind(number));
        wanted.push(format!("(score, number) < ({score}, {number})"));
    }
    if let Some(number) = terms.number {
        // It comes first, by itself.
        let number = query.bind(number);
        wanted.push(format!("number <> {number}"));
    }
    let limit = query.bind(limit.saturating_add(1));
    let sql = format!(
        "WITH {places}, \
         ranking AS MATERIALIZED (SELECT {ranked} AS ranked, coalesce(sum(places), 0) AS hits FROM hits), \
         found AS MATERIALIZED (SELECT id >> 19 & 16777215 AS number, max(id) AS id, subject, contact, message, note, \
             instr(subject, {begins}) > 0 AS titled \
           FROM hits GROUP BY 1), \
         scored AS (SELECT v.view, f.id, f.number, f.subject, f.contact, f.message, f.note, r.ranked, r.hits, \
             CASE WHEN r.ranked THEN v.last_event_at + f.titled * {SUBJECT_COUNTS} ELSE f.number END AS score \
           FROM ranking r, found f, conversations v WHERE v.number = f.number AND {visible}) \
         SELECT s.view, s.number, s.id & 524287 AS seq, w.at, w.by, s.subject, s.contact, s.message, s.note, \
           s.score, s.ranked, s.hits FROM scored s JOIN search_words w ON w.id = s.id WHERE {wanted} \
         ORDER BY score DESC, number DESC LIMIT {limit}",
        wanted = wanted.join(" AND "),
    );
    statement(db, &sql, query.values)
}

/// The newest [`RANKED`] places with the words, as the common table `hits` and what it is made of: `id`, how many `places`
/// of a conversation it stands for, and the marked texts. Of whoever sees few conversations, the places are found
/// conversation by conversation, and only the newest one of each is marked: the answer is the same.
fn places(company: CompanyId, query: &mut Query, seekable: bool, matching: &str, below: u32) -> String {
    let numbers = query.numbers();
    let part = part(company, query);
    let below = query.bind(below);
    let matching = query.bind(matching);
    let (begins, ends) = (query.bind(MARK_BEGINS.to_string()), query.bind(MARK_ENDS.to_string()));
    let marked = format!(
        "highlight(search, 0, {begins}, {ends}) AS subject, highlight(search, 1, {begins}, {ends}) AS contact, \
         snippet(search, 2, {begins}, {ends}, '…', {SNIPPET_WORDS}) AS message, \
         snippet(search, 3, {begins}, {ends}, '…', {SNIPPET_WORDS}) AS note"
    );
    // What is shown of a place is read with it: another look would have to put the beginnings of a long word together
    // once more, which is what takes time.
    let newest = |asked: &str, seen: &str| {
        format!(
            "SELECT search.rowid AS id, 1 AS places, {marked} FROM search \
             WHERE search MATCH {asked} AND search.rowid >= {part} AND search.rowid < {part} + (CAST({below} AS INTEGER) << 19) AND {seen} \
             ORDER BY search.rowid DESC LIMIT {RANKED}"
        )
    };
    let Some(numbers) = numbers else { return format!("hits AS MATERIALIZED ({})", newest(&matching, "true")) };
    let seen = "search.rowid >> 19 & 16777215 IN (SELECT number FROM visible)";
    let visible = format!("visible AS MATERIALIZED (SELECT DISTINCT number FROM ({numbers}))");
    if !seekable {
        return format!("{visible}, hits AS MATERIALIZED ({})", newest(&matching, seen));
    }
    // Where he sees few, all places are asked for nothing, which is nowhere. With a plain rowid, the index would be read
    // backwards for each conversation, which takes ten times as long.
    format!(
        "{visible}, few AS MATERIALIZED (SELECT count(*) <= {FEW} AS few FROM visible), \
         one_by_one AS MATERIALIZED (SELECT search.rowid + 0 AS id FROM visible n CROSS JOIN search \
           WHERE (SELECT few FROM few) AND n.number < {below} AND search MATCH {matching} \
             AND search.rowid >= {part} + (n.number << 19) AND search.rowid <= {part} + (n.number << 19) + 524287 \
           ORDER BY 1 DESC LIMIT {RANKED}), \
         hits AS MATERIALIZED (SELECT * FROM ({all}) \
           UNION ALL SELECT last.id, last.places, {marked} \
           FROM (SELECT max(id) AS id, count(*) AS places FROM one_by_one GROUP BY id >> 19) last CROSS JOIN search \
           WHERE search MATCH {matching} AND search.rowid = last.id)",
        all = newest(&format!("iif((SELECT few FROM few), '\"\"', {matching})"), seen),
    )
}

/// Where a company's part of the index begins.
fn part(company: CompanyId, query: &mut Query) -> String {
    let company = query.bind(company);
    format!("(SELECT part << 43 FROM search_parts WHERE company_id = {company})")
}

/// The numbers of a company's conversations in which something is found, as a query: a condition of lists.
pub(super) fn numbers(company: CompanyId, query: &mut Query, matching: &str) -> String {
    let part = part(company, query);
    let matching = query.bind(matching);
    format!(
        "SELECT search.rowid >> 19 & 16777215 FROM search \
         WHERE search MATCH {matching} AND search.rowid >= {part} AND search.rowid < {part} + ({NUMBERS} << 19)"
    )
}

/// The conversation of a number, if somebody may see it.
fn numbered(db: &D1Database, viewer: &Viewer, number: u32) -> StoreResult<D1PreparedStatement> {
    let mut query = Query::new(viewer)?;
    let number = query.bind(number);
    query.conditions.push(format!("v.number = {number}"));
    let sql = format!("SELECT v.view, v.number FROM conversations v WHERE {}", query.conditions.join(" AND "));
    statement(db, &sql, query.values)
}

/// Where the answer goes on, if it does.
fn next(rows: &[HitRow], limit: u32) -> Option<After> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let last = rows.get(limit.saturating_sub(1)).or(rows.last())?;
    let more = rows.len() > limit;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
    if last.ranked > 0.0 {
        more.then_some(After::Ranked { score: last.score as i64, number: last.number })
    } else {
        // Fewer conversations than wanted, in as many hits as are looked at: there may be more of them further down.
        (more || last.hits >= RANKED).then_some(After::Newest { number: last.number })
    }
}

fn read<T: for<'de> Deserialize<'de>>(result: Option<D1Result>) -> StoreResult<Vec<T>> {
    Ok(result.as_ref().map(D1Result::results).transpose()?.unwrap_or_default())
}
