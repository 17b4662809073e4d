//! What Edgedesk decides, and nothing else: no runtime, no clock, no randomness, no I/O.
//!
//! Everything in here is a pure function of its arguments, runs natively under `cargo test` and never
//! panics: a panic would reset the WebAssembly instance and every object that shares it. Its tests may.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

pub mod assignment;
pub mod automation;
pub mod conversation;
pub mod id;
pub mod input;
pub mod notification;
pub mod order;
pub mod people;
pub mod report;
pub mod search;
pub mod time;
pub mod translation;
pub mod zone;
