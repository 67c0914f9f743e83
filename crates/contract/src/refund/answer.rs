//! What the calculator answers: the sum, its basis, line by line with rule, source and words; other
//! sums that a text would give; interest; the last day to pay.

use kernel::{Day, DayCount, Exact, Fen, Percent, rounding::exact_half_up, words};

use super::RefundError;

words! {
    /// How a refund was computed.
    RefundBasis {
        /// All back within days of payment.
        CoolingOff = "cooling_off" / "冷静期内全额退还",
        /// All back on the days that the parties agreed.
        AgreedFullRefund = "agreed_full_refund" / "约定的全额退费期内",
        /// All back before the first lesson.
        BeforeFirstLesson = "before_first_lesson" / "开课前全额退还",
        /// The contract's own share of the balance.
        AgreedShare = "agreed_share" / "合同约定比例",
        /// Plain proportion: no discount, no gift.
        Proportion = "proportion" / "按比例",
        /// What was taken at the discounted price, gifts in proportion.
        DiscountedPrice = "discounted_price" / "按优惠价",
        /// What was taken at the price before discount.
        ListPrice = "list_price" / "按打折前价格",
        /// What was taken at the market price of the place.
        MarketPrice = "market_price" / "按当地市场价格",
        /// Gift hours left out: an hour costs the price over the paid hours.
        PaidHoursOnly = "paid_hours_only" / "赠送课时不计",
        /// Rest of the term over the whole term.
        RemainingTerm = "remaining_term" / "按剩余期限",
    }
}

words! {
    /// What a line of a refund does.
    RefundRule {
        /// Money paid.
        Paid = "refund.paid" / "已付款",
        /// Less what was taken.
        Delivered = "refund.delivered" / "扣减已兑付",
        /// What was taken above what was paid is not asked for.
        NoDebt = "refund.no_debt" / "不因退费倒欠",
        /// Less what the contract does not give back.
        AgreedShare = "refund.agreed_share" / "合同约定比例",
        /// What was taken is not deducted.
        FullRefund = "refund.full" / "全额退还",
        /// Interest.
        Interest = "refund.interest" / "利息",
        /// Time to pay back.
        PayBack = "refund.pay_back" / "退费期限",
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Said {
    /// From two texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Said {
        Said { zh: zh.into(), en: en.into() }
    }
}

/// One line of a computation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it does.
    pub rule: RefundRule,
    /// Where that stands.
    pub source: String,
    /// In words.
    pub said: Said,
    /// What it adds, fen; negative where it deducts.
    pub amount: Fen,
}

/// A sum with its lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// How it was computed.
    pub basis: RefundBasis,
    /// Where that stands.
    pub source: String,
    /// The sum.
    pub amount: Fen,
    /// Lines that add up to it.
    pub lines: Vec<Line>,
}

/// Another sum, and when it would be the right one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The sum.
    pub sum: Sum,
    /// When.
    pub when: Said,
}

/// Interest on the sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interest {
    /// How much; zero where none is asked for or its rate is not known.
    pub amount: Fen,
    /// The rate applied.
    pub rate: Option<Percent>,
    /// Where that stands.
    pub source: String,
    /// In words.
    pub said: Said,
}

/// The last day to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day; none while the working-day calendar of that year is not known, or no text fixes a
    /// term.
    pub on: Option<Day>,
    /// The term, in the text's own kind of day.
    pub term: Option<DayCount>,
    /// Where it stands.
    pub source: String,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAnswer {
    /// The sum.
    pub sum: Sum,
    /// Other sums, where texts conflict or a fact is open.
    pub alternatives: Vec<Alternative>,
    /// Interest.
    pub interest: Interest,
    /// The last day to pay.
    pub due: Due,
    /// What the reader must know beside the sums.
    pub notes: Vec<Said>,
}

/// Adds exact parts and rounds running totals, so that the lines add up to the rounded sum.
pub(super) struct Sheet {
    total: Exact,
    rounded: Fen,
    lines: Vec<Line>,
}

impl Sheet {
    pub fn new() -> Sheet {
        Sheet { total: Exact::zero(), rounded: Fen::ZERO, lines: Vec::new() }
    }

    /// The exact total so far.
    pub fn total(&self) -> &Exact {
        &self.total
    }

    pub fn add(&mut self, rule: RefundRule, source: &str, said: Said, part: &Exact) -> Result<(), RefundError> {
        self.total = self.total.plus(part);
        let rounded = exact_half_up(&self.total)?;
        let amount = rounded.checked_sub(self.rounded)?;
        self.rounded = rounded;
        self.lines.push(Line { rule, source: source.to_owned(), said, amount });
        Ok(())
    }

    pub fn finish(self, basis: RefundBasis, source: &str) -> Sum {
        Sum { basis, source: source.to_owned(), amount: self.rounded, lines: self.lines }
    }
}
