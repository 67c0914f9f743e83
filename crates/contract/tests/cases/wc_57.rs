//! WC-57: caps as a conjunction: 3 months, 60 hours, and 5,000 yuan outside school subjects.

use contract::{FeeFacts, FeeFields, fee_findings};
use kernel::{Category, ClassHours, Fen, Mode, RuleId, Stage};

use crate::common::{NATION, day, hours, policy};

fn broken(category: Category, last_on: &str, paid: &str, fen: i64) -> Vec<RuleId> {
    let facts = FeeFacts {
        category,
        mode: Mode::Offline,
        stage: Stage::Primary,
        paid_hours: hours(paid),
        gift_hours: ClassHours::ZERO,
        price: Fen::new(fen),
        first_lesson_on: day("2026-03-02"),
        last_lesson_on: day(last_on),
        collected_on: day("2026-02-20"),
        remaining_hours_before: ClassHours::ZERO,
        class: None,
        payment_form: None,
        sessions: Vec::new(),
        fields: FeeFields::OF_CHECK,
    };
    let found = fee_findings(&facts, &policy(NATION, "2026-02-20"), &policy::calendar().unwrap());
    found.violations.into_iter().map(|violation| violation.rule).collect()
}

#[test]
fn wc_57_every_cap_binds() {
    let arts = Category::Arts;
    assert_eq!(broken(arts, "2026-06-02", "60", 500_000), [], "a: 3 months, 60 hours, 5,000");
    assert_eq!(broken(arts, "2026-06-02", "61", 400_000), [RuleId::PrepaidHoursCap], "b: 61 hours");
    assert_eq!(broken(arts, "2026-06-03", "24", 240_000), [RuleId::PrepaidSpanCap], "c: 3 months and a day");
    assert_eq!(broken(arts, "2026-05-02", "48", 500_001), [RuleId::PrepaidAmountCap], "d: 5,000.01");
    // The cap on money is for what is no school subject; where a text prints it generally it is a warning.
    assert_eq!(broken(Category::Subject, "2026-05-02", "48", 500_001), []);
}
