//! A member at an order, and the way every change of one goes.

use super::super::problem::{Answer, Problem};
use super::super::repeat::Repeatable;
use super::super::session::AtCompany;
use super::body::OrderBody;
use crate::domain::conversation::event::{AgentRef, Author};
use crate::domain::id::{ClientId, OrderId, PaymentId};
use crate::domain::order::permission::permit_order;
use crate::domain::order::state::Refused;
use crate::domain::people::permission::{Capability, ScopeSet, scope_of};
use crate::effects::orders::{Change, Changing, Loaded};
use crate::store::audit::Deed;
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use worker::send::SendFuture;

/// A member at an order of the company that the path names, which he may see.
pub struct AtOrder {
    pub at: AtCompany,
    pub loaded: Loaded,
    pub relation: ScopeSet,
}

/// A member at a payment of an order that he may see.
pub struct AtPayment {
    pub order: AtOrder,
    pub payment: PaymentId,
}

impl<S: Send + Sync> FromRequestParts<S> for AtOrder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let at = AtCompany::from_request_parts(parts, state).await?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
        let id = path.ok().and_then(|Path(path)| OrderId::parse(path.get("id")?)).ok_or_else(Problem::not_found)?;
        SendFuture::new(Self::find(at, id)).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AtPayment {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let order = AtOrder::from_request_parts(parts, state).await?;
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, &()).await;
        let id = path.ok().and_then(|Path(path)| PaymentId::parse(path.get("payment")?));
        let payment = order.loaded.payments.iter().map(|payment| payment.id).find(|known| Some(*known) == id);
        Ok(Self { payment: payment.ok_or_else(Problem::not_found)?, order })
    }
}

impl AtOrder {
    /// The order, where the member may see it; one that was deleted is seen by those who may delete.
    ///
    /// # Errors
    /// 404 where there is none for him.
    pub async fn find(at: AtCompany, id: OrderId) -> Answer<Self> {
        let loaded = Loaded::find(&at.db, at.company.id, id, Some(at.member.id)).await?;
        let loaded = loaded.ok_or_else(Problem::not_found)?;
        let relation = loaded.order.place.relation_to(&at.member, loaded.order.participates);
        let here = Self { at, loaded, relation };
        here.permit(&[Capability::OrderView])?;
        if here.loaded.order.deleted_at.is_some() && here.permit(&[Capability::OrderDelete]).is_err() {
            return Err(Problem::not_found());
        }
        Ok(here)
    }

    /// Whether the member may do one of these to the order.
    ///
    /// # Errors
    /// 403 with the first of them; 404 where he may not see it.
    pub fn permit(&self, any_of: &[Capability]) -> Answer<()> {
        Ok(permit_order(&self.at.member, any_of, self.relation)?)
    }

    /// The order as it is, with its payments and what the member may do.
    pub fn body(self) -> axum::Json<OrderBody> {
        let may = self.may();
        axum::Json(OrderBody::whole(self.loaded.order, self.loaded.payments, may))
    }

    fn may(&self) -> Vec<&'static str> {
        let relation = self.relation.with(ScopeSet::ALL);
        let has = |capability: &&Capability| scope_of(&self.at.member, **capability).meets(relation);
        let of_orders = Capability::ALL.iter().filter(|capability| capability.is_of_orders());
        of_orders.filter(has).map(|capability| capability.name()).collect()
    }

    /// Whoever changes the order, here.
    pub fn changing(&self) -> Changing<'_> {
        changing(&self.at)
    }

    /// Changes the order, once under each name; `deleted_too` where it may be a deleted one.
    ///
    /// # Errors
    /// What `decide` refuses; 409 where it was deleted, or the name was used for something else.
    pub async fn act(
        mut self,
        client_id: Option<ClientId>,
        what: &str,
        body: &impl Serialize,
        deleted_too: bool,
        decide: impl Fn(&Self, &Loaded) -> Answer<Option<Change>>,
    ) -> Answer<Self> {
        let id = self.loaded.order.id;
        let route = format!("{what} of {id}");
        let repeatable = Repeatable::new(self.at.signed_in.user, client_id, &route, body)?;
        if repeatable.earlier::<OrderId>(&self.at.db).await?.is_some() {
            return Ok(self);
        }
        let changed = self
            .changing()
            .change(id, |loaded: &Loaded| {
                if loaded.order.deleted_at.is_some() && !deleted_too {
                    return Err(deleted(loaded));
                }
                let Some(mut change) = decide(&self, loaded)? else { return Ok(None) };
                change.more.extend(repeatable.keep(&self.at.db, &id, self.at.here.now)?);
                Ok::<_, Problem>(Some(change))
            })
            .await;
        match changed {
            Ok(loaded) => self.loaded = loaded,
            Err(problem) => {
                repeatable.first::<OrderId>(&self.at.db, problem).await?;
                let found = Loaded::find(&self.at.db, self.at.company.id, id, Some(self.at.member.id)).await?;
                self.loaded = found.ok_or_else(Problem::not_found)?;
            }
        }
        Ok(self)
    }

    /// The line of the audit trail for something done to the order.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn audit(&self, action: &'static str, detail: Value) -> Answer<worker::D1PreparedStatement> {
        let order = &self.loaded.order;
        let (target_id, target_name) = (order.id.to_string(), format!("#{}", order.number));
        Ok(self.at.audit(&Deed { action, target_kind: "order", target_id, target_name, detail })?)
    }
}

/// Whoever changes orders, here.
pub fn changing(at: &AtCompany) -> Changing<'_> {
    let by = Author::Agent(AgentRef::from(&at.member));
    Changing { env: &at.here.env, db: &at.db, company: at.company.id, by, now: at.here.now }
}

/// 409: it cannot be done as the order stands, which the answer says.
pub fn refused(refused: Refused, loaded: &Loaded) -> Problem {
    let (code, detail) = match refused {
        Refused::WrongState => ("wrong_state", "This cannot be done as things stand."),
        Refused::MoneyHasCome => ("money_has_come", "Money has come for this order: deal with its payments first."),
        Refused::NotByHand => ("not_by_hand", "The payment provider reports this by itself."),
    };
    conflict(code, detail, loaded)
}

/// 409 with the order as it is.
pub fn conflict(code: &str, detail: &str, loaded: &Loaded) -> Problem {
    let order = OrderBody::whole(loaded.order.clone(), loaded.payments.clone(), Vec::new());
    Problem::conflict(code, detail).with("order", json!(order))
}

/// 409: whoever asks decided on something older.
///
/// # Errors
/// `changed_meanwhile`.
pub fn require_rev(loaded: &Loaded, if_rev: Option<u32>) -> Answer<()> {
    if if_rev.is_none_or(|rev| rev == loaded.order.rev) {
        return Ok(());
    }
    let detail = "Somebody changed this in the meantime. Look again, please.";
    Err(conflict("changed_meanwhile", detail, loaded))
}

/// 409 where its time has run out and nobody has noticed yet.
///
/// # Errors
/// `order_expired`.
pub fn require_time(loaded: &Loaded, now: crate::domain::time::Instant) -> Answer<()> {
    if loaded.order.has_run_out(now) {
        return Err(conflict("order_expired", "The time of this order has run out.", loaded));
    }
    Ok(())
}

fn deleted(loaded: &Loaded) -> Problem {
    conflict("order_deleted", "This order was deleted. Restore it first.", loaded)
}
