//! `tutela closure`: the pack of a failed institution made, refunded from, and its contacts opened.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use app::{Call, Key};
use kernel::ClosureId;
use serde_json::Value;

use crate::cli::{ClosureCommand, ClosurePackArgs};
use crate::effects::now;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Runs it.
///
/// # Errors
/// An institution that is not known or may still act for itself, a passphrase that is too short, files
/// that cannot be read or written, trouble of the database.
pub async fn run(settings: &Settings, command: &ClosureCommand) -> anyhow::Result<ExitCode> {
    match command {
        ClosureCommand::Pack(args) => pack(settings, args).await,
        ClosureCommand::Open { pack, passphrase_file } => open(pack, passphrase_file),
    }
}

/// The first line of a file: a passphrase is not given on the command line, where others see it.
fn passphrase(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)
        .with_context(|| said(format!("无法读取 {}", file.display()), format!("{} cannot be read", file.display())))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

async fn pack(settings: &Settings, args: &ClosurePackArgs) -> anyhow::Result<ExitCode> {
    let passphrase = passphrase(&args.passphrase_file)?;
    let (app, now) = (system::open(settings).await?, now()?);
    let name = format!("closure-{}-{now}", args.institution);
    let key = Key::new(&app.effects().lookup_key(), "system", &name, "closure", &Value::Null);
    let call = Call { principal: None, now, key: Some(key), dry_run: false };
    let (ledger, outcome) = app.closure_make(call, args.institution, &passphrase).await?;
    let id: ClosureId = outcome.answer.get("id").and_then(Value::as_str).unwrap_or_default().parse()?;
    let zip = app.closure_zip(&ledger, args.institution, id).await?;
    std::fs::write(&args.out, zip).with_context(|| {
        let shown = args.out.display();
        said(format!("无法写入 {shown}"), format!("{shown} cannot be written"))
    })?;
    println!("{:#}", outcome.answer);
    println!("清算包 pack: {}", args.out.display());
    system::settle(&app).await?;
    Ok(ExitCode::SUCCESS)
}

fn open(pack: &Path, passphrase_file: &Path) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(pack)
        .with_context(|| said(format!("无法读取 {}", pack.display()), format!("{} cannot be read", pack.display())))?;
    let contacts = app::closure::open_pack(&bytes, &passphrase(passphrase_file)?)
        .with_context(|| said("口令不符或文件损坏", "another passphrase, or the file is damaged"))?;
    println!("{contacts:#}");
    Ok(ExitCode::SUCCESS)
}
