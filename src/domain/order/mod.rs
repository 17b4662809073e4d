//! Orders and what is paid for them (specification J): how they add up, which state follows from which, and what is told of
//! them in conversations. Money is whole minor units throughout; nothing here knows a fraction.

pub mod currency;
pub mod line;
pub mod money;
pub mod permission;
pub mod reconciliation;
pub mod state;
pub mod statement;
pub mod step;
