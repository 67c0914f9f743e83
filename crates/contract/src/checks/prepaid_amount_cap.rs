//! One charge for non-subject training stays within an amount. Subject training has guided prices
//! instead.

use kernel::{RuleId, Violation};
use policy::Policy;

use super::{Charge, Teaching};

/// All money of the charge.
pub(super) fn check(teaching: &Teaching, charge: &Charge, policy: &Policy) -> Option<Violation> {
    let cap = policy.prepaid_amount_max.in_force().filter(|cap| cap.value.categories.cover(teaching.category))?;
    if charge.price.is_some_and(|price| price <= cap.value.fen) {
        return None;
    }
    let actual = charge.price.map_or_else(|| format!("> {}", kernel::Fen::MAX_AMOUNT), |price| price.to_string());
    Some(
        Violation::of(RuleId::PrepaidAmountCap)
            .with(cap.value.fen, actual)
            .source(&cap.source)
            .field(charge.price_field),
    )
}
