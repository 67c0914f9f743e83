//! Money: integer fen (1/100 yuan), one currency in the whole system.
//! Only checked arithmetic; no `Add`, no `Default`, no serde. Proportions are in [`crate::rounding`].

use std::fmt;
use std::str::FromStr;

/// An amount in fen. May be negative where a caller says so (postings); prices and payments are
/// made with [`Fen::try_positive`] or [`Fen::try_non_negative`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fen(i64);

/// Why a number is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FenError {
    /// The text is not a decimal integer in canonical form (no sign `+`, no leading zeros).
    #[error("not a whole number of fen")]
    NotAnInteger,
    /// The result does not fit 64 bits.
    #[error("amount overflows")]
    Overflow,
    /// Below the smallest value allowed here.
    #[error("amount {actual_fen} fen is below {min_fen}")]
    TooSmall {
        /// What was given, in fen.
        actual_fen: i64,
        /// The smallest value allowed, in fen.
        min_fen: i64,
    },
    /// Above [`Fen::MAX_AMOUNT`].
    #[error("amount {actual_fen} fen is above {max_fen}")]
    TooLarge {
        /// What was given, in fen.
        actual_fen: i64,
        /// The largest value allowed, in fen.
        max_fen: i64,
    },
}

impl Fen {
    /// No money.
    pub const ZERO: Fen = Fen(0);
    /// The largest single amount accepted from outside: one billion yuan, in fen. Far above any
    /// tutoring fee, and far enough below 2^63 that a ledger's sums cannot overflow.
    pub const MAX_AMOUNT: i64 = 100_000_000_000;

    /// An amount as it is, sign included.
    pub const fn new(fen: i64) -> Fen {
        Fen(fen)
    }

    /// A price or payment: from 1 fen to [`Fen::MAX_AMOUNT`].
    ///
    /// # Errors
    /// [`FenError::TooSmall`] or [`FenError::TooLarge`].
    pub const fn try_positive(fen: i64) -> Result<Fen, FenError> {
        Self::try_range(fen, 1)
    }

    /// An amount that may be zero: from 0 to [`Fen::MAX_AMOUNT`].
    ///
    /// # Errors
    /// [`FenError::TooSmall`] or [`FenError::TooLarge`].
    pub const fn try_non_negative(fen: i64) -> Result<Fen, FenError> {
        Self::try_range(fen, 0)
    }

    const fn try_range(fen: i64, min_fen: i64) -> Result<Fen, FenError> {
        if fen < min_fen {
            Err(FenError::TooSmall { actual_fen: fen, min_fen })
        } else if fen > Self::MAX_AMOUNT {
            Err(FenError::TooLarge { actual_fen: fen, max_fen: Self::MAX_AMOUNT })
        } else {
            Ok(Fen(fen))
        }
    }

    /// The number of fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn checked_add(self, other: Fen) -> Result<Fen, FenError> {
        self.0.checked_add(other.0).map(Fen).ok_or(FenError::Overflow)
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn checked_sub(self, other: Fen) -> Result<Fen, FenError> {
        self.0.checked_sub(other.0).map(Fen).ok_or(FenError::Overflow)
    }

    /// `-self`.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn checked_neg(self) -> Result<Fen, FenError> {
        self.0.checked_neg().map(Fen).ok_or(FenError::Overflow)
    }

    /// The sum of many amounts.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn try_sum(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, FenError> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::checked_add)
    }

    /// Below zero?
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// As people write it: `¥1,234.50`.
    pub fn to_yuan(self) -> String {
        let abs = self.0.unsigned_abs();
        let (yuan, fen) = (abs / 100, abs % 100);
        let digits = yuan.to_string();
        let mut grouped = String::with_capacity(digits.len().saturating_add(8));
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && digits.len().saturating_sub(i) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(c);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}¥{grouped}.{fen:02}")
    }
}

/// Canonical text: the integer number of fen, as in ledger entries.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The inverse of `Display`; refuses any other spelling of the same number.
impl FromStr for Fen {
    type Err = FenError;
    fn from_str(s: &str) -> Result<Self, FenError> {
        crate::text::canonical_i64(s).map(Fen).ok_or(FenError::NotAnInteger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_canonical() {
        assert_eq!("-12000".parse(), Ok(Fen::new(-12000)));
        for bad in ["", "+1", "01", "-0", "1.0", "1e3", " 1", "9223372036854775808", "１"] {
            assert_eq!(bad.parse::<Fen>(), Err(FenError::NotAnInteger), "{bad}");
        }
    }

    #[test]
    fn people_see_yuan() {
        assert_eq!(Fen::new(123_450).to_yuan(), "¥1,234.50");
        assert_eq!(Fen::new(-5).to_yuan(), "-¥0.05");
        assert_eq!(Fen::new(100_000_000).to_yuan(), "¥1,000,000.00");
        assert_eq!(Fen::new(i64::MIN).to_yuan(), "-¥92,233,720,368,547,758.08");
    }

    #[test]
    fn bounds_are_inclusive() {
        assert!(Fen::try_positive(0).is_err());
        assert!(Fen::try_positive(1).is_ok());
        assert!(Fen::try_positive(Fen::MAX_AMOUNT).is_ok());
        assert!(Fen::try_positive(Fen::MAX_AMOUNT + 1).is_err());
        assert_eq!(Fen::new(i64::MAX).checked_add(Fen::new(1)), Err(FenError::Overflow));
    }
}
