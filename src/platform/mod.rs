//! What the machine gives: time, randomness, keys, passwords, mail, and a transaction the bindings leave out.

pub mod clock;

pub mod keyring;
pub mod links;
pub mod log;
pub mod mailer;
pub mod password_hash;
pub mod random;
pub mod session_token;
pub mod settings;
pub mod storage;
pub mod transfer;
