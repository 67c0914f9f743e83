//! Class hours (课时), exact to a hundredth: court cases have 17.5, 191.5 and 58.5 hours.

use std::fmt;
use std::str::FromStr;

/// A non-negative number of class hours, kept in hundredths of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassHours(i64);

/// Why a text or number is not class hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassHoursError {
    /// Not a decimal number with at most two decimals, or a negative one.
    #[error("not a number of class hours with at most two decimals")]
    NotHours,
    /// More than [`ClassHours::MAX_HUNDREDTHS`].
    #[error("more than 10,000 class hours")]
    TooMany,
    /// A difference below zero.
    #[error("fewer class hours than needed")]
    Negative,
}

impl ClassHours {
    /// None.
    pub const ZERO: ClassHours = ClassHours(0);
    /// 10,000 hours, in hundredths: above any contract, below any overflow.
    pub const MAX_HUNDREDTHS: i64 = 1_000_000;

    /// From hundredths of an hour, 0 to [`ClassHours::MAX_HUNDREDTHS`].
    ///
    /// # Errors
    /// [`ClassHoursError::Negative`], [`ClassHoursError::TooMany`].
    pub const fn try_from_hundredths(hundredths: i64) -> Result<ClassHours, ClassHoursError> {
        if hundredths < 0 {
            Err(ClassHoursError::Negative)
        } else if hundredths > Self::MAX_HUNDREDTHS {
            Err(ClassHoursError::TooMany)
        } else {
            Ok(ClassHours(hundredths))
        }
    }

    /// Hundredths of an hour.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// No hours at all?
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`.
    ///
    /// # Errors
    /// [`ClassHoursError::TooMany`].
    pub fn checked_add(self, other: ClassHours) -> Result<ClassHours, ClassHoursError> {
        Self::try_from_hundredths(self.0.saturating_add(other.0))
    }

    /// `self - other`.
    ///
    /// # Errors
    /// [`ClassHoursError::Negative`].
    pub fn checked_sub(self, other: ClassHours) -> Result<ClassHours, ClassHoursError> {
        Self::try_from_hundredths(self.0.saturating_sub(other.0))
    }

    /// The sum of many.
    ///
    /// # Errors
    /// [`ClassHoursError::TooMany`].
    pub fn try_sum(hours: impl IntoIterator<Item = ClassHours>) -> Result<ClassHours, ClassHoursError> {
        hours.into_iter().try_fold(ClassHours::ZERO, ClassHours::checked_add)
    }
}

/// Canonical text: no trailing zeros, `17.5`, `60`, `0.25`.
impl fmt::Display for ClassHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        if part == 0 {
            write!(f, "{whole}")
        } else if part % 10 == 0 {
            write!(f, "{whole}.{}", part / 10)
        } else {
            write!(f, "{whole}.{part:02}")
        }
    }
}

/// Accepts `17`, `17.5`, `17.50`; refuses signs, exponents, a third decimal, leading zeros.
impl FromStr for ClassHours {
    type Err = ClassHoursError;
    fn from_str(s: &str) -> Result<Self, ClassHoursError> {
        let (whole, part) = s.split_once('.').unwrap_or((s, "0"));
        if part.is_empty() || part.len() > 2 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ClassHoursError::NotHours);
        }
        let whole = crate::text::canonical_u64(whole).ok_or(ClassHoursError::NotHours)?;
        let tenths = i64::from_str(part).map_err(|_| ClassHoursError::NotHours)?;
        let part = if part.len() == 1 { tenths.saturating_mul(10) } else { tenths };
        let whole = i64::try_from(whole).map_err(|_| ClassHoursError::TooMany)?;
        Self::try_from_hundredths(whole.saturating_mul(100).saturating_add(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, hundredths, canonical) in [
            ("17.5", 1750, "17.5"),
            ("17.50", 1750, "17.5"),
            ("0.25", 25, "0.25"),
            ("60", 6000, "60"),
            ("0", 0, "0"),
            ("0.05", 5, "0.05"),
        ] {
            let hours: ClassHours = text.parse().unwrap();
            assert_eq!(hours.hundredths(), hundredths);
            assert_eq!(hours.to_string(), canonical);
        }
    }

    #[test]
    fn refuses_everything_else() {
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1.005", "01", "1,5", "１", "NaN"] {
            assert_eq!(bad.parse::<ClassHours>(), Err(ClassHoursError::NotHours), "{bad}");
        }
        assert_eq!("10000.01".parse::<ClassHours>(), Err(ClassHoursError::TooMany));
        assert_eq!("99999999999999999999".parse::<ClassHours>(), Err(ClassHoursError::NotHours));
    }
}
