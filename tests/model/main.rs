//! The pure domain, as properties, exhaustive tables and a state machine. No runtime, no storage, no sleeping.
//!
//! # Layout
//!
//! - [`assignment`]: conversations and the Desk, with every fault they can meet; each rule broken is found out.
//! - [`attachments`]: files that go with words.
//! - [`cast`]: the people of these tests, and strategies for what they ask.
//! - [`history`]: plays requests to a conversation and keeps every turn.
//! - [`log`]: what holds for the log after any sequence of requests.
//! - [`transitions`]: every status by every status by every actor; what a customer can do at all.
//! - [`comments`]: internal comments leave no trace in what the customer sees.
//! - [`merging`]: what one conversation takes in of another, and what its customer sees of that.
//! - [`delivery`]: requests that come twice, change, or meet a crash, against a naive model.
//! - [`orders`]: orders and payments after any sequence of deeds.
//! - [`permissions`]: the whole table of roles, add-ons, capabilities and relations.
//! - [`routing`]: who gets a waiting conversation.

mod assignment;
mod attachments;
mod cast;
mod comments;
mod delivery;
mod history;
mod log;
mod marks;
mod merging;
mod orders;
mod permissions;
mod routing;
mod told;
mod transitions;
