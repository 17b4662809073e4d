//! Whoever runs the deployment: who has its restore key. Where there is none, there is nothing here for anybody.

use super::problem::Problem;
use super::session::{Here, bearer};
use crate::store::db;
use axum::extract::FromRequestParts;
use hmac::{Hmac, Mac};
use http::request::Parts;
use sha2::Sha256;
use worker::D1Database;
use worker::send::SendFuture;

/// The secret that holds the restore key.
const RESTORE_KEY: &str = "RESTORE_KEY";
/// A shorter key is none.
const SHORTEST: usize = 32;

/// The operator.
pub struct Operator {
    pub here: Here,
    pub db: D1Database,
}

impl<S: Send + Sync> FromRequestParts<S> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let here = Here::from_request_parts(parts, state).await?;
        let key = here.env.secret(RESTORE_KEY).map(|secret| secret.to_string()).unwrap_or_default();
        match bearer(&parts.headers) {
            _ if key.len() < SHORTEST => Err(Problem::not_found()),
            None => Err(Problem::not_found()),
            Some(given) if !same(given, &key) => Err(SendFuture::new(here.wrong_secret()).await),
            Some(_) => {
                let db = db::open(&here.env)?;
                Ok(Self { here, db })
            }
        }
    }
}

/// Whether two secrets are the same, in a time that does not say where they differ.
fn same(given: &str, key: &str) -> bool {
    let mac = |secret: &str| {
        Hmac::<Sha256>::new_from_slice(secret.as_bytes())
            .expect("HMAC takes keys of any length")
            .chain_update("restore")
    };
    mac(given).verify(&mac(key).finalize().into_bytes()).is_ok()
}
