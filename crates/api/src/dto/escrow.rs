//! Payments, lessons, refunds, settlements, holds, balances.

use app::read::{Balances, Payment, Quote, StatementView};
use app::verbs::Asked;
use escrow::{Lesson, Refund, Settlement};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::calculators::{self, AlternativeBody, RefundLineBody};
use super::contracts::ContractBody;
use super::ledgers::EntryBody;
use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::{Expected, Text};

/// Money that reached the custody account.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequest {
    /// How much, fen.
    pub amount_fen: w::Positive,
    /// When the bank booked it.
    pub paid_at: w::AnyInstant,
    /// How it was paid.
    pub method: w::PaymentMethod,
    /// The bank's reference, booked once.
    pub bank_reference: w::BankReference,
}

/// A payment that was recorded.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaymentRecordedBody {
    /// Id.
    pub id: w::PaymentId,
    /// For which contract.
    pub contract: w::ContractId,
    /// How much, fen.
    pub amount_fen: i64,
    /// In escrow for the contract now, fen.
    pub prepaid_fen: i64,
}

/// A payment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PaymentBody {
    /// Id.
    pub id: w::PaymentId,
    /// For which contract.
    pub contract: w::ContractId,
    /// To whom.
    pub institution: w::InstitutionId,
    /// How much, fen.
    pub amount_fen: i64,
    /// When the bank booked it.
    pub paid_at: w::Instant,
    /// How it was paid.
    pub method: String,
    /// The bank's reference; none when only the ledger is at hand.
    pub bank_reference: Option<String>,
    /// Entry that recorded it.
    pub seq: w::Seq,
}

impl From<Payment> for PaymentBody {
    fn from(payment: Payment) -> PaymentBody {
        PaymentBody {
            id: Text(payment.id),
            contract: Text(payment.contract),
            institution: Text(payment.institution),
            amount_fen: payment.amount.fen(),
            paid_at: Text(payment.paid_at),
            method: payment.method,
            bank_reference: payment.reference,
            seq: Text(payment.seq),
        }
    }
}

/// A lesson that was held.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LessonRequest {
    /// Hours.
    pub hours: w::SomeHours,
    /// Day.
    pub held_on: w::Day,
    /// The session of a class that it was part of.
    #[serde(default)]
    pub class_session: Option<w::ClassSessionId>,
}

/// A lesson.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LessonBody {
    /// Id.
    pub id: w::LessonId,
    /// Of which contract.
    pub contract: w::ContractId,
    /// Hours.
    pub hours: w::ClassHours,
    /// Day.
    pub held_on: w::Day,
    /// Where it stands.
    pub state: w::LessonState,
    /// Last day for the guardian's answer; silence after it is confirmation. None while that
    /// year's calendar is not known.
    #[serde(default)]
    pub deemed_confirmed_on: Option<w::Day>,
    /// The session of a class that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_session: Option<w::ClassSessionId>,
    /// Last day for the decision of its dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decide_by_on: Option<w::Day>,
    /// Money that a confirmation moved to the institution, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_fen: Option<i64>,
    /// Money that a dispute froze, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_fen: Option<i64>,
    /// Money that a decision moved, fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_fen: Option<i64>,
    /// For whom a dispute was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<w::DisputeDecision>,
}

impl From<Lesson> for LessonBody {
    fn from(lesson: Lesson) -> LessonBody {
        LessonBody {
            id: Text(lesson.id),
            contract: Text(lesson.contract),
            hours: Text(lesson.hours),
            held_on: Text(lesson.held_on),
            state: Text(lesson.state),
            deemed_confirmed_on: lesson.deemed_confirmed_on.map(Text),
            class_session: lesson.class_session.map(Text),
            decide_by_on: lesson.decide_by_on.map(Text),
            released_fen: None,
            frozen_fen: None,
            moved_fen: None,
            decision: None,
        }
    }
}

/// Why a lesson is disputed.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeRequest {
    /// The reason.
    pub reason: w::DisputeReason,
}

/// A decision of a dispute.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeDecisionRequest {
    /// For whom.
    pub decision: w::DisputeDecision,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// Whose doing the refund is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRequest {
    /// As the family says.
    pub cause: w::RefundCause,
}

/// What a refund would be today.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct QuoteBody {
    /// Whose doing it is, as asked.
    pub cause: w::RefundCause,
    /// The sum that escrow can pay now, fen.
    pub amount_fen: i64,
    /// How it was computed.
    pub basis: String,
    /// Where that stands.
    pub source: String,
    /// The answer as a sentence.
    pub text: String,
    /// Line by line; they add up to the amount.
    pub lines: Vec<RefundLineBody>,
    /// Other sums, where texts conflict or a fact is open.
    pub alternatives: Vec<AlternativeBody>,
    /// What law and contract give beyond the amount, fen; the last line says why. Zero as a rule.
    pub difference_fen: i64,
    /// What else must be known.
    pub notes: Vec<String>,
    /// Last day to pay if agreed today; none while that year's calendar is not known.
    pub due_on: Option<w::Day>,
    /// Where the pay-back term stands.
    pub due_source: String,
    /// Hash of the policy applied.
    pub policy: w::Hash,
}

/// The rule of the line that leads from the sum of law and contract to what escrow can pay.
const ESCROW_RULE: &str = "escrow.proportional_balance";

impl QuoteBody {
    /// In a language.
    pub fn of(quote: &Quote, language: Language) -> QuoteBody {
        let sum = &quote.answer.sum;
        let mut lines = calculators::lines(&sum.lines, language);
        lines.extend(difference(quote, language));
        QuoteBody {
            cause: Text(quote.cause),
            amount_fen: quote.amount.fen(),
            basis: sum.basis.to_string(),
            source: sum.source.clone(),
            text: calculators::sentence(&quote.answer, language),
            lines,
            alternatives: calculators::alternatives(&quote.answer.alternatives, language),
            difference_fen: quote.difference.fen(),
            notes: quote.answer.notes.iter().map(|said| language.pick(&said.zh, &said.en).clone()).collect(),
            due_on: quote.due_on.map(Text),
            due_source: quote.due_source.clone(),
            policy: Text(quote.policy),
        }
    }
}

/// Why escrow pays another sum than law and contract give.
fn difference(quote: &Quote, language: Language) -> Option<RefundLineBody> {
    let fen = quote.difference.fen();
    if fen == 0 {
        return None;
    }
    let (zh, en) = if fen.abs() == 1 {
        ("逐课拨付时的进位差", "the odd fen of releases lesson by lesson")
    } else if fen > 0 {
        (
            "已确认课时的费用已归机构，托管余额不足以支付的部分由机构另行退还",
            "lessons confirmed are the institution's already; what escrow cannot pay the institution pays itself",
        )
    } else if quote.open_lessons {
        ("待确认或争议课时的费用另行处理", "lessons that wait for an answer or a decision are settled apart")
    } else {
        ("托管余额多于计算结果的部分，归该批次剩余课时", "escrow holds more for the hours left than was computed")
    };
    Some(RefundLineBody {
        rule: ESCROW_RULE.to_owned(),
        source: "合同第五条；托管账户余额".to_owned(),
        text: language.pick(zh, en).to_owned(),
        amount_fen: fen.saturating_neg(),
    })
}

pub(super) fn invalid(field: &'static str, zh: &str, en: &str) -> Problem {
    Problem::of(ProblemType::InvalidField).field(field).detail(Expected::of(zh, en))
}

/// A request for a refund.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// Whose doing it is, as the family says.
    pub cause: w::RefundCause,
    /// Only so many hours, from the lots bought last; the contract goes on with the others. With neither
    /// `hours` nor `lots`, all that is free is asked back, and the contract ends with it.
    #[serde(default)]
    pub hours: Option<w::SomeHours>,
    /// Only these lots, whole.
    #[serde(default)]
    pub lots: Option<Vec<w::LotId>>,
    /// The reasons. Not in the ledger; a commitment to them is, and to the computation of that day.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

impl RefundRequest {
    /// How much is asked back.
    ///
    /// # Errors
    /// Hours and lots at once.
    pub fn asked(&self) -> Result<Asked, Problem> {
        match (&self.hours, &self.lots) {
            (None, None) => Ok(Asked::All),
            (Some(hours), None) => Ok(Asked::Hours(hours.0.0)),
            (None, Some(lots)) => Ok(Asked::Lots(lots.iter().map(|lot| lot.0).collect())),
            (Some(_), Some(_)) => Err(invalid("lots", "hours 与 lots 只能填一个。", "Give hours or lots, not both.")),
        }
    }
}

/// A refund.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundBody {
    /// Id.
    pub id: w::RefundId,
    /// Of which contract.
    pub contract: w::ContractId,
    /// By whom.
    pub institution: w::InstitutionId,
    /// Where it stands.
    pub state: w::RefundState,
    /// Whose doing it is.
    pub cause: w::RefundCause,
    /// The sum, fen.
    pub amount_fen: i64,
    /// Does it bring back all that is free, so that the contract ends with it?
    pub whole: bool,
    /// Day it was asked for.
    pub requested_on: Option<w::Day>,
    /// Last day for the institution's answer; silence after it is consent.
    pub answer_by_on: Option<w::Day>,
    /// Last day to decide on an objection.
    pub decide_by_on: Option<w::Day>,
    /// Last day to pay, once consented to.
    pub pay_by_on: Option<w::Day>,
}

impl From<Refund> for RefundBody {
    fn from(refund: Refund) -> RefundBody {
        RefundBody {
            id: Text(refund.id),
            contract: Text(refund.contract),
            institution: Text(refund.institution),
            state: Text(refund.state),
            cause: Text(refund.cause),
            amount_fen: refund.amount.fen(),
            whole: refund.whole,
            requested_on: refund.requested_on.map(Text),
            answer_by_on: refund.answer_by_on.map(Text),
            decide_by_on: refund.decide_by_on.map(Text),
            pay_by_on: refund.pay_by_on.map(Text),
        }
    }
}

/// Proof that the bank paid.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutRequest {
    /// The bank's reference.
    pub bank_reference: w::BankReference,
}

/// How much of what is earned to pay out.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementRequest {
    /// How much, fen.
    pub amount_fen: w::Positive,
}

/// A settlement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SettlementBody {
    /// Id.
    pub id: w::SettlementId,
    /// To whom.
    pub institution: w::InstitutionId,
    /// Where it stands.
    pub state: w::SettlementState,
    /// How much, fen.
    pub amount_fen: i64,
}

impl From<Settlement> for SettlementBody {
    fn from(settlement: Settlement) -> SettlementBody {
        SettlementBody {
            id: Text(settlement.id),
            institution: Text(settlement.institution),
            state: Text(settlement.state),
            amount_fen: settlement.amount.fen(),
        }
    }
}

/// At which entry or day balances are asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BalancesQuery {
    /// After this entry of the ledger.
    #[param(value_type = Option<w::Seq>)]
    pub as_of_seq: Option<w::Seq>,
    /// At the end of this day, as recorded by then.
    #[param(value_type = Option<w::Day>)]
    pub on: Option<w::Day>,
}

/// Balances of an institution.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct BalancesBody {
    /// The institution's last entry that is counted, by its number in the ledger.
    pub as_of_seq: w::Seq,
    /// At the custody bank, fen.
    pub custody_fen: i64,
    /// Owed for lessons not yet taken, fen.
    pub prepaid_fen: i64,
    /// Frozen by disputes, fen.
    pub disputed_fen: i64,
    /// Refunds agreed and not yet paid, fen.
    pub refund_fen: i64,
    /// Earned and not yet paid out, fen.
    pub payable_fen: i64,
    /// Credited by the bank and nobody's yet, fen.
    pub interest_fen: i64,
    /// Lines of the bank that nothing explains, fen; negative when more went out than came in.
    pub suspense_fen: i64,
    /// The risk deposit, fen; beside what is in custody.
    pub deposit_fen: i64,
}

impl From<Balances> for BalancesBody {
    fn from(balances: Balances) -> BalancesBody {
        BalancesBody {
            as_of_seq: Text(balances.as_of_seq),
            custody_fen: balances.custody.fen(),
            prepaid_fen: balances.prepaid.fen(),
            disputed_fen: balances.disputed.fen(),
            refund_fen: balances.refund.fen(),
            payable_fen: balances.payable.fen(),
            interest_fen: balances.interest.fen(),
            suspense_fen: balances.suspense.fen(),
            deposit_fen: balances.deposit.fen(),
        }
    }
}

/// A lot with what happened to its hours and money.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LotBody {
    /// Id.
    pub id: w::LotId,
    /// Hours paid for.
    pub paid_hours: w::ClassHours,
    /// Hours on top.
    pub gift_hours: w::ClassHours,
    /// Price, fen.
    pub price_fen: i64,
    /// Price of an hour before any discount, fen.
    pub list_price_per_hour_fen: Option<i64>,
    /// Paid in so far, fen.
    pub paid_fen: i64,
    /// Still in escrow, fen.
    pub prepaid_fen: i64,
    /// Hours of lessons waiting for an answer.
    pub claimed_hours: w::ClassHours,
    /// Hours confirmed.
    pub used_hours: w::ClassHours,
    /// Hours under dispute.
    pub disputed_hours: w::ClassHours,
    /// Hours given back by refund.
    pub returned_hours: w::ClassHours,
    /// Hours free.
    pub remaining_hours: w::ClassHours,
}

impl From<&escrow::Lot> for LotBody {
    fn from(lot: &escrow::Lot) -> LotBody {
        LotBody {
            id: Text(lot.id),
            paid_hours: Text(lot.paid_hours),
            gift_hours: Text(lot.gift_hours),
            price_fen: lot.price.fen(),
            list_price_per_hour_fen: lot.list_price_per_hour.map(kernel::Fen::fen),
            paid_fen: lot.paid.fen(),
            prepaid_fen: lot.prepaid.fen(),
            claimed_hours: Text(lot.claimed),
            used_hours: Text(lot.used),
            disputed_hours: Text(lot.disputed),
            returned_hours: Text(lot.returned),
            remaining_hours: Text(lot.remaining().unwrap_or(kernel::ClassHours::ZERO)),
        }
    }
}

/// A contract's statement.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StatementBody {
    /// The contract and its balances.
    pub contract: ContractBody,
    /// Its lots, in order of use.
    pub lots: Vec<LotBody>,
    /// Its entries, each with its receipt.
    pub entries: Vec<EntryBody>,
    /// Where the next page of entries begins.
    pub next: Option<w::Cursor>,
}

impl From<StatementView> for StatementBody {
    fn from(view: StatementView) -> StatementBody {
        StatementBody {
            lots: view.account.lots.iter().map(LotBody::from).collect(),
            contract: ContractBody::from(view.contract),
            entries: view.entries.items.into_iter().map(EntryBody::from).collect(),
            next: view.entries.next.map(Text),
        }
    }
}
