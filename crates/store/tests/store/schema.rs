//! The schema: the committed dump, the table of constraints against the catalogues, what CHECKs
//! refuse, and servers that start at the same moment.

use std::collections::BTreeSet;

use kernel::Fen;
use store::*;

use crate::samples::*;

/// `BLESS=1 cargo test -p store schema` writes the dump anew.
#[tokio::test]
async fn the_committed_schema_is_the_one_that_migrations_make() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema.sql");
    let made = migrations::sqlite_schema(&testdb::sqlite().url).await.unwrap();
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == made, "docs/schema.sql is not what the migrations make; BLESS=1 writes it");
}

const POSTGRES_CONSTRAINTS: &str = "SELECT conname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid \
     JOIN pg_namespace n ON n.oid = t.relnamespace \
     WHERE n.nspname = current_schema() AND t.relname <> 'seaql_migrations' \
     UNION SELECT indexname::text FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE 'uq_%'";

/// Keys of SQLite as it reports them: `table.column, table.column`.
const SQLITE_KEYS: &str = "SELECT group_concat(l.tbl_name || '.' || i.name, ', ' ORDER BY i.seqno) \
     FROM sqlite_schema l, pragma_index_list(l.name) x, pragma_index_info(x.name) i \
     WHERE l.type = 'table' AND x.\"unique\" AND l.name <> 'seaql_migrations' GROUP BY l.name, x.name";

#[tokio::test]
async fn the_table_of_constraints_is_the_catalogue() {
    for Opened { store, db } in stores().await {
        match store.engine() {
            Engine::Postgres => {
                let names = db.texts(POSTGRES_CONSTRAINTS).await.unwrap();
                let (checks, keys): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.starts_with("ck_"));
                assert!(checks.len() > 100);
                let keys: BTreeSet<String> = keys.into_iter().collect();
                let table: BTreeSet<String> = Constraint::ALL.iter().map(|c| c.name().to_owned()).collect();
                assert_eq!(keys, table);
            }
            Engine::Sqlite => {
                let keys: BTreeSet<String> = db.texts(SQLITE_KEYS).await.unwrap().into_iter().collect();
                let table: BTreeSet<String> = Constraint::ALL
                    .iter()
                    .filter(|c| **c != Constraint::SessionUser)
                    .map(|c| c.columns().to_owned())
                    .collect();
                assert_eq!(keys, table);
                let references =
                    "SELECT m.name || '.' || f.\"from\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f";
                assert_eq!(db.texts(references).await.unwrap(), ["session.user_id"]);
                // The names stand in the text of the tables, where PostgreSQL has the same.
                let text = migrations::sqlite_schema(&db.url).await.unwrap();
                for constraint in Constraint::ALL {
                    let (table, index) =
                        (format!("CONSTRAINT {} ", constraint.name()), format!("INDEX {} ", constraint.name()));
                    assert!(text.contains(&table) || text.contains(&index), "{}", constraint.name());
                }
            }
        }
        store.close().await.unwrap();
    }
}

async fn plan(db: &testdb::TestDatabase, query: &str) -> String {
    db.texts(&format!("EXPLAIN QUERY PLAN SELECT * FROM {query}")).await.unwrap().concat()
}

/// As many keys as one query takes are still looked up one by one.
#[tokio::test]
async fn long_lists_of_keys_use_the_indexes_too() {
    let db = testdb::sqlite();
    let keys = vec!["x'00'"; 512].join(", ");
    for (table, column) in [
        ("check_in", "class_session_id"),
        ("lesson", "class_session_id"),
        ("enrolment", "class_id"),
        ("bank_line", "matched_id"),
        ("contract", "contract_id"),
        ("payment", "reference"),
    ] {
        let plan = plan(&db, &format!("{table} WHERE ledger_id = 'l' AND {column} IN ({keys})")).await;
        assert!(plan.contains("SEARCH") && !plan.contains("(ledger_id=?)"), "{table} {column}: {plan}");
    }
}

/// The shapes of the queries that the writer, the clocks and the pages run all day: none may walk a
/// whole ledger.
#[tokio::test]
async fn plans_on_sqlite_use_the_indexes_made_for_them() {
    let db = testdb::sqlite();
    for query in [
        "contract WHERE ledger_id = 'l' AND contract_id IN (x'00', x'01')",
        "payment WHERE ledger_id = 'l' AND seq IS NOT NULL AND reference IN ('1', '2')",
        "payment WHERE ledger_id = 'l' AND seq IS NOT NULL AND reference IS NULL AND reference_hash IN (x'00', x'01')",
        "payment WHERE ledger_id = 'l' AND seq IS NOT NULL AND seq IN (5, 6)",
        "person WHERE ledger_id = 'l' AND lookup IN (x'00', x'01')",
        "licence WHERE ledger_id = 'l' AND number IN ('1', '2')",
        "institution WHERE ledger_id = 'l' AND credit_code IN ('1', '2')",
        "idempotency WHERE ledger_id = 'l' AND idem_key IN ('1', '2')",
        "bank_line WHERE ledger_id = 'l' AND institution_id = x'00' AND reference IN ('1', '2')",
        "tile WHERE ledger_id = 'l' AND level = 0 AND idx > 3 ORDER BY idx LIMIT 5",
        "lesson WHERE ledger_id = 'l' AND state = 'disputed' AND decide_by_on < '2' \
         ORDER BY decide_by_on, lesson_id LIMIT 5",
        "leaf_index WHERE ledger_id = 'l' AND first_byte = 7",
        "entry WHERE ledger_id = 'l' AND institution_id = x'00' AND institution_seq > 5 ORDER BY institution_seq",
        "entry WHERE contract_seq = 1 AND ledger_id = 'l' AND contract_id = x'00' AND contract_seq > 0",
        "contract c JOIN entry e ON e.ledger_id = c.ledger_id AND e.seq = c.last_entry \
         WHERE c.ledger_id = 'l' AND c.contract_id = x'00'",
        "lesson WHERE ledger_id = 'l' AND state = 'claimed' AND deemed_confirmed_on < '2' \
         ORDER BY deemed_confirmed_on, lesson_id LIMIT 5",
        "lesson WHERE ledger_id = 'l' AND state = 'claimed' AND deemed_confirmed_on IS NULL AND lesson_id > x'00' \
         ORDER BY lesson_id LIMIT 5",
        "lesson WHERE ledger_id = 'l' AND institution_id = x'00' AND state = 'claimed' AND lesson_id > x'00' \
         ORDER BY lesson_id LIMIT 5",
        "refund WHERE ledger_id = 'l' AND state = 'requested' AND answer_by_on < '2' \
         ORDER BY answer_by_on, refund_id LIMIT 5",
        "contract WHERE ledger_id = 'l' AND guardian_id = x'00' AND contract_id > x'00' ORDER BY contract_id LIMIT 5",
        "application WHERE ledger_id = 'l' AND state = 'submitted' AND application_id > x'00' \
         ORDER BY application_id LIMIT 5",
    ] {
        let plan = plan(&db, query).await;
        assert!(
            plan.contains("SEARCH") && !plan.contains("(ledger_id=?)") && !plan.contains("TEMP"),
            "{query}: {plan}"
        );
    }
}

#[tokio::test]
async fn both_engines_have_the_same_columns() {
    let Some(postgres) = testdb::fresh_postgres() else { return };
    let sqlite = testdb::sqlite();
    let of_postgres = "SELECT c.table_name || '.' || c.column_name || CASE c.is_nullable WHEN 'YES' THEN '?' ELSE '' END \
         FROM information_schema.columns c WHERE c.table_schema = current_schema()";
    let of_sqlite = "SELECT m.name || '.' || c.name || CASE WHEN c.\"notnull\" THEN '' ELSE '?' END \
         FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
    let columns = |mut names: Vec<String>| {
        names.sort();
        names.retain(|name| !name.starts_with("seaql_migrations"));
        names
    };
    let (left, right) = (postgres.texts(of_postgres).await.unwrap(), sqlite.texts(of_sqlite).await.unwrap());
    assert_eq!(columns(left), columns(right));
    // What each is for is in the catalogue.
    let silent = "SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c \
         WHERE c.table_schema = current_schema() AND c.table_name <> 'seaql_migrations' \
         AND col_description((c.table_schema || '.' || c.table_name)::regclass, c.ordinal_position) IS NULL";
    assert_eq!(postgres.texts(silent).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn what_must_never_be_is_refused() {
    for Opened { store, .. } in stores().await {
        let mut poor = institution(1);
        poor.payable = Fen::new(-1);
        let tx = store.begin().await.unwrap();
        let refused = institution_save(&tx, &ledger(), &[&poor]).await;
        let name = "ck_institution_payable_fen";
        assert!(matches!(&refused, Err(StoreError::Check { name: n }) if n == name), "{refused:?}");
        tx.rollback().await.unwrap();
        let mut overdrawn = account(1);
        overdrawn.lots[0].used = hours("20");
        let tx = store.begin().await.unwrap();
        let refused = account_save(&tx, &ledger(), &[&overdrawn]).await;
        assert!(matches!(&refused, Err(StoreError::Check { name }) if name == "ck_lot_hours"), "{refused:?}");
        tx.rollback().await.unwrap();
        // Two rows in one statement: the second breaks the key, the first is not kept.
        let tx = store.begin().await.unwrap();
        let mut twin = institution(3);
        twin.credit_code = institution(2).credit_code;
        let refused = institution_save(&tx, &ledger(), &[&institution(2), &twin]).await;
        assert!(
            matches!(refused, Err(StoreError::Constraint(Constraint::InstitutionCreditCode))),
            "{}: {refused:?}",
            store.engine()
        );
        tx.rollback().await.unwrap();
        let tx = store.begin().await.unwrap();
        entries_append(&tx, &ledger(), &[entry(1)]).await.unwrap();
        tx.commit().await.unwrap();
        for (again, expected) in [
            (EntryRow { leaf_hash: hash(9), institution: None, contract: None, ..entry(1) }, Constraint::EntrySeq),
            (EntryRow { seq: 2, leaf_hash: hash(9), contract: None, ..entry(1) }, Constraint::EntryInstitutionSeq),
            (EntryRow { seq: 2, leaf_hash: hash(9), institution: None, ..entry(1) }, Constraint::EntryContractFirst),
        ] {
            let tx = store.begin().await.unwrap();
            let refused = entries_append(&tx, &ledger(), &[again]).await;
            assert!(matches!(&refused, Err(StoreError::Constraint(c)) if *c == expected), "{expected:?}: {refused:?}");
            tx.rollback().await.unwrap();
        }
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn servers_that_start_together_migrate_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}", dir.path().join("new.db").display());
    let postgres = testdb::empty_postgres();
    for url in std::iter::once(file).chain(postgres.as_ref().map(|db| db.url.clone())) {
        let together = (0..4).map(|_| {
            let url = url.clone();
            tokio::spawn(async move { migrations::up(&url).await })
        });
        for server in together.collect::<Vec<_>>() {
            server.await.unwrap().unwrap();
        }
        let store = Store::connect(&url).await.unwrap();
        assert_eq!(ledgers(&store.read()).await.unwrap(), []);
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_an_error() {
    let refused = Store::connect("sqlite:///proc/no/such/place.db").await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}
