//! The command `list`: whether an institution stood on a list on a day, as a file proves it.

use std::path::Path;

use anyhow::Result;
use ledger::lists::LIST_BYTES_MAX;
use ledger::{Detail, Finding, InvariantId, ListProof, Verdict, VerifierKey};
use serde_json::json;

use crate::render::{Answer, line};

/// Checks a proof of a list.
///
/// # Errors
/// The file cannot be read.
pub fn list(file: &Path, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> Result<Answer> {
    let bytes = crate::read(file, LIST_BYTES_MAX)?;
    let proof = std::str::from_utf8(&bytes).ok().and_then(|text| text.parse::<ListProof>().ok());
    let Some(proof) = proof else { return Ok(Answer::not_a_file()) };
    let report = proof.verify(key, witnesses);
    let (institution, on) = (proof.institution, proof.on);
    let about = match (report.fits, &report.stood) {
        (false, _) => line(
            format!("文件不能证明机构 {institution} 在 {on} 的名单状态"),
            format!("the file does not prove where institution {institution} stood on {on}"),
        ),
        (true, Some(leaf)) => line(
            format!(
                "机构 {institution} 在 {on} 日终列于{}（{} 公布，第 {} 条）",
                leaf.list.zh(),
                leaf.published_on,
                leaf.seq
            ),
            format!(
                "institution {institution} stood on the list `{}` at the end of {on} (published {}, entry {})",
                leaf.list, leaf.published_on, leaf.seq
            ),
        ),
        (true, None) => line(
            format!("机构 {institution} 在 {on} 日终不在任何名单之列"),
            format!("institution {institution} stood on no list at the end of {on}"),
        ),
    };
    let facts = json!({
        "institution": institution.to_string(),
        "on": on.to_string(),
        "list": report.stood.as_ref().map_or("none", |leaf| leaf.list.as_str()),
    });
    let verdict = if report.fits {
        report.receipt.verdict.clone()
    } else {
        Verdict::DoesNotHold(Finding { seq: None, invariant: InvariantId::Tree, detail: Detail::Plain })
    };
    Ok(Answer::of(verdict, vec![about], report.receipt.unchecked.clone(), facts))
}
