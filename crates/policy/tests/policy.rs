//! What a policy is: the nearest level's word on each parameter, day by day, and its canonical text.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use kernel::{Day, DayCount, Fen, RegionCode};
use policy::types::{Categories, SupervisionMode};
use policy::{Grade, Policy, PolicyError, PolicySet, Setting};

const NATION: &str = include_str!("../data/cn.toml");
const COUNTY: &str = include_str!("../data/330502.toml");

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn region(s: &str) -> RegionCode {
    s.parse().unwrap()
}

fn shipped(code: &str, on: &str) -> Policy {
    PolicySet::shipped().unwrap().resolve(region(code), day(on)).unwrap()
}

fn load(nation: &str) -> Result<PolicySet, PolicyError> {
    PolicySet::from_sources(&[("cn.toml", nation)])
}

fn value<T: Clone>(setting: &Setting<T>) -> T {
    setting.in_force().unwrap().value.clone()
}

/// A file of a region with one parameter.
fn one(region: &str, key: &str, said: &str, period: &str) -> String {
    format!("region = \"{region}\"\nname = \"x\"\n[[{key}]]\n{said}\n{period}\nsource = \"s\"\ngrade = \"K\"\n")
}

#[test]
fn the_sample_county_of_the_demo_year() {
    let policy = shipped("330502", "2026-09-01");
    assert_eq!(policy.region_name, "浙江省湖州市吴兴区");
    assert!(policy.has_own_rules());
    assert_eq!(value(&policy.prepaid_span_months_max), 3);
    assert_eq!(value(&policy.prepaid_hours_max).hours.to_string(), "60");
    assert!(value(&policy.gift_hours_counted));
    let amount = value(&policy.prepaid_amount_max);
    assert_eq!((amount.fen, amount.categories), (Fen::new(500_000), Categories::NonSubject));
    assert!(value(&policy.custody_account_required));
    assert_eq!(value(&policy.supervision_modes).modes, [SupervisionMode::Custody].into());
    assert_eq!(value(&policy.deemed_confirmation), DayCount::WorkingDays(15));
    assert_eq!(value(&policy.refund_answer), DayCount::WorkingDays(5));
    assert_eq!(value(&policy.refund_pay_back_before_start), DayCount::Days(5));
    assert_eq!(value(&policy.refund_pay_back_after_start), DayCount::Days(15));
    assert_eq!(value(&policy.licence_decision), DayCount::WorkingDays(20));
    assert!(!value(&policy.subject_approval_open));
    assert!(value(&policy.revocation_two_persons));
    assert_eq!(value(&policy.guided_price_offline).float_up_percent, 10);
}

#[test]
fn a_region_without_rules_has_those_above_and_says_so() {
    let policy = shipped("620102", "2026-09-01");
    assert_eq!(policy.region_name, "620102");
    assert!(!policy.has_own_rules());
    assert!(policy.levels.is_empty());
    assert_eq!(policy.inheritance().zh, "数据中没有 620102 自己的规定，全部沿用全国的规定。");
    assert_eq!(value(&policy.licence_decision), DayCount::Months(3));
    assert!(policy.in_force().iter().all(|p| p.source.unwrap().level.is_none()));
    let why = policy.gift_hours_counted.no_rule().unwrap();
    assert!(why.source.contains("未规定赠送课时"), "that there is no rule is said, with its source");
    assert_eq!(policy.gift_hours_counted.rule(), Ok(None));

    let below = PolicySet::from_sources(&[("cn", NATION), ("w", COUNTY)]).unwrap();
    let own = below.resolve(region("330502"), day("2026-09-01")).unwrap();
    assert_eq!(own.inheritance().en, "330502 has rules of its own; all others are inherited: the nation.");
}

#[test]
fn the_nearest_level_wins_value_by_value() {
    let hours = |code: &str, n: &str| {
        one(
            code,
            "prepaid_hours_max",
            &format!("value = {{ hours = \"{n}\", per = \"charge\" }}"),
            "from_on = 2024-01-01",
        )
    };
    let province = hours("330000", "50")
        + "[[prepaid_span_months_max]]\nvalue = 2\nfrom_on = 2024-01-01\n\
         until_on = 2024-12-31\nsource = \"s\"\ngrade = \"K\"\n";
    let set = PolicySet::from_sources(&[("cn", NATION), ("zj", &province), ("city", &hours("330500", "40"))]).unwrap();
    let hours = |code: &str, on: &str| set.resolve(region(code), day(on)).unwrap().prepaid_hours_max;
    let text = |code: &str, on: &str| value(&hours(code, on)).hours.to_string();
    assert_eq!(text("330502", "2024-06-01"), "40");
    assert_eq!(hours("330502", "2024-06-01").in_force().unwrap().level, Some(region("330500")));
    assert_eq!(text("330102", "2024-06-01"), "50");
    assert_eq!(text("330502", "2023-12-31"), "60", "before the local rule");
    assert_eq!(text("320102", "2024-06-01"), "60");
    let span = |on: &str| value(&set.resolve(region("330502"), day(on)).unwrap().prepaid_span_months_max);
    assert_eq!((span("2024-12-31"), span("2025-01-01")), (2, 3), "after the local rule");
    let levels = set.resolve(region("330502"), day("2024-06-01")).unwrap().levels;
    assert_eq!(levels.iter().map(|(code, _)| code.to_string()).collect::<Vec<_>>(), ["330500", "330000"]);
}

#[test]
fn a_level_may_say_that_there_is_no_rule_or_hand_the_question_up() {
    let city = one("330500", "prepaid_span_months_max", "none = true", "from_on = 2024-01-01\nuntil_on = 2024-12-31")
        + "[[prepaid_span_months_max]]\nas_above = true\nfrom_on = 2025-01-01\nsource = \"s\"\ngrade = \"K\"\n";
    let set = PolicySet::from_sources(&[("cn", NATION), ("city", &city)]).unwrap();
    let span = |on: &str| set.resolve(region("330502"), day(on)).unwrap().prepaid_span_months_max;
    assert_eq!(value(&span("2023-12-31")), 3);
    assert_eq!(span("2024-06-01").no_rule().unwrap().level, Some(region("330500")));
    assert_eq!(value(&span("2025-01-01")), 3);
    assert_eq!(span("2025-01-01").in_force().unwrap().level, None);
}

#[test]
fn before_the_data_begins_there_is_no_whole_policy_and_single_rules_say_what_is_known() {
    let set = PolicySet::shipped().unwrap();
    let gansu = region("620000");
    assert!(set.resolve(gansu, day("2021-07-24")).is_ok());
    let error = set.resolve(gansu, day("2021-07-23")).unwrap_err();
    assert!(matches!(error, PolicyError::BeforeData { .. }), "{error}");

    let early = set.resolve_known(gansu, day("2018-05-20"));
    assert_eq!(value(&early.refund_pay_back_after_start), DayCount::Days(15), "the rule of 2015");
    assert_eq!(
        early.prepaid_hours_max.rule().unwrap_err(),
        PolicyError::BeforeData { key: "prepaid_hours_max", region: gansu, on: day("2018-05-20") }
    );
    assert_eq!(set.resolve_known(gansu, day("2021-10-28")).prepaid_hours_max.rule(), Ok(None), "known: no rule yet");
}

#[test]
fn every_value_of_every_file_has_a_source_and_a_grade() {
    let set = PolicySet::shipped().unwrap();
    let regions: Vec<RegionCode> = set.regions().into_iter().map(|(code, _)| code).chain([region("620000")]).collect();
    for code in regions {
        let policy = set.resolve(code, day("2026-09-01")).unwrap();
        for parameter in policy.in_force() {
            let source = parameter.source.unwrap();
            assert!(source.text.chars().count() > 8, "{code} {}", parameter.key);
            assert!(Grade::ALL.contains(&source.grade));
            assert!(parameter.also.iter().all(|other| other.source.chars().count() > 8), "{code} {}", parameter.key);
        }
    }
}

/// The hash of these bytes stands in ledger entries: a change of this snapshot means a new policy.
#[test]
fn canonical_bytes_of_the_sample_county() {
    let bytes = shipped("330502", "2026-09-01").canonical_bytes();
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap());
}

#[test]
fn canonical_bytes_change_with_values_and_sources_only() {
    let bytes =
        |nation: &str, on: &str| load(nation).unwrap().resolve(region("330502"), day(on)).unwrap().canonical_bytes();
    let today = bytes(NATION, "2026-09-01");
    assert_eq!(bytes(NATION, "2025-06-01"), today, "the day alone changes nothing");
    assert_ne!(bytes(NATION, "2025-04-30"), today, "another rule does");
    assert_eq!(bytes(&NATION.replace("grade = \"X\"", "grade = \"P\""), "2026-09-01"), today, "nor does a grade");
    assert_eq!(bytes(&NATION.replace("url = \"http", "url = \"http://x?"), "2026-09-01"), today, "nor an address");
    for (from, to) in
        [("fen = 500000", "fen = 400000"), ("5000元", "5000 元"), ("{ working_days = 7 }", "{ days = 7 }")]
    {
        assert!(NATION.contains(from), "{from}");
        assert_ne!(bytes(&NATION.replacen(from, to, 1), "2026-09-01"), today, "{from}");
    }
    assert_ne!(shipped("330502", "2026-09-01").canonical_bytes(), today, "the county's own rules");
}

/// A version that a region adopts stands before what it had, from its day on, and for its keys only.
#[test]
fn an_adopted_version_holds_from_its_day() {
    let set = PolicySet::from_sources(&[("cn", NATION), ("w", COUNTY)]).unwrap();
    let (wuxing, from) = (region("330502"), day("2027-01-01"));
    let version = one("330502", "deemed_confirmation", "value = { working_days = 7 }", "from_on = 2027-01-01");
    let adopted = set.with_version("v", &version, wuxing, from).unwrap();
    let clock = |set: &PolicySet, on: &str| value(&set.resolve(wuxing, day(on)).unwrap().deemed_confirmation);
    assert_eq!(clock(&adopted, "2026-12-31"), DayCount::WorkingDays(15));
    assert_eq!(clock(&adopted, "2027-01-01"), DayCount::WorkingDays(7));
    assert_eq!(clock(&set, "2027-01-01"), DayCount::WorkingDays(15), "the old set is untouched");
    let other = adopted.resolve(wuxing, from).unwrap();
    assert_eq!(value(&other.licence_decision), DayCount::WorkingDays(20), "other keys stay");
    assert_eq!(other.region_name, "浙江省湖州市吴兴区", "the shipped name stays");

    let newer = one("330502", "deemed_confirmation", "as_above = true", "from_on = 2028-01-01");
    let newer = adopted.with_version("v2", &newer, wuxing, day("2028-01-01")).unwrap();
    let rule = newer.resolve(wuxing, day("2028-01-01")).unwrap().deemed_confirmation;
    assert_eq!(rule.in_force().unwrap().level, None, "as above passes over all that the region had");
    assert_eq!(clock(&newer, "2027-12-31"), DayCount::WorkingDays(7));
}

#[test]
fn a_supposed_version_holds_always() {
    let set = PolicySet::from_sources(&[("cn", NATION), ("w", COUNTY)]).unwrap();
    let (wuxing, from) = (region("330502"), day("2027-01-01"));
    let version = one("330502", "deemed_confirmation", "value = { working_days = 7 }", "from_on = 2027-01-01");
    let supposed = set.supposing("v", &version, wuxing, from).unwrap();
    for on in ["2023-01-01", "2026-09-01", "2027-01-01", "2028-01-01"] {
        let policy = supposed.resolve(wuxing, day(on)).unwrap();
        assert_eq!(value(&policy.deemed_confirmation), DayCount::WorkingDays(7), "{on}");
        assert_eq!(value(&policy.licence_decision), DayCount::WorkingDays(20), "{on}: the rest as it was");
    }
}
