//! Key rings: the first key signs, all of them verify, so that keys can be exchanged without an interruption.
//!
//! A ring is a secret of the form `2026b:base64,2026a:base64`. To rotate: put a new key in front, and drop the old one
//! when nothing signed with it is alive any more.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::cell::RefCell;
use std::collections::BTreeMap;
use worker::Env;

/// Fewest bytes of a key.
const SHORTEST: usize = 32;

/// A named key.
#[derive(Clone, Debug)]
pub struct Key {
    pub id: String,
    pub bytes: Vec<u8>,
}

/// Keys in order of preference; never empty.
#[derive(Clone, Debug)]
pub struct Keyring(Vec<Key>);

thread_local! {
    /// Read once per isolate: secrets do not change under a running one.
    static KNOWN: RefCell<BTreeMap<&'static str, Keyring>> = const { RefCell::new(BTreeMap::new()) };
}

impl Keyring {
    /// The ring of a secret.
    ///
    /// # Errors
    /// Where the deployment has no such secret, or it is no ring.
    pub fn of(env: &Env, name: &'static str) -> Result<Self, String> {
        if let Some(known) = KNOWN.with_borrow(|known| known.get(name).cloned()) {
            return Ok(known);
        }
        let secret = env.secret(name).map_err(|error| error.to_string())?.to_string();
        let ring = Self::parse(&secret).ok_or_else(|| format!("the secret {name} is not a key ring"))?;
        KNOWN.with_borrow_mut(|known| known.insert(name, ring.clone()));
        Ok(ring)
    }

    /// Reads a ring from its secret. None when there is no key, or one is malformed or shorter than 256 bits.
    #[must_use]
    pub fn parse(secret: &str) -> Option<Self> {
        let keys: Option<Vec<Key>> = secret.split(',').map(|entry| parse_key(entry.trim())).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }

    /// The key that signs.
    #[must_use]
    pub fn current(&self) -> &Key {
        &self.0[0]
    }

    /// The key of that name.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Key> {
        self.0.iter().find(|key| key.id == id)
    }

    /// All keys, the signing one first.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.0.iter()
    }
}

fn parse_key(entry: &str) -> Option<Key> {
    let (id, encoded) = entry.split_once(':')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    (!id.is_empty() && bytes.len() >= SHORTEST).then(|| Key { id: id.to_owned(), bytes })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A ring of the named keys, for tests.
    pub(crate) fn ring(ids: &[&str]) -> Keyring {
        let entries: Vec<_> =
            ids.iter().map(|id| format!("{id}:{}", STANDARD.encode([id.as_bytes()[0]; SHORTEST]))).collect();
        Keyring::parse(&entries.join(",")).expect("a well-formed ring")
    }

    #[test]
    fn the_first_key_signs() {
        let ring = ring(&["b", "a"]);
        assert_eq!(ring.current().id, "b");
        assert!(ring.find("a").is_some() && ring.find("c").is_none());
        for secret in ["", "a", "a:", "a:AAAA", ":AAAA", "a:not base64,b:"] {
            assert!(Keyring::parse(secret).is_none(), "{secret}");
        }
    }
}
