//! `tutela export`: all entries of a ledger with the checkpoint that covers them, as one file that
//! `tutela-verify export` checks without this server.

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use ledger::ExportWriter;

use crate::cli::ExportArgs;
use crate::progress::Progress;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Entries read at once.
const PAGE: u32 = 4096;

/// Runs it.
///
/// # Errors
/// A ledger that does not exist or has no checkpoint; trouble of database and file.
pub async fn run(settings: &Settings, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let store = system::connect(settings).await?;
    let read = store.read();
    let mut heads = store::ledgers(&read).await?;
    if let Some(id) = &args.ledger {
        heads.retain(|head| head.ledger == *id);
    }
    let [head] = heads.as_slice() else {
        return Err(said(
            format!("找到 {} 个账本，请用 --ledger 指定一个", heads.len()),
            format!("found {} ledgers: name one with --ledger", heads.len()),
        )
        .into());
    };
    let id = &head.ledger;
    let last = store::checkpoint_last(&read, id).await?.ok_or_else(|| {
        said(format!("账本 {id} 还没有签名的检查点"), format!("ledger {id} has no signed checkpoint yet"))
    })?;
    let key: ledger::VerifierKey = head.vkey.parse()?;
    let out: Box<dyn Write> = match &args.out {
        Some(path) => Box::new(std::fs::File::create(path).map_err(|error| {
            let shown = path.display();
            anyhow::Error::new(error).context(said(format!("无法写入 {shown}"), format!("{shown} cannot be written")))
        })?),
        None => Box::new(std::io::stdout()),
    };
    let mut writer = ExportWriter::begin(BufWriter::new(out), &key, last.size)?;
    let mut progress = Progress::new("export", last.size);
    let mut next = 0;
    while next < last.size {
        let page = u32::try_from((last.size - next).min(u64::from(PAGE))).unwrap_or(PAGE);
        let rows = store::entries_range(&read, id, next, page).await?;
        for row in &rows {
            writer.entry(&row.bytes)?;
        }
        match rows.last() {
            Some(row) => next = row.seq.saturating_add(1),
            None => break,
        }
        progress.at(next, "");
    }
    writer.finish(&last.note)?;
    progress.finish();
    eprintln!("已导出 {} 条记录\nexported {} entries", last.size, last.size);
    store.close().await?;
    Ok(ExitCode::SUCCESS)
}
