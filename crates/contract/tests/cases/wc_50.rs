//! WC-50: the floor of a risk deposit: all pupils' fees of one charging cycle.

use escrow::reserve::deposit_floor;
use kernel::Fen;

#[test]
fn wc_50_one_cycle_of_all_pupils() {
    let fees = || std::iter::repeat_n(240_000, 80).chain(std::iter::repeat_n(360_000, 40)).map(Fen::new);
    assert_eq!(deposit_floor(fees(), Fen::ZERO).unwrap(), Fen::new(33_600_000));
    // A refund of 1,200.00 lowers it at the next adjustment …
    let after = fees().take(119).chain([Fen::new(240_000)]);
    assert_eq!(deposit_floor(after.clone(), Fen::new(20_000_000)).unwrap(), Fen::new(33_480_000));
    // … never below what is not yet taught.
    assert_eq!(deposit_floor(after, Fen::new(33_500_000)).unwrap(), Fen::new(33_500_000));
}
