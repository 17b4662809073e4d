//! The two Durable Objects: thin shells of storage, sockets and alarms around the domain.

pub mod call;
pub mod conversation_do;
pub mod cut;
pub mod desk_do;
mod lane;
mod pace;
pub mod socket;
