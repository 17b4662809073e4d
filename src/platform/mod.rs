//! What the machine gives: time, randomness, keys, passwords, mail, and what crosses to the runtime at once.

pub mod alarm;
pub mod bridge;
pub mod clock;
pub mod csv;
pub mod intl;
pub mod json;
pub mod keyring;
pub mod links;
pub mod log;
pub mod mailer;
pub mod password_hash;
pub mod provider;
pub mod pseudonym;
pub mod push_service;
pub mod random;
pub mod session_token;
pub mod settings;
pub mod sniff;
pub mod storage;
pub mod stripe;
pub mod totp;
pub mod transfer;
pub mod translator;
pub mod web_push;
pub mod xlsx;
