//! Failures on purpose: a simulation decides before every statement of a transaction on SQLite
//! whether it works, so that the writer above is seen to survive each place where a database can fail.

use crate::StoreError;

/// What goes wrong at a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Another process holds the lock: nothing was done, and it may be tried again.
    Contention,
    /// The process ends before the statement: nothing was done.
    Before,
    /// The process ends after the statement: of a COMMIT, the effect is there and nobody was told.
    After,
}

/// Decides what goes wrong.
pub trait Faults: Send + Sync {
    /// Asked once per statement, with its text.
    fn at(&self, statement: &str) -> Option<Fault>;
}

impl Fault {
    /// As the driver would report it.
    pub(crate) fn error(self) -> StoreError {
        match self {
            Fault::Contention => StoreError::Retryable("simulated contention".into()),
            Fault::Before | Fault::After => StoreError::Unavailable("simulated crash".into()),
        }
    }
}
