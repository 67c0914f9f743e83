//! Whatever happens to a contract's money and hours, in whatever order: nothing is lost, nothing is
//! made, nothing goes below zero, and a refused step leaves everything as it was.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use contract::{ContractCommand, ContractState, LotTerms, RefundTerms, Terms};
use escrow::account::{open, total};
use escrow::{Account, LessonCommand, LessonState, LotHours, Part};
use kernel::{Category, ClassHours, ContractId, CourseId, Fen, InstitutionId, LotId, Mode, Stage, SubjectId};
use proptest::prelude::*;
use uuid::Uuid;

/// A step as a person, the bank or the clock takes it; what does not fit the state is refused.
#[derive(Clone, Debug)]
enum Step {
    Pay(i64),
    /// Pays what is still owed.
    PayRest,
    Claim(i64),
    Confirm(usize),
    Dispute(usize),
    Decide(usize, bool),
    /// Asks for all free hours; no payment and no claim until it is answered.
    Refund,
    Consent,
    RefundPayout,
}

#[derive(Clone, Debug)]
struct Lesson {
    state: LessonState,
    hours: Vec<LotHours>,
    frozen: Vec<Part>,
}

/// The account with what is outside it: lessons, money that left.
#[derive(Clone, Debug)]
struct World {
    account: Account,
    lessons: Vec<Lesson>,
    /// What a refund under way will take, as computed when it was asked for.
    requested: Option<Vec<Part>>,
    paid_in: i64,
    released: i64,
    refunded: i64,
}

fn terms(lots: &[(i64, i64, i64)]) -> Terms {
    let hundredths = |n: i64| ClassHours::try_from_hundredths(n).unwrap();
    let lots = lots.iter().zip(100..).map(|(&(paid, gift, price), id)| LotTerms {
        id: LotId::new(Uuid::from_u128(id)),
        paid_hours: hundredths(paid),
        gift_hours: hundredths(gift),
        price: Fen::new(price),
        list_price_per_hour: None,
    });
    Terms {
        id: ContractId::new(Uuid::from_u128(1)),
        institution: InstitutionId::new(Uuid::from_u128(2)),
        course: CourseId::new(Uuid::from_u128(3)),
        category: Category::Arts,
        mode: Mode::Offline,
        stage: Stage::Primary,
        guardian: SubjectId::new(Uuid::from_u128(4)),
        pupil: SubjectId::new(Uuid::from_u128(5)),
        lots: lots.collect(),
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        first_lesson_on: "2026-12-05".parse().unwrap(),
        last_lesson_on: "2027-02-27".parse().unwrap(),
    }
}

impl World {
    fn new(lots: &[(i64, i64, i64)]) -> World {
        World {
            account: open(terms(lots), [0; 32], 2, 2),
            lessons: Vec::new(),
            requested: None,
            paid_in: 0,
            released: 0,
            refunded: 0,
        }
    }

    fn lesson(&mut self, pick: usize, command: LessonCommand) -> Option<usize> {
        let index = pick.checked_rem(self.lessons.len())?;
        self.lessons[index].state.apply(command).ok().map(|_| index)
    }

    /// Takes a step as the use cases do; `None` when it is refused.
    fn take(&mut self, step: &Step) -> Option<()> {
        let open = self.account.state == ContractState::Signed && self.requested.is_none();
        match *step {
            Step::Pay(fen) => {
                let parts = self.account.payment_parts(Fen::new(fen)).ok().filter(|_| open)?;
                self.account.apply_payment(&parts).unwrap();
                self.paid_in += fen;
            }
            Step::PayRest => {
                let owed: i64 = self.account.lots.iter().map(|lot| lot.price.fen() - lot.paid.fen()).sum();
                return if owed > 0 { self.take(&Step::Pay(owed)) } else { None };
            }
            Step::Claim(hundredths) => {
                let hours = ClassHours::try_from_hundredths(hundredths).unwrap();
                let parts = self.account.claim_parts(hours).ok().filter(|_| open)?;
                self.account.apply_claim(&parts).unwrap();
                self.lessons.push(Lesson { state: LessonState::Claimed, hours: parts, frozen: Vec::new() });
            }
            Step::Confirm(pick) => {
                let index = self.lesson(pick, LessonCommand::Confirm)?;
                let parts = self.account.release_parts(&self.lessons[index].hours).unwrap();
                self.account.apply_confirmation(&parts).unwrap();
                self.released += total(&parts).unwrap().fen();
                self.lessons[index].state = LessonState::Confirmed;
            }
            Step::Dispute(pick) => {
                let index = self.lesson(pick, LessonCommand::Dispute)?;
                let parts = self.account.release_parts(&self.lessons[index].hours).unwrap();
                self.account.apply_dispute(&parts).unwrap();
                self.lessons[index].frozen = parts;
                self.lessons[index].state = LessonState::Disputed;
            }
            Step::Decide(pick, for_family) => {
                let command =
                    if for_family { LessonCommand::DecideForFamily } else { LessonCommand::DecideForInstitution };
                let index = self.lesson(pick, command)?;
                let parts = self.lessons[index].frozen.clone();
                self.account.apply_decision(&parts, for_family).unwrap();
                if !for_family {
                    self.released += total(&parts).unwrap().fen();
                }
                self.lessons[index].state = self.lessons[index].state.apply(command).unwrap();
            }
            Step::Refund => {
                let parts = self.account.refund_parts().unwrap();
                if parts.is_empty() || self.requested.is_some() {
                    return None;
                }
                self.requested = Some(parts);
            }
            Step::Consent => {
                let parts = self.requested.take()?;
                self.account.apply_refund(&parts).unwrap();
                self.account.state = self.account.state.apply(ContractCommand::End).unwrap();
            }
            Step::RefundPayout => {
                let amount = self.account.refund;
                if amount == Fen::ZERO {
                    return None;
                }
                self.account.apply_refund_payout(amount).unwrap();
                self.refunded += amount.fen();
            }
        }
        Some(())
    }

    fn check(&self) {
        let account = &self.account;
        let mut prepaid = 0;
        for lot in &account.lots {
            let hours = [lot.remaining().unwrap(), lot.claimed, lot.used, lot.disputed, lot.returned];
            let sum: i64 = hours.iter().map(|h| h.hundredths()).sum();
            assert_eq!(sum, lot.total().unwrap().hundredths(), "hours of a lot");
            assert!(lot.prepaid.fen() >= 0, "prepaid of a lot: {lot:?}");
            assert!(lot.paid <= lot.price, "paid above the price");
            assert!(lot.value_of(lot.claimed).unwrap() <= lot.prepaid, "claimed lessons are covered: {lot:?}");
            prepaid += lot.prepaid.fen();
        }
        assert_eq!(account.prepaid.fen(), prepaid, "prepaid = sum of lots");
        assert!(account.disputed.fen() >= 0 && account.refund.fen() >= 0);
        let frozen: i64 = self
            .lessons
            .iter()
            .filter(|l| l.state == LessonState::Disputed)
            .map(|l| total(&l.frozen).unwrap().fen())
            .sum();
        assert_eq!(account.disputed.fen(), frozen, "disputed = frozen by open disputes");
        let kept = prepaid + account.disputed.fen() + account.refund.fen();
        assert_eq!(self.paid_in, kept + self.released + self.refunded, "money in = money kept + money out");
    }
}

fn lots() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    prop::collection::vec((1_i64..=3_000, prop_oneof![Just(0_i64), 1..=1_000_i64], 0_i64..=500_000), 1..=3)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pick = 0_usize..8;
    let step = prop_oneof![
        2 => (1_i64..=200_000).prop_map(Step::Pay),
        1 => Just(Step::PayRest),
        6 => prop_oneof![1_i64..=400, Just(100), Just(33)].prop_map(Step::Claim),
        4 => pick.clone().prop_map(Step::Confirm),
        3 => pick.clone().prop_map(Step::Dispute),
        3 => (pick, any::<bool>()).prop_map(|(pick, family)| Step::Decide(pick, family)),
        1 => Just(Step::Refund),
        1 => Just(Step::Consent),
        1 => Just(Step::RefundPayout),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_is_made(lots in lots(), steps in steps()) {
        let mut world = World::new(&lots);
        world.check();
        for step in &steps {
            let before = world.account.clone();
            if world.take(step).is_none() {
                prop_assert_eq!(&world.account, &before, "a refused step changed the account");
            }
            world.check();
        }
    }

    /// However the hours are cut, the last fen is released with the last hour: to the institution.
    #[test]
    fn a_contract_paid_and_taught_in_full_releases_its_price(lots in lots(), cuts in prop::collection::vec(1_i64..=700, 1..30)) {
        let mut world = World::new(&lots);
        let price: i64 = lots.iter().map(|(_, _, price)| price).sum();
        prop_assume!(price > 0);
        world.take(&Step::PayRest).unwrap();
        for cut in cuts.iter().cycle() {
            let left = world.account.remaining().unwrap().hundredths();
            if left == 0 {
                break;
            }
            world.take(&Step::Claim((*cut).min(left))).unwrap();
            let last = world.lessons.len() - 1;
            world.take(&Step::Confirm(last)).unwrap();
        }
        world.check();
        prop_assert_eq!(world.released, price);
        prop_assert_eq!(world.account.prepaid, Fen::ZERO);
    }

    /// What the family gets back and what was released for lessons make up what was paid.
    #[test]
    fn after_a_refund_of_everything_nothing_stays_behind(lots in lots(), steps in steps()) {
        let mut world = World::new(&lots);
        for step in &steps {
            world.take(step);
        }
        for _ in 0..3 {
            for lesson in 0..world.lessons.len() {
                world.take(&Step::Dispute(lesson));
                world.take(&Step::Decide(lesson, true));
            }
            world.take(&Step::Refund);
            world.take(&Step::Consent);
            world.take(&Step::RefundPayout);
            world.check();
        }
        prop_assert_eq!(world.account.prepaid, Fen::ZERO);
        prop_assert_eq!(world.account.disputed, Fen::ZERO);
        prop_assert_eq!(world.account.refund, Fen::ZERO);
        prop_assert_eq!(world.paid_in, world.released + world.refunded);
    }

    /// Parts that were never computed from this account, as a damaged ledger might hold them.
    #[test]
    fn wrong_parts_are_refused_whole(
        lots in lots(),
        steps in steps(),
        wrong in prop::collection::vec((100_u128..104, 0_i64..=4_000, -10_i64..=600_000), 1..4),
    ) {
        let mut world = World::new(&lots);
        for step in &steps {
            world.take(step);
        }
        let parts: Vec<Part> = wrong
            .iter()
            .map(|&(lot, hours, fen)| Part {
                lot: LotId::new(Uuid::from_u128(lot)),
                hours: ClassHours::try_from_hundredths(hours).unwrap(),
                amount: Fen::new(fen),
            })
            .collect();
        let hours: Vec<LotHours> = parts.iter().map(|p| LotHours { lot: p.lot, hours: p.hours }).collect();
        let money: Vec<(LotId, Fen)> = parts.iter().map(|p| (p.lot, p.amount)).collect();
        let changes: [&dyn Fn(&mut Account) -> bool; 7] = [
            &|a| a.apply_payment(&money).is_ok(),
            &|a| a.apply_claim(&hours).is_ok(),
            &|a| a.apply_confirmation(&parts).is_ok(),
            &|a| a.apply_dispute(&parts).is_ok(),
            &|a| a.apply_decision(&parts, true).is_ok(),
            &|a| a.apply_decision(&parts, false).is_ok(),
            &|a| a.apply_refund(&parts).is_ok(),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut account = world.account.clone();
            if !change(&mut account) {
                prop_assert_eq!(&account, &world.account, "change {} was refused in part", index);
            }
            for lot in &account.lots {
                prop_assert!(lot.remaining().is_ok(), "change {} took hours that are not there", index);
                prop_assert!(lot.prepaid.fen() >= 0 && lot.paid <= lot.price, "change {} went past a bound", index);
            }
            prop_assert!(account.prepaid.fen() >= 0 && account.disputed.fen() >= 0 && account.refund.fen() >= 0);
        }
    }
}

/// Paid in part, one lesson waiting, then a refund: the waiting lesson is still worth what it was.
#[test]
fn a_lesson_that_waits_through_a_refund_keeps_its_price() {
    let mut world = World::new(&[(1_000, 0, 1_000)]);
    for step in [Step::Pay(500), Step::Claim(100), Step::Claim(100), Step::Refund, Step::Consent] {
        world.take(&step).unwrap();
    }
    assert_eq!((world.account.refund, world.account.prepaid), (Fen::new(300), Fen::new(200)));
    world.take(&Step::Confirm(0)).unwrap();
    assert_eq!(world.released, 100);
    world.take(&Step::Dispute(1)).unwrap();
    world.take(&Step::Decide(1, true)).unwrap();
    world.take(&Step::Refund).unwrap();
    world.take(&Step::Consent).unwrap();
    world.check();
    assert_eq!((world.account.refund, world.account.prepaid), (Fen::new(400), Fen::ZERO));
}

/// A second refund is asked for, then lessons are confirmed one by one: rounding them must not eat
/// into the refund, and the fen that it leaves goes to the family.
#[test]
fn rounding_never_eats_into_a_refund_under_way() {
    let mut world = World::new(&[(2_000, 0, 200)]);
    for step in [
        Step::PayRest,
        Step::Claim(5),
        Step::Claim(9),
        Step::Claim(986),
        Step::Refund,
        Step::Consent,
        Step::Dispute(2),
        Step::Decide(2, true),
        Step::Refund,
        Step::Confirm(0),
        Step::Confirm(1),
        Step::Consent,
    ] {
        world.take(&step).unwrap();
        world.check();
    }
    assert_eq!((world.account.refund, world.account.prepaid, world.released), (Fen::new(199), Fen::new(1), 0));
    for step in [Step::Refund, Step::Consent, Step::RefundPayout] {
        world.take(&step).unwrap();
        world.check();
    }
    assert_eq!((world.refunded, world.account.prepaid), (200, Fen::ZERO));
}

#[test]
fn a_payout_above_the_refund_is_refused() {
    let mut world = World::new(&[(1_000, 0, 1_000)]);
    world.take(&Step::PayRest).unwrap();
    world.take(&Step::Refund).unwrap();
    world.take(&Step::Consent).unwrap();
    assert!(world.account.apply_refund_payout(Fen::new(1_001)).is_err());
    assert_eq!(world.account.refund, Fen::new(1_000));
    assert!(world.account.apply_refund_payout(Fen::new(1_000)).is_ok());
}
