//! The export file: all entries of a ledger with a signed checkpoint, written and read as a stream.

use std::io::{self, BufRead, Read, Write};

use crate::checkpoint::Checkpoint;
use crate::entry::ENTRY_BYTES_MAX;
use crate::finding::{Detail, Finding, InvariantId, Unchecked};
use crate::note::{NOTE_BYTES_MAX, VerifierKey};
use crate::ordered::in_order;
use crate::verify::{Prepared, Report, Verifier};

const MAGIC: &str = "tutela-export/v1";
/// Entries that one core reads at a time, at most; and about their bytes.
const PIECE_ENTRIES: usize = 256;
const PIECE_BYTES: usize = 1 << 20;
/// Most bytes of a line of the head.
const HEAD_LINE_MAX: usize = 4_096;

/// Why an export cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The head is not that of an export.
    #[error("not a tutela-export/v1 file")]
    Malformed,
    /// Another number of entries than announced.
    #[error("{actual} entries were written, {expected} announced")]
    Size {
        /// Announced in the head.
        expected: u64,
        /// Written.
        actual: u64,
    },
    /// The file ends early, or a line is longer than an entry may be.
    #[error("the file is broken after {after} entries")]
    Broken {
        /// Entries read before.
        after: u64,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes an export: head, entries one by one, checkpoint.
#[derive(Debug)]
pub struct ExportWriter<W: Write> {
    out: W,
    expected: u64,
    written: u64,
}

impl<W: Write> ExportWriter<W> {
    /// Begins an export of `size` entries of the log with this key.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn begin(mut out: W, log: &VerifierKey, size: u64) -> Result<ExportWriter<W>, ExportError> {
        write!(out, "{MAGIC}\nlog {log}\nsize {size}\n\n")?;
        Ok(ExportWriter { out, expected: size, written: 0 })
    }

    /// The next entry's bytes.
    ///
    /// # Errors
    /// [`ExportError::Io`].
    pub fn entry(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.out.write_all(bytes)?;
        self.out.write_all(b"\n")?;
        self.written = self.written.saturating_add(1);
        Ok(())
    }

    /// Ends it with the signed checkpoint of exactly these entries.
    ///
    /// # Errors
    /// [`ExportError::Size`], [`ExportError::Io`].
    pub fn finish(mut self, checkpoint: &str) -> Result<W, ExportError> {
        if self.written != self.expected {
            return Err(ExportError::Size { expected: self.expected, actual: self.written });
        }
        write!(self.out, "\n{checkpoint}")?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// Reads an export.
#[derive(Debug)]
pub struct ExportReader<R: BufRead> {
    input: R,
    log: VerifierKey,
    size: u64,
    read: u64,
    broken: bool,
}

/// Entries of an export, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Piece {
    fn push(&mut self, entry: &[u8]) {
        self.bytes.extend_from_slice(entry);
        self.ends.push(self.bytes.len());
    }

    /// The bytes of each.
    pub fn entries(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, &end)| self.bytes.get(start..end))
    }

    /// Each hashed and read.
    pub fn prepare(&self) -> Vec<Prepared> {
        self.entries().map(Prepared::of).collect()
    }
}

/// A line without its line feed; `None` when there is none within `max` bytes.
fn line(input: &mut impl BufRead, max: usize, buffer: &mut Vec<u8>) -> io::Result<Option<()>> {
    buffer.clear();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    input.by_ref().take(limit).read_until(b'\n', buffer)?;
    Ok(if buffer.pop() == Some(b'\n') { Some(()) } else { None })
}

impl<R: BufRead> ExportReader<R> {
    /// Reads the head.
    ///
    /// # Errors
    /// [`ExportError::Malformed`], [`ExportError::Io`].
    pub fn open(mut input: R) -> Result<ExportReader<R>, ExportError> {
        let mut buffer = Vec::new();
        let mut head = || -> Result<String, ExportError> {
            line(&mut input, HEAD_LINE_MAX, &mut buffer)?.ok_or(ExportError::Malformed)?;
            String::from_utf8(buffer.clone()).map_err(|_| ExportError::Malformed)
        };
        if head()? != MAGIC {
            return Err(ExportError::Malformed);
        }
        let log = head()?.strip_prefix("log ").and_then(|key| key.parse().ok()).ok_or(ExportError::Malformed)?;
        let size = head()?.strip_prefix("size ").and_then(kernel::text::canonical_u64);
        let size = size.ok_or(ExportError::Malformed)?;
        if !head()?.is_empty() {
            return Err(ExportError::Malformed);
        }
        Ok(ExportReader { input, log, size, read: 0, broken: false })
    }

    /// The log's key as the file gives it.
    pub const fn log(&self) -> &VerifierKey {
        &self.log
    }

    /// Number of entries announced.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The next entry's bytes into `buffer`; `false` after the last.
    ///
    /// # Errors
    /// [`ExportError::Broken`], [`ExportError::Io`].
    pub fn next_entry(&mut self, buffer: &mut Vec<u8>) -> Result<bool, ExportError> {
        if self.read == self.size {
            return Ok(false);
        }
        // What follows a line that is no entry is not read as entries.
        if self.broken || line(&mut self.input, ENTRY_BYTES_MAX, buffer)?.is_none() || buffer.is_empty() {
            self.broken = true;
            return Err(ExportError::Broken { after: self.read });
        }
        self.read = self.read.saturating_add(1);
        Ok(true)
    }

    /// The next entries, as many as one core should read at a time; none after the last.
    ///
    /// # Errors
    /// [`ExportError::Broken`], [`ExportError::Io`]. What stood before a break comes first.
    pub fn next_piece(&mut self) -> Result<Option<Piece>, ExportError> {
        let mut piece = Piece::default();
        let mut buffer = Vec::new();
        while piece.ends.len() < PIECE_ENTRIES && piece.bytes.len() < PIECE_BYTES {
            match self.next_entry(&mut buffer) {
                Ok(true) => piece.push(&buffer),
                Ok(false) => break,
                Err(ExportError::Broken { .. }) if !piece.ends.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok((!piece.ends.is_empty()).then_some(piece))
    }

    /// The signed checkpoint at the end, after all entries.
    ///
    /// # Errors
    /// [`ExportError::Broken`], [`ExportError::Io`].
    pub fn checkpoint(mut self) -> Result<Vec<u8>, ExportError> {
        let broken = || ExportError::Broken { after: self.read };
        let mut buffer = Vec::new();
        line(&mut self.input, 0, &mut buffer)?.ok_or_else(broken)?;
        let limit = u64::try_from(NOTE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        self.input.by_ref().take(limit).read_to_end(&mut buffer)?;
        Ok(buffer)
    }
}

/// Reads and checks a whole export. `key` is the log's key as known from outside; `earlier` are
/// signed checkpoints kept from before; `progress` is told the number of entries read now and then.
///
/// # Errors
/// [`ExportError::Io`] and [`ExportError::Malformed`] only: everything else is a finding.
pub fn verify_export(
    input: impl BufRead,
    key: Option<&VerifierKey>,
    earlier: &[Vec<u8>],
    progress: impl FnMut(u64, u64),
) -> Result<Report, ExportError> {
    verify_export_on(1, input, key, earlier, progress)
}

/// As [`verify_export`], with `workers` threads that hash and read entries while the calling one
/// follows the chains.
///
/// # Errors
/// As [`verify_export`].
pub fn verify_export_on(
    workers: usize,
    input: impl BufRead,
    key: Option<&VerifierKey>,
    earlier: &[Vec<u8>],
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, ExportError> {
    let mut reader = ExportReader::open(input)?;
    let log = key.unwrap_or(reader.log()).clone();
    let size = reader.size();
    let fault = |invariant| Finding { seq: None, invariant, detail: Detail::Plain };
    let mut found = Vec::new();
    if reader.log() != &log {
        found.push(fault(InvariantId::Signature));
    }
    let mut verifier = Verifier::for_log(&log);
    for note in earlier {
        match Checkpoint::open(note, &log, &[]) {
            Ok((checkpoint, _)) => verifier.anchor(&checkpoint),
            Err(_) => found.push(fault(InvariantId::Signature)),
        }
    }
    let followed = in_order(
        workers,
        || reader.next_piece(),
        |piece| piece.prepare(),
        |prepared| {
            prepared.iter().for_each(|prepared| verifier.take(prepared));
            progress(verifier.entries(), size);
            Ok(())
        },
    );
    let broken = match followed {
        Ok(()) => false,
        Err(ExportError::Broken { .. }) => true,
        Err(error) => return Err(error),
    };
    progress(verifier.entries(), size);
    let entries = verifier.entries();
    let mut checkpoint = None;
    if broken {
        let detail = Detail::Number { expected: size, actual: entries };
        found.push(Finding { seq: Some(entries), invariant: InvariantId::Length, detail });
    } else {
        match reader.checkpoint() {
            Ok(note) => match Checkpoint::open(&note, &log, &[]) {
                Ok((opened, _)) if opened.size == size => checkpoint = Some(opened),
                Ok((opened, _)) => {
                    let detail = Detail::Number { expected: opened.size, actual: size };
                    found.push(Finding { seq: Some(size), invariant: InvariantId::Length, detail });
                }
                Err(_) => found.push(fault(InvariantId::Signature)),
            },
            Err(ExportError::Io(error)) => return Err(error.into()),
            Err(_) => found.push(fault(InvariantId::File)),
        }
    }
    let mut report = verifier.finish(checkpoint.as_ref());
    found.into_iter().for_each(|finding| report.add(finding));
    if key.is_none() {
        report.unchecked.push(Unchecked::KeyFromOutside);
    }
    Ok(report)
}
