//! Changes to texts that have lines, words, numbers, base64 and hexadecimal in them.

use proptest::prelude::*;
use proptest::sample::Index;

/// What parsers are wrong about: separators, signs, limits, characters of more than one byte.
const TOKENS: &[&str] = &[
    "",
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "  ",
    "\t",
    "+",
    "-",
    "=",
    "==",
    "/",
    "0",
    "00",
    "-0",
    "01",
    "+1",
    "1",
    "9",
    "63",
    "64",
    "255",
    "256",
    "65535",
    "65536",
    "4294967296",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999",
    "\u{0}",
    "\u{1}",
    "\u{2}",
    "\u{3}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}",
    "\u{feff}",
    "e\u{301}",
    "é",
    "—",
    "— ",
    "😀",
    "\\",
    "\\u0041",
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "1e9",
    "tutela1:",
    "x001/",
    ".p/",
    "index ",
    "extra ",
    "log ",
    "entry ",
    "size ",
    "old ",
    "quorum none\n",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    "c2sp.org/tlog-proof@v1\n",
    "tutela-receipt/v1\n",
];

/// One change.
#[derive(Clone, Debug)]
pub enum Change {
    /// Some bits of a byte.
    Flip(Index, u8),
    /// A byte becomes another.
    Set(Index, u8),
    /// Everything from here on goes.
    Cut(Index),
    /// A range goes.
    Delete(Index, Index),
    /// A range comes again.
    Repeat(Index, Index),
    /// A token stands here too.
    Insert(Index, Index),
    /// A token stands in the place of a word: letters, digits and such.
    Replace(Index, Index),
    /// Two lines change places.
    SwapLines(Index, Index),
    /// A line goes.
    DropLine(Index),
    /// A line comes twice.
    TwiceLine(Index),
    /// From here on it is another of the inputs.
    Splice(Index, Index, Index),
    /// A number becomes the next or the one before.
    Count(Index, bool),
}

pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let i = any::<Index>;
    let change = prop_oneof![
        3 => (i(), 1_u8..=255).prop_map(|(at, bits)| Change::Flip(at, bits)),
        2 => (i(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => i().prop_map(Change::Cut),
        2 => (i(), i()).prop_map(|(a, b)| Change::Delete(a, b)),
        1 => (i(), i()).prop_map(|(a, b)| Change::Repeat(a, b)),
        3 => (i(), i()).prop_map(|(at, token)| Change::Insert(at, token)),
        3 => (i(), i()).prop_map(|(at, token)| Change::Replace(at, token)),
        2 => (i(), i()).prop_map(|(a, b)| Change::SwapLines(a, b)),
        2 => i().prop_map(Change::DropLine),
        1 => i().prop_map(Change::TwiceLine),
        2 => (i(), i(), i()).prop_map(|(at, other, from)| Change::Splice(at, other, from)),
        2 => (i(), any::<bool>()).prop_map(|(at, up)| Change::Count(at, up)),
    ];
    proptest::collection::vec(change, 1..4)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// The range of the word at or after this place.
fn word(bytes: &[u8], at: usize, of: impl Fn(u8) -> bool) -> Option<(usize, usize)> {
    let start = at + bytes[at..].iter().position(|&b| of(b))?;
    let start = bytes[..start].iter().rposition(|&b| !of(b)).map_or(0, |before| before + 1);
    let end = bytes[start..].iter().position(|&b| !of(b)).map_or(bytes.len(), |length| start + length);
    Some((start, end))
}

fn lines(bytes: &[u8], change: impl FnOnce(&mut Vec<&[u8]>)) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = bytes.split(|&b| b == b'\n').collect();
    change(&mut lines);
    lines.join(&b'\n')
}

impl Change {
    fn apply(&self, bytes: &[u8], others: &[Vec<u8>]) -> Vec<u8> {
        let mut out = bytes.to_vec();
        if bytes.is_empty() {
            return b"\n".to_vec();
        }
        let n = bytes.len();
        // Ranges are short, or else they take most of the input with them.
        let range = |a: &Index, b: &Index| (a.index(n), (a.index(n) + 1 + b.index(40)).min(n));
        match self {
            Change::Flip(at, bits) => out[at.index(n)] ^= bits,
            Change::Set(at, byte) => out[at.index(n)] = *byte,
            Change::Cut(at) => out.truncate(at.index(n)),
            Change::Delete(a, b) => drop(out.drain(range(a, b).0..range(a, b).1)),
            Change::Repeat(a, b) => {
                let (from, to) = range(a, b);
                out.splice(to..to, bytes[from..to].to_vec());
            }
            Change::Insert(at, token) => {
                let at = at.index(n + 1);
                out.splice(at..at, token.get(TOKENS).bytes());
            }
            Change::Replace(at, token) => {
                if let Some((from, to)) = word(bytes, at.index(n), is_word) {
                    out.splice(from..to, token.get(TOKENS).bytes());
                }
            }
            Change::SwapLines(a, b) => {
                out = lines(bytes, |lines| {
                    let (a, b) = (a.index(lines.len()), b.index(lines.len()));
                    lines.swap(a, b);
                });
            }
            Change::DropLine(at) => {
                out = lines(bytes, |lines| {
                    lines.remove(at.index(lines.len()));
                });
            }
            Change::TwiceLine(at) => {
                out = lines(bytes, |lines| {
                    let at = at.index(lines.len());
                    lines.insert(at, lines[at]);
                });
            }
            Change::Splice(at, other, from) => {
                let other = other.get(others);
                out.truncate(at.index(n));
                out.extend_from_slice(&other[from.index(other.len() + 1)..]);
            }
            Change::Count(at, up) => {
                if let Some((from, to)) = word(bytes, at.index(n), |b| b.is_ascii_digit()) {
                    let number: Option<u128> = std::str::from_utf8(&bytes[from..to]).ok().and_then(|d| d.parse().ok());
                    if let Some(number) = number {
                        let next = if *up { number.wrapping_add(1) } else { number.saturating_sub(1) };
                        out.splice(from..to, next.to_string().into_bytes());
                    }
                }
            }
        }
        out
    }
}

/// One of the inputs, changed.
pub fn changed(inputs: &[Vec<u8>], which: &Index, changes: &[Change]) -> Vec<u8> {
    changes.iter().fold(which.get(inputs).clone(), |bytes, change| change.apply(&bytes, inputs))
}
