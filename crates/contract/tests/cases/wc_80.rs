//! WC-80: arithmetic of staff and rooms.

use policy::types::PremisesKind;
use registry::standards::{at_least, has_teaching_share, places};

use crate::common::{NATION, policy};

#[test]
fn wc_80_staff_is_rounded_up() {
    let nation = policy(NATION, "2026-09-01");
    let percent = |setting: &policy::Setting<u16>| setting.in_force().unwrap().value;
    assert_eq!(at_least(percent(&nation.full_time_staff_min_percent), 19), 10);
    let class = percent(&nation.class_teachers_min_percent);
    assert_eq!([at_least(class, 50), at_least(class, 51)], [1, 2]);
    let preschool = percent(&nation.class_teachers_preschool_min_percent);
    assert_eq!([at_least(preschool, 16), at_least(preschool, 17)], [1, 2]);
}

#[test]
fn wc_80_places_are_rounded_down() {
    let anhui = policy("340000", "2026-09-01");
    let areas = &anhui.area_per_pupil_min.in_force().unwrap().value;
    let per_pupil = |kind| *areas.of(kind).unwrap();
    assert_eq!(places(200, per_pupil(PremisesKind::Arts)), Some(66));
    assert_eq!(places(200, per_pupil(PremisesKind::Dance)), Some(33));
    assert_eq!(places(200, 0), None);
    let share = &anhui.teaching_area_share_min.in_force().unwrap().value;
    assert!(has_teaching_share(200, 300, share.numerator, share.denominator));
    assert!(!has_teaching_share(199, 300, share.numerator, share.denominator));
}
