//! WC-32 (exact): a decision before Order 53 deducts nothing; the day of the decision matters.

use contract::penalty::illegal_gains;
use kernel::Fen;

use crate::common::policy;

#[test]
fn wc_32_before_the_order_all_fees_are_gains() {
    let (income, refunded) = (Fen::new(8_378_900), Fen::new(1_000_000));
    for (decided_on, expected) in [("2022-11-11", 8_378_900), ("2023-10-14", 8_378_900), ("2023-10-15", 7_378_900)] {
        let gains = illegal_gains(income, refunded, &policy("370100", decided_on)).unwrap();
        assert_eq!(gains.amount, Fen::new(expected), "{decided_on}");
    }
}
