//! `tutela config`: what holds, and where it came from. Secrets are not shown.

use std::process::ExitCode;

use crate::settings::{MASTER_KEY_ENV, Settings, Source, TABLE, masked};

/// Runs it.
///
/// # Errors
/// None of its own.
pub fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    for (setting, found) in TABLE.iter().zip(&settings.found) {
        let from = match found.source {
            Source::Environment => format!("environment {}", setting.env),
            Source::Flag | Source::File | Source::Default => found.source.to_string(),
        };
        println!("{} = {:?}  # {from}; {}；{}", found.name, masked(&found.value), setting.zh, setting.en);
    }
    if settings.master_key.is_some() {
        println!("# master key: ***  # environment {MASTER_KEY_ENV}; 主密钥；master key");
    }
    Ok(ExitCode::SUCCESS)
}
