//! `tutela migrate`: brings the database to the current schema.

use std::process::ExitCode;

use crate::settings::{Settings, masked};
use crate::system;

/// Runs it.
///
/// # Errors
/// Of the database.
pub async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    system::data_dir(settings)?;
    system::migrate(settings).await?;
    let url = masked(&settings.database_url);
    println!("数据库表结构为最新：{url}\nthe schema is current: {url}");
    Ok(ExitCode::SUCCESS)
}
