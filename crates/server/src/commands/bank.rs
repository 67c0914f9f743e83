//! `tutela bank import`: statements of the custody bank from a file, with progress.

use std::process::ExitCode;

use anyhow::Context;
use app::{AppError, Call};

use crate::cli::BankImportArgs;
use crate::effects::now;
use crate::progress::Progress;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Runs it. Exit code 0: recorded, or here before; 1: a statement does not continue the last; 2: the file
/// cannot be read.
///
/// # Errors
/// A file that cannot be read.
pub async fn import(settings: &Settings, args: &BankImportArgs) -> anyhow::Result<ExitCode> {
    let shown = args.file.display();
    let bytes = std::fs::read(&args.file)
        .with_context(|| said(format!("无法读取 {shown}"), format!("{shown} cannot be read")).with_code(2))?;
    let app = system::open(settings).await?;
    let call = Call { principal: None, now: now()?, key: None, dry_run: false };
    let mut progress = Progress::new("import", 0);
    let imported = app.bank_import(&call, &bytes, |done, all| progress.of(done, all)).await;
    progress.finish();
    let code = match imported {
        Ok(statements) => {
            for done in &statements {
                let (on, lines) = (done.statement.on, done.statement.lines);
                println!(
                    "{on} 对账单 {}：{lines} 笔，匹配 {}，挂账 {}，已销账 {}，未入账 {}{}",
                    done.statement.sequence,
                    done.matched,
                    done.suspended,
                    done.cleared,
                    done.open,
                    if done.replayed { "（此前已导入）" } else { "" }
                );
                println!(
                    "{on} statement {}: {lines} lines, {} matched, {} suspended, {} cleared, {} not booked{}",
                    done.statement.sequence,
                    done.matched,
                    done.suspended,
                    done.cleared,
                    done.open,
                    if done.replayed { " (imported before)" } else { "" }
                );
            }
            ExitCode::SUCCESS
        }
        Err(AppError::BankFile(fault)) => return Err(said(fault.zh(), fault.en()).with_code(2).into()),
        Err(error @ AppError::Refused { .. }) => {
            eprintln!("{}", crate::bank_inbox::why(&error).unwrap_or_default());
            ExitCode::from(1)
        }
        Err(error) => return Err(error.into()),
    };
    system::settle(&app).await?;
    Ok(code)
}
