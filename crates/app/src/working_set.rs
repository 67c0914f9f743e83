//! The working set: what a batch of commands needs of the state, loaded before deciding, changed by
//! folding entries, saved after. Replay uses the same set, starting empty.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use contract::{ContractState, Course};
use escrow::{Account, Hold, Lesson, Refund, Settlement};
use kernel::{
    ApplicationId, ContractId, CourseId, CreditCode, HoldId, InstitutionId, LessonId, LicenceId, ListingId, PaymentId,
    RefundId, SettlementId, SubjectId,
};
use registry::{Application, Institution, Licence, Listing};
use store::{Draft, Payment};

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
    /// The rows to save, in the order of their keys.
    pub fn changed(&self) -> Vec<&V> {
        self.changed.iter().filter_map(|key| self.rows.get(key)).collect()
    }
    /// All rows.
    pub fn rows(&self) -> &HashMap<K, V> {
        &self.rows
    }
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
    /// Courses.
    pub courses: BTreeSet<CourseId>,
    /// Contracts not yet in force.
    pub drafts: BTreeSet<ContractId>,
    /// Contracts in force.
    pub accounts: BTreeSet<ContractId>,
    /// Lessons.
    pub lessons: BTreeSet<LessonId>,
    /// Refunds.
    pub refunds: BTreeSet<RefundId>,
    /// Settlements.
    pub settlements: BTreeSet<SettlementId>,
    /// Holds.
    pub holds: BTreeSet<HoldId>,
    /// Licences whose institution's holds matter.
    pub holds_of_licences: BTreeSet<LicenceId>,
    /// Licence numbers that must be unused.
    pub licence_numbers: BTreeSet<String>,
    /// Credit codes that must be unused.
    pub credit_codes: BTreeSet<CreditCode>,
    /// Bank references that must be unused at the institution of the contract.
    pub references: BTreeSet<(ContractId, [u8; 32])>,
    /// Persons by their look-up hash.
    pub persons: BTreeSet<[u8; 32]>,
    /// Institutions whose custody account matters.
    pub custody_accounts: BTreeSet<InstitutionId>,
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
    /// Lessons.
    pub lessons: Table<LessonId, Lesson>,
    /// Refunds.
    pub refunds: Table<RefundId, Refund>,
    /// Settlements.
    pub settlements: Table<SettlementId, Settlement>,
    /// Holds.
    pub holds: Table<HoldId, Hold>,
    /// Payments; the text of the reference is not in the ledger and is added when they are saved.
    pub payments: Table<PaymentId, Payment>,
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
    /// Institutions with a registered custody account.
    pub custody_accounts: HashSet<InstitutionId>,
}
