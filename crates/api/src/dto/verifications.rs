//! Bodies of checks: how far the verification of a ledger is and what it found, and what a receipt says.

use app::verify::{Progress, Verification};
use kernel::{Instant, LedgerId};
use ledger::entry::Actor;
use ledger::{InvariantId, Receipt, ReceiptReport, Report, Sentence, Unchecked, Verdict, VerifierKey};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// Findings shown; all of them are counted.
const FINDINGS_SHOWN: usize = 20;

/// Invariants that are not about a ledger in its database: files that are handed on.
const OF_FILES: [InvariantId; 2] = [InvariantId::File, InvariantId::Statement];

fn pick(sentence: Sentence, language: Language) -> String {
    language.pick(sentence.zh, sentence.en)
}

/// One thing that must hold in a ledger.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckBody {
    /// Its id.
    #[schema(value_type = String, example = "ledger.chain")]
    pub id: &'static str,
    /// In words.
    pub what: &'static str,
    /// Does it hold, as far as it was followed? After more findings than are kept: of nothing.
    pub holds: bool,
}

/// Something that does not hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckFindingBody {
    /// The entry concerned; none when it is about the ledger as a whole.
    pub seq: Option<w::Seq>,
    /// Id of what should hold.
    #[schema(value_type = String, example = "ledger.chain")]
    pub id: &'static str,
    /// In words.
    pub what: String,
}

/// What a verification found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationResultBody {
    /// `holds`, `does_not_hold`, `could_not_check_everything`.
    #[schema(value_type = String, example = "holds")]
    pub verdict: &'static str,
    /// Root of the tree over all entries.
    pub root: w::Hash,
    /// What must hold, and whether it does.
    pub checks: Vec<CheckBody>,
    /// The first of what does not hold.
    pub findings: Vec<CheckFindingBody>,
    /// How much does not hold in all.
    pub found: w::Seq,
    /// What was not checked, in words.
    #[schema(value_type = Vec<String>)]
    pub unchecked: Vec<&'static str>,
    /// Signed checkpoints, in the database and outside it, that the tree was compared with.
    pub checkpoints: w::Seq,
    /// Rows of the database that were compared with the replay.
    pub rows: w::Seq,
}

impl VerificationResultBody {
    fn of(report: &Report, language: Language) -> VerificationResultBody {
        // Findings beyond those that are kept may be about anything.
        let all_kept = u64::try_from(report.findings.len()) == Ok(report.found);
        let fails = |id: InvariantId| !all_kept || report.findings.iter().any(|finding| finding.invariant == id);
        let check =
            |id: InvariantId| CheckBody { id: id.as_str(), what: language.pick(id.zh(), id.en()), holds: !fails(id) };
        let finding = |found: &ledger::Finding| CheckFindingBody {
            seq: found.seq.map(Text),
            id: found.invariant.as_str(),
            what: pick(found.describe(), language),
        };
        VerificationResultBody {
            verdict: report.verdict().as_str(),
            root: Text(report.root),
            checks: InvariantId::ALL.iter().copied().filter(|id| !OF_FILES.contains(id)).map(check).collect(),
            findings: report.findings.iter().take(FINDINGS_SHOWN).map(finding).collect(),
            found: Text(report.found),
            unchecked: unchecked(&report.unchecked, language),
            checkpoints: Text(report.counts.checkpoints),
            rows: Text(report.counts.rows),
        }
    }
}

fn unchecked(left: &[Unchecked], language: Language) -> Vec<&'static str> {
    left.iter().map(|left| language.pick(left.zh(), left.en())).collect()
}

/// Where the verification of a ledger stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationBody {
    /// The ledger.
    pub ledger: w::LedgerId,
    /// `none`, `running`, `done`, `cut_off`.
    #[schema(value_type = String, example = "running")]
    pub state: &'static str,
    /// Since when this server runs; verifications before that are forgotten.
    pub server_since: w::Instant,
    /// Who asked for it.
    pub by: Option<String>,
    /// When it began.
    pub began_at: Option<w::Instant>,
    /// When it ended.
    pub ended_at: Option<w::Instant>,
    /// Entries read so far.
    pub checked: Option<w::Seq>,
    /// Entries there are.
    pub entries: Option<w::Seq>,
    /// What was found, when it is done.
    pub result: Option<VerificationResultBody>,
}

impl VerificationBody {
    /// The latest verification with who asked for it, if there is one.
    pub fn of(
        ledger: &LedgerId,
        run: Option<(Verification, String)>,
        since: Instant,
        language: Language,
    ) -> VerificationBody {
        let mut body = VerificationBody {
            ledger: Text(ledger.clone()),
            state: "none",
            server_since: Text(since),
            by: None,
            began_at: None,
            ended_at: None,
            checked: None,
            entries: None,
            result: None,
        };
        let Some((run, by)) = run else { return body };
        body.by = Some(by);
        body.began_at = Some(Text(run.began_at));
        (body.checked, body.entries) = (Some(Text(run.checked)), Some(Text(run.entries)));
        match run.progress {
            Progress::Running => body.state = "running",
            Progress::CutOff { at } => {
                body.state = "cut_off";
                body.ended_at = Some(Text(at));
            }
            Progress::Done { at, report } => {
                body.state = "done";
                body.ended_at = Some(Text(at));
                body.result = Some(VerificationResultBody::of(&report, language));
            }
        }
        body
    }
}

/// A receipt to be checked.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptCheckRequest {
    /// The receipt's file, or the text of its QR code. Nothing of it is kept.
    #[schema(min_length = 1, max_length = 300_000)]
    pub receipt: String,
    /// The log's key as known from elsewhere; without it, that of a ledger of this server.
    pub key: Option<String>,
}

impl ReceiptCheckRequest {
    /// The receipt, taken apart.
    ///
    /// # Errors
    /// No receipt.
    pub fn receipt(&self) -> Result<Receipt, Problem> {
        // A form changes the ends of lines and cuts the last one; people copy spaces around.
        let text = format!("{}\n", self.receipt.replace("\r\n", "\n").trim());
        let read = Receipt::read(&text);
        read.map_err(|_| {
            let detail = Expected::of(
                "这不是安学凭证：请提供完整的凭证文件，或其二维码的全部文字。",
                "This is no receipt: give the whole file, or all of the text of its QR code.",
            );
            Problem::of(ProblemType::InvalidField).field("receipt").detail(detail)
        })
    }

    /// The key that was given.
    ///
    /// # Errors
    /// No key.
    pub fn key(&self) -> Result<Option<VerifierKey>, Problem> {
        let Some(text) = self.key.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| {
            let detail = Expected::of(
                "公钥须为“名称+编号+Base64”的一行文字。",
                "A key is one line: name, hash and base64 with plus signs between.",
            );
            Problem::of(ProblemType::InvalidField).field("key").detail(detail)
        })
    }
}

/// The entry that a receipt is about.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceiptEntryBody {
    /// The ledger.
    pub ledger: w::LedgerId,
    /// Number in the ledger.
    pub seq: w::Seq,
    /// Type of entry.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "fee_paid")]
    pub entry_type: &'static str,
    /// What it says, in words.
    pub says: String,
    /// When it was recorded.
    pub recorded_at: w::Instant,
    /// The day on which it takes effect.
    pub effective_on: w::Day,
    /// In which role somebody had it recorded; none: the ledger's own clock.
    #[schema(value_type = Option<String>, example = "bank")]
    pub role: Option<&'static str>,
}

/// What the check of a receipt found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReceiptCheckBody {
    /// `holds`, `does_not_hold`, `could_not_check_everything`.
    #[schema(value_type = String, example = "holds")]
    pub verdict: &'static str,
    /// Where the log's key came from: `given`, `this_server`, `none`.
    #[schema(value_type = String, example = "this_server")]
    pub key_source: &'static str,
    /// Hash of the entry.
    pub leaf_hash: w::Hash,
    /// The entry, when its bytes are one.
    pub entry: Option<ReceiptEntryBody>,
    /// Origin of the checkpoint, when its signature holds.
    pub origin: Option<String>,
    /// Entries that the checkpoint covers.
    pub size: Option<w::Seq>,
    /// What does not hold, in words.
    pub finding: Option<String>,
    /// What was not checked, in words.
    #[schema(value_type = Vec<String>)]
    pub unchecked: Vec<&'static str>,
}

impl ReceiptCheckBody {
    /// In a language.
    pub fn of(report: &ReceiptReport, key_source: &'static str, language: Language) -> ReceiptCheckBody {
        let entry = report.entry.as_ref().map(|entry| ReceiptEntryBody {
            ledger: Text(entry.header.ledger.clone()),
            seq: Text(entry.header.seq),
            entry_type: entry.body.entry_type().as_str(),
            says: pick(entry.body.describe(), language),
            recorded_at: Text(entry.header.recorded_at),
            effective_on: Text(entry.header.effective_on),
            role: match entry.header.actor {
                Actor::System => None,
                Actor::User { role, .. } => Some(role.as_str()),
            },
        });
        let finding = match report.verdict {
            Verdict::DoesNotHold(finding) => Some(pick(finding.describe(), language)),
            Verdict::Holds | Verdict::CouldNotCheckEverything(_) => None,
        };
        ReceiptCheckBody {
            verdict: report.verdict.as_str(),
            key_source,
            leaf_hash: Text(report.leaf),
            entry,
            origin: report.checkpoint.as_ref().map(|checkpoint| checkpoint.origin.to_string()),
            size: report.checkpoint.as_ref().map(|checkpoint| Text(checkpoint.size)),
            finding,
            unchecked: unchecked(&report.unchecked, language),
        }
    }
}
