//! Erasing the conversation: the object forgets everything but that it did. Whoever asks it for anything afterwards, or was
//! waiting for something meanwhile, is answered as by one that never was.

use super::Core;
use crate::objects::socket::close;
use worker::Result;

/// With which sockets are closed whose conversation is not there any more.
const GONE: u16 = 4404;

impl Core {
    /// Erases the conversation, for good; a second time changes nothing.
    pub(super) async fn erase(&self) -> Result<()> {
        // From here on there is no conversation, also for those whose turn comes while the storage is emptied.
        self.erased.set(Some(true));
        self.snapshot.take();
        self.viewers.take();
        for socket in self.object.get_websockets() {
            close(&socket, GONE, "there is nothing here");
        }
        let storage = self.object.storage();
        storage.delete_alarm().await?;
        storage.delete_all().await?;
        self.alarm_at.set(None);
        self.tables.mark_erased()
    }

    /// Whether the conversation was erased.
    pub(super) fn is_erased(&self) -> Result<bool> {
        if let Some(known) = self.erased.get() {
            return Ok(known);
        }
        let erased = self.tables.is_erased()?;
        self.erased.set(Some(erased));
        Ok(erased)
    }
}
