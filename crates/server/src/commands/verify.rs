//! `tutela verify`: the whole ledger, entry by entry, against itself, its projections, the checkpoint
//! kept outside the database, and one given from outside. Works on a database that the server would
//! not write to, and changes nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use app::verify::{Options, verify};
use kernel::LedgerId;
use ledger::{Report, Verdict, VerifierKey};
use serde_json::json;
use store::{Store, vault::Vault};

use crate::cli::VerifyArgs;
use crate::effects::MasterKey;
use crate::files;
use crate::progress::Progress;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Findings shown to people; JSON has them all.
const FINDINGS_SHOWN: usize = 10;

/// Runs it. Exit code 0: everything holds; 1: something does not; 2: not everything could be checked.
///
/// # Errors
/// With exit code 2, when there was nothing to check or it could not be read.
pub async fn run(settings: &Settings, args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    run_checks(settings, args).await.map_err(|error| {
        // Whatever kept it from checking, the answer is never 0 or 1.
        error.context(said("未能完成核验", "the check could not be done").with_code(2))
    })
}

async fn run_checks(settings: &Settings, args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let store = existing(settings).await?;
    let since = read_checkpoints(&args.since)?;
    let heads = store::ledgers(&store.read()).await?;
    let ids: Vec<LedgerId> = match &args.ledger {
        Some(id) => heads.into_iter().map(|head| head.ledger).filter(|ledger| ledger == id).collect(),
        None => heads.into_iter().map(|head| head.ledger).collect(),
    };
    if ids.is_empty() {
        return Err(said("数据库中没有这样的账本", "there is no such ledger in the database").into());
    }
    if (!since.is_empty() || args.key.is_some()) && ids.len() > 1 {
        return Err(said(
            "有多个账本：核对检查点或公钥时请用 --ledger 指定",
            "there are several ledgers: name that of checkpoint and key with --ledger",
        )
        .into());
    }
    let mut worst = 0;
    for id in ids {
        let against = Against { since: since.clone(), key: args.key.clone() };
        let report = check_against(settings, &store, &id, against).await?;
        let verdict = report.verdict();
        if args.json {
            println!("{}", as_json(&id, &report));
        } else {
            print_report(&id, &report);
        }
        worst = worse(worst, verdict.exit_code());
    }
    store.close().await?;
    Ok(ExitCode::from(worst))
}

/// A failure outweighs a gap, a gap outweighs success.
const fn worse(a: u8, b: u8) -> u8 {
    match (a, b) {
        (1, _) | (_, 1) => 1,
        (2, _) | (_, 2) => 2,
        _ => 0,
    }
}

/// The database as it is: not made, not migrated.
async fn existing(settings: &Settings) -> anyhow::Result<Store> {
    if let Some(path) = settings.database_url.strip_prefix("sqlite://")
        && !Path::new(path.split('?').next().unwrap_or(path)).exists()
    {
        return Err(said(format!("没有数据库 {path}"), format!("there is no database {path}")).into());
    }
    system::connect(settings).await
}

/// Checkpoints kept in files.
///
/// # Errors
/// A file that cannot be read.
pub fn read_checkpoints(paths: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let read = |path: &PathBuf| {
        let shown = path.display();
        let text = files::read_text(path)?;
        text.ok_or_else(|| said(format!("没有文件 {shown}"), format!("there is no file {shown}")).into())
    };
    paths.iter().map(read).collect()
}

/// What to hold a ledger against, beside the data directory.
#[derive(Clone, Debug, Default)]
pub struct Against {
    /// Signed checkpoints.
    pub since: Vec<String>,
    /// The log's key.
    pub key: Option<VerifierKey>,
}

/// Checks one ledger, also against the checkpoint in the data directory.
///
/// # Errors
/// When the database or a checkpoint cannot be read.
pub async fn check(settings: &Settings, store: &Store, id: &LedgerId, since: Option<String>) -> anyhow::Result<Report> {
    check_against(settings, store, id, Against { since: since.into_iter().collect(), key: None }).await
}

/// The same, with what was given from outside.
///
/// # Errors
/// When the database or a checkpoint cannot be read.
pub async fn check_against(
    settings: &Settings,
    store: &Store,
    id: &LedgerId,
    against: Against,
) -> anyhow::Result<Report> {
    let kept = files::read_text(&settings.data_dir.join("checkpoints").join(id.as_str()))?;
    // The master key is not needed for the proof; without it commitments are told as unchecked.
    let vault = MasterKey::load(settings, false).ok().map(|master| Vault::new(master.bytes()));
    let options = Options {
        since: kept.into_iter().chain(against.since).collect(),
        key: against.key.or_else(|| own_key(settings, id)),
        vault: vault.as_ref(),
        pages: true,
    };
    let mut progress = Progress::new("verify", 0);
    let report = verify(store, id, options, |done, all| progress.of(done, all)).await?;
    progress.finish();
    Ok(report)
}

/// The log's key as the data directory knows it, which is outside the database.
pub fn own_key(settings: &Settings, id: &LedgerId) -> Option<VerifierKey> {
    let path = settings.data_dir.join("keys").join(format!("{id}.key"));
    let text = files::read_text(&path).ok().flatten().map(zeroize::Zeroizing::new)?;
    ledger::LogKey::from_skey(text.trim_end()).ok().map(|key| key.verifier().clone())
}

fn print_report(id: &LedgerId, report: &Report) {
    let verdict = report.verdict();
    let said = verdict.describe();
    println!("账本 {id}：{}；{} 条记录，{} 字节", said.zh, report.entries, report.bytes);
    println!("ledger {id}: {}; {} entries, {} bytes", said.en, report.entries, report.bytes);
    println!("  root {}", report.root);
    let counts = report.counts;
    println!(
        "  已核对：机构链 {}，合同 {}，日终封存 {}，检查点 {}，库中行 {}，承诺值 {}/{}",
        counts.institutions,
        counts.contracts,
        counts.seals,
        counts.checkpoints,
        counts.rows,
        counts.commitments_opened,
        counts.commitments
    );
    println!(
        "  checked: chains of institutions {}, contracts {}, seals {}, checkpoints {}, rows {}, commitments {}/{}",
        counts.institutions,
        counts.contracts,
        counts.seals,
        counts.checkpoints,
        counts.rows,
        counts.commitments_opened,
        counts.commitments
    );
    for (n, finding) in report.findings.iter().take(FINDINGS_SHOWN).enumerate() {
        let said = finding.describe();
        let (zh, en) = if n == 0 { ("首个问题", "first") } else { ("另有", "also") };
        println!("  {zh}：{}", said.zh);
        println!("  {en}: {}", said.en);
    }
    let shown = u64::try_from(report.findings.len().min(FINDINGS_SHOWN)).unwrap_or(u64::MAX);
    let more = report.found.saturating_sub(shown);
    if more > 0 {
        println!("  …… 还有 {more} 项；{more} more");
    }
    if let Verdict::DoesNotHold(_) = verdict {
        println!("  有问题的记录共 {} 条；{} entries fail", report.failed_entries, report.failed_entries);
    }
    for unchecked in &report.unchecked {
        println!("  未核对：{}", unchecked.zh());
        println!("  not checked: {}", unchecked.en());
    }
}

fn as_json(id: &LedgerId, report: &Report) -> serde_json::Value {
    let findings: Vec<_> = report
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
    let unchecked: Vec<_> = report
        .unchecked
        .iter()
        .map(|left| json!({ "id": left.as_str(), "essential": left.is_essential(), "zh": left.zh(), "en": left.en() }))
        .collect();
    json!({
        "ledger": id.as_str(),
        "verdict": report.verdict().as_str(),
        "entries": report.entries.to_string(),
        "bytes": report.bytes.to_string(),
        "root": report.root.to_string(),
        "failed_entries": report.failed_entries.to_string(),
        "checked": {
            "institutions": report.counts.institutions.to_string(),
            "contracts": report.counts.contracts.to_string(),
            "seals": report.counts.seals.to_string(),
            "checkpoints": report.counts.checkpoints.to_string(),
            "rows": report.counts.rows.to_string(),
            "commitments": report.counts.commitments.to_string(),
            "commitments_opened": report.counts.commitments_opened.to_string(),
        },
        "found": report.found.to_string(),
        "findings": findings,
        "unchecked": unchecked,
    })
}
