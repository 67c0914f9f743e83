//! The watched folder `bank-in/` of the data directory: statements that lie there are imported by the
//! server's clock, files that were taken go to `bank-in/done`, others to `bank-in/refused` with a text
//! beside them that says why.

use std::path::{Path, PathBuf};

use app::bank::{FILE_BYTES_MAX, StatementFault};
use app::{App, AppError, Call, Refusal};
use kernel::Instant;

/// Files of one look.
const FILES_MAX: usize = 200;

/// A file is left alone until it has not changed for this long: it may still be being written.
const QUIET_SECONDS: u64 = 5;

/// What a look did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Files taken.
    pub done: u64,
    /// Files refused.
    pub refused: u64,
}

/// The folder in a data directory.
pub fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("bank-in")
}

fn waiting(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default().to_lowercase();
        let about = entry.metadata()?;
        let quiet = about.modified()?.elapsed().map_or(0, |age| age.as_secs()) >= QUIET_SECONDS;
        if about.is_file() && quiet && matches!(kind.as_str(), "xml" | "csv") {
            files.push(path);
        }
    }
    // Banks name their files by day and number: their order is that of the statements.
    files.sort();
    files.truncate(FILES_MAX);
    Ok(files)
}

/// A place for a file that no earlier file has: a bank may use a name twice, and nothing is overwritten.
fn place(file: &Path, to: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(to)?;
    let mut target = to.join(file.file_name().unwrap_or_default());
    let (stem, kind) = (file.file_stem().unwrap_or_default(), file.extension().unwrap_or_default());
    for n in 2_u32.. {
        if !target.try_exists()? {
            break;
        }
        let mut name = stem.to_owned();
        name.push(format!(".{n}."));
        name.push(kind);
        target = to.join(name);
    }
    Ok(target)
}

/// Puts a refused file away, its reason first: whoever finds the file finds the reason.
fn refuse(file: &Path, to: &Path, reason: &str) -> std::io::Result<()> {
    let target = place(file, to)?;
    let mut beside = target.clone().into_os_string();
    beside.push(".txt");
    std::fs::write(beside, reason)?;
    std::fs::rename(file, target)
}

/// The bytes of a file, unless it is larger than any statement; none when it is gone.
fn bytes_of(file: &Path) -> std::io::Result<Option<Result<Vec<u8>, StatementFault>>> {
    let length = match std::fs::metadata(file) {
        Ok(about) => usize::try_from(about.len()).unwrap_or(usize::MAX),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if length > FILE_BYTES_MAX {
        return Ok(Some(Err(StatementFault::TooLarge(length))));
    }
    std::fs::read(file).map(|bytes| Some(Ok(bytes)))
}

/// What is wrong, in Chinese and English.
pub(crate) fn why(error: &AppError) -> Option<String> {
    match error {
        AppError::BankFile(fault) => Some(format!("{}\n{}\n", fault.zh(), fault.en())),
        AppError::Refused { refusal: Refusal::Rules { violations }, .. } => {
            let lines = violations.iter().map(|broken| {
                let rule = broken.rule.parse::<kernel::RuleId>().ok();
                let (zh, en) = rule.map_or(("", ""), |rule| (rule.zh(), rule.en()));
                let (limit, actual) = (broken.limit.as_deref().unwrap_or("-"), broken.actual.as_deref().unwrap_or("-"));
                format!("{}：{zh}；应为 {limit}，实为 {actual}\n{en}; expected {limit}, found {actual}\n", broken.rule)
            });
            Some(lines.collect())
        }
        AppError::Refused { .. } => Some("当前状态不允许导入。\nThe state does not allow it.\n".to_owned()),
        _ => None,
    }
}

/// Imports what lies in the folder. A file whose fault is not its own (the database is busy) stays for the
/// next look.
///
/// # Errors
/// A folder that cannot be read or written.
pub async fn look(app: &App, folder: &Path, now: Instant) -> std::io::Result<Look> {
    let mut look = Look::default();
    if !folder.is_dir() {
        return Ok(look);
    }
    for file in waiting(folder)? {
        let bytes = match bytes_of(&file) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => continue,
            // One file that cannot be read keeps no other waiting.
            Err(error) => {
                tracing::error!(file = %file.display(), %error, "a statement cannot be read");
                continue;
            }
        };
        let call = Call { principal: None, now, key: None, dry_run: false };
        let imported = match bytes {
            Ok(bytes) => app.bank_import(&call, &bytes, |_, _| ()).await.map(drop),
            Err(fault) => Err(fault.into()),
        };
        match imported {
            // A file that was imported and not put away is imported once more, which changes nothing.
            Ok(()) => {
                std::fs::rename(&file, place(&file, &folder.join("done"))?)?;
                look.done = look.done.saturating_add(1);
            }
            Err(error) => match why(&error) {
                Some(text) => {
                    refuse(&file, &folder.join("refused"), &text)?;
                    look.refused = look.refused.saturating_add(1);
                }
                None => {
                    let error = format!("{:#}", anyhow::Error::new(error));
                    tracing::error!(file = %file.display(), error, "a statement waits");
                }
            },
        }
    }
    Ok(look)
}
