//! Signatures of webhooks as the Standard Webhooks convention has them (v1: HMAC-SHA256 over
//! `id.timestamp.body`), and the spelling of their keys (`whsec_` and base64).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::hash::{Hash, keyed};

/// How the text of a key begins.
pub const SECRET_PREFIX: &str = "whsec_";

/// The key as its receiver is shown it.
pub fn secret_text(key: &[u8; 32]) -> String {
    format!("{SECRET_PREFIX}{}", STANDARD.encode(key))
}

/// The inverse of [`secret_text`]; none for any other text.
pub fn secret_of(text: &str) -> Option<[u8; 32]> {
    STANDARD.decode(text.strip_prefix(SECRET_PREFIX)?).ok()?.try_into().ok()
}

fn mac(key: &[u8; 32], id: &str, timestamp: i64, body: &[u8]) -> Hash {
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    keyed(key, &signed)
}

/// The `webhook-signature` of a body: `v1,` and base64. `timestamp` in seconds since 1970.
pub fn sign(key: &[u8; 32], id: &str, timestamp: i64, body: &[u8]) -> String {
    format!("v1,{}", STANDARD.encode(mac(key, id, timestamp, body).as_bytes()))
}

/// Is one of the space-separated signatures of a header the one of the body? Compared in constant time.
pub fn holds(key: &[u8; 32], id: &str, timestamp: i64, body: &[u8], header: &str) -> bool {
    let expected = mac(key, id, timestamp, body);
    header.split(' ').filter_map(|each| each.strip_prefix("v1,")).any(|text| {
        let found = STANDARD.decode(text).ok().and_then(|bytes| Hash::try_from_slice(&bytes).ok());
        found.is_some_and(|found| found.ct_eq(&expected))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_only() {
        let key = [7; 32];
        assert_eq!(secret_of(&secret_text(&key)), Some(key));
        assert_eq!(secret_of("whsec_AAAA"), None);
        let header = sign(&key, "n1", 1_700_000_000, b"{}");
        assert!(holds(&key, "n1", 1_700_000_000, b"{}", &header));
        assert!(holds(&key, "n1", 1_700_000_000, b"{}", &format!("v1,AAAA {header}")));
        assert!(!holds(&key, "n2", 1_700_000_000, b"{}", &header));
        assert!(!holds(&key, "n1", 1_700_000_001, b"{}", &header));
        assert!(!holds(&key, "n1", 1_700_000_000, b"{} ", &header));
        assert!(!holds(&[8; 32], "n1", 1_700_000_000, b"{}", &header));
        assert!(!holds(&key, "n1", 1_700_000_000, b"{}", &header.replace("v1,", "v1a,")));
    }
}
