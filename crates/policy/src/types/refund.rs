//! What a refund is computed by, and the right to change one's mind.

use kernel::{DayCount, words};

use crate::value::{record_values, word_values};

words! {
    /// How a refund is computed (../../../../docs/RULES.md names the texts).
    RefundBasis {
        /// Paid, less the share of the hours used; a discount counts in proportion.
        Proportion = "proportion" / "按比例",
        /// Used hours at the discounted price, gift hours in the total.
        DealPriceWithGift = "deal_price_with_gift" / "按优惠价折算，赠课计入总课时",
        /// Used hours at the price before the discount; never below nothing.
        ListPrice = "list_price" / "按打折前价格",
        /// By the original offer; discounts enjoyed are not taken back.
        OriginalOffer = "original_offer" / "按原优惠方案，不扣已享优惠",
        /// The way that favours the consumer.
        ConsumerFavouring = "consumer_favouring" / "按有利于消费者的方法",
    }
}

words! {
    /// Which rate of interest a refund bears.
    InterestSource {
        /// The one-year loan prime rate on the day of the contract.
        LprOneYear = "lpr_one_year" / "合同成立时一年期贷款市场报价利率",
        /// The one-year benchmark rate on deposits.
        DepositOneYear = "deposit_one_year" / "一年期存款基准利率",
        /// The rate that the supervised account really bore.
        AccountRate = "account_rate" / "监管账户实际利率",
        /// Interest is no part of the refund.
        NotIncluded = "not_included" / "退费不含利息",
    }
}

words! {
    /// To whom interest on a custody account belongs, as far as families go. What money that is no
    /// family's bore is not ruled by it.
    InterestOwner {
        /// Every family: what its own money bore, prepaid, in dispute or to be refunded.
        Families = "families" / "各家庭按其资金与天数",
        /// Families whose money is to be refunded: what that money bore since it was agreed
        /// (法释〔2025〕4号 arts. 16, 17).
        Refunds = "refunds" / "仅待退资金，自同意退费起",
    }
}

words! {
    /// By which way the money goes back.
    RefundPath {
        /// To the account that it came from.
        Original = "original" / "原路退回",
        /// As agreed.
        Agreed = "agreed" / "按约定",
    }
}

words! {
    /// From when a time to change one's mind runs.
    CoolingOffFrom {
        /// From the day of payment.
        Payment = "payment" / "自付款之日",
        /// From the day of the contract or the purchase.
        Purchase = "purchase" / "自购买之日",
    }
}

word_values! {
    RefundBasis = "proportion, deal_price_with_gift, list_price, original_offer or consumer_favouring";
    InterestSource = "lpr_one_year, deposit_one_year, account_rate or not_included";
    InterestOwner = "families or refunds";
    RefundPath = "original or agreed";
    CoolingOffFrom = "payment or purchase";
}

record_values! {
    /// A right to withdraw without reasons.
    CoolingOff {
        /// Within how many calendar days; the day of the event is not counted.
        days: u16,
        /// From when.
        from: CoolingOffFrom,
        /// Only while nothing is used.
        unused_only: bool,
        /// Only for who has not had the same service before, from this or another provider.
        first_purchase_only: bool,
        /// Time to pay back; none = not said by the text.
        pay_back: Option<DayCount>,
    }
}
