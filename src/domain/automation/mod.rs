//! Automation rules (when something happens, if conditions hold, then actions are taken), and what a conversation still
//! has to do by them.
//!
//! ```text
//! Happening::of(entry)            what a rule may be triggered by; never by what rules did
//! due(rules, happening, facts)    the rules that apply, in order, each seeing what those before it will do
//! Agenda                          what is under way in one conversation, so that a crash and a repeat do it once
//! ```

pub mod action;
pub mod agenda;
pub mod condition;
pub mod evaluate;
pub mod rule;
