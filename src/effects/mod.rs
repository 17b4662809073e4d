//! What follows from a turn once it is durable: the index and the feed, and mail. Each may be delivered twice.

pub mod index;
pub mod mail;
