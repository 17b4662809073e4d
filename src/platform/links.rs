//! The secrets in links. An invitation's token follows from its id, so that only its hash is at rest and it can still be
//! shown again to whoever asked for it. The secret in a customer's link (specification B2, B3): derived, not stored.
//!
//! `id ‖ version ‖ HMAC-SHA-256(link key, id ‖ version)` truncated to 128 bits, in URL-safe base64. Raising a conversation's
//! link version or rotating the key kills old links; the conversation compares the version itself.

use super::keyring::{Key, Keyring};
use crate::domain::id::{ConversationId, InvitationId, PasswordResetId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

const ID_BYTES: usize = 16;
const MAC_BYTES: usize = 16;
const SECRET_BYTES: usize = ID_BYTES + 1 + MAC_BYTES;

/// What a valid secret opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CustomerLink {
    pub conversation: ConversationId,
    pub version: u8,
}

impl CustomerLink {
    /// The secret that opens the conversation.
    #[must_use]
    pub fn secret(&self, keys: &Keyring) -> String {
        let mut bytes = self.signed_bytes().to_vec();
        bytes.extend(&mac(keys.current(), &self.signed_bytes()).finalize().into_bytes()[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What the secret opens, if one of our keys made it. Compared in constant time.
    #[must_use]
    pub fn verify(keys: &Keyring, secret: &str) -> Option<Self> {
        let bytes: [u8; SECRET_BYTES] = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        let (signed, tag) = bytes.split_at(ID_BYTES + 1);
        let known = keys.iter().any(|key| mac(key, signed).verify_truncated_left(tag).is_ok());
        let (id, version) = signed.split_at(ID_BYTES);
        let conversation = ConversationId::new(Uuid::from_slice(id).ok()?);
        known.then_some(Self { conversation, version: version[0] })
    }

    fn signed_bytes(&self) -> [u8; ID_BYTES + 1] {
        let mut bytes = [self.version; ID_BYTES + 1];
        bytes[..ID_BYTES].copy_from_slice(self.conversation.as_bytes());
        bytes
    }
}

/// The token of an invitation: 256 bits that nobody without the key can tell from the id.
#[must_use]
pub fn invitation_token(keys: &Keyring, invitation: InvitationId) -> String {
    let mac = mac_for("edgedesk invitation", keys.current(), invitation.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// The token that opens the way to a new password.
#[must_use]
pub fn password_reset_token(keys: &Keyring, reset: PasswordResetId) -> String {
    let mac = mac_for("edgedesk password reset", keys.current(), reset.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

fn mac(key: &Key, bytes: &[u8]) -> Hmac<Sha256> {
    mac_for("edgedesk customer link", key, bytes)
}

/// What is signed for one purpose is worth nothing for another.
fn mac_for(purpose: &str, key: &Key, bytes: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.bytes).expect("HMAC takes keys of any length");
    mac.update(purpose.as_bytes());
    mac.update(b"\0");
    mac.update(bytes);
    mac
}

#[cfg(test)]
mod tests {
    use super::super::keyring::tests::ring;
    use super::*;

    // spec: B2 B3
    #[test]
    fn a_secret_opens_one_conversation_of_one_version() {
        let link = CustomerLink { conversation: ConversationId::new(Uuid::from_u128(7)), version: 1 };
        let secret = link.secret(&ring(&["a"]));
        assert_eq!(CustomerLink::verify(&ring(&["a"]), &secret), Some(link));
        assert_eq!(CustomerLink::verify(&ring(&["b", "a"]), &secret), Some(link));
        assert_eq!(CustomerLink::verify(&ring(&["b"]), &secret), None);
        for at in 0..secret.len() {
            let mut forged = secret.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            let forged = String::from_utf8(forged).unwrap();
            assert_eq!(CustomerLink::verify(&ring(&["a"]), &forged), None, "{forged}");
        }
        for forged in ["", "AAAA", &secret[1..], &format!("{secret}A"), &format!("{secret}=")] {
            assert_eq!(CustomerLink::verify(&ring(&["a"]), forged), None, "{forged}");
        }
    }
}
