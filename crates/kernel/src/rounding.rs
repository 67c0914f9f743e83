//! The only place where a fraction becomes fen. Exact arithmetic first, one rounding at the end:
//! printed court awards are reproduced by rounding the result half up, not the unit price
//! (domain facts 0.2; cases WC-01, WC-03, WC-04).

use rust_decimal::Decimal;

use crate::{ClassHours, Exact, Fen, fen::FenError};

/// `amount × part / whole`, rounded half up (away from zero for the half) to one fen.
/// The odd fen goes to whoever receives the result.
///
/// # Errors
/// [`FenError::Overflow`] when `whole` is zero or the result does not fit.
pub fn proportion_half_up(amount: Fen, part: ClassHours, whole: ClassHours) -> Result<Fen, FenError> {
    half_up(
        i128::from(amount.fen()).checked_mul(i128::from(part.hundredths())).ok_or(FenError::Overflow)?,
        i128::from(whole.hundredths()),
    )
}

/// `amount × part / whole` of an amount that is not negative, rounded down to one fen: the odd fen
/// stays with the rest, so that parts taken one after another never exceed the part of them all.
///
/// # Errors
/// [`FenError::Overflow`] when `whole` is zero or the result does not fit.
pub fn proportion_down(amount: Fen, part: ClassHours, whole: ClassHours) -> Result<Fen, FenError> {
    let numerator = i128::from(amount.fen()).checked_mul(i128::from(part.hundredths())).ok_or(FenError::Overflow)?;
    let quotient = numerator.checked_div_euclid(i128::from(whole.hundredths())).ok_or(FenError::Overflow)?;
    i64::try_from(quotient).map(Fen::new).map_err(|_| FenError::Overflow)
}

/// `numerator / denominator` fen, rounded half away from zero.
///
/// # Errors
/// [`FenError::Overflow`] when the denominator is not positive or the result does not fit.
pub fn half_up(numerator: i128, denominator: i128) -> Result<Fen, FenError> {
    if denominator <= 0 {
        return Err(FenError::Overflow);
    }
    let twice = numerator.unsigned_abs().checked_mul(2).ok_or(FenError::Overflow)?;
    let denominator = denominator.unsigned_abs();
    let rounded = twice
        .checked_add(denominator)
        .and_then(|n| n.checked_div(denominator.checked_mul(2)?))
        .ok_or(FenError::Overflow)?;
    let rounded = i64::try_from(rounded).map_err(|_| FenError::Overflow)?;
    Ok(Fen::new(if numerator < 0 { rounded.checked_neg().ok_or(FenError::Overflow)? } else { rounded }))
}

/// An exact number of fen, rounded half away from zero.
///
/// # Errors
/// [`FenError::Overflow`] when the result does not fit.
pub fn exact_half_up(fen: &Exact) -> Result<Fen, FenError> {
    let (numerator, denominator) = fen.parts();
    let twice = |n: &num_bigint::BigInt| std::ops::Mul::mul(n, 2_i32);
    // floor((2n + d) / 2d) rounds a positive half up; a negative number is mirrored.
    let magnitude = num_bigint::BigInt::from(numerator.magnitude().clone());
    let rounded = std::ops::Add::add(twice(&magnitude), denominator)
        .checked_div(&twice(denominator))
        .and_then(|n| i64::try_from(n).ok())
        .ok_or(FenError::Overflow)?;
    let rounded = Fen::new(rounded);
    if fen.is_negative() { rounded.checked_neg() } else { Ok(rounded) }
}

/// An amount shared in proportion to whole numbers, exactly: every share is rounded down to one fen, and
/// the odd fen go one by one to the shares that lost most by it, the first of equals first. The shares add
/// up to the amount.
///
/// # Errors
/// [`FenError::Overflow`] when the amount or a weight is negative, all weights are zero, or a product
/// does not fit.
pub fn largest_remainder(amount: Fen, weights: &[i128]) -> Result<Vec<Fen>, FenError> {
    let total = weights.iter().try_fold(0_i128, |sum, weight| sum.checked_add(*weight)).ok_or(FenError::Overflow)?;
    if amount.is_negative() || total <= 0 || weights.iter().any(|weight| *weight < 0) {
        return Err(FenError::Overflow);
    }
    let mut odd = amount;
    let mut shares = Vec::with_capacity(weights.len());
    let mut lost = Vec::with_capacity(weights.len());
    for (at, weight) in weights.iter().enumerate() {
        let product = i128::from(amount.fen()).checked_mul(*weight).ok_or(FenError::Overflow)?;
        let whole = product.checked_div(total).ok_or(FenError::Overflow)?;
        let rest = product.checked_rem(total).ok_or(FenError::Overflow)?;
        let share = Fen::new(i64::try_from(whole).map_err(|_| FenError::Overflow)?);
        odd = odd.checked_sub(share)?;
        shares.push(share);
        lost.push((std::cmp::Reverse(rest), at));
    }
    lost.sort_unstable();
    for (_, at) in lost {
        if odd == Fen::ZERO {
            break;
        }
        if let Some(share) = shares.get_mut(at) {
            *share = share.checked_add(Fen::new(1))?;
            odd = odd.checked_sub(Fen::new(1))?;
        }
    }
    Ok(shares)
}

/// The exact price of one hour in fen, for showing only: never rounded, never multiplied back.
/// `None` when there are no hours.
pub fn unit_price_fen(price: Fen, hours: ClassHours) -> Option<Decimal> {
    Decimal::from(price.fen()).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(hours.hundredths()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(s: &str) -> ClassHours {
        s.parse().unwrap()
    }

    #[test]
    fn wc_01_gift_hours_share_the_price() {
        let left = proportion_half_up(Fen::new(1_768_000), hours("60.5"), hours("78")).unwrap();
        assert_eq!(left, Fen::new(1_371_333));
    }

    #[test]
    fn wc_03_one_rounding_half_up() {
        // 20,900.00 × 207 / 240 × 50 %
        assert_eq!(half_up(2_090_000 * 207, 240 * 2).unwrap(), Fen::new(901_313));
    }

    #[test]
    fn half_goes_up_and_zero_whole_is_refused() {
        assert_eq!(half_up(1, 2).unwrap(), Fen::new(1));
        assert_eq!(half_up(-1, 2).unwrap(), Fen::new(-1));
        assert_eq!(half_up(1, 3).unwrap(), Fen::new(0));
        assert_eq!(half_up(1, 0), Err(FenError::Overflow));
        assert_eq!(half_up(i128::MAX, 1), Err(FenError::Overflow));
    }

    #[test]
    fn exact_fractions_round_half_away_from_zero() {
        for (numerator, denominator, fen) in
            [(1, 2, 1), (-1, 2, -1), (1, 3, 0), (-2, 3, -1), (5, 2, 3), (7, 1, 7), (0, 5, 0)]
        {
            let exact = Exact::ratio(numerator, denominator).unwrap();
            assert_eq!(exact_half_up(&exact), Ok(Fen::new(fen)), "{numerator}/{denominator}");
        }
        let huge = Exact::whole(i64::MAX).times(&Exact::whole(2));
        assert_eq!(exact_half_up(&huge), Err(FenError::Overflow));
    }

    #[test]
    fn odd_fen_go_to_the_largest_remainders() {
        let shares = |fen, weights: &[i128]| {
            largest_remainder(Fen::new(fen), weights).map(|all| all.iter().map(|fen| fen.fen()).collect::<Vec<_>>())
        };
        // 100/3 each: one fen is left, and equals go by their order.
        assert_eq!(shares(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
        // 10 × 7/15, 5/15, 3/15 = 4.67, 3.33, 2.00.
        assert_eq!(shares(10, &[7, 5, 3]).unwrap(), [5, 3, 2]);
        assert_eq!(shares(1, &[0, 9, 10]).unwrap(), [0, 0, 1]);
        assert_eq!(shares(0, &[1, 2]).unwrap(), [0, 0]);
        for (fen, weights) in [(1, vec![]), (1, vec![0, 0]), (1, vec![2, -1]), (-1, vec![1]), (2, vec![i128::MAX, 0])] {
            assert_eq!(shares(fen, &weights), Err(FenError::Overflow), "{fen} {weights:?}");
        }
    }

    #[test]
    fn down_leaves_the_odd_fen() {
        assert_eq!(proportion_down(Fen::new(100), hours("2"), hours("3")).unwrap(), Fen::new(66));
        assert_eq!(proportion_down(Fen::new(100), hours("3"), hours("3")).unwrap(), Fen::new(100));
        assert_eq!(proportion_down(Fen::new(100), hours("1"), ClassHours::ZERO), Err(FenError::Overflow));
    }

    #[test]
    fn unit_price_is_exact_for_showing() {
        assert_eq!(unit_price_fen(Fen::new(200_000), hours("24")).unwrap().round_dp(4).to_string(), "8333.3333");
        assert_eq!(unit_price_fen(Fen::new(200_000), ClassHours::ZERO), None);
    }
}
