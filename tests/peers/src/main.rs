//! Other ledgers under the load of `tutela bench`: the same accounts, the same payments, the same
//! callers, the same machine, durability on. What each of them is asked to do is in its own module.

mod cala;
mod database;
mod double_entry;
mod load;
mod report;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use self::cala::{Cala, Custody};
use self::database::{Postgres, sqlite_settings};
use self::double_entry::DoubleEntry;
use self::load::{Interface, Peer, Plan, measure};
use self::report::{Report, Row, Subject};

// The allocator of the product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 用 tutela bench 的负载测量其他账本 Measures other ledgers under the load of tutela bench
#[derive(Debug, Parser)]
#[command(name = "peers")]
struct Args {
    /// SQLite 数据库所在目录，默认临时目录 Directory of the SQLite database [a temporary one]
    #[arg(long, value_name = "DIR")]
    sqlite: Option<PathBuf>,
    /// PostgreSQL 地址，须可建库；没有则略过 PostgreSQL, where databases may be made; skipped without it
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// 并发数，逗号分隔，依次测量 Callers at a time, one measurement each
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64, 256],
        value_parser = clap::value_parser!(u16).range(1..=1024))]
    callers: Vec<u16>,
    /// 每次测量的时长（秒） Seconds of each measurement
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
    /// 只测量这些，逗号分隔 Only these
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<Name>,
    /// 以 JSON 输出 Answers in JSON
    #[arg(long)]
    json: bool,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Name {
    /// doubleentry，SQLite
    DoubleentrySqlite,
    /// doubleentry，PostgreSQL
    DoubleentryPostgres,
    /// cala-ledger，PostgreSQL
    Cala,
    /// cala-ledger，PostgreSQL，专户余额随后入账 balances of the custody accounts follow later
    CalaEventual,
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Name::DoubleentrySqlite => "doubleentry-sqlite",
            Name::DoubleentryPostgres => "doubleentry-postgres",
            Name::Cala => "cala",
            Name::CalaEventual => "cala-eventual",
        }
    }

    fn on_postgres(self) -> bool {
        self != Name::DoubleentrySqlite
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut report = Report::default();
    let server = match &args.postgres {
        Some(url) => Some(Postgres::connect(url).await?),
        None => None,
    };
    for name in Name::value_variants() {
        if !args.only.is_empty() && !args.only.contains(name) {
            continue;
        }
        if !name.on_postgres() {
            sqlite(&args, &mut report).await?;
        } else if let Some(server) = &server {
            let database = format!("peers_{}_{}", name.as_str().replace('-', "_"), std::process::id());
            let url = server.create(&database).await?;
            let outcome = postgres(*name, &args, server, &url, &mut report).await;
            // Also after a failure, which is told afterwards.
            let dropped = server.drop(&database).await;
            outcome.and(dropped)?;
        } else {
            eprintln!("{}：未给出 --postgres，略过 skipped: no --postgres", name.as_str());
        }
    }
    if args.json {
        report.as_json()
    } else {
        report.as_table()
    }
    Ok(())
}

async fn sqlite(args: &Args, report: &mut Report) -> anyhow::Result<()> {
    let scratch = match &args.sqlite {
        Some(directory) => tempfile::tempdir_in(directory)?,
        None => tempfile::tempdir()?,
    };
    let file = scratch.path().join("books.db");
    let peer = DoubleEntry::sqlite(&file).await?;
    let (engine, durability) = sqlite_settings(&file).await?;
    let subject = double_entry::subject(Name::DoubleentrySqlite.as_str(), engine, durability);
    all(args, subject, peer, report).await
}

async fn postgres(name: Name, args: &Args, server: &Postgres, url: &str, report: &mut Report) -> anyhow::Result<()> {
    let (engine, durability) = (server.engine.clone(), server.durability.clone());
    match name {
        Name::DoubleentrySqlite => Ok(()),
        Name::DoubleentryPostgres => {
            let subject = double_entry::subject(name.as_str(), engine, durability);
            all(args, subject, DoubleEntry::postgres(url).await?, report).await
        }
        Name::Cala | Name::CalaEventual => {
            let custody = if name == Name::Cala { Custody::AtOnce } else { Custody::Later };
            let peer = Cala::open(url, custody).await?;
            // Asked on a connection of its own pool.
            let durability = peer.durability().await?;
            all(args, cala::subject(name.as_str(), engine, durability, custody), peer, report).await
        }
    }
}

/// Measures one peer in every way, then compares what its books hold with what was accepted.
async fn all<P: Peer>(args: &Args, subject: Subject, peer: P, report: &mut Report) -> anyhow::Result<()> {
    let (name, peer) = (subject.name, Arc::new(peer));
    report.subjects.push(subject);
    let mut accepted = 0;
    for interface in Interface::ALL {
        for &callers in &args.callers {
            let word = interface.as_str();
            eprintln!("测量 {name} {word}，{callers} 并发，{} 秒 measuring, {callers} callers", args.seconds);
            let before = peer.retries();
            let plan = Plan { callers, time: Duration::from_secs(args.seconds.into()), first: accepted };
            let measured = measure(&peer, interface, plan).await?;
            accepted += measured.transfers;
            let retries = peer.retries() - before;
            report.rows.push(Row { name, interface, callers, measured, retries });
        }
    }
    let booked = peer.booked().await?;
    anyhow::ensure!(
        booked == accepted,
        "{name} 的账与已受理的笔数不符，此次测量作废：{booked}、{accepted} \
         the books hold {booked} transfers and {accepted} were accepted: discard this measurement"
    );
    peer.close().await
}
