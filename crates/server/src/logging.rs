//! The log: to standard error, as text or JSON. Personal data is never logged; what identifies a
//! request is its id.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::say::said;
use crate::settings::{LogFormat, Settings};

/// Starts the log.
///
/// # Errors
/// A level that cannot be read.
pub fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| {
        anyhow::Error::new(error).context(said(
            format!("设置 log 无法识别：{}", settings.log),
            format!("the setting log cannot be read: {}", settings.log),
        ))
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_span_events(FmtSpan::NONE)
        .with_target(true);
    let started = match settings.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // Within tests several servers start in one process: the first log stays.
    drop(started);
    Ok(())
}
