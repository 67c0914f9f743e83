//! The agreed time to pay back is not longer than the rule. One blank of the model contract serves
//! for refunds before and after the first lesson, so the longer of the two terms is the limit here;
//! the clock of each refund takes its own term.

use kernel::{DayCount, RuleId, Violation};
use policy::Policy;

use crate::Terms;

/// The blank "days to pay back", calendar days.
pub(super) fn check(terms: &Terms, policy: &Policy) -> Option<Violation> {
    let terms_of_law = [&policy.refund_pay_back_before_start, &policy.refund_pay_back_after_start];
    let longer =
        terms_of_law.into_iter().filter_map(policy::Setting::in_force).max_by_key(|r| at_least_days(r.value))?;
    let limit = at_least_days(longer.value);
    (terms.refund_terms.pay_back_days > limit).then(|| {
        Violation::of(RuleId::RefundPayBackMax)
            .with(limit, terms.refund_terms.pay_back_days)
            .source(&longer.source)
            .field("refund_terms.pay_back_days")
    })
}

/// Calendar days that a term has at the least, so that no agreed number of days can pass it:
/// working days are at least as many calendar days, months at least 28 days each.
const fn at_least_days(term: DayCount) -> u16 {
    match term {
        DayCount::Days(n) | DayCount::WorkingDays(n) => n,
        DayCount::Months(n) => n.saturating_mul(28),
    }
}
