//! A witness at its desk: its key, the logs whose keys it knows, and the latest checkpoint of each
//! that it cosigned, on disk before the signature leaves.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use api::witness::{DeskError, WitnessDesk};
use ledger::cosignature::with_lines;
use ledger::log_policy::{PolicyFault, PolicyLog};
use ledger::witness::origin_digest;
use ledger::{AddCheckpoint, Checkpoint, Hash, LogPolicy, Note, SeenTree, VerifierKey, WitnessKey};
use zeroize::Zeroizing;

use crate::effects::{now, system_random};
use crate::files::{self, Readers};
use crate::say::{Said, said};

/// What it keeps of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    tree: SeenTree,
    /// The checkpoint with the signatures of the log and of this witness.
    note: String,
}

/// One log: what was kept, and the turn of one request at a time.
#[derive(Debug)]
struct Seat {
    keys: Vec<VerifierKey>,
    path: PathBuf,
    kept: Mutex<Option<Kept>>,
}

/// The witness of a state directory. No second one may have the same.
#[derive(Debug)]
pub struct Desk {
    key: WitnessKey,
    /// By the digest of the log's origin.
    seats: HashMap<[u8; 32], Seat>,
    /// Held as long as the witness runs.
    _lock: File,
}

/// Reads the private key of a witness, or makes it once under this name.
///
/// # Errors
/// A file that others may read, that is no key, or that is of another name; none and no name.
pub fn load_key(path: &Path, name: Option<&str>) -> anyhow::Result<WitnessKey> {
    let shown = path.display().to_string();
    let unusable = |error: std::io::Error| {
        anyhow::Error::new(error)
            .context(said(format!("无法读写见证密钥文件 {shown}"), format!("the key file {shown} cannot be used")))
    };
    if let Some(text) = files::read_text(path).map_err(unusable)?.map(Zeroizing::new) {
        owner_only(path, &shown)?;
        let key = WitnessKey::from_skey(text.trim_end()).map_err(|error| {
            anyhow::Error::new(error).context(said(
                format!("{shown} 不是见证密钥（PRIVATE+KEY+…）"),
                format!("{shown} is not a witness's key (PRIVATE+KEY+…)"),
            ))
        })?;
        let own = key.verifier().name();
        return match name {
            Some(name) if name != own => Err(said(
                format!("密钥文件 {shown} 属于 {own}，不是 {name}"),
                format!("the key in {shown} is that of {own}, not of {name}"),
            )
            .into()),
            Some(_) | None => Ok(key),
        };
    }
    let name = name.ok_or_else(|| {
        said(
            format!("还没有密钥文件 {shown}：首次启动须用 --name 指定见证方名称"),
            format!("there is no key file {shown} yet: name the witness with --name at its first start"),
        )
    })?;
    let key = WitnessKey::from_seed(name, &*system_random::<32>()?).map_err(|error| {
        anyhow::Error::new(error).context(said(
            format!("“{name}”不能作名称：不得为空，不得含空格或加号"),
            format!("\"{name}\" cannot be a name: not empty, no spaces, no plus sign"),
        ))
    })?;
    let text = Zeroizing::new(format!("{}\n", *key.to_skey()));
    files::create(path, text.as_bytes(), Readers::Owner).map_err(unusable)?;
    Ok(key)
}

#[cfg(unix)]
fn owner_only(path: &Path, shown: &str) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(said(
        format!("密钥文件 {shown} 的权限为 {mode:o}，他人可读写；请执行 chmod 600 {shown}，并考虑换新密钥"),
        format!("others may use the key file {shown} (mode {mode:o}): chmod 600 {shown}, and consider a new key"),
    )
    .into())
}

#[cfg(not(unix))]
fn owner_only(_: &Path, _: &str) -> anyhow::Result<()> {
    Ok(())
}

/// The logs that a witness serves: the `log` lines of a tlog-policy file; a quorum line may be
/// missing.
///
/// # Errors
/// A file that cannot be read, with the line; one without logs.
pub fn load_logs(path: &Path) -> anyhow::Result<Vec<PolicyLog>> {
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        anyhow::Error::new(error).context(said(
            format!("无法读取日志清单 {shown}：每行 log <公钥>"),
            format!("the list of logs {shown} cannot be read: it has lines log <vkey>"),
        ))
    })?;
    let policy = match LogPolicy::parse(&bytes) {
        Err(error) if error.fault == PolicyFault::NoQuorum => {
            LogPolicy::parse(&[bytes.as_slice(), b"\nquorum none\n"].concat())
        }
        other => other,
    };
    let policy = policy.map_err(|error| {
        let sentence = error.describe();
        said(format!("{shown} {}", sentence.zh), format!("{shown}, {}", sentence.en))
    })?;
    if policy.logs().is_empty() {
        return Err(said(format!("{shown} 中没有 log 行"), format!("{shown} has no log line")).into());
    }
    Ok(policy.logs().to_vec())
}

impl Desk {
    /// Sits down in a state directory.
    ///
    /// # Errors
    /// Another witness that runs there; a state file that cannot be read or that this witness did
    /// not sign: going on without it could cosign a rollback.
    pub fn open(dir: &Path, key: WitnessKey, logs: &[PolicyLog]) -> anyhow::Result<Desk> {
        let shown = dir.display();
        let lock = File::create(dir.join("lock"))?;
        lock.try_lock().map_err(|error| {
            anyhow::Error::new(error).context(said(
                format!("状态目录 {shown} 正被另一个见证进程使用"),
                format!("another witness runs in the state directory {shown}"),
            ))
        })?;
        let mut seats: HashMap<[u8; 32], Seat> = HashMap::new();
        for log in logs {
            let origin = log.key.name();
            let digest = origin_digest(origin);
            let path = dir.join(format!("{digest}.checkpoint"));
            let kept = Mutex::new(None);
            let seat = seats.entry(*digest.as_bytes()).or_insert_with(|| Seat { keys: Vec::new(), path, kept });
            seat.keys.push(log.key.clone());
        }
        for seat in seats.values_mut() {
            seat.kept = Mutex::new(read_kept(seat, key.verifier())?);
        }
        Ok(Desk { key, seats, _lock: lock })
    }

    /// Its public key as text.
    pub fn vkey(&self) -> String {
        self.key.vkey()
    }

    /// Each log with the size that was cosigned last, in the order of the names.
    pub fn logs(&self) -> Vec<(String, u64)> {
        let size = |seat: &Seat| seat.turn().as_ref().map_or(0, |kept| kept.tree.size);
        let name = |seat: &Seat| seat.keys.first().map(|key| key.name().to_owned()).unwrap_or_default();
        let mut logs: Vec<_> = self.seats.values().map(|seat| (name(seat), size(seat))).collect();
        logs.sort_unstable();
        logs
    }
}

impl Seat {
    fn turn(&self) -> std::sync::MutexGuard<'_, Option<Kept>> {
        // What is behind the lock changes in one assignment, after the disk has it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_kept(seat: &Seat, own: &VerifierKey) -> anyhow::Result<Option<Kept>> {
    let shown = seat.path.display().to_string();
    let refuse = |cause: anyhow::Error| {
        cause.context(said(
            format!("状态文件 {shown} 不可读；为避免联署被回退的日志，拒绝启动。请从备份恢复该文件"),
            format!("the state file {shown} cannot be read: starting without it could cosign a log that was rolled back. Restore it"),
        ))
    };
    let Some(note) = files::read_text(&seat.path).map_err(|error| refuse(error.into()))? else { return Ok(None) };
    let kept = || -> anyhow::Result<Kept> {
        let parsed = Note::parse(note.as_bytes())?;
        let checkpoint: Checkpoint = parsed.text().parse()?;
        if parsed.verify(std::slice::from_ref(own)).is_err()
            || seat.keys.first().is_none_or(|key| key.name() != checkpoint.origin)
        {
            return Err(other_state(&checkpoint.origin).into());
        }
        Ok(Kept { tree: SeenTree { size: checkpoint.size, root: checkpoint.root }, note: note.clone() })
    };
    kept().map(Some).map_err(refuse)
}

fn other_state(origin: &str) -> Said {
    said(
        format!("其中的检查点（{origin}）没有本见证方的有效联署，或属于另一个日志"),
        format!("its checkpoint ({origin}) is not cosigned by this witness, or of another log"),
    )
}

impl WitnessDesk for Desk {
    fn add_checkpoint(&self, request: &AddCheckpoint) -> Result<String, DeskError> {
        let origin = &request.checkpoint().origin;
        let seat = self.seats.get(origin_digest(origin).as_bytes()).ok_or(ledger::Refusal::UnknownLog)?;
        // One request of a log at a time, from the look at what is kept until the disk has the new.
        let mut kept = seat.turn();
        let last = kept.as_ref().map(|kept| kept.tree);
        let tree = request.decide(&seat.keys, last).inspect_err(|refusal| {
            tracing::warn!(origin, size = request.checkpoint().size, ?last, %refusal, "not cosigned");
        })?;
        let not_kept = |error: anyhow::Error| {
            tracing::error!(origin, error = format!("{error:#}"), "checkpoint not kept");
            DeskError::NotKept
        };
        let time = u64::try_from(now().map_err(not_kept)?.micros() / 1_000_000).unwrap_or(0);
        let line = self.key.cosign(request.text(), time).map_err(|error| not_kept(error.into()))?.to_string();
        let note = own_note(request, &seat.keys, &line).ok_or(DeskError::NotKept)?;
        files::replace(&seat.path, note.as_bytes(), Readers::Anybody).map_err(|error| not_kept(error.into()))?;
        tracing::info!(origin, size = tree.size, "cosigned");
        *kept = Some(Kept { tree, note });
        Ok(line)
    }

    fn latest(&self, origin: &Hash) -> Option<String> {
        self.seats.get(origin.as_bytes())?.turn().as_ref().map(|kept| kept.note.clone())
    }
}

/// The checkpoint with the signatures of the log's known keys and of this witness, without others
/// that somebody may have added.
fn own_note(request: &AddCheckpoint, keys: &[VerifierKey], line: &str) -> Option<String> {
    let note = Note::parse(request.written().as_bytes()).ok()?;
    let known = |name: &str, id: [u8; 4]| keys.iter().any(|key| key.name() == name && key.id() == id);
    let lines = note.signatures().iter().filter(|s| known(&s.name, s.id)).map(ToString::to_string);
    let lines: Vec<String> = lines.chain([line.to_owned()]).collect();
    Some(with_lines(&format!("{}\n", note.text()), lines.iter().map(|line| line.trim_end())))
}
