//! The checks before publication and signing: each cap on both sides, and all broken rules told.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use contract::{Course, LotTerms, RefundTerms, Seller, Terms, publication_violations, sign_violations};
use kernel::{
    Category, ClassHours, ContractId, CourseId, CreditCode, Day, Fen, InstitutionId, LicenceId, LotId, Mode,
    RegionCode, RuleId, Scope, Stage, SubjectId, Violation,
};
use policy::{Policy, PolicySet};
use registry::{Institution, InstitutionState, Licence, LicenceState, ListKind};
use uuid::Uuid;

/// Day of signing or publication in every case.
const ON: &str = "2026-11-22";

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn hours(s: &str) -> ClassHours {
    s.parse().unwrap()
}

fn region() -> RegionCode {
    "330502".parse().unwrap()
}

fn policy() -> Policy {
    PolicySet::shipped().unwrap().resolve(region(), day(ON)).unwrap()
}

/// A case in which no rule is broken; tests change one thing.
struct Case {
    institution: Institution,
    licence: Option<Licence>,
    custody_account: bool,
    course: Course,
    terms: Terms,
    policy: Policy,
}

fn case() -> Case {
    let id = InstitutionId::new(Uuid::from_u128(1));
    let scope = Scope {
        category: Category::Arts,
        modes: [Mode::Offline].into(),
        stages: [Stage::Primary, Stage::Junior].into(),
    };
    let institution = Institution {
        id,
        region: region(),
        credit_code: CreditCode::complete("52330502MJ8719001").unwrap(),
        scope: scope.clone(),
        state: InstitutionState::Licensed,
        listing: ListKind::White,
        licence: None,
        open_application: None,
        control_change: None,
        holds: 0,
        account_holds: 0,
        custody: Fen::ZERO,
        prepaid: Fen::ZERO,
        disputed: Fen::ZERO,
        refund: Fen::ZERO,
        payable: Fen::ZERO,
        settling: Fen::ZERO,
        interest: Fen::ZERO,
        suspended_in: Fen::ZERO,
        suspended_out: Fen::ZERO,
        deposit: Fen::ZERO,
        deposit_locked: false,
        last_seq: 1,
        last_leaf: [0; 32],
    };
    let licence = Licence {
        id: LicenceId::new(Uuid::from_u128(2)),
        institution: id,
        number: "133050270001239".to_owned(),
        scope,
        valid_from_on: day("2026-09-01"),
        valid_until_on: day("2029-08-31"),
        state: LicenceState::InForce,
        revocation_proposed_by: None,
        revoked_from_on: None,
        hearing_by_on: None,
        hearing: None,
        hearing_on: None,
        rectify_by_on: None,
        close_from_on: None,
        inspected: None,
    };
    let course = Course {
        id: CourseId::new(Uuid::from_u128(3)),
        institution: id,
        category: Category::Arts,
        mode: Mode::Offline,
        stage: Stage::Primary,
        hours: hours("24"),
        minutes_per_hour: 45,
        price: Fen::new(200_000),
        list_price_per_hour: Some(Fen::new(10_000)),
        class_size_max: 20,
        starts_on: day("2026-12-05"),
        ends_on: day("2027-03-05"),
        published_seq: Some(9),
    };
    let terms = Terms {
        id: ContractId::new(Uuid::from_u128(4)),
        institution: id,
        course: course.id,
        category: Category::Arts,
        mode: Mode::Offline,
        stage: Stage::Primary,
        guardian: SubjectId::new(Uuid::from_u128(5)),
        pupil: SubjectId::new(Uuid::from_u128(6)),
        lots: vec![lot(7, "24", "0", 200_000)],
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        first_lesson_on: day("2026-12-05"),
        last_lesson_on: day("2027-02-27"),
    };
    Case { institution, licence: Some(licence), custody_account: true, course, terms, policy: policy() }
}

fn lot(id: u128, paid: &str, gift: &str, fen: i64) -> LotTerms {
    LotTerms {
        id: LotId::new(Uuid::from_u128(id)),
        paid_hours: hours(paid),
        gift_hours: hours(gift),
        price: Fen::new(fen),
        list_price_per_hour: None,
    }
}

impl Case {
    fn seller(&self) -> Seller<'_> {
        Seller { institution: &self.institution, licence: self.licence.as_ref(), custody_account: self.custody_account }
    }

    fn sign(&self) -> Vec<Violation> {
        sign_violations(&self.terms, &self.course, &self.seller(), &self.policy, day(ON))
    }

    fn publish(&self) -> Vec<Violation> {
        publication_violations(&self.course, &self.seller(), &self.policy, day(ON))
    }

    fn sign_rules(&self) -> Vec<RuleId> {
        self.sign().iter().map(|v| v.rule).collect()
    }

    fn publish_rules(&self) -> Vec<RuleId> {
        self.publish().iter().map(|v| v.rule).collect()
    }

    fn licence_mut(&mut self) -> &mut Licence {
        self.licence.as_mut().unwrap()
    }
}

fn with(change: impl FnOnce(&mut Case)) -> Case {
    let mut case = case();
    change(&mut case);
    case
}

/// `limit actual field` of the only violation, which must be of `rule` and name a source.
fn only(violations: &[Violation], rule: RuleId) -> String {
    assert_eq!(violations.len(), 1, "{violations:?}");
    let violation = &violations[0];
    assert_eq!(violation.rule, rule);
    assert!(violation.source.as_ref().is_some_and(|s| !s.is_empty()));
    format!(
        "{} {} {}",
        violation.limit.clone().unwrap(),
        violation.actual.clone().unwrap(),
        violation.field.unwrap_or("-")
    )
}

#[test]
fn a_good_contract_and_a_good_course_break_nothing() {
    assert_eq!(case().sign(), []);
    assert_eq!(case().publish(), []);
}

/// WC-57, offers a to d.
#[test]
fn wc_57() {
    let offer = |last: &str, paid: &str, fen: i64| {
        with(|c| {
            c.course.ends_on = day("2027-06-30");
            c.terms.last_lesson_on = day(last);
            c.terms.lots = vec![lot(7, paid, "0", fen)];
        })
    };
    assert_eq!(offer("2027-03-05", "60", 500_000).sign(), [], "a");
    assert_eq!(only(&offer("2027-03-05", "61", 400_000).sign(), RuleId::PrepaidHoursCap), "60 61 lots", "b");
    let c = offer("2027-03-06", "24", 240_000);
    assert_eq!(only(&c.sign(), RuleId::PrepaidSpanCap), "2027-03-05 2027-03-06 last_lesson_on", "c");
    let d = offer("2027-02-05", "48", 500_001);
    assert_eq!(only(&d.sign(), RuleId::PrepaidAmountCap), "500000 500001 lots", "d");
}

#[test]
fn the_hours_cap_counts_hundredths_and_all_lots() {
    let hours_of = |lots: &[(&str, &str)]| {
        with(|c| c.terms.lots = lots.iter().zip(7..).map(|((p, g), id)| lot(id, p, g, 100)).collect()).sign()
    };
    assert_eq!(hours_of(&[("60", "0")]), []);
    assert_eq!(only(&hours_of(&[("60.01", "0")]), RuleId::PrepaidHoursCap), "60 60.01 lots");
    assert_eq!(hours_of(&[("30", "0"), ("30", "0")]), []);
    assert_eq!(only(&hours_of(&[("30", "0"), ("30.25", "0")]), RuleId::PrepaidHoursCap), "60 60.25 lots");
    let absurd: Vec<(&str, &str)> = vec![("10000", "0"), ("10000", "0")];
    assert_eq!(only(&hours_of(&absurd), RuleId::PrepaidHoursCap), "60 > 10000 lots");
}

#[test]
fn gift_hours_count_where_the_region_says_so() {
    let mut case = with(|c| c.terms.lots = vec![lot(7, "40", "20", 400_000)]);
    assert_eq!(case.sign(), []);
    case.terms.lots = vec![lot(7, "40", "24", 400_000)];
    assert_eq!(only(&case.sign(), RuleId::PrepaidHoursCap), "60 64 lots");
    let source = case.sign()[0].source.clone().unwrap();
    assert!(source.contains("教监管函〔2021〕2号") && source.contains("含赠课"), "{source}");
    case.policy = PolicySet::shipped().unwrap().resolve("330503".parse().unwrap(), day(ON)).unwrap();
    case.terms.refund_terms.pay_back_days = 5;
    assert_eq!(case.sign(), [], "the nation is silent on gift hours, the province is strict on days");
}

#[test]
fn the_amount_cap_is_for_non_subject_training_and_for_all_lots() {
    let mut case = with(|c| c.terms.lots = vec![lot(7, "20", "0", 250_000), lot(8, "20", "0", 250_001)]);
    assert_eq!(only(&case.sign(), RuleId::PrepaidAmountCap), "500000 500001 lots");
    case.terms.category = Category::Subject;
    case.licence_mut().scope.category = Category::Subject;
    assert_eq!(case.sign(), []);
    let absurd = with(|c| c.terms.lots = vec![lot(7, "20", "0", i64::MAX), lot(8, "20", "0", i64::MAX)]);
    assert_eq!(absurd.sign_rules(), [RuleId::PrepaidAmountCap]);
}

#[test]
fn the_span_ends_on_the_same_day_of_the_month_or_its_last() {
    let span = |first: &str, last: &str| {
        with(|c| {
            c.course.starts_on = day("2026-11-01");
            c.course.ends_on = day("2027-12-31");
            c.terms.first_lesson_on = day(first);
            c.terms.last_lesson_on = day(last);
        })
        .sign_rules()
    };
    assert_eq!(span("2026-12-31", "2027-03-31"), []);
    assert_eq!(span("2026-11-30", "2027-02-28"), []);
    assert_eq!(span("2026-11-30", "2027-03-01"), [RuleId::PrepaidSpanCap]);
}

#[test]
fn nothing_is_sold_while_a_change_of_control_is_applied_for() {
    let pending = with(|c| c.institution.control_change = Some(kernel::ApplicationId::new(uuid::Uuid::from_u128(7))));
    assert_eq!(pending.sign_rules(), [RuleId::NoChangePending]);
}

#[test]
fn the_licence_is_in_force_on_the_day() {
    let rules = |change: fn(&mut Case)| with(change).sign_rules();
    assert_eq!(rules(|c| c.licence = None), [RuleId::LicenceInForce]);
    assert_eq!(rules(|c| c.licence_mut().state = LicenceState::Suspended), [RuleId::LicenceInForce]);
    assert_eq!(rules(|c| c.licence_mut().state = LicenceState::Ended), [RuleId::LicenceInForce]);
    assert_eq!(rules(|c| c.licence_mut().valid_from_on = day(ON)), []);
    assert_eq!(rules(|c| c.licence_mut().valid_from_on = day("2026-11-23")), [RuleId::LicenceInForce]);
    assert_eq!(
        rules(|c| c.licence_mut().valid_until_on = day("2026-11-21")),
        [RuleId::LicenceInForce, RuleId::LicenceCoversTerm]
    );
    let expired = with(|c| c.licence_mut().valid_until_on = day("2026-11-21")).sign();
    assert_eq!(expired[0].actual.as_deref(), Some("2026-09-01..2026-11-21"));
    let suspended = with(|c| c.licence_mut().state = LicenceState::Suspended).sign();
    assert_eq!(only(&suspended, RuleId::LicenceInForce), "2026-11-22 suspended -");
}

#[test]
fn a_revocation_counts_from_its_day() {
    let revoked = |from: &str| {
        with(|c| {
            c.licence_mut().state = LicenceState::Revoked;
            c.licence_mut().revoked_from_on = Some(day(from));
        })
        .sign_rules()
    };
    assert_eq!(revoked(ON), [RuleId::LicenceInForce, RuleId::LicenceCoversTerm]);
    assert_eq!(revoked("2027-02-27"), [RuleId::LicenceCoversTerm], "in force today, not at the last lesson");
    assert_eq!(revoked("2027-02-28"), []);
}

#[test]
fn nobody_on_the_black_list_sells() {
    let listed = |list: ListKind| with(|c| c.institution.listing = list).sign_rules();
    assert_eq!(listed(ListKind::Black), [RuleId::NotBlacklisted]);
    for list in [ListKind::White, ListKind::Warning, ListKind::Rectifying, ListKind::None] {
        assert_eq!(listed(list), []);
    }
}

#[test]
fn the_licence_covers_category_mode_stage_and_term() {
    let of = |change: fn(&mut Case)| with(change).sign();
    assert_eq!(
        only(&of(|c| c.terms.category = Category::Science), RuleId::LicenceCoversCategory),
        "arts science category"
    );
    assert_eq!(only(&of(|c| c.terms.mode = Mode::Online), RuleId::LicenceCoversMode), "offline online mode");
    assert_eq!(only(&of(|c| c.terms.stage = Stage::Senior), RuleId::LicenceCoversStage), "primary,junior senior stage");
    assert_eq!(of(|c| c.licence_mut().valid_until_on = day("2027-02-27")), []);
    assert_eq!(
        only(&of(|c| c.licence_mut().valid_until_on = day("2027-02-26")), RuleId::LicenceCoversTerm),
        "2027-02-26 2027-02-27 last_lesson_on"
    );
    let early = of(|c| {
        c.course.starts_on = day("2026-08-31");
        c.terms.first_lesson_on = day("2026-08-31");
        c.terms.last_lesson_on = day("2026-11-30");
    });
    assert_eq!(only(&early, RuleId::LicenceCoversTerm), "2026-09-01 2026-08-31 first_lesson_on");
}

#[test]
fn the_custody_account_is_registered_where_custody_is_required() {
    let mut case = with(|c| c.custody_account = false);
    assert_eq!(only(&case.sign(), RuleId::CustodyAccount), "registered none custody_account");
    if let policy::Setting::Rule(rule) = &mut case.policy.custody_account_required {
        rule.value = false;
    }
    assert_eq!(case.sign(), []);
}

#[test]
fn lessons_lie_within_the_published_course() {
    let lessons = |first: &str, last: &str| {
        with(|c| {
            c.terms.first_lesson_on = day(first);
            c.terms.last_lesson_on = day(last);
        })
        .sign()
    };
    assert_eq!(lessons("2026-12-05", "2027-03-05"), []);
    let early = lessons("2026-12-04", "2027-03-01");
    assert_eq!(only(&early, RuleId::CourseTerms), "2026-12-05 2026-12-04 first_lesson_on");
    let late = lessons("2026-12-06", "2027-03-06");
    assert_eq!(only(&late, RuleId::CourseTerms), "2027-03-05 2027-03-06 last_lesson_on");
    let backwards = lessons("2027-01-02", "2027-01-01");
    assert_eq!(only(&backwards, RuleId::CourseTerms), "2027-01-02 2027-01-01 last_lesson_on");
}

#[test]
fn the_agreed_pay_back_is_not_longer_than_the_rule() {
    let days = |n: u16| with(|c| c.terms.refund_terms.pay_back_days = n).sign();
    assert_eq!(days(0), []);
    assert_eq!(days(15), []);
    assert_eq!(only(&days(16), RuleId::RefundPayBackMax), "15 16 refund_terms.pay_back_days");
}

/// The county scenario: a course offered with 61 hours is refused before anybody can buy it.
#[test]
fn a_course_is_published_only_if_it_can_be_sold_in_one_contract() {
    let of = |change: fn(&mut Case)| with(change).publish();
    assert_eq!(of(|c| c.course.hours = hours("60")), []);
    assert_eq!(only(&of(|c| c.course.hours = hours("61")), RuleId::PrepaidHoursCap), "60 61 hours");
    assert_eq!(of(|c| c.course.price = Fen::new(500_000)), []);
    assert_eq!(only(&of(|c| c.course.price = Fen::new(500_001)), RuleId::PrepaidAmountCap), "500000 500001 price_fen");
    assert_eq!(
        only(&of(|c| c.course.ends_on = day("2027-03-06")), RuleId::PrepaidSpanCap),
        "2027-03-05 2027-03-06 ends_on"
    );
    let rules = |change: fn(&mut Case)| with(change).publish_rules();
    // Subject training has a guided price, too.
    let subject = rules(|c| c.course.category = Category::Subject);
    assert_eq!(subject, [RuleId::LicenceCoversCategory, RuleId::GuidedPrice]);
    assert_eq!(rules(|c| c.course.stage = Stage::Preschool), [RuleId::LicenceCoversStage]);
    assert_eq!(rules(|c| c.course.mode = Mode::Online), [RuleId::LicenceCoversMode]);
    assert_eq!(rules(|c| c.licence = None), [RuleId::LicenceInForce]);
    assert_eq!(rules(|c| c.custody_account = false), [RuleId::CustodyAccount]);
}

#[test]
fn all_broken_rules_are_told_in_the_order_of_the_list() {
    let case = with(|c| {
        c.institution.listing = ListKind::Black;
        c.licence_mut().state = LicenceState::Suspended;
        c.licence_mut().valid_until_on = day("2027-01-31");
        c.custody_account = false;
        c.terms.category = Category::Sports;
        c.terms.mode = Mode::Online;
        c.terms.stage = Stage::Senior;
        c.terms.last_lesson_on = day("2027-06-01");
        c.terms.lots = vec![lot(7, "100", "0", 960_000)];
        c.terms.refund_terms.pay_back_days = 90;
    });
    let rules = case.sign_rules();
    assert_eq!(
        rules,
        [
            RuleId::LicenceInForce,
            RuleId::NotBlacklisted,
            RuleId::LicenceCoversCategory,
            RuleId::LicenceCoversMode,
            RuleId::LicenceCoversStage,
            RuleId::LicenceCoversTerm,
            RuleId::CustodyAccount,
            RuleId::PrepaidSpanCap,
            RuleId::PrepaidHoursCap,
            RuleId::PrepaidAmountCap,
            RuleId::CourseTerms,
            RuleId::RefundPayBackMax,
        ]
    );
    assert!(rules.is_sorted());
    assert!(case.sign().iter().all(|v| v.source.is_some()));
}
