//! `tutela witness`: cosigns the checkpoints of other people's ledgers, as long as each continues
//! the one before.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;

use crate::cli::WitnessArgs;
use crate::files;
use crate::say::said;
use crate::settings::{Settings, Source};
use crate::stop::asked_to_stop;
use crate::witness::{Desk, load_key, load_logs};

/// Where a witness listens when nobody says anything: beside a server on the same machine.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8090);

/// Runs it until SIGINT or SIGTERM.
///
/// # Errors
/// What keeps it from starting, each with what to do about it.
pub async fn run(settings: &Settings, args: &WitnessArgs) -> anyhow::Result<ExitCode> {
    let dir = args.state.clone().unwrap_or_else(|| settings.data_dir.join("witness"));
    files::make_dir(&dir).map_err(|error| {
        let shown = dir.display();
        anyhow::Error::new(error)
            .context(said(format!("状态目录 {shown} 不能读写"), format!("the state directory {shown} cannot be used")))
    })?;
    let key = load_key(&args.key.clone().unwrap_or_else(|| dir.join("witness.key")), args.name.as_deref())?;
    // Whoever keeps the list of logs needs the key to give to them, even before there is a list.
    println!("见证公钥 vkey of this witness: {}", key.vkey());
    let logs = load_logs(&args.logs.clone().unwrap_or_else(|| dir.join("logs")))?;
    let desk = Desk::open(&dir, key, &logs)?;
    for (origin, size) in desk.logs() {
        println!("日志 log {origin}: {size}");
    }
    let named = settings.found.iter().any(|found| found.name == "listen" && found.source != Source::Default);
    let listen = if named { settings.listen } else { LISTEN };
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        anyhow::Error::new(error).context(said(
            format!("无法监听 {listen}；可用 --listen 换一个地址"),
            format!("cannot listen on {listen}: name another address with --listen"),
        ))
    })?;
    println!("服务地址 serving http://{}", listener.local_addr()?);
    crate::http::serve_witness(listener, Arc::new(desk), asked_to_stop()).await?;
    Ok(ExitCode::SUCCESS)
}
