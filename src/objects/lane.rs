//! Work that is done by one at a time, and by somebody else should that one never come back.

use crate::domain::time::{Instant, Span};
use std::cell::Cell;

/// Who has not left by then is taken for dead; so is who came that much later than now, by a clock that was set back.
const DEAD_AFTER: Span = Span::seconds(60);

/// Room for one.
#[derive(Default)]
pub struct Lane(Cell<Option<Instant>>);

impl Lane {
    /// Enters, unless somebody is in.
    pub fn enter(&self, now: Instant) -> bool {
        let taken = self.0.get().is_some_and(|since| now < since.after(DEAD_AFTER) && since < now.after(DEAD_AFTER));
        if !taken {
            self.0.set(Some(now));
        }
        !taken
    }

    /// Leaves.
    pub fn leave(&self) {
        self.0.set(None);
    }
}
