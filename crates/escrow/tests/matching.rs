//! Matching bank lines, for any lines and any things they may be: nothing twice, nothing unlike, every match
//! for a reason that can be shown, and the same whatever the order.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]
#![expect(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "sums and places of a test")]

use std::collections::{BTreeMap, HashSet};

use escrow::bank::Direction;
use escrow::matching::{Candidate, LATER_DAYS_MAX, Line, Match, Rule, Thing, match_lines};
use kernel::{Day, Fen, PaymentId, RefundId, SettlementId};
use proptest::prelude::*;
use uuid::Uuid;

/// Few references, amounts and days, so that they meet.
const REFERENCES: u8 = 9;

fn digest(n: u8) -> [u8; 32] {
    [n; 32]
}

fn day(n: i32) -> Day {
    "2026-11-20".parse::<Day>().unwrap().plus_days(n).unwrap()
}

/// Days that meet, and some that are too far apart to be one payout.
fn days() -> impl Strategy<Value = i32> {
    prop_oneof![4 => 0_i32..3, 1 => 9_i32..13]
}

fn direction() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::Credit), Just(Direction::Debit)]
}

fn digests(most: usize) -> impl Strategy<Value = Vec<[u8; 32]>> {
    prop::collection::vec((0..REFERENCES).prop_map(digest), 0..=most)
}

fn line() -> impl Strategy<Value = Line> {
    (direction(), 1_i64..5, days(), digests(2), digests(3)).prop_map(|(direction, fen, on, references, words)| Line {
        direction,
        amount: Fen::new(fen),
        booked_on: day(on),
        references,
        words,
    })
}

/// Things with ids of their own, as the ledger has them.
fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    let one = (0_u8..3, 1_i64..5, prop::option::of(days()), digests(2));
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let numbered = (1_u128..).zip(all);
        numbered
            .map(|(n, (kind, fen, on, references))| {
                let id = Uuid::from_u128(n);
                let (thing, direction, on) = match kind {
                    // A payment is recorded with its day; only payouts are ordered first.
                    0 => (Thing::Payment(PaymentId::new(id)), Direction::Credit, Some(on.unwrap_or(0))),
                    1 => (Thing::Settlement(SettlementId::new(id)), Direction::Debit, on),
                    _ => (Thing::Refund(RefundId::new(id)), Direction::Debit, on),
                };
                Candidate { thing, direction, amount: Fen::new(fen), on: on.map(day), references }
            })
            .collect()
    })
}

type Told = (Direction, Fen, Day, Vec<[u8; 32]>, Vec<[u8; 32]>, Thing, &'static str);

/// Matches by content, so that two runs can be compared whatever the places.
fn told(lines: &[Line], candidates: &[Candidate], found: &[Match]) -> Vec<Told> {
    let mut all: Vec<Told> = found
        .iter()
        .map(|found| {
            let line = lines[found.line].clone();
            let thing = candidates[found.candidate].thing;
            (line.direction, line.amount, line.booked_on, line.references, line.words, thing, found.rule.as_str())
        })
        .collect();
    all.sort_by(|a, b| (a.5, a.6).cmp(&(b.5, b.6)));
    all
}

/// Which candidates a digest stands for.
fn stands_for(candidates: &[Candidate]) -> BTreeMap<[u8; 32], HashSet<usize>> {
    let mut all: BTreeMap<[u8; 32], HashSet<usize>> = BTreeMap::new();
    for (at, candidate) in candidates.iter().enumerate() {
        for digest in &candidate.references {
            all.entry(*digest).or_default().insert(at);
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_twice_and_sums_agree(lines in prop::collection::vec(line(), 0..14), candidates in candidates()) {
        let found = match_lines(&lines, &candidates);
        let (mut seen, mut paid) = (HashSet::new(), HashSet::new());
        let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
        for Match { line, candidate, .. } in &found {
            prop_assert!(seen.insert(*line), "line {line} is two things");
            prop_assert!(paid.insert(*candidate), "{:?} is paid twice", candidates[*candidate].thing);
            let (line, candidate) = (&lines[*line], &candidates[*candidate]);
            prop_assert_eq!((line.direction, line.amount), (candidate.direction, candidate.amount));
            let sum = sums.entry(line.direction.as_str()).or_default();
            sum.0 += line.amount.fen();
            sum.1 += candidate.amount.fen();
        }
        prop_assert!(sums.values().all(|(lines, things)| lines == things));
        prop_assert!(found.is_sorted_by_key(|found| found.line));
    }

    /// The reason that a match names is there, and it names one thing alone.
    #[test]
    fn every_match_can_be_shown(lines in prop::collection::vec(line(), 0..14), candidates in candidates()) {
        let stands_for = stands_for(&candidates);
        let found = match_lines(&lines, &candidates);
        for Match { line: at, candidate, rule } in &found {
            let line = &lines[*at];
            let named = |digests: &[[u8; 32]]| {
                digests.iter().any(|digest| stands_for.get(digest).is_some_and(|all| all.len() == 1 && all.contains(candidate)))
            };
            match rule {
                Rule::ReferenceExact => prop_assert!(named(&line.references)),
                Rule::ReferenceInText => prop_assert!(named(&line.words)),
                Rule::AmountAndDay => {
                    let thing = &candidates[*candidate];
                    prop_assert!(thing.on.is_none_or(|on| on == line.booked_on));
                    // No line beside it, and nothing beside the thing, that is not matched by a surer rule.
                    let surer = |place: usize, of: fn(&Match) -> usize| {
                        found.iter().any(|other| of(other) == place && other.rule != Rule::AmountAndDay)
                    };
                    let like = |other: &Line| {
                        (other.direction, other.amount, other.booked_on) == (line.direction, line.amount, line.booked_on)
                    };
                    let beside = lines.iter().enumerate().filter(|(place, other)| like(other) && !surer(*place, |m| m.line));
                    prop_assert_eq!(beside.count(), 1);
                    let same = candidates.iter().enumerate().filter(|(place, other)| {
                        (other.direction, other.amount) == (line.direction, line.amount)
                            && other.on.is_none_or(|on| {
                                let days = on.days_until(line.booked_on);
                                // An order may be any line; so may what was recorded by hand days before.
                                let before = thing.on.is_none() && line.direction == Direction::Debit;
                                days == 0 || (before && (1..=LATER_DAYS_MAX).contains(&days))
                            })
                            && !surer(*place, |m| m.candidate)
                    });
                    prop_assert_eq!(same.count(), 1);
                }
                Rule::AmountLater => {
                    let thing = &candidates[*candidate];
                    prop_assert_eq!(line.direction, Direction::Debit, "money that comes in is recorded when it came");
                    let days = thing.on.map(|on| on.days_until(line.booked_on));
                    prop_assert!(days.is_some_and(|days| (1..=LATER_DAYS_MAX).contains(&days)), "{days:?}");
                    // Whatever else has the amount, on whichever day, is matched by a surer rule.
                    let surer = |place: usize, of: fn(&Match) -> usize| {
                        found.iter().any(|other| of(other) == place && other.rule != Rule::AmountLater)
                    };
                    let beside = lines.iter().enumerate().filter(|(place, other)| {
                        (other.direction, other.amount) == (line.direction, line.amount) && !surer(*place, |m| m.line)
                    });
                    prop_assert_eq!(beside.count(), 1);
                    let same = candidates.iter().enumerate().filter(|(place, other)| {
                        (other.direction, other.amount) == (line.direction, line.amount)
                            && !surer(*place, |m| m.candidate)
                    });
                    prop_assert_eq!(same.count(), 1);
                }
                Rule::Manual => prop_assert!(false, "only people match by hand"),
            }
        }
    }

    /// A bank may list lines as it likes, and the database gives things as it likes.
    #[test]
    fn order_decides_nothing(
        lines in prop::collection::vec(line(), 0..14).prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        things in candidates().prop_flat_map(|things| (Just(things.clone()), Just(things).prop_shuffle())),
    ) {
        let before = match_lines(&lines.0, &things.0);
        let after = match_lines(&lines.1, &things.1);
        prop_assert_eq!(told(&lines.0, &things.0, &before), told(&lines.1, &things.1, &after));
    }

    /// What is matched and gone does not change what the rest of the same references is: a second look finds
    /// nothing for a thing that was paid.
    #[test]
    fn a_second_look_never_pays_again(lines in prop::collection::vec(line(), 0..14), candidates in candidates()) {
        let found = match_lines(&lines, &candidates);
        let lines_left: Vec<Line> = lines
            .iter()
            .enumerate()
            .filter(|(at, _)| found.iter().all(|found| found.line != *at))
            .map(|(_, line)| line.clone())
            .collect();
        let left: Vec<Candidate> = candidates
            .iter()
            .enumerate()
            .filter(|(at, _)| found.iter().all(|found| found.candidate != *at))
            .map(|(_, thing)| thing.clone())
            .collect();
        let again = match_lines(&lines_left, &left);
        let first: HashSet<Thing> = found.iter().map(|found| candidates[found.candidate].thing).collect();
        prop_assert!(again.iter().all(|found| !first.contains(&left[found.candidate].thing)));
        prop_assert!(again.len() + found.len() <= lines.len().min(candidates.len()));
    }
}

/// Twice the same reference: the earlier line is the payment, the later one is for a person to look at.
#[test]
fn of_two_lines_under_one_reference_the_earlier_is_meant() {
    let line = |on| Line {
        direction: Direction::Credit,
        amount: Fen::new(100),
        booked_on: day(on),
        references: vec![digest(1)],
        words: vec![],
    };
    let payment = Candidate {
        thing: Thing::Payment(PaymentId::new(Uuid::from_u128(1))),
        direction: Direction::Credit,
        amount: Fen::new(100),
        on: Some(day(0)),
        references: vec![digest(1)],
    };
    let found = match_lines(&[line(2), line(1)], &[payment]);
    assert_eq!(found, [Match { line: 1, candidate: 0, rule: Rule::ReferenceExact }]);
}

/// A payout that was recorded by hand before the bank booked it: the line is that payout and no second one;
/// a line long after, or one of two alike, is for a person.
#[test]
fn a_payout_recorded_before_its_line_is_that_line() {
    let line = |on| Line {
        direction: Direction::Debit,
        amount: Fen::new(100),
        booked_on: day(on),
        references: vec![digest(7)],
        words: vec![],
    };
    let payout = |n, on: Option<i32>| Candidate {
        thing: Thing::Settlement(SettlementId::new(Uuid::from_u128(n))),
        direction: Direction::Debit,
        amount: Fen::new(100),
        on: on.map(day),
        references: vec![digest(u8::try_from(n).unwrap())],
    };
    let rules = |lines: &[Line], things: &[Candidate]| {
        match_lines(lines, things).into_iter().map(|found| found.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(&[line(3)], &[payout(1, Some(0))]), [Rule::AmountLater]);
    assert_eq!(rules(&[line(LATER_DAYS_MAX)], &[payout(1, Some(0))]), [Rule::AmountLater]);
    assert_eq!(rules(&[line(LATER_DAYS_MAX + 1)], &[payout(1, Some(0))]), [], "too long after");
    assert_eq!(rules(&[line(0)], &[payout(1, Some(3))]), [], "booked before it was recorded");
    assert_eq!(rules(&[line(3), line(4)], &[payout(1, Some(0))]), [], "which of the two it is nobody knows");
    assert_eq!(rules(&[line(3)], &[payout(1, Some(0)), payout(2, Some(1))]), [], "two payouts alike");
    assert_eq!(rules(&[line(3)], &[payout(1, Some(0)), payout(2, None)]), [], "one recorded, one ordered");
}

/// A hundred thousand lines of amounts of their own, none of them known: time is linear, or this never ends.
#[test]
fn many_unknown_lines_are_looked_at_once() {
    let lines: Vec<Line> = (1..=100_000)
        .map(|n| Line {
            direction: Direction::Credit,
            amount: Fen::new(n),
            booked_on: day(0),
            references: vec![],
            words: vec![],
        })
        .collect();
    assert_eq!(match_lines(&lines, &[]), []);
}
