//! WC-62: no debt by a refund (法释〔2025〕4号 art. 20).

use contract::RefundCause::Consumer;
use contract::refund::RefundRule;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_62_nothing_is_owed_by_the_consumer() {
    let told = answer(&facts(Consumer, vec![lot("20", "0", 400_000, Some(30_000))], "14"));
    assert_eq!(fen(&told), 0);
    let forgiven = told.sum.lines.iter().find(|line| line.rule == RefundRule::NoDebt).unwrap();
    assert_eq!(forgiven.amount.fen(), 20_000);
}

#[test]
fn wc_62_a_debt_in_one_purchase_does_not_eat_the_next() {
    let lots = vec![lot("20", "0", 400_000, Some(30_000)), lot("10", "0", 200_000, None)];
    assert_eq!(fen(&answer(&facts(Consumer, lots, "14"))), 200_000);
}
