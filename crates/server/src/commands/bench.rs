//! `tutela bench`.

use std::process::ExitCode;

use crate::cli::BenchArgs;
use crate::settings::Settings;

/// Runs it.
///
/// # Errors
/// Of the database.
pub async fn run(_settings: &Settings, _args: &BenchArgs) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
