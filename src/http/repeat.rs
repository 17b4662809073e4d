//! Requests that may be repeated under a name: the first answer comes again, another request under that name is refused.

use super::problem::{Answer, Problem};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{ClientId, UserId};
use crate::domain::time::Instant;
use crate::store::answers::{self, Answered};
use crate::store::db::{self, StoreError, StoreResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use worker::{D1Database, D1PreparedStatement};

/// A request of a person, and the name he gave it, if he did.
pub struct Repeatable {
    user: UserId,
    client_id: Option<ClientId>,
    hash: String,
}

impl Repeatable {
    /// A request that is recognised by its route and its body.
    ///
    /// # Errors
    /// When the body cannot be written, which is a fault of ours.
    pub fn new(user: UserId, client_id: Option<ClientId>, route: &str, body: &impl Serialize) -> Answer<Self> {
        Ok(Self { user, client_id, hash: hash(route, body)? })
    }

    /// What the first answer was made from, if there was one.
    ///
    /// # Errors
    /// 409 when another request had this name.
    pub async fn earlier<T: DeserializeOwned>(&self, db: &D1Database) -> Answer<Option<T>> {
        let Some(client_id) = self.client_id else { return Ok(None) };
        match answers::find(db, self.user, client_id).await? {
            Some(answered) if answered.hash == self.hash => Ok(Some(serde_json::from_str(&answered.body)?)),
            Some(_) => Err(Refusal::ClientIdReused.into()),
            None => Ok(None),
        }
    }

    /// What the first answer was made from, where a request failed because the same one came at the same moment and was
    /// quicker.
    ///
    /// # Errors
    /// What it failed by, where it was not that; 409 when another request had this name.
    pub async fn first<T: DeserializeOwned>(&self, db: &D1Database, failed: Problem) -> Answer<T> {
        self.earlier(db).await?.ok_or(failed)
    }

    /// The statement that keeps what the answer is made from, to be run with what the request creates.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn keep(
        &self,
        db: &D1Database,
        body: &impl Serialize,
        now: Instant,
    ) -> StoreResult<Option<D1PreparedStatement>> {
        let Some(client_id) = self.client_id else { return Ok(None) };
        answers::insert(db, self.user, client_id, &self.answered(body)?, now).map(Some)
    }

    /// Writes what the request comes to, and with it what its answer is made from. Where the same request came at the same moment
    /// and was quicker, nothing is written, and what that one's answer was made from comes back.
    ///
    /// # Errors
    /// What it failed by, where it was not that, as `refused` puts it; 409 when another request had this name.
    pub async fn settle<T: Serialize + DeserializeOwned>(
        &self,
        db: &D1Database,
        made: &T,
        mut statements: Vec<D1PreparedStatement>,
        now: Instant,
        refused: impl FnOnce(StoreError) -> Problem,
    ) -> Answer<Option<T>> {
        statements.extend(self.keep(db, made, now)?);
        match db::transaction(db, statements).await {
            Ok(_) => Ok(None),
            Err(error) => self.first(db, refused(error)).await.map(Some),
        }
    }

    fn answered(&self, body: &impl Serialize) -> StoreResult<Answered> {
        Ok(Answered { hash: self.hash.clone(), body: serde_json::to_string(body)? })
    }
}

/// The hash by which a request is recognised.
///
/// # Errors
/// When it cannot be written, which is a fault of ours.
pub fn hash(route: &str, body: &impl Serialize) -> Answer<String> {
    let digest = Sha256::new().chain_update(route).chain_update(serde_json::to_vec(body)?).finalize();
    Ok(digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}
