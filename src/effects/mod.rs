//! What follows once something is durable: the index and the feed, mail, and sockets to be closed. Each may happen twice.

pub mod automation;
pub mod handover;
pub mod index;
pub mod mail;
pub mod notify;
pub mod revocation;
