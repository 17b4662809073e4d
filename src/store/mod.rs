//! D1: the only place with SQL for it; the profile cache in KV; files in R2.

pub mod accounts;
pub mod agents;
pub mod answers;
pub mod attempts;
pub mod audit;
pub mod callers;
pub mod companies;
pub mod contacts;
pub mod conversations;
pub mod db;
pub mod files;
pub mod folders;
pub mod invitations;
pub mod members;
pub mod passwords;
pub mod profiles;
pub mod roles;
pub mod roster;
pub mod search;
pub mod second_factors;
pub mod sessions;
pub mod teams;
