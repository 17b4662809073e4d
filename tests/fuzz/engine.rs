//! Takes the corpus of a parser, changes it by chance, and shows the parser each of the outcomes.
//!
//! What breaks a rule is written into the corpus, so that from then on it is tried every time.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// Inputs of one parser, made of its corpus, where nobody says for how long.
const ROUNDS: u32 = 2_000;
/// Largest input, in bytes.
const MOST_BYTES: usize = 8_192;
/// What parsers stumble over.
const AWKWARD: [&[u8]; 32] = [
    b"",
    b"\0",
    b"\r\n",
    b"\n",
    b"\t",
    b"\"",
    b"\\",
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b";",
    b":",
    b"|",
    b"=",
    b"@",
    b"-",
    b"+",
    b"{{",
    b"}}",
    b"%00",
    b"null",
    b"-1",
    b"18446744073709551616",
    b"9223372036854775807",
    b"1e400",
    b"\xff",
    "\u{202e}".as_bytes(),
    "\u{feff}".as_bytes(),
    "\u{10ffff}".as_bytes(),
];

/// Tries a parser: `check` panics where a rule is broken. With `FUZZ_SECONDS` for so long, by another chance each time.
///
/// # Panics
/// With the input that broke a rule.
pub fn run(target: &str, check: impl Fn(&[u8])) {
    let corpus = corpus(target);
    assert!(!corpus.is_empty(), "tests/fuzz/corpus/{target} has nothing in it");
    for input in &corpus {
        try_one(target, input, &check);
    }
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let mut chance = Chance(seconds.map_or(0x5eed, |_: u64| now()));
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut round = 0;
    while until.map_or(round < ROUNDS, |until| Instant::now() < until) {
        let mut input = corpus[chance.below(corpus.len())].clone();
        for _ in 0..=chance.below(4) {
            change(&mut input, &corpus, &mut chance);
        }
        try_one(target, &input, &check);
        round += 1;
    }
}

fn try_one(target: &str, input: &[u8], check: &impl Fn(&[u8])) {
    if catch_unwind(AssertUnwindSafe(|| check(input))).is_err() {
        let mut hash = DefaultHasher::new();
        input.hash(&mut hash);
        let file = folder(target).join(format!("found-{:016x}", hash.finish()));
        fs::write(&file, input).expect("the corpus can be written");
        panic!("{target} breaks a rule with {:?}; kept as {}", String::from_utf8_lossy(input), file.display());
    }
}

/// One change, as typing, pasting, cutting and a bad line make it.
fn change(input: &mut Vec<u8>, corpus: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(input.len() + 1);
    let end = at + chance.below((input.len() - at).min(32) + 1);
    match chance.below(7) {
        0 if at < input.len() => input[at] ^= 1 << chance.below(8),
        1 if at < input.len() => input[at] = u8::try_from(chance.below(256)).unwrap_or_default(),
        2 => drop(input.splice(at..end, AWKWARD[chance.below(AWKWARD.len())].iter().copied())),
        3 => drop(input.drain(at..end)),
        4 => {
            let again = input[at..end].repeat(1 + chance.below(40));
            drop(input.splice(at..at, again));
        }
        5 => {
            let other = &corpus[chance.below(corpus.len())];
            let from = chance.below(other.len() + 1);
            input.truncate(at);
            input.extend(&other[from..]);
        }
        _ => drop(input.splice(at..at, AWKWARD[chance.below(AWKWARD.len())].iter().copied())),
    }
    input.truncate(MOST_BYTES);
}

fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(target)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<_> =
        fs::read_dir(folder(target)).expect("a corpus").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).expect("a file of the corpus")).collect()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(most.max(1)).unwrap_or(1)).unwrap_or_default()
    }
}
