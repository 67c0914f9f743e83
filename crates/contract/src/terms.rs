//! The terms that the parties agree on.

use kernel::{Category, ClassHours, ContractId, CourseId, Day, Fen, InstitutionId, LotId, Mode, Stage, SubjectId};

/// A purchase lot (购买批次): hours bought together at one price. The unit price is the lot's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LotTerms {
    /// Its id.
    pub id: LotId,
    /// Hours paid for.
    pub paid_hours: ClassHours,
    /// Hours given on top.
    pub gift_hours: ClassHours,
    /// Price of the lot.
    pub price: Fen,
    /// Price of an hour before discount, if one was published.
    pub list_price_per_hour: Option<Fen>,
}

/// The blanks of the model contract on refunds, days agreed by the parties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundTerms {
    /// All back when asked at least so many days before the first lesson.
    pub full_refund_days_before_start: u16,
    /// All back when asked at most so many days after the first lesson.
    pub full_refund_days_after_start: u16,
    /// Days to pay back.
    pub pay_back_days: u16,
}

/// The terms of one contract, without personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Its id.
    pub id: ContractId,
    /// The seller.
    pub institution: InstitutionId,
    /// What is taught.
    pub course: CourseId,
    /// Category of the course at signing.
    pub category: Category,
    /// Mode of the course at signing.
    pub mode: Mode,
    /// Stage of the course at signing.
    pub stage: Stage,
    /// The guardian, party B (法释〔2025〕4号 art. 3).
    pub guardian: SubjectId,
    /// The pupil.
    pub pupil: SubjectId,
    /// At least one lot, in the order in which hours are used.
    pub lots: Vec<LotTerms>,
    /// Agreed refund terms.
    pub refund_terms: RefundTerms,
    /// First lesson.
    pub first_lesson_on: Day,
    /// Last lesson.
    pub last_lesson_on: Day,
}

impl Terms {
    /// The contract price.
    ///
    /// # Errors
    /// Overflow of the sum.
    pub fn price(&self) -> Result<Fen, kernel::fen::FenError> {
        Fen::try_sum(self.lots.iter().map(|lot| lot.price))
    }
}
