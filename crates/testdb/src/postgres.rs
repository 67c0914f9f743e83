//! A PostgreSQL server for the tests of this process: the one of `TEST_DATABASE_URL`, or one that is
//! started from the local binaries in a directory of its own and stopped when the process is gone.

use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// A running server.
pub struct PostgresServer {
    /// `postgres://user@host:port`, with parameters after `?` if any, without a database.
    pub(crate) base: String,
    /// A database that is always there.
    pub(crate) maintenance: String,
    /// The shell that stops the server; it reads from this process, and so notices its end however
    /// it ends.
    _supervisor: Option<Child>,
}

/// The server of this process, started at the first call; none where there is no PostgreSQL, which
/// is said in one line. `TEST_POSTGRES=required` makes that a failure, `TEST_POSTGRES=durable`
/// leaves the server's durability on, for benches.
pub fn postgres() -> Option<&'static PostgresServer> {
    static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        // Set to nothing is not set.
        if let Some(url) = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty()) {
            return Some(given(&url));
        }
        let found = binaries().map(|bin| start(&bin));
        if found.is_none() {
            assert!(
                std::env::var("TEST_POSTGRES").as_deref() != Ok("required"),
                "PostgreSQL is required and there is none: set TEST_DATABASE_URL or put initdb on the PATH"
            );
            // Past the capture of the test harness: what did not run must be seen.
            let line = "PostgreSQL: not run (no TEST_DATABASE_URL, no initdb)";
            writeln!(std::io::stderr(), "{line}").unwrap_or_default();
        }
        found
    });
    server.as_ref()
}

/// `postgres://user:password@host:port/database?parameters`.
fn given(url: &str) -> PostgresServer {
    let (address, parameters) = url.split_once('?').map_or((url, String::new()), |(a, p)| (a, format!("?{p}")));
    let scheme = address.find("://").map_or(0, |at| at.saturating_add(3));
    let (server, database) = match address.get(scheme..).and_then(|rest| rest.find('/')) {
        Some(at) => address.split_at(scheme.saturating_add(at)),
        None => (address, "/postgres"),
    };
    PostgresServer {
        base: format!("{server}{parameters}"),
        maintenance: database.trim_start_matches('/').to_owned(),
        _supervisor: None,
    }
}

/// The directory of `initdb` and `pg_ctl`: on the PATH, or where Debian keeps them.
fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    std::env::split_paths(&path)
        .chain(debian.into_iter().rev())
        .find(|dir| dir.join("initdb").exists() && dir.join("pg_ctl").exists())
}

/// PostgreSQL refuses to run as root: then the user and group that it runs as.
fn unprivileged() -> Option<(u32, u32)> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let passwd = is_root.then(|| std::fs::read_to_string("/etc/passwd").unwrap_or_default())?;
    ["postgres", "nobody"].into_iter().find_map(|name| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    })
}

/// `initdb`, `pg_ctl start`, then wait for the end of standard input, stop and clean up.
/// `$1` binaries, `$2` directory, `$3` port, `$4` settings.
const SUPERVISOR: &str = r#"
set -e
cd "$2"
"$1/initdb" -D "$2/data" -U tutela -A trust -E UTF8 --locale=C --no-sync >"$2/initdb.log" 2>&1
"$1/pg_ctl" -D "$2/data" -l "$2/server.log" -w -o "-p $3 -k $2 -c listen_addresses=127.0.0.1 $4" start >"$2/start.log" 2>&1
echo ready
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1 || true
cd /
rm -rf "$2"
"#;

fn start(bin: &Path) -> PostgresServer {
    let dir = tempfile::Builder::new().prefix("tutela-pg-").tempdir().expect("a temporary directory").keep();
    let user = unprivileged();
    if let Some((uid, gid)) = user {
        chown(&dir, Some(uid), Some(gid)).expect("the directory is given to the server's user");
    }
    // A free port: taken from the system and given back a moment before it is used.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
    let durable = std::env::var("TEST_POSTGRES").as_deref() == Ok("durable");
    let speed = if durable { "" } else { "-c fsync=off -c synchronous_commit=off -c full_page_writes=off" };
    let settings = format!("-c max_connections=300 -c shared_buffers=128MB {speed}");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SUPERVISOR, "supervisor"]).arg(bin).arg(&dir).arg(port.to_string()).arg(settings);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Not in our process group: an interrupt from the keyboard must not stop the supervisor first.
    command.process_group(0);
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    let mut supervisor = command.spawn().expect("a shell");
    let mut said = String::new();
    if let Some(out) = supervisor.stdout.take() {
        std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut said).unwrap_or_default();
    }
    if said.trim() != "ready" {
        let log = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap_or_default();
        panic!("PostgreSQL did not start:\n{}{}{}", log("initdb.log"), log("start.log"), log("server.log"));
    }
    PostgresServer {
        base: format!("postgres://tutela@127.0.0.1:{port}"),
        maintenance: "postgres".to_owned(),
        _supervisor: Some(supervisor),
    }
}
