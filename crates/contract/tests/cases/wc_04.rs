//! WC-04 (exact): two purchases, two unit prices; a blended price is wrong.

use contract::RefundCause::Institution;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_04_each_purchase_has_its_price() {
    let told = answer(&facts(Institution, vec![lot("40", "0", 600_800, None), lot("80", "0", 1_118_000, None)], "17"));
    assert_eq!(fen(&told), 1_463_460);
    assert_ne!(fen(&told), 1_475_303, "the blended price");
    let deducted: Vec<i64> = told.sum.lines.iter().map(|line| line.amount.fen()).collect();
    assert_eq!(deducted, [600_800, -17 * 15_020, 1_118_000, 0]);
}
