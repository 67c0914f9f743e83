//! WC-40 (exact): Beijing's guided prices.

use contract::{PriceError, PriceQuestion, guided_price};
use kernel::Mode::{self, Offline, Online};

use crate::common::policy;

fn price(mode: Mode, class_size: u32, minutes: u16) -> (i64, i64) {
    let asked = PriceQuestion { mode, class_size, minutes, area: None };
    let told = guided_price(&policy("110000", "2022-02-21"), &asked).unwrap();
    (told.price.base.fen(), told.price.cap.fen())
}

#[test]
fn wc_40_bands_units_and_float() {
    // A class of 25 that cost 113 may cost 66: 42 % less. An online course of 36 may cost 22: 39 % less.
    assert_eq!(price(Offline, 25, 45), (6_000, 6_600));
    assert_eq!((11_300 - 6_600) * 100 / 11_300, 41);
    assert_eq!(price(Online, 100, 30), (2_000, 2_200));
    assert_eq!(price(Offline, 9, 90), (16_000, 17_600));
    assert_eq!(price(Online, 9, 60), (4_000, 4_400));
    for (pupils, base) in [(1, 8_000), (9, 8_000), (10, 6_000), (35, 6_000), (36, 4_000), (5_000, 4_000)] {
        assert_eq!(price(Offline, pupils, 45).0, base, "{pupils}");
    }
}

#[test]
fn wc_40_the_table_begins_on_its_day() {
    let asked = PriceQuestion { mode: Offline, class_size: 9, minutes: 45, area: None };
    let before = guided_price(&policy("110000", "2022-02-20"), &asked);
    assert!(matches!(before, Err(PriceError::NoTable { .. })), "{before:?}");
    let nobody = PriceQuestion { class_size: 0, ..asked };
    assert!(matches!(guided_price(&policy("110000", "2022-02-21"), &nobody), Err(PriceError::NoClass { .. })));
}
