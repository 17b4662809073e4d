//! Settings of the deployment: variables of `wrangler.toml`.

use crate::domain::time::Span;
use worker::Env;

/// Which deployment this is: `local` on a developer's machine, `production` otherwise.
#[must_use]
pub fn environment(env: &Env) -> String {
    env.var("ENVIRONMENT").map_or_else(|_| "production".to_owned(), |value| value.to_string())
}

/// Whether this is a developer's machine.
#[must_use]
pub fn is_local(env: &Env) -> bool {
    environment(env) == "local"
}

/// Which requests leave a line in the log: `all`, `none`, or those that failed on our side or took long.
#[must_use]
pub fn logged_requests(env: &Env) -> Option<String> {
    env.var("LOG_REQUESTS").ok().map(|value| value.to_string())
}

/// Scheme and host that links in mails carry; never taken from a request.
#[must_use]
pub fn public_origin(env: &Env) -> String {
    env.var("PUBLIC_ORIGIN").map_or_else(|_| String::new(), |value| value.to_string().trim_end_matches('/').to_owned())
}

/// The address that mails come from.
#[must_use]
pub fn mail_from(env: &Env) -> String {
    env.var("MAIL_FROM").map_or_else(|_| "desk@edgedesk.invalid".to_owned(), |value| value.to_string())
}

/// Messages and comments that one person may say in one conversation within a minute.
#[must_use]
pub fn words_a_minute(env: &Env) -> usize {
    env.var("WORDS_A_MINUTE").ok().and_then(|value| value.to_string().parse().ok()).unwrap_or(100)
}

/// How long a file is kept that was uploaded and not sent.
#[must_use]
pub fn uploads_last(env: &Env) -> Span {
    env.var("UPLOADS_LAST").ok().and_then(|value| Span::parse(&value.to_string())).unwrap_or(Span::days(1))
}
