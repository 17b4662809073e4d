//! Messages to browsers: encrypted so that only the browser reads them (RFC 8291, in the coding of RFC 8188), and signed
//! so that its push service knows who sends them (RFC 8292).

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use p256::ecdh::diffie_hellman;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToEncodedPoint;
use p256::{PublicKey, SecretKey};
use serde_json::json;
use sha2::Sha256;

/// Largest message, in bytes: push services take bodies of 4,096.
pub const MOST_BYTES: usize = 3_993;
/// The size of the one record that there is.
const RECORD_BYTES: u32 = 4_096;
/// Says of a record that it is the last.
const LAST_RECORD: u8 = 2;
/// Bytes of the secret that a browser shares with us.
const AUTH_BYTES: usize = 16;

/// What a browser gave, so that messages can be encrypted for it.
#[derive(Clone, Debug)]
pub struct Browser {
    public: PublicKey,
    auth: [u8; AUTH_BYTES],
}

/// Our key, by which push services know us.
pub struct Vapid {
    key: SigningKey,
}

impl Browser {
    /// Reads what a browser gives: an uncompressed point of P-256 and sixteen bytes, both base64url. None when they are
    /// not that.
    #[must_use]
    pub fn read(p256dh: &str, auth: &str) -> Option<Self> {
        const POINT_BYTES: usize = 65;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let point = decode(p256dh).filter(|point| point.len() == POINT_BYTES)?;
        Some(Self { public: PublicKey::from_sec1_bytes(&point).ok()?, auth: decode(auth)?.try_into().ok()? })
    }
}

/// Encrypts a message for a browser: the body of a request with `Content-Encoding: aes128gcm`. `once` is a fresh random
/// key and `salt` fresh random bytes: neither is ever used again.
///
/// # Errors
/// When the message is too long, or the key is one of the few that are none.
pub fn encrypt(message: &[u8], browser: &Browser, once: &[u8; 32], salt: [u8; 16]) -> Result<Vec<u8>, String> {
    if message.len() > MOST_BYTES {
        return Err(format!("a message of {} bytes", message.len()));
    }
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    let ours = SecretKey::from_slice(once).map_err(|error| failed(&error))?;
    let our_point = ours.public_key().to_encoded_point(false);
    let shared = diffie_hellman(ours.to_nonzero_scalar(), browser.public.as_affine());
    let its_point = browser.public.to_encoded_point(false);
    let info = [b"WebPush: info\0".as_slice(), its_point.as_bytes(), our_point.as_bytes()];
    let mut input = [0; 32];
    let combined = Hkdf::<Sha256>::new(Some(&browser.auth), shared.raw_secret_bytes());
    combined.expand_multi_info(&info, &mut input).map_err(|error| failed(&error))?;
    let derived = Hkdf::<Sha256>::new(Some(&salt), &input);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    derived.expand(b"Content-Encoding: aes128gcm\0", &mut key).map_err(|error| failed(&error))?;
    derived.expand(b"Content-Encoding: nonce\0", &mut nonce).map_err(|error| failed(&error))?;
    let padded = [message, &[LAST_RECORD]].concat();
    let cipher = Aes128Gcm::new_from_slice(&key).map_err(|error| failed(&error))?;
    let record =
        cipher.encrypt(Nonce::from_slice(&nonce), padded.as_slice()).map_err(|_| "no encryption".to_owned())?;
    let point = our_point.as_bytes();
    let length = u8::try_from(point.len()).map_err(|error| failed(&error))?;
    Ok([salt.as_slice(), &RECORD_BYTES.to_be_bytes(), &[length], point, &record].concat())
}

impl Vapid {
    /// Our key from its 32 bytes; none for the few that are no key.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Option<Self> {
        SigningKey::from_slice(bytes).ok().map(|key| Self { key })
    }

    /// The public key, as browsers and push services take it: an uncompressed point, base64url.
    #[must_use]
    pub fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.verifying_key().to_encoded_point(false).as_bytes())
    }

    /// The header `Authorization` of a request to the push service at `origin`, good until `until` in seconds since 1970.
    /// `contact` is where its keepers find us.
    #[must_use]
    pub fn authorization(&self, origin: &str, contact: &str, until: i64) -> String {
        let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let header = part(json!({ "typ": "JWT", "alg": "ES256" }));
        let claims = part(json!({ "aud": origin, "exp": until, "sub": contact }));
        let signed = format!("{header}.{claims}");
        let signature: Signature = self.key.sign(signed.as_bytes());
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// The example of RFC 8291, section 5 and appendix A.
    #[test]
    fn a_message_is_encrypted_as_the_standard_shows_it() {
        let browser = Browser::read(
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
        .unwrap();
        let once = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let message = b"When I grow up, I want to be a watermelon";
        let body = encrypt(message, &browser, &once, bytes("DGv6ra1nlYgDCS1FRnbzlw")).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6\
             PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn what_is_no_key_of_a_browser_is_refused_and_so_is_a_message_that_is_too_long() {
        let point = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        let auth = "BTBZMqHH6r4Tts7J_aSIgg";
        let browser = Browser::read(point, auth).unwrap();
        // Not on the curve; compressed; nothing; too short a secret.
        let beside = point.replace("iw4", "iw8");
        for (p256dh, auth) in [(beside.as_str(), auth), (&point[..44], auth), ("", auth), (point, "BTBZ")] {
            assert!(Browser::read(p256dh, auth).is_none(), "{p256dh} {auth}");
        }
        assert_eq!(encrypt(&[0; MOST_BYTES], &browser, &[7; 32], [1; 16]).unwrap().len(), 4_096);
        assert!(encrypt(&[0; MOST_BYTES + 1], &browser, &[7; 32], [1; 16]).is_err());
        assert!(encrypt(b"", &browser, &[0; 32], [1; 16]).is_err());
    }
}
