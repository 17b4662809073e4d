//! How often automated responses are sent.

use super::super::session::AtCompany;
use super::reader;
use crate::domain::id::{ClientId, ResponseId};
use crate::domain::input::FieldError;
use crate::domain::people::permission::{Capability, permit_company};
use crate::platform::log;
use crate::store::{db, responses};

/// Most responses that one message is made of.
const MOST: usize = 20;

/// Whether so many may be named at once.
///
/// # Errors
/// `too_long` when they are too many.
pub fn check(named: &[ResponseId]) -> Result<(), FieldError> {
    if named.len() <= MOST {
        return Ok(());
    }
    Err(FieldError::new("responses", "too_long", format!("At most {MOST} entries, please.")))
}

/// Counts, after the answer has gone out, what a message was made of that is in the log now.
pub fn count(at: &AtCompany, message: ClientId, named: &[ResponseId]) {
    if named.is_empty() || permit_company(&at.member, Capability::TemplateUse).is_err() {
        return;
    }
    let statements = responses::count_uses(&at.db, &reader(at), message, named, at.here.now);
    let env = at.here.env.clone();
    at.here.afterwards(async move {
        let counted = async { db::transaction(&db::open(&env)?, statements?).await };
        if let Err(error) = counted.await {
            log::fault("count of responses", "", &error);
        }
    });
}
