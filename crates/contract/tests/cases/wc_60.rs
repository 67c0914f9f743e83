//! WC-60: the discount price holds when the institution is at fault (法释〔2025〕4号 art. 18).

use contract::RefundCause::{Institution, Neither};

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_60_the_institution_closes() {
    for cause in [Institution, Neither] {
        assert_eq!(fen(&answer(&facts(cause, vec![lot("20", "0", 400_000, Some(30_000))], "8"))), 240_000);
    }
}
