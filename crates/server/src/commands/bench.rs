//! `tutela bench`: payments and lessons per second on a database of its own, in process and over HTTP, with
//! plain SQL and the disk beside them; or what an append costs as the ledger grows.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use clap::ValueEnum;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::bench::{self, Ask, Beside, County, Grown, Measured, Plan};
use crate::cli::{BenchArgs, BenchImport, BenchWay};
use crate::progress::Progress;
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

/// One line of the table.
struct Line {
    over: BenchWay,
    callers: u16,
    measured: Measured,
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
    let beside =
        args.beside.clone().or_else(|| (!named).then(|| format!("sqlite://{}/beside.db", scratch.0.display())));
    let app = system::open(&settings).await?;
    let engine = app.store().engine().to_string();
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
    if !args.grow.is_empty() {
        return grow(&settings, &app, &county, args).await;
    }
    if !args.import.is_empty() {
        return imports(&app, &county, args, &engine).await;
    }
    let before = size(&app, &county).await?;
    let mut lines = Vec::new();
    for over in &args.over {
        for callers in &args.callers {
            eprintln!("测量 {over}，{callers} 并发，{} 秒 measuring {over}, {callers} callers", args.seconds);
            let first = size(&app, &county).await?;
            let time = Duration::from_secs(args.seconds.into());
            let plan = Plan { callers: *callers, time, load: args.load, first, end: u64::MAX };
            let measured = match over {
                BenchWay::Writer => bench::in_process(&app, &county, plan).await?,
                BenchWay::Http => http(&app, &county, plan, Ask::Payment).await?,
                BenchWay::Lessons => http(&app, &county, plan, Ask::Lessons).await?,
            };
            lines.push(Line { over: *over, callers: *callers, measured });
        }
    }
    let after = size(&app, &county).await?;
    system::settle(&app).await?;
    let entry_bytes = entry_bytes(&app, &county, before, after).await?;
    // The rows beside are those of payments.
    let paid = args.over.iter().any(|over| !matches!(over, BenchWay::Lessons));
    let beside = match beside.filter(|_| paid) {
        Some(url) => {
            eprintln!("对照：相同行的纯 SQL plain SQL with the same rows");
            Some(bench::beside(&app, &county, before, &url, 64).await?)
        }
        None => None,
    };
    let disk = bench::disk(&scratch.0.join("disk"))?;
    drop(county);
    if let Some(app) = Arc::into_inner(app) {
        // Closing folds the write-ahead log into the file, so that its size is the database's.
        app.store().clone().close().await?;
    }
    let database = std::fs::metadata(scratch.0.join("tutela.db")).map(|file| file.len()).ok();
    let figures = Figures {
        engine,
        entry_bytes,
        database_bytes: database.and_then(|bytes| bytes.checked_div(after)),
        beside,
        disk,
    };
    if args.json {
        as_json(args, &lines, &figures)
    } else {
        as_table(args, &lines, &figures)
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures growth; the table or JSON is printed as it is when the last length is measured.
async fn grow(settings: &Settings, app: &Arc<App>, county: &County, args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let longest = args.grow.iter().copied().max().unwrap_or(0);
    let mut progress = Progress::new("增长 growing", longest);
    let start = async || {
        let other = system::open(settings).await?;
        other.store().clone().close().await?;
        anyhow::Ok(())
    };
    let time = Duration::from_secs(args.seconds.into());
    let found = bench::grow(app, county, &args.grow, time, start, |size| progress.at(size, "")).await?;
    if let Some(file) = &args.plot {
        std::fs::write(file, bench::plot(&found)?)?;
    }
    if args.json {
        println!("{}", Value::from(found.iter().map(grown_json).collect::<Vec<_>>()));
    } else {
        println!(
            "{:>10} {:>8} {:>10} {:>12} {:>8} {:>10} {:>10} {:>9}",
            "entries", "per s", "cpu us", "written B", "RSS MiB", "proof p50", "proof p99", "start ms"
        );
        found.iter().for_each(grown_line);
    }
    Ok(ExitCode::SUCCESS)
}

/// Measures files of many lines; each is told as it is done.
async fn imports(app: &Arc<App>, county: &County, args: &BenchArgs, engine: &str) -> anyhow::Result<ExitCode> {
    for what in &args.import {
        let name = what.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let mut progress = Progress::new("导入 importing", args.lines);
        let found = match what {
            BenchImport::Lessons => {
                bench::import_lessons(app, county, args.lines, |done| progress.at(done, "")).await?
            }
            BenchImport::Statements => {
                eprintln!("先登记缴费 recording payments first");
                bench::import_statement(app, county, args.lines, |done| progress.at(done, "")).await?
            }
        };
        progress.finish();
        let (rate, again) = (found.per_second(), found.again.map(millis));
        if args.json {
            println!(
                "{}",
                json!({
                    "engine": engine, "import": name, "lines": found.lines, "bytes": found.bytes,
                    "done": found.done, "rest": found.rest, "took_ms": millis(found.took),
                    "per_second": format!("{rate:.0}"), "again_ms": again,
                })
            );
        } else {
            println!(
                "{engine} {name}: {} 行 lines, {} KiB, {} 成功 done, {} 其余 rest, {} ms, {rate:.0}/s{}",
                found.lines,
                found.bytes >> 10,
                found.done,
                found.rest,
                millis(found.took),
                again.map(|again| format!("; 重复导入 once more {again} ms")).unwrap_or_default()
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn grown_json(grown: &Grown) -> Value {
    json!({
        "entries": grown.entries,
        "per_second": format!("{:.0}", grown.measured.per_second()),
        "p50_ms": millis(grown.measured.p50),
        "p99_ms": millis(grown.measured.p99),
        "processor_us": grown.processor.map(|time| time.as_micros().to_string()),
        "written_bytes": grown.written,
        "memory_bytes": grown.memory,
        "proof_p50_ms": millis(grown.proof_p50),
        "proof_p99_ms": millis(grown.proof_p99),
        "start_ms": millis(grown.start),
    })
}

fn grown_line(grown: &Grown) {
    let or_dash = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    println!(
        "{:>10} {:>8.0} {:>10} {:>12} {:>8} {:>10} {:>10} {:>9}",
        grown.entries,
        grown.measured.per_second(),
        or_dash(grown.processor.and_then(|time| u64::try_from(time.as_micros()).ok())),
        or_dash(grown.written),
        or_dash(grown.memory.map(|bytes| bytes >> 20)),
        millis(grown.proof_p50),
        millis(grown.proof_p99),
        millis(grown.start),
    );
}

async fn http(app: &Arc<App>, county: &County, plan: Plan, ask: Ask) -> anyhow::Result<Measured> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(crate::http::serve(listener, Arc::clone(app), api::RateLimit::default(), async move {
        // Told to stop, or the measurement is gone.
        let _ = stopped.await;
    }));
    let measured = bench::over_http(address, county, plan, ask).await;
    drop(stop);
    server.await??;
    measured
}

async fn size(app: &App, county: &County) -> anyhow::Result<u64> {
    let head = store::head_load(&app.store().read(), county.ledger.id()).await?;
    Ok(head.map_or(0, |head| head.size))
}

/// Mean length of the payments' entries.
async fn entry_bytes(app: &App, county: &County, from: u64, to: u64) -> anyhow::Result<u64> {
    let sample = u32::try_from((to - from).min(1_000)).unwrap_or(1_000);
    let rows = store::entries_range(&app.store().read(), county.ledger.id(), from, sample).await?;
    let bytes: usize = rows.iter().map(|row| row.bytes.len()).sum();
    Ok(u64::try_from(bytes)?.checked_div(u64::try_from(rows.len())?).unwrap_or(0))
}

/// What was found beside the rates.
struct Figures {
    engine: String,
    entry_bytes: u64,
    database_bytes: Option<u64>,
    beside: Option<Beside>,
    disk: Vec<Duration>,
}

impl Figures {
    fn disk_at(&self, percent: usize) -> Duration {
        let place = self.disk.len().saturating_mul(percent) / 100;
        self.disk.get(place).or(self.disk.last()).copied().unwrap_or_default()
    }
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn as_json(args: &BenchArgs, lines: &[Line], figures: &Figures) {
    let runs: Vec<Value> = lines
        .iter()
        .map(|line| {
            json!({
                "over": line.over.to_string(),
                "callers": line.callers,
                "done": line.measured.done,
                "seconds": format!("{:.2}", line.measured.took.as_secs_f64()),
                "per_second": format!("{:.0}", line.measured.per_second()),
                "p50_ms": millis(line.measured.p50),
                "p99_ms": millis(line.measured.p99),
            })
        })
        .collect();
    let value = json!({
        "engine": figures.engine,
        "load": args.load.to_string(),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "runs": runs,
        "entry_bytes": figures.entry_bytes,
        "database_bytes_per_entry": figures.database_bytes,
        "plain_sql_batches_of_64_per_second": figures.beside.map(|beside| format!("{:.0}", beside.batched)),
        "plain_sql_one_by_one_per_second": figures.beside.map(|beside| format!("{:.0}", beside.single)),
        "disk_sync_p50_ms": millis(figures.disk_at(50)),
        "disk_sync_p99_ms": millis(figures.disk_at(99)),
    });
    println!("{value}");
}

fn as_table(args: &BenchArgs, lines: &[Line], figures: &Figures) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{} · {} · {cores} 核 cores", figures.engine, args.load);
    println!("{:>8} {:>8} {:>10} {:>10} {:>10} {:>10}", "over", "callers", "done", "per s", "p50 ms", "p99 ms");
    for line in lines {
        let m = &line.measured;
        println!(
            "{:>8} {:>8} {:>10} {:>10.0} {:>10} {:>10}",
            line.over.to_string(),
            line.callers,
            m.done,
            m.per_second(),
            millis(m.p50),
            millis(m.p99)
        );
    }
    let note = |zh: &str, en: &str, value: String| println!("{zh} {en}: {value}");
    note("每条记录字节", "bytes of an entry", figures.entry_bytes.to_string());
    if let Some(bytes) = figures.database_bytes {
        note("每条记录数据库字节", "database bytes per entry", bytes.to_string());
    }
    if let Some(beside) = figures.beside {
        note("纯 SQL，每批 64 行", "plain SQL, batches of 64, per s", format!("{:.0}", beside.batched));
        note("纯 SQL，逐笔提交", "plain SQL, one by one, per s", format!("{:.0}", beside.single));
    }
    note("磁盘同步 p50", "disk sync p50 ms", millis(figures.disk_at(50)));
    note("磁盘同步 p99", "disk sync p99 ms", millis(figures.disk_at(99)));
}
