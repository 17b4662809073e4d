//! Who calls: session, membership and the conversation asked about, in one round trip.

use super::db::{self, Bound, StoreResult};
use crate::domain::conversation::state::relation;
use crate::domain::id::{AgentId, CompanyId, ConversationId, SessionId, UserId};
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
    /// The company and the caller's active membership in it; none when there is no such company, or he is no member.
    pub place: Option<(Company, Member)>,
    /// How the caller stands to the conversation asked about, as far as the index knows; none when the company has no
    /// such conversation.
    pub conversation: Option<ScopeSet>,
}

#[derive(Deserialize)]
struct Row {
    user_id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    company_id: Option<CompanyId>,
    slug: Option<String>,
    name: Option<String>,
    description: Option<String>,
    pending_close_after: Option<f64>,
    member_id: Option<AgentId>,
    roles: Option<String>,
    add_ons: Option<String>,
    display_name: Option<String>,
    public_name: Option<String>,
    function: Option<String>,
    conversation_id: Option<ConversationId>,
    assignee_id: Option<AgentId>,
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
    let sql = "SELECT u.id AS user_id, u.email, u.first_name, u.last_name, \
                 c.id AS company_id, c.slug, c.name, c.description, c.pending_close_after, \
                 m.id AS member_id, m.roles, m.add_ons, m.display_name, m.public_name, m.function, \
                 v.id AS conversation_id, v.assignee_id, \
                 EXISTS (SELECT 1 FROM participants p WHERE p.agent_id = m.id AND p.conversation_id = v.id) AS participates \
               FROM sessions s JOIN users u ON u.id = s.user_id \
               LEFT JOIN companies c ON c.slug = ?2 \
               LEFT JOIN memberships m ON m.company_id = c.id AND m.user_id = u.id AND m.status = 'active' \
               LEFT JOIN conversations v ON v.id = ?3 AND v.company_id = c.id AND v.rev > 0 \
               WHERE s.id = ?1 AND s.revoked_at IS NULL AND s.expires_at > ?4";
    let values: Vec<Bound> = vec![session.into(), company.into(), conversation.into(), now.into()];
    let row: Option<Row> = db::first(db, sql, values).await?;
    row.map(|row| row.read(session)).transpose()
}

impl Row {
    fn read(self, session: SessionId) -> StoreResult<Caller> {
        let place = self.place()?;
        let conversation = match (&place, self.conversation_id) {
            (Some((_, member)), Some(_)) => {
                Some(relation(member, self.assignee_id, |id| id == member.id && self.participates > 0.0))
            }
            _ => None,
        };
        let signed_in = SignedIn {
            session,
            user: self.user_id,
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
        };
        Ok(Caller { signed_in, place, conversation })
    }

    fn place(&self) -> StoreResult<Option<(Company, Member)>> {
        let (Some(company_id), Some(member_id)) = (self.company_id, self.member_id) else { return Ok(None) };
        let company = Company {
            id: company_id,
            slug: self.slug.clone().unwrap_or_default(),
            name: self.name.clone().unwrap_or_default(),
            description: self.description.clone().unwrap_or_default(),
            pending_close_after: seconds(self.pending_close_after),
        };
        let member = super::agents::member(
            member_id,
            self.display_name.clone().unwrap_or_default(),
            self.public_name.clone(),
            self.function.clone().unwrap_or_default(),
            self.roles.as_deref().unwrap_or("[]"),
            self.add_ons.as_deref().unwrap_or("[]"),
        )?;
        Ok(Some((company, member)))
    }
}

/// A span from a column of whole seconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "whole seconds far below 2^53")]
pub fn seconds(column: Option<f64>) -> Span {
    Span::seconds(column.unwrap_or(0.0) as i64)
}
