//! What one address may do only so often: counted by the edge, at each of its places by itself (`[[ratelimits]]` of
//! `wrangler.toml`). Only the edge knows addresses; on a developer's machine there are none.

use super::problem::Problem;
use super::session::Here;
use crate::platform::log;

/// The period of all of them.
const SECONDS: u32 = 60;

/// What is counted.
#[derive(Clone, Copy, Debug)]
pub enum Counted {
    /// Customers' secrets that open nothing.
    WrongSecrets,
    /// Conversations that strangers begin.
    Openings,
    /// Companies that strangers found.
    SignUps,
}

impl Counted {
    const fn binding(self) -> &'static str {
        match self {
            Self::WrongSecrets => "WRONG_SECRETS",
            Self::Openings => "OPENINGS",
            Self::SignUps => "SIGN_UPS",
        }
    }
}

impl Here {
    /// Counts one more of what the request's address does. Where nothing counts, nothing is too often.
    ///
    /// # Errors
    /// 429 when that was too often.
    pub async fn count(&self, what: Counted) -> Result<(), Problem> {
        let (Ok(limiter), Some(address)) = (self.env.rate_limiter(what.binding()), self.address()) else {
            return Ok(());
        };
        match limiter.limit(address.to_owned()).await {
            Ok(outcome) if !outcome.success => Err(Problem::too_often(SECONDS)),
            Ok(_) => Ok(()),
            // Whatever counts is a courtesy: without it, what is asked for is done or refused as ever.
            Err(error) => {
                log::fault("limits", what.binding(), &error);
                Ok(())
            }
        }
    }

    /// What whoever shows a secret that opens nothing is told: there is nothing, until he has tried too often.
    pub async fn wrong_secret(&self) -> Problem {
        self.count(Counted::WrongSecrets).await.err().unwrap_or_else(Problem::not_found)
    }
}
