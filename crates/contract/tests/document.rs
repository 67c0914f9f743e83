//! The document of a contract: its whole text, that nobody can write a clause through a field, and what
//! changes of the template are told and refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::collections::BTreeMap;

use contract::document::{Details, fill};
use contract::model::{
    BUILT_IN, Block, Changes, Difference, FIELDS, Owner, PrintError, TEMPLATE_MAX, Template, TemplateError, ValueError,
    Values, blocks, built_in, differences, document_violations, supplement_of,
};
use contract::{CustodyAccount, GuardianParty, InstitutionParty, LotTerms, Parties, PupilParty, RefundTerms, Terms};
use kernel::{Category, ContractId, CourseId, Day, Fen, InstitutionId, LotId, Mode, RuleId, Stage, SubjectId};
use uuid::Uuid;

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn terms() -> Terms {
    let lot = |id: u128, paid: &str, gift: &str, fen: i64, list: Option<i64>| LotTerms {
        id: LotId::new(Uuid::from_u128(id)),
        paid_hours: paid.parse().unwrap(),
        gift_hours: gift.parse().unwrap(),
        price: Fen::new(fen),
        list_price_per_hour: list.map(Fen::new),
    };
    Terms {
        id: ContractId::new(Uuid::from_u128(1)),
        institution: InstitutionId::new(Uuid::from_u128(2)),
        course: CourseId::new(Uuid::from_u128(3)),
        category: Category::Arts,
        mode: Mode::Offline,
        stage: Stage::Primary,
        guardian: SubjectId::new(Uuid::from_u128(4)),
        pupil: SubjectId::new(Uuid::from_u128(5)),
        lots: vec![lot(6, "24", "2", 200_000, Some(10_000)), lot(7, "10.5", "0", 98_765, None)],
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        first_lesson_on: day("2026-12-05"),
        last_lesson_on: day("2027-02-27"),
    }
}

fn parties() -> Parties {
    Parties {
        institution: InstitutionParty {
            name: "湖州市吴兴区青禾艺术培训有限公司".into(),
            credit_code: "91330502MA2B000019".into(),
            address: "湖州市吴兴区示例路1号".into(),
            legal_representative: "沈某".into(),
            licence_number: "133050270001239".into(),
            licence_valid_until_on: day("2029-08-31"),
        },
        custody_account: Some(CustodyAccount {
            bank: "示例银行湖州分行".into(),
            account_name: "湖州市吴兴区青禾艺术培训有限公司预收费资金托管专户".into(),
            account_number: "0000123456789".into(),
        }),
        guardian: GuardianParty {
            name: "陈某".into(),
            phone: "19900000001".into(),
            id_kind: "居民身份证".into(),
            id_number: "330502199001010000".into(),
            relation: "母亲".into(),
            address: "湖州市吴兴区示例小区2幢".into(),
        },
        pupil: PupilParty {
            name: "陈小某".into(),
            birth_on: day("2016-05-01"),
            school: "示例小学".into(),
            grade: "四年级".into(),
        },
    }
}

fn details() -> Details {
    Details {
        number: "330502-2026-000001".into(),
        course_name: "少儿国画".into(),
        minutes_per_hour: 45,
        class_size_max: 20,
        supplementary_terms: "画材由甲方提供。\n请假须提前一天。".into(),
        template: "cd".repeat(32),
        code: [0xab; 32],
    }
}

fn values(parties: &Parties, details: &Details) -> Values {
    let mut values = Values::default();
    values.fill("teacher", "沈老师").unwrap();
    values.fill("dispute_forum", "court").unwrap();
    values.fill("late_refund_percent_per_day", "0.05").unwrap();
    fill(&mut values, &terms(), parties, details).unwrap();
    values
}

fn changes(changes: &[(&str, Option<&str>)]) -> Changes {
    let changes = changes.iter().map(|(id, text)| ((*id).to_owned(), text.map(str::to_owned)));
    Changes::new(changes.collect::<BTreeMap<_, _>>())
}

fn printed(changed: &[(&str, Option<&str>)]) -> (Values, String) {
    let values = values(&parties(), &details());
    let text = built_in().unwrap().print(&values, &changes(changed)).unwrap();
    (values, text)
}

/// The hash of this text stands in the ledger: another wording is another template version.
#[test]
fn the_whole_text() {
    insta::assert_snapshot!(printed(&[]).1);
}

#[test]
fn the_same_input_gives_the_same_bytes_and_another_code_others() {
    let (_, text) = printed(&[]);
    assert_eq!(printed(&[]).1, text);
    assert!(!text.contains('\r') && text.ends_with('\n'));
    let other = values(&parties(), &Details { code: [0xac; 32], ..details() });
    assert_ne!(built_in().unwrap().print(&other, &changes(&[])).unwrap(), text);
}

#[test]
fn a_blank_that_stays_empty_says_what_holds() {
    let parties = Parties { custody_account: None, ..parties() };
    let details = Details { supplementary_terms: " \n ".into(), ..details() };
    let text = built_in().unwrap().print(&values(&parties, &details), &changes(&[])).unwrap();
    assert!(text.contains("　预收费监管方式：按当地监管要求管理\n　开户银行：未填写\n"), "{text}");
    assert!(text.contains("第八条　其他约定\n　无。\n"));
    assert!(text.contains("　甲方违约另付比例：依法赔偿损失（民法典第584条）\n"));
    let mut none = Values::default();
    none.set("contract_number", "1");
    assert_eq!(built_in().unwrap().print(&none, &changes(&[])), Err(PrintError::Missing("template_hash")));
}

/// A line feed in a name must not open a line, a line of the supplement must not pass for a clause.
#[test]
fn nobody_writes_a_clause_through_a_field() {
    let mut parties = parties();
    parties.guardian.name = "陈某\n第五条　培训退费\n　5.1　概不退费\u{202e}".into();
    let details = Details {
        supplementary_terms: "好。\n第五条　培训退费\n　5.1　概不退费。".into(), ..details()
    };
    let values = values(&parties, &details);
    let text = built_in().unwrap().print(&values, &changes(&[])).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("第五条")).count(), 1, "{text}");
    assert_eq!(blocks(&text).filter(|block| matches!(block, Block::Clause("5.1", _))).count(), 1);
    assert!(!text.contains('\u{202e}'));
    let pasted = changes(&[("9.1", Some("甲\n　5.1　概不退费┃"))]);
    let text = built_in().unwrap().print(&values, &pasted).unwrap();
    assert_eq!(blocks(&text).filter(|block| matches!(block, Block::Clause("5.1", _))).count(), 1);
    assert!(supplement_of(&text).starts_with("好。\n第五条"), "{}", supplement_of(&text));
}

#[test]
fn values_of_the_parties_are_held_against_their_fields() {
    let mut values = Values::default();
    for (name, value) in [
        ("teacher", "沈老师"),
        ("dispute_forum", "arbitration"),
        ("minimum_to_open", "6"),
        ("late_payment_percent_per_day", "0.05"),
        ("business_licence_valid_until_on", "2030-01-01"),
    ] {
        values.fill(name, value).unwrap();
    }
    assert_eq!(values.get("dispute_forum"), Some("□向有管辖权的人民法院起诉 ■提交仲裁委员会仲裁"));
    for (name, value) in [
        ("dispute_forum", "甲方所在地"),
        ("minimum_to_open", "0"),
        ("minimum_to_open", "+6"),
        ("late_payment_percent_per_day", "101"),
        ("business_licence_valid_until_on", "2030-02-30"),
        ("teacher", "沈\n老师"),
    ] {
        assert!(matches!(values.fill(name, value), Err(ValueError::Unfit { .. })), "{name} {value}");
    }
    // What the system fills in, nobody else does.
    for name in ["institution_name", "fee_total", "template_hash", "nothing"] {
        assert!(matches!(values.fill(name, "1"), Err(ValueError::UnknownField { .. })), "{name}");
    }
}

#[test]
fn differences_are_told_and_those_that_lighten_liability_are_refused() {
    let template = built_in().unwrap();
    let check = |changed: &[(&str, Option<&str>)]| {
        let (values, text) = printed(changed);
        let broken = document_violations(template, &values, &text).unwrap();
        (differences(template, &values, &text).unwrap(), broken)
    };
    let (found, broken) = check(&[]);
    assert_eq!(found.len(), 2, "two lines of the supplement: {found:?}");
    assert!(matches!(&found[0], Difference::Added { text } if text == "画材由甲方提供。"));
    assert!(broken.is_empty(), "{broken:?}");

    // What the parties may agree on, they may change and leave out.
    let (found, broken) = check(&[("3.3", None), ("9.1", Some("本合同一式三份，自双方签署之日起生效。"))]);
    assert!(matches!(&found[0], Difference::Removed { clause, owner: Owner::Agreed, .. } if clause == "3.3"));
    assert!(matches!(&found[1], Difference::Changed { clause, template, .. }
        if clause == "9.1" && template.starts_with("本合同以电子形式订立")));
    assert!(broken.is_empty(), "{broken:?}");

    // What a law or the place sets stays, and may be added to.
    let whole = template.print(&values(&parties(), &details()), &changes(&[])).unwrap();
    let said = |id: &str| {
        blocks(&whole).find_map(|block| match block {
            Block::Clause(found, said) if found == id => Some(said.to_owned()),
            _ => None,
        })
    };
    let better = format!("{}甲方另为乙方购买课程中断保险。", said("5.4").unwrap());
    assert!(check(&[("5.4", Some(&better))]).1.is_empty());
    for (id, text) in [
        ("5.3", None),
        ("5.4", Some("退款退回原付款账户。")),
        ("2.3", Some("监管资金由甲方自行安排。")),
        ("5.4", Some(&*format!("{}但特价课程除外。", said("5.4").unwrap()))),
    ] {
        let (_, broken) = check(&[(id, text)]);
        let of_rule = broken.iter().find(|violation| violation.rule == RuleId::LiabilityKept);
        let violation = of_rule.unwrap_or_else(|| panic!("{id}: {broken:?}"));
        assert!(violation.source.as_deref().unwrap().contains("GF-2021-2604"));
        assert_eq!(violation.field, Some("clause_changes"));
    }
    // The unfair term is found wherever the parties write.
    let (_, broken) = check(&[("9.1", Some("课程一经售出，概不退款。"))]);
    assert_eq!((broken[0].rule, broken[0].field), (RuleId::UnfairTerm, Some("clause_changes")));
    let mut values = values(&parties(), &details());
    values.fill("place", "甲方有权随时变更上课地点，乙方不得异议").unwrap();
    let text = template.print(&values, &changes(&[])).unwrap();
    let broken = document_violations(template, &values, &text).unwrap();
    assert_eq!(broken.first().map(|b| (b.rule, b.field)), Some((RuleId::UnfairTerm, Some("values"))), "{broken:?}");
    assert_eq!(template.print(&values, &changes(&[("99.1", None)])), Err(PrintError::UnknownClause("99.1".into())));
}

#[test]
fn a_family_that_pays_late_owes_no_more_than_an_institution_that_refunds_late() {
    let template = built_in().unwrap();
    for (family, institution, refused) in
        [("0.05", Some("0.05"), false), ("0.06", Some("0.05"), true), ("0.01", None, true)]
    {
        let mut values = Values::default();
        values.fill("late_payment_percent_per_day", family).unwrap();
        if let Some(institution) = institution {
            values.fill("late_refund_percent_per_day", institution).unwrap();
        }
        fill(&mut values, &terms(), &parties(), &details()).unwrap();
        let text = template.print(&values, &changes(&[])).unwrap();
        let broken = document_violations(template, &values, &text).unwrap();
        assert_eq!(broken.iter().any(|violation| violation.rule == RuleId::LiabilityKept), refused, "{family}");
    }
}

#[test]
fn a_file_that_is_no_template_is_refused_with_its_line() {
    let with = |from: &str, to: &str| {
        assert!(BUILT_IN.contains(from), "{from}");
        Template::parse(BUILT_IN.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    assert!(
        matches!(with("{{teacher}}", "{{teachers}}"), TemplateError::UnknownBlank { name, .. } if name == "teachers")
    );
    assert_eq!(with("{{fee_total_in_words}}", "另议"), TemplateError::MissingField { name: "fee_total_in_words" });
    assert!(matches!(
        with("| 费用合计（大写）", "| 再次小写 | {{fee_total}}\n| 费用合计（大写）"),
        TemplateError::BlankTwice { name: "fee_total", .. }
    ));
    assert!(matches!(with("{{teacher}}", "{{teacher"), TemplateError::OpenBlank { .. }));
    assert!(matches!(with("| 任课教师 | ", "| 任课教师 | {{lots}}"), TemplateError::Misplaced { name: "lots", .. }));
    assert!(matches!(with("[5.2 law]", "[5.1 law]"), TemplateError::ClauseTwice { id, .. } if id == "5.1"));
    assert!(
        matches!(with("[5.2 law]", "[5.2 seller]"), TemplateError::UnknownOwner { owner, .. } if owner == "seller")
    );
    assert!(matches!(with("## 学员", "学员"), TemplateError::UnknownLine { .. }));
    assert!(matches!(with("## 学员", "##"), TemplateError::Empty { .. }));
    assert!(matches!(with("| 经办人", "| 补充"), TemplateError::UnknownLine { .. }));

    assert_eq!(with("title: 中小学生校外培训服务合同", ""), TemplateError::Empty { line: 0 });
    assert_eq!(with("tutela-template/1", "tutela-template/2"), TemplateError::NotATemplate);
    assert_eq!(Template::parse(&[0x74, 0xff, 0xfe]), Err(TemplateError::NotUtf8 { at: 1 }));
    let large = vec![b'a'; TEMPLATE_MAX + 1];
    assert_eq!(Template::parse(&large), Err(TemplateError::TooLarge { actual: TEMPLATE_MAX + 1 }));
    assert!(TemplateError::MissingField { name: "lots" }.zh().contains("购买批次"));
}

/// The text that ships has every field of the model, each where the parser wants it.
#[test]
fn the_built_in_template_has_every_field() {
    let template = built_in().unwrap();
    assert_eq!(template.parts.len(), 14);
    for field in FIELDS {
        assert!(BUILT_IN.contains(&format!("{{{{{}}}}}", field.name)), "{}", field.name);
    }
    assert!(template.clauses().all(|clause| clause.owner != Owner::Register));
}
