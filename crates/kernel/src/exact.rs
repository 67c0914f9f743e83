//! Exact fractions for sums that are rounded once, at the end ([`crate::rounding::exact_half_up`]).
//! Nothing here rounds, and nothing can overflow: numerators and denominators grow as they must.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{CheckedDiv, Zero};

use crate::{ClassHours, Fen, Percent};

/// An exact fraction.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(BigRational);

impl Exact {
    /// Nothing.
    pub fn zero() -> Exact {
        Exact(BigRational::zero())
    }

    /// A whole number.
    pub fn whole(n: i64) -> Exact {
        Exact(BigRational::from_integer(BigInt::from(n)))
    }

    /// `numerator / denominator`; none when the denominator is zero.
    pub fn ratio(numerator: i64, denominator: i64) -> Option<Exact> {
        (denominator != 0).then(|| Exact(BigRational::new(BigInt::from(numerator), BigInt::from(denominator))))
    }

    /// An amount, in fen.
    pub fn fen(amount: Fen) -> Exact {
        Exact::whole(amount.fen())
    }

    /// Class hours, in hours.
    pub fn hours(hours: ClassHours) -> Exact {
        Exact(BigRational::new(BigInt::from(hours.hundredths()), BigInt::from(100)))
    }

    /// A percentage as a fraction: 50 % is one half.
    pub fn percent(percent: Percent) -> Exact {
        Exact(BigRational::new(BigInt::from(percent.ten_thousandths()), BigInt::from(Percent::SCALE * 100)))
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Exact) -> Exact {
        Exact(std::ops::Add::add(&self.0, &other.0))
    }

    /// `self - other`.
    #[must_use]
    pub fn minus(&self, other: &Exact) -> Exact {
        Exact(std::ops::Sub::sub(&self.0, &other.0))
    }

    /// `self × other`.
    #[must_use]
    pub fn times(&self, other: &Exact) -> Exact {
        Exact(std::ops::Mul::mul(&self.0, &other.0))
    }

    /// `self / other`; none when `other` is zero.
    pub fn over(&self, other: &Exact) -> Option<Exact> {
        self.0.checked_div(&other.0).map(Exact)
    }

    /// Below zero?
    pub fn is_negative(&self) -> bool {
        self.cmp(&Exact::zero()) == Ordering::Less
    }

    /// Numerator and denominator in lowest terms, the denominator positive.
    pub(crate) fn parts(&self) -> (&BigInt, &BigInt) {
        (self.0.numer(), self.0.denom())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_stay_exact() {
        let third = Exact::ratio(1, 3).unwrap();
        let sum = third.plus(&third).plus(&third);
        assert_eq!(sum, Exact::whole(1));
        assert_eq!(third.times(&Exact::whole(3)), Exact::whole(1));
        assert_eq!(Exact::whole(1).over(&Exact::zero()), None);
        assert_eq!(Exact::ratio(1, 0), None);
        assert!(Exact::zero().minus(&third).is_negative());
        assert_eq!(Exact::percent("50".parse().unwrap()), Exact::ratio(1, 2).unwrap());
        assert_eq!(Exact::hours("17.5".parse().unwrap()), Exact::ratio(35, 2).unwrap());
    }
}
