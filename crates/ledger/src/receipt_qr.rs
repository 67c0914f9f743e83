//! A receipt as the text of a QR code: lossless, small enough to print, digits only, so that it can
//! stand behind the `#` of an address and a QR code stores it in its densest mode.
//! The specification is docs/LEDGER-FORMAT.md, 7.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};

use crate::receipt::{RECEIPT_BYTES_MAX, Receipt, ReceiptError};

/// What the digits follow.
pub const QR_PREFIX: &str = "tutela1:";
/// Digits that hold seven bytes; fewer bytes take `ceil(17 × bytes / 7)`.
const GROUP_DIGITS: usize = 17;
const GROUP_BYTES: usize = 7;
/// The length follows; as many bytes of the tail, in base64.
const MARK_BASE64: u8 = 0;
/// The number follows; as many hashes of the tail, each in base64 and a line feed.
const MARK_HASHES: u8 = 1;
/// What stands between the two, in base64.
const MARK_OPEN: u8 = 2;
const MARK_CLOSE: u8 = 3;
/// Characters of a key's 33 bytes in base64.
const KEY_CHARS: usize = 44;
/// Shortest token of base64 that goes to the tail.
const TOKEN_BYTES_MIN: usize = 16;

/// The receipt cannot be written as a QR code's text: it is far too long, or has control characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the receipt does not fit into a QR code")]
pub struct QrError;

/// The receipt's text with marks, and the bytes that the marks take.
#[derive(Default)]
struct Marked {
    text: Vec<u8>,
    tail: Vec<u8>,
}

impl Marked {
    fn push(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// A token that may be base64: its bytes go to the tail, or else it stays as it is.
    fn token(&mut self, token: &str) {
        let bytes = STANDARD.decode(token).ok().filter(|bytes| bytes.len() >= TOKEN_BYTES_MIN);
        match bytes.and_then(|bytes| u8::try_from(bytes.len()).ok().zip(Some(bytes))) {
            Some((length, bytes)) => {
                self.text.extend_from_slice(&[MARK_BASE64, length]);
                self.tail.extend_from_slice(&bytes);
            }
            None => self.push(token),
        }
    }

    fn of(receipt: &Receipt) -> Option<Marked> {
        let text = receipt.to_string();
        if text.bytes().any(|b| b <= MARK_CLOSE) {
            return None;
        }
        let (head, rest) = text.split_once("\n\n")?;
        let (proof, checkpoint) = rest.split_once("\n\n")?;
        let (log, entry) = head.split_once("\nentry ")?;
        let (log, key) = log.split_at_checked(log.len().checked_sub(KEY_CHARS)?)?;
        let mut out = Marked::default();
        out.push(log);
        out.token(key);
        out.push("\nentry ");
        if receipt.entry.iter().all(|&b| b > MARK_CLOSE) {
            out.text.push(MARK_OPEN);
            out.text.extend_from_slice(&receipt.entry);
            out.text.push(MARK_CLOSE);
        } else {
            out.push(entry);
        }
        out.push("\n\n");
        let hashes = &receipt.proof.hashes;
        // The proof's lines before its hashes.
        let lines = proof.split('\n').count().checked_sub(hashes.len())?;
        for line in proof.split('\n').take(lines) {
            out.push(line);
            out.push("\n");
        }
        if !hashes.is_empty() {
            out.text.extend_from_slice(&[MARK_HASHES, u8::try_from(hashes.len()).ok()?]);
            hashes.iter().for_each(|hash| out.tail.extend_from_slice(hash.as_bytes()));
        }
        for line in checkpoint.split('\n') {
            out.push("\n");
            let (words, token) = line.split_at_checked(line.rfind(' ').map_or(0, |at| at.saturating_add(1)))?;
            out.push(words);
            out.token(token);
        }
        Some(out)
    }

    fn text(&self) -> Option<Vec<u8>> {
        let (mut text, mut tail, mut out) = (self.text.as_slice(), self.tail.as_slice(), Vec::new());
        let mut take = |length: u8| -> Option<String> {
            let (bytes, rest) = tail.split_at_checked(usize::from(length))?;
            tail = rest;
            Some(STANDARD.encode(bytes))
        };
        while let Some((&first, rest)) = text.split_first() {
            text = rest;
            match first {
                MARK_BASE64 | MARK_HASHES => {
                    let (&number, rest) = text.split_first()?;
                    text = rest;
                    if first == MARK_BASE64 {
                        out.extend_from_slice(take(number)?.as_bytes());
                    } else {
                        for _ in 0..number {
                            out.extend_from_slice(take(32)?.as_bytes());
                            out.push(b'\n');
                        }
                    }
                }
                MARK_OPEN => {
                    let end = text.iter().position(|&b| b == MARK_CLOSE)?;
                    let (bytes, rest) = text.split_at_checked(end)?;
                    text = rest.get(1..)?;
                    out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
                }
                MARK_CLOSE => return None,
                _ => out.push(first),
            }
        }
        if tail.is_empty() { Some(out) } else { None }
    }

    fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut encoder = DeflateEncoder::new(vec![0, 0], Compression::best());
        encoder.write_all(&self.text).ok()?;
        let mut out = encoder.finish().ok()?;
        let length = u16::try_from(out.len().checked_sub(2)?).ok()?;
        out.get_mut(..2)?.copy_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&self.tail);
        Some(out)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Marked> {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (deflated, tail) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let mut inflate = Decompress::new(false);
        let mut text = Vec::with_capacity(RECEIPT_BYTES_MAX);
        let status = inflate.decompress_vec(deflated, &mut text, FlushDecompress::Finish).ok()?;
        let whole = status == Status::StreamEnd && usize::try_from(inflate.total_in()) == Ok(deflated.len());
        whole.then(|| Marked { text, tail: tail.to_vec() })
    }
}

fn digits(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(GROUP_BYTES) {
        let value = group.iter().fold(0_u64, |value, &byte| value << 8 | u64::from(byte));
        let width = group.len().saturating_mul(GROUP_DIGITS).div_ceil(GROUP_BYTES);
        out.push_str(&format!("{value:0width$}"));
    }
    out
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for group in digits.as_bytes().chunks(GROUP_DIGITS) {
        let length = group.len().saturating_mul(GROUP_BYTES).checked_div(GROUP_DIGITS)?;
        let width = length.saturating_mul(GROUP_DIGITS).div_ceil(GROUP_BYTES);
        if width != group.len() || !group.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let value: u64 = std::str::from_utf8(group).ok()?.parse().ok()?;
        let value = value.to_be_bytes();
        let (zeros, value) = value.split_at_checked(value.len().checked_sub(length)?)?;
        if zeros.iter().any(|&b| b != 0) {
            return None;
        }
        out.extend_from_slice(value);
    }
    Some(out)
}

impl Receipt {
    /// The text of its QR code: [`QR_PREFIX`] and digits. The address of a page that checks it, and
    /// `#`, may be put before.
    ///
    /// # Errors
    /// [`QrError`].
    pub fn to_qr(&self) -> Result<String, QrError> {
        let marked = Marked::of(self).ok_or(QrError)?;
        // The receipt itself must come back, whatever it is.
        if marked.text().is_none_or(|text| text != self.to_string().as_bytes()) {
            return Err(QrError);
        }
        Ok(format!("{QR_PREFIX}{}", digits(&marked.to_bytes().ok_or(QrError)?)))
    }

    /// Reads the text of a QR code: everything before [`QR_PREFIX`] is ignored, the digits go as far
    /// as there are digits.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn from_qr(text: &str) -> Result<Receipt, ReceiptError> {
        let (_, rest) = text.split_once(QR_PREFIX).ok_or(ReceiptError)?;
        let end = rest.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(rest.len());
        let digits = rest.get(..end).filter(|digits| digits.len() <= RECEIPT_BYTES_MAX).ok_or(ReceiptError)?;
        let text = bytes(digits).and_then(|bytes| Marked::from_bytes(&bytes)?.text()).ok_or(ReceiptError)?;
        String::from_utf8(text).map_err(|_| ReceiptError)?.parse()
    }

    /// Reads a receipt in either form: the file, or the text of a QR code.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn read(text: &str) -> Result<Receipt, ReceiptError> {
        if text.starts_with("tutela-receipt/") { text.parse() } else { Receipt::from_qr(text) }
    }
}
