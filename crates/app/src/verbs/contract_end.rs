//! A party ends a contract: the family steps back within a time in which everything is given back
//! (撤回), or a party dissolves by notice on a ground of its own (解除). The notice ends the contract; the
//! refund of what escrow holds goes with it.

use access::{Action, Role};
use contract::refund::{RefundBasis, RefundCause, RefundLaw, refund};
use contract::{ContractCommand, ContractState, Party};
use escrow::Account;
use kernel::{ContractId, Day, Fen, RefundId, RuleId, Violation};
use ledger::body::{ConsentedBy, ContractEndGround, ContractEnded, RefundConsented, RefundRequested};
use registry::Institution;
use serde_json::json;

use super::refund_consent::pay_by_on;
use super::{account, arithmetic};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::read::refund_facts;
use crate::refusal::{Corrupt, Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Who may end a contract by notice, and on which grounds.
const NOTICE: &str = "民法典第562条、第563条、第565条；法释〔2025〕4号第13条；GF-2021-2604";
/// What a contract that may be stepped back from is.
const WITHDRAWAL: &str = "法释〔2025〕4号第14条；GF-2021-2604第5条";

/// How a contract is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Within a time of full refund. Had the family received the same service before, here or
    /// elsewhere? `paid_on` is the day of the first payment, if there was one.
    Withdrawal {
        /// As the family says.
        same_service_before: bool,
        /// The first payment.
        paid_on: Option<Day>,
    },
    /// By notice.
    Notice {
        /// On which ground.
        ground: ContractEndGround,
    },
}

/// Ends a contract.
pub struct ContractEnd {
    /// Which.
    pub contract: ContractId,
    /// How.
    pub ending: Ending,
    /// Id of the refund that goes with it.
    pub refund: RefundId,
    /// The reasons.
    pub reason: Secret,
}

/// What the grounds of a notice mean.
struct Ground {
    word: ContractEndGround,
    cause: RefundCause,
    /// Consent that the law or the party's own notice gives.
    consent: Option<ConsentedBy>,
}

impl ContractEnd {
    fn ground(&self, party: Party, account: &Account, context: &Context<'_>) -> Result<Ground, Stop> {
        use ContractEndGround as G;
        let refused = |actual: G| {
            let violation = Violation::of(RuleId::TerminationGround).with(own_grounds(party), actual);
            Stop::from(violation.source(NOTICE).field("ground"))
        };
        match self.ending {
            Ending::Withdrawal { same_service_before, paid_on } => {
                let word = withdrawal(account, context, same_service_before, paid_on)?;
                Ok(Ground { word, cause: RefundCause::Consumer, consent: Some(ConsentedBy::Law) })
            }
            Ending::Notice { ground } => {
                let own = match (party, ground) {
                    (Party::Guardian, G::Early) => (RefundCause::Consumer, None),
                    (Party::Guardian, G::InstitutionBreach) => (RefundCause::Institution, None),
                    (Party::Guardian, G::Health | G::ForceMajeure) => (RefundCause::Neither, None),
                    (Party::Institution, G::ForceMajeure | G::Health) => {
                        (RefundCause::Neither, Some(ConsentedBy::Institution))
                    }
                    (Party::Institution, G::PaymentOverdue) if is_overdue(account, context.today)? => {
                        (RefundCause::Consumer, Some(ConsentedBy::Institution))
                    }
                    _ => return Err(refused(ground)),
                };
                Ok(Ground { word: ground, cause: own.0, consent: own.1 })
            }
        }
    }
}

/// Grounds that are a party's own, for the refusal.
const fn own_grounds(party: Party) -> &'static str {
    match party {
        Party::Guardian => "early, institution_breach, health, force_majeure",
        Party::Institution => "force_majeure, health, payment_overdue（到首次上课日仍未缴清）",
    }
}

/// Is money missing though lessons have begun?
fn is_overdue(account: &Account, today: Day) -> Result<bool, Stop> {
    let unsound = |_| Corrupt { what: "money of a lot" };
    let price = account.terms.price().map_err(unsound)?;
    let paid = Fen::try_sum(account.lots.iter().map(|lot| lot.paid)).map_err(unsound)?;
    Ok(paid < price && today > account.terms.first_lesson_on)
}

/// The right by which everything is given back today.
fn withdrawal(
    account: &Account,
    context: &Context<'_>,
    same_service_before: bool,
    paid_on: Option<Day>,
) -> Result<ContractEndGround, Stop> {
    let paid_on = paid_on.unwrap_or(context.today).min(context.today);
    let mut facts = refund_facts(account, RefundCause::Consumer, paid_on, context.today)
        .map_err(|_| Corrupt { what: "hours or money of a lot" })?;
    facts.same_service_before = Some(same_service_before);
    let law = RefundLaw::of(context.policy).map_err(|_| Corrupt { what: "policy of a refund" })?;
    let answer = refund(&facts, &law, context.calendar).map_err(|_| Corrupt { what: "facts of a refund" })?;
    match answer.sum.basis {
        RefundBasis::CoolingOff => Ok(ContractEndGround::CoolingOff),
        RefundBasis::AgreedFullRefund => Ok(ContractEndGround::AgreedFullRefund),
        RefundBasis::BeforeFirstLesson => Ok(ContractEndGround::BeforeFirstLesson),
        _ => {
            let terms = account.terms.refund_terms;
            let limit = format!(
                "{} -{}/+{}; {} +7",
                account.terms.first_lesson_on,
                terms.full_refund_days_before_start,
                terms.full_refund_days_after_start,
                paid_on
            );
            let violation = Violation::of(RuleId::WithdrawalWindow).with(limit, context.today);
            Err(violation.source(WITHDRAWAL).into())
        }
    }
}

impl Verb for ContractEnd {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (action, command) = match self.ending {
            Ending::Withdrawal { .. } => (Action::ContractWithdraw, "withdraw"),
            Ending::Notice { .. } => (Action::ContractTerminate, "terminate"),
        };
        let (account, institution) = account(state, self.contract, context, action, command)?;
        let party = match context.principal.map(|principal| &principal.role) {
            Some(Role::Institution { .. }) => Party::Institution,
            _ => Party::Guardian,
        };
        if account.state != ContractState::Signed {
            let (what, state) = ("contract".into(), account.state.as_str().into());
            return Err(Refusal::State { what, state, command: command.into() }.into());
        }
        if account.open_refund.is_some() {
            let (what, state) = ("contract".into(), "refund_requested".into());
            return Err(Refusal::State { what, state, command: command.into() }.into());
        }
        let next = account.state.apply(ContractCommand::End).map_err(illegal("contract"))?;
        let ground = self.ground(party, &account, context)?;
        self.decided(&account, &institution, party, &ground, next, context)
    }
}

impl ContractEnd {
    fn decided(
        &self,
        account: &Account,
        institution: &Institution,
        party: Party,
        ground: &Ground,
        next: ContractState,
        context: &Context<'_>,
    ) -> Result<Decision, Stop> {
        let parts = account.refund_parts().map_err(arithmetic)?;
        let amount = escrow::account::total(&parts).map_err(arithmetic)?;
        let paid = Fen::try_sum(account.lots.iter().map(|lot| lot.paid)).map_err(super::overflow)?;
        let all = matches!(self.ending, Ending::Withdrawal { .. });
        // What was taught already is no longer in escrow: the institution gives it back itself.
        let outside = if all { paid.checked_sub(amount).map_err(super::overflow)? } else { Fen::ZERO };
        let with_refund = amount > Fen::ZERO;
        let answer_by_on = context.ruled_deadline(context.today, &context.policy.refund_answer);
        let pay_by_on = ground.consent.and_then(|_| pay_by_on(&account.terms, context));
        let answer = json!({
            "id": self.contract.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "by": party.as_str(),
            "ground": ground.word.as_str(),
            "refund": with_refund.then(|| self.refund.to_string()),
            "cause": ground.cause.as_str(),
            "amount_fen": amount.fen(),
            "outside_escrow_fen": outside.fen(),
            "answer_by_on": (with_refund && ground.consent.is_none()).then_some(answer_by_on).flatten().map(|day| day.to_string()),
            "pay_by_on": pay_by_on.map(|day| day.to_string()),
        });
        let seq = |n: u64| account.last_seq.saturating_add(n);
        let body = ContractEnded {
            by: convert::party(party),
            contract: self.contract,
            contract_seq: seq(1),
            ground: ground.word,
            outside_escrow_fen: outside,
        };
        let mut decision = Decision::new(201, answer);
        decision = decision.entry(institution.id, context.today, body, Some(self.reason.clone()));
        if with_refund {
            let body = RefundRequested {
                amount_fen: amount,
                answer_by_on: answer_by_on.filter(|_| ground.consent.is_none()),
                cause: convert::refund_cause(ground.cause),
                contract: self.contract,
                contract_seq: seq(2),
                lots: convert::lot_parts(&parts),
                refund: self.refund,
            };
            decision = decision.entry(institution.id, context.today, body, None);
        }
        if let (true, Some(by)) = (with_refund, ground.consent) {
            let body = RefundConsented {
                by,
                contract: self.contract,
                contract_seq: seq(3),
                lots: convert::lot_parts(&parts),
                pay_by_on,
                refund: self.refund,
            };
            decision = decision.entry(institution.id, context.today, body, None);
        }
        Ok(decision)
    }
}
