//! Applications and licences as far as the entries alone bind them: known, once, in order.

use std::collections::HashMap;

use kernel::{ApplicationId, LicenceId};

use super::{Fault, state, unknown};
use crate::body::{ApplicationDecision, Body};

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ApplicationState {
    Submitted,
    Correcting,
    Corrected,
    Accepted,
    Decided(ApplicationDecision),
    Ended,
}

/// Where a licence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LicenceState {
    InForce,
    Suspended,
    Ended,
    Deregistered,
}

/// Of one institution.
#[derive(Clone, Debug, Default)]
pub(super) struct RegistryBooks {
    applications: HashMap<ApplicationId, ApplicationState>,
    licences: HashMap<LicenceId, LicenceState>,
}

impl RegistryBooks {
    fn application(&mut self, id: ApplicationId) -> Result<&mut ApplicationState, Fault> {
        self.applications.get_mut(&id).ok_or_else(|| unknown("application", id.uuid()))
    }

    fn licence(&mut self, id: LicenceId) -> Result<&mut LicenceState, Fault> {
        self.licences.get_mut(&id).ok_or_else(|| unknown("licence", id.uuid()))
    }

    pub(super) fn play(&mut self, body: &Body) -> Result<(), Fault> {
        match body {
            Body::ApplicationSubmitted(d) => {
                self.applications.insert(d.application, ApplicationState::Submitted);
            }
            Body::ApplicationAccepted(d) => {
                let application = self.application(d.application)?;
                if !matches!(application, ApplicationState::Submitted | ApplicationState::Corrected) {
                    return Err(state("application", d.application.uuid()));
                }
                *application = ApplicationState::Accepted;
            }
            Body::ApplicationCorrectionAsked(d) => {
                self.application_step(d.application, ApplicationState::Submitted, ApplicationState::Correcting)?;
            }
            Body::ApplicationCorrected(d) => {
                self.application_step(d.application, ApplicationState::Correcting, ApplicationState::Corrected)?;
            }
            Body::ApplicationSiteChecked(d) => {
                self.application_step(d.application, ApplicationState::Accepted, ApplicationState::Accepted)?;
            }
            Body::ApplicationReviewed(d) => {
                self.application_step(d.application, ApplicationState::Accepted, ApplicationState::Accepted)?;
            }
            Body::ApplicationEnded(d) => {
                let application = self.application(d.application)?;
                if matches!(application, ApplicationState::Decided(_) | ApplicationState::Ended) {
                    return Err(state("application", d.application.uuid()));
                }
                *application = ApplicationState::Ended;
            }
            Body::ApplicationDecided(d) => {
                let application = self.application(d.application)?;
                if matches!(application, ApplicationState::Decided(_) | ApplicationState::Ended) {
                    return Err(state("application", d.application.uuid()));
                }
                *application = ApplicationState::Decided(d.decision);
            }
            Body::LicenceGranted(d) => {
                if *self.application(d.application)? != ApplicationState::Decided(ApplicationDecision::Grant) {
                    return Err(state("application", d.application.uuid()));
                }
                self.licences.insert(d.licence, LicenceState::InForce);
            }
            Body::LicenceSuspended(d) => {
                let licence = self.licence(d.licence)?;
                if *licence != LicenceState::InForce {
                    return Err(state("licence", d.licence.uuid()));
                }
                *licence = LicenceState::Suspended;
            }
            Body::LicenceReinstated(d) => {
                let licence = self.licence(d.licence)?;
                if *licence != LicenceState::Suspended {
                    return Err(state("licence", d.licence.uuid()));
                }
                *licence = LicenceState::InForce;
            }
            Body::LicenceExtended(d) => {
                if *self.application(d.application)? != ApplicationState::Decided(ApplicationDecision::Grant) {
                    return Err(state("application", d.application.uuid()));
                }
                self.not_ended(d.licence)?;
            }
            Body::LicenceMeasureTaken(d) => self.not_ended(d.licence)?,
            Body::LicenceMeasureLifted(d) => self.not_ended(d.licence)?,
            Body::LicenceInspected(d) => self.not_ended(d.licence)?,
            Body::LicenceRevocationStep(d) => self.not_ended(d.licence)?,
            Body::LicenceClosing(d) => self.not_ended(d.licence)?,
            Body::LicenceDeregistered(d) => {
                let licence = self.licence(d.licence)?;
                if *licence != LicenceState::Ended {
                    return Err(state("licence", d.licence.uuid()));
                }
                *licence = LicenceState::Deregistered;
            }
            Body::LicenceRevocationProposed(d) => self.not_ended(d.licence)?,
            Body::LicenceRevoked(d) => self.end(d.licence)?,
            Body::LicenceEnded(d) => self.end(d.licence)?,
            // Nothing here binds these to entries before them.
            _ => {}
        }
        Ok(())
    }

    fn application_step(
        &mut self,
        id: ApplicationId,
        from: ApplicationState,
        to: ApplicationState,
    ) -> Result<(), Fault> {
        let application = self.application(id)?;
        if *application != from {
            return Err(state("application", id.uuid()));
        }
        *application = to;
        Ok(())
    }

    fn not_ended(&mut self, id: LicenceId) -> Result<(), Fault> {
        let ended = matches!(self.licence(id)?, LicenceState::Ended | LicenceState::Deregistered);
        if ended { Err(state("licence", id.uuid())) } else { Ok(()) }
    }

    fn end(&mut self, id: LicenceId) -> Result<(), Fault> {
        self.not_ended(id)?;
        *self.licence(id)? = LicenceState::Ended;
        Ok(())
    }
}
