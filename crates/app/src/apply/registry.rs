//! Folding entries about institutions, applications, licences and lists.

use kernel::{Fen, Scope};
use ledger::body::{
    ApplicationAccepted, ApplicationDecided, ApplicationDecision, ApplicationSubmitted, InstitutionRegistered,
    LicenceEndCause, LicenceEnded, LicenceGranted, LicenceReinstated, LicenceRevocationProposed, LicenceRevoked,
    LicenceSuspended, ListingChanged,
};
use registry::{
    Application, ApplicationCommand, ApplicationState, Hearing, Institution, InstitutionState, Licence, LicenceCommand,
    LicenceState, ListKind, Listing,
};

use super::desk::{application_step, licence_step, no_longer_open, user};
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
        control_change: None,
        holds: 0,
        account_holds: 0,
        custody: Fen::ZERO,
        prepaid: Fen::ZERO,
        disputed: Fen::ZERO,
        refund: Fen::ZERO,
        payable: Fen::ZERO,
        settling: Fen::ZERO,
        interest: Fen::ZERO,
        suspended_in: Fen::ZERO,
        suspended_out: Fen::ZERO,
        deposit: Fen::ZERO,
        deposit_locked: false,
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
    let kind = convert::application_kind_of(d.kind);
    if kind.is_control_change() {
        institution.control_change = Some(d.application);
    }
    let application = Application {
        id: d.application,
        institution: institution.id,
        kind,
        scope: Scope { category: d.category, modes: d.modes.clone(), stages: d.stages.clone() },
        state: ApplicationState::Submitted,
        submitted_on: fact.effective_on,
        corrected_on: None,
        accepted_on: None,
        accept_by_on: d.accept_by_on,
        correct_by_on: None,
        decide_by_on: d.decide_by_on,
        submitted_by: user(fact),
        site_checked_by: None,
        site_check: None,
        reviewed_by: None,
        advice: None,
        version: 1,
    };
    state.applications.insert(d.application, application);
    Ok(())
}

pub(super) fn application_accepted(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &ApplicationAccepted,
) -> Result<(), Corrupt> {
    let application = application_step(state, d.application, ApplicationCommand::Accept)?;
    application.accepted_on = Some(fact.effective_on);
    application.accept_by_on = None;
    // The first ledgers told the last day when it was handed in.
    if d.decide_by_on.is_some() {
        application.decide_by_on = d.decide_by_on;
    }
    Ok(())
}

pub(super) fn application_decided(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &ApplicationDecided,
) -> Result<(), Corrupt> {
    let command = match d.decision {
        ApplicationDecision::Grant => ApplicationCommand::Grant,
        ApplicationDecision::Refuse => ApplicationCommand::Refuse,
    };
    let closed = application_step(state, d.application, command)?.kind == registry::ApplicationKind::Closure
        && d.decision == ApplicationDecision::Grant;
    if closed {
        // The licence ends with the next entry of the same command.
        institution_mut(state, fact)?.open_application = None;
        return Ok(());
    }
    no_longer_open(state, fact)
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
        hearing_by_on: None,
        hearing: None,
        hearing_on: None,
        revoked_from_on: None,
        rectify_by_on: None,
        close_from_on: None,
        inspected: None,
    };
    state.licences.insert(d.licence, licence);
    Ok(())
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
    let licence = licence_step(state, d.licence, LicenceCommand::Reinstate)?;
    licence.revocation_proposed_by = None;
    (licence.hearing, licence.hearing_by_on, licence.hearing_on) = (None, None, None);
    institution_mut(state, fact)?.state = InstitutionState::Licensed;
    Ok(())
}

pub(super) fn licence_revocation_proposed(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &LicenceRevocationProposed,
) -> Result<(), Corrupt> {
    let licence = licence_step(state, d.licence, LicenceCommand::ProposeRevocation)?;
    licence.revocation_proposed_by = user(fact);
    licence.hearing_by_on = d.hearing_by_on;
    licence.hearing = Some(Hearing::Open);
    licence.hearing_on = None;
    Ok(())
}

pub(super) fn licence_revoked(state: &mut WorkingSet, fact: &Fact<'_>, d: &LicenceRevoked) -> Result<(), Corrupt> {
    let licence = licence_step(state, d.licence, LicenceCommand::Revoke)?;
    licence.revoked_from_on = Some(d.effective_on);
    institution_mut(state, fact)?.state = InstitutionState::Revoked;
    Ok(())
}

pub(super) fn licence_ended(state: &mut WorkingSet, fact: &Fact<'_>, d: &LicenceEnded) -> Result<(), Corrupt> {
    let command = match d.cause {
        LicenceEndCause::Expired => LicenceCommand::Expire,
        LicenceEndCause::Surrendered => LicenceCommand::Surrender,
        LicenceEndCause::Renewed | LicenceEndCause::Changed | LicenceEndCause::Converted | LicenceEndCause::Closed => {
            LicenceCommand::End
        }
    };
    licence_step(state, d.licence, command)?;
    let institution = institution_mut(state, fact)?;
    institution.state = match d.cause {
        LicenceEndCause::Closed | LicenceEndCause::Surrendered => InstitutionState::Closed,
        // The licence that takes its place follows in the same command.
        LicenceEndCause::Renewed | LicenceEndCause::Changed | LicenceEndCause::Converted | LicenceEndCause::Expired => {
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
        cause_code: d.cause_code.as_ref().map(|code| code.as_str().to_owned()),
        objection_by_on: d.objection_by_on,
        rectify_by_on: d.rectify_by_on,
        until_on: d.until_on,
        step: None,
    };
    state.listings.insert(d.listing, listing);
    Ok(())
}
