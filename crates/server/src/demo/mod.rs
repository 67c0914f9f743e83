//! The sample county: played once into an empty data directory, through the same use cases that the
//! API calls, with a fixed clock and fixed randomness, so that every machine gets the same ledger.

pub mod cast;
pub mod effects;
pub mod figures;
mod script;
pub mod stage;
pub mod summary;

use std::path::PathBuf;
use std::sync::Arc;

use app::App;
use kernel::{Instant, LedgerId, RegionCode};
use ledger::Hash;

use self::effects::DemoEffects;
use self::stage::Stage;
use crate::effects::{MasterKey, SystemEffects};
use crate::files::{self, Readers};
use crate::progress::Progress;
use crate::say::said;
use crate::settings::Settings;
use crate::system;

/// Password of every log-in of the demo.
pub const PASSWORD: &str = "tutela-demo";
/// Prefix of the log's name: part of the ledger's first entry, so it is not a setting here.
pub const ORIGIN: &str = "tutela.local";
/// The version of the play; another one writes another ledger.
const VERSION: &str = "tutela-demo/v1";
/// The marker file in the data directory.
const MARKER: &str = "demo";

/// What the marker tells of the play.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Marker {
    /// It began and did not end.
    Playing,
    /// It ended with so many entries and this root.
    Played {
        /// Entries.
        size: u64,
        /// Root of the tree over them.
        root: Hash,
    },
}

fn marker_path(settings: &Settings) -> PathBuf {
    settings.data_dir.join(MARKER)
}

fn read_marker(settings: &Settings) -> anyhow::Result<Option<Marker>> {
    let Some(text) = files::read_text(&marker_path(settings))? else { return Ok(None) };
    let mut lines = text.lines();
    let other = || {
        let shown = marker_path(settings).display().to_string();
        said(
            format!("{shown} 不是本版本演示县的标记，请换一个数据目录"),
            format!("{shown} is not the mark of this version's demo: use another data directory"),
        )
    };
    if lines.next() != Some(VERSION) {
        return Err(other().into());
    }
    match lines.next() {
        Some("playing") => Ok(Some(Marker::Playing)),
        Some(line) => {
            let size = line.strip_prefix("size ").and_then(kernel::text::canonical_u64).ok_or_else(other)?;
            let root = lines.next().and_then(|line| line.strip_prefix("root ")).and_then(|root| root.parse().ok());
            Ok(Some(Marker::Played { size, root: root.ok_or_else(other)? }))
        }
        None => Err(other().into()),
    }
}

fn write_marker(settings: &Settings, marker: &Marker) -> anyhow::Result<()> {
    let rest = match marker {
        Marker::Playing => "playing".to_owned(),
        Marker::Played { size, root } => format!("size {size}\nroot {root}"),
    };
    Ok(files::replace(&marker_path(settings), format!("{VERSION}\n{rest}\n").as_bytes(), Readers::Anybody)?)
}

/// How the data directory came to hold the demo.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// It did already.
    Found,
    /// It was played now; what was caught on the way.
    Played(Vec<stage::Caught>),
}

/// Sees to it that the data directory holds the demo: plays it into an empty one, takes one that
/// holds it as it is, and refuses any other.
///
/// # Errors
/// A directory or database that holds anything else; trouble of the play.
pub async fn prepare(settings: &Settings, quiet: bool) -> anyhow::Result<Prepared> {
    system::data_dir(settings)?;
    match read_marker(settings)? {
        Some(Marker::Played { size, root }) => {
            holds(settings, size, root).await?;
            Ok(Prepared::Found)
        }
        Some(Marker::Playing) => {
            clear(settings)?;
            play(settings, quiet).await.map(Prepared::Played)
        }
        None => {
            let entries = std::fs::read_dir(&settings.data_dir)?.collect::<Result<Vec<_>, _>>()?;
            if !entries.is_empty() {
                return Err(holds_something_else(settings));
            }
            play(settings, quiet).await.map(Prepared::Played)
        }
    }
}

fn holds_something_else(settings: &Settings) -> anyhow::Error {
    let shown = settings.data_dir.display();
    said(
        format!("数据目录 {shown} 中不是演示县的数据；演示只使用空目录，请用 --data-dir 指定"),
        format!("the data directory {shown} holds something other than the demo; name an empty one with --data-dir"),
    )
    .into()
}

/// A play that was cut short: what it wrote is worth nothing, and only it can have written here.
fn clear(settings: &Settings) -> anyhow::Result<()> {
    let own = ["tutela.db", "tutela.db-wal", "tutela.db-shm", "keys", "checkpoints", "master.key", MARKER];
    for entry in std::fs::read_dir(&settings.data_dir)? {
        let entry = entry?;
        if !own.iter().any(|own| entry.file_name() == *own) {
            return Err(holds_something_else(settings));
        }
    }
    for name in own {
        let path = settings.data_dir.join(name);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        match removed {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The ledger of the demo.
///
/// # Errors
/// None: the region is that of the cast.
pub fn ledger_id() -> anyhow::Result<LedgerId> {
    let region: RegionCode = cast::REGION.parse()?;
    Ok(LedgerId::first_of(region))
}

/// Is the database the one that the marker tells of, perhaps grown since?
async fn holds(settings: &Settings, size: u64, root: Hash) -> anyhow::Result<()> {
    system::migrate(settings).await?;
    let store = system::connect(settings).await?;
    let mut frontier = ledger::Frontier::new();
    let read = store.read();
    let id = ledger_id()?;
    while frontier.size() < size {
        let from = frontier.size();
        let leaves = store::leaf_hashes(&read, &id, from, size.min(from.saturating_add(65_536))).await?;
        if leaves.is_empty() {
            break;
        }
        leaves.into_iter().for_each(|leaf| frontier.push(Hash::new(leaf)));
    }
    let same = frontier.size() == size && frontier.root() == root;
    store.close().await?;
    if same {
        return Ok(());
    }
    let shown = settings.data_dir.display();
    Err(said(
        format!("数据库与 {shown} 中演示县的标记不符：数据被改动，或 DATABASE_URL 指向别的数据库"),
        format!("the database is not the one that the demo's mark in {shown} tells of: it was changed, or is another"),
    )
    .into())
}

/// Plays the year.
async fn play(settings: &Settings, quiet: bool) -> anyhow::Result<Vec<stage::Caught>> {
    system::migrate(settings).await?;
    let store = system::connect(settings).await?;
    let used = !store::ledgers(&store.read()).await?.is_empty()
        || !store::users_page(&store.read(), &store::UserFilter::default(), None, 1).await?.is_empty();
    if used {
        return Err(holds_something_else(settings));
    }
    write_marker(settings, &Marker::Playing)?;
    let master = MasterKey::load(settings, true)?;
    let system_effects = SystemEffects::new(&settings.data_dir, ORIGIN, &master)?;
    let start = Instant::start_of(script::day(script::FIRST_DAY)?)?;
    let effects = Arc::new(DemoEffects::new(system_effects, start));
    let app = system::start(store, &master, Arc::clone(&effects) as Arc<dyn app::Effects>).await?;
    let caught = play_year(&app, effects, quiet).await?;
    system::settle(&app).await?;
    let ledger = app.ledger(&ledger_id()?).await?.ok_or_else(|| anyhow::anyhow!("the play opened no ledger"))?;
    let size = store::head_load(&app.store().read(), ledger.id()).await?.map_or(0, |head| head.size);
    let root = app.root(&ledger, size).await?;
    write_marker(settings, &Marker::Played { size, root })?;
    Ok(caught)
}

async fn play_year(app: &Arc<App>, effects: Arc<DemoEffects>, quiet: bool) -> anyhow::Result<Vec<stage::Caught>> {
    let region: RegionCode = cast::REGION.parse()?;
    effects.set(script::day(script::FIRST_DAY)?, 8, 0)?;
    let password = app.password_hash(PASSWORD.to_owned()).await?;
    let ledger = app.ledger_of(region).await?;
    let mut progress =
        if quiet { Progress::silent() } else { Progress::new("演示县 sample county", script::days()?) };
    let mut stage = Stage::new(Arc::clone(app), ledger, effects, password);
    script::play(&mut stage, &mut progress).await?;
    progress.finish();
    Ok(stage.all_caught().to_vec())
}
