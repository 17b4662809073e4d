//! Reports: what is counted and measured, and from which events. `docs/reports.md` says the same in words.

pub mod attendance;
pub mod fact;
pub mod measure;
pub mod payments;
pub mod period;
pub mod question;
pub mod schedule;
pub mod summary;
pub mod table;
