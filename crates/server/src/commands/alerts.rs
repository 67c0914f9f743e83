//! `tutela alerts`: what the rules of early warning find in the past, by the entries alone. One alert a
//! line, canonical JSON: the same bytes whoever asks, whenever.

use std::io::Write;
use std::process::ExitCode;

use crate::cli::AlertsCommand;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Runs it.
///
/// # Errors
/// A ledger that is not there, and trouble of the database.
pub async fn run(settings: &Settings, command: &AlertsCommand) -> anyhow::Result<ExitCode> {
    let AlertsCommand::Replay { ledger, from, until } = command;
    let app = system::open(settings).await?;
    let ledgers = match ledger {
        None => app.all_ledgers().await,
        Some(id) => {
            let found = app.ledger(id).await?;
            vec![found.ok_or_else(|| said(format!("没有账本 {id}"), format!("there is no ledger {id}")))?]
        }
    };
    let mut out = std::io::stdout().lock();
    for ledger in ledgers {
        for found in app.replay_alerts(&ledger, *from, *until).await? {
            writeln!(out, "{}", found.canonical())?;
        }
    }
    system::settle(&app).await?;
    Ok(ExitCode::SUCCESS)
}
