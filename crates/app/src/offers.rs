//! Placement after a failure: institutions that volunteer to teach what another one left, and families
//! that accept. Nothing is transferred by it: the family is refunded like all others, and signs a new
//! contract if it wants to.

use access::{Action, Role, Target};
use kernel::{Category, ClassHours, ContractId, InstitutionId, RuleId, Stage, TransferOfferId, Violation};
use registry::{Institution, InstitutionState, ListKind};
pub use store::{TransferAcceptance, TransferOffer};

use crate::effects::new_uuid;
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::read::{Viewer, allow};
use crate::refusal::{Corrupt, Refusal};

/// An offer with what is left of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferView {
    /// The offer.
    pub offer: TransferOffer,
    /// Hours not yet accepted.
    pub hours_left: ClassHours,
}

fn broken(violation: Violation) -> AppError {
    AppError::refused(Refusal::Rules { violations: vec![violation.into()] })
}

fn failed(row: &Institution, command: &'static str) -> Result<(), AppError> {
    match row.state {
        InstitutionState::Suspended | InstitutionState::Revoked | InstitutionState::Closed => Ok(()),
        InstitutionState::Unlicensed | InstitutionState::Licensed => {
            let state = row.state.as_str().into();
            Err(AppError::refused(Refusal::State { what: "institution".into(), state, command: command.into() }))
        }
    }
}

fn hours<E>(_: E) -> AppError {
    Corrupt { what: "hours of an offer" }.into()
}

impl App {
    /// Offers to teach hours that a failed institution left. Only who is on the white list and licensed
    /// for the same category and stage may.
    ///
    /// # Errors
    /// Not found, denied; refused where the licence does not fit, or the other has not failed.
    pub async fn transfer_offer(
        &self,
        call: &Call,
        of: InstitutionId,
        (category, stage): (Category, Stage),
        offered: ClassHours,
    ) -> Result<OfferView, AppError> {
        let viewer = call.principal.as_ref();
        let Some(principal) = viewer else { return Err(AppError::NotSignedIn) };
        let Role::Institution { institution, .. } = &principal.role else {
            allow(viewer, &[Action::TransferOffer], &Target::Nothing, "institution")?;
            return Err(AppError::not_found("institution"));
        };
        let own = self.ledger_of_allowed(viewer, &[Action::TransferOffer], *institution).await?;
        failed(&self.institution_in(&own, of).await?, "offer_transfer")?;
        let row = self.institution_in(&own, *institution).await?;
        let fits = row.state == InstitutionState::Licensed
            && row.listing == ListKind::White
            && row.scope.category == category
            && row.scope.stages.contains(&stage);
        if !fits || offered.is_zero() {
            let actual = format!("{} {} {category} {stage} {offered}", row.state, row.listing);
            return Err(broken(Violation::of(RuleId::TransferFits).with("licensed white", actual)));
        }
        let id = TransferOfferId::new(new_uuid(&*self.effects, call.now));
        let offered_at = call.now;
        let offer = TransferOffer { id, failed: of, institution: row.id, category, stage, hours: offered, offered_at };
        let tx = self.store.begin().await?;
        store::transfer_offer_insert(&tx, own.id(), &offer).await?;
        tx.commit().await?;
        Ok(OfferView { hours_left: offer.hours, offer })
    }

    /// The offers about a failed institution, with what is left of each.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn transfer_offers(&self, viewer: Viewer<'_>, of: InstitutionId) -> Result<Vec<OfferView>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::TransferOfferRead], of).await?;
        let mut views = Vec::new();
        for offer in store::transfer_offers(&self.store.read(), ledger.id(), of).await? {
            let accepted = store::transfer_acceptances(&self.store.read(), ledger.id(), offer.id).await?;
            let accepted = ClassHours::try_sum(accepted.iter().map(|a| a.hours)).map_err(hours)?;
            views.push(OfferView { hours_left: offer.hours.checked_sub(accepted).map_err(hours)?, offer });
        }
        Ok(views)
    }

    /// A family accepts an offer for the hours that its contract has left. A contract accepts one offer.
    ///
    /// # Errors
    /// Not found, denied; refused where kind or stage differ, or the offer has not so many hours left.
    pub async fn transfer_accept(
        &self,
        call: &Call,
        contract: ContractId,
        offer: TransferOfferId,
    ) -> Result<TransferAcceptance, AppError> {
        let viewer = call.principal.as_ref();
        let (ledger, view) = self.contract_for(viewer, &[Action::TransferAccept], contract).await?;
        let account = view.account.ok_or_else(|| AppError::not_found("contract"))?;
        let found = self.transfer_offers(viewer, account.terms.institution).await?;
        let found = found.into_iter().find(|view| view.offer.id == offer);
        let found = found.ok_or_else(|| AppError::not_found("transfer_offer"))?;
        if (found.offer.category, found.offer.stage) != (account.terms.category, account.terms.stage) {
            let limit = format!("{} {}", found.offer.category, found.offer.stage);
            let actual = format!("{} {}", account.terms.category, account.terms.stage);
            return Err(broken(Violation::of(RuleId::TransferFits).with(limit, actual)));
        }
        let left = account.remaining().map_err(hours)?;
        if left.is_zero() || left > found.hours_left {
            return Err(broken(Violation::of(RuleId::TransferHours).with(found.hours_left, left)));
        }
        let acceptance = TransferAcceptance { contract, offer, hours: left, accepted_at: call.now };
        let tx = self.store.begin().await?;
        match store::transfer_acceptance_insert(&tx, ledger.id(), &acceptance).await {
            Ok(()) => tx.commit().await?,
            Err(store::StoreError::Constraint(_)) => {
                tx.rollback().await?;
                let (what, field) = ("transfer_acceptance".into(), "contract".into());
                return Err(AppError::refused(Refusal::Exists { what, field }));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(acceptance)
    }
}
