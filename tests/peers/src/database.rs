//! Databases to measure in: made, asked how durable they are, dropped. A server that may lose what it
//! confirmed is refused: its figures could not stand beside those of `tutela bench`.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

/// Asks for the settings that durability hangs on: name and value.
pub const SETTINGS: &str = "SELECT name, setting FROM pg_settings \
    WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name";

/// The settings as text.
///
/// # Errors
/// One that gives up durability.
pub fn durable(settings: &[(String, String)]) -> anyhow::Result<String> {
    for (name, value) in settings {
        anyhow::ensure!(
            value == "on",
            "PostgreSQL 的 {name}={value} 不保证落盘，请设为 on \
             PostgreSQL has {name}={value}, which may lose what it confirmed: set it to on"
        );
    }
    Ok(settings.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "))
}

/// A server.
pub struct Postgres {
    url: String,
    /// Name and version.
    pub engine: String,
    /// Its settings.
    pub durability: String,
}

impl Postgres {
    /// Asks the server at `url`.
    ///
    /// # Errors
    /// Of the connection; settings that give up durability.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let mut connection = PgConnection::connect(url).await?;
        let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await?;
        let settings = sqlx::query_as::<_, (String, String)>(SETTINGS).fetch_all(&mut connection).await?;
        connection.close().await?;
        Ok(Postgres { url: url.to_owned(), engine: format!("PostgreSQL {version}"), durability: durable(&settings)? })
    }

    /// Makes a database; gives its URL.
    ///
    /// # Errors
    /// Of the server.
    pub async fn create(&self, database: &str) -> anyhow::Result<String> {
        self.execute(format!("CREATE DATABASE {database}")).await?;
        Ok(with_database(&self.url, database))
    }

    /// Drops it, with what is still connected to it.
    ///
    /// # Errors
    /// Of the server.
    pub async fn drop(&self, database: &str) -> anyhow::Result<()> {
        self.execute(format!("DROP DATABASE {database} WITH (FORCE)")).await
    }

    async fn execute(&self, statement: String) -> anyhow::Result<()> {
        let mut connection = PgConnection::connect(&self.url).await?;
        sqlx::query(AssertSqlSafe(statement)).execute(&mut connection).await?;
        Ok(connection.close().await?)
    }
}

/// The same server, user and parameters, another database.
fn with_database(url: &str, database: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, String::new()), |(a, p)| (a, format!("?{p}")));
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address.get(host..).and_then(|rest| rest.find('/')).map_or(address.len(), |at| host + at);
    format!("{}/{database}{parameters}", address.get(..end).unwrap_or(address))
}

/// Version of SQLite, and how the file is written.
///
/// # Errors
/// Of the database; a journal that is not the write-ahead log.
pub async fn sqlite_settings(file: &Path) -> anyhow::Result<(String, String)> {
    let mut connection = SqliteConnectOptions::new().filename(file).connect().await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await?;
    let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await?;
    connection.close().await?;
    anyhow::ensure!(journal == "wal", "日志方式应为 wal the journal should be wal: {journal}");
    // `synchronous` belongs to a connection, and the crate's are its own.
    let said = "synchronous=FULL（由 doubleentry 为其每个连接设定 set by doubleentry on each of its connections）";
    Ok((format!("SQLite {version}"), format!("journal_mode={journal} {said}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server() {
        for (url, other) in
            [("postgres://a:b@h:1/postgres?x=1", "postgres://a:b@h:1/new?x=1"), ("postgres://h", "postgres://h/new")]
        {
            assert_eq!(with_database(url, "new"), other);
        }
    }

    #[test]
    fn what_may_be_lost_is_refused() {
        let settings = |commit: &str| [("synchronous_commit".to_owned(), commit.to_owned())];
        assert_eq!(durable(&settings("on")).unwrap(), "synchronous_commit=on");
        assert!(durable(&settings("off")).is_err());
    }
}
