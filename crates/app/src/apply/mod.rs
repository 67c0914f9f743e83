//! Folding entries into the state: the only way in which the state changes, live and in replay.
//! Folding decides nothing: it makes the moves that the entry records, and finds entries that do
//! not fit what came before.

mod bank;
mod contract;
mod desk;
mod escrow;
mod registry;
mod seal;
mod watch;

use kernel::{Day, InstitutionId};
use ledger::{Actor, Body};

use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;
pub(crate) use seal::sealed_row;

/// An entry as folding sees it.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    /// Number in the ledger.
    pub seq: u64,
    /// Its leaf hash.
    pub leaf: [u8; 32],
    /// Whose chain it joined.
    pub institution: Option<InstitutionId>,
    /// The day it takes effect.
    pub effective_on: Day,
    /// The day it was recorded, local.
    pub recorded_on: Day,
    /// Who caused it.
    pub actor: Actor,
    /// What it says.
    pub body: &'a Body,
}

/// Folds one entry.
///
/// # Errors
/// [`Corrupt`] when the entry does not fit the state.
pub fn apply(state: &mut WorkingSet, fact: &Fact<'_>) -> Result<(), Corrupt> {
    match fact.body {
        // The ledger's own entries change no institution.
        Body::LedgerOpened(_)
        | Body::PolicyAdopted(_)
        | Body::TemplateAdopted(_)
        | Body::ListsPublished(_)
        | Body::SubjectErased(_) => {
            return Ok(());
        }
        Body::InstitutionRegistered(d) => registry::institution_registered(state, fact, d)?,
        Body::ApplicationSubmitted(d) => registry::application_submitted(state, fact, d)?,
        Body::ApplicationAccepted(d) => registry::application_accepted(state, fact, d)?,
        Body::ApplicationDecided(d) => registry::application_decided(state, fact, d)?,
        Body::LicenceGranted(d) => registry::licence_granted(state, fact, d)?,
        Body::LicenceSuspended(d) => registry::licence_suspended(state, fact, d)?,
        Body::LicenceReinstated(d) => registry::licence_reinstated(state, fact, d)?,
        Body::LicenceRevocationProposed(d) => registry::licence_revocation_proposed(state, fact, d)?,
        Body::LicenceRevoked(d) => registry::licence_revoked(state, fact, d)?,
        Body::LicenceEnded(d) => registry::licence_ended(state, fact, d)?,
        Body::ListingChanged(d) => registry::listing_changed(state, fact, d)?,
        Body::CoursePublished(d) => contract::course_published(state, fact, d)?,
        Body::ContractSignatureGiven(d) => contract::contract_signature_given(state, d)?,
        Body::ContractSigned(d) => contract::contract_signed(state, fact, d)?,
        Body::FeePaid(d) => escrow::fee_paid(state, fact, d)?,
        Body::LessonCheckedIn(d) => escrow::lesson_checked_in(state, fact, d)?,
        Body::DisputeArgued(d) => escrow::dispute_argued(state, fact, d)?,
        Body::LessonClaimed(d) => escrow::lesson_claimed(state, fact, d)?,
        Body::LessonConfirmed(d) => escrow::lesson_confirmed(state, fact, d)?,
        Body::LessonDisputed(d) => escrow::lesson_disputed(state, fact, d)?,
        Body::DisputeDecided(d) => escrow::dispute_decided(state, fact, d)?,
        Body::ContractEnded(d) => escrow::contract_ended(state, fact, d)?,
        Body::ContractTransferred(d) => contract::contract_transferred(state, fact, d)?,
        Body::RefundRequested(d) => escrow::refund_requested(state, fact, d)?,
        Body::RefundConsented(d) => escrow::refund_consented(state, fact, d)?,
        Body::RefundPaid(d) => escrow::refund_paid(state, fact, d)?,
        Body::SettlementOrdered(d) => escrow::settlement_ordered(state, fact, d)?,
        Body::SettlementPaid(d) => escrow::settlement_paid(state, fact, d)?,
        Body::HoldPlaced(d) => escrow::hold_placed(state, fact, d)?,
        Body::HoldReleased(d) => escrow::hold_released(state, fact, d)?,
        Body::RefundObjected(d) => watch::refund_objected(state, fact, d)?,
        Body::RefundDecided(d) => watch::refund_decided(state, fact, d)?,
        Body::RefundWithdrawn(d) => watch::refund_withdrawn(state, fact, d)?,
        Body::ContractFrozen(d) => watch::contract_frozen(state, fact, d)?,
        Body::ContractUnfrozen(d) => watch::contract_unfrozen(state, fact, d)?,
        Body::InspectionRecorded(d) => watch::inspection_recorded(state, fact, d)?,
        Body::AlertRaised(d) => watch::alert_raised(state, fact, d)?,
        Body::AlertStepTaken(d) => watch::alert_step_taken(state, d)?,
        Body::ClosurePacked(d) => watch::closure_packed(state, fact, d)?,
        Body::BankStatementRecorded(d) => bank::statement_recorded(state, fact, d)?,
        Body::BankLineSuspended(d) => bank::line_suspended(state, fact, d)?,
        Body::SuspenseCleared(d) => bank::suspense_cleared(state, fact, d)?,
        Body::Reconciled(d) => bank::reconciled(state, fact, d)?,
        Body::SettlementApproved(d) => bank::settlement_approved(state, d)?,
        Body::SettlementFailed(d) => bank::settlement_failed(state, fact, d)?,
        Body::SettlementReturned(d) => bank::settlement_returned(state, fact, d)?,
        Body::RefundReturned(d) => bank::refund_returned(state, fact, d)?,
        Body::DepositPaid(d) => bank::deposit_paid(state, fact, d)?,
        Body::DepositLocked(d) => bank::deposit_locked(state, fact, d)?,
        Body::DepositReleased(d) => bank::deposit_out(state, fact, d.amount_fen)?,
        Body::DepositClaimed(d) => bank::deposit_out(state, fact, d.amount_fen)?,
        Body::InterestCredited(d) => bank::interest_credited(state, fact, d)?,
        Body::InterestAllotted(d) => bank::interest_allotted(state, fact, d)?,
        Body::DaySealed(d) => seal::day_sealed(state, fact, d)?,
        Body::ApplicationCorrectionAsked(d) => desk::correction_asked(state, d)?,
        Body::ApplicationCorrected(d) => desk::corrected(state, fact, d)?,
        Body::ApplicationSiteChecked(d) => desk::site_checked(state, fact, d)?,
        Body::ApplicationReviewed(d) => desk::reviewed(state, fact, d)?,
        Body::ApplicationEnded(d) => desk::application_ended(state, fact, d)?,
        Body::LicenceExtended(d) => desk::extended(state, d)?,
        Body::LicenceMeasureTaken(d) => desk::measure_taken(state, d)?,
        Body::LicenceMeasureLifted(d) => desk::measure_lifted(state, d)?,
        Body::LicenceInspected(d) => desk::inspected(state, d)?,
        Body::LicenceRevocationStep(d) => desk::revocation_step(state, d)?,
        Body::LicenceClosing(d) => desk::closing(state, d)?,
        Body::LicenceDeregistered(d) => desk::deregistered(state, d)?,
        Body::ListingStepTaken(d) => desk::listing_step(state, d)?,
        // What these say is read from the institution's own chain.
        Body::NoticeGiven(_) | Body::RecordChanged(_) | Body::PointsChanged(_) | Body::InstitutionGraded(_) => {}
    }
    seal::contract_changed(state, fact);
    bank::moved_later(state, fact)?;
    let institution = institution_mut(state, fact)?;
    institution.last_seq = institution.last_seq.saturating_add(1);
    institution.last_leaf = fact.leaf;
    Ok(())
}

fn corrupt(what: &'static str) -> Corrupt {
    Corrupt { what }
}

fn institution_mut<'a>(state: &'a mut WorkingSet, fact: &Fact<'_>) -> Result<&'a mut ::registry::Institution, Corrupt> {
    let id = fact.institution.ok_or(corrupt("entry without institution"))?;
    state.institutions.get_mut(id).ok_or(corrupt("entry of an unknown institution"))
}
