//! A handler per route: authenticate, authorise, parse; then a command, and its answer.

mod accounts;
mod agents;
mod audit;
pub mod availability;
pub mod body;
mod chat;
mod companies;
mod contacts;
mod contract;
mod conversations;
mod credentials;
mod customers;
mod dev;
mod files;
mod folders;
mod health;
mod invitations;
mod me;
mod page;
mod pages;
mod passwords;
pub mod problem;
mod repeat;
mod roles;
mod routes;
mod second_factor;
mod secure;
mod session;
mod sessions;
mod status_board;
mod strict;
mod teams;

pub use contract::openapi;
pub use routes::{Access, ROUTES, Route, answer};
