//! WC-03 (exact): a clause of 50 %, applied to hours including gifts; one rounding, half up.

use contract::RefundCause::{Institution, Neither};
use contract::refund::RefundBasis;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_03_half_of_the_balance() {
    let mut case = facts(Institution, vec![lot("200", "40", 2_090_000, Some(13_000))], "33");
    case.agreed_share = Some("50".parse().unwrap());
    let told = answer(&case);
    assert_eq!(fen(&told), 901_313, "rounding the unit price first gives 901,278, half even 901,312");
    assert_eq!(told.sum.basis, RefundBasis::AgreedShare);
    // The claimant asked for no more; without the clause it would be all of the balance.
    assert_eq!(told.alternatives.iter().map(|a| a.sum.amount.fen()).collect::<Vec<_>>(), [1_802_625]);
    case.agreed_share = None;
    assert_eq!(fen(&answer(&case)), 1_802_625);
    // Where nobody is at fault there is no breach that a deduction could answer.
    case.cause = Neither;
    case.agreed_share = Some("50".parse().unwrap());
    assert_eq!(fen(&answer(&case)), 1_802_625);
}
