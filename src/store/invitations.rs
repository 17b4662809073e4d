//! Invitations: single use, seven days, only a hash of the token at rest (specification E4–E7).

use super::db::{self, StoreResult, changes, statement, transaction};
use super::members;
use crate::domain::id::{AgentId, CompanyId, InvitationId, SessionId, UserId};
use crate::domain::people::delegation;
use crate::domain::people::member::Member;
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
    /// Whether the link goes to the address, and nowhere else.
    pub mailed: bool,
    pub token: &'a str,
}

/// An invitation as its holder finds it.
pub struct Invitation {
    pub id: InvitationId,
    pub membership: AgentId,
    pub user: UserId,
    pub email: String,
    /// As his account has it.
    pub first_name: String,
    pub last_name: String,
    /// As the inviter called him.
    pub invited_first_name: String,
    pub invited_last_name: String,
    /// Whether the person has an account already, and may be asked for its password: not where the address has only now
    /// been proved to be his.
    pub has_account: bool,
    /// Whether the link went to the address, and nowhere else: whoever has it reads that mailbox.
    pub mailed: bool,
    pub company: CompanyId,
    pub invited_by: Member,
    pub member: Member,
    pub company_slug: String,
    pub company_name: String,
    pub expires_at: Instant,
    /// Neither used, nor expired, nor meant for somebody who has left, nor from somebody who might not invite him now.
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
    invited_first_name: String,
    invited_last_name: String,
    has_password: f64,
    proved: f64,
    mailed: f64,
    company_id: CompanyId,
    slug: String,
    company_name: String,
    facts: String,
    inviter_status: String,
    inviter_facts: String,
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
    let insert = "INSERT INTO invitations (id, company_id, membership_id, token_hash, invited_by, created_at, expires_at, mailed) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
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
                invitation.mailed.into(),
            ],
        )?,
    ])
}

/// The invitation of a token, whether it can still be used or not.
///
/// # Errors
/// When the database fails.
pub async fn find(db: &D1Database, token: &str, now: Instant) -> StoreResult<Option<Invitation>> {
    let sql = format!(
        "SELECT i.id, i.membership_id, i.expires_at, i.used_at, i.mailed, i.company_id, m.user_id, m.status, u.email, \
           u.first_name, u.last_name, m.invited_first_name, m.invited_last_name, u.password_hash IS NOT NULL AS has_password, \
           u.email_proved_at IS NOT NULL AS proved, c.slug, c.name AS company_name, {facts} AS facts, \
           (SELECT m.status FROM memberships m WHERE m.id = i.invited_by) AS inviter_status, \
           (SELECT {facts} FROM memberships m WHERE m.id = i.invited_by) AS inviter_facts \
         FROM invitations i JOIN memberships m ON m.id = i.membership_id JOIN users u ON u.id = m.user_id \
         JOIN companies c ON c.id = i.company_id WHERE i.token_hash = ?1",
        facts = members::FACTS
    );
    let row: Option<Row> = db::first(db, &sql, vec![hash(token).into()]).await?;
    row.map(|row| row.read(now)).transpose()
}

/// Accepts an invitation: of any number of attempts at once, one succeeds. False when another came first.
///
/// # Errors
/// When the database fails; nothing was written then.
pub async fn accept(db: &D1Database, acceptance: &Acceptance<'_>, now: Instant) -> StoreResult<bool> {
    let Acceptance { invitation, .. } = acceptance;
    // Everything but the first statement asks whether that one marked the invitation with this very session.
    // A first password is set only where there is none: another invitation may have been accepted in the meantime. One
    // that replaces another's, because the address is proved now, ends what that other had begun.
    let mark = "UPDATE invitations SET used_at = ?2, accepted_session = ?3 \
                WHERE id = ?1 AND used_at IS NULL AND expires_at > ?2 \
                  AND EXISTS (SELECT 1 FROM memberships b WHERE b.id = invited_by AND b.status = 'active' AND b.roles = ?5) \
                  AND EXISTS (SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id \
                    WHERE m.id = membership_id AND m.status = 'invited' \
                      AND (?4 IS NULL OR u.password_hash IS NULL OR (mailed AND u.email_proved_at IS NULL)))";
    let mine = "EXISTS (SELECT 1 FROM invitations WHERE id = ?1 AND accepted_session = ?2)";
    let user = format!(
        "UPDATE users SET first_name = ?4, last_name = ?5, password_hash = COALESCE(?6, password_hash), \
           password_changed_at = CASE WHEN ?6 IS NULL THEN password_changed_at ELSE ?7 END, \
           totp_seed = CASE WHEN ?6 IS NULL THEN totp_seed END, \
           totp_confirmed_at = CASE WHEN ?6 IS NULL THEN totp_confirmed_at END, \
           email_proved_at = COALESCE(email_proved_at, CASE WHEN ?8 THEN ?7 END) WHERE id = ?3 AND {mine}"
    );
    let others = format!(
        "UPDATE sessions SET revoked_at = ?4 WHERE user_id = ?3 AND revoked_at IS NULL AND ?5 IS NOT NULL AND {mine}"
    );
    let resets = format!("UPDATE password_resets SET used_at = ?4 WHERE user_id = ?3 AND used_at IS NULL AND {mine}");
    let codes = format!("DELETE FROM recovery_codes WHERE user_id = ?3 AND ?4 IS NOT NULL AND {mine}");
    let member = format!(
        "UPDATE memberships SET status = 'active', display_name = ?4, sessions_after = 0, password_after = 0 \
         WHERE id = ?3 AND {mine}"
    );
    let session = format!(
        "INSERT INTO sessions (id, user_id, created_at, expires_at, user_agent) SELECT ?2, ?3, ?4, ?5, ?6 WHERE {mine}"
    );
    let (id, key) = (invitation.id, acceptance.session);
    let inviter_roles = serde_json::to_string(&members::role_names(&invitation.invited_by))?;
    let password = acceptance.password_hash;
    let user_agent: String = acceptance.user_agent.chars().take(200).collect();
    let statements = vec![
        statement(db, mark, vec![id.into(), now.into(), key.into(), password.into(), inviter_roles.into()])?,
        statement(
            db,
            &user,
            vec![
                id.into(),
                key.into(),
                invitation.user.into(),
                acceptance.first_name.into(),
                acceptance.last_name.into(),
                password.into(),
                now.into(),
                invitation.mailed.into(),
            ],
        )?,
        statement(db, &others, vec![id.into(), key.into(), invitation.user.into(), now.into(), password.into()])?,
        statement(db, &resets, vec![id.into(), key.into(), invitation.user.into(), now.into()])?,
        statement(db, &codes, vec![id.into(), key.into(), invitation.user.into(), password.into()])?,
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
                user_agent.into(),
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
        let (member, invited_by) = (members::read(&self.facts)?, members::read(&self.inviter_facts)?);
        let still_may = self.inviter_status == "active" && delegation::may_invite(&invited_by, &member).is_ok();
        let mailed = self.mailed > 0.0;
        Ok(Invitation {
            usable: self.used_at.is_none() && now < expires_at && self.status == "invited" && still_may,
            id: self.id,
            membership: self.membership_id,
            user: self.user_id,
            email: self.email,
            first_name: self.first_name,
            last_name: self.last_name,
            invited_first_name: self.invited_first_name,
            invited_last_name: self.invited_last_name,
            has_account: self.has_password > 0.0 && (self.proved > 0.0 || !mailed),
            mailed,
            company: self.company_id,
            company_slug: self.slug,
            company_name: self.company_name,
            invited_by,
            member,
            expires_at,
        })
    }
}
