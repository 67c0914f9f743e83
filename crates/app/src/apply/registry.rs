//! Folding entries about institutions, applications, licences and lists.

use kernel::{Fen, LicenceId, Scope};
use ledger::Actor;
use ledger::body::{
    ApplicationAccepted, ApplicationDecided, ApplicationDecision, ApplicationSubmitted, InstitutionRegistered,
    LicenceEndCause, LicenceEnded, LicenceGranted, LicenceReinstated, LicenceRevocationProposed, LicenceRevoked,
    LicenceSuspended, ListingChanged,
};
use registry::{
    Application, ApplicationCommand, ApplicationState, Institution, InstitutionState, Licence, LicenceCommand,
    LicenceState, ListKind, Listing,
};

use super::{Fact, corrupt, institution_mut};
use crate::convert;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

pub(super) fn institution_registered(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &InstitutionRegistered,
) -> Result<(), Corrupt> {
    let id = fact.institution.ok_or(corrupt("registration without institution"))?;
    if !state.credit_codes.insert(d.credit_code) {
        return Err(corrupt("credit code registered twice"));
    }
    let institution = Institution {
        id,
        region: d.region,
        credit_code: d.credit_code,
        scope: Scope { category: d.category, modes: d.modes.clone(), stages: d.stages.clone() },
        state: InstitutionState::Unlicensed,
        listing: ListKind::None,
        licence: None,
        open_application: None,
        holds: 0,
        custody: Fen::ZERO,
        prepaid: Fen::ZERO,
        disputed: Fen::ZERO,
        refund: Fen::ZERO,
        payable: Fen::ZERO,
        settling: Fen::ZERO,
        last_seq: 0,
        last_leaf: [0; 32],
    };
    state.institutions.insert(id, institution);
    Ok(())
}

pub(super) fn application_submitted(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &ApplicationSubmitted,
) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    institution.open_application = Some(d.application);
    let application = Application {
        id: d.application,
        institution: institution.id,
        kind: convert::application_kind_of(d.kind),
        scope: Scope { category: d.category, modes: d.modes.clone(), stages: d.stages.clone() },
        state: ApplicationState::Submitted,
        submitted_on: fact.effective_on,
        decide_by_on: d.decide_by_on,
    };
    state.applications.insert(d.application, application);
    Ok(())
}

pub(super) fn application_accepted(state: &mut WorkingSet, d: &ApplicationAccepted) -> Result<(), Corrupt> {
    let application = state.applications.get_mut(d.application).ok_or(corrupt("unknown application"))?;
    application.state =
        application.state.apply(ApplicationCommand::Accept).map_err(|_| corrupt("application accepted twice"))?;
    Ok(())
}

pub(super) fn application_decided(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &ApplicationDecided,
) -> Result<(), Corrupt> {
    let application = state.applications.get_mut(d.application).ok_or(corrupt("unknown application"))?;
    let command = match d.decision {
        ApplicationDecision::Grant => ApplicationCommand::Grant,
        ApplicationDecision::Refuse => ApplicationCommand::Refuse,
    };
    application.state = application.state.apply(command).map_err(|_| corrupt("application decided out of turn"))?;
    institution_mut(state, fact)?.open_application = None;
    Ok(())
}

pub(super) fn licence_granted(state: &mut WorkingSet, fact: &Fact<'_>, d: &LicenceGranted) -> Result<(), Corrupt> {
    if !state.licence_numbers.insert(d.licence_number.as_str().to_owned()) {
        return Err(corrupt("licence number granted twice"));
    }
    let institution = institution_mut(state, fact)?;
    institution.licence = Some(d.licence);
    institution.state = InstitutionState::Licensed;
    let licence = Licence {
        id: d.licence,
        institution: institution.id,
        number: d.licence_number.as_str().to_owned(),
        scope: Scope { category: d.category, modes: d.modes.clone(), stages: d.stages.clone() },
        valid_from_on: d.valid_from_on,
        valid_until_on: d.valid_until_on,
        state: LicenceState::InForce,
        revocation_proposed_by: None,
        revoked_from_on: None,
    };
    state.licences.insert(d.licence, licence);
    Ok(())
}

fn licence_step(state: &mut WorkingSet, id: LicenceId, command: LicenceCommand) -> Result<&mut Licence, Corrupt> {
    let licence = state.licences.get_mut(id).ok_or(corrupt("unknown licence"))?;
    licence.state = licence.state.apply(command).map_err(|_| corrupt("licence in the wrong state"))?;
    Ok(licence)
}

pub(super) fn licence_suspended(state: &mut WorkingSet, fact: &Fact<'_>, d: &LicenceSuspended) -> Result<(), Corrupt> {
    licence_step(state, d.licence, LicenceCommand::Suspend)?;
    institution_mut(state, fact)?.state = InstitutionState::Suspended;
    Ok(())
}

pub(super) fn licence_reinstated(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &LicenceReinstated,
) -> Result<(), Corrupt> {
    licence_step(state, d.licence, LicenceCommand::Reinstate)?.revocation_proposed_by = None;
    institution_mut(state, fact)?.state = InstitutionState::Licensed;
    Ok(())
}

pub(super) fn licence_revocation_proposed(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &LicenceRevocationProposed,
) -> Result<(), Corrupt> {
    let proposer = match fact.actor {
        Actor::User { user, .. } => Some(user),
        Actor::System => None,
    };
    licence_step(state, d.licence, LicenceCommand::ProposeRevocation)?.revocation_proposed_by = proposer;
    Ok(())
}

pub(super) fn licence_revoked(state: &mut WorkingSet, fact: &Fact<'_>, d: &LicenceRevoked) -> Result<(), Corrupt> {
    let licence = licence_step(state, d.licence, LicenceCommand::Revoke)?;
    licence.revoked_from_on = Some(d.effective_on);
    institution_mut(state, fact)?.state = InstitutionState::Revoked;
    Ok(())
}

pub(super) fn licence_ended(state: &mut WorkingSet, fact: &Fact<'_>, d: &LicenceEnded) -> Result<(), Corrupt> {
    licence_step(state, d.licence, LicenceCommand::End)?;
    let institution = institution_mut(state, fact)?;
    institution.state = match d.cause {
        LicenceEndCause::Closed => InstitutionState::Closed,
        // The licence that takes its place follows in the same command.
        LicenceEndCause::Renewed | LicenceEndCause::Changed | LicenceEndCause::Converted => {
            InstitutionState::Unlicensed
        }
    };
    Ok(())
}

pub(super) fn listing_changed(state: &mut WorkingSet, fact: &Fact<'_>, d: &ListingChanged) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    institution.listing = convert::list_kind_of(d.list);
    let listing = Listing {
        id: d.listing,
        institution: institution.id,
        list: institution.listing,
        published_on: d.published_on,
        seq: fact.seq,
    };
    state.listings.insert(d.listing, listing);
    Ok(())
}
