//! Applications and licences as far as the entries alone bind them: known, once, in order.

use std::collections::HashMap;

use kernel::{ApplicationId, LicenceId};

use super::{Fault, state, unknown};
use crate::body::{ApplicationDecision, Body};

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ApplicationState {
    Submitted,
    Accepted,
    Decided(ApplicationDecision),
}

/// Where a licence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LicenceState {
    InForce,
    Suspended,
    Ended,
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
                if *application != ApplicationState::Submitted {
                    return Err(state("application", d.application.uuid()));
                }
                *application = ApplicationState::Accepted;
            }
            Body::ApplicationDecided(d) => {
                let application = self.application(d.application)?;
                if matches!(application, ApplicationState::Decided(_)) {
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
            Body::LicenceRevocationProposed(d) => self.not_ended(d.licence)?,
            Body::LicenceRevoked(d) => self.end(d.licence)?,
            Body::LicenceEnded(d) => self.end(d.licence)?,
            // Nothing here binds these to entries before them.
            _ => {}
        }
        Ok(())
    }

    fn not_ended(&mut self, id: LicenceId) -> Result<(), Fault> {
        if *self.licence(id)? == LicenceState::Ended { Err(state("licence", id.uuid())) } else { Ok(()) }
    }

    fn end(&mut self, id: LicenceId) -> Result<(), Fault> {
        let licence = self.licence(id)?;
        if *licence == LicenceState::Ended {
            return Err(state("licence", id.uuid()));
        }
        *licence = LicenceState::Ended;
        Ok(())
    }
}
