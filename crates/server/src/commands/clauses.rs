//! `tutela clauses check` and `tutela clauses evaluate`: the clause check on a file, and its precision
//! and recall on labelled clauses.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use contract::clauses::evaluate::{Evaluation, Score, evaluate, read};
use contract::clauses::{Finding, check};
use serde_json::json;

use crate::cli::ClausesCommand;

/// The labelled clauses that come with the program: the half that the rules were tuned on, the half
/// that tuning never saw, and phrasings written later.
const SHIPPED: &[(&str, &str)] = &[
    ("train.tsv", include_str!("../../../contract/data/clauses/train.tsv")),
    ("test.tsv", include_str!("../../../contract/data/clauses/test.tsv")),
    ("holdout.tsv", include_str!("../../../contract/data/clauses/holdout.tsv")),
    ("holdout2.tsv", include_str!("../../../contract/data/clauses/holdout2.tsv")),
    ("holdout3.tsv", include_str!("../../../contract/data/clauses/holdout3.tsv")),
    ("tune2.tsv", include_str!("../../../contract/data/clauses/tune2.tsv")),
    ("test2.tsv", include_str!("../../../contract/data/clauses/test2.tsv")),
    ("tune3.tsv", include_str!("../../../contract/data/clauses/tune3.tsv")),
    ("tune4.tsv", include_str!("../../../contract/data/clauses/tune4.tsv")),
    ("tune5.tsv", include_str!("../../../contract/data/clauses/tune5.tsv")),
    ("tune6.tsv", include_str!("../../../contract/data/clauses/tune6.tsv")),
    ("tune7.tsv", include_str!("../../../contract/data/clauses/tune7.tsv")),
    ("tune8.tsv", include_str!("../../../contract/data/clauses/tune8.tsv")),
    ("tune9.tsv", include_str!("../../../contract/data/clauses/tune9.tsv")),
    ("blind3.tsv", include_str!("../../../contract/data/clauses/blind3.tsv")),
    ("tune10.tsv", include_str!("../../../contract/data/clauses/tune10.tsv")),
    ("tune11.tsv", include_str!("../../../contract/data/clauses/tune11.tsv")),
    ("tune12.tsv", include_str!("../../../contract/data/clauses/tune12.tsv")),
    ("tune13.tsv", include_str!("../../../contract/data/clauses/tune13.tsv")),
    ("blind4.tsv", include_str!("../../../contract/data/clauses/blind4.tsv")),
    ("blind5.tsv", include_str!("../../../contract/data/clauses/blind5.tsv")),
    ("blind6.tsv", include_str!("../../../contract/data/clauses/blind6.tsv")),
    ("blind7.tsv", include_str!("../../../contract/data/clauses/blind7.tsv")),
    ("blind8.tsv", include_str!("../../../contract/data/clauses/blind8.tsv")),
];

/// Runs it.
///
/// # Errors
/// A file that cannot be read, or labels that are none.
pub fn run(command: &ClausesCommand) -> anyhow::Result<ExitCode> {
    match command {
        ClausesCommand::Check { file, json } => checked(&text_of(file)?, *json),
        ClausesCommand::Evaluate { file: Some(file), errors } => {
            evaluated(&file.display().to_string(), &text_of(file)?, *errors)?;
            Ok(ExitCode::SUCCESS)
        }
        ClausesCommand::Evaluate { file: None, errors } => {
            for (name, content) in SHIPPED {
                evaluated(name, content, *errors)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn text_of(file: &Path) -> anyhow::Result<String> {
    if file == Path::new("-") {
        return std::io::read_to_string(std::io::stdin()).context("无法读取标准输入 cannot read standard input");
    }
    std::fs::read_to_string(file).with_context(|| format!("无法读取 cannot read {}", file.display()))
}

fn checked(text: &str, as_json: bool) -> anyhow::Result<ExitCode> {
    let findings = check(text);
    if as_json {
        let items: Vec<_> = findings.iter().map(as_value).collect();
        println!("{}", json!({ "findings": items }));
    } else {
        for finding in &findings {
            println!(
                "{} [{}] {}-{} 「{}」",
                finding.rule.id,
                finding.severity.zh(),
                finding.start,
                finding.end,
                finding.quote
            );
            println!("    {} {}", finding.rule.zh, finding.rule.en);
            println!("    依据 law: {}", finding.rule.law.join("; "));
            println!("    概念 concepts: {}", finding.concepts.join("、"));
            println!("    {}\n    {}", finding.rule.advice_zh, finding.rule.advice_en);
        }
        println!("共 {} 处 findings: {}", findings.len(), findings.len());
    }
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn as_value(finding: &Finding) -> serde_json::Value {
    json!({
        "rule": finding.rule.id,
        "severity": finding.severity.as_str(),
        "start": finding.start,
        "end": finding.end,
        "quote": finding.quote,
        "concepts": finding.concepts,
        "law": finding.rule.law,
        "advice": finding.rule.advice_zh,
    })
}

fn evaluated(name: &str, content: &str, errors: bool) -> anyhow::Result<()> {
    let clauses = read(content).with_context(|| name.to_owned())?;
    let result = evaluate(&clauses);
    println!("{name}: {} 条 clauses, {} 条公平 fair", result.clauses, result.fair);
    println!("{:<34} {:>9} {:>9} {:>6} {:>6} {:>6}", "", "precision", "recall", "hits", "extra", "missed");
    row("是否不公平 unfair at all", result.any);
    row("条款×规则 clause and rule", result.pairs);
    rules(&result);
    if errors {
        for (id, missed, extra) in &result.errors {
            let text =
                clauses.iter().find(|clause| clause.id == *id).map(|clause| clause.text.as_str()).unwrap_or_default();
            println!("{id} 漏 missed [{}] 多 extra [{}] {text}", missed.join(","), extra.join(","));
        }
    }
    println!();
    Ok(())
}

fn rules(result: &Evaluation) {
    for (rule, score) in &result.rules {
        row(rule, *score);
    }
}

fn row(name: &str, score: Score) {
    let share = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
    println!(
        "{name:<34} {:>9} {:>9} {:>6} {:>6} {:>6}",
        share(score.precision()),
        share(score.recall()),
        score.hits,
        score.false_alarms,
        score.misses
    );
}
