//! The lists (黑白名单): an institution stands on one at most.

use kernel::{Day, InstitutionId, ListingId, words};

words! {
    /// The lists.
    ListKind {
        /// Licensed and in good standing (白名单).
        White = "white" / "白名单",
        /// Barred (黑名单).
        Black = "black" / "黑名单",
        /// Under warning (预警名单).
        Warning = "warning" / "预警名单",
        /// Ordered to rectify (整改名单).
        Rectifying = "rectifying" / "整改名单",
        /// On no list.
        None = "none" / "未列入",
    }
}

/// One decision to put an institution on a list, or to take it off (`none`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its id.
    pub id: ListingId,
    /// Whose.
    pub institution: InstitutionId,
    /// Which list.
    pub list: ListKind,
    /// Day of publication.
    pub published_on: Day,
    /// Ledger entry that decided it.
    pub seq: u64,
}
