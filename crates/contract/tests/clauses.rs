//! The clause check: every rule on the clauses that people labelled, the ways of writing that must
//! not matter, exact places, and any text whatever.
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use std::collections::BTreeSet;

use contract::clauses::evaluate::{Evaluation, evaluate, read};
use contract::clauses::{Severity, check, rules};
use proptest::prelude::*;

fn found(text: &str) -> Vec<&'static str> {
    let ids: BTreeSet<_> = check(text).into_iter().map(|finding| finding.rule.id).collect();
    ids.into_iter().collect()
}

fn on(file: &str) -> Evaluation {
    evaluate(&read(file).unwrap())
}

#[test]
fn there_are_forty_rules_and_each_says_what_it_breaks_and_what_to_do() {
    let ids: Vec<_> = rules().iter().map(|rule| rule.id.to_owned()).collect();
    let expected: Vec<_> = (1..=40).map(|n| format!("U{n:02}")).collect();
    assert_eq!(ids, expected);
    for rule in rules() {
        assert!(!rule.law.is_empty() && !rule.zh.is_empty() && !rule.en.is_empty(), "{}", rule.id);
        assert!(rule.advice_zh.chars().count() > 8 && rule.advice_en.len() > 20, "{}", rule.id);
    }
}

#[test]
fn labelled_clauses_are_told_apart() {
    let halves = [
        ("train", on(include_str!("../data/clauses/train.tsv")), 0.98, 0.98),
        ("test", on(include_str!("../data/clauses/test.tsv")), 0.95, 0.95),
        ("holdout", on(include_str!("../data/clauses/holdout.tsv")), 0.95, 0.95),
        ("holdout2", on(include_str!("../data/clauses/holdout2.tsv")), 0.95, 0.95),
        ("holdout3", on(include_str!("../data/clauses/holdout3.tsv")), 0.95, 0.95),
        ("tune2", on(include_str!("../data/clauses/tune2.tsv")), 0.97, 0.97),
        ("test2", on(include_str!("../data/clauses/test2.tsv")), 0.95, 0.93),
        ("tune3", on(include_str!("../data/clauses/tune3.tsv")), 0.97, 0.97),
        ("tune4", on(include_str!("../data/clauses/tune4.tsv")), 0.97, 0.97),
        ("tune5", on(include_str!("../data/clauses/tune5.tsv")), 0.97, 0.97),
        ("tune6", on(include_str!("../data/clauses/tune6.tsv")), 0.97, 0.97),
        ("tune7", on(include_str!("../data/clauses/tune7.tsv")), 0.97, 0.97),
        ("tune8", on(include_str!("../data/clauses/tune8.tsv")), 0.97, 0.97),
        ("blind3", on(include_str!("../data/clauses/blind3.tsv")), 0.92, 0.95),
        ("blind4", on(include_str!("../data/clauses/blind4.tsv")), 0.95, 0.85),
        ("blind8", on(include_str!("../data/clauses/blind8.tsv")), 0.94, 0.90),
        ("blind9", on(include_str!("../data/clauses/blind9.tsv")), 0.89, 0.95),
        // The files that the weights were learned from.
        ("tune10", on(include_str!("../data/clauses/tune10.tsv")), 0.95, 0.85),
        ("tune11", on(include_str!("../data/clauses/tune11.tsv")), 0.94, 0.94),
        ("tune12", on(include_str!("../data/clauses/tune12.tsv")), 0.95, 0.88),
        ("blind5", on(include_str!("../data/clauses/blind5.tsv")), 0.97, 0.97),
        ("blind6", on(include_str!("../data/clauses/blind6.tsv")), 0.95, 0.93),
        ("blind7", on(include_str!("../data/clauses/blind7.tsv")), 0.95, 0.85),
    ];
    for (name, result, precision, recall) in halves {
        let (p, r) = (result.any.precision().unwrap(), result.any.recall().unwrap());
        assert!(p >= precision && r >= recall, "{name}: precision {p:.3}, recall {r:.3}, wrong: {:?}", result.errors);
    }
}

#[test]
fn what_is_fair_in_the_ways_people_talk_is_left_alone() {
    let result = on(include_str!("../data/clauses/tune9.tsv"));
    assert_eq!((result.clauses, result.fair), (60, 60));
    assert!(result.errors.is_empty(), "{:?}", result.errors);
    // The text that every contract begins with.
    assert_eq!(found(include_str!("../data/template/v1.txt")), Vec::<&str>::new());
}

#[test]
fn what_no_rule_finds_may_be_told_as_a_likeness_and_never_as_void() {
    let text = "新校区装修好之后大家统一搬过去上课，不再征求意见。课堂请勿饮食，饮用水免费供应。";
    let findings = check(text);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.rule.id, finding.rule.severity, finding.severity), ("U16", Severity::Void, Severity::Check));
    // It says that it is a likeness, and by which words of the sentence.
    assert_eq!(finding.concepts.first(), Some(&"与已知的不公平条款相近"));
    assert!(finding.concepts.len() > 1 && finding.start < finding.end && finding.end <= 25, "{finding:?}");
}

#[test]
fn every_rule_is_found_on_clauses_that_tuning_never_saw() {
    let result = on(include_str!("../data/clauses/test.tsv"));
    assert_eq!(result.rules.len(), 40);
    for (rule, score) in &result.rules {
        assert!(score.recall().unwrap() >= 0.5, "{rule}: {score:?}");
    }
}

#[test]
fn the_ways_of_writing_do_not_matter() {
    for text in [
        "课程一经售出，概不退款。",
        "課程一經售出,概不退款",
        "课程 一经 售出 ， 概 不 退 款 ！",
        "课程一经售出，“概·不·退·款”",
        "课程一经售出，概不\n退款",
        "课程一经售出，　【概不退款】😊",
        "课程一经售出，概\u{200b}不退\u{feff}款",
    ] {
        assert_eq!(found(text), ["U01"], "{text}");
    }
    for share in ["30%", "３０％", "百分之三十", "三成", "叁拾%", "十分之三", "3成"] {
        let text = format!("提前退学须支付合同总额{share}的违约金");
        assert_eq!(found(&text), ["U25"], "{text}");
    }
    // A share that is no penalty out of proportion, the same for both sides.
    assert!(found("任何一方违约的，按未履行部分的百分之三向对方支付违约金").is_empty());
}

#[test]
fn negation_is_kept_apart() {
    for (unfair, fair) in [
        ("本校概不退费", "本校不得概不退费"),
        ("机构有权拒绝退费", "机构无权拒绝退费"),
        ("机构有权随时更换教师，无需家长同意", "机构未经家长同意不得更换教师"),
        ("课程到期作废", "课程到期不会作废"),
        ("到期自动续费", "到期不自动续费"),
        ("剩余课时不得转让", "机构不得拒绝学员转让剩余课时"),
        ("家长不得投诉机构", "机构不得限制家长投诉"),
        ("学费请转入校长个人微信", "学费请勿转入校长个人微信"),
        ("可办理培训贷缴纳学费", "不得以培训贷缴纳学费"),
        ("最终解释权归本机构所有", "本机构不享有最终解释权"),
    ] {
        assert!(!found(unfair).is_empty(), "{unfair}");
        assert!(found(fair).is_empty(), "{fair}: {:?}", found(fair));
    }
}

#[test]
fn places_are_those_of_the_text_as_it_was_given() {
    let text = "一、上课时间：每周六。\n二、【退 费】　課程售出，概 不 退 費！谢谢😊";
    let findings = check(text);
    assert_eq!(findings.len(), 1, "{findings:?}");
    let finding = findings.first().unwrap();
    assert_eq!(finding.quote, "概 不 退 費");
    let cut: String = text.chars().skip(finding.start).take(finding.end - finding.start).collect();
    assert_eq!(cut, finding.quote);
    assert_eq!(finding.concepts, ["一概", "不退"]);
}

#[test]
fn several_terms_of_one_text_are_found_in_their_order() {
    let text = "1.学费不退。2.学员受伤责任自负。\n3、最终解释权归本店所有；争议由本店所在地法院管辖";
    let order: Vec<_> = check(text).into_iter().map(|finding| finding.rule.id).collect();
    assert_eq!(order, ["U01", "U21", "U14", "U30"]);
}

proptest! {
    #[test]
    fn any_text_is_read_and_places_are_exact(
        text in prop_oneof![
            any::<String>(),
            "[不退费款课时学员机构家长违约金百分之三十成0-9%，。；\n 有权无须免责任转让自动续视为放弃]{0,200}",
        ]
    ) {
        let length = text.chars().count();
        for finding in check(&text) {
            prop_assert!(finding.start < finding.end && finding.end <= length);
            let cut: String = text.chars().skip(finding.start).take(finding.end - finding.start).collect();
            prop_assert_eq!(&cut, &finding.quote);
            prop_assert!(!finding.concepts.is_empty());
        }
    }
}
