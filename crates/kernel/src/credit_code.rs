//! Unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters, the last a check
//! character.

use std::fmt;
use std::str::FromStr;

/// A credit code whose check character is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; 18]);

/// Why a text is not a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters of the code's alphabet (digits and capitals without I, O, S, V, Z).
    #[error("not 18 characters of 0-9 and A-Z without I, O, S, V, Z")]
    Malformed,
    /// The check character does not fit the rest.
    #[error("check character is {actual}, {expected} would fit")]
    CheckCharacter {
        /// The last character as given.
        actual: char,
        /// The character that the first 17 require.
        expected: char,
    },
}

/// GB 32100-2015, table of values: index = value.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

fn value(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|&b| b == byte).and_then(|p| u32::try_from(p).ok())
}

/// The check character for 17 characters: `31 - Σ value × 3^(i-1) mod 31`, modulo 31.
fn check_character(body: &[u8]) -> Option<u8> {
    let mut weight: u32 = 1;
    let mut sum: u32 = 0;
    for &byte in body {
        sum = sum.checked_add(value(byte)?.checked_mul(weight)?)? % 31;
        weight = weight.checked_mul(3)? % 31;
    }
    let check = 31_u32.checked_sub(sum)? % 31;
    ALPHABET.get(usize::try_from(check).ok()?).copied()
}

impl CreditCode {
    /// The code of 17 characters with the check character that they require; for making synthetic
    /// codes.
    ///
    /// # Errors
    /// [`CreditCodeError::Malformed`].
    pub fn complete(body: &str) -> Result<CreditCode, CreditCodeError> {
        let check = check_character(body.as_bytes()).ok_or(CreditCodeError::Malformed)?;
        format!("{body}{}", char::from(check)).parse()
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&b| fmt::Write::write_char(f, char::from(b)))
    }
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;
    fn from_str(s: &str) -> Result<Self, CreditCodeError> {
        let bytes: [u8; 18] = s.as_bytes().try_into().map_err(|_| CreditCodeError::Malformed)?;
        let (body, last) = (bytes.get(..17).unwrap_or_default(), bytes[17]);
        let expected = check_character(body).ok_or(CreditCodeError::Malformed)?;
        if value(last).is_none() {
            Err(CreditCodeError::Malformed)
        } else if last == expected {
            Ok(CreditCode(bytes))
        } else {
            Err(CreditCodeError::CheckCharacter { actual: char::from(last), expected: char::from(expected) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_codes_hold() {
        // Well-known public codes: Alibaba (China), Tencent (Shenzhen).
        for code in ["91330100799655058B", "9144030071526726XG"] {
            assert_eq!(code.parse::<CreditCode>().unwrap().to_string(), code);
        }
    }

    #[test]
    fn every_single_wrong_character_is_found() {
        let good = CreditCode::complete("52330502MJ8719001").unwrap().to_string();
        for i in 0..18 {
            for &other in ALPHABET {
                let mut bytes = good.clone().into_bytes();
                if bytes[i] != other {
                    bytes[i] = other;
                    assert!(String::from_utf8(bytes).unwrap().parse::<CreditCode>().is_err());
                }
            }
        }
    }

    #[test]
    fn malformed() {
        for bad in ["", "91330100799655058", "91330100799655058b", "91330100799655058O", "9133010079965505８B"] {
            assert_eq!(bad.parse::<CreditCode>(), Err(CreditCodeError::Malformed), "{bad}");
        }
    }
}
