//! People and companies: what an address, a password, a company URL and a role are, and who may do what.

pub mod capability;
pub mod email;
pub mod member;
pub mod password;
pub mod permission;
pub mod role;
pub mod slug;
