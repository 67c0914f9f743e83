//! The rules that hold: what shipped, and the versions that regions adopted, as the database has
//! them. Several servers may run: each looks at the number of adoptions inside its transaction
//! before it decides, so that none decides by rules that another has replaced.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use kernel::{Day, RegionCode};
use ledger::Hash;
use policy::{Policy, PolicyError, PolicySet};
use store::Conn;

use crate::error::AppError;

/// Most resolved policies kept in memory.
const CACHE_MAX: usize = 4_096;

/// A policy with its hash, as entries name it.
#[derive(Clone, Debug)]
pub struct DatedPolicy {
    /// The rules.
    pub policy: Arc<Policy>,
    /// Their hash.
    pub hash: Hash,
}

impl DatedPolicy {
    fn of(policy: Policy) -> DatedPolicy {
        let hash = ledger::digest(ledger::tags::POLICY, &policy.canonical_bytes());
        DatedPolicy { policy: Arc::new(policy), hash }
    }
}

/// One state of the rules.
struct Edition {
    /// How many versions were adopted.
    adopted: u64,
    set: Arc<PolicySet>,
    resolved: Mutex<HashMap<(RegionCode, Day), DatedPolicy>>,
}

impl Edition {
    fn new(adopted: u64, set: PolicySet) -> Arc<Edition> {
        Arc::new(Edition { adopted, set: Arc::new(set), resolved: Mutex::default() })
    }
}

/// The rules in force, kept up to date.
pub struct Rulebook(RwLock<Arc<Edition>>);

impl Rulebook {
    /// What shipped, before anything adopted is read.
    ///
    /// # Errors
    /// [`PolicyError`] when the shipped data cannot be read.
    pub fn shipped() -> Result<Rulebook, PolicyError> {
        Ok(Rulebook(RwLock::new(Edition::new(0, PolicySet::shipped()?))))
    }

    fn edition(&self) -> Arc<Edition> {
        // A panic while holding the lock leaves a whole edition: go on with it.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings the rules up to what the database has adopted.
    ///
    /// # Errors
    /// [`AppError::Store`]; [`AppError::Policy`] when an adopted version cannot be read by this
    /// program, which then decides nothing.
    pub async fn refresh(&self, conn: &impl Conn) -> Result<(), AppError> {
        let adopted = store::policy_versions_count(conn).await?;
        if self.edition().adopted == adopted {
            return Ok(());
        }
        let mut set = PolicySet::shipped()?;
        for version in store::policy_versions_adopted(conn).await? {
            let file = file_name(version.id);
            set = set.with_version(&file, &version.document, version.region, version.effective_on)?;
        }
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Adoptions are never taken back; another task may have read a later state meanwhile.
        if current.adopted < adopted {
            *current = Edition::new(adopted, set);
        }
        Ok(())
    }

    /// How many versions were adopted, as far as is known here.
    pub fn adopted(&self) -> u64 {
        self.edition().adopted
    }

    /// All levels.
    pub fn set(&self) -> Arc<PolicySet> {
        Arc::clone(&self.edition().set)
    }

    /// What holds in a region on a day, known whole.
    ///
    /// # Errors
    /// [`PolicyError::BeforeData`].
    pub fn on(&self, region: RegionCode, day: Day) -> Result<DatedPolicy, PolicyError> {
        let edition = self.edition();
        let mut resolved = edition.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = resolved.get(&(region, day)) {
            return Ok(found.clone());
        }
        let dated = DatedPolicy::of(edition.set.resolve(region, day)?);
        if resolved.len() >= CACHE_MAX {
            resolved.clear();
        }
        resolved.insert((region, day), dated.clone());
        Ok(dated)
    }
}

/// The name under which errors speak of a version.
pub(crate) fn file_name(version: kernel::PolicyVersionId) -> String {
    format!("version {version}")
}
