//! The order of payment when an institution ends (民办教育促进法 59): first what families are to get back,
//! then wages and social insurance, then other debts.

use kernel::Fen;
use kernel::fen::FenError;

/// What is owed, by rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Fees to be refunded.
    pub families: Fen,
    /// Wages and social insurance.
    pub wages: Fen,
    /// Other debts.
    pub others: Fen,
}

/// What each rank gets, and what is left over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares {
    /// For families.
    pub families: Fen,
    /// For wages and social insurance.
    pub wages: Fen,
    /// For other debts.
    pub others: Fen,
    /// For nobody.
    pub left: Fen,
}

/// Shares `resources` out by rank: a rank gets something only when the one before it is paid in full.
/// Money in custody is the families' and is not touched by others: `custody` pays families alone.
///
/// # Errors
/// [`FenError::Overflow`].
pub fn shares(custody: Fen, resources: Fen, claims: &Claims) -> Result<Shares, FenError> {
    let from_custody = custody.min(claims.families);
    let still = claims.families.checked_sub(from_custody)?;
    let mut left = resources;
    let mut take = |claim: Fen| -> Result<Fen, FenError> {
        let paid = claim.min(left);
        left = left.checked_sub(paid)?;
        Ok(paid)
    };
    let families = from_custody.checked_add(take(still)?)?;
    let (wages, others) = (take(claims.wages)?, take(claims.others)?);
    Ok(Shares { families, wages, others, left })
}
