//! `tutela serve`: the ledgers, their clocks, and the API, until the system asks to stop.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use app::identity::NewRole;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::user;
use crate::demo::{self, summary};
use crate::effects::now;
use crate::say::said;
use crate::settings::{Settings, Source, masked};
use crate::stop::asked_to_stop;
use crate::system;

/// How often the ledgers' clocks are looked at.
const CLOCKS_EVERY: Duration = Duration::from_secs(60);
/// How often the folder of bank statements is looked at.
const STATEMENTS_EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// How often the outbox is looked at.
const DELIVER_EVERY: Duration = Duration::from_secs(5);

/// Name of the first administrator.
const FIRST_ADMIN: &str = "admin";

/// Runs it until SIGINT or SIGTERM.
///
/// # Errors
/// What keeps it from starting, each with what to do about it.
pub async fn run(mut settings: Settings, demo: bool) -> anyhow::Result<ExitCode> {
    if demo {
        refuse_beyond_loopback(settings.listen)?;
        demo_origin(&mut settings)?;
    }
    // Before the database is touched: an address in use is found at once, not after the play.
    let listener = bind(settings.listen).await?;
    if demo {
        let prepared = demo::prepare(&settings, false).await?;
        super::demo::print(&settings, &prepared).await?;
    }
    let app = system::open(&settings).await?;
    if !demo {
        first_administrator(&app).await?;
    }
    serve(&settings, app, listener, demo).await?;
    Ok(ExitCode::SUCCESS)
}

/// The demo's passwords are public.
fn refuse_beyond_loopback(listen: SocketAddr) -> anyhow::Result<()> {
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(said(
        format!("演示只在本机提供服务，不能监听 {listen}；请使用 127.0.0.1"),
        format!("the demo is served on loopback only, not on {listen}: use 127.0.0.1"),
    )
    .into())
}

/// The demo's ledger has its name already.
fn demo_origin(settings: &mut Settings) -> anyhow::Result<()> {
    let found = settings.found.iter().find(|found| found.name == "origin");
    if settings.origin != demo::ORIGIN && found.is_some_and(|found| found.source != Source::Default) {
        return Err(said(
            format!("演示县的日志名固定为 {}，请去掉设置 origin", demo::ORIGIN),
            format!("the log of the demo is always named {}: take the setting origin away", demo::ORIGIN),
        )
        .into());
    }
    demo::ORIGIN.clone_into(&mut settings.origin);
    Ok(())
}

async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(listen).await.map_err(|error| {
        let sentence = match error.kind() {
            std::io::ErrorKind::AddrInUse => said(
                format!("端口已被占用：{listen}；请用 --listen 换一个，或停止占用它的程序"),
                format!("the address {listen} is in use: name another with --listen, or stop what uses it"),
            ),
            _ => said(format!("无法监听 {listen}"), format!("cannot listen on {listen}")),
        };
        anyhow::Error::new(error).context(sentence)
    })
}

/// An empty system gets somebody who can log in.
async fn first_administrator(app: &App) -> anyhow::Result<()> {
    if app.has_users().await? {
        return Ok(());
    }
    let password = user::create(app, FIRST_ADMIN, NewRole::Admin).await?;
    println!("首个管理员 first administrator: {FIRST_ADMIN}");
    println!("一次性密码（只显示这一次） one-time password, shown only now: {password}");
    Ok(())
}

/// Serves until told to stop; then finishes what is under way and signs the last checkpoint.
async fn serve(settings: &Settings, app: Arc<App>, listener: TcpListener, demo: bool) -> anyhow::Result<()> {
    say_what_stands(&app).await;
    let (stop, stopped) = watch::channel(false);
    let clocks = tokio::spawn(clocks(Arc::clone(&app), stopped.clone()));
    let inbox = crate::bank_inbox::folder(&settings.data_dir);
    let inbox = tokio::spawn(statements(Arc::clone(&app), inbox, stopped.clone()));
    let courier = tokio::spawn(deliver(Arc::clone(&app), stopped.clone()));
    let address = listener.local_addr()?;
    say_where(settings, address, demo);
    tracing::info!(%address, database = %masked(&settings.database_url), "serving");
    let waiting = {
        let mut stopped = stopped;
        async move {
            // The sender outlives the server.
            let _ = stopped.wait_for(|stop| *stop).await;
        }
    };
    tokio::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping: finishing what is under way");
        stop.send_replace(true);
    });
    let console = crate::console::options(&app, settings, demo);
    crate::http::serve_console(listener, Arc::clone(&app), settings.front_door(), console, waiting).await?;
    clocks.await?;
    inbox.await?;
    courier.await?;
    system::settle(&app).await?;
    tracing::info!("stopped");
    Ok(())
}

/// A ledger that takes no writes is served for reading, and says so.
async fn say_what_stands(app: &App) {
    let ledgers = app.all_ledgers().await;
    for ledger in ledgers.iter().filter(|ledger| !ledger.accepts_writes()) {
        let id = ledger.id();
        if !matches!(app.effects().log_key_at_hand(id), Ok(Some(_))) {
            eprintln!(
                "账本 {id} 没有签名私钥 keys/{id}.key：只提供查询，不接受写入；放入该文件后重新启动\n\
                 ledger {id} has no signing key keys/{id}.key: it is served for reading and takes no writes; put the \
                 file there and start again"
            );
            continue;
        }
        eprintln!(
            "账本 {id} 与自身或库外检查点不符：只提供查询，不接受写入；请运行 tutela verify\n\
             ledger {id} does not fit itself or the checkpoint kept outside: it is served for reading and takes no \
             writes; run tutela verify"
        );
    }
}

fn say_where(settings: &Settings, address: SocketAddr, demo: bool) {
    if demo {
        let listening = Settings { listen: address, ..settings.clone() };
        print!("{}", summary::next_steps(&listening, true));
    }
    println!("\n服务地址 serving http://{address}  接口文档 API http://{address}/docs");
    if demo {
        println!("态势总览，一键进入各工作台 situation board, one click to each desk http://{address}/demo/board");
        println!("演示数据，仅限本机访问 sample data, on loopback only");
    }
}

/// Imports the bank's statements that lie in the watched folder: at start and every minute.
async fn statements(app: Arc<App>, folder: std::path::PathBuf, mut stopped: watch::Receiver<bool>) {
    loop {
        match crate::bank_inbox::look(&app, &folder, app.effects().now()).await {
            Ok(look) if look.done > 0 || look.refused > 0 => {
                tracing::info!(done = look.done, refused = look.refused, "bank statements");
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, folder = %folder.display(), "the folder of bank statements"),
        }
        tokio::select! {
            () = tokio::time::sleep(STATEMENTS_EVERY) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Delivers notices as they become due.
async fn deliver(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        for ledger in app.all_ledgers().await {
            let now = app.effects().now();
            match app.deliver(&ledger, now).await {
                Ok(run) if run.delivered > 0 || run.dead > 0 => {
                    tracing::info!(ledger = %ledger.id(), delivered = run.delivered, dead = run.dead, "notices");
                }
                Ok(_) => {}
                Err(error) => {
                    let error = format!("{:#}", anyhow::Error::new(error));
                    tracing::error!(ledger = %ledger.id(), error, "notices were not delivered");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(DELIVER_EVERY) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

/// Lets time have its effects: at start and every minute, in every ledger.
async fn clocks(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    loop {
        for ledger in app.all_ledgers().await.iter().filter(|ledger| ledger.accepts_writes()) {
            let now = match now() {
                Ok(now) => now,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "clock");
                    continue;
                }
            };
            match app.run_clocks(ledger, now).await {
                Ok(run) if run.lessons > 0 || run.refunds > 0 => {
                    tracing::info!(ledger = %ledger.id(), lessons = run.lessons, refunds = run.refunds, "time passed");
                }
                Ok(_) => {}
                Err(error) => {
                    let error = format!("{:#}", anyhow::Error::new(error));
                    tracing::error!(ledger = %ledger.id(), error, "the ledger's clock did not run");
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(CLOCKS_EVERY) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_stays_on_loopback() {
        for open in ["0.0.0.0:8080", "192.168.1.2:8080", "[::]:8080"] {
            assert!(refuse_beyond_loopback(open.parse().unwrap()).is_err(), "{open}");
        }
        for own in ["127.0.0.1:8080", "[::1]:8080"] {
            assert!(refuse_beyond_loopback(own.parse().unwrap()).is_ok(), "{own}");
        }
    }
}
