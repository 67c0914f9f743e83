//! `tutela demo`: plays the sample county into the data directory without serving it, and prints
//! what came out.

use std::process::ExitCode;

use crate::demo::{self, Prepared, summary};
use crate::settings::Settings;
use crate::system;

/// Runs it.
///
/// # Errors
/// Of the play, and a data directory that holds something else.
pub async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let prepared = demo::prepare(settings, false).await?;
    print(settings, &prepared).await?;
    print!("{}", summary::next_steps(settings, false));
    Ok(ExitCode::SUCCESS)
}

/// Prints what the demo's ledger says.
///
/// # Errors
/// Of the database.
pub async fn print(settings: &Settings, prepared: &Prepared) -> anyhow::Result<()> {
    let app = system::open(settings).await?;
    let id = demo::ledger_id()?;
    let ledger = app.ledger(&id).await?.ok_or_else(|| anyhow::anyhow!("ledger {id} is missing"))?;
    let caught = match prepared {
        Prepared::Found => &[][..],
        Prepared::Played(caught) => caught,
    };
    let checked = super::verify::check(settings, app.store(), &id, None).await?;
    print!("{}", summary::summary(&app, &ledger, settings, caught, &checked).await?);
    Ok(())
}
