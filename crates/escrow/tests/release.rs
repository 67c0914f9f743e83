//! What may be released on a day: by property, and by the examples of the places.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use escrow::release::{ContractEarned, Mode, Standing, releasable};
use kernel::{Day, Fen};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn contract(lessons: &[(&str, i64)], fee: i64, consumed_on: Option<&str>) -> ContractEarned {
    ContractEarned {
        lessons: lessons.iter().map(|(on, fen)| (day(on), Fen::new(*fen))).collect(),
        fee: Fen::new(fee),
        first_lesson_on: Some(day("2026-09-01")),
        consumed_on: consumed_on.map(day),
    }
}

fn standing(fee: i64, earned: i64, settled: i64) -> Standing {
    Standing {
        custody: Fen::new(fee - settled),
        families: Fen::new(fee - earned),
        payable: Fen::new(earned - settled),
        settling: Fen::ZERO,
        settled: Fen::new(settled),
    }
}

#[test]
fn the_ways_of_the_places() {
    // Two lessons of 1,000, on a Thursday and on the Monday after; a fee of 9,000.
    let taught = [contract(&[("2026-09-17", 1_000), ("2026-09-21", 1_000)], 9_000, None)];
    let now = |mode, on: &str| releasable(mode, &taught, &standing(9_000, 2_000, 0), day(on)).unwrap().fen();
    assert_eq!(now(Mode::PerLesson, "2026-09-21"), 2_000);
    assert_eq!(now(Mode::Weekly, "2026-09-20"), 0, "the week is not over on its Sunday");
    assert_eq!(now(Mode::Weekly, "2026-09-21"), 1_000);
    assert_eq!(now(Mode::Weekly, "2026-09-28"), 2_000);
    assert_eq!(now(Mode::Monthly { parts: 3 }, "2026-09-30"), 0);
    assert_eq!(now(Mode::Monthly { parts: 3 }, "2026-10-01"), 2_000, "no more than is earned");
    assert_eq!(now(Mode::OrderEnd { within: None }, "2026-12-01"), 0, "hours are left");
    assert_eq!(now(Mode::PayAfter, "2026-12-01"), 0);
    let fast = [contract(&[("2026-09-02", 8_000)], 9_000, Some("2026-09-02"))];
    let now = |mode, on: &str| releasable(mode, &fast, &standing(9_000, 8_000, 0), day(on)).unwrap().fen();
    assert_eq!(now(Mode::Monthly { parts: 3 }, "2026-10-01"), 3_000, "one part of three");
    assert_eq!(now(Mode::Monthly { parts: 3 }, "2026-11-01"), 6_000);
    assert_eq!(now(Mode::OrderEnd { within: None }, "2026-09-02"), 8_000);
    assert_eq!(now(Mode::OrderEnd { within: None }, "2026-09-01"), 0);
}

#[test]
fn a_shortfall_stops_what_would_leave_families_uncovered() {
    let taught = [contract(&[("2026-09-17", 1_000)], 9_000, None)];
    let mut short = standing(9_000, 1_000, 0);
    short.custody = Fen::new(8_400);
    assert_eq!(releasable(Mode::Batch, &taught, &short, day("2026-10-01")).unwrap().fen(), 400);
}

fn mode() -> impl Strategy<Value = Mode> {
    prop_oneof![
        Just(Mode::PerLesson),
        Just(Mode::Weekly),
        (1_u16..12).prop_map(|parts| Mode::Monthly { parts }),
        Just(Mode::OrderEnd { within: None }),
        Just(Mode::Batch),
        Just(Mode::PayAfter),
    ]
}

proptest! {
    /// However money is released, day after day: never more than is earned, families stay covered, and
    /// nothing that was let go is taken back by a later day.
    #[test]
    fn released_money_was_earned_and_families_stay_covered(
        mode in mode(),
        lessons in proptest::collection::vec((0_i32..120, 1_i64..5_000), 0..20),
        extra in 0_i64..50_000,
        runs in proptest::collection::vec(0_i32..200, 1..12),
    ) {
        let first = day("2026-09-01");
        let total: i64 = lessons.iter().map(|(_, fen)| fen).sum();
        let fee = total + extra;
        let mut runs = runs;
        runs.sort_unstable();
        let mut settled = 0_i64;
        for run in runs {
            let today = first.plus_days(run).unwrap();
            let taught: Vec<(Day, Fen)> = lessons
                .iter()
                .filter(|(on, _)| *on <= run)
                .map(|(on, fen)| (first.plus_days(*on).unwrap(), Fen::new(*fen)))
                .collect();
            let earned: i64 = taught.iter().map(|(_, fen)| fen.fen()).sum();
            let consumed_on = (extra == 0 && earned == total).then_some(today);
            let contracts =
                [ContractEarned { lessons: taught, fee: Fen::new(fee), first_lesson_on: Some(first), consumed_on }];
            let before = standing(fee, earned, settled);
            let amount = releasable(mode, &contracts, &before, today).unwrap().fen();
            prop_assert!(amount >= 0);
            settled += amount;
            prop_assert!(settled <= earned, "{settled} of {earned}");
            prop_assert!(fee - settled >= fee - earned, "families are covered");
        }
        if matches!(mode, Mode::PayAfter) {
            prop_assert_eq!(settled, 0);
        }
    }
}
