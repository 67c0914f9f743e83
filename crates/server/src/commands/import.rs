//! `tutela import`: an export becomes the ledger of a database that does not have it. It is verified
//! whole first, and refused as `verify` would say it; the same bytes then have the same root.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use app::verify::{ImportError, Imported, import, ledger_of};
use ledger::{ExportReader, Report, Verdict, VerifierKey, verify_export_on};
use store::Store;

use super::verify::{own_key, read_checkpoints};
use crate::cli::ImportArgs;
use crate::effects::{MasterKey, SystemEffects, now};
use crate::files;
use crate::progress::Progress;
use crate::say::{Said, said};
use crate::settings::Settings;
use crate::system;

/// Bytes read from the file at once.
const BUFFER: usize = 1 << 20;
/// Findings shown.
const FINDINGS_SHOWN: usize = 10;

/// Runs it. Exit code 0: imported; 1: the export does not hold, or there is such a ledger already;
/// 2: not everything could be checked, or the file cannot be read.
///
/// # Errors
/// With these exit codes; the database is then as it was.
pub async fn run(settings: &Settings, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let path = args.file.as_path();
    let ledger = ledger_of(&mut open(path)?).map_err(|error| refused(path, error))?;
    let Some(key) = args.key.clone().or_else(|| own_key(settings, &ledger)) else {
        return Err(said(
            format!("没有账本 {ledger} 的公钥：请用 --key 给出，或将签名私钥放入 keys/{ledger}.key"),
            format!(
                "there is no key of ledger {ledger}: give its public key with --key, or put keys/{ledger}.key in place"
            ),
        )
        .with_code(2)
        .into());
    };
    let kept = files::read_text(&settings.data_dir.join("checkpoints").join(ledger.as_str()))?;
    let since: Vec<Vec<u8>> = read_checkpoints(&args.since)?.into_iter().chain(kept).map(String::into_bytes).collect();
    let report = verify(path, &key, &since)?;
    if let Some(refusal) = refusal(&report) {
        return Err(refusal.into());
    }
    system::data_dir(settings)?;
    system::migrate(settings).await?;
    let store = system::connect(settings).await?;
    let imported = write(settings, &store, path, &key).await;
    store.close().await?;
    tell(settings, &imported?, &report, &key);
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> anyhow::Result<ExportReader<BufReader<File>>> {
    let file = File::open(path).map_err(|error| refused(path, ledger::ExportError::from(error).into()))?;
    ExportReader::open(BufReader::with_capacity(BUFFER, file)).map_err(|error| refused(path, error.into()))
}

fn verify(path: &Path, key: &VerifierKey, since: &[Vec<u8>]) -> anyhow::Result<Report> {
    let file = File::open(path).map_err(|error| refused(path, ledger::ExportError::from(error).into()))?;
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut progress = Progress::new("verify", 0);
    let input = BufReader::with_capacity(BUFFER, file);
    let report = verify_export_on(workers, input, Some(key), since, |done, all| progress.of(done, all));
    progress.finish();
    report.map_err(|error| refused(path, error.into()))
}

/// Why an export is not imported, with the exit code that `verify` would have.
fn refusal(report: &Report) -> Option<Said> {
    let verdict = report.verdict();
    let (mut zh, mut en) = match &verdict {
        Verdict::Holds => return None,
        Verdict::DoesNotHold(_) => {
            ("导出文件不成立，不予导入".to_owned(), "the export does not hold and is not imported".to_owned())
        }
        Verdict::CouldNotCheckEverything(_) => {
            ("未能核对全部内容，不予导入".to_owned(), "not everything could be checked; it is not imported".to_owned())
        }
    };
    for finding in report.findings.iter().take(FINDINGS_SHOWN) {
        let sentence = finding.describe();
        zh.push_str(&format!("\n  {}", sentence.zh));
        en.push_str(&format!("\n  {}", sentence.en));
    }
    for left in report.unchecked.iter().filter(|left| left.is_essential()) {
        zh.push_str(&format!("\n  未核对：{}", left.zh()));
        en.push_str(&format!("\n  not checked: {}", left.en()));
    }
    Some(said(zh, en).with_code(verdict.exit_code()))
}

fn refused(path: &Path, error: ImportError) -> anyhow::Error {
    let shown = path.display();
    let sentence = match &error {
        ImportError::NotEmpty { ledger } => said(
            format!("数据库中已有账本 {ledger}：只能导入没有该账本的数据库"),
            format!("the database has ledger {ledger} already: an export goes into a database without it"),
        ),
        ImportError::DoesNotHold | ImportError::Export(ledger::ExportError::Malformed) => {
            said(format!("{shown} 不是可导入的导出文件"), format!("{shown} is no export that can be imported"))
        }
        ImportError::Export(_) => said(format!("无法读取 {shown}"), format!("{shown} cannot be read")).with_code(2),
        ImportError::App(_) => said("未能写入数据库", "the database could not be written to"),
    };
    anyhow::Error::new(error).context(sentence)
}

async fn write(settings: &Settings, store: &Store, path: &Path, key: &VerifierKey) -> anyhow::Result<Imported> {
    // A fresh database gets its master key now: the first start would find a ledger and make none.
    let empty = store::ledgers(&store.read()).await?.is_empty();
    let master = MasterKey::load(settings, empty)?;
    let mut progress = Progress::new("import", 0);
    let imported = import(store, open(path)?, key, now()?, |done, all| progress.of(done, all)).await;
    progress.finish();
    let imported = imported.map_err(|error| refused(path, error))?;
    let effects = SystemEffects::new(&settings.data_dir, &settings.origin, &master)?;
    app::Effects::keep_checkpoint(&effects, &imported.ledger, imported.checkpoint.size, &imported.note)?;
    Ok(imported)
}

fn tell(settings: &Settings, imported: &Imported, report: &Report, key: &VerifierKey) {
    let Imported { ledger, checkpoint, unfinished_contracts, commitments, .. } = imported;
    println!("账本 {ledger} 已导入：{} 条记录，根 {}", checkpoint.size, checkpoint.root);
    println!("ledger {ledger} is imported: {} entries, root {}", checkpoint.size, checkpoint.root);
    println!("  核验了 {} 字节；{} bytes were verified", report.bytes, report.bytes);
    println!("  不在导出中：姓名等加密资料（{commitments} 个承诺值的原文）、草稿、文件、用户、幂等键的回复");
    println!(
        "  not in an export: sealed records such as names (behind {commitments} commitments), drafts, documents, \
         users, answers under idempotency keys"
    );
    if *unfinished_contracts > 0 {
        println!("  {unfinished_contracts} 份只有一方签署的合同没有草稿，须重新拟定");
        println!("  {unfinished_contracts} contracts signed by one party only have no draft and must be drawn up anew");
    }
    let file = settings.data_dir.join("keys").join(format!("{ledger}.key"));
    if own_key(settings, ledger).as_ref() != Some(key) {
        let shown = file.display();
        println!("  没有签名私钥：账本只能查询；要继续写入，请将原服务器的 keys/{ledger}.key 放到 {shown}");
        println!("  no signing key: the ledger is read only; to go on writing put the old server's key at {shown}");
    }
    println!("  下一步：tutela verify --ledger {ledger} --since <此前保存的检查点>");
    println!("  next: tutela verify --ledger {ledger} --since <a checkpoint kept from before>");
}
