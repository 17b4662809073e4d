//! Verifies exports of a conversation's log, offline: `cargo run --quiet --example verify-log -- FILE [LATER FILE …]`.
//!
//! Each file has to be whole, and each later one has to go on from the one before with nothing of it changed. It leaves with
//! 0 if that is so, with 1 if it is not, with 2 where a file cannot be read.

use edgedesk::domain::conversation::chain::{Verified, verify};
use std::process::ExitCode;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("which exports? verify-log FILE [LATER FILE ...]");
        return ExitCode::from(2);
    }
    let mut earlier: Option<Verified> = None;
    for file in files {
        let export = match std::fs::read_to_string(&file) {
            Ok(export) => export,
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::from(2);
            }
        };
        let verified = match verify(&export) {
            Ok(verified) => verified,
            Err(broken) => {
                println!("{file}: BROKEN: {broken}");
                return ExitCode::FAILURE;
            }
        };
        if earlier.as_ref().is_some_and(|earlier| !verified.goes_on_from(earlier)) {
            println!("{file}: BROKEN: it does not go on from the export before it");
            return ExitCode::FAILURE;
        }
        let heading = &verified.heading;
        println!("{file}: whole, {} entries of {}, {}", heading.entries, heading.conversation, heading.hash);
        earlier = Some(verified);
    }
    ExitCode::SUCCESS
}
