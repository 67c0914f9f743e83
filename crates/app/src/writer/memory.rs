//! What the writer remembers from one batch to the next: the head that it moved last, and the rows
//! that only entries change. While the head is where the writer left it, no other server has
//! appended anything, and these rows are what the database holds.

use store::Head;

use crate::working_set::WorkingSet;

/// Most accounts remembered, about 1 kB each; beyond, all are forgotten and read again when needed.
const ACCOUNTS_MAX: usize = 50_000;

/// The head and the rows; nothing at the start and after every failure.
#[derive(Default)]
pub(super) struct Memory(Option<(Head, WorkingSet)>);

impl Memory {
    /// After a batch that ended in this state.
    pub fn after(head: Head, state: WorkingSet) -> Memory {
        Memory(Some((head, state.remembered(ACCOUNTS_MAX))))
    }

    /// What is remembered; nothing is left behind, so that a batch that fails leaves nothing wrong.
    pub fn take(&mut self) -> Memory {
        std::mem::take(self)
    }

    /// The head and the rows, if there are any.
    pub fn known(self) -> Option<(Head, WorkingSet)> {
        self.0
    }
}
