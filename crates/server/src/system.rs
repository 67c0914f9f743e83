//! From settings to a running system: data directory, schema, database, keys, ledgers. Used by every
//! command that needs the database.

use std::sync::Arc;

use app::{App, AppError, Effects, Ledger};
use store::{Store, StoreError, vault::Vault};

use crate::effects::{MasterKey, SystemEffects};
use crate::files;
use crate::notify::Courier;
use crate::say::said;
use crate::settings::{Settings, masked};
use crate::witness_client::{WitnessClient, WitnessPolicies};

/// Makes the data directory, open to its owner only.
///
/// # Errors
/// One that cannot be made or written to.
pub fn data_dir(settings: &Settings) -> anyhow::Result<()> {
    let shown = settings.data_dir.display();
    let unusable = |error: std::io::Error| {
        anyhow::Error::new(error).context(said(
            format!("数据目录 {shown} 不能读写，请检查路径和权限"),
            format!("the data directory {shown} cannot be used: check its path and rights"),
        ))
    };
    files::make_dir(&settings.data_dir).map_err(unusable)?;
    // Nothing is read before it is known that keys and checkpoints can be kept.
    let probe = settings.data_dir.join(format!(".probe.{}", std::process::id()));
    std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)).map_err(unusable)
}

/// Brings the schema up to date.
///
/// # Errors
/// Of the database.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    migrations::up(&settings.database_url).await.map_err(|error| {
        let url = masked(&settings.database_url);
        anyhow::Error::new(error).context(said(
            format!("数据库 {url} 无法打开或升级表结构"),
            format!("the database {url} cannot be opened or brought to the current schema"),
        ))
    })
}

/// Opens the database.
///
/// # Errors
/// Of the database, and an SQLite that may lose data.
pub async fn connect(settings: &Settings) -> anyhow::Result<Store> {
    Store::connect(&settings.database_url).await.map_err(|error| {
        let url = masked(&settings.database_url);
        let sentence = match &error {
            StoreError::SqliteTooOld { found } => said(
                format!("SQLite {found} 可能丢失已提交的数据，不予使用"),
                format!("SQLite {found} can lose committed writes and is not used"),
            ),
            StoreError::Address => {
                said(format!("无法识别的数据库地址 {url}"), format!("{url} is not a database address"))
            }
            _ => said(format!("数据库 {url} 无法打开"), format!("the database {url} cannot be opened")),
        };
        anyhow::Error::new(error).context(sentence)
    })
}

/// Starts the ledgers of a database whose schema is current.
///
/// # Errors
/// Of the database and of keys; a master key that is not the one its records were sealed with.
pub async fn start(store: Store, master: &MasterKey, effects: Arc<dyn Effects>) -> anyhow::Result<Arc<App>> {
    let app = App::start(store, Vault::new(master.bytes()), effects).await.map_err(not_started)?;
    for ledger in app.all_ledgers().await {
        master_key_fits(&app, &ledger).await?;
    }
    Ok(app)
}

/// Exit code of a server that will not start on a database that was turned back.
pub const ROLLED_BACK_CODE: u8 = 3;

fn not_started(error: AppError) -> anyhow::Error {
    let sentence = match &error {
        AppError::RolledBack { ledger, kept, size } => said(
            format!(
                "拒绝启动：账本 {ledger} 在数据库中有 {size} 条记录，不能延续库外保存的检查点（{kept} 条）。\
                 数据库可能由旧备份恢复，已签名的记录缺失或被替换。请恢复包含这些记录的备份；checkpoints/{ledger} 不要删除，它是证据"
            ),
            format!(
                "refusing to start: ledger {ledger} has {size} entries in the database and does not continue the \
                 checkpoint of {kept} kept outside it. The database seems restored from an older copy: entries that \
                 were signed are missing or replaced. Restore a backup that has them; keep checkpoints/{ledger}, it is \
                 evidence"
            ),
        )
        .with_code(ROLLED_BACK_CODE),
        _ => said("账本无法启动", "the ledgers cannot be started"),
    };
    anyhow::Error::new(error).context(sentence)
}

/// A wrong master key shows at the door, not with the first family that asks.
async fn master_key_fits(app: &App, ledger: &Ledger) -> anyhow::Result<()> {
    let filter = store::InstitutionFilter::default();
    let first = store::institutions_page(&app.store().read(), ledger.id(), &filter, None, 1).await?;
    let Some(first) = first.into_iter().find(|first| first.name.is_some()) else { return Ok(()) };
    match app.profile(ledger.id(), first.institution.id).await {
        Err(error @ AppError::Store(StoreError::Sealed)) => Err(anyhow::Error::new(error).context(said(
            "主密钥不是加密这个数据库时所用的密钥",
            "the master key is not the one this database was sealed with",
        ))),
        Err(_) | Ok(_) => Ok(()),
    }
}

/// The system with the real clock, as `serve` and the commands beside it use it.
///
/// # Errors
/// As its parts.
pub async fn open(settings: &Settings) -> anyhow::Result<Arc<App>> {
    data_dir(settings)?;
    let policies = WitnessPolicies::load(&settings.witness_policy)?;
    migrate(settings).await?;
    let store = connect(settings).await?;
    let empty = store::ledgers(&store.read()).await?.is_empty();
    let master = MasterKey::load(settings, empty)?;
    let effects = SystemEffects::new(&settings.data_dir, &settings.origin, &master)?;
    let effects = effects.with_witnesses(policies, WitnessClient::new(&settings.tls_ca_file)?);
    let effects = effects.with_identity(settings.second_factor, crate::oidc::of_settings(settings)?);
    let effects = effects.with_courier(Courier::new(settings)?);
    start(store, &master, Arc::new(effects)).await
}

/// Waits until a checkpoint covers everything that each ledger holds, so that what is outside the
/// database is as long as the database.
///
/// # Errors
/// Of the database.
pub async fn settle(app: &App) -> anyhow::Result<()> {
    for ledger in app.all_ledgers().await {
        let size = store::head_load(&app.store().read(), ledger.id()).await?.map_or(0, |head| head.size);
        if size == 0 || !ledger.accepts_writes() {
            continue;
        }
        if let Err(error) = ledger.checkpoints().covering(size).await {
            tracing::warn!(ledger = %ledger.id(), %error, "last checkpoint not signed; it is signed at the next start");
        }
    }
    Ok(())
}
