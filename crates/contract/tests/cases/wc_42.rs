//! WC-42 (exact): Wuxi floats by 5 %, its province by 10 %; the city overrides, and what it does not
//! say is the province's.

use contract::{PriceQuestion, guided_price};
use kernel::Mode::{self, Offline, Online};

use crate::common::policy;

fn cap(region: &str, mode: Mode, class_size: u32, minutes: u16) -> i64 {
    let asked = PriceQuestion { mode, class_size, minutes, area: None };
    guided_price(&policy(region, "2022-06-01"), &asked).unwrap().price.cap.fen()
}

#[test]
fn wc_42_the_city_before_the_province() {
    for (pupils, wuxi, jiangsu) in [(36, 2_625, 2_750), (20, 4_200, 4_400), (9, 6_300, 6_600)] {
        assert_eq!(cap("320200", Offline, pupils, 45), wuxi, "Wuxi, {pupils}");
        // A district of the city has the city's; another city the province's.
        assert_eq!(cap("320205", Offline, pupils, 45), wuxi, "a district of Wuxi, {pupils}");
        assert_eq!(cap("320900", Offline, pupils, 45), jiangsu, "Yancheng, {pupils}");
    }
    assert_eq!(cap("320200", Online, 20, 30), 1_650);
}
