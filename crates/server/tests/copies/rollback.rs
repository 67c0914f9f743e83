//! A server against its own rollback: what was signed is kept outside the database, and a database
//! that does not continue it is not served.

use super::process::Server;
use super::{LIMIT, command, county, covering, last_seq, pay};

async fn refused(database: testdb::TestDatabase) {
    let data = tempfile::tempdir().unwrap();
    let (server, bank, contracts) = county(data.path(), &database.url).await;
    server.kill();
    let older = database.copy();

    let server = Server::start(data.path(), Some(&database.url));
    let mut last = 0;
    for (n, contract) in (100..).zip(&contracts) {
        last = last_seq(&pay(&server.base, &bank, contract, n).await);
    }
    covering(&server.base, last + 1).await;
    server.kill();

    // The operator restores the copy of before.
    let serve = ["--listen", "127.0.0.1:0", "serve"];
    let (code, said) = command(data.path(), &older.url, &serve);
    assert_eq!(code, 3, "{said}");
    let (zh, en) = (said.find("拒绝启动").expect("Chinese"), said.find("refusing to start").expect("English"));
    assert!(zh < en && said.contains("330502") && said.contains(&(last + 1).to_string()), "{said}");
    let (code, said) = command(data.path(), &older.url, &["verify", "--json"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("ledger.length"), "{said}");

    // With its own checkpoint the older copy is whole: it is the checkpoint outside that tells.
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir(elsewhere.path().join("keys")).unwrap();
    for file in ["master.key", "keys/330502.key"] {
        std::fs::copy(data.path().join(file), elsewhere.path().join(file)).unwrap();
    }
    assert_eq!(command(elsewhere.path(), &older.url, &["verify"]).0, 0);

    // The database itself goes on.
    let server = Server::start(data.path(), Some(&database.url));
    pay(&server.base, &bank, &contracts[0], 200).await;
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_restored_from_an_older_copy_is_refused() {
    for database in testdb::fresh_databases() {
        tokio::time::timeout(LIMIT, refused(database)).await.expect("ends in bounded time");
    }
}
