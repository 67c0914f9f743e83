//! What the texts of a place and day say about refunds, each with its source. Built from a policy;
//! the calculator itself knows no number and no date of a text.

use kernel::DayCount;
use policy::types::{InterestSource, RefundBasis};
use policy::{Policy, PolicyError, Setting};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Instrument, number, article.
    pub source: String,
}

/// A right to step back within days of payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoolingOff {
    /// Days from payment, the day of payment not counted.
    pub days: DayCount,
    /// Only while nothing is used?
    pub unused_only: bool,
    /// Only for a consumer who had not received the same service before?
    pub first_time_only: bool,
    /// Its own time to pay back; the general one where the text has none.
    pub pay_back: Option<DayCount>,
    /// Where it stands.
    pub source: String,
}

/// How a refund that the consumer caused is computed where a discount was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerBasis {
    /// What was taken counts at the price before discount.
    ListPrice,
    /// What was taken counts at the price paid.
    DealPrice,
}

/// The texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundLaw {
    /// Refunds that the consumer did not cause: the deal price, gifts in proportion.
    pub not_consumer: String,
    /// Refunds that the consumer caused, where a discount was given.
    pub consumer: Sourced<ConsumerBasis>,
    /// A text that computes such a refund the other way; both sums are shown.
    pub consumer_otherwise: Sourced<ConsumerBasis>,
    /// Passes by time.
    pub pass: String,
    /// Rights to step back, in the order in which they are looked at.
    pub cooling_off: Vec<CoolingOff>,
    /// All back before the first lesson.
    pub before_first_lesson: String,
    /// Time to pay back before the first lesson, where one is known.
    pub pay_back_before_start: Option<Sourced<DayCount>>,
    /// Time to pay back after it, where one is known.
    pub pay_back_after_start: Option<Sourced<DayCount>>,
    /// Interest where the institution caused the refund; none where no text says which.
    pub interest_institution: Option<Sourced<InterestSource>>,
    /// Interest where the consumer caused it.
    pub interest_consumer: Option<Sourced<InterestSource>>,
    /// Interest on money in a supervised account.
    pub interest_supervised: Option<Sourced<InterestSource>>,
}

/// Where the duty to pay interest stands when no text names the rate.
pub(super) const INTEREST_DUTY: &str = "《消费者权益保护法》第五十三条：应当承担预付款的利息；利率未见统一规定";
const BEFORE_FIRST_LESSON: &str =
    "尚未接受服务，预付款没有可扣减的部分（法释〔2025〕4号第十五条；北京2021、山东2025、天津教育规则同）";
const PASS: &str = "法释〔2025〕4号第二十二条";
const LIST_PRICE_WITHOUT_TEXT: &str = "法释〔2025〕4号施行前没有统一规定；部分合同与判决按打折前价格扣减";

fn sourced<T: Clone>(rule: &policy::Rule<T>) -> Sourced<T> {
    Sourced { value: rule.value.clone(), source: rule.source.clone() }
}

const fn consumer_basis(basis: RefundBasis) -> ConsumerBasis {
    match basis {
        RefundBasis::ListPrice => ConsumerBasis::ListPrice,
        RefundBasis::Proportion
        | RefundBasis::DealPriceWithGift
        | RefundBasis::OriginalOffer
        | RefundBasis::ConsumerFavouring => ConsumerBasis::DealPrice,
    }
}

fn cooling_off(setting: &Setting<policy::types::CoolingOff>) -> Result<Option<CoolingOff>, PolicyError> {
    Ok(setting.rule()?.map(|rule| CoolingOff {
        days: DayCount::Days(rule.value.days),
        unused_only: rule.value.unused_only,
        first_time_only: rule.value.first_purchase_only,
        pay_back: rule.value.pay_back,
        source: rule.source.clone(),
    }))
}

impl RefundLaw {
    /// The texts of a place and day.
    ///
    /// # Errors
    /// [`PolicyError::BeforeData`] where nothing is known of what decides the sum.
    pub fn of(policy: &Policy) -> Result<RefundLaw, PolicyError> {
        let unagreed = policy.refund_basis_unagreed.rule()?;
        let by_cause = policy.refund_basis_consumer_cause.rule()?;
        let unagreed_source = || unagreed.map_or(LIST_PRICE_WITHOUT_TEXT, |rule| rule.source.as_str()).to_owned();
        // A place's own rule for refunds without agreement goes before the nation's rule by cause.
        let own = unagreed.filter(|rule| rule.level.is_some() && rule.value == RefundBasis::Proportion);
        let consumer = own.or(by_cause).or(unagreed);
        let consumer = consumer.map_or_else(
            || Sourced { value: ConsumerBasis::DealPrice, source: unagreed_source() },
            |rule| Sourced { value: consumer_basis(rule.value), source: rule.source.clone() },
        );
        let consumer_otherwise = match consumer.value {
            ConsumerBasis::ListPrice => {
                let education = policy.refund_basis_education.rule()?.map(|rule| rule.source.as_str());
                let also = by_cause.and_then(|rule| rule.also.first()).map(|other| other.source.as_str());
                let source = education.or(also).map_or_else(unagreed_source, str::to_owned);
                Sourced { value: ConsumerBasis::DealPrice, source }
            }
            ConsumerBasis::DealPrice => {
                let list = by_cause.filter(|rule| rule.value == RefundBasis::ListPrice);
                let source = list.map_or(LIST_PRICE_WITHOUT_TEXT, |rule| rule.source.as_str()).to_owned();
                Sourced { value: ConsumerBasis::ListPrice, source }
            }
        };
        let gifts = policy.gift_hours_refunded_institution_cause.rule()?;
        let not_consumer = policy.refund_basis_institution_cause.rule()?.map(|rule| rule.source.clone());
        let local = policy.refund_basis_local_institution_cause.rule()?.map(|rule| rule.source.clone());
        let not_consumer = [local, not_consumer.or_else(|| gifts.map(|rule| rule.source.clone()))];
        let not_consumer: Vec<String> = not_consumer.into_iter().flatten().collect();
        let rights = [cooling_off(&policy.cooling_off_court)?, cooling_off(&policy.cooling_off_local)?];
        Ok(RefundLaw {
            not_consumer: if not_consumer.is_empty() { unagreed_source() } else { not_consumer.join("；") },
            consumer,
            consumer_otherwise,
            pass: PASS.to_owned(),
            cooling_off: rights.into_iter().flatten().collect(),
            before_first_lesson: BEFORE_FIRST_LESSON.to_owned(),
            pay_back_before_start: policy.refund_pay_back_before_start.in_force().map(sourced),
            pay_back_after_start: policy.refund_pay_back_after_start.in_force().map(sourced),
            interest_institution: policy.interest_institution_cause.in_force().map(sourced),
            interest_consumer: policy.interest_consumer_cause.in_force().map(sourced),
            interest_supervised: policy.interest_supervised.in_force().map(sourced),
        })
    }
}
