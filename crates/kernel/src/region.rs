//! Administrative division codes (GB/T 2260): two digits province, two city, two county.

use std::fmt;
use std::str::FromStr;

/// A six-digit division code whose province exists: `330000` a province, `330500` a city,
/// `330502` a county.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(u32);

/// The text is not a division code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an administrative division code (GB/T 2260, six digits)")]
pub struct RegionCodeError;

/// First two digits of the 34 provincial divisions, GB/T 2260-2007.
const PROVINCES: [u32; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

impl RegionCode {
    const fn province_part(self) -> u32 {
        self.0 / 10_000
    }

    /// The division above: county → city, city → province, province → none.
    pub fn parent(self) -> Option<RegionCode> {
        if self.0.is_multiple_of(10_000) {
            None
        } else if self.0.is_multiple_of(100) {
            Some(RegionCode(self.province_part().saturating_mul(10_000)))
        } else {
            Some(RegionCode((self.0 / 100).saturating_mul(100)))
        }
    }

    /// Is `other` this division or below it?
    pub fn contains(self, other: RegionCode) -> bool {
        if self.0.is_multiple_of(10_000) {
            self.province_part() == other.province_part()
        } else if self.0.is_multiple_of(100) {
            self.0 / 100 == other.0 / 100
        } else {
            self == other
        }
    }

    /// This division, then each above it up to the province.
    pub fn and_above(self) -> impl Iterator<Item = RegionCode> {
        std::iter::successors(Some(self), |r| r.parent())
    }

    /// Under the mainland's law on tutoring? Taiwan, Hong Kong and Macau are not.
    pub const fn is_mainland(self) -> bool {
        self.province_part() < 71
    }

    /// The lowest level, the one that licenses and supervises?
    pub fn is_county(self) -> bool {
        !self.0.is_multiple_of(100)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;
    fn from_str(s: &str) -> Result<Self, RegionCodeError> {
        if s.len() != 6 || !s.bytes().all(|b| b.is_ascii_digit()) {
            return Err(RegionCodeError);
        }
        let code = RegionCode(s.parse().map_err(|_| RegionCodeError)?);
        let county_without_city = code.is_county() && (code.0 / 100).is_multiple_of(100);
        if PROVINCES.contains(&code.province_part()) && !county_without_city { Ok(code) } else { Err(RegionCodeError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(s: &str) -> RegionCode {
        s.parse().unwrap()
    }

    #[test]
    fn hierarchy() {
        let chain: Vec<String> = region("330502").and_above().map(|r| r.to_string()).collect();
        assert_eq!(chain, ["330502", "330500", "330000"]);
        assert!(region("330500").contains(region("330502")));
        assert!(region("330000").contains(region("330502")));
        assert!(!region("330502").contains(region("330500")));
        assert!(!region("330502").contains(region("330503")));
        assert!(!region("320000").contains(region("330502")));
    }

    #[test]
    fn refuses() {
        for bad in ["", "33050", "3305022", "993302", "33050a", "330002", "３３０５０２"] {
            assert!(bad.parse::<RegionCode>().is_err(), "{bad}");
        }
    }
}
