//! WC-01 (exact): gift hours share the unit price when the institution fails.

use contract::RefundCause::{Consumer, Institution};
use contract::refund::RefundBasis;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_01_gift_hours_share_the_price() {
    let lots = || vec![lot("68", "10", 1_768_000, None)];
    let institution = answer(&facts(Institution, lots(), "17.5"));
    assert_eq!(fen(&institution), 1_371_333);
    assert_eq!(institution.sum.basis, RefundBasis::DiscountedPrice);
    assert!(institution.alternatives.is_empty(), "without gift hours is no answer where the institution fails");
    // The judgment prints whole yuan.
    assert_eq!(fen(&institution) / 100, 13_713);
    // For the consumer's own reasons gift hours are open: both sums are shown.
    let consumer = answer(&facts(Consumer, lots(), "17.5"));
    let mut sums: Vec<i64> = consumer.alternatives.iter().map(|a| a.sum.amount.fen()).collect();
    sums.push(fen(&consumer));
    sums.sort_unstable();
    assert_eq!(sums, [1_313_000, 1_371_333]);
}
