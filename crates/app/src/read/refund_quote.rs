//! What a refund of a contract in force would be today: what the law and the contract give, by the
//! calculator, beside what the contract's lots in escrow can pay. Where they differ it is said why.

use access::Action;
use contract::refund::{
    AgreedFullRefund, LotFacts, Prepaid, Rates, RefundAnswer, RefundCause, RefundError, RefundFacts, RefundLaw, refund,
};
use escrow::Account;
use kernel::{ContractId, Day, DayCount, Fen, Instant, Percent};

use super::Viewer;
use crate::error::AppError;
use crate::ledgers::App;
use crate::refusal::{Corrupt, Refusal};

/// What a refund would be today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Whose doing it is, as asked.
    pub cause: RefundCause,
    /// What escrow can pay now.
    pub amount: Fen,
    /// The sum of the calculator less [`Quote::amount`]: what is to be had elsewhere, or waits.
    pub difference: Fen,
    /// Are lessons waiting for an answer, or in dispute?
    pub open_lessons: bool,
    /// What law and contract give.
    pub answer: RefundAnswer,
    /// Last day to pay, if it were agreed today; none where that year's calendar is not known.
    pub due_on: Option<Day>,
    /// Where the pay-back term stands.
    pub due_source: String,
    /// Hash of the policy that was applied.
    pub policy: ledger::Hash,
}

/// The facts of a contract in force. Hours that are claimed or in dispute count as used until they
/// are answered; hours given back before are gone.
pub(crate) fn refund_facts(
    account: &Account,
    cause: RefundCause,
    paid_on: Day,
    today: Day,
) -> Result<RefundFacts, AppError> {
    let unsound = |_| Corrupt { what: "hours or money of a lot" };
    let lots = account.lots.iter().map(|lot| {
        let used = lot.out().map_err(unsound)?.checked_add(lot.claimed).map_err(|e| unsound(e.into()))?;
        Ok(LotFacts {
            paid_hours: lot.paid_hours,
            gift_hours: lot.gift_hours,
            price: lot.price,
            paid: lot.paid,
            list_price_per_hour: lot.list_price_per_hour,
            market_price_per_hour: None,
            used,
        })
    });
    let terms = &account.terms.refund_terms;
    Ok(RefundFacts {
        cause,
        prepaid: Prepaid::Hours(lots.collect::<Result<_, AppError>>()?),
        paid_on,
        requested_on: today,
        first_lesson_on: Some(account.terms.first_lesson_on),
        same_service_before: None,
        // Article 5 of the contract's document gives back all of the balance, gift hours included.
        agreed_share: Some(Percent::HUNDRED),
        agreed_full_refund: Some(AgreedFullRefund {
            days_before_start: terms.full_refund_days_before_start,
            days_after_start: terms.full_refund_days_after_start,
        }),
        rates: Rates::default(),
        interest_from_on: None,
        interest_until_on: None,
    })
}

impl App {
    /// The day of a contract's first payment, for a right that runs from it.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn contract_paid_on(&self, viewer: Viewer<'_>, id: ContractId) -> Result<Option<Day>, AppError> {
        let actions = [Action::ContractWithdraw, Action::ContractRead];
        let (ledger, _) = self.contract_for(viewer, &actions, id).await?;
        let payments = store::payments_of_contract(&self.store().read(), ledger.id(), id).await?;
        Ok(payments.iter().map(|payment| payment.paid_at.day()).min())
    }

    /// What a refund would be today.
    ///
    /// # Errors
    /// Not found, denied; refused while the contract is not in force.
    pub async fn refund_quote(
        &self,
        viewer: Viewer<'_>,
        now: Instant,
        id: ContractId,
        cause: RefundCause,
    ) -> Result<Quote, AppError> {
        let (ledger, view) = self.contract_for(viewer, &[Action::RefundQuote], id).await?;
        let state = view.state();
        let Some(account) = view.account else {
            let (what, command) = ("contract".into(), "quote_refund".into());
            return Err(AppError::refused(Refusal::State { what, state: state.as_str().into(), command }));
        };
        let today = now.day();
        let payments = store::payments_of_contract(&self.store().read(), ledger.id(), id).await?;
        let paid_on = payments.iter().map(|payment| payment.paid_at.day()).min().unwrap_or(today).min(today);
        let policy = self.policies_now().await?.resolve(ledger.region(), today)?;
        let facts = refund_facts(&account, cause, paid_on, today)?;
        let answer = refund(&facts, &RefundLaw::of(&policy)?, self.calendar()).map_err(|error| match error {
            RefundError::Time(_) => Corrupt { what: "days of a contract" },
            _ => Corrupt { what: "hours or money of a lot" },
        })?;
        let unsound = |_| Corrupt { what: "hours or money of a lot" };
        let parts = account.refund_parts().map_err(unsound)?;
        let amount = escrow::account::total(&parts).map_err(unsound)?;
        let difference = answer.sum.amount.checked_sub(amount).map_err(|_| Corrupt { what: "sum of money" })?;
        let agreed = DayCount::Days(account.terms.refund_terms.pay_back_days);
        let agreed = self.calendar().end_of(today, agreed).ok();
        let ruled = answer.due.on;
        Ok(Quote {
            cause,
            amount,
            difference,
            open_lessons: account.lots.iter().any(|lot| !lot.claimed.is_zero() || !lot.disputed.is_zero()),
            due_on: ruled.map(|ruled| agreed.map_or(ruled, |agreed| agreed.min(ruled))).or(agreed),
            due_source: answer.due.source.clone(),
            policy: ledger::digest(ledger::tags::POLICY, &policy.canonical_bytes()),
            answer,
        })
    }
}
