//! People and companies: what an address, a password, a company URL and a role are, and who may do what.

pub mod capability;
pub mod custom_role;
pub mod delegation;
pub mod email;
pub mod hours;
pub mod member;
pub mod password;
pub mod password_policy;
pub mod permission;
pub mod role;
pub mod settings;
pub mod slug;
pub mod widget;
