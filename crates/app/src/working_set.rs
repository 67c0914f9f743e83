//! The working set: what a batch of commands needs of the state, loaded before deciding, changed by
//! folding entries, saved after. Replay uses the same set, starting empty.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use contract::{ContractState, Course, Transfer};
use escrow::{Account, Alert, CheckIn, Closure, Hold, Inspection, Lesson, Refund, Settlement};
use kernel::{
    AlertId, ApplicationId, BankLineId, BankStatementId, CheckInId, ClassSessionId, ClosureId, ContractId, CourseId,
    CreditCode, Day, HoldId, InspectionId, InstitutionId, LessonId, LicenceId, ListingId, PaymentId, RefundId,
    SettlementId, SubjectId, TransferId,
};
use registry::{Application, Institution, Licence, Listing};
use store::{Draft, Payment, Reconciliation, Seal, SealedContract, Statement, SuspendedLine};

/// Rows of one kind, and which of them changed.
#[derive(Debug)]
pub struct Table<K, V> {
    rows: HashMap<K, V>,
    changed: BTreeSet<K>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: HashMap::new(), changed: BTreeSet::new() }
    }
}

impl<K: Copy + Ord + Hash, V> Table<K, V> {
    /// A row, if it is loaded.
    pub fn get(&self, key: K) -> Option<&V> {
        self.rows.get(&key)
    }
    /// A row to change.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let row = self.rows.get_mut(&key)?;
        self.changed.insert(key);
        Some(row)
    }
    /// A row as the database has it.
    pub fn load(&mut self, key: K, row: V) {
        self.rows.insert(key, row);
    }
    /// A new row.
    pub fn insert(&mut self, key: K, row: V) {
        self.changed.insert(key);
        self.rows.insert(key, row);
    }
    /// Those of `wanted` that are not here.
    pub fn missing(&self, wanted: &BTreeSet<K>) -> Vec<K> {
        wanted.iter().copied().filter(|key| !self.rows.contains_key(key)).collect()
    }
    /// The rows to save alone; those that stay are as saved.
    fn take_changed(&mut self) -> Self
    where
        V: Clone,
    {
        let changed = std::mem::take(&mut self.changed);
        let rows = changed.iter().filter_map(|key| Some((*key, self.rows.get(key)?.clone()))).collect();
        Self { rows, changed }
    }
    /// Are all of `wanted` here?
    fn has_all(&self, wanted: &BTreeSet<K>) -> bool {
        wanted.iter().all(|key| self.rows.contains_key(key))
    }
    /// The same rows, none of them to save.
    fn saved(self, most: usize) -> Self {
        if self.rows.len() > most { Self::default() } else { Self { rows: self.rows, changed: BTreeSet::new() } }
    }
    /// The rows to save, in the order of their keys.
    pub fn changed(&self) -> Vec<&V> {
        self.changed.iter().filter_map(|key| self.rows.get(key)).collect()
    }
    /// All rows.
    pub fn rows(&self) -> &HashMap<K, V> {
        &self.rows
    }
}

/// A session of a class as claims and check-ins need it.
#[derive(Clone, Debug)]
pub struct SessionFacts {
    /// The session.
    pub session: store::ClassSession,
    /// Contracts whose pupils are in the class on that day.
    pub enrolled: BTreeSet<ContractId>,
}

/// What the commands of a batch ask to be loaded. Owners are loaded with what they own: a lesson
/// brings its contract, a contract its institution, an institution its licence.
#[derive(Debug, Default)]
pub struct Wanted {
    /// Institutions.
    pub institutions: BTreeSet<InstitutionId>,
    /// Applications.
    pub applications: BTreeSet<ApplicationId>,
    /// Licences.
    pub licences: BTreeSet<LicenceId>,
    /// Decisions on lists.
    pub listings: BTreeSet<ListingId>,
    /// Courses.
    pub courses: BTreeSet<CourseId>,
    /// Contracts not yet in force.
    pub drafts: BTreeSet<ContractId>,
    /// Contracts in force.
    pub accounts: BTreeSet<ContractId>,
    /// Lessons.
    pub lessons: BTreeSet<LessonId>,
    /// Sessions of classes, with what was claimed for them and who checked in.
    pub class_sessions: BTreeSet<ClassSessionId>,
    /// Refunds.
    pub refunds: BTreeSet<RefundId>,
    /// Settlements.
    pub settlements: BTreeSet<SettlementId>,
    /// Holds.
    pub holds: BTreeSet<HoldId>,
    /// Institutions whose last bank statements matter.
    pub statements: BTreeSet<InstitutionId>,
    /// Suspended lines of bank statements.
    pub suspended: BTreeSet<BankLineId>,
    /// Institutions whose deposit's bank references matter.
    pub deposits: BTreeSet<InstitutionId>,
    /// Payments and payouts that must not be a line of a statement already.
    pub bank_things: BTreeSet<uuid::Uuid>,
    /// Institutions and days to be reconciled.
    pub reconciliations: BTreeSet<(InstitutionId, Day)>,
    /// Alerts.
    pub alerts: BTreeSet<AlertId>,
    /// Licences whose institution's holds matter.
    pub holds_of_licences: BTreeSet<LicenceId>,
    /// Licence numbers that must be unused.
    pub licence_numbers: BTreeSet<String>,
    /// Credit codes that must be unused.
    pub credit_codes: BTreeSet<CreditCode>,
    /// Bank references that must be unused at the institution of the contract: as printed, and hashed.
    pub references: BTreeSet<(ContractId, String, [u8; 32])>,
    /// Persons by their look-up hash.
    pub persons: BTreeSet<[u8; 32]>,
    /// Institutions to be sealed.
    pub seals: BTreeSet<InstitutionId>,
    /// Institutions whose custody account matters.
    pub custody_accounts: BTreeSet<InstitutionId>,
    /// Contracts whose family's other contracts matter.
    pub families: BTreeSet<ContractId>,
    /// The same of contracts that are being drawn up: look-up hash of the guardian, key of the child.
    pub new_families: BTreeSet<([u8; 32], [u8; 32])>,
}

impl Wanted {
    /// Is anything wanted that may change without an entry?
    pub fn beside_the_ledger(&self) -> bool {
        !(self.courses.is_empty()
            && self.class_sessions.is_empty()
            && self.drafts.is_empty()
            && self.persons.is_empty()
            && self.new_families.is_empty()
            && self.bank_things.is_empty()
            && self.custody_accounts.is_empty())
    }

    /// Is anything wanted that the writer does not keep from one batch to the next?
    fn needs_more_than_is_remembered(&self) -> bool {
        self.beside_the_ledger()
            || !(self.applications.is_empty()
                && self.lessons.is_empty()
                && self.refunds.is_empty()
                && self.settlements.is_empty()
                && self.holds.is_empty()
                && self.statements.is_empty()
                && self.suspended.is_empty()
                && self.reconciliations.is_empty()
                && self.deposits.is_empty()
                && self.alerts.is_empty()
                && self.holds_of_licences.is_empty()
                && self.licence_numbers.is_empty()
                && self.credit_codes.is_empty()
                && self.seals.is_empty())
    }
}

/// The state that a batch works on.
#[derive(Debug, Default)]
pub struct WorkingSet {
    /// Institutions.
    pub institutions: Table<InstitutionId, Institution>,
    /// Applications.
    pub applications: Table<ApplicationId, Application>,
    /// Licences.
    pub licences: Table<LicenceId, Licence>,
    /// Decisions on lists.
    pub listings: Table<ListingId, Listing>,
    /// Courses, drafts and published.
    pub courses: Table<CourseId, Course>,
    /// Contracts before they are in force.
    pub drafts: Table<ContractId, Draft>,
    /// Escrow accounts of contracts in force.
    pub accounts: Table<ContractId, Account>,
    /// Contracts handed to another family.
    pub transfers: Table<TransferId, Transfer>,
    /// Lessons.
    pub lessons: Table<LessonId, Lesson>,
    /// Check-ins.
    pub check_ins: Table<CheckInId, CheckIn>,
    /// Sessions of classes; not folded from entries.
    pub class_sessions: HashMap<ClassSessionId, SessionFacts>,
    /// Lessons by contract and session.
    pub session_lessons: HashMap<(ContractId, ClassSessionId), LessonId>,
    /// Who checked in at which session.
    pub checked_in: HashSet<(ContractId, ClassSessionId)>,
    /// Refunds.
    pub refunds: Table<RefundId, Refund>,
    /// Settlements.
    pub settlements: Table<SettlementId, Settlement>,
    /// Holds.
    pub holds: Table<HoldId, Hold>,
    /// Statements of the custody bank.
    pub statements: Table<BankStatementId, Statement>,
    /// Lines of statements that no entry explained when they came.
    pub suspended: Table<BankLineId, SuspendedLine>,
    /// Days reconciled.
    pub reconciliations: Table<(InstitutionId, Day), Reconciliation>,
    /// Payments and payouts that are a line of a statement.
    pub bank_matched: HashMap<(uuid::Uuid, escrow::bank::Direction), u32>,
    /// What entries moved whose effect is after a day: institution, day, sums.
    pub moved_after: HashMap<(InstitutionId, Day), crate::bank::Moved>,
    /// Alerts of early warning.
    pub alerts: Table<AlertId, Alert>,
    /// Inspections of sites.
    pub inspections: Table<InspectionId, Inspection>,
    /// Closures of failed institutions.
    pub closures: Table<ClosureId, Closure>,
    /// Payments; the text of the reference is not in the ledger and is added when they are saved.
    pub payments: Table<PaymentId, Payment>,
    /// Sealed days, by institution and number there.
    pub seals: Table<(InstitutionId, u64), Seal>,
    /// Contracts as the last seal of their institution counted them.
    pub sealed_contracts: Table<(InstitutionId, ContractId), SealedContract>,
    /// Signed contracts with entries since the last seal, and the leaf hash of the last of these.
    pub unsealed: HashMap<InstitutionId, BTreeMap<ContractId, [u8; 32]>>,
    /// Contracts of [`WorkingSet::accounts`] by guardian and by pupil.
    of_person: HashMap<SubjectId, BTreeSet<ContractId>>,
    /// Who signed, by contract: the replayed counterpart of a draft's state.
    pub signing: HashMap<ContractId, ContractState>,
    /// Licence numbers in use.
    pub licence_numbers: HashSet<String>,
    /// Credit codes in use.
    pub credit_codes: HashSet<CreditCode>,
    /// Bank references in use, per institution.
    pub references: HashSet<(InstitutionId, [u8; 32])>,
    /// Persons already known.
    pub persons: HashMap<[u8; 32], SubjectId>,
    /// Keys by which a child is told from others, by pupil.
    child_keys: HashMap<SubjectId, [u8; 32]>,
    /// The same, by key.
    pupils_of_key: HashMap<[u8; 32], BTreeSet<SubjectId>>,
    /// Contracts whose family's other contracts are all here.
    pub families: HashSet<ContractId>,
    /// Keys by which the controllers of institutions are told from others.
    pub controllers: HashMap<InstitutionId, [u8; 32]>,
    /// Institutions with a registered custody account.
    pub custody_accounts: HashSet<InstitutionId>,
}

impl WorkingSet {
    /// An account as the database has it.
    pub fn load_account(&mut self, account: Account) {
        self.index(&account);
        self.accounts.load(account.terms.id, account);
    }

    /// A new account.
    pub fn insert_account(&mut self, account: Account) {
        self.index(&account);
        self.accounts.insert(account.terms.id, account);
    }

    /// A contract that another family holds from now on.
    pub fn hand_on(&mut self, transfer: Transfer) {
        let Transfer { contract, guardian, pupil, from_guardian, from_pupil, .. } = transfer;
        for person in [from_guardian, from_pupil] {
            self.of_person.entry(person).or_default().remove(&contract);
        }
        for person in [guardian, pupil] {
            self.of_person.entry(person).or_default().insert(contract);
        }
        // The other contracts of those who hold it now need not be here.
        self.families.remove(&contract);
        self.transfers.insert(transfer.id, transfer);
    }

    fn index(&mut self, account: &Account) {
        for person in [account.terms.guardian, account.terms.pupil] {
            self.of_person.entry(person).or_default().insert(account.terms.id);
        }
    }

    /// The key by which a pupil's child is told from others.
    pub fn know_child(&mut self, pupil: SubjectId, key: [u8; 32]) {
        self.child_keys.insert(pupil, key);
        self.pupils_of_key.entry(key).or_default().insert(pupil);
    }

    /// That key, if it is here.
    pub fn child_key(&self, pupil: SubjectId) -> Option<[u8; 32]> {
        self.child_keys.get(&pupil).copied()
    }

    /// The pupils here who are that child.
    pub fn pupils_of(&self, key: [u8; 32]) -> impl Iterator<Item = SubjectId> + '_ {
        self.pupils_of_key.get(&key).into_iter().flatten().copied()
    }

    /// The contracts here of a guardian or a pupil.
    pub fn contracts_of(&self, person: SubjectId) -> impl Iterator<Item = ContractId> + '_ {
        self.of_person.get(&person).into_iter().flatten().copied()
    }

    /// What is to be saved, and what may be used before it is: see [`WorkingSet::remembered`].
    #[must_use]
    pub fn split(mut self) -> (WorkingSet, WorkingSet) {
        let changed = WorkingSet {
            institutions: self.institutions.take_changed(),
            licences: self.licences.take_changed(),
            accounts: self.accounts.take_changed(),
            applications: std::mem::take(&mut self.applications),
            listings: std::mem::take(&mut self.listings),
            courses: std::mem::take(&mut self.courses),
            drafts: std::mem::take(&mut self.drafts),
            transfers: std::mem::take(&mut self.transfers),
            lessons: std::mem::take(&mut self.lessons),
            check_ins: std::mem::take(&mut self.check_ins),
            refunds: std::mem::take(&mut self.refunds),
            settlements: std::mem::take(&mut self.settlements),
            holds: std::mem::take(&mut self.holds),
            statements: std::mem::take(&mut self.statements),
            suspended: std::mem::take(&mut self.suspended),
            reconciliations: std::mem::take(&mut self.reconciliations),
            alerts: std::mem::take(&mut self.alerts),
            inspections: std::mem::take(&mut self.inspections),
            closures: std::mem::take(&mut self.closures),
            payments: std::mem::take(&mut self.payments),
            seals: std::mem::take(&mut self.seals),
            sealed_contracts: std::mem::take(&mut self.sealed_contracts),
            ..WorkingSet::default()
        };
        (changed, self)
    }

    /// Is everything here that a command wants, but for what must be unused? Only what is remembered
    /// counts: other rows may be on their way to the database.
    pub fn has_all(&self, wanted: &Wanted) -> bool {
        let accounts = wanted.accounts.iter().map(|id| self.accounts.get(*id)).collect::<Option<Vec<_>>>();
        let Some(accounts) = accounts else { return false };
        let sellers = accounts.iter().map(|account| account.terms.institution);
        let institutions = sellers.chain(wanted.institutions.iter().copied());
        let institutions = institutions.map(|id| self.institutions.get(id)).collect::<Option<Vec<_>>>();
        let Some(institutions) = institutions else { return false };
        institutions.iter().filter_map(|institution| institution.licence).all(|id| self.licences.get(id).is_some())
            && self.licences.has_all(&wanted.licences)
            && wanted.families.iter().all(|id| self.families.contains(id))
            && !wanted.needs_more_than_is_remembered()
    }

    /// What may be used again after it is committed: rows that many batches need and only entries
    /// change; at most `accounts_max` accounts.
    #[must_use]
    pub fn remembered(self, accounts_max: usize) -> WorkingSet {
        let accounts = self.accounts.saved(accounts_max);
        let mut kept = WorkingSet {
            institutions: self.institutions.saved(usize::MAX),
            licences: self.licences.saved(usize::MAX),
            accounts,
            ..WorkingSet::default()
        };
        // What is known of families stands and falls with the accounts. A contract is signed over its
        // draft, and a batch that reads drafts remembers nothing from before: so no family grows unseen.
        if !kept.accounts.rows.is_empty() {
            kept.of_person = self.of_person;
            kept.child_keys = self.child_keys;
            kept.pupils_of_key = self.pupils_of_key;
            kept.controllers = self.controllers;
            kept.families = self.families;
        }
        kept
    }
}
