//! What was found, as text in one language or as JSON.

use std::fmt::Write;

use kernel::Instant;
use ledger::entry::Actor;
use ledger::{Detail, Entry, Finding, InvariantId, ReceiptReport, Report, Sentence, Unchecked, Verdict};
use serde_json::{Value, json};

use crate::Lang;
use crate::log::LogReport;

/// Findings shown in text; JSON has them all.
const FINDINGS_SHOWN: usize = 10;

/// Everything that is said about a file.
pub struct Answer {
    verdict: Verdict,
    /// Lines about the contents.
    about: Vec<Sentence>,
    findings: Vec<Finding>,
    unchecked: Vec<Unchecked>,
    facts: Value,
}

pub fn line(zh: impl Into<String>, en: impl Into<String>) -> Sentence {
    Sentence { zh: zh.into(), en: en.into() }
}

fn pick(sentence: &Sentence, lang: Lang) -> &str {
    match lang {
        Lang::Zh => &sentence.zh,
        Lang::En => &sentence.en,
    }
}

/// Unix seconds as a time in UTC; as they are, where no calendar of ours reaches.
fn time_text(seconds: u64) -> String {
    let micros = i64::try_from(seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000));
    let instant = micros.and_then(|micros| Instant::try_from_micros(micros).ok());
    instant.map_or_else(|| seconds.to_string(), |instant| instant.to_string())
}

fn entry_lines(entry: &Entry) -> Vec<Sentence> {
    let Entry { header, body } = entry;
    let entry_type = body.entry_type();
    let (by_zh, by_en) = match header.actor {
        Actor::System => ("系统".to_owned(), "the system".to_owned()),
        Actor::User { role, user } => (format!("{} {user}", role.zh()), format!("{role} {user}")),
    };
    let mut lines = vec![
        line(
            format!("账本 {} 第 {} 条记录：{}", header.ledger, header.seq, entry_type.zh()),
            format!("Entry {} of ledger {}: {}", header.seq, header.ledger, entry_type.en()),
        ),
        Sentence { zh: format!("  {}", body.describe().zh), en: format!("  {}", body.describe().en) },
        line(
            format!("  记录时间 {}（UTC），生效日 {}，操作人 {by_zh}", header.recorded_at, header.effective_on),
            format!("  recorded at {}, effective on {}, by {by_en}", header.recorded_at, header.effective_on),
        ),
    ];
    if let Some(link) = &header.institution {
        lines.push(line(
            format!("  机构 {}，该机构第 {} 条记录", link.institution, link.seq),
            format!("  institution {}, its entry number {}", link.institution, link.seq),
        ));
    }
    if let (Some(_), Some((zh, en))) = (header.commit, entry_type.commit()) {
        lines.push(line(format!("  另有承诺值，对应不在账本中的{zh}"), format!("  commits to a {en} kept elsewhere")));
    }
    lines
}

fn entry_facts(entry: &Entry) -> Value {
    let said = entry.body.describe();
    json!({
        "ledger": entry.header.ledger.to_string(),
        "seq": entry.header.seq.to_string(),
        "type": entry.body.entry_type().as_str(),
        "recorded_at": entry.header.recorded_at.to_string(),
        "effective_on": entry.header.effective_on.to_string(),
        "actor": entry.header.actor.to_string(),
        "says": { "zh": said.zh, "en": said.en },
    })
}

impl Answer {
    /// About a file of another kind, put into words elsewhere.
    pub fn of(verdict: Verdict, about: Vec<Sentence>, unchecked: Vec<Unchecked>, facts: Value) -> Answer {
        let findings = match verdict {
            Verdict::DoesNotHold(finding) => vec![finding],
            Verdict::Holds | Verdict::CouldNotCheckEverything(_) => Vec::new(),
        };
        Answer { verdict, about, findings, unchecked, facts }
    }

    /// About a receipt.
    pub fn of_receipt(report: &ReceiptReport) -> Answer {
        let mut about = report.entry.as_ref().map(entry_lines).unwrap_or_default();
        let mut facts = json!({ "leaf_hash": report.leaf.to_string() });
        if let Some(entry) = &report.entry {
            facts["entry"] = entry_facts(entry);
        }
        if let Some(checkpoint) = &report.checkpoint {
            about.push(line(
                format!("  在 {} 签名的检查点（共 {} 条记录）之内", checkpoint.origin, checkpoint.size),
                format!("  is in the checkpoint of {} entries signed by {}", checkpoint.size, checkpoint.origin),
            ));
            let names: Vec<&str> = report.signatures.verified.iter().map(|v| v.name.as_str()).collect();
            let cosigned = report.signatures.verified.iter().filter_map(|v| v.time.map(|time| (&v.name, time)));
            let cosigned: Vec<_> = cosigned.collect();
            for (name, time) in &cosigned {
                let time = time_text(*time);
                let zh = format!("  见证人 {name} 于 {time}（UTC）签名");
                about.push(line(zh, format!("  witnessed by {name} at {time}")));
            }
            for name in &report.signatures.unverified {
                let zh = format!("  {name} 的签名未核对：没有其公钥");
                about.push(line(zh, format!("  the signature of {name} was not checked: its key was not given")));
            }
            if let Some(quorum) = report.quorum {
                let (asked, signed) = (quorum.asked, quorum.signed);
                let (zh, en) = if quorum.met { ("达到", "met") } else { ("未达到", "not met") };
                about.push(line(
                    format!("  至少需要 {asked} 个见证人，已有 {signed} 个：{zh}"),
                    format!("  at least {asked} witnesses are asked for, {signed} signed: {en}"),
                ));
                facts["quorum"] = json!({ "asked": asked, "signed": signed, "met": quorum.met });
            }
            let cosigned: Vec<Value> = cosigned
                .iter()
                .map(|(name, time)| json!({ "name": name, "time": time.to_string(), "at": time_text(*time) }))
                .collect();
            facts["checkpoint"] = json!({
                "origin": checkpoint.origin,
                "size": checkpoint.size.to_string(),
                "root": checkpoint.root.to_string(),
                "signatures": names,
                "cosignatures": cosigned,
                "unknown_signatures": report.signatures.unverified,
            });
        }
        let findings = match report.verdict {
            Verdict::DoesNotHold(finding) => vec![finding],
            Verdict::Holds | Verdict::CouldNotCheckEverything(_) => Vec::new(),
        };
        Answer { verdict: report.verdict.clone(), about, findings, unchecked: report.unchecked.clone(), facts }
    }

    /// About an export.
    pub fn of_export(report: &Report) -> Answer {
        let about = vec![
            line(
                format!("共 {} 条记录，{} 字节", report.entries, report.bytes),
                format!("{} entries, {} bytes", report.entries, report.bytes),
            ),
            line(format!("根 {}", report.root), format!("root {}", report.root)),
            line(
                format!("有问题的记录 {} 条", report.failed_entries),
                format!("{} entries with something wrong", report.failed_entries),
            ),
        ];
        let facts = json!({
            "entries": report.entries.to_string(),
            "bytes": report.bytes.to_string(),
            "root": report.root.to_string(),
            "failed_entries": report.failed_entries.to_string(),
            "found": report.found.to_string(),
            "checked": {
                "institutions": report.counts.institutions.to_string(),
                "contracts": report.counts.contracts.to_string(),
                "seals": report.counts.seals.to_string(),
                "checkpoints": report.counts.checkpoints.to_string(),
            },
        });
        let (findings, unchecked) = (report.findings.clone(), report.unchecked.clone());
        Answer { verdict: report.verdict(), about, findings, unchecked, facts }
    }

    /// About a log over HTTP.
    pub fn of_log(found: &LogReport) -> Answer {
        let LogReport { report, checkpoint, signatures, quorum, entries } = found;
        let mut answer = Answer::of_export(report);
        let (zh, en) = match report.unchecked.iter().any(|left| matches!(left, Unchecked::LogSignature)) {
            true => ("未核对签名的检查点", "checkpoint, its signature not checked"),
            false => ("检查点", "checkpoint"),
        };
        answer.about = vec![
            line(
                format!("{zh} {}：共 {} 条记录，根 {}", checkpoint.origin, checkpoint.size, checkpoint.root),
                format!("{en} of {}: {} entries, root {}", checkpoint.origin, checkpoint.size, checkpoint.root),
            ),
            line(
                format!("由瓦片重算的根 {}（{} 个叶）", report.root, report.entries),
                format!("root built anew from the tiles: {} ({} leaves)", report.root, report.entries),
            ),
            line(
                format!("逐条核对的记录 {entries} 条，有问题的 {} 条", report.failed_entries),
                format!("{entries} entries checked one by one, {} with something wrong", report.failed_entries),
            ),
        ];
        for signature in &signatures.verified {
            if let Some(time) = signature.time.map(time_text) {
                let name = &signature.name;
                let zh = format!("  见证人 {name} 于 {time}（UTC）签名");
                answer.about.push(line(zh, format!("  witnessed by {name} at {time}")));
            }
        }
        if let Some(quorum) = quorum {
            let (asked, signed) = (quorum.asked, quorum.signed);
            let zh = format!("  至少需要 {asked} 个见证人，已有 {signed} 个");
            answer.about.push(line(zh, format!("  at least {asked} witnesses are asked for, {signed} signed")));
            answer.facts["quorum"] = json!({ "asked": asked, "signed": signed, "met": quorum.met });
        }
        answer.facts["entries"] = entries.to_string().into();
        answer.facts["leaves"] = report.entries.to_string().into();
        answer.facts["checkpoint"] = json!({
            "origin": checkpoint.origin,
            "size": checkpoint.size.to_string(),
            "root": checkpoint.root.to_string(),
        });
        answer
    }

    /// About a file that is neither.
    pub fn not_a_file() -> Answer {
        let finding = Finding { seq: None, invariant: InvariantId::File, detail: Detail::Plain };
        Answer {
            verdict: Verdict::DoesNotHold(finding),
            about: Vec::new(),
            findings: vec![finding],
            unchecked: Vec::new(),
            facts: json!({}),
        }
    }

    /// 0 holds, 1 does not, 2 could not check everything.
    pub const fn exit_code(&self) -> u8 {
        self.verdict.exit_code()
    }

    /// Lines of text, the verdict last.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        let mut say = |text: &str| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{text}");
        };
        let (wrong, more, not_checked, verdict) = match lang {
            Lang::Zh => ("问题：", "其余问题从略", "未核对：", "结论："),
            Lang::En => ("wrong: ", "further findings left out", "not checked: ", "verdict: "),
        };
        self.about.iter().for_each(|sentence| say(pick(sentence, lang)));
        for finding in self.findings.iter().take(FINDINGS_SHOWN) {
            say(&format!("{wrong}{}", pick(&finding.describe(), lang)));
        }
        if self.findings.len() > FINDINGS_SHOWN {
            say(more);
        }
        for unchecked in &self.unchecked {
            let text = match lang {
                Lang::Zh => unchecked.zh(),
                Lang::En => unchecked.en(),
            };
            say(&format!("{not_checked}{text}"));
        }
        say(&format!("{verdict}{}", pick(&self.verdict.describe(), lang)));
        out
    }

    /// One JSON object and a line feed. Numbers that may be large are strings.
    pub fn json(&self) -> String {
        let mut out = self.facts.clone();
        out["verdict"] = self.verdict.as_str().into();
        out["findings"] = self
            .findings
            .iter()
            .map(|finding| {
                let said = finding.describe();
                json!({
                    "seq": finding.seq.map(|seq| seq.to_string()),
                    "invariant": finding.invariant.as_str(),
                    "zh": said.zh,
                    "en": said.en,
                })
            })
            .collect();
        out["unchecked"] = self
            .unchecked
            .iter()
            .map(|u| json!({ "id": u.as_str(), "essential": u.is_essential(), "zh": u.zh(), "en": u.en() }))
            .collect();
        format!("{out:#}\n")
    }
}
