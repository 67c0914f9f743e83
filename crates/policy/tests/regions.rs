//! The numbers of each region, spot by spot against domain/rules.md: the row names its section.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use kernel::{Day, RegionCode};
use policy::types::{Area, PremisesKind};
use policy::{Policy, PolicySet};

static SHIPPED: LazyLock<PolicySet> = LazyLock::new(|| PolicySet::shipped().unwrap());

fn resolve(code: &str, on: &str) -> Policy {
    let region: RegionCode = code.parse().unwrap();
    SHIPPED.resolve_known(region, on.parse::<Day>().unwrap())
}

/// Canonical text of a parameter; `none` where there is no rule.
fn text(policy: &Policy, key: &str) -> String {
    let parameter = policy.in_force().into_iter().find(|p| p.key == key).unwrap();
    parameter.value.unwrap_or_else(|| parameter.source.map_or("unknown", |_| "none").to_owned())
}

/// Region, day, parameter, value, section of domain/rules.md.
const SPOTS: &[(&str, &str, &str, &str, &str)] = &[
    // Nation.
    ("620000", "2026-09-01", "prepaid_span_months_max", "3", "2.5 span cap, N3"),
    ("620000", "2026-09-01", "prepaid_hours_max", "(hours=60, per=charge)", "2.5 span cap, N3"),
    ("620000", "2021-10-28", "prepaid_hours_max", "none", "2.5, before N3"),
    ("620000", "2021-10-29", "prepaid_hours_max", "(hours=60, per=charge)", "2.5, N3 released 29 Oct 2021"),
    ("620000", "2022-12-28", "prepaid_amount_max", "none", "2.5, before N10"),
    ("620000", "2022-12-29", "prepaid_amount_max", "(fen=500000, categories=non_subject)", "2.5 amount cap, N10"),
    ("620000", "2026-09-01", "gift_hours_counted", "none", "4.2 gift hours: else silent"),
    ("620000", "2026-09-01", "cash", "bring_in", "4.2 cash, national"),
    ("620000", "2026-09-01", "training_loan_allowed", "false", "2.5 training loan"),
    ("620000", "2026-09-01", "earnest_money_max_percent", "20", "7, Civil Code 586"),
    ("620000", "2026-09-01", "price_unit_offline_minutes", "45", "2.4 national frame"),
    ("620000", "2026-09-01", "price_unit_online_minutes", "30", "2.4 national frame"),
    ("620000", "2026-09-01", "price_float_up_max_percent", "10", "2.4 national frame"),
    ("620000", "2026-09-01", "supervision_modes", "(modes=custody+deposit, choice=any_of)", "2.6 two national modes"),
    ("620000", "2026-09-01", "deposit_floor", "(kind=one_cycle_fees)", "2.6 deposit; WC-50"),
    ("620000", "2026-09-01", "deemed_confirmation", "15 working_days", "2.6 national app: confirmation"),
    ("620000", "2026-09-01", "refund_answer", "5 working_days", "2.6 national app: refund"),
    ("620000", "2026-09-01", "refund_pay_back_before_start", "15 days", "2.7 deadlines, 处罚办法 2015"),
    ("620000", "2026-09-01", "refund_pay_back_after_start", "15 days", "2.7 deadlines, 处罚办法 2015"),
    ("620000", "2025-04-30", "refund_basis_consumer_cause", "proportion", "2.7 R3, before 1 May 2025; 8 no. 1"),
    ("620000", "2025-05-01", "refund_basis_consumer_cause", "list_price", "2.7 R3"),
    ("620000", "2026-09-01", "refund_basis_institution_cause", "deal_price_with_gift", "2.7 R2"),
    ("620000", "2026-09-01", "gift_hours_refunded_institution_cause", "true", "8 no. 2"),
    ("620000", "2026-09-01", "gift_hours_refunded_consumer_cause", "none", "8 no. 2: open"),
    ("620000", "2025-04-30", "cooling_off_court", "none", "2.7 art. 14, in force 1 May 2025"),
    (
        "620000",
        "2025-05-01",
        "cooling_off_court",
        "(days=7, from=payment, unused_only=false, first_purchase_only=true)",
        "2.7 art. 14; 8 no. 14",
    ),
    ("620000", "2026-09-01", "interest_supervised", "account_rate", "2.7 art. 16"),
    ("620000", "2026-09-01", "class_end_offline", "20:30", "2.8 latest end"),
    ("620000", "2026-09-01", "class_end_online", "21:00", "2.8 latest end"),
    ("620000", "2026-09-01", "online_class_max_minutes", "30", "2.8 online unit"),
    ("620000", "2026-09-01", "online_gap_min_minutes", "10", "2.8 online unit"),
    ("620000", "2026-09-01", "subject_closed_days", "legal_holiday+rest_day+vacation", "2.8 subject, compulsory stage"),
    ("620000", "2026-09-01", "subject_on_make_up_days_allowed", "none", "8 no. 10"),
    ("620000", "2026-09-01", "licence_decision", "3 months", "2.3 deadline; 8 no. 8"),
    ("620000", "2026-09-01", "exit_notice_authority", "6 months", "2.3 end: own wish; 8 no. 9"),
    ("620000", "2026-09-01", "full_time_staff_min_percent", "50", "2.9; WC-80"),
    ("620000", "2026-09-01", "class_teachers_min_percent", "2", "2.9; WC-80"),
    ("620000", "2026-09-01", "class_teachers_preschool_min_percent", "6", "2.9; WC-80"),
    // Beijing.
    ("110108", "2026-09-01", "prepaid_hours_max", "(hours=60, per=subject)", "2.5 per subject; 4.1 Beijing"),
    ("110108", "2026-09-01", "cap_combination", "shorter", "2.5 both kinds together"),
    (
        "110108",
        "2026-09-01",
        "earliest_charge",
        "(before_class=1 months, hours_left_max=20)",
        "2.5 earliest; 4.1 Beijing",
    ),
    ("110108", "2026-09-01", "supervision_modes", "(modes=custody, choice=any_of)", "4.1 Beijing"),
    ("110108", "2026-09-01", "refund_pay_back_before_start", "5 days", "2.7 deadlines, Beijing 2021"),
    ("110108", "2026-09-01", "refund_pay_back_after_start", "15 days", "2.7 deadlines, Beijing 2021"),
    ("110108", "2026-09-01", "refund_basis_education", "proportion", "2.7 education"),
    ("110108", "2022-05-31", "cooling_off_local", "none", "WC-70, from 1 Jun 2022"),
    (
        "110108",
        "2022-06-01",
        "cooling_off_local",
        "(days=7, from=purchase, unused_only=true, first_purchase_only=false, pay_back=5 days)",
        "2.7 deadlines, Beijing card regulation; WC-70",
    ),
    ("110108", "2026-09-01", "records_kept_years", "3", "4.1 Beijing card"),
    (
        "110108",
        "2026-09-01",
        "barred_sellers",
        "judgment_defaulter+abnormal_list+deregistering",
        "2.5 who may not sell",
    ),
    // Places with a line or two of their own.
    ("152201", "2024-10-28", "rectification_term", "none", "5 Xing'an, from 29 Oct 2024"),
    ("152201", "2024-10-29", "rectification_term", "3 months", "5 Xing'an League 2024; 6 rectification term"),
    ("152201", "2026-09-01", "black_list_grounds", "not_rectified", "5 Xing'an League 2024"),
    ("152201", "2026-09-01", "account_filing", "5 working_days", "4.1 Inner Mongolia, inherited"),
    ("330203", "2026-09-01", "points_max", "12", "5 Ningbo 2021"),
    ("330102", "2026-09-01", "points_max", "none", "5: Ningbo's points hold in Ningbo only"),
    ("530102", "2023-12-14", "white_list_criteria", "licence_in_force", "5 Yunnan, from 15 Dec 2023"),
    (
        "530102",
        "2023-12-15",
        "white_list_criteria",
        "licence_in_force+inspection_qualified+nothing_to_rectify",
        "5 Yunnan 2023",
    ),
    ("530102", "2026-09-01", "account_locality", "county", "4.1 Yunnan 2022"),
    ("530402", "2026-09-01", "supervision_modes", "(modes=custody, choice=any_of)", "4.1 Yuxi over Yunnan"),
    ("220102", "2021-12-22", "prepaid_hours_max", "(hours=60, per=charge)", "2.5, the nation's before Jilin's"),
    ("220102", "2026-09-01", "prepaid_span_months_max", "3", "4.1 Jilin 2021"),
    ("210124", "2026-09-01", "prepaid_hours_max", "(hours=60, per=charge)", "4.1 Faku county 2021"),
    ("210124", "2026-09-01", "accounts_per_institution", "1", "4.1 Liaoning 2021, inherited"),
    (
        "320571",
        "2026-09-01",
        "supervision_modes",
        "(modes=custody+deposit, choice=any_of)",
        "4.1 Suzhou Industrial Park",
    ),
    ("430702", "2026-09-01", "account_locality", "listed_bank", "4.1 Changde 2021"),
    // Tianjin.
    ("120101", "2026-09-01", "refund_pay_back_before_start", "5 working_days", "2.7 deadlines, Tianjin"),
    ("120101", "2026-09-01", "refund_pay_back_after_start", "15 working_days", "2.7 deadlines, Tianjin"),
    // Zhejiang, Huzhou, Wuxing.
    ("330102", "2026-09-01", "refund_pay_back_after_start", "5 days", "2.7 deadlines, Zhejiang consumer measures"),
    ("330102", "2026-09-01", "headquarters_sweep_allowed", "false", "4.1 Zhejiang"),
    ("330102", "2026-09-01", "release_trigger", "application", "4.1 Zhejiang"),
    ("330102", "2026-09-01", "release_cadence", "per_lesson", "4.1 Hangzhou"),
    ("330102", "2026-09-01", "balance_alerts", "(levels=2)", "4.1 Zhejiang 2020"),
    (
        "330102",
        "2026-09-01",
        "voucher_caps",
        "(named_legal_person_fen=500000, named_other_fen=200000, unnamed_legal_person_fen=100000, \
         unnamed_other_fen=50000, issuer_age_months_min=6)",
        "2.5 voucher caps",
    ),
    ("330503", "2026-09-01", "purchase_channel", "platform", "4.1 Huzhou"),
    ("330503", "2026-09-01", "exit_notice_consumers", "30 days", "2.3 consumer notice"),
    ("330502", "2026-09-01", "refund_pay_back_after_start", "15 days", "the sample county, county-scenario.md"),
    ("330502", "2026-09-01", "gift_hours_counted", "true", "the sample county, county-scenario.md"),
    // Jiangsu, Wuxi.
    ("320102", "2026-09-01", "prepaid_hours_max", "(hours=60, per=subject)", "2.5 per subject"),
    ("320102", "2026-09-01", "minimum_balance", "(kind=undelivered)", "4.1 Jiangsu 2021; WC-51"),
    ("320205", "2026-09-01", "earliest_charge", "(before_class=1 months, hours_left_max=20)", "4.1 Jiangsu 2022"),
    // Shenzhen, Guangzhou, Guangdong.
    ("440305", "2026-09-01", "gift_hours_counted", "true", "4.2 gift hours, Shenzhen pledge"),
    (
        "440305",
        "2026-09-01",
        "cooling_off_local",
        "(days=7, from=purchase, unused_only=true, first_purchase_only=false)",
        "2.7 deadlines, Shenzhen pledge",
    ),
    (
        "440304",
        "2026-09-01",
        "supervision_modes",
        "(modes=custody+deposit+family_lock, choice=any_of)",
        "4.1 Shenzhen Futian",
    ),
    ("440106", "2026-09-01", "refund_pay_back_before_start", "5 working_days", "2.7 deadlines, Guangzhou draft"),
    ("440106", "2026-09-01", "refund_pay_back_after_start", "10 working_days", "2.7 deadlines, Guangzhou draft"),
    ("440106", "2025-04-30", "interest_supervised", "not_included", "4.2 interest owner; 8 no. 11"),
    ("440106", "2025-05-01", "interest_supervised", "account_rate", "8 no. 11"),
    ("440106", "2026-09-01", "large_use_notice", "5 working_days", "4.2 outflow cap"),
    ("440106", "2026-09-01", "gift_bundling_allowed", "false", "4.1 Guangzhou"),
    ("440106", "2026-09-01", "account_locality", "district", "4.2 account locality"),
    ("440106", "2026-09-01", "mode_unit", "institution", "4.2 exclusivity of mode, Guangdong"),
    ("440106", "2026-09-01", "floor_area_min", "(any=300, school=2000)", "2.3 facility, Guangzhou 2018"),
    ("440106", "2026-09-01", "capital_min", "(any=5000000, school=20000000)", "2.3 facility, Guangzhou 2018"),
    ("440106", "2026-09-01", "equipment_min", "(any=10000000, school=30000000)", "2.3 facility, Guangzhou 2018"),
    ("440605", "2026-09-01", "floor_area_min", "(any=200)", "2.3 facility, Guangdong"),
    // Shandong, Qingdao, Rongcheng.
    ("370102", "2026-09-01", "prepaid_amount_max", "(fen=500000, categories=all)", "8 no. 6, Shandong 2025"),
    ("370102", "2026-09-01", "refund_pay_back_before_start", "5 days", "2.7 deadlines, Shandong 2025"),
    ("370102", "2026-09-01", "refund_pay_back_after_start", "15 days", "2.7 deadlines, Shandong 2025"),
    ("370102", "2026-09-01", "refund_basis_unagreed", "proportion", "2.7 local, art. 30"),
    ("370202", "2026-09-01", "release_cadence", "per_lesson", "4.1 Qingdao 2023"),
    ("371082", "2026-09-01", "monthly_outflow_max_times", "2", "4.1 Rongcheng 2019"),
    ("371082", "2026-09-01", "supervision_modes", "(modes=deposit, choice=any_of)", "4.1 Rongcheng 2019"),
    // Chengdu, Zigong, Luzhou.
    ("510104", "2026-09-01", "supervision_modes", "(modes=custody+deposit, choice=together)", "4.1 Chengdu 2022"),
    ("510104", "2026-09-01", "accounts_per_institution", "3", "4.1 Chengdu 2022"),
    ("510104", "2026-09-01", "crossing_terms_allowed", "false", "2.5 no crossing of terms"),
    ("510104", "2026-09-01", "yearly_sampling", "(from_percent=10, to_percent=20)", "4.1 Chengdu 2022"),
    ("510104", "2026-09-01", "exit_notice_consumers", "1 months", "4.2 exit notice"),
    ("510302", "2026-09-01", "minimum_balance", "(kind=share_of_fee, percent=20, months=3)", "4.1 Zigong 2020"),
    ("510502", "2026-09-01", "school_hours", "(from=08:00, until=18:00)", "2.8 all, Luzhou"),
    // Xiamen, Fujian.
    ("350203", "2022-09-01", "release_cadence", "weekly", "4.1 Xiamen 2021"),
    ("350203", "2022-09-01", "release_within", "7 days", "4.1 Xiamen 2021"),
    ("350203", "2022-09-01", "fee_items", "tuition+books+materials+boarding", "2.5 what counts"),
    ("350203", "2026-09-01", "fee_items", "tuition", "4.1 Xiamen 2021, valid 2 years"),
    (
        "350203",
        "2026-09-01",
        "supervision_modes",
        "(modes=custody+pay_after, choice=any_of)",
        "2.6 new mode, Xiamen 2025",
    ),
    ("350203", "2026-09-01", "floor_area_min", "(any=200, branch=150)", "2.3 facility, Xiamen 2019"),
    // Anhui, Wuhu, Hefei.
    ("340202", "2026-09-01", "release_within", "15 working_days", "4.1 Wuhu 2022; WC-54"),
    ("340202", "2026-09-01", "release_trigger", "order_consumed", "4.1 Wuhu 2022"),
    ("340202", "2026-09-01", "dispute_effect", "postpones", "4.1 Wuhu 2022; WC-54"),
    ("340202", "2026-09-01", "outside_collection_revocation_above_fen", "1000000", "4.2 sanctions hook"),
    ("340202", "2026-09-01", "area_per_pupil_min", "(any=3, dance=6)", "2.3 facility, Anhui; WC-80"),
    ("340202", "2026-09-01", "teaching_area_share_min", "(numerator=2, denominator=3)", "2.3 facility, Anhui; WC-80"),
    ("340202", "2026-09-01", "highest_floor", "(primary=4, secondary=5)", "2.3 facility, Anhui"),
    ("340103", "2026-09-01", "release_trigger", "class_start", "4.1 Hefei 2021"),
    // Ningxia, Inner Mongolia, Hainan, Henan, Liaoning, Kaizhou, Yuxi, Yanhu, Shanghai.
    ("640104", "2026-09-01", "release_trigger", "both_and_authority", "4.1 Ningxia 2021"),
    ("640104", "2026-09-01", "prepaid_hours_max", "(hours=60, per=subject)", "4.1 Ningxia 2021"),
    ("640104", "2026-09-01", "earliest_charge", "(before_class=1 months)", "4.1 Ningxia 2021"),
    ("150102", "2026-09-01", "cash", "forbidden", "4.2 cash"),
    ("150102", "2026-09-01", "account_filing", "5 working_days", "4.2 account filing deadline"),
    ("460105", "2026-09-01", "earliest_charge", "(before_class=1 months)", "4.1 Hainan 2021"),
    ("410102", "2026-09-01", "account_locality", "county", "4.1 Henan 2022"),
    ("210802", "2026-09-01", "fee_items", "tuition+books+materials+boarding", "2.5 what counts, Yingkou"),
    ("210102", "2026-09-01", "fee_items", "tuition+books+boarding", "4.1 Liaoning 2021"),
    ("500154", "2026-09-01", "deposit_floor", "(kind=fixed, fen=10000000)", "4.1 Kaizhou 2023"),
    ("500154", "2026-09-01", "capital_min", "(any=30000000)", "4.1 Kaizhou 2023"),
    ("500154", "2026-09-01", "lease_left_min", "24 months", "2.3 facility, Kaizhou"),
    ("530402", "2026-09-01", "release_cadence", "weekly", "4.1 Yuxi 2021"),
    ("140802", "2026-09-01", "release_monthly_parts", "3", "4.1 Yuncheng Yanhu 2020"),
    ("310101", "2026-09-01", "exit_notice_consumers", "30 days", "2.3 consumer notice, Shanghai"),
];

#[test]
fn numbers_are_those_of_the_rules() {
    let wrong: Vec<String> = SPOTS
        .iter()
        .filter_map(|(code, on, key, expected, section)| {
            let found = text(&resolve(code, on), key);
            (found != *expected)
                .then(|| format!("{code} {on} {key}: {found}, expected {expected} (rules.md {section})"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Base prices, yuan, of classes of 1, 9, 10, 11, 20, 21, 30, 31, 34, 35, 36 and 100 pupils: rules.md 2.4.
#[test]
fn guided_prices_are_those_of_the_rules() {
    const HEADS: [u32; 12] = [1, 9, 10, 11, 20, 21, 30, 31, 34, 35, 36, 100];
    let jiangsu = [60, 60, 40, 40, 40, 40, 40, 40, 40, 40, 25, 25];
    let enshi = |off: i64| [32, 32, 32, 27, 27, 27, 27, 27, 27, 22, 22, 22].map(|yuan: i64| yuan - off);
    let rows: [(&str, &str, Area, u16, [i64; 12]); 7] = [
        ("110108", "2022-02-21", Area::City, 10, [80, 80, 60, 60, 60, 60, 60, 60, 60, 60, 40, 40]),
        ("440305", "2022-02-14", Area::City, 10, [70, 70, 70, 50, 50, 40, 40, 35, 35, 35, 35, 35]),
        ("320982", "2026-09-01", Area::City, 10, jiangsu),
        ("320205", "2026-09-01", Area::Village, 5, jiangsu),
        ("422801", "2022-01-15", Area::City, 10, enshi(0)),
        ("422801", "2023-01-14", Area::Village, 10, enshi(5)),
        ("330502", "2026-09-01", Area::City, 10, jiangsu),
    ];
    for (code, on, area, float, expected) in rows {
        let policy = resolve(code, on);
        let table = &policy.guided_price_offline.in_force().unwrap().value;
        assert_eq!((table.unit_minutes, table.float_up_percent), (45, float), "{code}");
        for (heads, yuan) in HEADS.into_iter().zip(expected) {
            let bands = table.bands_for(area, heads);
            assert_eq!(bands.iter().map(|band| band.fen.fen()).collect::<Vec<_>>(), [yuan * 100], "{code} {heads}");
        }
    }
    for (code, yuan, level) in [("110108", 20, "110000"), ("320205", 15, "320000"), ("510104", 20, "510000")] {
        let policy = resolve(code, "2026-09-01");
        let rule = policy.guided_price_online.in_force().unwrap();
        assert_eq!((rule.value.unit_minutes, rule.value.float_up_percent), (30, 10), "{code}");
        assert_eq!(rule.value.bands_for(Area::City, 500).first().unwrap().fen.fen(), yuan * 100, "{code}");
        assert_eq!(rule.level, Some(level.parse().unwrap()), "{code}");
    }
    for (code, on) in
        [("422801", "2022-01-14"), ("422801", "2023-01-15"), ("110108", "2022-02-20"), ("620000", "2026-09-01")]
    {
        assert_eq!(resolve(code, on).guided_price_offline.rule(), Ok(None), "{code} {on}: no price, and it is said");
    }
}

/// The three national bands overlap at 10 and 35 (rules.md 8 no. 7); where a place leaves them so, an
/// answer names both.
#[test]
fn where_the_text_shares_an_edge_both_bands_are_told() {
    let policy = resolve("512002", "2026-09-01");
    let table = &policy.guided_price_offline.in_force().unwrap().value;
    let fen = |heads| table.bands_for(Area::All, heads).iter().map(|b| b.fen.fen()).collect::<Vec<_>>();
    assert_eq!(fen(9), [3_500]);
    assert_eq!(fen(10), [3_500, 2_500]);
    assert_eq!(fen(11), [2_500]);
    assert_eq!(fen(35), [2_500, 1_500]);
    assert_eq!(fen(36), [1_500]);
}

#[test]
fn an_area_that_a_table_does_not_know_has_no_price() {
    let policy = resolve("422801", "2022-06-01");
    let table = &policy.guided_price_offline.in_force().unwrap().value;
    assert!(table.tells_areas_apart());
    assert!(table.bands_for(Area::All, 5).is_empty(), "the caller must say city or village");
}

/// Where texts conflict (rules.md 8) both are kept with their sources.
#[test]
fn conflicting_texts_are_both_told() {
    for (code, key, also, section) in [
        ("620000", "deemed_confirmation", "7 working_days", "8 no. 3"),
        ("620000", "prepaid_hours_max", "(hours=60, per=subject)", "8 no. 5"),
        ("620000", "cap_base", "charge", "8 no. 5"),
        ("620000", "prepaid_amount_max", "(fen=500000, categories=all)", "8 no. 6"),
        ("620000", "licence_decision", "20 working_days", "8 no. 8"),
        ("620000", "refund_basis_consumer_cause", "proportion", "8 no. 1"),
        ("370102", "prepaid_amount_max", "(fen=500000, categories=non_subject)", "8 no. 6"),
        ("440106", "interest_supervised", "not_included", "8 no. 11"),
        ("330102", "deemed_confirmation", "7 working_days", "4.1 Zhejiang, draft"),
        ("510104", "supervision_modes", "(modes=family_lock, choice=any_of)", "4.1 Chengdu Tianfutong"),
    ] {
        let policy = resolve(code, "2026-09-01");
        let in_force = policy.in_force();
        let parameter = in_force.iter().find(|p| p.key == key).unwrap();
        let other = parameter.also.iter().find(|other| other.value == also);
        let other = other.unwrap_or_else(|| panic!("{code} {key}: {:?} (rules.md {section})", parameter.also));
        assert_ne!(other.source, parameter.source.unwrap().text);
    }
}

#[test]
fn standards_fall_back_to_the_general_kind() {
    let policy = resolve("340202", "2026-09-01");
    let area = &policy.area_per_pupil_min.in_force().unwrap().value;
    assert_eq!((area.of(PremisesKind::Dance), area.of(PremisesKind::Arts)), (Some(&6), Some(&3)));
    let floor = &policy.floor_area_min.in_force().unwrap().value;
    assert_eq!((floor.of(PremisesKind::Arts), floor.of(PremisesKind::School)), (Some(&300), None));
}

/// Every file of data ships, and the places that the product promises are among them.
#[test]
fn every_file_ships() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let files: BTreeSet<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let set = PolicySet::shipped().unwrap();
    let shipped: BTreeSet<String> = set.regions().into_iter().map(|(code, _)| format!("{code}.toml")).collect();
    let others = ["cn.toml".to_owned(), "calendar.toml".to_owned()];
    assert_eq!(files, shipped.iter().cloned().chain(others).collect());
    for promised in [
        "110000", "120000", "330000", "330502", "320000", "320200", "440300", "440100", "370000", "510100", "350200",
        "340200", "640000", "510300", "371082", "422800",
    ] {
        assert!(shipped.contains(&format!("{promised}.toml")), "{promised}");
    }
}
