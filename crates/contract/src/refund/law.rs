//! What the texts of a place and day say about refunds, each with its source. Built from a policy;
//! the calculator itself knows no number and no date of a text.

use kernel::DayCount;

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
    /// Time to pay back before the first lesson.
    pub pay_back_before_start: Sourced<DayCount>,
    /// Time to pay back after it.
    pub pay_back_after_start: Sourced<DayCount>,
    /// Which rate bears interest; before it was written down there was only the duty to pay some.
    pub interest: Sourced<InterestLaw>,
}

/// What is written about interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterestLaw {
    /// Agreed; else the account's own rate; else by cause.
    ByCause,
    /// Interest is due; agreed or the account's own rate; which other rate is not written.
    RateOpen,
}
