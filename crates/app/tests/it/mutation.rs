//! Bytes of a database file changed one at a time: each change is found, or is harmless by proof: the
//! ledger still verifies and exports the same bytes. A change in every page in every run; every byte
//! of the file with `TUTELA_MUTATE=all`, which is hours of work and meant for a release build.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::{World, bank};
use app::verify::{Options, verify};
use kernel::LedgerId;
use ledger::{Verdict, VerifierKey};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha20Rng;
use store::Store;
use store::vault::Vault;

/// Bytes of a page of SQLite.
const PAGE: usize = 4096;
/// Changes in each page, at places and with values of a fixed seed.
const PER_PAGE: usize = 1;
/// Entries of the ledger, at least.
const ENTRIES: u64 = 200;

/// A database file under a signed checkpoint, and what is known of it from outside.
struct Case {
    file: Vec<u8>,
    ledger: LedgerId,
    kept: String,
    key: VerifierKey,
    exported: Vec<u8>,
}

/// What an export would say, and whether everything holds; an error of the database is an answer too.
async fn look(path: &Path, case: &Case) -> Result<(Verdict, Vec<u8>), app::AppError> {
    let store = Store::connect(&format!("sqlite://{}", path.display())).await?;
    let answer = async {
        let vault = Vault::new([5; 32]);
        let options =
            Options { since: vec![case.kept.clone()], key: Some(case.key.clone()), vault: Some(&vault), pages: true };
        let report = verify(&store, &case.ledger, options, |_, _| ()).await?;
        Ok((report.verdict(), export(&store, &case.ledger).await?))
    };
    let answer = answer.await;
    store.close().await?;
    answer
}

async fn export(store: &Store, id: &LedgerId) -> Result<Vec<u8>, app::AppError> {
    let read = store.read();
    let head = store::head_load(&read, id).await?.ok_or(app::AppError::Busy)?;
    let mut out = head.vkey.into_bytes();
    for row in store::entries_range(&read, id, 0, u32::MAX).await? {
        out.extend_from_slice(&row.bytes);
    }
    out.extend(store::checkpoint_last(&read, id).await?.map(|last| last.note.into_bytes()).unwrap_or_default());
    Ok(out)
}

/// A ledger with every kind of daily business, as the file of a server that was stopped.
async fn case(dir: &Path) -> Case {
    let world = World::on(testdb::sqlite()).await;
    let institution = world.institution(1).await;
    let course = world.course(institution, "24", 200_000).await;
    let contract = world.contract(institution, course, "24", 200_000, 1).await;
    world.run(&bank(), world.payment(contract, 100_000, "lessons")).await.unwrap();
    for day in ["2026-03-07", "2026-03-14", "2026-03-21"] {
        world.claim(institution, contract, "2", day).await.unwrap();
    }
    for n in 0.. {
        let outcome = world.run(&bank(), world.payment(contract, 100, &format!("b-{n}"))).await.unwrap();
        if outcome.entries.iter().any(|entry| entry.seq + 1 >= ENTRIES) {
            break;
        }
    }
    world.sweep().await;
    let ledger = world.ledger.id().clone();
    let kept = app::Effects::kept_checkpoint(&*world.effects, &ledger).unwrap().unwrap();
    let key = app::Effects::log_key(&*world.effects, &ledger).unwrap().verifier().clone();
    world.database.execute("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    let file = std::fs::read(world.database.url.trim_start_matches("sqlite://")).unwrap();
    let mut case = Case { file, ledger, kept, key, exported: Vec::new() };
    let path = dir.join("whole.db");
    std::fs::write(&path, &case.file).unwrap();
    let (verdict, exported) = look(&path, &case).await.unwrap();
    assert_eq!(verdict, Verdict::Holds);
    case.exported = exported;
    case
}

/// Where, and what is put over what stood there.
fn changes(file: &[u8]) -> Vec<(usize, u8)> {
    let mut random = ChaCha20Rng::from_seed([11; 32]);
    let mut changes = Vec::new();
    let all = std::env::var("TUTELA_MUTATE").as_deref() == Ok("all");
    for start in (0..file.len()).step_by(PAGE) {
        let end = file.len().min(start + PAGE);
        if all {
            changes.extend((start..end).map(|at| (at, 0xff)));
        }
        for _ in 0..PER_PAGE {
            changes.push((random.random_range(start..end), random.random_range(1..=255)));
        }
    }
    changes
}

#[derive(Default)]
struct Tally {
    found: AtomicU64,
    unreadable: AtomicU64,
    harmless: AtomicU64,
}

async fn change(path: &Path, case: &Case, at: usize, mask: u8, tally: &Tally) {
    let mut file = case.file.clone();
    file[at] ^= mask;
    for tail in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{tail}", path.display()));
    }
    std::fs::write(path, &file).unwrap();
    let count = match look(path, case).await {
        Err(_) => &tally.unreadable,
        Ok((Verdict::Holds, exported)) => {
            assert!(exported == case.exported, "byte {at} ^ {mask}: verifies, and exports something else");
            &tally.harmless
        }
        Ok(_) => &tally.found,
    };
    count.fetch_add(1, Ordering::Relaxed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_byte_changed_anywhere_in_the_file() {
    // Memory, where there is such a place: thousands of files are written.
    let memory = PathBuf::from("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let case = Arc::new(case(dir.path()).await);
    let changes = Arc::new(changes(&case.file));
    let tally = Arc::new(Tally::default());
    let next = Arc::new(AtomicU64::new(0));
    let workers: Vec<_> = (0..std::thread::available_parallelism().map_or(2, usize::from))
        .map(|worker| {
            let (case, changes, tally, next) = (case.clone(), changes.clone(), tally.clone(), next.clone());
            let path = dir.path().join(format!("{worker}.db"));
            tokio::spawn(async move {
                loop {
                    let n = usize::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap();
                    let Some(&(at, mask)) = changes.get(n) else { return };
                    change(&path, &case, at, mask, &tally).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let [found, unreadable, harmless] =
        [&tally.found, &tally.unreadable, &tally.harmless].map(|count| count.load(Ordering::Relaxed));
    let (bytes, changed) = (case.file.len(), changes.len());
    eprintln!("{changed} changes in {bytes} bytes: {found} found, {unreadable} unreadable, {harmless} harmless");
    assert_eq!(found + unreadable + harmless, changed as u64);
    assert!(found > changed as u64 / 5, "most of a file is the ledger");
}
