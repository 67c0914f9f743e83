//! `tutela import-registry`: an existing registry from CSV or XLSX. Shows what is in the file; with
//! `--commit` takes it over, whole or not at all.

use std::process::ExitCode;

use anyhow::Context;
use app::registry_import::{FileFault, Preview};
use app::{AppError, Call, Key};

use crate::cli::ImportRegistryArgs;
use crate::effects::now;
use crate::progress::Progress;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Runs it. Exit code 0: nothing wrong, or taken over; 1: rows have faults; 2: the file cannot be read.
///
/// # Errors
/// A file that cannot be read.
pub async fn run(settings: &Settings, args: &ImportRegistryArgs) -> anyhow::Result<ExitCode> {
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file)
        .with_context(|| said(format!("无法读取 {shown}"), format!("{shown} cannot be read")).with_code(2))?;
    let app = system::open(settings).await?;
    let now = now()?;
    let mut progress = Progress::new("check", 0);
    let checked = app.registry_check(None, args.region, &bytes, now, |done, all| progress.of(done, all)).await;
    progress.finish();
    let checked = match checked {
        Ok(checked) => checked,
        Err(AppError::ImportFile(fault)) => return Err(unreadable(fault)),
        Err(error) => return Err(error.into()),
    };
    let preview = checked.preview().clone();
    tell(&preview);
    if preview.faults_count > 0 {
        return Ok(ExitCode::from(1));
    }
    if !args.commit {
        println!("没有写入；确认后加 --commit 导入 nothing was written: add --commit to take it over");
        return Ok(ExitCode::SUCCESS);
    }
    let digest = ledger::digest(ledger::tags::DOCUMENT, &bytes).to_string();
    let body = serde_json::json!({ "sha256": digest });
    let key = Key::new(&app.effects().lookup_key(), "system", &format!("registry-{digest}"), "import-registry", &body);
    let call = Call { principal: None, now, key: Some(key), dry_run: false };
    let (ledger, outcome) = app
        .registry_take_over(call, args.region, checked)
        .await
        .with_context(|| said("未能导入，没有写入任何内容", "it was not taken over; nothing was written"))?;
    let (first, last) = (outcome.entries.first(), outcome.entries.last());
    if let (Some(first), Some(last)) = (first, last) {
        let id = ledger.id();
        println!("已写入账本 {id}，第 {} 至 {} 条 written to ledger {id}, entries {0} to {1}", first.seq, last.seq);
    }
    system::settle(&app).await?;
    Ok(ExitCode::SUCCESS)
}

fn unreadable(fault: FileFault) -> anyhow::Error {
    said(fault.zh(), fault.en()).with_code(2).into()
}

fn tell(preview: &Preview) {
    println!(
        "共 {} 行，可导入 {} 行，其中有许可证 {} 行；{} 处有误",
        preview.rows, preview.fit, preview.licences, preview.faults_count
    );
    println!(
        "{} rows, {} can be taken over, {} of them with a licence; {} faults",
        preview.rows, preview.fit, preview.licences, preview.faults_count
    );
    for fault in &preview.faults {
        let (zh, en) = (fault.fault.zh(), fault.fault.en());
        println!("  第 {} 行 row {}\t{}\t{zh} {en}", fault.row, fault.row, fault.column);
    }
    let more = preview.faults_count.saturating_sub(preview.faults.len());
    if more > 0 {
        println!("  另有 {more} 处 and {more} more");
    }
}
