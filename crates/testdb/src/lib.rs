//! Real databases for tests: a migrated database per test, on SQLite files always and on PostgreSQL
//! where one can be had. Used by tests and benches only; a database that cannot be made is a panic.

#![expect(clippy::expect_used, clippy::panic, reason = "a test without its database fails by panicking")]

use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use tempfile::TempDir;

mod postgres;

pub use postgres::{PostgresServer, postgres};

/// A migrated database of its own, gone when dropped.
pub struct TestDatabase {
    /// The address that `store` opens.
    pub url: String,
    home: Home,
}

enum Home {
    /// Removes itself.
    File {
        _dir: TempDir,
    },
    Server {
        server: &'static PostgresServer,
        name: String,
    },
}

static NUMBER: AtomicU32 = AtomicU32::new(0);

fn unique_name() -> String {
    format!("tutela_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed))
}

/// Runs a future to its end on a thread of its own, so that it can be called from anywhere.
fn wait<T: Send>(future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(future)
        };
        match scope.spawn(run).join() {
            Ok(value) => value,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// A new migrated SQLite file in a directory of its own.
pub fn sqlite() -> TestDatabase {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, template) = TEMPLATE.get_or_init(|| {
        let dir = TempDir::new().expect("a temporary directory");
        let path = dir.path().join("template.db");
        let url = format!("sqlite://{}", path.display());
        wait(migrations::up(&url)).expect("the SQLite template is migrated");
        (dir, path)
    });
    let home = TempDir::new().expect("a temporary directory");
    let path = home.path().join("tutela.db");
    std::fs::copy(template, &path).expect("the SQLite template is copied");
    TestDatabase { url: format!("sqlite://{}", path.display()), home: Home::File { _dir: home } }
}

/// A place for a SQLite file that is not there yet.
pub fn empty_sqlite() -> TestDatabase {
    let home = TempDir::new().expect("a temporary directory");
    let path = home.path().join("tutela.db");
    TestDatabase { url: format!("sqlite://{}", path.display()), home: Home::File { _dir: home } }
}

/// A new migrated PostgreSQL database; none where there is no PostgreSQL.
pub fn fresh_postgres() -> Option<TestDatabase> {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let server = postgres()?;
    let template = TEMPLATE.get_or_init(|| {
        let name = unique_name();
        server.admin(&format!("CREATE DATABASE {name}"));
        wait(migrations::up(&server.url(&name))).expect("the PostgreSQL template is migrated");
        name
    });
    let name = unique_name();
    server.admin(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
    Some(TestDatabase { url: server.url(&name), home: Home::Server { server, name } })
}

/// A new empty PostgreSQL database, not migrated; none where there is no PostgreSQL.
pub fn empty_postgres() -> Option<TestDatabase> {
    let server = postgres()?;
    let name = unique_name();
    server.admin(&format!("CREATE DATABASE {name}"));
    Some(TestDatabase { url: server.url(&name), home: Home::Server { server, name } })
}

/// A new migrated database on every engine there is.
pub fn fresh_databases() -> Vec<TestDatabase> {
    std::iter::once(sqlite()).chain(fresh_postgres()).collect()
}

impl TestDatabase {
    /// A copy of it as it stands, as a backup would be. Nothing may be connected to it.
    pub fn copy(&self) -> TestDatabase {
        match &self.home {
            Home::File { .. } => {
                let home = TempDir::new().expect("a temporary directory");
                let (from, to) =
                    (PathBuf::from(self.url.trim_start_matches("sqlite://")), home.path().join("tutela.db"));
                for tail in ["", "-wal", "-shm"] {
                    let with = |path: &PathBuf| PathBuf::from(format!("{}{tail}", path.display()));
                    if with(&from).exists() {
                        std::fs::copy(with(&from), with(&to)).expect("the SQLite file is copied");
                    }
                }
                TestDatabase { url: format!("sqlite://{}", to.display()), home: Home::File { _dir: home } }
            }
            Home::Server { server, name } => {
                let copy = unique_name();
                // A server that was killed may not have left yet.
                server
                    .admin(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
                server.admin(&format!("CREATE DATABASE {copy} TEMPLATE {name}"));
                TestDatabase { url: server.url(&copy), home: Home::Server { server, name: copy } }
            }
        }
    }

    /// Runs SQL text as it stands, past every check of `store`: for tests that tamper.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&self, sql: &str) -> Result<(), sea_orm::DbErr> {
        let db = Database::connect(&self.url).await?;
        let done = db.execute_unprepared(sql).await;
        db.close().await?;
        done.map(|_| ())
    }

    /// Runs a query and gives the last column of every row as text.
    ///
    /// # Errors
    /// What the database says.
    pub async fn texts(&self, sql: &str) -> Result<Vec<String>, sea_orm::DbErr> {
        let db = Database::connect(&self.url).await?;
        let statement = sea_orm::Statement::from_string(db.get_database_backend(), sql);
        let rows = db.query_all_raw(statement).await;
        db.close().await?;
        rows?.iter().map(|row| row.try_get_by_index(row.column_names().len().saturating_sub(1))).collect()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        match &self.home {
            Home::File { .. } => {}
            Home::Server { server, name } => server.admin(&format!("DROP DATABASE {name} WITH (FORCE)")),
        }
    }
}

impl PostgresServer {
    /// The address of a database on it.
    pub fn url(&self, database: &str) -> String {
        let (server, parameters) = self.base.split_once('?').unwrap_or((&self.base, ""));
        let separator = if parameters.is_empty() { "" } else { "?" };
        format!("{server}/{database}{separator}{parameters}")
    }

    /// Runs SQL on the maintenance database.
    fn admin(&self, sql: &str) {
        let mut options = ConnectOptions::new(self.url(&self.maintenance));
        options.max_connections(1).sqlx_logging(false);
        let done = wait(async {
            let db = Database::connect(options).await?;
            let done = db.execute_unprepared(sql).await;
            db.close().await?;
            done
        });
        if let Err(error) = done {
            panic!("PostgreSQL refused {sql}: {error}");
        }
    }
}
