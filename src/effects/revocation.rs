//! Closing sockets when somebody loses a right. What he may do is looked up for every request anyway; sockets were
//! opened on what was known before.

use crate::domain::id::{AgentId, CompanyId, SessionId, UserId};
use crate::objects::cut::{COME_AGAIN, Cut, SIGNED_OUT, Whose};
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::store::accounts::{self, MembershipOf};
use crate::store::db::StoreResult;
use worker::{D1Database, Env};

/// Ends the sockets of a session, wherever its person works.
///
/// # Errors
/// When the database fails.
pub async fn session_ended(env: &Env, db: &D1Database, user: UserId, session: SessionId) -> StoreResult<()> {
    for MembershipOf { company, .. } in accounts::memberships(db, user).await? {
        cut(env, company, Cut { whose: Whose::Session(session), code: SIGNED_OUT }).await;
    }
    Ok(())
}

/// Ends the sockets of a person's sessions but one, wherever he works.
///
/// # Errors
/// When the database fails.
pub async fn sessions_ended(env: &Env, db: &D1Database, user: UserId, except: Option<SessionId>) -> StoreResult<()> {
    for MembershipOf { company, agent } in accounts::memberships(db, user).await? {
        cut(env, company, Cut { whose: Whose::Agent { agent, except }, code: SIGNED_OUT }).await;
    }
    Ok(())
}

/// Ends an agent's sockets at one company: he has no business there any more, or has to sign in again.
pub async fn shut_out(env: &Env, company: CompanyId, agent: AgentId) {
    cut(env, company, Cut { whose: Whose::Agent { agent, except: None }, code: SIGNED_OUT }).await;
}

/// Makes agents' sockets come again, with what they may do now; and conversations find them by it.
pub async fn rights_changed(env: &Env, company: CompanyId, agents: &[AgentId]) {
    people_changed(env, company).await;
    for agent in agents.iter().copied() {
        cut(env, company, Cut { whose: Whose::Agent { agent, except: None }, code: COME_AGAIN }).await;
    }
}

/// Conversations find people by what is so now: their rights, their limits, the company's policy.
pub async fn people_changed(env: &Env, company: CompanyId) {
    desk::tell(env, company, &DeskRequest::PeopleChanged).await;
}

async fn cut(env: &Env, company: CompanyId, cut: Cut) {
    desk::tell(env, company, &DeskRequest::Cut { cut }).await;
}
