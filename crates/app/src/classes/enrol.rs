//! Who is in a class: contracts of its course that are signed and paid, as many as fit.

use access::Action;
use contract::ContractState;
use kernel::{ClassId, ContractId, Day, RuleId, Violation};
use store::Enrolment;

use super::refused;
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::read::Viewer;
use crate::refusal::Corrupt;

/// A contract in a class, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The enrolment.
    pub enrolment: Enrolment,
    /// Pupils who are in the class or will be.
    pub enrolled: u64,
}

fn count(enrolments: &[Enrolment]) -> u64 {
    u64::try_from(enrolments.iter().filter(|enrolment| enrolment.until_on.is_none()).count()).unwrap_or(u64::MAX)
}

impl App {
    /// Puts a contract's pupil into a class from a day on. Twice is once.
    ///
    /// # Errors
    /// Not found, denied; a class that is full; a contract that is of another course, not signed, or of
    /// which nothing is paid.
    pub async fn enrol(
        &self,
        call: &Call,
        class: ClassId,
        contract: ContractId,
        from_on: Option<Day>,
    ) -> Result<Enrolled, AppError> {
        let (ledger, class) = self.class_in(call.principal.as_ref(), Action::ClassManage, class).await?;
        let tx = self.lock(ledger.id()).await?;
        let account = store::account_load(&tx, ledger.id(), &[contract]).await?.pop();
        let draft = store::draft_load(&tx, ledger.id(), &[contract]).await?.pop();
        // A contract of somebody else is not there.
        let own = |institution| institution == class.institution;
        if !draft.as_ref().is_some_and(|draft| own(draft.terms.institution)) {
            tx.rollback().await?;
            return Err(AppError::not_found("contract"));
        }
        let enrolments = store::enrolments_of(&tx, ledger.id(), &[class.id]).await?;
        let (taken, there) = (count(&enrolments), enrolments.iter().find(|e| e.contract == contract).copied());
        let mut broken = Vec::new();
        let wrong =
            |limit: &str, actual: &str| Violation::of(RuleId::EnrolmentContract).with(limit, actual).field("contract");
        match &account {
            None => broken.push(wrong("signed", draft.as_ref().map_or("draft", |draft| draft.state.as_str()))),
            Some(account) => {
                if account.terms.course != class.course {
                    broken.push(wrong(&class.course.to_string(), &account.terms.course.to_string()));
                }
                if account.state != ContractState::Signed {
                    broken.push(wrong("signed", account.state.as_str()));
                }
                if account.lots.iter().all(|lot| lot.paid == kernel::Fen::ZERO) {
                    broken.push(wrong("paid", "0"));
                }
            }
        }
        let stays = there.is_some_and(|enrolment| enrolment.until_on.is_none());
        if !stays && taken >= u64::from(class.capacity) {
            let full = taken.saturating_add(1);
            broken.push(Violation::of(RuleId::ClassSize).with(class.capacity, full).field("contract"));
        }
        broken.sort_by_key(|violation| violation.rule);
        if !broken.is_empty() {
            tx.rollback().await?;
            return Err(refused(broken));
        }
        let first = account.as_ref().map_or_else(|| call.now.day(), |account| account.terms.first_lesson_on);
        let from_on = from_on.or(there.map(|enrolment| enrolment.from_on)).unwrap_or(first);
        let enrolment = Enrolment { class: class.id, contract, from_on, until_on: None };
        let enrolled = if stays { taken } else { taken.saturating_add(1) };
        if call.dry_run {
            tx.rollback().await?;
        } else {
            store::enrolment_save(&tx, ledger.id(), &enrolment).await?;
            tx.commit().await?;
        }
        Ok(Enrolled { enrolment, enrolled })
    }

    /// A pupil leaves a class after a day.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn enrolment_end(
        &self,
        call: &Call,
        class: ClassId,
        contract: ContractId,
        until_on: Day,
    ) -> Result<Enrolled, AppError> {
        let (ledger, class) = self.class_in(call.principal.as_ref(), Action::ClassManage, class).await?;
        let tx = self.lock(ledger.id()).await?;
        let enrolments = store::enrolments_of(&tx, ledger.id(), &[class.id]).await?;
        let Some(there) = enrolments.iter().find(|enrolment| enrolment.contract == contract).copied() else {
            tx.rollback().await?;
            return Err(AppError::not_found("enrolment"));
        };
        let enrolment = Enrolment { until_on: Some(until_on), ..there };
        store::enrolment_save(&tx, ledger.id(), &enrolment).await?;
        let left = u64::from(there.until_on.is_none());
        tx.commit().await?;
        Ok(Enrolled { enrolment, enrolled: count(&enrolments).saturating_sub(left) })
    }

    /// Everybody who is or was in a class.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn enrolments(&self, viewer: Viewer<'_>, class: ClassId) -> Result<Vec<Enrolment>, AppError> {
        let (ledger, class) = self.class_in(viewer, Action::ClassRead, class).await?;
        let mut found = store::enrolments_of(&self.store.read(), ledger.id(), &[class.id]).await?;
        found.sort_unstable_by_key(|enrolment| enrolment.contract);
        if found.iter().any(|enrolment| enrolment.class != class.id) {
            return Err(Corrupt { what: "enrolment of another class" }.into());
        }
        Ok(found)
    }
}
