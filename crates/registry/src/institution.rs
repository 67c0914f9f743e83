//! The institution (校外培训机构) as the ledger knows it; names and people are in its profile.

use kernel::{CreditCode, Fen, InstitutionId, LicenceId, RegionCode, Scope, words};

use crate::ListKind;

words! {
    /// What an institution may do, taken from its current licence.
    InstitutionState {
        /// Registered, no licence yet.
        Unlicensed = "unlicensed" / "未取得许可",
        /// Holds a licence in force.
        Licensed = "licensed" / "已许可",
        /// Its licence is suspended.
        Suspended = "suspended" / "暂停办学",
        /// Its licence was revoked.
        Revoked = "revoked" / "已吊销",
        /// It closed and returned its licence.
        Closed = "closed" / "已终止",
    }
}

/// An institution and its place in the ledger. Money fields are the sums over its contracts and
/// equal the ledger accounts of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// County that supervises it.
    pub region: RegionCode,
    /// Unified social credit code.
    pub credit_code: CreditCode,
    /// What it was registered for; what it may teach is in the licence.
    pub scope: Scope,
    /// State, from the current licence.
    pub state: InstitutionState,
    /// The list it stands on.
    pub listing: ListKind,
    /// The current or last licence.
    pub licence: Option<LicenceId>,
    /// An application under way, if any.
    pub open_application: Option<kernel::ApplicationId>,
    /// A change of control that is applied for; nothing new is sold until it is decided.
    pub control_change: Option<kernel::ApplicationId>,
    /// Holds in force; any hold stops releases.
    pub holds: u32,
    /// Of these, on the whole custody account: refunds wait too.
    pub account_holds: u32,
    /// `bank:custody`, fen.
    pub custody: Fen,
    /// Sum of `prepaid:*`, fen owed to families.
    pub prepaid: Fen,
    /// Sum of `disputed:*`, fen.
    pub disputed: Fen,
    /// Sum of `refund:*`, fen.
    pub refund: Fen,
    /// `payable`, fen earned and not yet paid out.
    pub payable: Fen,
    /// Part of `payable` that is in settlements not yet paid out, fen.
    pub settling: Fen,
    /// `interest`, fen the bank credited and nobody was allotted.
    pub interest: Fen,
    /// Credits of bank statements that nothing explains, fen; part of `suspense`.
    pub suspended_in: Fen,
    /// Debits of bank statements that nothing explains, fen; `suspense` is the difference.
    pub suspended_out: Fen,
    /// `deposit`, fen of the risk deposit at the bank.
    pub deposit: Fen,
    /// Nothing of the risk deposit may be paid back.
    pub deposit_locked: bool,
    /// Number of its last entry, from 1.
    pub last_seq: u64,
    /// Leaf hash of its last entry.
    pub last_leaf: [u8; 32],
}
