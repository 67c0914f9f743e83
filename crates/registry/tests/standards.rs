//! Standards of premises, capital and staff; the order of payment at an end; ties; steps after a listing.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Calendar, Category, Day, DayCount, Fen, InstitutionId, RuleId, Stage, Violation};
use policy::types::{HighestFloor, PremisesKind, Share, Standards};
use policy::{Grade, Policy, PolicySet, Rule, Setting};
use registry::closing::{Claims, shares};
use registry::graph::{Tie, TieKind, paths};
use registry::standards::{RecordFacts, SiteFacts, StaffFacts, shortfalls};
use registry::{ListKind, ListingStep};
use uuid::Uuid;

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn rule<T>(value: T) -> Setting<T> {
    let source = "测试".to_owned();
    Setting::Rule(Rule {
        value,
        source,
        url: None,
        grade: Grade::Primary,
        from_on: day("2021-07-24"),
        until_on: None,
        level: None,
        also: vec![],
    })
}

fn of<T>(value: T) -> Setting<Standards<T>> {
    rule(Standards(BTreeMap::from([(PremisesKind::Any, value)])))
}

fn strict() -> Policy {
    let policy = PolicySet::shipped().unwrap().resolve("330502".parse().unwrap(), day("2026-11-23")).unwrap();
    Policy {
        area_per_pupil_min: of(3),
        floor_area_min: of(200),
        teaching_area_share_min: rule(Share { numerator: 2, denominator: 3 }),
        highest_floor: rule(HighestFloor { primary: 4, secondary: 5 }),
        lease_left_min: rule(DayCount::Months(24)),
        capital_min: of(Fen::new(30_000_000)),
        equipment_min: of(Fen::new(10_000_000)),
        sites_per_licence_max: rule(1),
        full_time_staff_min_percent: rule(50),
        class_teachers_min_percent: rule(2),
        class_teachers_preschool_min_percent: rule(6),
        subject_teacher_certificate_required: rule(true),
        serving_teachers_allowed: rule(false),
        ..policy
    }
}

fn sound() -> RecordFacts {
    let teacher = StaffFacts { full_time_teaching: true, teaches: true, qualified: true, ..StaffFacts::default() };
    RecordFacts {
        capital: Some(Fen::new(30_000_000)),
        equipment: Some(Fen::new(10_000_000)),
        sites: vec![SiteFacts {
            floor_area: 300,
            teaching_area: 200,
            highest_floor: 4,
            pupils: 66,
            lease_until_on: Some(day("2028-11-23")),
        }],
        stages: [Stage::Primary].into(),
        category: Some(Category::Arts),
        staff: vec![teacher, teacher, StaffFacts::default()],
    }
}

fn lacking(change: impl FnOnce(&mut RecordFacts)) -> Vec<(RuleId, String, String)> {
    let mut facts = sound();
    change(&mut facts);
    let calendar = Calendar::new([2026, 2027, 2028], [], []);
    let told = |v: Violation| (v.rule, v.limit.unwrap(), v.actual.unwrap());
    shortfalls(&facts, &strict(), &calendar, day("2026-11-23")).into_iter().map(told).collect()
}

fn one(rule: RuleId, limit: &str, actual: &str) -> Vec<(RuleId, String, String)> {
    vec![(rule, limit.to_owned(), actual.to_owned())]
}

#[test]
fn what_suffices_lacks_nothing_and_each_shortfall_is_stated() {
    assert_eq!(lacking(|_| ()), []);
    assert_eq!(lacking(|f| f.sites[0].pupils = 67), one(RuleId::AreaPerPupil, "66", "67"));
    assert_eq!(
        lacking(|f| (f.sites[0].floor_area, f.sites[0].teaching_area) = (199, 198)),
        one(RuleId::FloorArea, "200", "199")
    );
    assert_eq!(lacking(|f| f.sites[0].teaching_area = 199), one(RuleId::TeachingShare, "2/3", "199/300"));
    assert_eq!(lacking(|f| f.sites[0].highest_floor = 5), one(RuleId::HighestFloor, "4", "5"));
    let junior = |f: &mut RecordFacts| (f.stages, f.sites[0].highest_floor) = ([Stage::Junior].into(), 5);
    assert_eq!(lacking(junior), []);
    let lease = |f: &mut RecordFacts| f.sites[0].lease_until_on = Some(day("2028-11-22"));
    assert_eq!(lacking(lease), one(RuleId::LeaseLeft, "2028-11-23", "2028-11-22"));
    assert_eq!(lacking(|f| f.sites[0].lease_until_on = None), [], "owned");
    assert_eq!(lacking(|f| f.capital = None), one(RuleId::CapitalMin, "30000000", "0"));
    assert_eq!(lacking(|f| f.equipment = Some(Fen::new(1))), one(RuleId::EquipmentMin, "10000000", "1"));
    let two = |f: &mut RecordFacts| f.sites = vec![f.sites[0].clone(); 2];
    // Twice the pupils ask for three full-time teachers, and there are two.
    let expected = [one(RuleId::SitesPerLicence, "1", "2"), one(RuleId::ClassTeachers, "3", "2")].concat();
    assert_eq!(lacking(two), expected);
    let helpers = |f: &mut RecordFacts| f.staff.extend([StaffFacts::default(); 2]);
    assert_eq!(lacking(helpers), one(RuleId::FullTimeStaff, "3", "2"));
    let preschool = |f: &mut RecordFacts| f.stages = [Stage::Preschool].into();
    assert_eq!(lacking(preschool), one(RuleId::ClassTeachers, "4", "2"));
    assert_eq!(lacking(|f| f.staff[0].qualified = false), one(RuleId::TeacherQualified, "0", "1"));
    assert_eq!(lacking(|f| f.staff[0].serving = true), one(RuleId::NoServingTeacher, "0", "1"));
    assert_eq!(lacking(|f| f.staff[2].barred = true), one(RuleId::StaffNotBarred, "0", "1"));
}

#[test]
fn families_come_first_then_wages_then_others() {
    let fen = Fen::new;
    let share = |custody: i64, resources: i64| {
        let claims = Claims { families: fen(100), wages: fen(50), others: fen(30) };
        let shares = shares(fen(custody), fen(resources), &claims).unwrap();
        [shares.families, shares.wages, shares.others, shares.left].map(|fen| fen.fen())
    };
    assert_eq!(share(100, 90), [100, 50, 30, 10]);
    assert_eq!(share(60, 90), [100, 50, 0, 0], "what custody lacks is taken before wages");
    assert_eq!(share(0, 120), [100, 20, 0, 0]);
    assert_eq!(share(0, 90), [90, 0, 0, 0]);
    assert_eq!(share(150, 0), [100, 0, 0, 0], "custody money pays nobody else");
}

#[test]
fn a_shell_is_tied_to_who_is_barred_by_the_shortest_path() {
    let id = |n: u128| InstitutionId::new(Uuid::from_u128(n));
    let tie = |kind, n: u8| Tie { kind, key: [n; 32] };
    let (person, phone) = (tie(TieKind::Person, 1), tie(TieKind::Phone, 2));
    let (address, account) = (tie(TieKind::Address, 3), tie(TieKind::Account, 4));
    let far = tie(TieKind::Phone, 5);
    let ties = BTreeMap::from([
        (id(1), BTreeSet::from([person])),
        (id(2), BTreeSet::from([person, phone])),
        (id(3), BTreeSet::from([phone, address])),
        (id(4), BTreeSet::from([address, account, far])),
        (id(5), BTreeSet::from([far])),
        (id(6), BTreeSet::from([tie(TieKind::Account, 9)])),
    ]);
    let barred = |ids: &[u128]| ids.iter().map(|n| id(*n)).collect::<BTreeSet<_>>();
    let along = |from: u128, ids: &[u128]| {
        let found = paths(id(from), &ties, &barred(ids));
        found
            .into_iter()
            .map(|path| path.into_iter().map(|s| (s.institution, s.kind)).collect())
            .collect::<Vec<Vec<_>>>()
    };
    let expected = vec![vec![(id(2), TieKind::Person), (id(3), TieKind::Phone), (id(4), TieKind::Address)]];
    assert_eq!(along(1, &[4, 5, 6, 1]), expected, "three steps, and oneself is no path");
    assert_eq!(along(6, &[1, 2, 3, 4, 5]), Vec::<Vec<_>>::new());
}

#[test]
fn steps_after_a_listing() {
    let mut table = String::new();
    let befores = std::iter::once(None).chain(ListingStep::ALL.iter().copied().map(Some));
    for before in befores {
        for &step in ListingStep::ALL {
            let fits = if step.after(before).is_ok() { "yes" } else { "-" };
            let off = if step.takes_off() { "off the list" } else { "" };
            let before = before.map_or("listed", ListingStep::as_str);
            table.push_str(&format!("{before:18} {:18} {fits:3} {off}\n", step.as_str()));
        }
    }
    insta::assert_snapshot!(table);
    assert_eq!(ListKind::ALL.len(), 5);
}
