//! Helping others to a new password (specification G1–G5). Nobody chooses another's password, but for one that has to be
//! changed at once; and what a company does to its agent touches no other company's.

use super::{deed, require_above};
use crate::domain::id::{AgentId, ClientId, PasswordResetId};
use crate::domain::input::FieldError;
use crate::domain::people::delegation;
use crate::domain::people::password::LONGEST;
use crate::domain::people::permission::Capability;
use crate::effects::revocation;
use crate::http::body::{Nothing, OptionalJson};
use crate::http::credentials::WRONG_PASSWORDS;
use crate::http::passwords::{MAILS, opening, way};
use crate::http::problem::{Answer, Problem};
use crate::http::repeat::Repeatable;
use crate::http::session::{AtAgent, AtCompany};
use crate::pages::mails;
use crate::platform::{mailer, password_hash};
use crate::store::agents::{self, Standing};
use crate::store::attempts::Attempts;
use crate::store::passwords::{self, Chosen, Issue};
use crate::store::{accounts, sessions};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Fewest characters of a temporary password. The company's rule does not apply to it (specification G3).
const SHORTEST: usize = 8;

/// How to help.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    /// Whether a link to a new password is mailed; otherwise its URL is in the answer, to be handed over.
    #[serde(default = "yes")]
    send_email: bool,
    /// A password that has to be changed at the next sign-in, instead of a link.
    temporary_password: Option<String>,
}

impl Default for Help {
    fn default() -> Self {
        Self { client_id: None, send_email: true, temporary_password: None }
    }
}

/// What to hand over, if anything.
#[derive(Default, Serialize, utoipa::ToSchema)]
pub struct Helped {
    /// Only when no mail was sent and no password was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    reset_url: Option<String>,
}

const fn yes() -> bool {
    true
}

/// Helps somebody to a new password: by a link, or by a temporary one. Of somebody who works for another company as
/// well, only by a link that is mailed to him.
#[utoipa::path(post, path = "/api/companies/{company}/agents/{id}/password-reset", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)), request_body = Option<Help>,
    responses((status = 200, body = Helped), (status = 409, description = "`belongs_elsewhere`, `not_active`")))]
#[worker::send]
pub async fn reset(here: AtAgent, OptionalJson(body): OptionalJson<Help>) -> Answer<axum::Json<Helped>> {
    let length = body.temporary_password.as_ref().map(|password| password.chars().count());
    if length.is_some_and(|length| !(SHORTEST..=LONGEST).contains(&length)) {
        let detail = format!("Use {SHORTEST} to {LONGEST} characters.");
        return Err(FieldError::new("temporary_password", "password_too_short", detail).into());
    }
    require_above(&here, Capability::AgentResetPassword)?;
    let AtAgent { at, target } = here;
    if target.status != Standing::Active {
        return Err(Problem::conflict("not_active", "This person has not joined, or is disabled."));
    }
    let by_mail = body.send_email && body.temporary_password.is_none();
    // Whoever gets the means to sign in as somebody gets his power: not more than he might give.
    if !by_mail {
        let within = delegation::may_give(&at.member, None, &target.member);
        within.map_err(|_| Problem::forbidden(Capability::AgentResetPassword))?;
    }
    if !by_mail && agents::works_elsewhere(&at.db, target.user, at.company.id).await? {
        let detail = "This person works for another company, too: only a link that is mailed to him can help.";
        return Err(Problem::conflict("belongs_elsewhere", detail));
    }
    let now = at.here.now;
    let route = format!("new password of {}", target.member.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier::<Option<PasswordResetId>>(&at.db).await? {
        return helped(&at, first);
    }
    let how = match (&body.temporary_password, by_mail) {
        (Some(_), _) => "temporary_password",
        (None, true) => "mail",
        (None, false) => "link",
    };
    let line = at.audit(&deed("agent.password_reset", &target.member, json!({ "how": how })))?;
    if let Some(temporary) = &body.temporary_password {
        let hash = password_hash::hash(temporary).map_err(|error| Problem::internal("password", &error))?;
        let mut statements = passwords::set(&at.db, target.user, &hash, Chosen::ForHim, now)?;
        statements.extend([
            agents::require_unchanged(&at.db, &target)?,
            agents::require_nowhere_else(&at.db, target.user, at.company.id)?,
            Attempts::of(WRONG_PASSWORDS, &target.email).forget(&at.db)?,
            passwords::force_change(&at.db, target.member.id, now)?,
            sessions::revoke_all(&at.db, target.user, None, now)?,
            line,
        ]);
        if let Some(first) = repeatable.settle(&at.db, &None, statements, now, Problem::from).await? {
            return helped(&at, first);
        }
        revocation::shut_out(&at.here.env, at.company.id, target.member.id).await;
        return Ok(axum::Json(Helped::default()));
    }
    if by_mail && let Err(seconds) = Attempts::of(MAILS, &target.email).count(&at.db, now).await? {
        return Err(Problem::too_often(seconds));
    }
    let issue = Issue { mailed: by_mail, by: Some(at.member.id) };
    let user = accounts::user(&at.db, target.user).await?.ok_or_else(Problem::not_found)?;
    let (reset, mut statements) = opening(&at.here.env, &at.db, &user, issue, now)?;
    statements.push(line);
    let kept = (!by_mail).then_some(reset);
    // Of two at once, one opens a way: the other would close it.
    if let Some(first) = repeatable.settle(&at.db, &kept, statements, now, Problem::from).await? {
        return helped(&at, first);
    }
    if !by_mail {
        return helped(&at, kept);
    }
    let url = way(&at.here.env, reset)?;
    let mail = mails::new_password(&target.email, &url).map_err(|error| Problem::internal("mail", &error))?;
    mailer::send(&at.here.env, &mail).await.map_err(|error| Problem::internal("mail", &error))?;
    Ok(axum::Json(Helped::default()))
}

/// The way to a new password, where the caller hands it over himself.
fn helped(at: &AtCompany, reset: Option<PasswordResetId>) -> Answer<axum::Json<Helped>> {
    let reset_url = reset.map(|reset| way(&at.here.env, reset)).transpose()?;
    Ok(axum::Json(Helped { reset_url }))
}

/// Makes somebody sign in again and choose another password before he goes on here.
#[utoipa::path(post, path = "/api/companies/{company}/agents/{id}/force-password-change", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)),
    responses((status = 204), (status = 409, description = "`not_active`")))]
#[worker::send]
pub async fn force_change(here: AtAgent, OptionalJson(body): OptionalJson<Nothing>) -> Answer {
    require_above(&here, Capability::AgentForcePasswordChange)?;
    let AtAgent { at, target } = here;
    if target.status != Standing::Active {
        return Err(Problem::conflict("not_active", "This person has not joined, or is disabled."));
    }
    let route = format!("another password of {}", target.member.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if repeatable.earlier::<()>(&at.db).await?.is_some() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let statements = vec![
        agents::require_unchanged(&at.db, &target)?,
        passwords::force_change(&at.db, target.member.id, at.here.now)?,
        at.audit(&deed("agent.password_change_forced", &target.member, json!({})))?,
    ];
    repeatable.settle(&at.db, &(), statements, at.here.now, Problem::from).await?;
    revocation::shut_out(&at.here.env, at.company.id, target.member.id).await;
    Ok(StatusCode::NO_CONTENT.into_response())
}
