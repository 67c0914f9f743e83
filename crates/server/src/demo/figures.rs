//! Figures of a ledger, counted from its entries and its accounts: nothing here is told by the script.

use std::collections::BTreeMap;

use app::{App, Ledger};
use kernel::{Category, Fen, InstitutionId, LicenceId};
use ledger::body::{ConfirmedBy, DisputeDecision};
use ledger::{Body, LicenceEndCause};
use store::InstitutionFilter;

/// Entries read at once.
const PAGE: u32 = 4096;

/// What became of a subject licence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubjectLicence {
    /// The institution.
    pub institution: InstitutionId,
    /// Its name.
    pub name: String,
    /// How the licence ended; none while it is held.
    pub ended: Option<LicenceEndCause>,
}

/// Where an institution stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Its name.
    pub name: String,
    /// State and list.
    pub state: String,
    /// At the custody bank.
    pub held: Fen,
    /// Owed to families: lessons not taken, disputed, refunds under way.
    pub owed_families: Fen,
    /// Owed to the institution.
    pub owed_institution: Fen,
}

impl Balance {
    /// Held less owed; nothing but zero is right.
    ///
    /// # Errors
    /// Sums beyond what money can be.
    pub fn difference(&self) -> Result<Fen, kernel::fen::FenError> {
        self.held.checked_sub(self.owed_families)?.checked_sub(self.owed_institution)
    }
}

/// Everything.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// Entries by type.
    pub entries: BTreeMap<&'static str, u64>,
    /// Subject licences that were ever granted.
    pub subject: Vec<SubjectLicence>,
    /// Lessons confirmed by the guardian.
    pub confirmed: u64,
    /// Lessons confirmed by silence.
    pub silent: u64,
    /// Lessons disputed.
    pub disputed: u64,
    /// Disputes decided for the family.
    pub for_family: u64,
    /// Disputes decided for the institution.
    pub for_institution: u64,
    /// Refunds paid, and how much.
    pub refunds: u64,
    /// Fen paid back.
    pub refunded: i64,
    /// Fen paid in.
    pub paid: i64,
    /// Fen paid out to institutions.
    pub settled: i64,
    /// Institutions, as they stand.
    pub balances: Vec<Balance>,
}

impl Figures {
    /// Entries of a type.
    pub fn count(&self, entry_type: &str) -> u64 {
        self.entries.get(entry_type).copied().unwrap_or(0)
    }

    /// Subject licences that ended so.
    pub fn ended(&self, cause: LicenceEndCause) -> usize {
        self.subject.iter().filter(|licence| licence.ended == Some(cause)).count()
    }

    /// Subject licences still held.
    pub fn subject_left(&self) -> usize {
        self.subject.iter().filter(|licence| licence.ended.is_none()).count()
    }

    fn add(&mut self, body: &Body, institution: Option<InstitutionId>, licences: &mut BTreeMap<LicenceId, usize>) {
        let entries = self.entries.entry(body.entry_type().as_str()).or_default();
        *entries = entries.saturating_add(1);
        match body {
            Body::LicenceGranted(d) if d.category == Category::Subject => {
                let Some(institution) = institution else { return };
                licences.insert(d.licence, self.subject.len());
                self.subject.push(SubjectLicence { institution, name: String::new(), ended: None });
            }
            Body::LicenceEnded(d) => {
                if let Some(licence) = licences.get(&d.licence).and_then(|at| self.subject.get_mut(*at)) {
                    licence.ended = Some(d.cause);
                }
            }
            Body::LessonConfirmed(d) => match d.by {
                ConfirmedBy::Guardian | ConfirmedBy::CheckIn => self.confirmed = self.confirmed.saturating_add(1),
                ConfirmedBy::Silence => self.silent = self.silent.saturating_add(1),
            },
            Body::LessonDisputed(_) => self.disputed = self.disputed.saturating_add(1),
            Body::DisputeDecided(d) => match d.decision {
                DisputeDecision::Family => self.for_family = self.for_family.saturating_add(1),
                DisputeDecision::Institution => self.for_institution = self.for_institution.saturating_add(1),
            },
            Body::RefundPaid(d) => {
                self.refunds = self.refunds.saturating_add(1);
                self.refunded = self.refunded.saturating_add(d.amount_fen.fen());
            }
            Body::FeePaid(d) => self.paid = self.paid.saturating_add(d.amount_fen.fen()),
            Body::SettlementPaid(d) => self.settled = self.settled.saturating_add(d.amount_fen.fen()),
            _ => {}
        }
    }
}

/// Counts a ledger.
///
/// # Errors
/// Of the database, and entries that cannot be read.
pub async fn figures(app: &App, ledger: &Ledger) -> anyhow::Result<Figures> {
    let read = app.store().read();
    let mut figures = Figures::default();
    let mut licences = BTreeMap::new();
    let mut next = 0;
    loop {
        let rows = store::entries_range(&read, ledger.id(), next, PAGE).await?;
        let Some(last) = rows.last() else { break };
        next = last.seq.saturating_add(1);
        for row in &rows {
            let entry = ledger::decode(&row.bytes)?;
            let institution = entry.header.institution.as_ref().map(|link| link.institution);
            figures.add(&entry.body, institution, &mut licences);
        }
    }
    let mut after = None;
    loop {
        let page = store::institutions_page(&read, ledger.id(), &InstitutionFilter::default(), after, 200).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.institution.id);
        for named in page {
            let i = &named.institution;
            let name = named.name.clone().unwrap_or_default();
            for licence in figures.subject.iter_mut().filter(|licence| licence.institution == i.id) {
                licence.name.clone_from(&name);
            }
            figures.balances.push(Balance {
                name,
                state: format!("{} {}", i.state.zh(), i.listing.zh()),
                held: i.custody,
                owed_families: Fen::try_sum([i.prepaid, i.disputed, i.refund])?,
                owed_institution: i.payable,
            });
        }
    }
    Ok(figures)
}
