//! How long the fee check of one charge takes, with the rules of its place and day at hand and with
//! their resolution; and the refund calculator over few and many lots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

use std::hint::black_box;

use contract::refund::{LotFacts, Prepaid, Rates, RefundCause, RefundFacts, RefundLaw, refund};
use contract::{ClassFacts, FeeFacts, FeeFields, PaymentForm, fee_findings};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kernel::{Category, ClassHours, Day, Fen, Mode, RegionCode, Stage};
use policy::PolicySet;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn charge() -> FeeFacts {
    FeeFacts {
        category: Category::Subject,
        mode: Mode::Offline,
        stage: Stage::Senior,
        paid_hours: "40".parse().unwrap(),
        gift_hours: "24".parse().unwrap(),
        price: Fen::new(480_000),
        first_lesson_on: day("2026-12-05"),
        last_lesson_on: day("2027-02-04"),
        collected_on: day("2026-11-22"),
        remaining_hours_before: ClassHours::ZERO,
        class: Some(ClassFacts { size: 9, minutes: 45, area: None }),
        payment_form: Some(PaymentForm::BankTransfer),
        sessions: Vec::new(),
        fields: FeeFields::OF_CHECK,
    }
}

fn fees(c: &mut Criterion) {
    let set = PolicySet::shipped().unwrap();
    let calendar = policy::calendar().unwrap();
    let region: RegionCode = "330502".parse().unwrap();
    let on = day("2026-11-22");
    let policy = set.resolve(region, on).unwrap();
    let facts = charge();
    let mut group = c.benchmark_group("fees");
    group.throughput(Throughput::Elements(1));
    group.bench_function("check", |b| b.iter(|| fee_findings(black_box(&facts), &policy, &calendar)));
    group.bench_function("check, rules resolved anew", |b| {
        b.iter(|| fee_findings(black_box(&facts), &set.resolve(region, on).unwrap(), &calendar));
    });
    let law = RefundLaw::of(&policy).unwrap();
    for lots in [1_u32, 100] {
        let lot = |n: u32| LotFacts {
            paid_hours: ClassHours::try_from_hundredths(6_800 + i64::from(n)).unwrap(),
            gift_hours: ClassHours::try_from_hundredths(1_000).unwrap(),
            price: Fen::new(1_768_000),
            paid: Fen::new(1_768_000),
            list_price_per_hour: Some(Fen::new(30_000)),
            market_price_per_hour: None,
            used: ClassHours::try_from_hundredths(1_750).unwrap(),
        };
        let facts = RefundFacts {
            cause: RefundCause::Consumer,
            prepaid: Prepaid::Hours((0..lots).map(lot).collect()),
            paid_on: day("2026-06-01"),
            requested_on: day("2026-09-16"),
            first_lesson_on: Some(day("2026-06-14")),
            same_service_before: Some(false),
            agreed_share: None,
            agreed_full_refund: None,
            rates: Rates::default(),
            interest_from_on: None,
            interest_until_on: None,
        };
        group.bench_function(format!("refund/{lots} lots"), |b| {
            b.iter(|| refund(black_box(&facts), &law, &calendar).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, fees);
criterion_main!(benches);
