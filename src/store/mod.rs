//! D1: the only place with SQL for it; and the profile cache in KV.

pub mod accounts;
pub mod agents;
pub mod answers;
pub mod callers;
pub mod conversations;
pub mod db;
pub mod invitations;
pub mod profiles;
