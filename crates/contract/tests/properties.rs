//! Properties of the refund calculator that hold for every contract: never above what was paid,
//! monotone in the hours used, indifferent to how a purchase is cut, lines that add up.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::sync::LazyLock;

use contract::refund::{
    LotFacts, Pass, Prepaid, Rates, RefundAnswer, RefundCause, RefundFacts, RefundLaw, StoredValue, refund,
};
use kernel::{Calendar, ClassHours, Day, Fen};
use policy::PolicySet;
use proptest::prelude::*;

fn hundredths(n: i64) -> ClassHours {
    ClassHours::try_from_hundredths(n).unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

static SET: LazyLock<PolicySet> = LazyLock::new(|| PolicySet::shipped().unwrap());

fn law(region: &str, on: &str) -> RefundLaw {
    RefundLaw::of(&SET.resolve_known(region.parse().unwrap(), day(on))).unwrap()
}

fn ask(cause: RefundCause, prepaid: Prepaid, share: Option<&str>) -> RefundFacts {
    RefundFacts {
        cause,
        prepaid,
        paid_on: day("2025-06-01"),
        requested_on: day("2025-09-16"),
        first_lesson_on: Some(day("2025-06-14")),
        same_service_before: Some(true),
        agreed_share: share.map(|share| share.parse().unwrap()),
        agreed_full_refund: None,
        rates: Rates::default(),
        interest_from_on: None,
        interest_until_on: None,
    }
}

fn answer(facts: &RefundFacts, law: &RefundLaw) -> RefundAnswer {
    refund(facts, law, &Calendar::default()).unwrap()
}

fn causes() -> impl Strategy<Value = RefundCause> {
    prop::sample::select(RefundCause::ALL)
}

prop_compose! {
    fn lot()(paid in 1..=10_000_i64, gift in prop_oneof![Just(0), 0..=3_000_i64], fen in 1..=5_000_000_i64,
        list in prop::option::of(1..=100_000_i64), market in prop::option::of(1..=100_000_i64)) -> LotFacts {
        LotFacts {
            paid_hours: hundredths(paid),
            gift_hours: hundredths(gift),
            price: Fen::new(fen),
            paid: Fen::new(fen),
            list_price_per_hour: list.map(Fen::new),
            market_price_per_hour: market.map(Fen::new),
            used: ClassHours::ZERO,
        }
    }
}

fn total(lots: &[LotFacts]) -> i64 {
    lots.iter().map(|lot| lot.paid_hours.hundredths() + lot.gift_hours.hundredths()).sum()
}

fn of_hours(lots: &[LotFacts], used: i64) -> Prepaid {
    Prepaid::Hours(LotFacts::first_in_first_out(lots.to_vec(), hundredths(used)).unwrap())
}

/// Lines add up, no sum is negative, none is above what was paid.
fn sound(answer: &RefundAnswer, paid: i64) -> Result<(), TestCaseError> {
    for sum in std::iter::once(&answer.sum).chain(answer.alternatives.iter().map(|other| &other.sum)) {
        let lines: i64 = sum.lines.iter().map(|line| line.amount.fen()).sum();
        prop_assert_eq!(lines, sum.amount.fen(), "{:?}", sum);
        prop_assert!((0..=paid).contains(&sum.amount.fen()), "{:?} of {}", sum, paid);
        prop_assert!(sum.lines.iter().all(|l| !l.source.is_empty() && !l.said.zh.is_empty() && !l.said.en.is_empty()));
    }
    Ok(())
}

proptest! {
    #[test]
    fn never_above_what_was_paid_and_lines_add_up(
        cause in causes(),
        lots in prop::collection::vec(lot(), 1..6),
        part in 0.0..=1.0_f64,
        share in prop::option::of(prop::sample::select(vec!["0", "33.3333", "50", "100"])),
        region in prop::sample::select(vec!["620000", "370000", "110000"]),
    ) {
        let used = (total(&lots) as f64 * part) as i64;
        let paid = lots.iter().map(|lot| lot.price.fen()).sum();
        let told = answer(&ask(cause, of_hours(&lots, used), share), &law(region, "2025-09-16"));
        sound(&told, paid)?;
        if used == 0 && share.is_none() {
            prop_assert_eq!(told.sum.amount.fen(), paid);
        }
    }

    #[test]
    fn more_used_is_never_more_back(
        cause in causes(),
        lots in prop::collection::vec(lot(), 1..5),
        parts in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let all = total(&lots) as f64;
        let (less, more) = (parts.0.min(parts.1), parts.0.max(parts.1));
        let law = law("620000", "2025-09-16");
        let back = |part: f64| answer(&ask(cause, of_hours(&lots, (all * part) as i64), None), &law).sum.amount;
        prop_assert!(back(more) <= back(less));
    }

    #[test]
    fn cutting_a_purchase_at_the_same_price_changes_at_most_a_fen(
        cause in causes(),
        units in 2..=200_i64,
        cut in 1..=199_i64,
        hour_fen in 1..=50_000_i64,
        list in prop::option::of(1..=100_000_i64),
        part in 0.0..=1.0_f64,
    ) {
        let cut = cut.min(units - 1);
        let lot = |hours: i64| LotFacts {
            paid_hours: hundredths(hours * 100),
            gift_hours: ClassHours::ZERO,
            price: Fen::new(hours * hour_fen),
            paid: Fen::new(hours * hour_fen),
            list_price_per_hour: list.map(Fen::new),
            market_price_per_hour: None,
            used: ClassHours::ZERO,
        };
        let law = law("620000", "2025-09-16");
        let used = ((units * 100) as f64 * part) as i64;
        let back = |lots: &[LotFacts]| answer(&ask(cause, of_hours(lots, used), None), &law).sum.amount.fen();
        let (whole, in_two) = (back(&[lot(units)]), back(&[lot(cut), lot(units - cut)]));
        if cause == RefundCause::Consumer && list.is_some_and(|list| list > hour_fen) {
            // At the price before discount a debt in the first purchase is forgiven by itself.
            prop_assert!(in_two >= whole);
        } else {
            prop_assert!((whole - in_two).abs() <= 1, "{} {}", whole, in_two);
        }
    }

    #[test]
    fn passes_and_stored_value_are_sound(
        cause in causes(),
        days in 0..=1_000_i32,
        gift in 0..=200_i32,
        gone in 0..=1_200_i32,
        fen in 0..=10_000_000_i64,
        bonus in 0..=5_000_000_i64,
        part in 0.0..=1.0_f64,
    ) {
        let law = law("620000", "2025-09-16");
        let from_on = day("2022-01-01");
        let until_on = from_on.plus_days(days).unwrap();
        let last_on = until_on.plus_days(gift).unwrap();
        let stopped_on = from_on.plus_days(gone).unwrap();
        let pass = Pass {
            from_on,
            until_on,
            gift_until_on: Some(last_on),
            stopped_on: (stopped_on <= last_on && stopped_on <= day("2025-09-16")).then_some(stopped_on),
            price: Fen::new(fen),
        };
        let mut facts = ask(cause, Prepaid::Pass(pass), None);
        facts.paid_on = from_on;
        sound(&answer(&facts, &law), fen)?;
        let credited = fen + bonus;
        if credited > 0 {
            let used_at_list = Fen::new((credited as f64 * part) as i64);
            let value = StoredValue { paid: Fen::new(fen), credited: Fen::new(credited), used_at_list };
            sound(&answer(&ask(cause, Prepaid::StoredValue(value), None), &law), fen)?;
        }
    }
}
