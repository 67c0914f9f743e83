//! Canonical spellings of numbers and limits on free text, shared by the value types.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The integer that `s` spells canonically: ASCII digits, no leading zero, `-` only before a
/// non-zero number. `None` for every other spelling.
pub fn canonical_i64(s: &str) -> Option<i64> {
    let digits = s.strip_prefix('-').unwrap_or(s);
    let canonical = !digits.is_empty()
        && digits.bytes().all(|b| b.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
        && s != "-0";
    if canonical { s.parse().ok() } else { None }
}

/// As [`canonical_i64`], for numbers from zero.
pub fn canonical_u64(s: &str) -> Option<u64> {
    let canonical = !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) && (s == "0" || !s.starts_with('0'));
    if canonical { s.parse().ok() } else { None }
}

/// Why a piece of text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing but white space.
    #[error("text is empty")]
    Empty,
    /// Too many Unicode scalar values.
    #[error("text has {actual} characters, at most {max} are allowed")]
    TooLong {
        /// Characters given.
        actual: usize,
        /// Characters allowed.
        max: usize,
    },
    /// Contains a control character.
    #[error("text contains a control character")]
    ControlCharacter,
}

/// Trims, brings to Unicode NFC and checks a line of text: 1 to `max` characters, no control
/// characters.
///
/// # Errors
/// [`TextError`].
pub fn line(s: &str, max: usize) -> Result<String, TextError> {
    let trimmed = s.trim();
    if trimmed.is_empty() {
        return Err(TextError::Empty);
    }
    let actual = trimmed.chars().count();
    if actual > max {
        return Err(TextError::TooLong { actual, max });
    }
    if trimmed.chars().any(char::is_control) {
        return Err(TextError::ControlCharacter);
    }
    Ok(if is_nfc(trimmed) { trimmed.to_owned() } else { trimmed.nfc().collect() })
}

/// As [`line()`], but empty is allowed, and so are line feeds and tabs.
///
/// # Errors
/// [`TextError::TooLong`], [`TextError::ControlCharacter`].
pub fn paragraph(s: &str, max: usize) -> Result<String, TextError> {
    let trimmed = s.trim();
    let actual = trimmed.chars().count();
    if actual > max {
        return Err(TextError::TooLong { actual, max });
    }
    if trimmed.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(TextError::ControlCharacter);
    }
    Ok(if is_nfc(trimmed) { trimmed.to_owned() } else { trimmed.nfc().collect() })
}
