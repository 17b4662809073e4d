//! What stands for an address in the ledger of erasures: a keyed hash, by which the address can be found again where it is
//! at hand, and which tells nothing to whoever has the ledger alone.

use super::keyring::{Key, Keyring};
use crate::domain::id::CompanyId;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The pseudonym of an address at a company: the key's name and the hash, `2026a:5f3c…`.
#[must_use]
pub fn of_address(keys: &Keyring, company: CompanyId, address: &str) -> String {
    by(keys.current(), company, address)
}

/// Whether an address is the one that a pseudonym stands for. Unknown where the key was dropped.
#[must_use]
pub fn stands_for(keys: &Keyring, pseudonym: &str, company: CompanyId, address: &str) -> bool {
    let key = pseudonym.split_once(':').and_then(|(id, _)| keys.find(id));
    key.is_some_and(|key| by(key, company, address) == pseudonym)
}

fn by(key: &Key, company: CompanyId, address: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.bytes).expect("HMAC takes keys of any length");
    mac.update(b"edgedesk erasure\0");
    mac.update(company.as_bytes());
    mac.update(address.as_bytes());
    let hash: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}:{hash}", key.id)
}

#[cfg(test)]
mod tests {
    use super::super::keyring::tests::ring;
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_address_is_known_again_by_its_key_and_its_company() {
        let (one, other) = (CompanyId::new(Uuid::from_u128(1)), CompanyId::new(Uuid::from_u128(2)));
        let pseudonym = of_address(&ring(&["a"]), one, "mia@example.com");
        assert!(!pseudonym.contains("mia"));
        assert!(stands_for(&ring(&["b", "a"]), &pseudonym, one, "mia@example.com"));
        assert!(!stands_for(&ring(&["b", "a"]), &pseudonym, one, "leo@example.com"));
        assert!(!stands_for(&ring(&["b", "a"]), &pseudonym, other, "mia@example.com"));
        assert!(!stands_for(&ring(&["b"]), &pseudonym, one, "mia@example.com"));
    }
}
