//! The outside world: the system clock, the system's randomness, keys and checkpoints in the data
//! directory. The only place that reads them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use app::identity::SecondFactorMode;
use app::{
    Delivery, DeliveryError, EffectError, Effects, IdentityProvider, Mail, WebhookPost, WitnessAnswer, WitnessError,
};
use kernel::{Instant, LedgerId};
use ledger::{Checkpoint, LogKey, LogPolicy, Note};
use rand::TryRng;
use zeroize::Zeroizing;

use crate::files::{self, Readers};
use crate::notify::Courier;
use crate::say::said;
use crate::settings::{MASTER_KEY_ENV, Settings};
use crate::witness_client::{WitnessClient, WitnessPolicies};

/// What the key for looking things up is derived from the master key under.
const LOOKUP: &[u8] = b"tutela/lookup-key/1";

/// The system's clock.
///
/// # Errors
/// A clock outside 1990 to 2199.
pub fn now() -> anyhow::Result<Instant> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let micros = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    Instant::try_from_micros(micros).map_err(|error| {
        anyhow::Error::new(error).context(said("系统时钟不对，请先校时", "the system's clock is wrong: set it first"))
    })
}

/// Random bytes of the operating system.
///
/// # Errors
/// When it has none.
pub fn system_random<const N: usize>() -> anyhow::Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    rand::rngs::SysRng.try_fill_bytes(bytes.as_mut_slice()).map_err(|error| {
        anyhow::anyhow!("{error}").context(said("操作系统无法提供随机数", "the operating system gives no random bytes"))
    })?;
    Ok(bytes)
}

/// The master key: from the environment, else from its file, which is made at the first start.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Reads it; makes it where `make` allows and there is none.
    ///
    /// # Errors
    /// A file that cannot be read or does not hold 64 hexadecimal digits; none, where none may be
    /// made.
    pub fn load(settings: &Settings, make: bool) -> anyhow::Result<MasterKey> {
        if let Some(text) = &settings.master_key {
            return MasterKey::parse(text, MASTER_KEY_ENV);
        }
        let path = &settings.master_key_file;
        let shown = path.display().to_string();
        let unreadable = |error: std::io::Error| {
            anyhow::Error::new(error).context(said(
                format!("无法读写主密钥文件 {shown}"),
                format!("the master key file {shown} cannot be used"),
            ))
        };
        if let Some(text) = files::read_text(path).map_err(unreadable)? {
            return MasterKey::parse(text.trim(), &shown);
        }
        if !make {
            return Err(said(
                format!("没有主密钥文件 {shown}：请指定原来的密钥，否则无法读取已加密的资料"),
                format!("there is no master key file {shown}: name the one in use, or sealed records stay sealed"),
            )
            .into());
        }
        let key = system_random::<32>()?;
        let text = Zeroizing::new(format!("{}\n", *hex(key.as_slice())));
        match files::create(path, text.as_bytes(), Readers::Owner) {
            Ok(()) => Ok(MasterKey(key)),
            // Another server that started at the same moment was first.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => MasterKey::load(settings, false),
            Err(error) => Err(unreadable(error)),
        }
    }

    fn parse(text: &str, from: &str) -> anyhow::Result<MasterKey> {
        let key = ledger::Hash::from_hex(text.to_ascii_lowercase().as_bytes()).ok_or_else(|| {
            said(
                format!("{from} 中的主密钥不是64位十六进制数"),
                format!("the master key in {from} is not 64 hexadecimal digits"),
            )
        })?;
        Ok(MasterKey(Zeroizing::new(*key.as_bytes())))
    }

    /// Its bytes.
    pub fn bytes(&self) -> [u8; 32] {
        *self.0
    }

    /// The key for looking persons up and for fingerprints of requests.
    pub fn lookup_key(&self) -> [u8; 32] {
        *ledger::keyed(&self.0, LOOKUP).as_bytes()
    }
}

fn hex(bytes: &[u8]) -> Zeroizing<String> {
    use std::fmt::Write;
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(2)));
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The world of a server.
pub struct SystemEffects {
    keys: PathBuf,
    checkpoints: PathBuf,
    origin: String,
    lookup_key: Zeroizing<[u8; 32]>,
    started: Instant,
    witness_policies: WitnessPolicies,
    witness_client: Option<WitnessClient>,
    second_factor: SecondFactorMode,
    provider: Option<Arc<dyn IdentityProvider>>,
    courier: Option<Courier>,
}

impl SystemEffects {
    /// In a data directory.
    ///
    /// # Errors
    /// A clock that is plainly wrong.
    pub fn new(data_dir: &Path, origin: &str, master: &MasterKey) -> anyhow::Result<SystemEffects> {
        Ok(SystemEffects {
            keys: data_dir.join("keys"),
            checkpoints: data_dir.join("checkpoints"),
            origin: origin.to_owned(),
            lookup_key: Zeroizing::new(master.lookup_key()),
            started: now()?,
            witness_policies: WitnessPolicies::default(),
            witness_client: None,
            second_factor: SecondFactorMode::Enrolled,
            provider: None,
            courier: None,
        })
    }

    /// With what is asked of those who log in, and where else they may.
    #[must_use]
    pub fn with_identity(
        mut self,
        second_factor: SecondFactorMode,
        provider: Option<Arc<dyn IdentityProvider>>,
    ) -> SystemEffects {
        (self.second_factor, self.provider) = (second_factor, provider);
        self
    }

    /// With a way to deliver notices.
    #[must_use]
    pub fn with_courier(mut self, courier: Courier) -> SystemEffects {
        self.courier = Some(courier);
        self
    }

    /// With witnesses to ask.
    #[must_use]
    pub fn with_witnesses(mut self, policies: WitnessPolicies, client: WitnessClient) -> SystemEffects {
        (self.witness_policies, self.witness_client) = (policies, Some(client));
        self
    }

    /// The log key of a ledger, kept under its name; where there is none, `seed` gives it.
    ///
    /// # Errors
    /// [`EffectError::Key`].
    pub fn log_key_or(
        &self,
        ledger: &LedgerId,
        seed: impl FnOnce() -> anyhow::Result<Zeroizing<[u8; 32]>>,
    ) -> Result<LogKey, EffectError> {
        self.try_log_key(ledger, seed).map_err(|error| {
            tracing::error!(%ledger, error = format!("{error:#}"), "log key");
            EffectError::Key
        })
    }

    fn try_log_key(
        &self,
        ledger: &LedgerId,
        seed: impl FnOnce() -> anyhow::Result<Zeroizing<[u8; 32]>>,
    ) -> anyhow::Result<LogKey> {
        let path = self.keys.join(format!("{ledger}.key"));
        let read = || read_log_key(&path);
        if let Some(key) = read()? {
            return Ok(key);
        }
        let key = LogKey::from_seed(&self.origin(ledger), &*seed()?)?;
        files::make_dir(&self.keys)?;
        let text = Zeroizing::new(format!("{}\n", *key.to_skey()));
        match files::create(&path, text.as_bytes(), Readers::Owner) {
            Ok(()) => Ok(key),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                read()?.ok_or_else(|| anyhow::anyhow!("{} vanished", path.display()))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn checkpoint_path(&self, ledger: &LedgerId) -> PathBuf {
        self.checkpoints.join(ledger.to_string())
    }

    fn try_keep(&self, ledger: &LedgerId, size: u64, note: &str) -> anyhow::Result<()> {
        let path = self.checkpoint_path(ledger);
        // The longest that was ever signed stays: it is what a truncated database is found by.
        if let Some(kept) = files::read_text(&path)?
            && size_of(&kept)? > size
        {
            return Ok(());
        }
        files::make_dir(&self.checkpoints)?;
        Ok(files::replace(&path, note.as_bytes(), Readers::Anybody)?)
    }
}

fn read_log_key(path: &Path) -> anyhow::Result<Option<LogKey>> {
    let text = files::read_text(path)?.map(Zeroizing::new);
    Ok(text.map(|text| LogKey::from_skey(text.trim_end())).transpose()?)
}

/// Size that a checkpoint names. Signatures are checked by those who rely on it.
fn size_of(note: &str) -> anyhow::Result<u64> {
    let note = Note::parse(note.as_bytes())?;
    let checkpoint: Checkpoint = note.text().parse()?;
    Ok(checkpoint.size)
}

impl SystemEffects {
    /// Where a file lies: in `files/` beside the keys, two hundred and fifty-six folders. The name is made
    /// of digits; anything else in it is left out.
    fn file_path(&self, name: &str) -> PathBuf {
        let name: String = name.chars().filter(char::is_ascii_hexdigit).collect();
        let folder = name.get(..2).unwrap_or("00").to_owned();
        self.keys.with_file_name("files").join(folder).join(name)
    }
}

fn told(ledger: &LedgerId, error: &anyhow::Error) -> EffectError {
    tracing::error!(%ledger, error = format!("{error:#}"), "checkpoint outside the database");
    EffectError::Checkpoint
}

impl Effects for SystemEffects {
    fn now(&self) -> Instant {
        // A clock that leaves the accepted centuries while the server runs: the writer, whose last
        // entry is later than the start, refuses to go on with it.
        now().unwrap_or(self.started)
    }

    fn fill(&self, bytes: &mut [u8]) {
        // Seeded by the operating system, and again while it runs.
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }

    fn log_key(&self, ledger: &LedgerId) -> Result<LogKey, EffectError> {
        self.log_key_or(ledger, system_random::<32>)
    }

    fn log_key_at_hand(&self, ledger: &LedgerId) -> Result<Option<LogKey>, EffectError> {
        read_log_key(&self.keys.join(format!("{ledger}.key"))).map_err(|error| {
            tracing::error!(%ledger, error = format!("{error:#}"), "log key");
            EffectError::Key
        })
    }

    fn origin(&self, ledger: &LedgerId) -> String {
        format!("{}/{ledger}", self.origin)
    }

    fn keep_checkpoint(&self, ledger: &LedgerId, size: u64, note: &str) -> Result<(), EffectError> {
        self.try_keep(ledger, size, note).map_err(|error| told(ledger, &error))
    }

    fn kept_checkpoint(&self, ledger: &LedgerId) -> Result<Option<String>, EffectError> {
        files::read_text(&self.checkpoint_path(ledger)).map_err(|error| told(ledger, &error.into()))
    }

    fn keep_file(&self, name: &str, sealed: &[u8]) -> Result<(), EffectError> {
        let path = self.file_path(name);
        let dir = path.parent().unwrap_or(&path);
        // A name is of its contents: what is there already is the same.
        files::make_dir(dir).and_then(|()| files::replace(&path, sealed, Readers::Owner)).map_err(|error| {
            tracing::error!(%error, "a file that was handed in cannot be kept");
            EffectError::File
        })
    }

    fn kept_file(&self, name: &str) -> Result<Option<Vec<u8>>, EffectError> {
        match std::fs::read(self.file_path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                tracing::error!(%error, "a file that was handed in cannot be read");
                Err(EffectError::File)
            }
        }
    }

    fn witness_policy(&self, ledger: &LedgerId) -> Result<Option<LogPolicy>, EffectError> {
        let Some(policy) = self.witness_policies.of(ledger) else { return Ok(None) };
        let origin = self.origin(ledger);
        if !policy.logs().is_empty() && !policy.logs().iter().any(|log| log.key.name() == origin) {
            tracing::warn!(%ledger, origin, "the witness policy lists logs, and not this one");
        }
        Ok(Some(policy.clone()))
    }

    fn ask_witness(&self, prefix: &str, body: String) -> WitnessAnswer {
        match &self.witness_client {
            Some(client) => client.ask(prefix, body),
            None => Box::pin(std::future::ready(Err(WitnessError::Unreachable))),
        }
    }

    fn second_factor(&self) -> SecondFactorMode {
        self.second_factor
    }

    fn identity_provider(&self) -> Option<Arc<dyn IdentityProvider>> {
        self.provider.clone()
    }

    fn send_mail(&self, mail: Mail) -> Delivery {
        let unable = || -> Delivery { Box::pin(std::future::ready(Err(DeliveryError::NotConfigured))) };
        self.courier.as_ref().map_or_else(unable, |courier| courier.send_mail(&mail))
    }

    fn post_webhook(&self, post: WebhookPost) -> Delivery {
        match &self.courier {
            Some(courier) => courier.post(post),
            None => Box::pin(std::future::ready(Err(DeliveryError::NotConfigured))),
        }
    }

    fn webhook_allowed(&self, url: &str) -> bool {
        self.courier.as_ref().is_some_and(|courier| courier.allowed(url))
    }

    fn lookup_key(&self) -> [u8; 32] {
        *self.lookup_key
    }
}
