//! WC-51: after a batch release the supervised balance still covers what is not yet taught (Jiangsu).

use escrow::reserve::releasable;
use kernel::Fen;

#[test]
fn wc_51_the_balance_covers_what_is_undelivered() {
    let (collected, consumed, released) = (30_000_000, 11_000_000, 9_000_000);
    let limit = releasable(Fen::new(collected - released), Fen::new(collected - consumed)).unwrap();
    assert_eq!(limit, Fen::new(2_000_000));
    assert!(Fen::new(2_000_001) > limit);
    assert_eq!(releasable(Fen::new(100), Fen::new(101)).unwrap(), Fen::ZERO);
}
