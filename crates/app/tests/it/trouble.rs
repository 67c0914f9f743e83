//! What the tests that interfere share: trouble from a seed at any statement of the database, a ledger opened
//! with it, and a county that every run begins with as a copy of one file.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use app::{App, Ledger};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::vault::Vault;
use store::{Fault, Faults, Store};

use crate::common::{REGION, TestEffects, World};

/// Decides from a seed which statement fails, and how. After a crash nothing works any more.
pub struct Trouble {
    random: Mutex<ChaCha8Rng>,
    /// One in so many statements fails; 0: none.
    pub one_in: AtomicU64,
    pub crashed: AtomicBool,
    pub met: AtomicU64,
}

impl Trouble {
    /// None for now; `one_in` begins it.
    pub fn from_seed(seed: u64) -> Arc<Trouble> {
        Arc::new(Trouble {
            random: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            one_in: AtomicU64::new(0),
            crashed: AtomicBool::new(false),
            met: AtomicU64::new(0),
        })
    }
}

impl Faults for Trouble {
    fn at(&self, _: &str) -> Option<Fault> {
        if self.crashed.load(Ordering::SeqCst) {
            return Some(Fault::Before);
        }
        let one_in = self.one_in.load(Ordering::SeqCst);
        let mut random = self.random.lock().unwrap();
        if one_in == 0 || !random.random_ratio(1, u32::try_from(one_in).unwrap()) {
            return None;
        }
        self.met.fetch_add(1, Ordering::SeqCst);
        let fault = [Fault::Contention, Fault::Contention, Fault::Before, Fault::After][random.random_range(0..4)];
        if fault != Fault::Contention {
            self.crashed.store(true, Ordering::SeqCst);
        }
        Some(fault)
    }
}

/// The application on a database, with trouble or in peace; none where it does not start.
pub async fn opened(
    url: &str,
    effects: &Arc<TestEffects>,
    trouble: Option<Arc<Trouble>>,
) -> Option<(Arc<App>, Arc<Ledger>)> {
    let faults = trouble.map(|trouble| trouble as Arc<dyn Faults>);
    let store = Store::connect_with(url, faults).await.ok()?;
    let app = App::start(store, Vault::new([5; 32]), effects.clone()).await.ok()?;
    let ledger = app.ledger_of(REGION.parse().unwrap()).await.ok()?;
    Some((app, ledger))
}

/// Makes what every run begins with, on a thread and a runtime of its own: runs have runtimes of theirs.
pub fn made<T, F>(make: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let thread = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(make())
    });
    thread.join().unwrap()
}

/// Closes a world and keeps its database as a file.
pub async fn kept(world: World, to: &Path) {
    let path = world.database.url.trim_start_matches("sqlite://").to_owned();
    let World { app, database, .. } = world;
    app.store().clone().close().await.unwrap();
    std::fs::copy(path, to).unwrap();
    drop(database);
}
