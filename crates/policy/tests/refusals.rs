//! What the loader refuses: each slip with the file, the key and what to do in both languages.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use kernel::{Day, RegionCode};
use policy::{PolicyError, PolicySet};

const NATION: &str = include_str!("../data/cn.toml");
const COUNTY: &str = include_str!("../data/330502.toml");

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn region(s: &str) -> RegionCode {
    s.parse().unwrap()
}

fn load(sources: &[(&str, &str)]) -> Result<PolicySet, PolicyError> {
    PolicySet::from_sources(sources)
}

/// The error of the national file with one change; it must name that file and explain itself.
fn nation_with(from: &str, to: &str) -> PolicyError {
    assert!(NATION.contains(from), "{from}");
    refused(load(&[("cn.toml", &NATION.replacen(from, to, 1))]), "cn.toml")
}

fn refused(loaded: Result<PolicySet, PolicyError>, file: &str) -> PolicyError {
    let error = loaded.map(|_| ()).unwrap_err();
    let explanation = error.explain();
    for text in [&explanation.zh, &explanation.en, &error.to_string()] {
        assert!(text.starts_with(file), "{text}");
    }
    assert!(explanation.zh.contains('。') && explanation.en.ends_with('.'), "{explanation:?}");
    if let Some(key) = error.key() {
        assert!(explanation.zh.contains(key) && explanation.en.contains(key), "{explanation:?}");
    }
    error
}

/// A file of a region with these tables.
fn of(code: &str, tables: &str) -> String {
    format!("region = \"{code}\"\nname = \"x\"\n{tables}")
}

/// A table of a parameter: what it says and when.
fn table(key: &str, said: &str, period: &str) -> String {
    format!("[[{key}]]\n{said}\n{period}\nsource = \"s\"\ngrade = \"K\"\n")
}

fn county_with(tables: &str) -> PolicyError {
    refused(load(&[("cn.toml", NATION), ("330502.toml", &of("330502", tables))]), "330502.toml")
}

#[test]
fn a_missing_field_or_national_parameter_is_named() {
    for (from, to, key) in [
        ("name = \"全国\"\n", "", "name"),
        ("region = \"nation\"\n", "", "region"),
        ("value = { hours = \"60\", per = \"charge\" }\n", "", "prepaid_hours_max.value"),
        ("from_on = 2018-12-29\n", "", "licence_decision.from_on"),
        ("source = \"中办发〔2021〕40号：各地", "src = \"", "subject_approval_open.source"),
        ("source = \"中办发〔2021〕40号：各地", "source = \" \" # ", "subject_approval_open.source"),
        ("grade = \"K\"\n", "", "prepaid_span_months_max.grade"),
    ] {
        let error = nation_with(from, to);
        assert!(matches!(&error, PolicyError::Missing { key: k, .. } if k == key), "{from} -> {to}: {error:?}");
    }
    let without: Vec<&str> = NATION.split("\n\n").filter(|t| !t.starts_with("[[homework_allowed]]")).collect();
    let error = refused(load(&[("cn.toml", &without.join("\n\n"))]), "cn.toml");
    assert_eq!(error, PolicyError::Missing { file: "cn.toml".into(), key: "homework_allowed".into() });
}

#[test]
fn an_unknown_key_is_named() {
    for (from, to, key) in [
        ("[[refund_answer]]", "[[refund_anwser]]", "refund_anwser"),
        ("region = \"nation\"", "region = \"nation\"\nyear = 1", "year"),
        ("per = \"charge\" }\n", "per = \"charge\" }\nunit = \"h\"\n", "prepaid_hours_max.unit"),
        (
            "[[prepaid_hours_max.also]]\n",
            "[[prepaid_hours_max.also]]\nfrom_on = 2021-01-01\n",
            "prepaid_hours_max.also.from_on",
        ),
    ] {
        let error = nation_with(from, to);
        assert!(matches!(&error, PolicyError::UnknownKey { key: k, .. } if k == key), "{from} -> {to}: {error:?}");
    }
    let error = county_with(&table("prepayed_hours_max", "none = true", "from_on = 2024-01-01"));
    assert_eq!(error, PolicyError::UnknownKey { file: "330502.toml".into(), key: "prepayed_hours_max".into() });
    let error = county_with("leaves_to = { guided_prices = \"330000\" }\n");
    assert_eq!(error, PolicyError::UnknownKey { file: "330502.toml".into(), key: "leaves_to.guided_prices".into() });
}

#[test]
fn a_value_of_the_wrong_type_is_named() {
    for (from, to, key) in [
        ("value = 3\n", "value = \"3\"\n", "prepaid_span_months_max.value"),
        ("value = 3\n", "value = 3.0\n", "prepaid_span_months_max.value"),
        ("value = 3\n", "value = -3\n", "prepaid_span_months_max.value"),
        ("hours = \"60\"", "hours = 60", "prepaid_hours_max.value"),
        ("hours = \"60\"", "hours = \"6e1\"", "prepaid_hours_max.value"),
        ("per = \"charge\"", "per = \"month\"", "prepaid_hours_max.value"),
        ("per = \"charge\"", "per = \"charge\", of = 1", "prepaid_hours_max.value"),
        (", per = \"charge\"", "", "prepaid_hours_max.value"),
        ("fen = 500000", "fen = \"500000\"", "prepaid_amount_max.value"),
        ("fen = 500000", "fen = -1", "prepaid_amount_max.value"),
        ("value = { working_days = 15 }", "value = 15", "deemed_confirmation.value"),
        ("value = { working_days = 15 }", "value = { weeks = 15 }", "deemed_confirmation.value"),
        ("value = { working_days = 15 }", "value = { days = 1, months = 1 }", "deemed_confirmation.value"),
        ("value = { working_days = 7 }", "value = 7", "deemed_confirmation.also.value"),
        ("value = \"20:30\"", "value = \"8.30pm\"", "class_end_offline.value"),
        ("[\"tuition\"]", "[]", "fee_items.value"),
        ("[\"tuition\"]", "[\"tuition\", \"tuition\"]", "fee_items.value"),
        (
            "none = true\nfrom_on = 2021-07-24\nuntil_on = 2021-10-28",
            "none = false\nfrom_on = 2021-07-24\nuntil_on = 2021-10-28",
            "prepaid_hours_max",
        ),
        ("value = 3\n", "value = 3\nnone = true\n", "prepaid_span_months_max"),
        (
            "none = true\nfrom_on = 2021-07-24\nsource = \"国家层面未规定赠送",
            "as_above = true\nfrom_on = 2021-07-24\nsource = \"国家层面未规定赠送",
            "gift_hours_counted",
        ),
        ("from_on = 2018-12-29", "from_on = \"2018-12-29\"", "licence_decision.from_on"),
        ("from_on = 2018-12-29", "from_on = 2018-12-29T00:00:00", "licence_decision.from_on"),
        ("from_on = 2018-12-29", "from_on = 0018-12-29", "licence_decision.from_on"),
        ("grade = \"K\"", "grade = \"A\"", "prepaid_span_months_max.grade"),
        ("url = \"https://xm667", "url = \"xm667", "prepaid_span_months_max.url"),
        ("region = \"nation\"", "region = \"china\"", "region"),
        ("name = \"全国\"", "name = \"全\\n国\"", "name"),
    ] {
        let error = nation_with(from, to);
        assert!(matches!(&error, PolicyError::WrongType { key: k, .. } if k == key), "{from} -> {to}: {error:?}");
    }
    assert_eq!(
        refused(load(&[("cn.toml", "region = \"nation\"\nname = [[[")]), "cn.toml"),
        PolicyError::Syntax { file: "cn.toml".into(), line: 2 }
    );
}

#[test]
fn periods_follow_each_other_without_gap_or_overlap() {
    let two = |first: &str, second: &str| {
        let tables = table("prepaid_span_months_max", "value = 3", first)
            + &table("prepaid_span_months_max", "value = 2", second);
        load(&[("cn.toml", NATION), ("330502.toml", &of("330502", &tables))])
    };
    let set = two("from_on = 2024-01-01\nuntil_on = 2025-12-31", "from_on = 2026-01-01").unwrap();
    let span = |on: &str| {
        let policy = set.resolve(region("330502"), day(on)).unwrap();
        policy.prepaid_span_months_max.in_force().unwrap().value
    };
    assert_eq!((span("2025-12-31"), span("2026-01-01")), (3, 2));

    let key = || ("330502.toml".to_owned(), "prepaid_span_months_max".to_owned());
    let ((file, key_), from_on) = (key(), day("2026-01-02"));
    let gap = refused(two("from_on = 2024-01-01\nuntil_on = 2025-12-31", "from_on = 2026-01-02"), "330502.toml");
    assert_eq!(gap, PolicyError::Gap { file, key: key_, from_on });
    for (first, second, what) in [
        ("from_on = 2024-01-01\nuntil_on = 2025-12-31", "from_on = 2025-12-31", "shares a day"),
        ("from_on = 2024-01-01", "from_on = 2026-01-01", "open end before another"),
        ("from_on = 2026-01-01\nuntil_on = 2026-12-31", "from_on = 2024-01-01\nuntil_on = 2025-12-31", "out of order"),
    ] {
        let error = refused(two(first, second), "330502.toml");
        assert!(matches!(error, PolicyError::Overlap { .. }), "{what}: {error:?}");
    }
    let error =
        county_with(&table("prepaid_span_months_max", "value = 3", "from_on = 2024-01-02\nuntil_on = 2024-01-01"));
    let (file, key) = key();
    let (from_on, until_on) = (day("2024-01-02"), day("2024-01-01"));
    assert_eq!(error, PolicyError::Reversed { file, key, from_on, until_on });
    let ends = nation_with("from_on = 2018-12-29\n", "from_on = 2018-12-29\nuntil_on = 2030-12-31\n");
    assert_eq!(ends, PolicyError::Ends { file: "cn.toml".into(), key: "licence_decision".into() });
}

#[test]
fn price_bands_cover_every_class_once() {
    let price = |bands: &str, more: &str| {
        let said = format!(
            "value = {{ unit_minutes = 45, float_up_percent = 10, shared_edges = {more}, areas = [{{ area = \"all\", bands = [{bands}] }}] }}"
        );
        let tables = table("guided_price_offline", &said, "from_on = 2024-01-01");
        load(&[("cn.toml", NATION), ("330502.toml", &of("330502", &tables))])
    };
    assert!(price("{ from = 1, to = 9, fen = 2 }, { from = 10, fen = 1 }", "false").is_ok());
    assert!(price("{ from = 1, to = 10, fen = 2 }, { from = 10, fen = 1 }", "true").is_ok());
    for (bands, pupils) in [
        ("{ from = 1, to = 9, fen = 2 }, { from = 11, fen = 1 }", 10),
        ("{ from = 2, fen = 2 }", 1),
        ("{ from = 1, to = 35, fen = 2 }", 36),
        ("{ from = 1, to = 9, fen = 3 }, { from = 10, to = 35, fen = 2 }", 36),
    ] {
        let error = refused(price(bands, "false"), "330502.toml");
        let (file, key) = ("330502.toml".to_owned(), "guided_price_offline.value".to_owned());
        assert_eq!(error, PolicyError::Uncovered { file, key, pupils }, "{bands}");
    }
    for (bands, shared) in [
        ("{ from = 1, to = 10, fen = 2 }, { from = 10, fen = 1 }", "false"),
        ("{ from = 1, to = 10, fen = 2 }, { from = 9, fen = 1 }", "true"),
        ("{ from = 1, fen = 2 }, { from = 10, fen = 1 }", "true"),
        ("{ from = 0, to = 9, fen = 2 }, { from = 10, fen = 1 }", "true"),
    ] {
        let error = refused(price(bands, shared), "330502.toml");
        assert!(matches!(error, PolicyError::BandsOverlap { .. }), "{bands}: {error:?}");
    }
    let backwards = refused(price("{ from = 1, to = 0, fen = 2 }", "false"), "330502.toml");
    assert!(matches!(backwards, PolicyError::Inconsistent { .. }));
}

#[test]
fn parts_that_contradict_each_other_are_refused() {
    let all = "{ area = \"all\", bands = [{ from = 1, fen = 1 }] }";
    let areas = |areas: &str| {
        format!("{{ unit_minutes = 45, float_up_percent = 10, shared_edges = false, areas = [{areas}] }}")
    };
    let terms = |terms: &str| format!("{{ terms = [{terms}] }}");
    let autumn = "{ first_on = 2025-09-01, last_on = 2026-01-30, stages = [\"primary\"] }";
    let spring = "{ first_on = 2026-01-30, last_on = 2026-06-30, stages = [\"primary\"] }";
    for (key, value) in [
        ("guided_price_offline", areas(&format!("{all}, {all}"))),
        ("guided_price_offline", areas(&format!("{all}, {}", all.replace("all", "city")))),
        ("deposit_floor", "{ kind = \"fixed\" }".into()),
        ("deposit_floor", "{ kind = \"one_cycle_fees\", fen = 1 }".into()),
        ("minimum_balance", "{ kind = \"share_of_fee\", percent = 20 }".into()),
        ("minimum_balance", "{ kind = \"share_of_fee\", percent = 120, months = 3 }".into()),
        ("minimum_balance", "{ kind = \"undelivered\", months = 3 }".into()),
        ("yearly_sampling", "{ from_percent = 20, to_percent = 10 }".into()),
        ("school_hours", "{ from = \"18:00\", until = \"08:00\" }".into()),
        ("teaching_area_share_min", "{ numerator = 3, denominator = 2 }".into()),
        ("school_terms", terms("{ first_on = 2025-09-01, last_on = 2025-08-31, stages = [\"primary\"] }")),
        ("school_terms", terms("{ first_on = 2025-09-01, last_on = 2026-09-01, stages = [\"primary\"] }")),
        ("school_terms", terms(&format!("{autumn}, {spring}"))),
        ("school_terms", terms(&format!("{}, {autumn}", spring.replace("2026-01-30", "2026-02-20")))),
    ] {
        let error = county_with(&table(key, &format!("value = {value}"), "from_on = 2024-01-01"));
        assert!(matches!(&error, PolicyError::Inconsistent { .. }), "{key} {value}: {error:?}");
    }
    for (key, value) in [
        ("earliest_charge", "{}"),
        ("floor_area_min", "{}"),
        ("floor_area_min", "{ any = 200, kitchen = 2 }"),
        ("floor_area_min", "{ any = \"200\" }"),
    ] {
        let error = county_with(&table(key, &format!("value = {value}"), "from_on = 2024-01-01"));
        assert!(matches!(error, PolicyError::WrongType { .. }), "{key} {value}: {error:?}");
    }
}

#[test]
fn what_is_left_to_a_level_above_must_be_there() {
    let city = "region = \"320200\"\nname = \"x\"\nleaves_to = { guided_price_online = \"320000\" }\n";
    let province = of("320000", &table("guided_price_online", "none = true", "from_on = 2024-01-01"));
    let other = of("320000", &table("guided_price_offline", "none = true", "from_on = 2024-01-01"));
    assert!(load(&[("cn.toml", NATION), ("320200.toml", city), ("320000.toml", &province)]).is_ok());
    let missing = PolicyError::LevelAboveMissing {
        file: "320200.toml".into(),
        key: "guided_price_online".into(),
        region: region("320000"),
    };
    for others in [vec![], vec![("320000.toml", other.as_str())]] {
        let sources: Vec<(&str, &str)> =
            [("cn.toml", NATION), ("320200.toml", city)].into_iter().chain(others).collect();
        assert_eq!(refused(load(&sources), "320200.toml"), missing);
    }
    let beside = city.replace("\"320000\"", "\"330000\"");
    let zhejiang = province.replace("320000", "330000");
    let error =
        refused(load(&[("cn.toml", NATION), ("330000.toml", &zhejiang), ("320200.toml", &beside)]), "320200.toml");
    assert!(matches!(error, PolicyError::LevelAboveMissing { .. }), "not a level above");
}

#[test]
fn a_level_is_given_once_and_the_nation_is_not_left_out() {
    let twice = refused(load(&[("cn", NATION), ("a", COUNTY), ("b", COUNTY)]), "b");
    assert_eq!(twice, PolicyError::Twice { file: "b".into(), key: "330502".into() });
    let none = refused(load(&[("330502.toml", COUNTY)]), "cn.toml");
    assert_eq!(none, PolicyError::Missing { file: "cn.toml".into(), key: "nation".into() });
}

#[test]
fn a_version_is_for_its_region_and_changes_no_earlier_day() {
    let set = load(&[("cn.toml", NATION)]).unwrap();
    let version = |tables: &str, from: &str| {
        refused(set.with_version("draft", &of("330502", tables), region("330502"), day(from)), "draft")
    };
    let clock = table("refund_answer", "value = { days = 3 }", "from_on = 2027-01-01");
    assert!(set.with_version("draft", &of("330502", &clock), region("330502"), day("2027-01-01")).is_ok());
    assert_eq!(
        version(&clock, "2027-01-02"),
        PolicyError::Retroactive {
            file: "draft".into(),
            key: "refund_answer".into(),
            day: day("2027-01-01"),
            from_on: day("2027-01-02")
        }
    );
    assert!(matches!(version("", "2027-01-01"), PolicyError::Missing { .. }), "says nothing");
    let other = set.with_version("draft", &of("330503", &clock), region("330502"), day("2027-01-01"));
    assert!(matches!(refused(other, "draft"), PolicyError::OtherRegion { .. }));
    let nation = set.with_version("draft", NATION, region("330502"), day("2027-01-01"));
    assert!(matches!(refused(nation, "draft"), PolicyError::OtherRegion { .. }));
}
