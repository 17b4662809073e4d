//! What follows once something is durable: the index and the feed, mail, word to agents, and sockets to be
//! closed. Each may happen twice.

pub mod attendance;
pub mod automation;
pub mod digest;
pub mod erasing_again;
pub mod erasure;
pub mod handover;
pub mod index;
pub mod mail;
pub mod notify;
pub mod order_look;
pub mod orders;
pub mod payments;
pub mod push;
pub mod report;
pub mod report_mail;
pub mod report_payments;
pub mod restoring;
pub mod revocation;
