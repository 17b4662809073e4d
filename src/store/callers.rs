//! Who calls: session, membership and the conversation asked about, in one round trip.

use super::db::{self, Bound, StoreResult};
use super::members;
use crate::domain::conversation::state::Place;
use crate::domain::id::{AgentId, CompanyId, ConversationId, FolderId, SessionId, TeamId, UserId};
use crate::domain::people::member::Member;
use crate::domain::people::permission::ScopeSet;
use crate::domain::time::{Instant, Span};
use serde::Deserialize;
use worker::D1Database;

/// A person who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub session: SessionId,
    pub user: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Whether he works anywhere.
    pub welcome: bool,
}

/// The company that a path names, as its members see it.
#[derive(Clone, Debug)]
pub struct Company {
    pub id: CompanyId,
    pub slug: String,
    pub name: String,
    pub description: String,
    pub pending_close_after: Span,
}

/// What one query tells about a request.
pub struct Caller {
    pub signed_in: SignedIn,
    pub place: Where,
    /// How the caller stands to the conversation asked about, as far as the index knows; none when the company has no
    /// such conversation.
    pub conversation: Option<ScopeSet>,
}

/// How a signed-in person stands to the company that a path names.
pub enum Where {
    /// There is no such company, or he does not work there.
    Outside,
    /// He was disabled, or has to sign in again: here his session does not count.
    ShutOut,
    /// He has to choose another password before he goes on.
    MustChangePassword,
    /// He works here.
    Inside(Box<(Company, Member)>),
}

#[derive(Deserialize)]
struct Row {
    user_id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    welcome: f64,
    company_id: Option<CompanyId>,
    slug: Option<String>,
    name: Option<String>,
    description: Option<String>,
    pending_close_after: Option<f64>,
    status: Option<String>,
    session_counts: f64,
    password_counts: f64,
    facts: Option<String>,
    conversation_id: Option<ConversationId>,
    assignee_id: Option<AgentId>,
    folder_id: Option<FolderId>,
    team_id: Option<TeamId>,
    participates: f64,
}

/// Reads what is known about a request: one query, on the primary. None when the session does not count (any more).
///
/// # Errors
/// When the database fails.
pub async fn find(
    db: &D1Database,
    session: SessionId,
    company: Option<&str>,
    conversation: Option<ConversationId>,
    now: Instant,
) -> StoreResult<Option<Caller>> {
    let sql = format!(
        "SELECT u.id AS user_id, u.email, u.first_name, u.last_name, \
           EXISTS (SELECT 1 FROM memberships w WHERE w.user_id = u.id AND w.status = 'active') AS welcome, \
           c.id AS company_id, c.slug, c.name, c.description, c.pending_close_after, m.status, \
           COALESCE(s.created_at > m.sessions_after, 0) AS session_counts, \
           NOT u.password_temporary AND COALESCE(m.password_after = 0 OR u.password_changed_at > m.password_after, 0) \
             AS password_counts, \
           CASE WHEN m.id IS NOT NULL THEN {} END AS facts, \
           v.id AS conversation_id, v.assignee_id, v.folder_id, v.team_id, \
           EXISTS (SELECT 1 FROM participants p WHERE p.agent_id = m.id AND p.conversation_id = v.id) AS participates \
         FROM sessions s JOIN users u ON u.id = s.user_id \
         LEFT JOIN companies c ON c.id = COALESCE((SELECT id FROM companies WHERE slug = ?2), \
           (SELECT company_id FROM former_slugs WHERE slug = ?2)) \
         LEFT JOIN memberships m ON m.company_id = c.id AND m.user_id = u.id AND m.status IN ('active', 'disabled') \
         LEFT JOIN conversations v ON v.id = ?3 AND v.company_id = c.id AND v.rev > 0 \
         WHERE s.id = ?1 AND s.revoked_at IS NULL AND s.expires_at > ?4",
        members::FACTS
    );
    let values: Vec<Bound> = vec![session.into(), company.into(), conversation.into(), now.into()];
    let row: Option<Row> = db::first(db, &sql, values).await?;
    row.map(|row| row.read(session)).transpose()
}

impl Row {
    fn read(self, session: SessionId) -> StoreResult<Caller> {
        let place = self.place()?;
        let conversation = match (&place, self.conversation_id) {
            (Where::Inside(inside), Some(_)) => {
                let at = Place { assignee: self.assignee_id, folder: self.folder_id, team: self.team_id };
                Some(at.relation_to(&inside.1, self.participates > 0.0))
            }
            _ => None,
        };
        let signed_in = SignedIn {
            session,
            user: self.user_id,
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            welcome: self.welcome > 0.0,
        };
        Ok(Caller { signed_in, place, conversation })
    }

    fn place(&self) -> StoreResult<Where> {
        let (Some(id), Some(facts)) = (self.company_id, &self.facts) else { return Ok(Where::Outside) };
        if self.status.as_deref() != Some("active") || self.session_counts == 0.0 {
            return Ok(Where::ShutOut);
        }
        if self.password_counts == 0.0 {
            return Ok(Where::MustChangePassword);
        }
        let company = Company {
            id,
            slug: self.slug.clone().unwrap_or_default(),
            name: self.name.clone().unwrap_or_default(),
            description: self.description.clone().unwrap_or_default(),
            pending_close_after: seconds(self.pending_close_after),
        };
        Ok(Where::Inside(Box::new((company, members::read(facts)?))))
    }
}

/// A span from a column of whole seconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "whole seconds far below 2^53")]
pub fn seconds(column: Option<f64>) -> Span {
    Span::seconds(column.unwrap_or(0.0) as i64)
}
