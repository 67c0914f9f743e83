//! What the clause check answers to every labelled clause, to whole contracts and to odd texts, as one
//! number a file: work on its speed changes none of them. `UPDATE_ANSWERS=1` writes the file anew after
//! words, frames, rules or weights were changed on purpose; `ANSWERS_TO=path` writes all of them out, to
//! see what differs.

use std::fmt::Write as _;

use contract::clauses::{check, leanings};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../data/clauses/", $name, ".tsv")))),*]
    };
}

/// Every labelled file, the blind ones too: a number gives nothing of them away.
const FILES: &[(&str, &str)] = files![
    "train", "test", "holdout", "holdout2", "holdout3", "tune2", "test2", "tune3", "tune4", "tune5", "tune6", "tune7",
    "tune8", "tune9", "tune10", "tune11", "tune12", "tune13", "blind3", "blind4", "blind5", "blind6", "blind7",
    "blind8", "blind9",
];

/// Texts that are no clauses.
const ODD: &[&str] = &[
    "",
    "\n\n",
    "。，；",
    "不退费",
    "😊\u{200b}课程 一经 售出\n概不\n退款",
    "ABC abc 123 ¥ 5,000.00 1/3 ２０％ №",
    "甲方乙方甲方乙方不不不退退退款款款",
    "课程售出\r\n1. 概不退款\r\n2、最终解释权归本机构所有\r\n",
];

/// FNV-1a.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// All that is said of a text, and how many findings there are.
fn answers(text: &str, out: &mut String) -> usize {
    let findings = check(text);
    let _ = writeln!(out, "{text}");
    for f in &findings {
        let (rule, severity) = (f.rule.id, f.severity.as_str());
        let _ = writeln!(out, "  {rule} {severity} {}..{} {:?} {:?}", f.start, f.end, f.quote, f.concepts);
    }
    for (score, found, cleared) in leanings(text) {
        let _ = writeln!(out, "  {:x} {found} {cleared}", score.to_bits());
    }
    findings.len()
}

#[test]
fn the_answers_are_those_that_were_kept() {
    let clauses = |file: &'static str| file.lines().skip(1).filter_map(|line| line.rsplit('\t').next());
    let mut texts: Vec<(String, Vec<String>)> = FILES
        .iter()
        .map(|(name, file)| ((*name).to_owned(), clauses(file).map(|c| c.replace("\\n", "\n")).collect()))
        .collect();
    // As contracts: numbered paragraphs, one line after the other, and with nothing between them.
    for (name, file) in FILES {
        let paragraphs: String = clauses(file).zip(1..).map(|(clause, n)| format!("{n}、{clause}。\n")).collect();
        let run: String = clauses(file).take(40).collect();
        texts.push((format!("{name} as a contract"), vec![paragraphs, run]));
    }
    texts.push(("template".to_owned(), vec![include_str!("../data/template/v1.txt").to_owned()]));
    let odd = ODD.iter().map(|text| (*text).to_owned()).chain([
        "不退费".repeat(700),
        "未上课时作废".repeat(150),
        "甲方有权变更".repeat(90),
        "30%".repeat(300),
    ]);
    texts.push(("odd texts".to_owned(), odd.collect()));

    let (mut all, mut kept) = (String::new(), String::new());
    for (name, texts) in &texts {
        let mut out = String::new();
        let findings: usize = texts.iter().map(|text| answers(text, &mut out)).sum();
        let _ = writeln!(kept, "{name}: {} texts, {findings} findings, {:016x}", texts.len(), digest(&out));
        all.push_str(&out);
    }
    if let Some(path) = std::env::var_os("ANSWERS_TO") {
        std::fs::write(path, &all).unwrap();
    }
    if std::env::var_os("UPDATE_ANSWERS").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/data/clauses/answers.txt"), &kept).unwrap();
        return;
    }
    assert_eq!(kept, include_str!("../data/clauses/answers.txt"), "see the head of this file");
}
