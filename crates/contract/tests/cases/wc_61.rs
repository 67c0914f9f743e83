//! WC-61: the consumer's own reasons: the price before discount (法释〔2025〕4号 art. 19).

use contract::RefundCause::Consumer;
use contract::refund::RefundBasis;
use kernel::Fen;

use crate::common::{answer, facts, fen, lot};

#[test]
fn wc_61_the_consumer_leaves() {
    let told = answer(&facts(Consumer, vec![lot("20", "0", 400_000, Some(30_000))], "8"));
    assert_eq!((fen(&told), told.sum.basis), (160_000, RefundBasis::ListPrice));
    // The texts conflict: the proportional sum and its source are shown.
    assert_eq!(told.alternatives.len(), 1);
    assert_eq!(told.alternatives[0].sum.amount, Fen::new(240_000));
    assert_ne!(told.alternatives[0].sum.source, told.sum.source);
}

#[test]
fn wc_61_the_market_price_where_the_list_price_is_not_proven() {
    let mut lots = vec![lot("20", "0", 400_000, Some(30_000))];
    lots[0].market_price_per_hour = Some(Fen::new(22_000));
    let told = answer(&facts(Consumer, lots, "8"));
    let market = told.alternatives.iter().find(|a| a.sum.basis == RefundBasis::MarketPrice).unwrap();
    assert_eq!(market.sum.amount, Fen::new(400_000 - 8 * 22_000));
}

#[test]
fn wc_61_a_better_agreement_comes_first() {
    let mut case = facts(Consumer, vec![lot("20", "0", 400_000, Some(30_000))], "8");
    case.agreed_share = Some("100".parse().unwrap());
    let told = answer(&case);
    assert_eq!(fen(&told), 240_000);
    assert_eq!(told.alternatives.iter().map(|a| a.sum.amount.fen()).collect::<Vec<_>>(), [160_000]);
}
