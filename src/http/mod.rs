//! A handler per route: authenticate, authorise, parse; then a command, and its answer.

mod accounts;
mod agents;
pub mod body;
mod companies;
mod contract;
mod conversations;
mod customers;
mod dev;
mod health;
mod invitations;
mod me;
mod page;
mod pages;
pub mod problem;
mod repeat;
mod routes;
mod secure;
mod session;

pub use contract::openapi;
pub use routes::{Access, ROUTES, Route, answer};
