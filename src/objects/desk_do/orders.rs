//! Orders: dashboards are told which ones change, and it is known when they are to be looked after: what conversations are
//! owed of them, and what runs out.

use super::Core;
use super::protocol::OrderNews;
use crate::domain::order::permission::permit_order;
use crate::domain::people::member::Member;
use crate::domain::people::permission::Capability;
use crate::domain::time::Instant;
use crate::effects::order_look::{self, AGAIN_AFTER};
use crate::effects::orders::LOOKED_AFTER;
use crate::objects::socket::send;
use crate::platform::clock;
use serde_json::json;
use std::rc::Rc;
use worker::Result;

impl Core {
    /// Tells the dashboards of those who may see an order that it changed. What it is now, each asks for himself.
    pub(super) fn tell_of_order(&self, news: &OrderNews) {
        let OrderNews { id, rev, conversation, .. } = news;
        let order = json!({ "id": id, "rev": rev, "conversation_id": conversation });
        let frame = json!({ "type": "order", "order": order }).to_string();
        for (member, sockets) in self.audience() {
            if may_know(&member, news) {
                sockets.iter().for_each(|socket| send(socket, &frame));
            }
        }
    }

    /// Orders are to be looked after by then, or earlier.
    pub(super) async fn orders_due(&self, due: Instant) -> Result<()> {
        let known = self.tables()?.orders_due()?;
        self.tables()?.set_orders_due(Some(known.map_or(due, |known| known.min(due))))?;
        self.arm().await
    }

    /// Looks after the orders, if that is due.
    pub(super) fn look_after_orders(core: &Rc<Self>) -> Result<()> {
        let now = clock::now();
        if core.tables()?.orders_due()?.is_none_or(|due| due > now) {
            return Ok(());
        }
        let Some(company) = core.company.get().or(core.tables()?.company()?) else { return Ok(()) };
        // Should nothing come of it, it is due again then.
        let later = now.after(AGAIN_AFTER);
        core.tables()?.set_orders_due(Some(later))?;
        Self::beside(core, "orders", async move |this| {
            let next = order_look::look_after(&this.env, company).await;
            let next = next.map_err(|error| worker::Error::RustError(error.to_string()))?;
            // Whoever asked for an earlier look meanwhile gets it. Of a look that took long, nobody knows whether somebody did.
            let was_quick = clock::now().after(LOOKED_AFTER) < later;
            if was_quick && this.tables()?.orders_due()? == Some(later) {
                this.tables()?.set_orders_due(next)?;
            }
            this.arm().await
        });
        Ok(())
    }
}

/// Whether somebody may see an order.
fn may_know(member: &Member, news: &OrderNews) -> bool {
    let relation = news.place.relation_to(member, news.participants.contains(&member.id));
    let may = |capability| permit_order(member, &[capability], relation).is_ok();
    may(Capability::OrderView) && (!news.hidden || may(Capability::OrderDelete))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::state::Place;
    use crate::domain::id::{AgentId, OrderId};
    use crate::domain::order::permission::OrderPlace;
    use crate::domain::people::member::with_roles as member;
    use crate::domain::people::role::{AddOn, Role};
    use uuid::Uuid;

    // spec: J1 J7 N10
    #[test]
    fn whoever_sees_an_order_hears_of_it() {
        let somebody = AgentId::new(Uuid::from_u128(77));
        let news = |made_by, conversation, participants, hidden| OrderNews {
            id: OrderId::new(Uuid::from_u128(7)),
            rev: 2,
            conversation: None,
            place: OrderPlace { made_by: Some(made_by), conversation },
            participants,
            hidden,
        };
        let elsewhere = || news(somebody, Some(Place::default()), vec![], false);
        for (who, hears) in [
            (member(&[Role::Administrator], &[]), true),
            (member(&[Role::OrderPaymentAdmin], &[]), true),
            (member(&[Role::Stakeholder], &[]), true),
            (member(&[Role::Supervisor], &[AddOn::IndependentOrders]), true),
            (member(&[Role::Agent], &[]), false),
            (member(&[Role::Supervisor], &[]), false),
            (member(&[Role::Compliance], &[]), true),
        ] {
            assert_eq!(may_know(&who, &elsewhere()), hears, "{who:?}");
        }
        let agent = member(&[Role::Agent], &[]);
        assert!(may_know(&agent, &news(agent.id, None, vec![], false)), "his own");
        assert!(may_know(&agent, &news(somebody, Some(Place::default()), vec![agent.id], false)), "he takes part");
        assert!(!may_know(&agent, &news(agent.id, None, vec![], true)), "deleted");
        assert!(may_know(&member(&[Role::Administrator], &[]), &news(somebody, None, vec![], true)));
    }
}
