//! What the shipped policy data says, level by level, and what a loader must refuse.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use kernel::{ClassHours, Day, DayCount, Fen, RegionCode};
use policy::{Grade, Policy, PolicyError, PolicySet};

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

fn load_error(nation: &str) -> PolicyError {
    load(nation).map(|_| ()).unwrap_err()
}

#[test]
fn the_sample_county_of_the_demo_year() {
    let policy = shipped("330502", "2026-09-01");
    assert_eq!(policy.region_name, "浙江省湖州市吴兴区");
    assert_eq!(policy.prepaid_span_months_max.value, 3);
    assert_eq!(policy.prepaid_hours_max.value, "60".parse::<ClassHours>().unwrap());
    assert!(policy.gift_hours_counted.value);
    assert_eq!(policy.non_subject_amount_max_fen.value, Fen::new(500_000));
    assert!(policy.custody_required.value);
    assert_eq!(policy.deemed_confirmation.value, DayCount::WorkingDays(15));
    assert_eq!(policy.refund_answer.value, DayCount::WorkingDays(5));
    assert_eq!(policy.refund_pay_back_before_start.value, DayCount::Days(5));
    assert_eq!(policy.refund_pay_back_after_start.value, DayCount::Days(15));
    assert_eq!(policy.licence_decision.value, DayCount::WorkingDays(20));
    assert!(!policy.subject_approval_open.value);
    assert!(policy.revocation_two_persons.value);
}

#[test]
fn a_region_without_rules_has_the_nation_s() {
    let policy = shipped("330503", "2026-09-01");
    assert_eq!(policy.region_name, "330503");
    assert!(!policy.gift_hours_counted.value);
    assert_eq!(policy.licence_decision.value, DayCount::Months(3));
    assert!(policy.in_force().iter().all(|p| p.level.is_none()));
}

#[test]
fn the_nearest_level_wins_value_by_value() {
    let value = |region: &str, value: &str| {
        format!(
            "region = \"{region}\"\nname = \"x\"\n[[prepaid_hours_max]]\nvalue = \"{value}\"\nfrom_on = 2024-01-01\n\
             source = \"s\"\ngrade = \"K\"\n"
        )
    };
    let province = value("330000", "50")
        + "[[prepaid_span_months_max]]\nvalue = 2\nfrom_on = 2024-01-01\n\
         until_on = 2024-12-31\nsource = \"s\"\ngrade = \"K\"\n";
    let set = PolicySet::from_sources(&[("cn", NATION), ("zj", &province), ("city", &value("330500", "40"))]).unwrap();
    let hours = |code: &str, on: &str| set.resolve(region(code), day(on)).unwrap().prepaid_hours_max;
    assert_eq!(hours("330502", "2024-06-01").value.to_string(), "40");
    assert_eq!(hours("330502", "2024-06-01").level, Some(region("330500")));
    assert_eq!(hours("330102", "2024-06-01").value.to_string(), "50");
    assert_eq!(hours("330502", "2023-12-31").value.to_string(), "60", "before the local rule");
    assert_eq!(hours("320102", "2024-06-01").value.to_string(), "60");
    let span = |on: &str| set.resolve(region("330502"), day(on)).unwrap().prepaid_span_months_max.value;
    assert_eq!((span("2024-12-31"), span("2025-01-01")), (2, 3), "after the local rule");
}

#[test]
fn before_the_data_begins_there_is_no_answer() {
    let set = PolicySet::shipped().unwrap();
    assert!(set.resolve(region("330502"), day("2023-01-01")).is_ok());
    assert!(matches!(
        set.resolve(region("330502"), day("2022-12-31")),
        Err(PolicyError::BeforeData { key: "deemed_confirmation", .. })
    ));
}

#[test]
fn every_value_has_a_source_and_a_grade() {
    for policy in [shipped("330502", "2026-09-01"), shipped("620000", "2026-09-01")] {
        for parameter in policy.in_force() {
            assert!(parameter.source.chars().count() > 8, "{}", parameter.key);
            assert!(Grade::ALL.contains(&parameter.grade));
            assert!(parameter.from_on <= day("2023-01-01"));
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
    assert_eq!(bytes(NATION, "2024-02-29"), today, "the day alone changes nothing");
    assert_eq!(bytes(&NATION.replace("grade = \"X\"", "grade = \"P\""), "2026-09-01"), today, "nor does a grade");
    assert_ne!(bytes(&NATION.replace("500000", "400000"), "2026-09-01"), today);
    assert_ne!(bytes(&NATION.replace("5000元", "5000 元"), "2026-09-01"), today);
    assert_ne!(shipped("330502", "2026-09-01").canonical_bytes(), today, "the county's own rules");
}

#[test]
fn a_missing_or_unknown_key_is_named() {
    let file = || "cn.toml".to_owned();
    for (from, to, expected) in [
        ("[[refund_answer]]", "[[refund_anwser]]", PolicyError::Missing { file: file(), key: "refund_answer".into() }),
        ("name = \"全国\"\n", "", PolicyError::Missing { file: file(), key: "name".into() }),
        ("value = \"60\"\n", "", PolicyError::Missing { file: file(), key: "prepaid_hours_max.value".into() }),
        (
            "from_on = 2022-12-29\n",
            "",
            PolicyError::Missing { file: file(), key: "non_subject_amount_max_fen.from_on".into() },
        ),
        (
            "region = \"nation\"",
            "region = \"nation\"\nyear = 1",
            PolicyError::UnknownKey { file: file(), key: "year".into() },
        ),
        (
            "value = \"60\"\n",
            "value = \"60\"\nunit = \"h\"\n",
            PolicyError::UnknownKey { file: file(), key: "prepaid_hours_max.unit".into() },
        ),
    ] {
        assert!(NATION.contains(from), "{from}");
        assert_eq!(load_error(&NATION.replacen(from, to, 1)), expected, "{from} -> {to}");
    }
    let without_source: String =
        NATION.lines().filter(|l| !l.contains("中办发〔2021〕40号")).map(|l| format!("{l}\n")).collect();
    assert_eq!(
        load_error(&without_source),
        PolicyError::Missing { file: file(), key: "subject_approval_open.source".into() }
    );
    let blank = NATION.replace("source = \"中办发", "source = \" \" # ");
    assert!(matches!(load_error(&blank), PolicyError::Missing { key, .. } if key == "subject_approval_open.source"));
}

#[test]
fn a_value_of_the_wrong_type_is_named() {
    for (from, to, key) in [
        ("value = 3\n", "value = \"3\"\n", "prepaid_span_months_max.value"),
        ("value = 3\n", "value = 3.0\n", "prepaid_span_months_max.value"),
        ("value = 3\n", "value = -3\n", "prepaid_span_months_max.value"),
        ("value = \"60\"\n", "value = 60\n", "prepaid_hours_max.value"),
        ("value = \"60\"\n", "value = \"6e1\"\n", "prepaid_hours_max.value"),
        ("value = 500000\n", "value = \"500000\"\n", "non_subject_amount_max_fen.value"),
        ("value = 500000\n", "value = -1\n", "non_subject_amount_max_fen.value"),
        ("{ working_days = 15 }", "15", "deemed_confirmation.value"),
        ("{ working_days = 15 }", "{ weeks = 15 }", "deemed_confirmation.value"),
        ("{ working_days = 15 }", "{ days = 1, months = 1 }", "deemed_confirmation.value"),
        ("from_on = 2022-12-29", "from_on = \"2022-12-29\"", "non_subject_amount_max_fen.from_on"),
        ("from_on = 2022-12-29", "from_on = 2022-12-29T00:00:00", "non_subject_amount_max_fen.from_on"),
        ("from_on = 2022-12-29", "from_on = 0022-12-29", "non_subject_amount_max_fen.from_on"),
        ("grade = \"P\"", "grade = \"A\"", "refund_pay_back_after_start.grade"),
        ("region = \"nation\"", "region = \"china\"", "region"),
    ] {
        assert!(NATION.contains(from), "{from}");
        let error = load_error(&NATION.replacen(from, to, 1));
        assert!(matches!(&error, PolicyError::WrongType { key: k, .. } if k == key), "{from} -> {to}: {error:?}");
    }
    assert!(matches!(load_error("region = [[["), PolicyError::Syntax { .. }));
}

#[test]
fn periods_follow_each_other_without_gap_or_overlap() {
    let nation = |first_until: &str, second_from: &str, second_until: &str| {
        let second = format!(
            "[[prepaid_hours_max]]\nvalue = \"48\"\nfrom_on = {second_from}\n{second_until}source = \"s\"\ngrade = \"K\"\n"
        );
        let first = NATION.replacen("value = \"60\"\n", &format!("value = \"60\"\n{first_until}"), 1);
        first + &second
    };
    let set = load(&nation("until_on = 2025-12-31\n", "2026-01-01", "")).unwrap();
    let hours = |on: &str| set.resolve(region("110000"), day(on)).unwrap().prepaid_hours_max.value.to_string();
    assert_eq!((hours("2025-12-31"), hours("2026-01-01")), ("60".to_owned(), "48".to_owned()));

    assert!(matches!(load_error(&nation("until_on = 2025-12-31\n", "2026-01-02", "")), PolicyError::Gap { .. }));
    assert!(matches!(load_error(&nation("until_on = 2025-12-31\n", "2025-12-31", "")), PolicyError::Overlap { .. }));
    assert!(
        matches!(load_error(&nation("", "2026-01-01", "")), PolicyError::Overlap { .. }),
        "open end before another"
    );
    assert!(matches!(load_error(&nation("until_on = 2020-01-01\n", "2020-01-02", "")), PolicyError::Overlap { .. }));
    assert!(matches!(
        load_error(&nation("until_on = 2025-12-31\n", "2026-01-01", "until_on = 2026-12-31\n")),
        PolicyError::Ends { .. }
    ));
}

#[test]
fn a_level_is_given_once_and_the_nation_is_not_left_out() {
    let twice = PolicySet::from_sources(&[("cn", NATION), ("a", COUNTY), ("b", COUNTY)]).map(|_| ()).unwrap_err();
    assert_eq!(twice, PolicyError::Twice { file: "b".into(), key: "330502".into() });
    let none = PolicySet::from_sources(&[("a", COUNTY)]).map(|_| ()).unwrap_err();
    assert!(matches!(none, PolicyError::Missing { .. }));
}
