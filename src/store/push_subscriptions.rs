//! The browsers that agents are told of things by, also while no page is open.

use super::db::{self, StoreResult, changes, statement, transaction};
use super::members;
use crate::domain::id::{AgentId, ConversationId, PushSubscriptionId, SessionId, UserId};
use crate::domain::notification::news::News;
use crate::domain::notification::preferences::Preferences;
use crate::domain::people::member::Member;
use crate::domain::time::Instant;
use serde::Deserialize;
use worker::D1Database;

/// Browsers that an agent has at most: the one that has not been heard of for longest makes room.
const MOST: u32 = 10;
/// Refusals in a row after which a browser is given up.
const MOST_FAILURES: u32 = 5;

/// A browser to be told by.
pub struct NewSubscription<'a> {
    pub id: PushSubscriptionId,
    pub agent: AgentId,
    pub user: UserId,
    pub session: SessionId,
    pub endpoint: &'a str,
    pub p256dh: &'a str,
    pub auth: &'a str,
    /// Our key that it expects.
    pub key_id: &'a str,
    pub user_agent: &'a str,
}

/// A browser of an agent's.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub id: PushSubscriptionId,
    pub created_at: Instant,
    /// The browser, as it called itself.
    pub user_agent: String,
    /// The session in which it was set up.
    pub session: SessionId,
}

/// All that is needed to tell somebody by a browser, by what is so now.
pub struct Target {
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
    pub key_id: String,
    pub member: Member,
    pub wishes: Preferences,
    /// The company.
    pub slug: String,
    pub company: String,
    /// Whether he has not read yet what it is about.
    pub unread: bool,
}

/// Keeps a browser; of one that is known, what is new. Another person's claim to the same browser ends: whoever sits there
/// now is the one who is told. Answers its id, and whether it was known.
///
/// # Errors
/// When the database fails.
pub async fn keep(db: &D1Database, new: &NewSubscription<'_>, now: Instant) -> StoreResult<(PushSubscriptionId, bool)> {
    #[derive(Deserialize)]
    struct Row {
        id: PushSubscriptionId,
    }
    let user_agent: String = new.user_agent.chars().take(200).collect();
    let others = "DELETE FROM push_subscriptions WHERE endpoint = ?1 \
                  AND agent_id IN (SELECT id FROM memberships WHERE user_id <> ?2)";
    let upsert = "INSERT INTO push_subscriptions (id, agent_id, session_id, endpoint, p256dh, auth, key_id, user_agent, \
                    created_at, confirmed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) \
                  ON CONFLICT (agent_id, endpoint) DO UPDATE SET session_id = excluded.session_id, \
                    p256dh = excluded.p256dh, auth = excluded.auth, key_id = excluded.key_id, \
                    user_agent = excluded.user_agent, confirmed_at = excluded.confirmed_at, failures = 0 RETURNING id";
    let surplus = "DELETE FROM push_subscriptions WHERE agent_id = ?1 AND id NOT IN (SELECT id FROM push_subscriptions \
                   WHERE agent_id = ?1 ORDER BY confirmed_at DESC, id DESC LIMIT ?2)";
    let values = vec![
        new.id.into(),
        new.agent.into(),
        new.session.into(),
        new.endpoint.into(),
        new.p256dh.into(),
        new.auth.into(),
        new.key_id.into(),
        user_agent.into(),
        now.into(),
    ];
    let statements = vec![
        statement(db, others, vec![new.endpoint.into(), new.user.into()])?,
        statement(db, upsert, values)?,
        statement(db, surplus, vec![new.agent.into(), MOST.into()])?,
    ];
    let results = transaction(db, statements).await?;
    let rows: Vec<Row> = results.get(1).map(worker::D1Result::results).transpose()?.unwrap_or_default();
    let row = rows.first().ok_or_else(|| db::StoreError::Broken("no row was returned".to_owned()))?;
    Ok((row.id, row.id != new.id))
}

/// An agent's browsers that count, newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(db: &D1Database, agent: AgentId, now: Instant) -> StoreResult<Vec<Subscription>> {
    #[derive(Deserialize)]
    struct Row {
        id: PushSubscriptionId,
        created_at: f64,
        user_agent: String,
        session_id: SessionId,
    }
    let sql = format!(
        "SELECT p.id, p.created_at, p.user_agent, p.session_id FROM {COUNTING} AND p.agent_id = ?1 ORDER BY p.id DESC"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![agent.into(), now.into()]).await?;
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
    let subscription = |row: Row| Subscription {
        id: row.id,
        created_at: Instant::from_millis(row.created_at as i64),
        user_agent: row.user_agent,
        session: row.session_id,
    };
    Ok(rows.into_iter().map(subscription).collect())
}

/// The browsers of some agents that count, with whose they are.
///
/// # Errors
/// When the database fails.
pub async fn of_agents(
    db: &D1Database,
    agents: &[AgentId],
    now: Instant,
) -> StoreResult<Vec<(PushSubscriptionId, AgentId)>> {
    #[derive(Deserialize)]
    struct Row {
        id: PushSubscriptionId,
        agent_id: AgentId,
    }
    let sql = format!(
        "SELECT p.id, p.agent_id FROM {COUNTING} AND p.agent_id IN (SELECT value FROM json_each(?1)) ORDER BY p.id"
    );
    let rows: Vec<Row> = db::all(db, &sql, vec![serde_json::to_string(agents)?.into(), now.into()]).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.agent_id)).collect())
}

/// A browser and all that decides whether it is told; none when it does not count any more.
///
/// # Errors
/// When the database fails.
pub async fn target(
    db: &D1Database,
    id: PushSubscriptionId,
    conversation: ConversationId,
    news: &News,
    now: Instant,
) -> StoreResult<Option<Target>> {
    #[derive(Deserialize)]
    struct Row {
        endpoint: String,
        p256dh: String,
        auth: String,
        key_id: String,
        facts: String,
        notifications: String,
        slug: String,
        company: String,
        unread: u8,
    }
    let sql = format!(
        "SELECT p.endpoint, p.p256dh, p.auth, p.key_id, {} AS facts, m.notifications, c.slug, c.name AS company, \
           EXISTS (SELECT 1 FROM notifications n WHERE n.agent_id = m.id AND n.conversation_id = ?3 AND n.kind = ?4 \
             AND n.seq >= ?5 AND n.read_at IS NULL) AS unread \
         FROM {COUNTING} AND p.id = ?1",
        members::FACTS
    );
    let seq = i64::try_from(news.seq).unwrap_or(i64::MAX);
    let values = vec![id.into(), now.into(), conversation.into(), news.kind.name().into(), seq.into()];
    let row: Option<Row> = db::first(db, &sql, values).await?;
    row.map(|row| {
        Ok(Target {
            endpoint: row.endpoint,
            p256dh: row.p256dh,
            auth: row.auth,
            key_id: row.key_id,
            member: members::read(&row.facts)?,
            wishes: Preferences::stored(&serde_json::from_str(&row.notifications)?),
            slug: row.slug,
            company: row.company,
            unread: row.unread != 0,
        })
    })
    .transpose()
}

/// Those that count: of somebody at work, whose session is good at `?2`, here, too.
const COUNTING: &str = "push_subscriptions p JOIN memberships m ON m.id = p.agent_id JOIN users u ON u.id = m.user_id \
     JOIN sessions s ON s.id = p.session_id JOIN companies c ON c.id = m.company_id \
     WHERE m.status = 'active' AND s.user_id = u.id AND s.revoked_at IS NULL AND s.expires_at > ?2 \
       AND s.created_at > m.sessions_after AND NOT u.password_temporary \
       AND (m.password_after = 0 OR u.password_changed_at > m.password_after)";

/// Removes a browser of an agent's. False when he has no such browser.
///
/// # Errors
/// When the database fails.
pub async fn remove(db: &D1Database, agent: AgentId, id: PushSubscriptionId) -> StoreResult<bool> {
    let sql = "DELETE FROM push_subscriptions WHERE agent_id = ?1 AND id = ?2";
    let results = transaction(db, vec![statement(db, sql, vec![agent.into(), id.into()])?]).await?;
    Ok(results.first().is_some_and(|result| changes(result) == 1))
}

/// Removes a browser that is not there any more, for everybody who is told by it.
///
/// # Errors
/// When the database fails.
pub async fn gone(db: &D1Database, endpoint: &str) -> StoreResult<()> {
    let sql = "DELETE FROM push_subscriptions WHERE endpoint = ?1";
    transaction(db, vec![statement(db, sql, vec![endpoint.into()])?]).await.map(drop)
}

/// Notes whether a browser's service took a message; one that has refused several in a row is given up.
///
/// # Errors
/// When the database fails.
pub async fn went(db: &D1Database, id: PushSubscriptionId, well: bool) -> StoreResult<()> {
    let sql = if well {
        "UPDATE push_subscriptions SET failures = 0 WHERE id = ?1 AND failures > 0"
    } else {
        "UPDATE push_subscriptions SET failures = failures + 1 WHERE id = ?1"
    };
    let give_up = "DELETE FROM push_subscriptions WHERE id = ?1 AND failures >= ?2";
    let statements =
        vec![statement(db, sql, vec![id.into()])?, statement(db, give_up, vec![id.into(), MOST_FAILURES.into()])?];
    transaction(db, statements).await.map(drop)
}
