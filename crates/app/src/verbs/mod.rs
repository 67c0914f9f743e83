//! The use cases that append to a ledger, one file per verb. Each is authorised inside its decision,
//! on the state it decides on.

mod alert_step;
mod application_accept;
mod application_correct;
mod application_decide;
mod application_examine;
mod application_submit;
mod bank;
mod closure_pack;
mod contract_draft;
mod contract_end;
mod contract_sign;
mod contract_transfer;
mod course_draft;
mod course_publish;
mod day_seal;
mod deposit;
mod dispute_argue;
mod dispute_decide;
mod fee_pay;
mod hold_place;
mod hold_release;
mod inspection_record;
mod institution_register;
mod interest_allot;
mod ledger_open;
mod lesson_check_in;
mod lesson_claim;
mod lesson_confirm;
mod lesson_dispute;
mod licence_carry_over;
mod licence_end;
mod licence_hearing;
mod licence_measure;
mod licence_reinstate;
mod licence_revoke;
mod licence_suspend;
mod listing_decide;
mod listing_step;
mod payouts;
mod person_erase;
mod policy_adopt;
mod reconcile;
mod record_change;
mod refund_all;
mod refund_consent;
mod refund_object;
mod refund_payout;
mod refund_request;
mod settlement_order;
mod settlement_payout;
mod settlement_run;
mod template_adopt;

pub use alert_step::{AlertRaise, AlertStepTake};
pub use application_accept::{ApplicationAccept, ApplicationDeemAccepted};
pub use application_correct::{ApplicationAskCorrection, ApplicationCorrect};
pub use application_decide::{ApplicationDecide, GrantedLicence, RenewalDeemGranted};
pub use application_examine::{ApplicationCheckSite, ApplicationEnd, ApplicationReview};
pub use application_submit::{ApplicationSubmit, Document};
pub(crate) use bank::named;
pub use bank::{BookedOn, Explanation, Found, LinesBook, StatementRecord, SuspenseClear};
pub use closure_pack::ClosurePack;
pub use contract_draft::ContractDraft;
pub use contract_end::{ContractEnd, Ending};
pub use contract_sign::ContractSign;
pub use contract_transfer::ContractTransfer;
pub use course_draft::CourseDraft;
pub use course_publish::CoursePublish;
pub use day_seal::DaySeal;
pub use deposit::{DepositChange, DepositMove};
pub use dispute_argue::DisputeArgue;
pub use dispute_decide::DisputeDecide;
pub use fee_pay::FeePay;
pub use hold_place::HoldPlace;
pub use hold_release::HoldRelease;
pub use inspection_record::InspectionRecord;
pub use institution_register::InstitutionRegister;
pub use interest_allot::{InterestAllot, InterestShare};
pub use ledger_open::LedgerOpen;
pub use lesson_check_in::LessonCheckIn;
pub use lesson_claim::LessonClaim;
pub use lesson_confirm::LessonConfirm;
pub use lesson_dispute::LessonDispute;
pub use licence_carry_over::LicenceCarryOver;
pub use licence_end::{LicenceDeregister, LicenceExpire, LicenceSurrender};
pub use licence_hearing::LicenceHear;
pub use licence_measure::{LicenceInspect, LicenceMeasureLift, LicenceMeasureTake};
pub use licence_reinstate::LicenceReinstate;
pub use licence_revoke::LicenceRevoke;
pub use licence_suspend::LicenceSuspend;
pub use listing_decide::ListingDecide;
pub use listing_step::{InstitutionGrade, ListingStepTake, ListsPublish, PointsGive};
pub use payouts::{RefundReturn, SettlementApprove, SettlementFail, SettlementReturn, SuspenseClearAndPay};
pub(crate) use person_erase::erasable_on;
pub use person_erase::{FamilyContract, PersonErase};
pub use policy_adopt::PolicyAdopt;
pub use reconcile::Reconcile;
pub use record_change::{RecordEdit, RecordEditAppend};
pub use refund_all::RefundAll;
pub use refund_consent::RefundConsent;
pub use refund_object::{RefundDecide, RefundObject, RefundWithdraw};
pub use refund_payout::RefundPayout;
pub use refund_request::{Asked, RefundRequest};
pub use settlement_order::SettlementOrder;
pub use settlement_payout::SettlementPayout;
pub use settlement_run::SettlementRun;
pub use template_adopt::TemplateAdopt;

use contract::Course;
use escrow::{Account, Hold, Lesson, Refund, Settlement};
use kernel::{
    ApplicationId, ContractId, CourseId, HoldId, InstitutionId, LessonId, LicenceId, RefundId, SettlementId, Violation,
};
use registry::{Application, Institution, Licence};

use crate::refusal::{Corrupt, Stop, not_found};
use crate::working_set::WorkingSet;
use store::Draft;

/// What belongs together is loaded together; a gap is a fault of the database, not of the caller.
fn fits<'a, T>(found: Option<&'a T>, what: &'static str) -> Result<&'a T, Stop> {
    found.ok_or_else(|| Corrupt { what }.into())
}

fn institution(state: &WorkingSet, id: InstitutionId) -> Result<&Institution, Stop> {
    state.institutions.get(id).ok_or_else(|| not_found("institution"))
}

fn application(state: &WorkingSet, id: ApplicationId) -> Result<(&Application, &Institution), Stop> {
    let application = state.applications.get(id).ok_or_else(|| not_found("licence_application"))?;
    Ok((application, fits(state.institutions.get(application.institution), "application without institution")?))
}

/// Is the application as the officer read it? Without a version from the client nothing is compared.
fn current(application: &Application, expected: Option<u32>) -> Result<(), Stop> {
    match expected {
        Some(expected) if expected != application.version => {
            let (expected, actual) = (expected.to_string(), application.version.to_string());
            Err(crate::refusal::Refusal::Stale { what: "licence_application".into(), expected, actual }.into())
        }
        _ => Ok(()),
    }
}

/// An answer without the members that say nothing; the last day of a decision is told even where it is
/// not known.
fn sparse(mut answer: serde_json::Value) -> serde_json::Value {
    if let Some(members) = answer.as_object_mut() {
        members.retain(|key, value| !value.is_null() || key == "decide_by_on");
    }
    answer
}

/// What only the passing of time does, nobody may do.
fn clock_only(context: &crate::context::Context<'_>, action: access::Action) -> Result<(), Stop> {
    match context.principal {
        None => Ok(()),
        Some(_) => Err(access::Denied { action, reason: access::Reason::Role, hide: false }.into()),
    }
}

fn licence(state: &WorkingSet, id: LicenceId) -> Result<(&Licence, &Institution), Stop> {
    let licence = state.licences.get(id).ok_or_else(|| not_found("licence"))?;
    Ok((licence, fits(state.institutions.get(licence.institution), "licence without institution")?))
}

fn course(state: &WorkingSet, id: CourseId) -> Result<(&Course, &Institution), Stop> {
    let course = state.courses.get(id).ok_or_else(|| not_found("course"))?;
    Ok((course, fits(state.institutions.get(course.institution), "course without institution")?))
}

fn draft(state: &WorkingSet, id: ContractId) -> Result<(&Draft, &Institution), Stop> {
    let draft = state.drafts.get(id).ok_or_else(|| not_found("contract"))?;
    Ok((draft, fits(state.institutions.get(draft.terms.institution), "contract without institution")?))
}

/// A contract in force. One that is only drawn up is found too, and refused for its state.
fn account(
    state: &WorkingSet,
    id: ContractId,
    context: &crate::context::Context<'_>,
    action: access::Action,
    command: &'static str,
) -> Result<(Account, Institution), Stop> {
    if let Some(account) = state.accounts.get(id) {
        context.allow_contract(action, &account.terms)?;
        let institution = fits(state.institutions.get(account.terms.institution), "contract without institution")?;
        return Ok((account.clone(), institution.clone()));
    }
    let (draft, _) = draft(state, id)?;
    context.allow_contract(action, &draft.terms)?;
    let state = draft.state.as_str().into();
    Err(crate::refusal::Refusal::State { what: "contract".into(), state, command: command.into() }.into())
}

fn lesson(state: &WorkingSet, id: LessonId) -> Result<(&Lesson, &Account), Stop> {
    let lesson = state.lessons.get(id).ok_or_else(|| not_found("lesson"))?;
    Ok((lesson, fits(state.accounts.get(lesson.contract), "lesson without contract")?))
}

fn refund(state: &WorkingSet, id: RefundId) -> Result<(&Refund, &Account), Stop> {
    let refund = state.refunds.get(id).ok_or_else(|| not_found("refund"))?;
    Ok((refund, fits(state.accounts.get(refund.contract), "refund without contract")?))
}

fn settlement(state: &WorkingSet, id: SettlementId) -> Result<(&Settlement, &Institution), Stop> {
    let settlement = state.settlements.get(id).ok_or_else(|| not_found("settlement"))?;
    Ok((settlement, fits(state.institutions.get(settlement.institution), "settlement without institution")?))
}

fn hold(state: &WorkingSet, id: HoldId) -> Result<(&Hold, &Institution), Stop> {
    let hold = state.holds.get(id).ok_or_else(|| not_found("hold"))?;
    Ok((hold, fits(state.institutions.get(hold.institution), "hold without institution")?))
}

/// Does no hold keep the money of this contract where it is?
fn not_frozen(account: &Account) -> Result<(), Stop> {
    match account.holds {
        0 => Ok(()),
        holds => Err(Violation::of(kernel::RuleId::HoldBlocksRelease).with(0, holds).into()),
    }
}

/// The institution as a seller, for the contract's checks.
fn seller<'a>(state: &'a WorkingSet, institution: &'a Institution) -> contract::Seller<'a> {
    contract::Seller {
        institution,
        licence: institution.licence.and_then(|id| state.licences.get(id)),
        custody_account: state.custody_accounts.contains(&institution.id),
    }
}

/// Money or hours that do not add up in stored accounts.
fn arithmetic(error: escrow::EscrowError) -> Stop {
    use escrow::EscrowError as E;
    use kernel::RuleId;
    match error {
        E::HoursRemaining { limit, actual } => {
            Violation::of(RuleId::LessonHoursRemaining).with(limit, actual).field("hours").into()
        }
        E::NotPaid { limit, actual } => Violation::of(RuleId::LessonPaid).with(limit, actual).into(),
        E::AbovePrice { limit, actual } => {
            Violation::of(RuleId::PaymentWithinPrice).with(limit, actual).field("amount_fen").into()
        }
        E::UnknownLot { .. } => Corrupt { what: "lot of another contract" }.into(),
        E::Fen(_) | E::Hours(_) => Corrupt { what: "hours or money of a lot" }.into(),
    }
}

/// A sum of stored money that does not fit.
fn overflow(_: kernel::fen::FenError) -> Stop {
    Corrupt { what: "sum of money" }.into()
}
