//! `tutela retention`: families whose records are no longer to be kept; with `--erase` they go.

use std::process::ExitCode;

use app::{App, Call, Key};
use kernel::SubjectId;
use ledger::ErasureGround;

use crate::cli::RetentionArgs;
use crate::effects::now;
use crate::settings::Settings;
use crate::system;

/// Families looked at at once.
const PAGE: u32 = 200;

/// Runs it.
///
/// # Errors
/// A region without a ledger, and trouble of the database.
pub async fn run(settings: &Settings, args: &RetentionArgs) -> anyhow::Result<ExitCode> {
    let app = system::open(settings).await?;
    let now = now()?;
    let (mut after, mut due) = (None, Vec::new());
    loop {
        let page = app.retention_of(args.region, now, after, PAGE).await?;
        if after.is_none() {
            match page.kept_years {
                Some(years) => println!("保存 {years} 年 kept for {years} years：{}", page.source),
                None => {
                    println!(
                        "没有规定保存期限，无法按期删除；请先批准含 records_kept_years 的政策版本（{}）",
                        page.source
                    );
                    println!(
                        "no rule says for how long records are kept: adopt a policy version with records_kept_years"
                    );
                }
            }
        }
        for family in &page.due {
            println!("{}\t{}\t{}", family.guardian, family.contracts, family.last_on);
            due.push(family.guardian);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    println!("到期家庭 {0} 户 {0} families are due", due.len());
    if !args.erase {
        println!("没有删除；确认后加 --erase nothing was erased: add --erase");
        return Ok(ExitCode::SUCCESS);
    }
    for guardian in &due {
        erase(&app, args, *guardian, now).await?;
    }
    println!("已删除 {0} 户 {0} families erased", due.len());
    system::settle(&app).await?;
    Ok(ExitCode::SUCCESS)
}

async fn erase(app: &App, args: &RetentionArgs, guardian: SubjectId, now: kernel::Instant) -> anyhow::Result<()> {
    let body = serde_json::Value::Null;
    let name = format!("retention-{guardian}-{}", now.day());
    let key = Key::new(&app.effects().lookup_key(), "system", &name, "retention", &body);
    let call = Call { principal: None, now, key: Some(key), dry_run: false };
    app.family_erase(call, args.region, guardian, ErasureGround::RetentionOver).await?;
    Ok(())
}
