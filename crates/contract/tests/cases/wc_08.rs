//! WC-08 (exact): health, no discount; the clause that keeps 30 % is void.

use contract::RefundCause::{Consumer, Neither};

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_08_the_thirty_per_cent_are_not_kept() {
    let lots = || vec![lot("144", "0", 4_608_000, Some(32_000))];
    for cause in [Neither, Consumer] {
        let told = answer(&facts(cause, lots(), "78"));
        assert_eq!(fen(&told), 2_112_000);
        assert!(told.alternatives.is_empty());
    }
    let mut with_clause = facts(Neither, lots(), "78");
    with_clause.agreed_share = Some("70".parse().unwrap());
    let told = answer(&with_clause);
    assert_eq!(fen(&told), 2_112_000);
    assert_ne!(fen(&told), 1_478_400);
}
