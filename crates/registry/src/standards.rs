//! How many people and how much room an institution needs: shares of staff and pupils rounded up,
//! places rounded down. The shares and areas are policy.

/// At least so many of `all` where at least `percent` of them are asked for.
pub const fn at_least(percent: u16, all: u32) -> u32 {
    // Both factors are widened, so the product fits.
    (all as u64).saturating_mul(percent as u64).div_ceil(100) as u32
}

/// Pupils who may be present at once in `square_metres` of teaching rooms; none where a pupil needs
/// no room at all.
pub const fn places(square_metres: u32, per_pupil: u32) -> Option<u32> {
    square_metres.checked_div(per_pupil)
}

/// Do teaching rooms take at least `numerator/denominator` of the floor?
pub const fn has_teaching_share(teaching: u32, floor: u32, numerator: u16, denominator: u16) -> bool {
    (teaching as u64).saturating_mul(denominator as u64) >= (floor as u64).saturating_mul(numerator as u64)
}
