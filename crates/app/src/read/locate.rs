//! In which ledger is it? Most callers have one, and then nothing is looked up; a regulator of a
//! city or province, and the public, have several.

use std::sync::Arc;

use access::{Action, Denied, Principal, Reason, Role, Target};
use kernel::{
    ApplicationId, ContractId, CourseId, HoldId, InstitutionId, LedgerId, LessonId, LicenceId, RefundId, RegionCode,
    SettlementId,
};

use super::{Viewer, allow};
use crate::context::Verb;
use crate::drafting::{NewContract, NewInstitution};
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::Refusal;
use crate::writer::Outcome;

/// Something that lives in one ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// An institution.
    Institution(InstitutionId),
    /// An application.
    Application(ApplicationId),
    /// A licence.
    Licence(LicenceId),
    /// A decision on a list.
    Listing(kernel::ListingId),
    /// A course.
    Course(CourseId),
    /// A class of a course.
    Class(kernel::ClassId),
    /// A session of a class.
    ClassSession(kernel::ClassSessionId),
    /// A contract, drawn up or in force.
    Contract(ContractId),
    /// A lesson.
    Lesson(LessonId),
    /// A refund.
    Refund(RefundId),
    /// A settlement.
    Settlement(SettlementId),
    /// A hold.
    Hold(HoldId),
    /// An alert.
    Alert(kernel::AlertId),
}

impl Thing {
    /// What it is called in a refusal.
    pub const fn what(self) -> &'static str {
        match self {
            Thing::Institution(_) => "institution",
            Thing::Application(_) => "licence_application",
            Thing::Licence(_) => "licence",
            Thing::Listing(_) => "listing",
            Thing::Course(_) => "course",
            Thing::Class(_) => "class",
            Thing::ClassSession(_) => "class_session",
            Thing::Contract(_) => "contract",
            Thing::Lesson(_) => "lesson",
            Thing::Refund(_) => "refund",
            Thing::Settlement(_) => "settlement",
            Thing::Hold(_) => "hold",
            Thing::Alert(_) => "alert",
        }
    }

    /// May everybody know that it exists? Not of a contract or what belongs to one.
    const fn is_public_knowledge(self) -> bool {
        matches!(
            self,
            Thing::Institution(_) | Thing::Application(_) | Thing::Licence(_) | Thing::Listing(_) | Thing::Course(_)
        )
    }
}

/// The one ledger that a role is bound to, if it is bound to one.
fn own_ledger(role: &Role) -> Option<LedgerId> {
    match role {
        Role::Institution { ledger, .. } | Role::Guardian { ledger, .. } => Some(ledger.clone()),
        Role::Regulator { region, .. } | Role::Bank { region } | Role::Auditor { region } => {
            region.is_county().then(|| LedgerId::first_of(*region))
        }
        Role::Admin => None,
    }
}

impl App {
    /// The ledgers that a user works in: its own, or those of its region. None for the public and
    /// the administrator.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn ledgers_of_user(&self, principal: &Principal) -> Result<Vec<Arc<Ledger>>, AppError> {
        if let Some(own) = own_ledger(&principal.role) {
            return Ok(self.ledger(&own).await?.into_iter().collect());
        }
        match principal.role.region() {
            Some(region) => Ok(self.ledgers_in(Some(region)).await),
            None => Ok(Vec::new()),
        }
    }

    /// The ledgers of a region and below; all where none is given.
    pub async fn ledgers_in(&self, region: Option<RegionCode>) -> Vec<Arc<Ledger>> {
        let mut ledgers = self.all_ledgers().await;
        ledgers.retain(|ledger| region.is_none_or(|region| region.contains(ledger.region())));
        ledgers
    }

    /// The ledger in which a thing is, wherever that is.
    ///
    /// # Errors
    /// Not found.
    pub async fn ledger_with(&self, viewer: Viewer<'_>, thing: Thing) -> Result<Arc<Ledger>, AppError> {
        let mut ledgers = self.all_ledgers().await;
        if ledgers.len() == 1 {
            return ledgers.pop().ok_or_else(|| AppError::not_found(thing.what()));
        }
        // Where it most probably is comes first.
        let own = viewer.and_then(|principal| own_ledger(&principal.role));
        ledgers.sort_by_key(|ledger| own.as_ref() != Some(ledger.id()));
        for ledger in ledgers {
            if self.holds_thing(ledger.id(), thing).await? {
                return Ok(ledger);
            }
        }
        Err(AppError::not_found(thing.what()))
    }

    async fn holds_thing(&self, ledger: &LedgerId, thing: Thing) -> Result<bool, AppError> {
        let read = self.store().read();
        Ok(match thing {
            Thing::Institution(id) => !store::institution_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Application(id) => !store::application_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Licence(id) => !store::licence_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Listing(id) => !store::listing_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Course(id) => !store::course_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Class(id) => !store::class_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::ClassSession(id) => !store::class_session_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Contract(id) => !store::draft_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Lesson(id) => !store::lesson_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Refund(id) => !store::refund_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Settlement(id) => !store::settlement_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Hold(id) => !store::hold_load(&read, ledger, &[id]).await?.is_empty(),
            Thing::Alert(id) => !store::alert_load(&read, ledger, &[id]).await?.is_empty(),
        })
    }

    /// The ledger to which a command about a thing goes. For a caller with one ledger no question
    /// is asked of the database: the verb itself finds out whether the thing is there.
    ///
    /// # Errors
    /// Not found, and [`AppError`] of the database.
    pub async fn ledger_for(&self, call: &Call, thing: Thing) -> Result<Arc<Ledger>, AppError> {
        if let Some(own) = call.principal.as_ref().and_then(|principal| own_ledger(&principal.role))
            && let Some(ledger) = self.ledger(&own).await?
        {
            return Ok(ledger);
        }
        self.ledger_with(call.principal.as_ref(), thing).await
    }

    /// Submits a command about a thing to the ledger in which it is.
    ///
    /// # Errors
    /// [`AppError`]; something of another region that everybody may know of is denied, not missing.
    pub async fn submit_about(
        &self,
        call: Call,
        action: Action,
        thing: Thing,
        verb: impl Verb + 'static,
    ) -> Result<(Arc<Ledger>, Outcome), AppError> {
        let ledger = self.ledger_for(&call, thing).await?;
        let principal = call.principal.clone();
        match self.submit(&ledger, call, verb).await {
            Ok(outcome) => Ok((ledger, outcome)),
            Err(error) => Err(self.elsewhere(principal, action, thing, &ledger, error).await),
        }
    }

    /// Something that was not found where the caller works may be somewhere else; if everybody may
    /// know of it, the caller is told that it is out of reach.
    async fn elsewhere(
        &self,
        principal: Option<Principal>,
        action: Action,
        thing: Thing,
        here: &Ledger,
        error: AppError,
    ) -> AppError {
        let missing = matches!(
            &error,
            AppError::Refused { refusal: Refusal::NotFound { what }, .. } if what == thing.what()
        );
        if !(missing && thing.is_public_knowledge()) {
            return error;
        }
        match (principal, self.ledger_with(None, thing).await) {
            (Some(principal), Ok(there)) if there.id() != here.id() => elsewhere_denied(&principal.role, action).into(),
            _ => error,
        }
    }

    /// Registers an institution in its county, whose ledger opens with it if need be.
    ///
    /// # Errors
    /// Denied before anything is opened; [`AppError::NoLedger`].
    pub async fn institution_submit(
        &self,
        call: Call,
        new: NewInstitution,
    ) -> Result<(Arc<Ledger>, Outcome), AppError> {
        let region = new.region;
        allow(call.principal.as_ref(), &[Action::InstitutionRegister], &Target::Region(region), "institution")?;
        let ledger = self.ledger_of(region).await?;
        let verb = self.institution_register(&call, &ledger, new)?;
        let outcome = self.submit(&ledger, call, verb).await?;
        Ok((ledger, outcome))
    }

    /// Draws up a contract in the ledger of its course.
    ///
    /// # Errors
    /// Not found, denied, refused.
    pub async fn contract_submit(&self, call: Call, new: NewContract) -> Result<(Arc<Ledger>, Outcome), AppError> {
        let thing = Thing::Course(new.course);
        let ledger = self.ledger_for(&call, thing).await?;
        let principal = call.principal.clone();
        let done = async {
            let verb = self.contract_draft(&call, &ledger, new).await?;
            self.submit(&ledger, call, verb).await
        };
        match done.await {
            Ok(outcome) => Ok((ledger, outcome)),
            Err(error) => Err(self.elsewhere(principal, Action::ContractDraft, thing, &ledger, error).await),
        }
    }

    /// A party signs a contract.
    ///
    /// # Errors
    /// Not found, denied, refused.
    pub async fn contract_sign_submit(
        &self,
        call: Call,
        contract: ContractId,
        party: contract::Party,
        signed: Option<ledger::Hash>,
    ) -> Result<(Arc<Ledger>, Outcome), AppError> {
        let thing = Thing::Contract(contract);
        let ledger = self.ledger_for(&call, thing).await?;
        let principal = call.principal.clone();
        let done = async {
            let verb = self.contract_sign(ledger.id(), contract, party, signed).await?;
            self.submit(&ledger, call, verb).await
        };
        match done.await {
            Ok(outcome) => Ok((ledger, outcome)),
            Err(error) => Err(self.elsewhere(principal, Action::ContractRead, thing, &ledger, error).await),
        }
    }

    /// The name of a course, for the commitment of its publication.
    ///
    /// # Errors
    /// Not found.
    pub async fn course_name(&self, viewer: Viewer<'_>, course: CourseId) -> Result<String, AppError> {
        let ledger = self.ledger_with(viewer, Thing::Course(course)).await?;
        let found = store::named_course(&self.store().read(), ledger.id(), course).await?;
        Ok(found.ok_or_else(|| AppError::not_found("course"))?.name.unwrap_or_default())
    }
}

fn elsewhere_denied(role: &Role, action: Action) -> Denied {
    let reason = if role.region().is_some() { Reason::Region } else { Reason::NotOwn };
    Denied { action, reason, hide: false }
}
