//! One-time codes by time (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds, as every
//! authenticator app makes them. No clock: the instant is handed in.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// Length of a secret, bytes: that of a SHA-1 hash (RFC 4226, R6).
pub const SECRET_BYTES: usize = 20;
/// Seconds of a step.
pub const STEP_SECONDS: u64 = 30;
/// Steps before and after the present one that are accepted, for clocks that differ.
const WINDOW: u64 = 1;
/// Base 32 (RFC 4648).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of an instant, given in seconds since 1970.
pub const fn step_at(seconds: u64) -> u64 {
    seconds.div_euclid(STEP_SECONDS)
}

/// The code of a step: six digits.
pub fn code(secret: &[u8], step: u64) -> String {
    let Ok(mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    let hash = mac.chain_update(step.to_be_bytes()).finalize().into_bytes();
    // Dynamic truncation (RFC 4226, 5.3): the last half-byte says where four bytes are taken.
    let offset = usize::from(hash.last().copied().unwrap_or_default() & 0x0f);
    let four = hash.get(offset..).and_then(|rest| rest.first_chunk::<4>()).copied().unwrap_or_default();
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff).rem_euclid(1_000_000);
    format!("{number:06}")
}

/// The step whose code this is, of those around `now` and after `last`; none when the code is wrong
/// or was used. Every candidate is compared, in constant time.
pub fn accepted_step(secret: &[u8], given: &str, now: u64, last: Option<u64>) -> Option<u64> {
    let mut found = None;
    for step in now.saturating_sub(WINDOW)..=now.saturating_add(WINDOW) {
        let fits: bool = code(secret, step).as_bytes().ct_eq(given.as_bytes()).into();
        if fits && last.is_none_or(|last| step > last) {
            found = Some(step);
        }
    }
    found
}

/// A secret as apps read it: base 32 without padding.
pub fn base32(secret: &[u8]) -> String {
    let mut text = String::with_capacity(secret.len().div_ceil(5).saturating_mul(8));
    for chunk in secret.chunks(5) {
        let mut five = [0_u8; 5];
        for (place, byte) in five.iter_mut().zip(chunk) {
            *place = *byte;
        }
        let bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let letters = chunk.len().saturating_mul(8).div_ceil(5);
        for place in 0..letters {
            let shift = 35_usize.saturating_sub(place.saturating_mul(5));
            let index = usize::try_from((bits >> shift) & 31).unwrap_or_default();
            text.extend(ALPHABET.get(index).copied().map(char::from));
        }
    }
    text
}

/// The address that an app reads from a QR code (Key Uri Format).
pub fn address(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (percent_encoded(issuer), percent_encoded(account));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", base32(secret))
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn the_vectors_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(secret, step_at(seconds)), expected[2..], "{seconds}");
        }
    }

    #[test]
    fn a_code_is_accepted_around_its_time_and_once() {
        let secret = b"12345678901234567890";
        let now = step_at(1_234_567_890);
        for (step, accepted) in [(now - 2, false), (now - 1, true), (now, true), (now + 1, true), (now + 2, false)] {
            assert_eq!(accepted_step(secret, &code(secret, step), now, None).is_some(), accepted);
        }
        assert_eq!(accepted_step(secret, &code(secret, now), now, Some(now)), None, "used");
        assert_eq!(accepted_step(secret, &code(secret, now - 1), now, Some(now)), None, "older than a used one");
        assert_eq!(accepted_step(secret, &code(secret, now + 1), now, Some(now)), Some(now + 1));
        for wrong in ["", "00000", "0000000", "abcdef"] {
            assert_eq!(accepted_step(secret, wrong, now, None), None);
        }
    }

    /// RFC 4648, section 10, without padding.
    #[test]
    fn base_32() {
        for (bytes, text) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(
            address("安学", "a b", b"12345678901234567890"),
            "otpauth://totp/%E5%AE%89%E5%AD%A6:a%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%AE%89%E5%AD%A6"
        );
    }
}
