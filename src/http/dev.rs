//! On a developer's machine: the mails that were sent. Elsewhere there is nothing here.

use super::page::Page;
use super::problem::{Answer, Problem};
use super::session::Here;
use crate::pages::dev_mail;
use crate::platform::mailer::{self, KeptMail};
use crate::platform::settings;
use axum::response::IntoResponse;

/// The mails, to look at.
#[utoipa::path(get, path = "/dev/mail", tag = "local", responses(
    (status = 200, description = "HTML; only where ENVIRONMENT is `local`", content_type = "text/html")))]
#[worker::send]
pub async fn mail(here: Here) -> Answer {
    let mails = kept(&here).await?;
    Ok(Page(dev_mail::DevMail::new(&mails)).into_response())
}

/// The mails, for programs.
#[utoipa::path(get, path = "/dev/mail.json", tag = "local", responses(
    (status = 200, description = "only where ENVIRONMENT is `local`", body = serde_json::Value)))]
#[worker::send]
pub async fn mail_json(here: Here) -> Answer {
    Ok(axum::Json(kept(&here).await?).into_response())
}

async fn kept(here: &Here) -> Answer<Vec<KeptMail>> {
    if !settings::is_local(&here.env) {
        return Err(Problem::not_found());
    }
    mailer::kept(&here.env).await.map_err(|error| Problem::internal("mail", &error))
}
