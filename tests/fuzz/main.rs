//! Everything that reads what strangers write, shown much that nobody means: it never panics, and what it makes of it
//! keeps its rules. `cargo test --test fuzz` tries the corpus and some thousand changes of it; `make fuzz SECONDS=60`
//! goes on for so long with each parser.
//!
//! # Layout
//!
//! - [`engine`]: changes what is in `corpus/`, by chance.
//! - [`secrets`]: sessions, links, key rings, signatures.
//! - [`structured`]: JSON bodies, frames, tables, ranges, files.
//! - [`words`]: what people type: names, addresses, queries, texts.

mod engine;
mod secrets;
mod structured;
mod words;

/// What a text parser is shown: bytes that are no text reach it as a browser would send them.
fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}
