//! WC-20 (exact): a disguised fee, and first in, first out across two contracts.

use contract::RefundCause::Consumer;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_20_the_miscellaneous_fee_is_not_deducted() {
    let told = answer(&facts(Consumer, vec![lot("128", "0", 2_560_000, None)], "92"));
    assert_eq!(fen(&told), 720_000);
    assert_ne!(fen(&told), 208_000, "what was offered after a fee of 20 % of the price");
}

#[test]
fn wc_20_first_in_first_out_across_contracts() {
    let lots = vec![lot("50", "0", 950_000, None), lot("128", "0", 2_560_000, None)];
    let told = answer(&facts(Consumer, lots, "104"));
    assert_eq!(fen(&told), 1_480_000, "104 = 50 of the first + 54 of the second; 74 × 200.00 are left");
}
