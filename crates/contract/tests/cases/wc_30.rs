//! WC-30 (exact): illegal gains less what was already refunded, and five times that.

use contract::penalty::{fine, illegal_gains};
use kernel::Fen;

use crate::common::{NATION, policy};

#[test]
fn wc_30_refunded_fees_are_deducted_owed_ones_are_not() {
    let after = policy("110000", "2025-08-01");
    let gains = illegal_gains(Fen::new(1_583_125_919), Fen::new(237_456_640), &after).unwrap();
    assert_eq!(gains.amount, Fen::new(1_345_669_279));
    // What is still owed to parents (2,680,064.82) deducts nothing: it is no argument at all.
    assert_eq!(fine(gains.amount, 5).unwrap(), Fen::new(6_728_346_395));
    assert!(gains.source.contains("53"), "{}", gains.source);
    assert!(illegal_gains(Fen::new(1), Fen::new(2), &after).is_err());
    assert!(fine(Fen::new(i64::MAX), 2).is_err());
    // A year before the data begins is not guessed.
    assert!(illegal_gains(Fen::new(2), Fen::new(1), &policy(NATION, "2015-01-01")).is_err());
}
