//! Invitations: single use, seven days, only a hash of the token at rest (specification E4–E7).

use super::db::{self, StoreResult, changes, statement, transaction};
use crate::domain::id::{AgentId, CompanyId, InvitationId, SessionId, UserId};
use crate::domain::people::role::Role;
use crate::domain::time::{Instant, Span};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use worker::{D1Database, D1PreparedStatement};

/// How long an invitation is good for (specification E5, H3).
pub const LIFETIME: Span = Span::days(7);

/// An invitation to be written down.
pub struct NewInvitation<'a> {
    pub id: InvitationId,
    pub company: CompanyId,
    pub membership: AgentId,
    pub invited_by: AgentId,
    pub token: &'a str,
}

/// An invitation as its holder finds it.
pub struct Invitation {
    pub id: InvitationId,
    pub membership: AgentId,
    pub user: UserId,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Whether the person has an account already.
    pub has_password: bool,
    pub company_slug: String,
    pub company_name: String,
    pub roles: Vec<Role>,
    pub expires_at: Instant,
    /// Neither used, nor expired, nor meant for somebody who has left.
    pub usable: bool,
}

/// What accepting writes down.
pub struct Acceptance<'a> {
    pub invitation: &'a Invitation,
    pub session: SessionId,
    pub session_expires_at: Instant,
    pub user_agent: &'a str,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub name: &'a str,
    pub password_hash: Option<&'a str>,
}

#[derive(Deserialize)]
struct Row {
    id: InvitationId,
    membership_id: AgentId,
    user_id: UserId,
    email: String,
    first_name: String,
    last_name: String,
    has_password: f64,
    slug: String,
    company_name: String,
    roles: String,
    expires_at: f64,
    used_at: Option<f64>,
    status: String,
}

/// Writes an invitation down; earlier ones to the same person stop working.
///
/// # Errors
/// When a statement cannot be made.
pub fn insert(db: &D1Database, invitation: &NewInvitation<'_>, now: Instant) -> StoreResult<Vec<D1PreparedStatement>> {
    let supersede = "UPDATE invitations SET used_at = ?2 WHERE membership_id = ?1 AND used_at IS NULL";
    let insert = "INSERT INTO invitations (id, company_id, membership_id, token_hash, invited_by, created_at, expires_at) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    Ok(vec![
        statement(db, supersede, vec![invitation.membership.into(), now.into()])?,
        statement(
            db,
            insert,
            vec![
                invitation.id.into(),
                invitation.company.into(),
                invitation.membership.into(),
                hash(invitation.token).into(),
                invitation.invited_by.into(),
                now.into(),
                now.after(LIFETIME).into(),
            ],
        )?,
    ])
}

/// The invitation of a token, whether it can still be used or not.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, token: &str, now: Instant) -> StoreResult<Option<Invitation>> {
    let sql = "SELECT i.id, i.membership_id, i.expires_at, i.used_at, m.user_id, m.roles, m.status, u.email, u.first_name, \
                 u.last_name, u.password_hash IS NOT NULL AS has_password, c.slug, c.name AS company_name \
               FROM invitations i JOIN memberships m ON m.id = i.membership_id JOIN users u ON u.id = m.user_id \
               JOIN companies c ON c.id = i.company_id WHERE i.token_hash = ?1";
    let row: Option<Row> = db::first(db, sql, vec![hash(token).into()]).await?;
    row.map(|row| row.read(now)).transpose()
}

/// Accepts an invitation: of any number of attempts at once, one succeeds. False when another came first.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn accept(db: &D1Database, acceptance: &Acceptance<'_>, now: Instant) -> StoreResult<bool> {
    let Acceptance { invitation, .. } = acceptance;
    // Everything but the first statement asks whether that one marked the invitation with this very session.
    // A first password is set only where there is none: another invitation may have been accepted in the meantime.
    let mark = "UPDATE invitations SET used_at = ?2, accepted_session = ?3 \
                WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2 AND EXISTS ( \
                  SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id \
                  WHERE m.id = membership_id AND m.status = 'invited' AND (?4 IS NULL OR u.password_hash IS NULL))";
    let mine = "EXISTS (SELECT 1 FROM invitations WHERE id = ?1 AND accepted_session = ?2)";
    let user = format!(
        "UPDATE users SET first_name = ?4, last_name = ?5, password_hash = COALESCE(?6, password_hash) \
         WHERE id = ?3 AND {mine}"
    );
    let member = format!("UPDATE memberships SET status = 'active', display_name = ?4 WHERE id = ?3 AND {mine}");
    let session = format!(
        "INSERT INTO sessions (id, user_id, created_at, expires_at, user_agent) SELECT ?2, ?3, ?4, ?5, ?6 WHERE {mine}"
    );
    let (id, key) = (invitation.id, acceptance.session);
    let statements = vec![
        statement(db, mark, vec![id.into(), now.into(), key.into(), acceptance.password_hash.into()])?,
        statement(
            db,
            &user,
            vec![
                id.into(),
                key.into(),
                invitation.user.into(),
                acceptance.first_name.into(),
                acceptance.last_name.into(),
                acceptance.password_hash.into(),
            ],
        )?,
        statement(db, &member, vec![id.into(), key.into(), invitation.membership.into(), acceptance.name.into()])?,
        statement(
            db,
            &session,
            vec![
                id.into(),
                key.into(),
                invitation.user.into(),
                now.into(),
                acceptance.session_expires_at.into(),
                acceptance.user_agent.chars().take(200).collect::<String>().into(),
            ],
        )?,
    ];
    let results = transaction(db, statements).await?;
    Ok(results.first().is_some_and(|marked| changes(marked) == 1))
}

fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Row {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds below 2^53")]
    fn read(self, now: Instant) -> StoreResult<Invitation> {
        let expires_at = Instant::from_millis(self.expires_at as i64);
        Ok(Invitation {
            usable: self.used_at.is_none() && now < expires_at && self.status == "invited",
            id: self.id,
            membership: self.membership_id,
            user: self.user_id,
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            has_password: self.has_password > 0.0,
            company_slug: self.slug,
            company_name: self.company_name,
            roles: serde_json::from_str(&self.roles)?,
            expires_at,
        })
    }
}
