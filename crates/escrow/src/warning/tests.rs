//! Each rule: what it finds, what it leaves alone, and the edge between.

use uuid::Uuid;

use super::*;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn seller() -> InstitutionId {
    InstitutionId::new(id(1))
}

fn day(n: i32) -> Day {
    Day::try_new(2026, 1, 1).unwrap().plus_days(n).unwrap()
}

const fn time(hour: u16, minute: u16) -> TimeOfDay {
    TimeOfDay::from_minutes(hour * 60 + minute).unwrap()
}

const LIMITS: Limits = Limits {
    lessons_from: time(6, 0),
    ends_offline: Some(time(20, 30)),
    ends_online: Some(time(21, 0)),
    teacher_hours_a_day_max: 10,
    room_hours_a_day_max: 14,
    class_hour_minutes_min: 30,
    refused_count_min: 10,
    refused_ratio_percent: 300,
};

const P: Parameters = Parameters {
    window_days: 30,
    history_windows_max: 6,
    history_windows_min: 2,
    sales_ratio_percent: 300,
    sales_count_min: 3,
    discount_percent: 30,
    promotion_percent: 50,
    promotion_count_min: 3,
    control_days: 60,
    deemed_percent: 60,
    deemed_count_min: 10,
    deemed_ratio_percent: 150,
    pupil_hours_a_day_max: 8,
    near_cap_from_percent: 95,
    near_cap_share_percent: 50,
    near_cap_count_min: 5,
    near_cap_ratio_percent: 200,
    split_days: 7,
    outflow_ratio_percent: 120,
    outflow_min: Fen::new(1_000_000),
    refund_red_days: 15,
    amount_cap: Some(Fen::new(500_000)),
    hours_cap: None,
    limits: Some(LIMITS),
};

/// A ledger of one institution, played day by day.
#[derive(Default)]
struct Play {
    watch: Watch,
    next: u128,
    today: i32,
    found: Vec<(i32, Rule, AlertLevel)>,
    said: Vec<Found>,
}

impl Play {
    fn until(&mut self, n: i32) {
        while self.today < n {
            for found in self.watch.evening(day(self.today), &P) {
                self.found.push((self.today, found.rule, found.level));
                self.said.push(found);
            }
            self.today += 1;
        }
    }

    fn event(&mut self, event: Event) {
        self.watch.event(seller(), day(self.today), &event);
    }

    fn sell(&mut self, family: u128, price: i64, list: i64) -> ContractId {
        self.next += 1;
        let contract = ContractId::new(id(1_000_000 + self.next));
        self.event(Event::Signed {
            contract,
            guardian: SubjectId::new(id(2_000_000 + family)),
            pupil: SubjectId::new(id(3_000_000 + family)),
            price: Fen::new(price),
            list_price: Some(Fen::new(list)),
            hours: "20".parse().unwrap(),
            capped: true,
        });
        contract
    }

    fn sell_many(&mut self, count: u128, price: i64, list: i64) {
        for _ in 0..count {
            let family = self.next + 100;
            self.sell(family, price, list);
        }
    }

    fn confirm(&mut self, silent: u32, spoken: u32) {
        for n in 0..silent + spoken {
            self.event(Event::Confirmed { silent: n < silent, amount: Fen::new(10_000) });
        }
    }

    /// Three windows in which three contracts are sold each, at the list price.
    fn usual() -> Play {
        let mut play = Play::default();
        for window in 0..3 {
            play.until(window * 30);
            play.sell_many(3, 100_000, 100_000);
        }
        play.until(90);
        play
    }

    fn rules(mut self) -> Vec<(Rule, AlertLevel)> {
        self.until(self.today + 1);
        self.found.iter().map(|(_, rule, level)| (*rule, *level)).collect()
    }
}

#[test]
fn a_burst_of_sales_is_measured_against_the_own_past() {
    let mut play = Play::usual();
    play.sell_many(9, 100_000, 100_000);
    assert_eq!(play.rules(), [(Rule::SalesBurst, AlertLevel::Yellow)], "three times the median");
    let mut play = Play::usual();
    play.sell_many(8, 100_000, 100_000);
    assert_eq!(play.rules(), [], "less than that");
    let mut play = Play::usual();
    play.sell_many(13, 70_000, 100_000);
    assert_eq!(play.rules(), [(Rule::SalesBurst, AlertLevel::Red)], "at a discount");
    // The same count at an institution ten times as large is an ordinary month.
    let mut large = Play::default();
    for window in 0..3 {
        large.until(window * 30);
        large.sell_many(30, 100_000, 100_000);
    }
    large.until(90);
    large.sell_many(13, 70_000, 100_000);
    assert_eq!(large.rules(), []);
    // Without a past there is no measure.
    let mut young = Play::default();
    young.sell_many(50, 100_000, 100_000);
    assert_eq!(young.rules(), []);
}

#[test]
fn it_is_said_once_a_window_and_again_when_worse() {
    let mut play = Play::usual();
    play.sell_many(9, 100_000, 100_000);
    play.until(92);
    play.sell_many(1, 100_000, 100_000);
    play.until(93);
    assert_eq!(play.found, [(90, Rule::SalesBurst, AlertLevel::Yellow)]);
    play.sell_many(30, 10_000, 100_000);
    play.until(94);
    assert_eq!(play.found.last(), Some(&(93, Rule::SalesBurst, AlertLevel::Red)));
    assert_eq!(play.found.len(), 2);
}

#[test]
fn silence_is_measured_as_a_share() {
    let mut play = Play::default();
    play.confirm(6, 4);
    assert_eq!(play.rules(), [(Rule::DeemedRate, AlertLevel::Yellow)]);
    let mut play = Play::default();
    play.confirm(59, 41);
    assert_eq!(play.rules(), [], "below the share");
    let mut play = Play::default();
    play.confirm(9, 0);
    assert_eq!(play.rules(), [], "too few");
    let mut play = Play::default();
    for window in 0..3 {
        play.until(window * 30);
        play.confirm(4, 6);
    }
    play.until(90);
    play.confirm(6, 4);
    assert_eq!(play.rules(), [(Rule::DeemedRate, AlertLevel::Red)], "half as much again as ever");
}

#[test]
fn a_lesson_on_a_day_the_site_was_found_closed() {
    let claim = |play: &mut Play, contract, held: i32, hours: &str| {
        play.event(Event::Claimed {
            contract,
            lesson: LessonId::new(id(9)),
            held_on: day(held),
            hours: hours.parse().unwrap(),
            taught: None,
        });
    };
    let inspected = |play: &mut Play, on: i32, finding| {
        play.event(Event::Inspected { inspection: InspectionId::new(id(8)), on: day(on), finding });
    };
    // Whichever comes first.
    for claim_first in [true, false] {
        let mut play = Play::default();
        let contract = play.sell(1, 100_000, 100_000);
        play.until(5);
        if claim_first {
            claim(&mut play, contract, 4, "2");
            play.until(6);
            inspected(&mut play, 4, InspectionFinding::SiteClosed);
        } else {
            inspected(&mut play, 4, InspectionFinding::SiteClosed);
            play.until(6);
            claim(&mut play, contract, 4, "2");
        }
        assert_eq!(play.rules(), [(Rule::ImpossibleLesson, AlertLevel::Red)]);
    }
    let mut play = Play::default();
    let contract = play.sell(1, 100_000, 100_000);
    inspected(&mut play, 0, InspectionFinding::Problems);
    claim(&mut play, contract, 0, "8");
    assert_eq!(play.rules(), [], "open, and just within a day");
    let mut play = Play::default();
    let contract = play.sell(1, 100_000, 100_000);
    claim(&mut play, contract, 0, "8");
    claim(&mut play, contract, 0, "0.5");
    assert_eq!(play.rules(), [(Rule::ImpossibleLesson, AlertLevel::Yellow)]);
}

#[test]
fn a_refund_past_its_day_raises_a_case_by_itself() {
    let refund = RefundId::new(id(7));
    let mut play = Play::default();
    play.event(Event::RefundWaits { refund, due_on: Some(day(5)) });
    play.until(40);
    assert_eq!(play.found, [(6, Rule::RefundOverdue, AlertLevel::Yellow), (21, Rule::RefundOverdue, AlertLevel::Red)]);
    let mut paid = Play::default();
    paid.event(Event::RefundWaits { refund, due_on: Some(day(5)) });
    paid.until(5);
    paid.event(Event::RefundOver { refund });
    paid.until(40);
    assert_eq!(paid.found, []);
}

#[test]
fn prices_that_crowd_under_the_cap() {
    let mut play = Play::default();
    play.sell_many(5, 475_000, 475_000);
    assert_eq!(play.rules(), [(Rule::NearCap, AlertLevel::Yellow)]);
    let mut play = Play::default();
    play.sell_many(9, 474_999, 474_999);
    assert_eq!(play.rules(), [], "not near");
    let mut play = Play::default();
    play.sell_many(4, 500_000, 500_000);
    assert_eq!(play.rules(), [], "too few");
    // Who always sold like that is not told again and again.
    let mut play = Play::default();
    for window in 0..3 {
        play.until(window * 30);
        play.sell_many(4, 480_000, 480_000);
        play.sell_many(3, 100_000, 100_000);
    }
    play.until(90);
    play.sell_many(6, 480_000, 480_000);
    assert_eq!(play.rules(), []);
}

/// County scenario, evasion 1: one sale of 9,600 yuan in three contracts on one day.
#[test]
fn one_sale_in_three_contracts() {
    let mut play = Play::default();
    for _ in 0..3 {
        play.sell(1, 320_000, 320_000);
    }
    play.until(1);
    assert_eq!(play.found, [(0, Rule::SplitSale, AlertLevel::Red)]);
    assert_eq!(play.said[0].facts["price_fen"], "960000");
    let mut play = Play::default();
    play.sell(1, 250_000, 250_000);
    play.sell(1, 250_000, 250_000);
    assert_eq!(play.rules(), [], "together just the cap");
    let mut play = Play::default();
    for family in 0..3 {
        play.sell(family, 320_000, 320_000);
    }
    assert_eq!(play.rules(), [], "three families");
    let mut play = Play::default();
    play.sell(1, 320_000, 320_000);
    play.until(7);
    play.sell(1, 320_000, 320_000);
    assert_eq!(play.rules(), [], "a week later it is another sale");
}

/// County scenario: the representative replaced and capital cut in the month of a 50% promotion.
#[test]
fn a_promotion_after_a_change_of_control() {
    let run = |changed: i32, price: i64, count: u128| {
        let mut play = Play::default();
        play.sell_many(1, 100_000, 100_000);
        play.until(changed);
        play.event(Event::ControlChanged);
        play.until(90);
        play.sell_many(count, price, 100_000);
        play.rules()
    };
    assert_eq!(run(80, 50_000, 3), [(Rule::ControlPromotion, AlertLevel::Red)]);
    assert_eq!(run(80, 50_001, 3), [], "not that deep");
    assert_eq!(run(80, 50_000, 2), [], "too few");
    assert_eq!(run(29, 50_000, 3), [], "long ago");
}

/// County scenario: a bank statement short by 12,345.67 yuan; a payee that is not the account.
#[test]
fn the_bank_has_less_and_the_payee_is_another() {
    let mut play = Play::default();
    play.event(Event::Shortfall { on: day(0), missing: Fen::new(1_234_567) });
    let (inspection, on) = (InspectionId::new(id(8)), day(0));
    play.event(Event::Inspected { inspection, on, finding: InspectionFinding::PayeeMismatch });
    play.until(1);
    assert_eq!(play.said[0].facts["missing_fen"], "1234567");
    let rules: Vec<Rule> = play.said.iter().map(|found| found.rule).collect();
    assert_eq!(rules, [Rule::ReconciliationBreak, Rule::PayeeMismatch]);
}

#[test]
fn more_paid_out_than_taught() {
    let run = |out: i64| {
        let mut play = Play::default();
        play.confirm(0, 100);
        play.event(Event::PaidOut { amount: Fen::new(out) });
        play.rules()
    };
    assert_eq!(run(1_200_000), [(Rule::Outflow, AlertLevel::Yellow)]);
    assert_eq!(run(1_199_999), []);
    let mut small = Play::default();
    small.event(Event::PaidOut { amount: Fen::new(999_999) });
    assert_eq!(small.rules(), [], "too small to be looked at");
}

#[test]
fn the_same_events_give_the_same_bytes() {
    let play = || {
        let mut play = Play::usual();
        play.sell_many(13, 70_000, 100_000);
        play.until(91);
        play.said.iter().map(Found::canonical).collect::<Vec<_>>()
    };
    assert_eq!(play(), play());
    assert_eq!(
        play(),
        [concat!(
            r#"{"facts":{"contracts":"13","discount_percent":"30","median_fen":"300000","sold_fen":"910000","#,
            r#""windows":"2"},"institution":"00000000-0000-0000-0000-000000000001","level":"red","#,
            r#""rule":"sales_burst","version":"1","watched_on":"2026-04-01"}"#
        )]
    );
}

#[test]
fn medians_and_shares() {
    use super::figures::{median, percent, reaches, share};
    assert_eq!([median(vec![]), median(vec![5]), median(vec![9, 1]), median(vec![3, 1, 2])], [0, 5, 5, 2]);
    assert_eq!([share(1, 3), share(1, 0), percent(-5, 10), percent(2, 3)], [33, 0, 0, 66]);
    assert!(reaches(3, 300, 1) && !reaches(2, 300, 1));
}

mod of_teaching;
