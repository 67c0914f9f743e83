//! `tutela bench`: payments per second on a database of its own, in process and over HTTP.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use crate::bench::{self, County, Measured, Plan};
use crate::cli::BenchArgs;
use crate::say::said;
use crate::settings::{Settings, Source, masked};
use crate::system;

/// A directory that goes away with the measurement.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "not removed");
        }
    }
}

/// Runs it. The settings of the data directory do not count; a database that is named does, and
/// must be empty.
///
/// # Errors
/// A database that is not empty; trouble of the measurement.
pub async fn run(settings: &Settings, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let scratch = Scratch(std::env::temp_dir().join(format!("tutela-bench-{}", std::process::id())));
    let mut settings = settings.clone();
    let named = settings.found.iter().any(|found| found.name == "database_url" && found.source != Source::Default);
    settings.data_dir.clone_from(&scratch.0);
    settings.master_key_file = scratch.0.join("master.key");
    if !named {
        settings.database_url = format!("sqlite://{}/tutela.db", scratch.0.display());
    }
    let app = system::open(&settings).await?;
    let engine = app.store().engine();
    if app.has_users().await? || !app.all_ledgers().await.is_empty() {
        let url = masked(&settings.database_url);
        return Err(said(
            format!("数据库 {url} 不是空的，测量只使用空数据库"),
            format!("the database {url} is not empty: measuring takes an empty one"),
        )
        .into());
    }
    eprintln!("准备测量用的县…… building a county to pay into");
    let county = bench::build(&app).await?;
    let before = size(&app, &county).await?;
    let plan = Plan { callers: args.callers, time: Duration::from_secs(args.seconds.into()), zipf: args.zipf };
    eprintln!("测量 {} 秒 measuring for {} s", args.seconds, args.seconds);
    let measured = if args.http {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let server = tokio::spawn(crate::http::serve(listener, Arc::clone(&app), async move {
            // Told to stop, or the measurement is gone.
            let _ = stopped.await;
        }));
        let measured = bench::over_http(address, &county, plan).await;
        drop(stop);
        server.await??;
        measured?
    } else {
        bench::in_process(&app, &county, plan).await?
    };
    let after = size(&app, &county).await?;
    system::settle(&app).await?;
    let entry_bytes = entry_bytes(&app, &county, before, after).await?;
    drop(county);
    let app = Arc::into_inner(app);
    if let Some(app) = app {
        // Closing folds the write-ahead log into the file, so that its size is the database's.
        app.store().clone().close().await?;
    }
    let database_bytes = std::fs::metadata(scratch.0.join("tutela.db")).map(|file| file.len()).ok();
    let per_entry = database_bytes.and_then(|bytes| bytes.checked_div(after));
    report(args, &engine.to_string(), &measured, entry_bytes, per_entry);
    Ok(ExitCode::SUCCESS)
}

async fn size(app: &app::App, county: &County) -> anyhow::Result<u64> {
    let head = store::head_load(&app.store().read(), county.ledger.id()).await?;
    Ok(head.map_or(0, |head| head.size))
}

/// Mean length of the payments' entries.
async fn entry_bytes(app: &app::App, county: &County, from: u64, to: u64) -> anyhow::Result<u64> {
    let sample = u32::try_from((to - from).min(1_000)).unwrap_or(1_000);
    let rows = store::entries_range(&app.store().read(), county.ledger.id(), from, sample).await?;
    let bytes: usize = rows.iter().map(|row| row.bytes.len()).sum();
    Ok(u64::try_from(bytes)?.checked_div(u64::try_from(rows.len())?).unwrap_or(0))
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn report(args: &BenchArgs, engine: &str, measured: &Measured, entry_bytes: u64, database_bytes: Option<u64>) {
    let over = if args.http { "HTTP" } else { "writer" };
    if args.json {
        let value = json!({
            "over": over,
            "engine": engine,
            "callers": args.callers,
            "zipf": args.zipf,
            "payments": measured.payments,
            "seconds": format!("{:.2}", measured.took.as_secs_f64()),
            "per_second": format!("{:.0}", measured.per_second()),
            "p50_ms": millis(measured.p50),
            "p99_ms": millis(measured.p99),
            "entry_bytes": entry_bytes,
            "database_bytes_per_entry": database_bytes,
        });
        println!("{value}");
        return;
    }
    let line = |zh: &str, en: &str, value: String| println!("{zh} {en:<28} {value:>14}");
    line("经由", "over", over.to_owned());
    line("引擎", "engine", engine.to_owned());
    line("并发", "callers", args.callers.to_string());
    line("笔数", "payments", measured.payments.to_string());
    line("每秒", "per second", format!("{:.0}", measured.per_second()));
    line("中位", "p50 ms", millis(measured.p50));
    line("九九", "p99 ms", millis(measured.p99));
    line("记录", "bytes of an entry", entry_bytes.to_string());
    if let Some(bytes) = database_bytes {
        line("存储", "database bytes per entry", bytes.to_string());
    }
}
