//! An existing registry becomes part of a ledger: read from a file, checked row by row, shown, and
//! taken over whole or not at all. Each row is an institution registered and, where it has one, a
//! licence carried over (docs/adr/0013).

mod row;
mod table;
mod take_over;

use std::collections::BTreeMap;
use std::sync::Arc;

use access::{Action, Target};
use kernel::{ApplicationId, CreditCode, LedgerId, LicenceId, RegionCode};
use ledger::Code;
use serde_json::json;

use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Viewer, allow};
use crate::refusal::{Refusal, Stop};
use crate::verbs::{Document, GrantedLicence, LicenceCarryOver};
use crate::writer::Outcome;
use row::{Facts, Registered};
use take_over::{RegistryTakeOver, TakenOver};

pub use row::{Column, Fault, RowFault};
pub use table::{FILE_BYTES_MAX, FileFault, ROWS_MAX};

/// Most faults that are told; more are counted.
pub const FAULTS_SHOWN: usize = 200;

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// Rows read.
    pub rows: usize,
    /// Rows that have nothing wrong.
    pub fit: usize,
    /// Of these, with a licence.
    pub licences: usize,
    /// The first faults, in the order of the rows.
    pub faults: Vec<Fault>,
    /// All faults.
    pub faults_count: usize,
}

/// A file that was read and checked.
pub struct Checked {
    preview: Preview,
    rows: Vec<Registered>,
    sha256: ledger::Hash,
}

impl Checked {
    /// What is in it.
    pub fn preview(&self) -> &Preview {
        &self.preview
    }
}

impl App {
    /// May this user hand in a registry? Asked before a large file is read.
    ///
    /// # Errors
    /// [`AppError::Denied`].
    pub fn registry_import_allowed(&self, principal: &access::Principal, region: RegionCode) -> Result<(), AppError> {
        allow(Some(principal), &[Action::RegistryImport], &Target::Region(region), "region")
    }

    /// Reads a file and checks every row against the file and the ledger; writes nothing. `progress`
    /// is told how many rows are done, of how many.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::ImportFile`].
    pub async fn registry_check(
        &self,
        viewer: Viewer<'_>,
        region: RegionCode,
        bytes: &[u8],
        now: kernel::Instant,
        progress: impl FnMut(u64, u64) + Send,
    ) -> Result<Checked, AppError> {
        if viewer.is_some() {
            allow(viewer, &[Action::RegistryImport], &Target::Region(region), "region")?;
        }
        if !region.is_county() {
            return Err(AppError::NoLedger { region });
        }
        let id = LedgerId::first_of(region);
        let head = store::head_load(&self.store.read(), &id).await?;
        let today = now.day();
        // A ledger that is opened by this import is opened today.
        let ledger_opened_on = head.map_or(today, |head| head.opened_at.day());
        let facts = Facts { region, today, ledger_opened_on };
        let sha256 = ledger::digest(ledger::tags::DOCUMENT, bytes);
        let (rows, count, mut faults) = examined(bytes, &facts, progress)?;
        faults.extend(self.in_ledger(&id, &rows).await?);
        faults.sort_by(|a, b| (a.row, &a.column).cmp(&(b.row, &b.column)));
        let faulty: std::collections::BTreeSet<u32> = faults.iter().map(|fault| fault.row).collect();
        let fit: Vec<Registered> = rows.into_iter().filter(|row| !faulty.contains(&row.row)).collect();
        let preview = Preview {
            rows: count,
            fit: fit.len(),
            licences: fit.iter().filter(|row| row.licence.is_some()).count(),
            faults_count: faults.len(),
            faults: faults.into_iter().take(FAULTS_SHOWN).collect(),
        };
        Ok(Checked { preview, rows: fit, sha256 })
    }

    /// Rows whose credit code or licence number the ledger has.
    async fn in_ledger(&self, id: &LedgerId, rows: &[Registered]) -> Result<Vec<Fault>, AppError> {
        let read = self.store.read();
        let codes: BTreeMap<CreditCode, u32> = rows.iter().map(|row| (row.institution.credit_code, row.row)).collect();
        let number = |row: &Registered| Some((row.licence.as_ref()?.number.as_str().to_owned(), row.row));
        let numbers: BTreeMap<String, u32> = rows.iter().filter_map(number).collect();
        let asked: Vec<CreditCode> = codes.keys().copied().collect();
        let known = store::institutions_by_credit_code(&read, id, &asked).await?;
        let of = |row: u32, column: Column| Fault { row, column: column.to_string(), fault: RowFault::InLedger };
        let mut faults: Vec<Fault> =
            known.iter().filter_map(|known| Some(of(*codes.get(&known.credit_code)?, Column::CreditCode))).collect();
        let asked: Vec<&str> = numbers.keys().map(String::as_str).collect();
        for licence in store::licences_by_number(&read, id, &asked).await? {
            faults.extend(numbers.get(&licence.number).map(|row| of(*row, Column::LicenceNumber)));
        }
        Ok(faults)
    }

    /// Takes a checked file over, in one transaction: all of it, or nothing.
    ///
    /// # Errors
    /// [`AppError::Denied`]; refused while a row has a fault, or when the ledger changed meanwhile.
    pub async fn registry_take_over(
        &self,
        call: Call,
        region: RegionCode,
        checked: Checked,
    ) -> Result<(Arc<Ledger>, Outcome), AppError> {
        let viewer = call.principal.as_ref();
        if viewer.is_some() {
            allow(viewer, &[Action::RegistryImport], &Target::Region(region), "region")?;
            // A licence is carried over by who may grant one: said before a ledger is opened.
            if checked.preview.licences > 0 {
                allow(viewer, &[Action::ApplicationDecide], &Target::Region(region), "region")?;
            }
        }
        if checked.preview.faults_count > 0 {
            let (what, state, command) = ("registry_file".into(), "faulty".into(), "import".into());
            return Err(AppError::refused(Refusal::State { what, state, command }));
        }
        let ledger = self.ledger_of(region).await?;
        let opened_on = store::head_load(&self.store.read(), ledger.id()).await?.map(|head| head.opened_at.day());
        let verb = self.taking_over(&call, &ledger, checked, opened_on.unwrap_or_else(|| call.now.day()))?;
        let outcome = self.submit(&ledger, call, verb).await?;
        Ok((ledger, outcome))
    }

    fn taking_over(
        &self,
        call: &Call,
        ledger: &Ledger,
        checked: Checked,
        ledger_opened_on: kernel::Day,
    ) -> Result<RegistryTakeOver, AppError> {
        let kind: Code = "registry_file".parse().map_err(|_| crate::refusal::Corrupt { what: "a code of ours" })?;
        let paper = Document { kind, sha256: checked.sha256 };
        let mut rows = Vec::with_capacity(checked.rows.len());
        for row in checked.rows {
            let register = self.institution_register(call, ledger, row.institution)?;
            let carry = row.licence.map(|licence| LicenceCarryOver {
                ledger_opened_on,
                application: self.new_id(call, ApplicationId::new),
                institution: register.institution,
                licence: GrantedLicence {
                    licence: self.new_id(call, LicenceId::new),
                    number: licence.number,
                    valid_from_on: licence.valid_from_on,
                    valid_until_on: licence.valid_until_on,
                },
                documents: vec![paper.clone()],
                reason: self.secret(&json!({ "reason": "转入开账前的登记数据" })),
            });
            rows.push(TakenOver { register, carry });
        }
        Ok(RegistryTakeOver { rows })
    }
}

/// Reads and checks the rows of a file against each other.
fn examined(
    bytes: &[u8],
    facts: &Facts,
    mut progress: impl FnMut(u64, u64),
) -> Result<(Vec<Registered>, usize, Vec<Fault>), AppError> {
    let (header, lines) = table::read(bytes)?;
    let columns = match row::columns(&header) {
        Ok(columns) => columns,
        Err(faults) => return Ok((Vec::new(), lines.len(), faults)),
    };
    let (mut rows, mut faults): (Vec<Registered>, Vec<Fault>) = (Vec::with_capacity(lines.len()), Vec::new());
    let (mut codes, mut numbers) = (std::collections::HashSet::new(), std::collections::HashSet::new());
    let all = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    for (done, line) in (1_u64..).zip(&lines) {
        let twice = |column: Column| Fault { row: line.0, column: column.to_string(), fault: RowFault::TwiceInFile };
        match row::read(line, &columns, facts) {
            Ok(row) => {
                if !codes.insert(row.institution.credit_code) {
                    faults.push(twice(Column::CreditCode));
                }
                if row.licence.as_ref().is_some_and(|licence| !numbers.insert(licence.number.as_str().to_owned())) {
                    faults.push(twice(Column::LicenceNumber));
                }
                rows.push(row);
            }
            Err(found) => faults.extend(found),
        }
        if done.is_multiple_of(256) || done == all {
            progress(done, all);
        }
    }
    Ok((rows, lines.len(), faults))
}

/// A verb inside another verb is refused like the verb itself.
type Decided = Result<crate::context::Decision, Stop>;
