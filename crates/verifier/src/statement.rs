//! The commands `statement` and `balance`: what a file says of a contract or an institution, up to
//! which day nothing is missing, and what it does not prove.

use std::path::Path;

use anyhow::Result;
use ledger::body::hours_text;
use ledger::statement::{BALANCE_BYTES_MAX, STATEMENT_BYTES_MAX};
use ledger::{SealLeaf, SealedBalance, Sentence, Statement, StatementReport, Subject, VerifierKey};
use serde_json::{Value, json};

use crate::render::{Answer, line};

/// Checks a statement.
///
/// # Errors
/// The file cannot be read.
pub fn statement(file: &Path, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> Result<Answer> {
    let bytes = crate::read(file, STATEMENT_BYTES_MAX)?;
    let statement = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<Statement>().ok());
    Ok(statement.map_or_else(Answer::not_a_file, |statement| answer(&statement.verify(key, witnesses))))
}

/// Checks a sealed balance.
///
/// # Errors
/// The file cannot be read.
pub fn balance(file: &Path, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> Result<Answer> {
    let bytes = crate::read(file, BALANCE_BYTES_MAX)?;
    let balance = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<SealedBalance>().ok());
    Ok(balance.map_or_else(Answer::not_a_file, |balance| answer(&balance.verify(key, witnesses))))
}

/// What is owed to a family, and its hours.
fn owed(leaf: &SealLeaf) -> Sentence {
    let [prepaid, disputed, refund] = [leaf.prepaid_fen, leaf.disputed_fen, leaf.refund_fen].map(kernel::Fen::to_yuan);
    let hours = hours_text(leaf.hours_left_hundredths);
    line(
        format!("预付余额 {prepaid}，争议冻结 {disputed}，应退未退 {refund}，剩余 {hours} 课时"),
        format!("{prepaid} prepaid, {disputed} disputed, {refund} to be refunded, {hours} class hours left"),
    )
}

fn leaf_facts(leaf: &SealLeaf) -> Value {
    json!({
        "contract": leaf.contract.to_string(),
        "entries": leaf.entries.to_string(),
        "prepaid_fen": leaf.prepaid_fen.to_string(),
        "disputed_fen": leaf.disputed_fen.to_string(),
        "refund_fen": leaf.refund_fen.to_string(),
        "hours_left": hours_text(leaf.hours_left_hundredths),
    })
}

fn subject_line(subject: Subject) -> Sentence {
    match subject {
        Subject::Contract(id) => line(format!("合同 {id}"), format!("Contract {id}")),
        Subject::Institution(id) => line(format!("机构 {id}"), format!("Institution {id}")),
    }
}

fn answer(report: &StatementReport) -> Answer {
    let mut about: Vec<Sentence> = report.subject.map(subject_line).into_iter().collect();
    let mut facts = json!({ "subject": report.subject.map(|subject| subject.to_string()) });
    for entry in &report.entries {
        let (said, header) = (entry.body.describe(), &entry.header);
        about.push(line(
            format!("  第 {} 条，{}：{}", header.seq, header.effective_on, said.zh),
            format!("  entry {}, {}: {}", header.seq, header.effective_on, said.en),
        ));
    }
    if !report.entries.is_empty() {
        facts["entries"] = report.entries.len().to_string().into();
    }
    if let Some(complete) = &report.complete {
        let (seal, seq, on) = (&complete.seal, complete.seq, complete.on());
        let [total, custody] = [
            kernel::Fen::try_sum([seal.prepaid_fen, seal.disputed_fen, seal.refund_fen]).unwrap_or(seal.custody_fen),
            seal.custody_fen,
        ]
        .map(kernel::Fen::to_yuan);
        about.push(line(
            format!(
                "封存：截至 {on}（第 {seq} 条），该机构共有合同 {} 份，欠各家庭合计 {total}，托管账户应有 {custody}",
                seal.contracts
            ),
            format!(
                "Sealed up to {on} (entry {seq}): {} contracts, {total} owed to families in all, {custody} to be in custody",
                seal.contracts
            ),
        ));
        facts["seal"] = json!({
            "seq": seq.to_string(),
            "sealed_on": on.to_string(),
            "contracts": seal.contracts.to_string(),
            "custody_fen": seal.custody_fen.to_string(),
            "entries": complete.entries.to_string(),
        });
        if report.entries.is_empty() {
            about.push(line(
                format!("  本合同的余额已计入该合计；当时本合同共有 {} 条记录", complete.entries),
                format!("  this contract's balance is counted in it; it had {} entries then", complete.entries),
            ));
        } else {
            let after = report.after_seal();
            about.push(line(
                format!("  前 {} 条记录完整无缺；其后另列 {after} 条，已证明入账", complete.entries),
                format!("  the first {} entries are all there are; {after} after them are recorded", complete.entries),
            ));
            facts["after_seal"] = after.to_string().into();
        }
    }
    for (leaf, zh, en, name) in
        [(&report.sealed, "封存时", "when sealed", "sealed"), (&report.now, "全部记录之后", "after all entries", "now")]
    {
        if let Some(leaf) = leaf {
            let owed = owed(leaf);
            about.push(line(format!("{zh}：{}", owed.zh), format!("{en}: {}", owed.en)));
            facts[name] = leaf_facts(leaf);
        }
    }
    if let Some(checkpoint) = &report.checkpoint {
        about.push(line(
            format!("在 {} 签名的检查点（共 {} 条记录）之内", checkpoint.origin, checkpoint.size),
            format!("in the checkpoint of {} entries signed by {}", checkpoint.size, checkpoint.origin),
        ));
        let names: Vec<&str> = report.signatures.verified.iter().map(|v| v.name.as_str()).collect();
        facts["checkpoint"] = json!({
            "origin": checkpoint.origin,
            "size": checkpoint.size.to_string(),
            "root": checkpoint.root.to_string(),
            "signatures": names,
            "unknown_signatures": report.signatures.unverified,
        });
    }
    Answer::of(report.verdict.clone(), about, report.unchecked.clone(), facts)
}
