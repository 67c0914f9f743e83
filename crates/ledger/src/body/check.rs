//! What a single entry may say at all: ranges, and sums that it carries itself. What must fit the
//! entries before it is in `books`.

use std::collections::BTreeSet;

use kernel::{ClassHours, Fen, LotId};

use super::postings::parts_fen;
use super::{Body, LotPart};

/// Most entries of a list.
const LIST_MAX: usize = 200;

fn distinct(lots: impl ExactSizeIterator<Item = LotId>) -> bool {
    let n = lots.len();
    (1..=LIST_MAX).contains(&n) && (n == 1 || lots.collect::<BTreeSet<_>>().len() == n)
}

fn parts(parts: &[LotPart]) -> bool {
    parts.iter().all(|p| !p.hours.is_zero()) && refund_parts(parts)
}

/// A refund may also bring back a fen that rounding left in a lot without hours.
fn refund_parts(parts: &[LotPart]) -> bool {
    distinct(parts.iter().map(|p| p.lot))
        && parts.iter().all(|p| Fen::try_non_negative(p.fen.fen()).is_ok())
        && parts.iter().all(|p| !p.hours.is_zero() || p.fen > Fen::ZERO)
        && ClassHours::try_sum(parts.iter().map(|p| p.hours)).is_ok()
        && parts_fen(parts).is_ok_and(|sum| Fen::try_non_negative(sum.fen()).is_ok())
}

fn price(fen: Fen) -> bool {
    Fen::try_non_negative(fen.fen()).is_ok()
}

fn positive(fen: Fen) -> bool {
    Fen::try_positive(fen.fen()).is_ok()
}

/// The member's name when the condition does not hold.
fn unless(holds: bool, key: &'static str) -> Result<(), &'static str> {
    if holds { Ok(()) } else { Err(key) }
}

impl Body {
    /// Are all values in range, and do its own sums hold?
    ///
    /// # Errors
    /// The key of the first member that is out of range.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.contract().is_some_and(|(_, contract_seq)| contract_seq == 0) {
            return Err("contract_seq");
        }
        match self {
            Body::InstitutionRegistered(d) => {
                unless(!d.modes.is_empty(), "modes")?;
                unless(!d.stages.is_empty(), "stages")
            }
            Body::ApplicationSubmitted(d) => {
                unless(d.documents.len() <= LIST_MAX, "documents")?;
                unless(!d.modes.is_empty(), "modes")?;
                unless(!d.stages.is_empty(), "stages")
            }
            Body::LicenceGranted(d) => {
                unless(!d.modes.is_empty(), "modes")?;
                unless(!d.stages.is_empty(), "stages")?;
                unless(d.valid_from_on <= d.valid_until_on, "valid_until_on")
            }
            Body::CoursePublished(d) => {
                unless((1..=10_000).contains(&d.class_size_max), "class_size_max")?;
                unless(d.starts_on <= d.ends_on, "ends_on")?;
                unless(!d.hours.is_zero(), "hours")?;
                unless(d.list_price_per_hour_fen.is_none_or(price), "list_price_per_hour_fen")?;
                unless((1..=1_440).contains(&d.minutes_per_hour), "minutes_per_hour")?;
                unless(price(d.price_fen), "price_fen")
            }
            Body::ContractSigned(d) => {
                unless(d.first_lesson_on <= d.last_lesson_on, "last_lesson_on")?;
                let lots = distinct(d.lots.iter().map(|lot| lot.lot))
                    && d.lots.iter().all(|lot| {
                        price(lot.price_fen)
                            && lot.list_price_per_hour_fen.is_none_or(price)
                            && lot.paid_hours.checked_add(lot.gift_hours).is_ok_and(|hours| !hours.is_zero())
                    })
                    && Fen::try_sum(d.lots.iter().map(|lot| lot.price_fen)).is_ok_and(price);
                unless(lots, "lots")
            }
            Body::FeePaid(d) => {
                unless(positive(d.amount_fen), "amount_fen")?;
                let lots = distinct(d.lots.iter().map(|lot| lot.lot))
                    && d.lots.iter().all(|lot| positive(lot.fen))
                    && Fen::try_sum(d.lots.iter().map(|lot| lot.fen)) == Ok(d.amount_fen);
                unless(lots, "lots")
            }
            Body::LessonClaimed(d) => {
                unless(!d.hours.is_zero(), "hours")?;
                let lots = distinct(d.lots.iter().map(|lot| lot.lot))
                    && d.lots.iter().all(|lot| !lot.hours.is_zero())
                    && ClassHours::try_sum(d.lots.iter().map(|lot| lot.hours)) == Ok(d.hours);
                unless(lots, "lots")
            }
            Body::LessonConfirmed(d) => unless(parts(&d.lots), "lots"),
            Body::LessonDisputed(d) => unless(parts(&d.lots), "lots"),
            Body::DisputeDecided(d) => unless(parts(&d.lots), "lots"),
            Body::RefundRequested(d) => {
                unless(price(d.amount_fen), "amount_fen")?;
                unless(refund_parts(&d.lots) && parts_fen(&d.lots) == Ok(d.amount_fen), "lots")
            }
            Body::RefundConsented(d) => unless(refund_parts(&d.lots), "lots"),
            Body::ContractEnded(d) => unless(price(d.outside_escrow_fen), "outside_escrow_fen"),
            Body::RefundPaid(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::SettlementOrdered(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::SettlementPaid(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::ApplicationCorrected(d) => unless(d.documents.len() <= LIST_MAX, "documents"),
            Body::DisputeArgued(d) => unless(d.documents.len() <= LIST_MAX, "documents"),
            Body::ApplicationSiteChecked(d) => unless(d.documents.len() <= LIST_MAX, "documents"),
            Body::LicenceInspected(d) => unless((1_990..=2_199).contains(&d.year), "year"),
            Body::PointsChanged(d) => unless((1..=1_000).contains(&d.points), "points"),
            Body::InspectionRecorded(d) => unless(d.problems <= 10_000, "problems"),
            Body::AlertRaised(d) => unless((1..=10_000).contains(&d.rule_version), "rule_version"),
            Body::ClosurePacked(d) => unless(price(d.owed_fen), "owed_fen"),
            Body::DaySealed(d) => unless(d.adds_up(), "custody_fen"),
            Body::BankStatementRecorded(d) => {
                unless(price(d.closing_fen), "closing_fen")?;
                unless(price(d.opening_fen), "opening_fen")?;
                unless(d.sequence > 0, "sequence")
            }
            Body::BankLineSuspended(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::SuspenseCleared(d) => {
                unless(positive(d.amount_fen), "amount_fen")?;
                unless(d.explained_once(), "line")
            }
            Body::Reconciled(d) => unless(d.adds_up(), "required_fen"),
            Body::SettlementReturned(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::RefundReturned(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::DepositPaid(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::DepositReleased(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::DepositClaimed(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::InterestCredited(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::InterestAllotted(d) => unless(positive(d.amount_fen), "amount_fen"),
            Body::LedgerOpened(_)
            | Body::LessonCheckedIn(_)
            | Body::PolicyAdopted(_)
            | Body::TemplateAdopted(_)
            | Body::ApplicationAccepted(_)
            | Body::ApplicationDecided(_)
            | Body::LicenceSuspended(_)
            | Body::LicenceReinstated(_)
            | Body::LicenceRevocationProposed(_)
            | Body::LicenceRevoked(_)
            | Body::LicenceEnded(_)
            | Body::ListingChanged(_)
            | Body::ContractSignatureGiven(_)
            | Body::ContractTransferred(_)
            | Body::HoldPlaced(_)
            | Body::HoldReleased(_)
            | Body::ApplicationCorrectionAsked(_)
            | Body::ApplicationReviewed(_)
            | Body::ApplicationEnded(_)
            | Body::LicenceExtended(_)
            | Body::LicenceMeasureTaken(_)
            | Body::LicenceMeasureLifted(_)
            | Body::LicenceRevocationStep(_)
            | Body::LicenceClosing(_)
            | Body::LicenceDeregistered(_)
            | Body::NoticeGiven(_)
            | Body::RecordChanged(_)
            | Body::ListingStepTaken(_)
            | Body::InstitutionGraded(_)
            | Body::ListsPublished(_)
            | Body::SettlementApproved(_)
            | Body::SettlementFailed(_)
            | Body::DepositLocked(_)
            | Body::RefundObjected(_)
            | Body::RefundDecided(_)
            | Body::RefundWithdrawn(_)
            | Body::ContractFrozen(_)
            | Body::ContractUnfrozen(_)
            | Body::AlertStepTaken(_)
            | Body::SubjectErased(_) => Ok(()),
        }
    }
}
