//! WC-06 (exact): the site moved; plain proportion.

use contract::RefundCause::Institution;
use contract::refund::RefundBasis;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_06_plain_proportion() {
    let told = answer(&facts(Institution, vec![lot("50", "0", 1_500_000, None)], "10"));
    assert_eq!((fen(&told), told.sum.basis), (1_200_000, RefundBasis::Proportion));
}
