//! What agents were told of. Whether they may still know of it is decided whenever it is read.

use super::db::{self, StoreResult, changes, statement, transaction};
use super::members;
use crate::domain::conversation::state::Place;
use crate::domain::id::{AgentId, CompanyId, ConversationId, FolderId, NotificationId, TeamId};
use crate::domain::notification::news::News;
use crate::domain::notification::preferences::{Kind, Preferences};
use crate::domain::people::member::Member;
use crate::domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use worker::{D1Database, D1PreparedStatement};

/// For how long it is kept what somebody was told of.
const KEPT: Span = Span::days(90);

/// Somebody who may have to be told.
pub struct Recipient {
    pub member: Member,
    pub email: String,
    pub wishes: Preferences,
}

/// Somebody who is told.
#[derive(Serialize)]
pub struct Told {
    pub id: NotificationId,
    pub agent: AgentId,
    /// Whether it is listed for him.
    pub page: bool,
}

/// What an agent was told of, with where its conversation is by now.
#[derive(Clone, Debug)]
pub struct Notification {
    pub id: NotificationId,
    pub kind: Kind,
    pub at: Instant,
    /// How many events it is about.
    pub count: u32,
    pub read: bool,
    pub conversation: ConversationId,
    pub number: u32,
    /// What the index says of the conversation, JSON.
    pub view: String,
    pub place: Place,
    pub participates: bool,
}

/// A place in a list, after which it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub at: Instant,
    pub id: NotificationId,
}

/// Which of an agent's.
#[derive(Clone, Debug)]
pub enum Which {
    These(Vec<NotificationId>),
    All,
    Of(ConversationId),
}

/// The members at work who wish to be told of something by any way; only these, where some are named.
///
/// # Errors
/// When the database fails.
pub async fn recipients(
    db: &D1Database,
    company: CompanyId,
    kind: Kind,
    only: Option<&[AgentId]>,
) -> StoreResult<Vec<Recipient>> {
    #[derive(Deserialize)]
    struct Row {
        facts: String,
        email: String,
        notifications: String,
    }
    let wishes = |way: &str| format!("json_extract(json_patch(?2, m.notifications), '$.{way}.' || ?3)");
    let sql = format!(
        "SELECT {} AS facts, u.email, m.notifications FROM memberships m JOIN users u ON u.id = m.user_id \
         WHERE m.company_id = ?1 AND m.status = 'active' AND ({} OR {} OR {}) \
           AND (?4 IS NULL OR m.id IN (SELECT value FROM json_each(?4)))",
        members::FACTS,
        wishes("page"),
        wishes("browser"),
        wishes("email"),
    );
    let everybodys = serde_json::to_string(&Preferences::default())?;
    let only = only.map(serde_json::to_string).transpose()?;
    let values = vec![company.into(), everybodys.into(), kind.name().into(), only.into()];
    let rows: Vec<Row> = db::all(db, &sql, values).await?;
    let recipient = |row: Row| {
        Ok(Recipient {
            member: members::read(&row.facts)?,
            email: row.email,
            wishes: Preferences::stored(&serde_json::from_str(&row.notifications)?),
        })
    };
    rows.into_iter().map(recipient).collect()
}

/// Notes that agents are told of something. What they have not read yet of the same kind joins it; a repeat changes
/// nothing. What is old is dropped.
///
/// # Errors
/// When the database fails; told again, it does no harm.
pub async fn note(
    db: &D1Database,
    company: CompanyId,
    conversation: ConversationId,
    news: &News,
    told: &[Told],
) -> StoreResult<()> {
    let insert = "INSERT INTO notifications (id, company_id, agent_id, conversation_id, kind, seq, in_page, at) \
                  SELECT json_extract(t.value, '$.id'), ?1, json_extract(t.value, '$.agent'), ?2, ?3, ?4, \
                    json_extract(t.value, '$.page'), ?5 FROM json_each(?6) t \
                  WHERE NOT EXISTS (SELECT 1 FROM notifications n WHERE n.conversation_id = ?2 AND n.kind = ?3 \
                    AND n.agent_id = json_extract(t.value, '$.agent') AND n.seq >= ?4) \
                  ON CONFLICT (agent_id, conversation_id, kind) WHERE read_at IS NULL DO UPDATE SET \
                    seq = excluded.seq, at = excluded.at, in_page = excluded.in_page, count = count + 1, digested_at = NULL";
    let forget = "DELETE FROM notifications WHERE agent_id IN (SELECT json_extract(value, '$.agent') FROM json_each(?1)) \
                  AND at < ?2";
    let told = serde_json::to_string(told)?;
    let seq = i64::try_from(news.seq).unwrap_or(i64::MAX);
    let values = vec![
        company.into(),
        conversation.into(),
        news.kind.name().into(),
        seq.into(),
        news.at.into(),
        told.clone().into(),
    ];
    let old = vec![told.into(), news.at.before(KEPT).into()];
    transaction(db, vec![statement(db, insert, values)?, statement(db, forget, old)?]).await.map(drop)
}

/// What an agent was told of under the bell, newest first, as far as it is known now.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &D1Database,
    agent: AgentId,
    unread: bool,
    after: Option<Position>,
    limit: u32,
) -> StoreResult<Vec<Notification>> {
    let condition = "n.in_page = 1 AND (?2 = 0 OR n.read_at IS NULL) \
                     AND (?3 IS NULL OR (n.at, n.id) < (?3, ?4)) ORDER BY n.at DESC, n.id DESC LIMIT ?5";
    let (at, id) = (after.map(|after| after.at), after.map(|after| after.id));
    read(db, condition, vec![agent.into(), unread.into(), at.into(), id.into(), limit.into()]).await
}

/// What an agent was told of, has not read, and no digest has told him of.
///
/// # Errors
/// When the database fails.
pub async fn undigested(db: &D1Database, agent: AgentId, limit: u32) -> StoreResult<Vec<Notification>> {
    let condition =
        "n.in_page = 1 AND n.read_at IS NULL AND n.digested_at IS NULL ORDER BY n.at DESC, n.id DESC LIMIT ?2";
    read(db, condition, vec![agent.into(), limit.into()]).await
}

/// Notes that a digest told of an agent's unread ones, up to an instant.
///
/// # Errors
/// When the database fails.
pub async fn digested(db: &D1Database, agent: AgentId, up_to: Instant, now: Instant) -> StoreResult<()> {
    let sql = "UPDATE notifications SET digested_at = ?3 WHERE agent_id = ?1 AND read_at IS NULL AND at <= ?2";
    transaction(db, vec![statement(db, sql, vec![agent.into(), up_to.into(), now.into()])?]).await.map(drop)
}

/// Notes that an agent has read them. Whether there were any.
///
/// # Errors
/// When the database fails.
pub async fn read_by(db: &D1Database, agent: AgentId, which: &Which, now: Instant) -> StoreResult<bool> {
    let (condition, value) = match which {
        Which::These(ids) => ("id IN (SELECT value FROM json_each(?3))", Some(serde_json::to_string(ids)?)),
        Which::All => ("?3 IS NULL", None),
        Which::Of(conversation) => ("conversation_id = ?3", Some(conversation.to_string())),
    };
    let sql = format!("UPDATE notifications SET read_at = ?2 WHERE agent_id = ?1 AND read_at IS NULL AND {condition}");
    let update: D1PreparedStatement = statement(db, &sql, vec![agent.into(), now.into(), value.into()])?;
    let results = transaction(db, vec![update]).await?;
    Ok(results.first().is_some_and(|result| changes(result) > 0))
}

/// Rows of the agent `?1`.
async fn read(db: &D1Database, condition: &str, values: Vec<db::Bound>) -> StoreResult<Vec<Notification>> {
    #[derive(Deserialize)]
    struct Row {
        id: NotificationId,
        kind: Kind,
        at: f64,
        count: u32,
        read: u8,
        conversation_id: ConversationId,
        number: u32,
        view: String,
        assignee_id: Option<AgentId>,
        folder_id: Option<FolderId>,
        team_id: Option<TeamId>,
        participates: u8,
    }
    let sql = format!(
        "SELECT n.id, n.kind, n.at, n.count, n.read_at IS NOT NULL AS read, n.conversation_id, v.number, v.view, \
           v.assignee_id, v.folder_id, v.team_id, \
           EXISTS (SELECT 1 FROM participants p WHERE p.agent_id = ?1 AND p.conversation_id = v.id) AS participates \
         FROM notifications n JOIN conversations v ON v.id = n.conversation_id AND v.rev > 0 \
         WHERE n.agent_id = ?1 AND {condition}"
    );
    let rows: Vec<Row> = db::all(db, &sql, values).await?;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
    let notification = |row: Row| Notification {
        id: row.id,
        kind: row.kind,
        at: Instant::from_millis(row.at as i64),
        count: row.count,
        read: row.read != 0,
        conversation: row.conversation_id,
        number: row.number,
        view: row.view,
        place: Place { assignee: row.assignee_id, folder: row.folder_id, team: row.team_id },
        participates: row.participates != 0,
    };
    Ok(rows.into_iter().map(notification).collect())
}
