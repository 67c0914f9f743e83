//! The same words in two crates: the ledger's format has its own closed lists, because its bytes
//! stay valid when the product's lists grow. Every match is exhaustive.

use escrow::Part;
use ledger::body::LotPart;

macro_rules! words_both_ways {
    ($($to:ident / $from:ident : $ours:path = $theirs:path { $($variant:ident),* $(,)? })*) => {$(
        /// Into the ledger's word.
        pub const fn $to(word: $ours) -> $theirs {
            use {$ours as A, $theirs as B};
            match word { $(A::$variant => B::$variant),* }
        }
        /// From the ledger's word.
        pub const fn $from(word: $theirs) -> $ours {
            use {$ours as A, $theirs as B};
            match word { $(B::$variant => A::$variant),* }
        }
    )*};
}

words_both_ways! {
    application_kind / application_kind_of: registry::ApplicationKind = ledger::ApplicationKind { New, Renewal, Change, Conversion, Closure, ChangeName, ChangeSite, ChangePromoter, ChangeRepresentative, ChangeCapital, Branch }
    decision / decision_of: registry::Decision = ledger::ApplicationDecision { Grant, Refuse }
    end_cause / end_cause_of: registry::EndCause = ledger::LicenceEndCause { Renewed, Changed, Converted, Closed, Expired, Surrendered }
    list_kind / list_kind_of: registry::ListKind = ledger::ListKind { White, Black, Warning, Rectifying, None }
    application_end / application_end_of: registry::ApplicationEndCause = ledger::ApplicationEndCause { Withdrawn, NotCorrected, NotAccepted }
    account_kind / account_kind_of: escrow::bank::AccountKind = ledger::BankAccountKind { Custody, Deposit }
    direction / direction_of: escrow::bank::Direction = ledger::BankDirection { Credit, Debit }
    reconciliation / reconciliation_of: escrow::bank::ReconciliationResult = ledger::ReconciliationResult { Pass, Shortfall, Missing }
    match_rule / match_rule_of: escrow::matching::Rule = ledger::MatchRule { ReferenceExact, ReferenceInText, AmountAndDay, AmountLater, Manual }
    site_check / site_check_of: registry::SiteCheckResult = ledger::SiteCheckResult { Passed, Failed }
    measure / measure_of: registry::LicenceMeasure = ledger::LicenceMeasure { Warning, Rectification, EnrolmentSuspension }
    grade / grade_of: registry::InspectionGrade = ledger::InspectionGrade { Qualified, BasicallyQualified, Unqualified }
    revocation_step / revocation_step_of: registry::RevocationStep = ledger::RevocationStep { HearingAsked, HearingWaived, HearingSet, HearingHeld, Dropped }
    listing_step / listing_step_of: registry::ListingStep = ledger::ListingStep { Objected, ObjectionUpheld, ObjectionRejected, RepairAsked, RepairAccepted, RepairRefused, Expired }
    party / party_of: contract::Party = ledger::Party { Institution, Guardian }
    refund_cause / refund_cause_of: escrow::RefundCause = ledger::RefundCause { Institution, Consumer, Neither }
    hold_cause / hold_cause_of: escrow::HoldCause = ledger::HoldCause { Suspension, Revocation, Order, ControlChange, SuspectedFlight, Account }
    objection / objection_of: escrow::RefundObjection = ledger::RefundObjection { HoursTaught, Amount, Cause, AlreadyPaid, Terms }
    finding / finding_of: escrow::InspectionFinding = ledger::InspectionFinding { InOrder, Problems, SiteClosed, Unlicensed, PayeeMismatch }
    alert_level / alert_level_of: escrow::AlertLevel = ledger::AlertLevel { Notice, Yellow, Red }
    alert_step / alert_step_of: escrow::AlertStep = ledger::AlertStep { Acknowledged, Explained, Escalated, Closed }
}

/// Parts as an entry writes them.
pub fn lot_parts(parts: &[Part]) -> Vec<LotPart> {
    parts.iter().map(|p| LotPart { fen: p.amount, hours: p.hours, lot: p.lot }).collect()
}

/// Parts as an entry tells them.
pub fn parts_of(parts: &[LotPart]) -> Vec<Part> {
    parts.iter().map(|p| Part { lot: p.lot, hours: p.hours, amount: p.fen }).collect()
}
