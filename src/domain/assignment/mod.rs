//! Who gets a conversation: at most one agent each, and no agent more than his limit.
//!
//! Two kinds of object keep that promise together and share no transaction: each conversation ([`tenure`]) and the
//! company's Desk ([`ledger`]). What they tell each other ([`message`]) may be late, lost, repeated or out of order, and
//! either may crash between any two turns. The rules, R1 to R9, are named where they are kept; docs/assignment.md has
//! them in one place, and tests/model/assignment.rs explores this very code with every fault it can meet.
//!
//! Which of several agents gets a waiting conversation is another question ([`routing`]).

pub mod ledger;
pub mod message;
pub mod routing;
pub mod tenure;
