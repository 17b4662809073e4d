//! The dashboard's shell: one static file for all of its addresses. Its import map is inline, as browsers demand, so the
//! policy names the map's hash.

use super::words::Language;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::cell::OnceCell;

/// The file that every address of the dashboard answers.
const SHELL: &str = include_str!("../../public/dashboard.html");
const MAP_STARTS: &str = "<script type=\"importmap\">";
const MAP_ENDS: &str = "</script>";

/// What is fetched ahead of its turn, in the language that the file is written in.
const WORDS: &str = "/dashboard/locales/en";

thread_local! {
    static POLICY: OnceCell<String> = const { OnceCell::new() };
}

/// The shell for a reader of a language, and the policy under which a browser runs it.
pub fn shell(language: Language) -> (String, String) {
    let words = format!("/dashboard/locales/{}", language.tag());
    (SHELL.replace(WORDS, &words), POLICY.with(|policy| policy.get_or_init(|| policy_of(SHELL)).clone()))
}

fn policy_of(shell: &str) -> String {
    let map = shell.split_once(MAP_STARTS).and_then(|(_, rest)| rest.split_once(MAP_ENDS));
    let hash = STANDARD.encode(Sha256::digest(map.map_or("", |(map, _)| map)));
    format!(
        "default-src 'none'; script-src 'self' 'sha256-{hash}'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types edgedesk-worker"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_names_the_import_map_of_the_shell() {
        let map = SHELL.split_once(MAP_STARTS).unwrap().1.split_once(MAP_ENDS).unwrap().0;
        assert!(map.contains("preact"), "{map}");
        let empty = policy_of("<html></html>");
        assert_ne!(policy_of(SHELL), empty);
        assert_ne!(policy_of(SHELL), policy_of(&SHELL.replace("\"preact\"", "\"preact \"")));
    }

    #[test]
    fn only_the_words_of_the_readers_language_are_fetched_ahead() {
        let (english, policy) = shell(Language::English);
        let (french, same) = shell(Language::French);
        assert!(english.contains("locales/en.js") && !english.contains("locales/fr"), "{english}");
        assert!(french.contains("locales/fr/list.js") && !french.contains("locales/en"), "{french}");
        assert_eq!(policy, same);
    }
}
