//! A company is brought back from its export, in pieces: its lines are taken in, in their order, then its conversations are opened one
//! by one, then the company. Until then it is closed to everybody, and nobody is told anything. What was sent before may be sent again.

mod lines;

use self::lines::{Batch, Run, Said, bad_line, batch};
use super::body::{OptionalJson, Query, Upload};
use super::operator::Operator;
use super::privacy::keys;
use super::problem::{Answer, Problem};
use crate::domain::id::{CompanyId, ConversationId, ErasureId, UserId};
use crate::domain::people::slug;
use crate::effects::restoring::{self, Opened};
use crate::objects::call::{self, Answer as Called};
use crate::objects::conversation_do::{
    self,
    protocol::{ConversationRequest, PutBack, Restore},
};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::random;
use crate::store::erasures::company::begin_company;
use crate::store::erasures::{self, Kind, NewErasure};
use crate::store::export::Record;
use crate::store::restoring::rows::{self, WrongRow};
use crate::store::restoring::tables::{CONVERSATION, Table};
use crate::store::restoring::{self as store, Restoration, RestorationState};
use crate::store::{companies, db};
use axum::extract::{FromRequestParts, Path};
use http::StatusCode;
use http::request::Parts;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};
use worker::send::SendFuture;

/// Most bytes of lines in one request.
const BYTES: usize = 4 * 1_024 * 1_024;

/// The operator at the company that the path names, which need not be there.
pub struct AtRestoration {
    operator: Operator,
    company: CompanyId,
}

/// Which lines these are.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Position {
    /// How many lines of the export come before the first of these.
    after: u32,
    /// With the first lines: another URL for the company than it had.
    slug: Option<String>,
}

/// How the company is to be opened.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// Another URL for the company than was said at first.
    #[serde(default)]
    slug: Option<String>,
}

/// How far it is. 404 where this company was never brought back.
#[utoipa::path(get, path = "/api/restorations/{id}", tag = "operations", params(("id" = CompanyId, Path)),
    responses((status = 200, body = Restoration)))]
#[worker::send]
pub async fn show(at: AtRestoration) -> Answer<axum::Json<Restoration>> {
    at.found().await.map(axum::Json)
}

/// Takes in lines of a company's export, in their order. The first ones begin the restoration, the export's last line ends it: then
/// the company can be opened. Lines that came before change nothing.
#[utoipa::path(post, path = "/api/restorations/{id}/lines", tag = "operations",
    params(("id" = CompanyId, Path), Position),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = Restoration),
        (status = 409, description = "`company_exists`, `another_export`, `out_of_order`, `slug_taken`, `not_under_way`"),
        (status = 422, description = "`bad_line`: `line` says which, `errors` what is wrong with it")))]
#[worker::send]
pub async fn take(
    at: AtRestoration,
    Query(position): Query<Position>,
    Upload(bytes): Upload<BYTES>,
) -> Answer<axum::Json<Restoration>> {
    let text = String::from_utf8(bytes).map_err(|_| malformed("An export is UTF-8."))?;
    let Batch { first, runs } = batch(&text, position.after)?;
    let known = match (store::find(&at.operator.db, at.company).await?, first) {
        (known, Some(first)) => at.begin(known, first, position.slug.as_deref()).await?,
        (Some(known), None) => known,
        (None, None) => return Err(Problem::not_found()),
    };
    if known.state != RestorationState::UnderWay {
        return at.found().await.map(axum::Json);
    }
    if position.after > known.lines {
        let detail =
            format!("{} lines are there: the next one is line {}.", known.lines, known.lines.saturating_add(1));
        return Err(Problem::conflict("out_of_order", &detail).with("lines", json!(known.lines)));
    }
    let kept_away: BTreeSet<ConversationId> =
        erasures::conversations_of(&at.operator.db, at.company).await?.into_iter().collect();
    for run in runs {
        let last = run.last();
        if last > known.lines {
            at.take_in(&known, run, &kept_away).await?;
        }
    }
    at.found().await.map(axum::Json)
}

/// Opens the next conversations of a company whose lines are all there; after the last one, the company. To be repeated until
/// `state` is `done`.
#[utoipa::path(post, path = "/api/restorations/{id}/opening", tag = "operations", params(("id" = CompanyId, Path)),
    request_body = Option<Opening>,
    responses((status = 200, body = Restoration),
        (status = 409, description = "`lines_missing`, `incomplete`, `slug_taken`")))]
#[worker::send]
pub async fn open(at: AtRestoration, OptionalJson(body): OptionalJson<Opening>) -> Answer<axum::Json<Restoration>> {
    let mut known = at.found().await?;
    if known.state == RestorationState::UnderWay {
        let detail = "The export's last line is not there yet.";
        return Err(Problem::conflict("lines_missing", detail).with("lines", json!(known.lines)));
    }
    if known.state == RestorationState::Opening {
        if let Some(wanted) = body.slug {
            known.slug = slug::check("slug", &wanted)?;
        }
        at.require_free(&known.slug).await?;
        let Operator { here, db } = &at.operator;
        if let Opened::Incomplete { number } = restoring::open_next(&here.env, db, &known, here.now).await? {
            let detail = format!("Entries of conversation {number} are missing.");
            return Err(Problem::conflict("incomplete", &detail).with("number", json!(number)));
        }
    }
    at.found().await.map(axum::Json)
}

/// Gives up a restoration that is not done: whatever was taken in is erased.
#[utoipa::path(delete, path = "/api/restorations/{id}", tag = "operations", params(("id" = CompanyId, Path)),
    responses((status = 202, description = "it is under way"), (status = 409, description = "`company_exists`: it is done")))]
#[worker::send]
pub async fn give_up(at: AtRestoration) -> Answer<StatusCode> {
    if at.found().await?.state == RestorationState::Done {
        return Err(company_exists());
    }
    let Operator { here, db } = &at.operator;
    let erasure = NewErasure {
        id: ErasureId::new(random::id(here.now)),
        company: at.company,
        kind: Kind::Company,
        subject: Some(at.company.to_string()),
        subject_hash: String::new(),
        by: None,
        at: here.now,
    };
    let mut statements = begin_company(db, &erasure)?;
    statements.extend(store::forget(db, at.company)?);
    db::transaction(db, statements).await?;
    desk::tell(&here.env, at.company, &DeskRequest::ErasuresDue { due: here.now }).await;
    Ok(StatusCode::ACCEPTED)
}

impl AtRestoration {
    async fn found(&self) -> Answer<Restoration> {
        store::find(&self.operator.db, self.company).await?.ok_or_else(Problem::not_found)
    }

    /// The first line: the company's own. One that is there already is another company's business.
    async fn begin(&self, known: Option<Restoration>, mut first: Record, wanted: Option<&str>) -> Answer<Restoration> {
        let Operator { here, db } = &self.operator;
        let mut text = |name: &str| {
            let value = first.remove(name);
            value.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
        };
        let (exported_at, own) = (text("exported_at"), text("slug"));
        if text("id") != self.company.to_string() {
            return Err(bad_line(1, "id", "another_company", "This is the export of another company."));
        }
        let exists = store::company_exists(db, self.company).await?;
        match known.filter(|_| exists) {
            Some(known) if known.state == RestorationState::Done => return Err(company_exists()),
            Some(known) if known.exported_at != exported_at => {
                let detail = "Another export of this company is being brought back. Finish that, or give it up first.";
                return Err(Problem::conflict("another_export", detail).with("exported_at", json!(known.exported_at)));
            }
            Some(known) => return Ok(known),
            None if exists => return Err(company_exists()),
            None => {}
        }
        let slug = slug::check("slug", wanted.unwrap_or(&own))?;
        self.require_free(&slug).await?;
        keys(&here.env)?;
        restoring::prepare(&here.env, db, self.company).await?;
        let restoration = Restoration {
            company_id: self.company,
            slug,
            exported_at,
            state: RestorationState::UnderWay,
            lines: 1,
            opened: 0,
        };
        db::transaction(db, store::begin(db, &restoration, &first, here.now)?).await?;
        Ok(restoration)
    }

    async fn take_in(&self, known: &Restoration, run: Run, kept_away: &BTreeSet<ConversationId>) -> Answer<()> {
        let Operator { here, db } = &self.operator;
        let last = run.last();
        match run {
            Run::Settings { line, .. } => {
                db::transaction(db, store::settings(db, self.company, &line)?).await?;
            }
            Run::Rows { table, first, rows } => {
                if table.kind == "member" {
                    rows::people(db, &rows, here.now, || UserId::new(random::id(here.now))).await?;
                }
                self.insert(table, first, &rows).await?;
            }
            Run::Said { first, said } => self.put_back(first, said, kept_away).await?,
            Run::End { line, exported_at, lines } => {
                if exported_at != known.exported_at {
                    return Err(bad_line(line, "exported_at", "another_export", "This is the end of another export."));
                }
                if lines.saturating_add(1) != line {
                    let detail = format!("{lines} lines should come before this one, which is line {line}.");
                    return Err(bad_line(line, "lines", "out_of_order", &detail));
                }
                return Ok(restoring::all_there(&here.env, db, self.company, line, here.now).await?);
            }
        }
        Ok(store::took(db, self.company, last).await?)
    }

    async fn insert(&self, table: &Table, first: u32, rows: &[Record]) -> Answer<()> {
        let inserted = rows::insert(&self.operator.db, self.company, table, rows).await?;
        inserted.map_err(|WrongRow { at, wrong }| {
            let line = first.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
            lines::wrong(line, &wrong)
        })
    }

    /// Conversations and entries of their logs: each conversation gets its part. One that was erased, and not with the whole
    /// company, stays so.
    async fn put_back(&self, first: u32, said: Vec<Said>, kept_away: &BTreeSet<ConversationId>) -> Answer<()> {
        let env = &self.operator.here.env;
        let mut at = first;
        let mut rows = Vec::new();
        let mut parts: Vec<(u32, Restore)> = Vec::new();
        let mut lines_of_rows = Vec::new();
        for one in said {
            match one {
                Said::Conversation { id, kept, row } => {
                    rows.push(row);
                    lines_of_rows.push(at);
                    let part = Restore { id, company: self.company, kept: Some(*kept), entries: Vec::new() };
                    parts.push((at, part));
                }
                Said::Event { id, entry } => match parts.last_mut().filter(|(_, part)| part.id == id) {
                    Some((_, part)) => part.entries.push(entry),
                    None => parts.push((at, Restore { id, company: self.company, kept: None, entries: vec![entry] })),
                },
            }
            at = at.saturating_add(1);
        }
        if let Err(WrongRow { at, wrong }) = rows::insert(&self.operator.db, self.company, &CONVERSATION, &rows).await?
        {
            return Err(lines::wrong(lines_of_rows.get(at).copied().unwrap_or(first), &wrong));
        }
        for (at, part) in parts.into_iter().filter(|(_, part)| !kept_away.contains(&part.id)) {
            let (id, begins) = (part.id.to_string(), part.kept.is_some());
            let from = part.entries.first().map_or(0, |entry| entry.seq);
            let request = ConversationRequest::Restore(Box::new(part));
            let answer = call::call::<()>(env, conversation_do::BINDING, &id, &request).await?;
            let Called::Done(answer) = answer else { return Err(Problem::not_found()) };
            match serde_json::from_str(&answer)? {
                PutBack::Done => {}
                PutBack::Broken { seq } => {
                    let offset = seq.saturating_sub(from).saturating_add(u64::from(begins));
                    let line = at.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
                    let detail = format!("Entry {seq} of this log is not what was written.");
                    return Err(bad_line(line, "entry", "broken_log", &detail));
                }
                PutBack::Differs => {
                    let detail = "Under this id there is another conversation already.";
                    return Err(Problem::conflict("conversation_differs", detail).with("line", json!(at)));
                }
                PutBack::Incomplete => {
                    let detail = "The line of this conversation comes before its log.";
                    return Err(bad_line(at, "conversation_id", "out_of_order", detail));
                }
            }
        }
        Ok(())
    }

    async fn require_free(&self, slug: &str) -> Answer<()> {
        let Operator { here, db } = &self.operator;
        if companies::taken_slugs(db, &[slug.to_owned()], Some(self.company), here.now).await?.is_empty() {
            return Ok(());
        }
        Err(Problem::conflict("slug_taken", "This URL is taken. Choose another one for the company."))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AtRestoration {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let operator = SendFuture::new(Operator::from_request_parts(parts, state)).await?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
        let company = path.ok().and_then(|Path(path)| CompanyId::parse(path.get("id")?));
        Ok(Self { operator, company: company.ok_or_else(Problem::not_found)? })
    }
}

fn company_exists() -> Problem {
    Problem::conflict("company_exists", "There is this company already.")
}

fn malformed(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed", detail)
}
