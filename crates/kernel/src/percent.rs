//! Percentages as texts print them: shares, floats, yearly rates.

use std::fmt;
use std::str::FromStr;

/// A percentage from 0 to 1,000 with at most four decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent(i64);

/// The text is not a percentage: not a plain decimal with at most four decimals, or above 1,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a percentage from 0 to 1000 with at most four decimals")]
pub struct PercentError;

impl Percent {
    /// Parts of one per cent that are kept.
    pub const SCALE: i64 = 10_000;
    /// The whole.
    pub const HUNDRED: Percent = Percent(100 * Percent::SCALE);
    /// The largest accepted.
    const MAX: i64 = 1_000 * Percent::SCALE;

    /// Ten-thousandths of one per cent.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }
}

/// Canonical text: no trailing zeros, `3`, `3.45`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / Self::SCALE, self.0 % Self::SCALE);
        if part == 0 {
            write!(f, "{whole}")
        } else {
            write!(f, "{whole}.{}", format!("{part:04}").trim_end_matches('0'))
        }
    }
}

/// Accepts `3`, `3.45`, `3.00`; refuses signs, exponents, leading zeros, a fifth decimal.
impl FromStr for Percent {
    type Err = PercentError;
    fn from_str(s: &str) -> Result<Self, PercentError> {
        let (whole, part) = s.split_once('.').unwrap_or((s, "0"));
        if part.is_empty() || part.len() > 4 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PercentError);
        }
        let whole = crate::text::canonical_u64(whole).and_then(|n| i64::try_from(n).ok()).ok_or(PercentError)?;
        let part: i64 = format!("{part:0<4}").parse().map_err(|_| PercentError)?;
        let value = whole.saturating_mul(Self::SCALE).saturating_add(part);
        if value <= Self::MAX { Ok(Percent(value)) } else { Err(PercentError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, canonical) in
            [("3.00", "3"), ("3.45", "3.45"), ("0.0035", "0.0035"), ("100", "100"), ("1.50", "1.5")]
        {
            assert_eq!(text.parse::<Percent>().unwrap().to_string(), canonical);
        }
        for bad in ["", ".", "1.", ".5", "-1", "+1", "1e3", "1.00005", "01", "1,5", "１", "1000.0001", "3%"] {
            assert_eq!(bad.parse::<Percent>(), Err(PercentError), "{bad}");
        }
    }
}
