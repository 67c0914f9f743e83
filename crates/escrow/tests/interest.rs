//! Interest shared by fen and days: no fen lost, nobody gets what another's money bore, and more money or
//! more days never gets less.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use escrow::interest::{FenDays, Period};
use kernel::{ContractId, Day, Fen};
use proptest::prelude::*;
use uuid::Uuid;

fn day(n: i32) -> Day {
    "2026-09-21".parse::<Day>().unwrap().plus_days(n).unwrap()
}

fn contract(n: u128) -> ContractId {
    ContractId::new(Uuid::from_u128(n))
}

/// A quarter.
const QUARTER: i32 = 91;

fn period() -> Period {
    Period { from: Some(day(0)), until: day(QUARTER) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_fen_is_lost_and_proportion_holds(
        moves in prop::collection::vec((0_u128..6, -30_i32..120, 1_i64..500_000), 0..40),
        others in prop::collection::vec((-30_i32..120, 1_i64..500_000), 0..6),
        interest in 0_i64..2_000_000,
    ) {
        let mut days = FenDays::default();
        let mut exact = std::collections::BTreeMap::<ContractId, i128>::new();
        let mut all = 0_i128;
        for (who, on, fen) in &moves {
            days.contract(period(), contract(*who), day(*on), Fen::new(*fen)).unwrap();
            days.custody(period(), day(*on), Fen::new(*fen)).unwrap();
            let weight = i128::from(*fen) * i128::from((QUARTER - (*on).max(0)).max(0));
            *exact.entry(contract(*who)).or_default() += weight;
            all += weight;
        }
        for (on, fen) in &others {
            days.custody(period(), day(*on), Fen::new(*fen)).unwrap();
            all += i128::from(*fen) * i128::from((QUARTER - (*on).max(0)).max(0));
        }
        let shares = days.share(Fen::new(interest)).unwrap();
        let got: i64 = shares.contracts.iter().map(|(_, fen)| fen.fen()).sum();
        prop_assert_eq!(got + shares.kept.fen(), interest, "every fen is somebody's or kept");
        prop_assert!(shares.contracts.is_sorted_by_key(|(id, _)| *id));
        for (id, fen) in &shares.contracts {
            // Within one fen of the exact proportion.
            let off = i128::from(fen.fen()) * all - i128::from(interest) * exact[id];
            prop_assert!(off.abs() < all, "{id}: {} of {interest}, {} of {all}", fen.fen(), exact[id]);
        }
        if others.is_empty() && got > 0 {
            prop_assert_eq!(shares.kept, Fen::ZERO, "no other money, nothing kept");
        }
    }

    /// Money that came and went within the period counts for the days it lay there.
    #[test]
    fn what_came_and_went_counts_its_days(from in 0_i32..90, stay in 0_i32..60, fen in 1_i64..1_000_000) {
        let mut days = FenDays::default();
        days.contract(period(), contract(1), day(from), Fen::new(fen)).unwrap();
        days.contract(period(), contract(1), day(from + stay), Fen::new(-fen)).unwrap();
        let mut same = FenDays::default();
        let lay = (from + stay).min(QUARTER) - from;
        same.contract(period(), contract(1), day(QUARTER - lay), Fen::new(fen)).unwrap();
        prop_assert_eq!(days.share(Fen::new(1_000)).unwrap(), same.share(Fen::new(1_000)).unwrap());
    }
}

#[test]
fn an_open_beginning_counts_from_when_money_came() {
    let period = Period { from: None, until: day(10) };
    let mut days = FenDays::default();
    days.contract(period, contract(1), day(0), Fen::new(100)).unwrap();
    days.contract(period, contract(2), day(5), Fen::new(100)).unwrap();
    days.custody(period, day(0), Fen::new(200)).unwrap();
    // 1,000 and 500 of 2,000 fen-days: what is left bore the rest.
    let shares = days.share(Fen::new(100)).unwrap();
    assert_eq!(shares.contracts, [(contract(1), Fen::new(50)), (contract(2), Fen::new(25))]);
    assert_eq!(shares.kept, Fen::new(25));
}

#[test]
fn without_a_familys_money_all_is_kept() {
    let mut days = FenDays::default();
    days.custody(period(), day(0), Fen::new(1_000)).unwrap();
    let shares = days.share(Fen::new(77)).unwrap();
    assert_eq!((shares.contracts.len(), shares.kept), (0, Fen::new(77)));
    assert!(days.share(Fen::new(-1)).is_err() || shares.contracts.is_empty());
}
