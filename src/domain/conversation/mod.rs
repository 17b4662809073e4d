//! A conversation: an append-only log of events, decided by commands and read through views.
//!
//! ```text
//! decide(state, actor, command, now) -> events      one way in
//! record(state, author, events, now) -> entries     numbers them and applies them
//! AgentEvent / PublicEvent::of(entry)               two ways out; the second cannot hold an internal comment
//! ```

pub mod attachment;
pub mod backup;
pub mod chain;
pub mod command;
pub mod decide;
pub mod event;
pub mod label;
pub mod merge;
pub mod placeholder;
pub mod rating;
pub mod refusal;
pub mod state;
pub mod status;
pub mod terms;
pub mod upload;
pub mod view;
