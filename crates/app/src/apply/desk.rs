//! Folding entries of the regulator's desk: steps of applications, measures against licences, what
//! follows a listing.

use kernel::LicenceId;
use ledger::Actor;
use ledger::body::{
    ApplicationCorrected, ApplicationCorrectionAsked, ApplicationEnded, ApplicationReviewed, ApplicationSiteChecked,
    LicenceClosing, LicenceDeregistered, LicenceExtended, LicenceInspected, LicenceMeasureLifted, LicenceMeasureTaken,
    LicenceRevocationStep, ListingStepTaken,
};
use registry::{Application, ApplicationCommand, Licence, LicenceCommand, LicenceMeasure, RevocationStep};

use super::{Fact, corrupt, institution_mut};
use crate::convert;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

/// Moves an application on and counts the entry.
pub(super) fn application_step(
    state: &mut WorkingSet,
    id: kernel::ApplicationId,
    command: ApplicationCommand,
) -> Result<&mut Application, Corrupt> {
    let application = state.applications.get_mut(id).ok_or(corrupt("unknown application"))?;
    application.state = application.state.apply(command).map_err(|_| corrupt("application out of turn"))?;
    application.version = application.version.saturating_add(1);
    Ok(application)
}

/// Moves a licence on.
pub(super) fn licence_step(
    state: &mut WorkingSet,
    id: LicenceId,
    command: LicenceCommand,
) -> Result<&mut Licence, Corrupt> {
    let licence = state.licences.get_mut(id).ok_or(corrupt("unknown licence"))?;
    licence.state = licence.state.apply(command).map_err(|_| corrupt("licence in the wrong state"))?;
    Ok(licence)
}

/// The user behind an entry; none: the ledger's own clock.
pub(super) const fn user(fact: &Fact<'_>) -> Option<kernel::UserId> {
    match fact.actor {
        Actor::User { user, .. } => Some(user),
        Actor::System => None,
    }
}

pub(super) fn correction_asked(state: &mut WorkingSet, d: &ApplicationCorrectionAsked) -> Result<(), Corrupt> {
    let application = application_step(state, d.application, ApplicationCommand::AskCorrection)?;
    application.correct_by_on = d.correct_by_on;
    application.accept_by_on = None;
    // The clock stands still.
    application.decide_by_on = None;
    Ok(())
}

pub(super) fn corrected(state: &mut WorkingSet, fact: &Fact<'_>, d: &ApplicationCorrected) -> Result<(), Corrupt> {
    let application = application_step(state, d.application, ApplicationCommand::Correct)?;
    application.corrected_on = Some(fact.effective_on);
    application.correct_by_on = None;
    application.accept_by_on = d.accept_by_on;
    Ok(())
}

pub(super) fn site_checked(state: &mut WorkingSet, fact: &Fact<'_>, d: &ApplicationSiteChecked) -> Result<(), Corrupt> {
    let first = user(fact).ok_or(corrupt("site checked by nobody"))?;
    let application = application_step(state, d.application, ApplicationCommand::CheckSite)?;
    application.site_checked_by = Some((first, d.second_officer));
    application.site_check = Some(convert::site_check_of(d.result));
    Ok(())
}

pub(super) fn reviewed(state: &mut WorkingSet, fact: &Fact<'_>, d: &ApplicationReviewed) -> Result<(), Corrupt> {
    let application = application_step(state, d.application, ApplicationCommand::Review)?;
    application.reviewed_by = user(fact);
    application.advice = Some(convert::decision_of(d.advice));
    Ok(())
}

pub(super) fn application_ended(state: &mut WorkingSet, fact: &Fact<'_>, d: &ApplicationEnded) -> Result<(), Corrupt> {
    application_step(state, d.application, ApplicationCommand::End)?;
    no_longer_open(state, fact)
}

/// The institution has no application under way any more; a closing that came to nothing is stopped.
pub(super) fn no_longer_open(state: &mut WorkingSet, fact: &Fact<'_>) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    institution.open_application = None;
    institution.control_change = None;
    let licence = institution.licence;
    if let Some(licence) = licence.and_then(|id| state.licences.get_mut(id))
        && licence.close_from_on.is_some()
        && let Ok(next) = licence.state.apply(LicenceCommand::StopClosing)
    {
        licence.state = next;
        licence.close_from_on = None;
    }
    Ok(())
}

pub(super) fn extended(state: &mut WorkingSet, d: &LicenceExtended) -> Result<(), Corrupt> {
    licence_step(state, d.licence, LicenceCommand::Extend)?.valid_until_on = d.valid_until_on;
    Ok(())
}

pub(super) fn measure_taken(state: &mut WorkingSet, d: &LicenceMeasureTaken) -> Result<(), Corrupt> {
    let measure = convert::measure_of(d.measure);
    let licence = licence_step(state, d.licence, measure.taken())?;
    if measure == LicenceMeasure::Rectification {
        licence.rectify_by_on = d.until_on;
    }
    Ok(())
}

pub(super) fn measure_lifted(state: &mut WorkingSet, d: &LicenceMeasureLifted) -> Result<(), Corrupt> {
    let command = convert::measure_of(d.measure).lifted().ok_or(corrupt("a warning is not lifted"))?;
    let licence = licence_step(state, d.licence, command)?;
    licence.rectify_by_on = None;
    Ok(())
}

pub(super) fn inspected(state: &mut WorkingSet, d: &LicenceInspected) -> Result<(), Corrupt> {
    let year = u16::try_from(d.year).map_err(|_| corrupt("year of an inspection"))?;
    let licence = licence_step(state, d.licence, LicenceCommand::Inspect)?;
    licence.inspected = Some((year, convert::grade_of(d.grade)));
    if d.rectify_by_on.is_some() {
        licence.rectify_by_on = d.rectify_by_on;
    }
    Ok(())
}

pub(super) fn revocation_step(state: &mut WorkingSet, d: &LicenceRevocationStep) -> Result<(), Corrupt> {
    let licence = licence_step(state, d.licence, LicenceCommand::HearRevocation)?;
    let step: RevocationStep = convert::revocation_step_of(d.step);
    let hearing = licence.hearing.ok_or(corrupt("no revocation is proposed"))?;
    let next = hearing.apply(step).map_err(|_| corrupt("hearing out of turn"))?;
    licence.hearing = next;
    licence.hearing_on = d.held_on.or(licence.hearing_on);
    if next.is_none() {
        licence.revocation_proposed_by = None;
        licence.hearing_by_on = None;
        licence.hearing_on = None;
    }
    Ok(())
}

pub(super) fn closing(state: &mut WorkingSet, d: &LicenceClosing) -> Result<(), Corrupt> {
    licence_step(state, d.licence, LicenceCommand::BeginClosing)?.close_from_on = d.close_from_on;
    Ok(())
}

pub(super) fn deregistered(state: &mut WorkingSet, d: &LicenceDeregistered) -> Result<(), Corrupt> {
    licence_step(state, d.licence, LicenceCommand::Deregister)?;
    Ok(())
}

pub(super) fn listing_step(state: &mut WorkingSet, d: &ListingStepTaken) -> Result<(), Corrupt> {
    let listing = state.listings.get_mut(d.listing).ok_or(corrupt("unknown listing"))?;
    let step = convert::listing_step_of(d.step);
    step.after(listing.step).map_err(|_| corrupt("listing out of turn"))?;
    listing.step = Some(step);
    Ok(())
}
