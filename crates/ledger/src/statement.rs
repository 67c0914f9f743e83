//! Statements and balances as files that are checked without anybody's help: all entries of a
//! contract or of an institution, with what shows that they are recorded and that none is missing;
//! and the proof that a day's seal counts a contract's balance.

use std::fmt;
use std::iter::Peekable;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::{ContractId, Day, InstitutionId};

use crate::body::{Body, DaySealed};
use crate::books::{Books, ContractReplay, Fault};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{Entry, decode};
use crate::finding::{Detail, Finding, InvariantId, Unchecked, Verdict};
use crate::hash::{Hash, leaf_hash};
use crate::merkle::verify_inclusion_of;
use crate::note::{Verified, VerifierKey};
use crate::proof::TlogProof;
use crate::receipt::Receipt;
use crate::seal::{self, SealLeaf, SealProof};
use crate::wire::read_uuid;

const STATEMENT: &str = "tutela-statement/v1";
const BALANCE: &str = "tutela-balance/v1";

/// Most bytes of a statement that a verifier reads.
pub const STATEMENT_BYTES_MAX: usize = 1 << 28;
/// Most bytes of a balance file.
pub const BALANCE_BYTES_MAX: usize = 400_000;

/// Neither a statement nor a balance file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tutela-statement/v1 or tutela-balance/v1 file")]
pub struct StatementError;

/// Whose entries a statement has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// One contract's.
    Contract(ContractId),
    /// One institution's.
    Institution(InstitutionId),
}

/// The seal of a day and what shows that it counts a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedContract {
    /// Bytes of the seal's entry.
    pub entry: Vec<u8>,
    /// Proof that it counts the contract.
    pub proof: SealProof,
}

/// A statement, taken apart but not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The log's key as the file gives it.
    pub log: VerifierKey,
    /// Whose.
    pub subject: Subject,
    /// Bytes of the entries, in order.
    pub entries: Vec<Vec<u8>>,
    /// Of a contract, once a seal counted it.
    pub seal: Option<SealedContract>,
    /// One inclusion proof for all entries, the seal's included.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// A balance file, taken apart but not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedBalance {
    /// The log's key as the file gives it.
    pub log: VerifierKey,
    /// The seal and what shows that it counts the contract.
    pub seal: SealedContract,
    /// Proof that the seal is in the log.
    pub inclusion: TlogProof,
}

/// The seal up to which nothing is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complete {
    /// What it states.
    pub seal: DaySealed,
    /// Number of the seal's entry in the ledger.
    pub seq: u64,
    /// Entries of the subject that it covers; for an institution, itself included.
    pub entries: u64,
}

/// What a check of a statement or a balance found.
#[derive(Clone, Debug)]
pub struct StatementReport {
    /// The answer.
    pub verdict: Verdict,
    /// Whose.
    pub subject: Option<Subject>,
    /// The entries, as far as they could be read.
    pub entries: Vec<Entry>,
    /// The last seal, when it holds.
    pub complete: Option<Complete>,
    /// What the seal states of the contract, when it holds.
    pub sealed: Option<SealLeaf>,
    /// What the entries of a contract leave at their end, once it is signed.
    pub now: Option<SealLeaf>,
    /// The checkpoint, when its signature holds.
    pub checkpoint: Option<Checkpoint>,
    /// Whose signatures hold.
    pub signatures: Verified,
    /// What was not checked.
    pub unchecked: Vec<Unchecked>,
}

impl StatementReport {
    fn new(subject: Option<Subject>, key: Option<&VerifierKey>) -> StatementReport {
        let mut unchecked = vec![Unchecked::Later];
        unchecked.extend(key.is_none().then_some(Unchecked::KeyFromOutside));
        StatementReport {
            verdict: Verdict::Holds,
            subject,
            entries: Vec::new(),
            complete: None,
            sealed: None,
            now: None,
            checkpoint: None,
            signatures: Verified::default(),
            unchecked,
        }
    }

    /// Entries after the last seal.
    pub fn after_seal(&self) -> u64 {
        let all = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
        all.saturating_sub(self.complete.as_ref().map_or(0, |complete| complete.entries))
    }

    fn close(mut self, first: Option<Finding>) -> StatementReport {
        if self.entries.iter().any(|entry| entry.header.commit.is_some()) {
            self.unchecked.push(Unchecked::Commitments);
        }
        self.verdict = Verdict::of(first, &self.unchecked);
        self
    }
}

fn find(seq: Option<u64>, invariant: InvariantId, detail: Detail) -> Finding {
    Finding { seq, invariant, detail }
}

fn at(entry: &Entry, fault: Fault) -> Finding {
    find(Some(entry.header.seq), fault.0, fault.1)
}

/// An entry with its leaf hash.
type Leaf = (Entry, Hash);

fn read(bytes: &[u8]) -> Result<Leaf, Finding> {
    let entry = decode(bytes).map_err(|error| find(None, InvariantId::Canonical, Detail::Entry(error)))?;
    Ok((entry, leaf_hash(bytes)))
}

fn same_key(key: Option<&VerifierKey>, log: &VerifierKey) -> Result<(), Finding> {
    match key {
        Some(key) if key != log => Err(find(None, InvariantId::Signature, Detail::Plain)),
        Some(_) | None => Ok(()),
    }
}

impl SealedContract {
    /// What the seal says, and what it states of the contract.
    fn check(&self) -> Result<(Leaf, DaySealed, SealLeaf), Finding> {
        let (entry, leaf) = read(&self.entry)?;
        let seq = entry.header.seq;
        let Body::DaySealed(seal) = &entry.body else {
            return Err(find(Some(seq), InvariantId::Seal, Detail::Plain));
        };
        let stated = self.proof.check(seal).map_err(|error| seal::finding(seq, error))?;
        let seal = seal.clone();
        Ok(((entry, leaf), seal, stated))
    }
}

impl Statement {
    /// Checks it: with the log's key as known from outside, or else with the key in the file, which
    /// can never be enough.
    pub fn verify(&self, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> StatementReport {
        let mut report = StatementReport::new(Some(self.subject), key);
        let first = self.check(key, witnesses, &mut report).err();
        if first.is_none() {
            report.unchecked.push(match self.subject {
                Subject::Institution(_) => Unchecked::AfterLast,
                Subject::Contract(_) if report.complete.is_some() => Unchecked::AfterSeal,
                Subject::Contract(_) => Unchecked::NoSeal,
            });
        }
        report.close(first)
    }

    fn check(
        &self,
        key: Option<&VerifierKey>,
        witnesses: &[VerifierKey],
        report: &mut StatementReport,
    ) -> Result<(), Finding> {
        same_key(key, &self.log)?;
        let mut leaves = Vec::with_capacity(self.entries.len());
        for bytes in &self.entries {
            leaves.push(read(bytes)?);
        }
        report.entries = leaves.iter().map(|(entry, _)| entry.clone()).collect();
        let (complete, sealed) = match self.subject {
            Subject::Contract(id) => {
                let replay = self.contract(id, &leaves)?;
                report.now = replay.now;
                (replay.complete, replay.sealed)
            }
            Subject::Institution(id) => (institution(id, &leaves)?, None),
        };
        self.included(key, witnesses, leaves, report)?;
        (report.complete, report.sealed) = (complete, sealed);
        Ok(())
    }

    /// Every entry, the seal's too, is in the tree that the log signed.
    fn included(
        &self,
        key: Option<&VerifierKey>,
        witnesses: &[VerifierKey],
        leaves: Vec<Leaf>,
        report: &mut StatementReport,
    ) -> Result<(), Finding> {
        let log = key.unwrap_or(&self.log);
        let opened = Checkpoint::open(self.checkpoint.as_bytes(), log, witnesses);
        let (checkpoint, signatures) = opened.map_err(|error| match error {
            CheckpointError::Malformed => find(None, InvariantId::File, Detail::Plain),
            _ => find(None, InvariantId::Signature, Detail::Plain),
        })?;
        let mut places: Vec<(u64, Hash)> = leaves.iter().map(|(entry, hash)| (entry.header.seq, *hash)).collect();
        if let Some(seal) = &self.seal {
            let (entry, hash) = read(&seal.entry)?;
            places.push((entry.header.seq, hash));
        }
        places.sort_unstable_by_key(|(seq, _)| *seq);
        verify_inclusion_of(&places, checkpoint.size, &self.hashes, &checkpoint.root)
            .map_err(|_| find(None, InvariantId::Tree, Detail::Plain))?;
        report.checkpoint = Some(checkpoint);
        report.signatures = signatures;
        Ok(())
    }

    /// The entries of a contract: all its, numbered without gaps, played; and the seal that counts
    /// them.
    fn contract(&self, id: ContractId, leaves: &[Leaf]) -> Result<Replayed, Finding> {
        let wrong = |seq| find(seq, InvariantId::Statement, Detail::Plain);
        let Some((first, _)) = leaves.first() else { return Err(wrong(None)) };
        let home = first.header.institution.map(|link| link.institution).ok_or(wrong(Some(first.header.seq)))?;
        let seal = self.seal.as_ref().map(SealedContract::check).transpose()?;
        let mut replay = ContractReplay::new(home, id);
        let mut before: Option<&Entry> = None;
        for (entry, leaf) in leaves {
            let fits = entry.header.ledger == first.header.ledger
                && entry.body.contract().is_some_and(|(contract, _)| contract == id)
                && entry.header.institution.is_some_and(|link| link.institution == home)
                && before.is_none_or(|before| follows(before, entry));
            if !fits {
                return Err(wrong(Some(entry.header.seq)));
            }
            replay.apply(&entry.body, *leaf).map_err(|fault| at(entry, fault))?;
            if let Some(((seal, _), _, stated)) = &seal {
                let counted = entry.body.contract().is_some_and(|(_, seq)| seq <= stated.entries);
                if counted != follows(entry, seal) {
                    return Err(find(Some(seal.header.seq), InvariantId::Seal, Detail::Plain));
                }
                if entry.body.contract().is_some_and(|(_, seq)| seq == stated.entries)
                    && replay.seal_leaf().as_ref() != Some(stated)
                {
                    return Err(find(Some(seal.header.seq), InvariantId::Seal, Detail::Plain));
                }
            }
            before = Some(entry);
        }
        let now = replay.seal_leaf();
        let Some(((entry, _), seal, stated)) = seal else {
            return Ok(Replayed { now, complete: None, sealed: None });
        };
        let (seq, actual) = (entry.header.seq, u64::try_from(leaves.len()).unwrap_or(u64::MAX));
        if entry.header.institution.is_none_or(|link| link.institution != home)
            || entry.header.ledger != first.header.ledger
            || stated.contract != id
        {
            return Err(wrong(Some(seq)));
        }
        if actual < stated.entries {
            let detail = Detail::Number { expected: stated.entries, actual };
            return Err(find(None, InvariantId::ContractSequence, detail));
        }
        let complete = Complete { seal, seq, entries: stated.entries };
        Ok(Replayed { now, complete: Some(complete), sealed: Some(stated) })
    }
}

/// What the entries of a contract come to.
struct Replayed {
    now: Option<SealLeaf>,
    complete: Option<Complete>,
    sealed: Option<SealLeaf>,
}

/// Does the second entry stand behind the first, in the ledger and in their institution's chain?
fn follows(first: &Entry, second: &Entry) -> bool {
    let number = |entry: &Entry| entry.header.institution.map(|link| link.seq);
    first.header.seq < second.header.seq && number(first) < number(second)
}

/// The chain of an institution from its first entry, linked without gaps and played; the last seal
/// among them.
fn institution(id: InstitutionId, leaves: &[Leaf]) -> Result<Option<Complete>, Finding> {
    let mut books = Books::new();
    let mut complete = None;
    let (mut number, mut prev, mut last) = (0_u64, Hash::ZERO, None);
    for (entry, leaf) in leaves {
        let (seq, ledger) = (entry.header.seq, &entry.header.ledger);
        let link = entry.header.institution.filter(|link| link.institution == id);
        let Some(link) = link.filter(|_| last.is_none_or(|(last, of)| last < seq && of == ledger)) else {
            return Err(find(Some(seq), InvariantId::Statement, Detail::Plain));
        };
        number = number.saturating_add(1);
        if link.seq != number {
            let detail = Detail::Number { expected: number, actual: link.seq };
            return Err(find(Some(seq), InvariantId::InstitutionChain, detail));
        }
        if link.prev != prev {
            let detail = Detail::Hash { expected: prev, actual: link.prev };
            return Err(find(Some(seq), InvariantId::InstitutionChain, detail));
        }
        books.apply(entry, *leaf).map_err(|fault| at(entry, fault))?;
        if let Body::DaySealed(seal) = &entry.body {
            complete = Some(Complete { seal: seal.clone(), seq, entries: number });
        }
        (prev, last) = (*leaf, Some((seq, ledger)));
    }
    match last {
        Some(_) => Ok(complete),
        None => Err(find(None, InvariantId::Statement, Detail::Plain)),
    }
}

impl SealedBalance {
    /// Checks it, as [`Statement::verify`] does.
    pub fn verify(&self, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> StatementReport {
        let mut report = StatementReport::new(None, key);
        let first = self.check(key, witnesses, &mut report).err();
        report.unchecked.push(Unchecked::OthersOfSeal);
        report.close(first)
    }

    fn check(
        &self,
        key: Option<&VerifierKey>,
        witnesses: &[VerifierKey],
        report: &mut StatementReport,
    ) -> Result<(), Finding> {
        same_key(key, &self.log)?;
        let (entry, proof) = (self.seal.entry.clone(), self.inclusion.clone());
        let receipt = Receipt { log: self.log.clone(), entry, proof }.verify(key, witnesses);
        if let Verdict::DoesNotHold(finding) = receipt.verdict {
            return Err(finding);
        }
        let ((entry, _), seal, stated) = self.seal.check()?;
        report.subject = Some(Subject::Contract(stated.contract));
        report.complete = Some(Complete { seal, seq: entry.header.seq, entries: stated.entries });
        report.sealed = Some(stated);
        report.checkpoint = receipt.checkpoint;
        report.signatures = receipt.signatures;
        Ok(())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Contract(id) => write!(f, "contract {id}"),
            Subject::Institution(id) => write!(f, "institution {id}"),
        }
    }
}

impl FromStr for Subject {
    type Err = StatementError;
    fn from_str(s: &str) -> Result<Self, StatementError> {
        let (kind, id) = s.split_once(' ').ok_or(StatementError)?;
        let id = read_uuid(id.as_bytes()).ok_or(StatementError)?;
        match kind {
            "contract" => Ok(Subject::Contract(ContractId::new(id))),
            "institution" => Ok(Subject::Institution(InstitutionId::new(id))),
            _ => Err(StatementError),
        }
    }
}

impl fmt::Display for SealedContract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seal {}\n{}", STANDARD.encode(&self.entry), self.proof)
    }
}

impl SealedContract {
    fn read<'a>(lines: &mut Peekable<impl Iterator<Item = &'a str>>) -> Option<SealedContract> {
        let entry = STANDARD.decode(lines.next()?.strip_prefix("seal ")?).ok()?;
        Some(SealedContract { entry, proof: SealProof::read(lines)? })
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{STATEMENT}\nlog {}\n{}", self.log, self.subject)?;
        self.entries.iter().try_for_each(|entry| writeln!(f, "entry {}", STANDARD.encode(entry)))?;
        if let Some(seal) = &self.seal {
            write!(f, "{seal}")?;
        }
        self.hashes.iter().try_for_each(|hash| writeln!(f, "hash {}", STANDARD.encode(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl Statement {
    fn read(s: &str) -> Option<Statement> {
        let (head, checkpoint) = s.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        if lines.next()? != STATEMENT || checkpoint.is_empty() {
            return None;
        }
        let log = lines.next()?.strip_prefix("log ")?.parse().ok()?;
        let subject = lines.next()?.parse().ok()?;
        let mut entries = Vec::new();
        while let Some(line) = lines.next_if(|line| line.starts_with("entry ")) {
            entries.push(STANDARD.decode(line.strip_prefix("entry ")?).ok()?);
        }
        let seal = match (subject, lines.peek().is_some_and(|line| line.starts_with("seal "))) {
            (Subject::Contract(_), true) => Some(SealedContract::read(&mut lines)?),
            _ => None,
        };
        let hash = |line: &str| Hash::try_from_slice(&STANDARD.decode(line.strip_prefix("hash ")?).ok()?).ok();
        let hashes = lines.map(hash).collect::<Option<Vec<Hash>>>()?;
        Some(Statement { log, subject, entries, seal, hashes, checkpoint: checkpoint.to_owned() })
    }
}

impl FromStr for Statement {
    type Err = StatementError;
    fn from_str(s: &str) -> Result<Self, StatementError> {
        Statement::read(s).ok_or(StatementError)
    }
}

impl fmt::Display for SealedBalance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BALANCE}\nlog {}\n{}\n{}", self.log, self.seal, self.inclusion)
    }
}

impl SealedBalance {
    fn read(s: &str) -> Option<SealedBalance> {
        let (head, inclusion) = s.split_once("\n\n")?;
        let mut lines = head.split('\n').peekable();
        if lines.next()? != BALANCE {
            return None;
        }
        let log = lines.next()?.strip_prefix("log ")?.parse().ok()?;
        let seal = SealedContract::read(&mut lines)?;
        match lines.next() {
            None => Some(SealedBalance { log, seal, inclusion: inclusion.parse().ok()? }),
            Some(_) => None,
        }
    }
}

impl FromStr for SealedBalance {
    type Err = StatementError;
    fn from_str(s: &str) -> Result<Self, StatementError> {
        SealedBalance::read(s).ok_or(StatementError)
    }
}

impl Complete {
    /// The sealed day.
    pub const fn on(&self) -> Day {
        self.seal.sealed_on
    }
}
