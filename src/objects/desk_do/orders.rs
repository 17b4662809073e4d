//! When the company's orders are to be looked after: what conversations are owed of them, and what runs out.

use super::Core;
use crate::domain::time::Instant;
use crate::effects::order_look::{self, AGAIN_AFTER};
use crate::effects::orders::LOOKED_AFTER;
use crate::platform::clock;
use std::rc::Rc;
use worker::Result;

impl Core {
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
