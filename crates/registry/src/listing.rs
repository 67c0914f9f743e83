//! The lists (黑白名单): an institution stands on one at most; while it rectifies, on neither the white
//! nor the black one.

use kernel::{Day, InstitutionId, ListingId, words};

use crate::IllegalTransition;

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

words! {
    /// A step after a listing (名单后续程序).
    ListingStep {
        /// The institution objects.
        Objected = "objected" / "提出异议",
        /// The objection is upheld.
        ObjectionUpheld = "objection_upheld" / "异议成立",
        /// The objection is rejected.
        ObjectionRejected = "objection_rejected" / "异议不成立",
        /// The institution asks for repair.
        RepairAsked = "repair_asked" / "申请信用修复",
        /// The repair is accepted.
        RepairAccepted = "repair_accepted" / "同意修复",
        /// The repair is refused.
        RepairRefused = "repair_refused" / "不予修复",
        /// Its term has passed.
        Expired = "expired" / "列入期限届满",
    }
}

impl ListingStep {
    /// Does the step take the institution off the list?
    pub const fn takes_off(self) -> bool {
        matches!(self, ListingStep::ObjectionUpheld | ListingStep::RepairAccepted | ListingStep::Expired)
    }

    /// May it follow the step before; none: nothing has happened since the listing.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn after(self, before: Option<ListingStep>) -> Result<(), IllegalTransition> {
        use ListingStep as S;
        let fits = match (before, self) {
            (None, S::Objected | S::RepairAsked | S::Expired) => true,
            (Some(S::Objected), S::ObjectionUpheld | S::ObjectionRejected) => true,
            // One objection; what was not repaired may be asked for again.
            (Some(S::ObjectionRejected | S::RepairRefused), S::RepairAsked | S::Expired) => true,
            (Some(S::RepairAsked), S::RepairAccepted | S::RepairRefused) => true,
            // Time passes while an answer is awaited.
            (Some(S::Objected | S::RepairAsked), S::Expired) => true,
            (None, S::ObjectionUpheld | S::ObjectionRejected | S::RepairAccepted | S::RepairRefused)
            | (Some(S::Objected), S::Objected | S::RepairAsked | S::RepairAccepted | S::RepairRefused)
            | (
                Some(S::ObjectionRejected | S::RepairRefused),
                S::Objected | S::ObjectionUpheld | S::ObjectionRejected | S::RepairAccepted | S::RepairRefused,
            )
            | (Some(S::RepairAsked), S::Objected | S::ObjectionUpheld | S::ObjectionRejected | S::RepairAsked)
            | (
                Some(S::ObjectionUpheld | S::RepairAccepted | S::Expired),
                S::Objected
                | S::ObjectionUpheld
                | S::ObjectionRejected
                | S::RepairAsked
                | S::RepairAccepted
                | S::RepairRefused
                | S::Expired,
            ) => false,
        };
        let state = before.map_or("listed", ListingStep::as_str);
        if fits { Ok(()) } else { Err(IllegalTransition { state, command: self.as_str() }) }
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
    /// Cause by its code.
    pub cause_code: Option<String>,
    /// Last day to object.
    pub objection_by_on: Option<Day>,
    /// Last day to put things right.
    pub rectify_by_on: Option<Day>,
    /// Last day on the list.
    pub until_on: Option<Day>,
    /// The last step after it.
    pub step: Option<ListingStep>,
}
