//! How each kernel value is spelled in an entry: always a JSON string, always one spelling.

use std::fmt;
use std::io::Write;
use std::str::FromStr;

use kernel::{
    AlertId, ApplicationId, BankLineId, BankStatementId, CheckInId, ClassHours, ClassSessionId, ClosureId, ContractId,
    CourseId, CreditCode, Day, Fen, HoldId, InspectionId, Instant, InstitutionId, LedgerId, LessonId, LicenceId,
    ListingId, LotId, PaymentId, RecordItemId, RefundId, RegionCode, SettlementId, SubjectId, TransferId, UserId,
};
use unicode_normalization::is_nfc;
use uuid::Uuid;

use super::{Cursor, Fault, Value, push_escaped};
use crate::hash::{Hash, hex_bytes};

/// The text is not of the form asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("text is empty, too long, not NFC or has a control character")]
pub struct TextError;

/// One line of text without personal data: a licence number, a log's origin. 1 to 200 characters,
/// NFC, no control character, no space at either end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// Most characters of a line.
    pub const MAX_CHARS: usize = 200;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = TextError;
    fn from_str(s: &str) -> Result<Self, TextError> {
        let good = !s.is_empty()
            && s.trim() == s
            && s.chars().count() <= Line::MAX_CHARS
            && !s.chars().any(char::is_control)
            && is_nfc(s);
        if good { Ok(Line(s.to_owned())) } else { Err(TextError) }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A word of an open list, such as a kind of document: 1 to 40 of `[a-z0-9_]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(String);

impl Code {
    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Code {
    type Err = TextError;
    fn from_str(s: &str) -> Result<Self, TextError> {
        let good = (1..=40).contains(&s.len()) && s.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if good { Ok(Code(s.to_owned())) } else { Err(TextError) }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn push_plain(out: &mut Vec<u8>, contents: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(contents);
    out.push(b'"');
}

fn push_display(out: &mut Vec<u8>, value: &impl fmt::Display) {
    out.push(b'"');
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value}");
    out.push(b'"');
}

impl Value for Line {
    const KIND: &'static str = "line";
    const LIST: &'static str = "[line]";
    fn write(&self, out: &mut Vec<u8>) {
        push_escaped(out, &self.0);
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let text = cursor.escaped(Self::KIND)?;
        text.parse().map_err(|_| cursor.bad(Self::KIND))
    }
}

impl Value for Code {
    const KIND: &'static str = "code";
    const LIST: &'static str = "[code]";
    fn write(&self, out: &mut Vec<u8>) {
        push_plain(out, self.0.as_bytes());
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        cursor.plain(Self::KIND)?.parse().map_err(|_| cursor.bad(Self::KIND))
    }
}

impl Value for Hash {
    const KIND: &'static str = "hash";
    const LIST: &'static str = "[hash]";
    fn write(&self, out: &mut Vec<u8>) {
        push_plain(out, &self.hex());
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let hash = cursor.take_fixed(Hash::from_hex, 64);
        hash.map_or_else(|| Err(cursor.bad_string(Self::KIND)), Ok)
    }
}

/// Strict reading of a lower-case hyphenated UUID.
pub(crate) fn read_uuid(text: &[u8]) -> Option<Uuid> {
    let text: &[u8; 36] = text.try_into().ok()?;
    if [8, 13, 18, 23].iter().any(|&at| text[at] != b'-') {
        return None;
    }
    let mut digits = [0_u8; 32];
    digits[..8].copy_from_slice(&text[..8]);
    digits[8..12].copy_from_slice(&text[9..13]);
    digits[12..16].copy_from_slice(&text[14..18]);
    digits[16..20].copy_from_slice(&text[19..23]);
    digits[20..].copy_from_slice(&text[24..]);
    let mut out = [0_u8; 16];
    hex_bytes(&digits, &mut out).then(|| Uuid::from_bytes(out))
}

macro_rules! id_values {
    ($($name:ident),* $(,)?) => {$(
        impl Value for $name {
            const KIND: &'static str = "id";
            const LIST: &'static str = "[id]";
            fn write(&self, out: &mut Vec<u8>) {
                push_plain(out, self.uuid().hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
            }
            fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
                let id = cursor.take_fixed(read_uuid, 36);
                id.map_or_else(|| Err(cursor.bad_string("id")), |id| Ok($name::new(id)))
            }
        }
    )*};
}

id_values!(
    AlertId,
    ApplicationId,
    CheckInId,
    ClassSessionId,
    ClosureId,
    BankLineId,
    BankStatementId,
    ContractId,
    CourseId,
    HoldId,
    InspectionId,
    InstitutionId,
    LessonId,
    LicenceId,
    ListingId,
    LotId,
    PaymentId,
    RecordItemId,
    RefundId,
    TransferId,
    SettlementId,
    SubjectId,
    UserId,
);

macro_rules! text_values {
    ($($name:ident = $kind:literal),* $(,)?) => {$(
        impl Value for $name {
            const KIND: &'static str = $kind;
            const LIST: &'static str = concat!("[", $kind, "]");
            fn write(&self, out: &mut Vec<u8>) {
                push_display(out, self);
            }
            fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
                cursor.plain($kind)?.parse().map_err(|_| cursor.bad($kind))
            }
        }
    )*};
}

text_values!(CreditCode = "credit_code", RegionCode = "region", LedgerId = "ledger");

/// Decimal digits of `n`.
fn push_u64(out: &mut Vec<u8>, mut n: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(n % 10).unwrap_or_default();
        n /= 10;
        if n == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

impl Value for Fen {
    const KIND: &'static str = "fen";
    const LIST: &'static str = "[fen]";
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        if self.is_negative() {
            out.push(b'-');
        }
        push_u64(out, self.fen().unsigned_abs());
        out.push(b'"');
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        cursor.plain(Self::KIND)?.parse().map_err(|_| cursor.bad(Self::KIND))
    }
}

impl Value for u64 {
    const KIND: &'static str = "count";
    const LIST: &'static str = "[count]";
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        push_u64(out, *self);
        out.push(b'"');
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        kernel::text::canonical_u64(cursor.plain(Self::KIND)?).ok_or_else(|| cursor.bad(Self::KIND))
    }
}

impl Value for u32 {
    const KIND: &'static str = "count";
    const LIST: &'static str = "[count]";
    fn write(&self, out: &mut Vec<u8>) {
        u64::from(*self).write(out);
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        u32::try_from(u64::read(cursor)?).map_err(|_| cursor.bad(<u32 as Value>::KIND))
    }
}

/// `17.5`, never `17.50`: the kernel reads both, an entry has one.
impl Value for ClassHours {
    const KIND: &'static str = "hours";
    const LIST: &'static str = "[hours]";
    fn write(&self, out: &mut Vec<u8>) {
        let hundredths = self.hundredths().unsigned_abs();
        let (whole, part) = (hundredths / 100, hundredths % 100);
        out.push(b'"');
        push_u64(out, whole);
        if part > 0 {
            out.push(b'.');
            push_u64(out, part / 10);
            if part % 10 > 0 {
                push_u64(out, part % 10);
            }
        }
        out.push(b'"');
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        let text = cursor.plain(Self::KIND)?;
        if text.contains('.') && text.ends_with('0') {
            return Err(cursor.bad(Self::KIND));
        }
        text.parse().map_err(|_| cursor.bad(Self::KIND))
    }
}

#[inline]
fn two(bytes: &[u8], at: usize) -> Option<i64> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    if pair.iter().all(u8::is_ascii_digit) { Some(i64::from((pair[0] - b'0') * 10 + (pair[1] - b'0'))) } else { None }
}

#[inline]
fn read_day(text: &str) -> Option<(Day, i64)> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (two(bytes, 0)? * 100 + two(bytes, 2)?, two(bytes, 5)?, two(bytes, 8)?);
    let value = Day::try_new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    // Days since 1970-01-01 in the proleptic Gregorian calendar, counted in years that begin in March.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, month) = (shifted / 400, (month + 9) % 12);
    let year_of_era = shifted - era * 400;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * month + 2) / 5 + day - 1;
    Some((value, era * 146_097 + day_of_era - 719_468))
}

impl Value for Day {
    const KIND: &'static str = "day";
    const LIST: &'static str = "[day]";
    fn write(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        read_day(cursor.plain(Self::KIND)?).map(|(day, _)| day).ok_or_else(|| cursor.bad(Self::KIND))
    }
}

/// Strict reading of `YYYY-MM-DDTHH:MM:SS.ffffffZ`, equal to the kernel's but without printing it
/// again.
fn read_instant(text: &str) -> Option<Instant> {
    let bytes: &[u8; 27] = text.as_bytes().try_into().ok()?;
    let marks = bytes[10] == b'T' && bytes[13] == b':' && bytes[16] == b':' && bytes[19] == b'.' && bytes[26] == b'Z';
    if !marks {
        return None;
    }
    let (_, days) = read_day(text.get(..10)?)?;
    let (hour, minute, second) = (two(bytes, 11)?, two(bytes, 14)?, two(bytes, 17)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let micros = two(bytes, 20)? * 10_000 + two(bytes, 22)? * 100 + two(bytes, 24)?;
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    Instant::try_from_micros(seconds * 1_000_000 + micros).ok()
}

impl Value for Instant {
    const KIND: &'static str = "instant";
    const LIST: &'static str = "[instant]";
    fn write(&self, out: &mut Vec<u8>) {
        push_display(out, self);
    }
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        read_instant(cursor.plain(Self::KIND)?).ok_or_else(|| cursor.bad(Self::KIND))
    }
}

/// Makes a closed list of words a value.
macro_rules! word_value {
    ($($name:ident),* $(,)?) => {$(
        impl $crate::wire::Value for $name {
            const KIND: &'static str = "word";
            const LIST: &'static str = "[word]";
            fn write(&self, out: &mut Vec<u8>) {
                out.push(b'"');
                out.extend_from_slice(self.as_str().as_bytes());
                out.push(b'"');
            }
            fn read(cursor: &mut $crate::wire::Cursor<'_>) -> Result<Self, $crate::wire::Fault> {
                cursor.plain("word")?.parse().map_err(|_| cursor.bad("word"))
            }
        }
    )*};
}
pub(crate) use word_value;

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(value: &impl Value) -> String {
        let mut out = Vec::new();
        value.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn instants_and_days_read_as_the_kernel_does() {
        for text in ["1990-01-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z", "2199-12-31T12:30:01.000001Z"] {
            let expected: Instant = text.parse().unwrap();
            assert_eq!(read_instant(text), Some(expected), "{text}");
            assert_eq!(spelled(&expected), format!("\"{text}\""));
        }
        for bad in [
            "2023-02-29T00:00:00.000000Z",
            "2024-02-29T24:00:00.000000Z",
            "2024-02-29T00:00:60.000000Z",
            "2024-02-29T00:00:00.00000Z",
            "1989-12-31T23:59:59.999999Z",
            "2024-02-29t00:00:00.000000Z",
        ] {
            assert_eq!(read_instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn hours_have_one_spelling() {
        for text in ["0", "60", "17.5", "0.05", "0.25", "10000"] {
            let quoted = format!("\"{text}\"");
            assert_eq!(spelled(&ClassHours::read(&mut Cursor::new(&quoted)).unwrap()), quoted);
        }
        for bad in ["17.50", "1.0", "01", "-1", "1.005"] {
            assert!(ClassHours::read(&mut Cursor::new(&format!("\"{bad}\""))).is_err(), "{bad}");
        }
    }

    #[test]
    fn lines_escape_two_characters_only() {
        let line: Line = "教民\"1\\2".parse().unwrap();
        assert_eq!(spelled(&line), r#""教民\"1\\2""#);
        assert_eq!(Line::read(&mut Cursor::new(r#""教民\"1\\2""#)), Ok(line));
        for bad in [r#""a\/b""#, r#""\u0041""#, "\"e\u{301}\"", "\" a\"", "\"\"", "\"a\u{7f}\"", "\"a"] {
            assert!(Line::read(&mut Cursor::new(bad)).is_err(), "{bad}");
        }
    }
}
