//! One charge for non-subject training stays within an amount. Subject training has guided prices
//! instead.

use kernel::{RuleId, Violation};
use policy::Policy;

use super::{Charge, Teaching};

/// All money of the charge.
pub(super) fn check(teaching: &Teaching, charge: &Charge, policy: &Policy) -> Option<Violation> {
    let cap = &policy.non_subject_amount_max_fen;
    if teaching.category.is_subject() || charge.price.is_some_and(|price| price <= cap.value) {
        return None;
    }
    let actual = charge.price.map_or_else(|| format!("> {}", kernel::Fen::MAX_AMOUNT), |price| price.to_string());
    Some(Violation::of(RuleId::PrepaidAmountCap).with(cap.value, actual).source(&cap.source).field(charge.price_field))
}
