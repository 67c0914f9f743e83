//! What may be charged in advance: caps with their scope, when, for what, in which form.

use kernel::{Category, ClassHours, DayCount, Fen, words};

use crate::value::{Fault, record_values, word_values};

words! {
    /// Of what a cap on class hours is counted.
    CapUnit {
        /// All that is charged in one go.
        Charge = "charge" / "一次收费合计",
        /// Each subject or course for itself (每科).
        Subject = "subject" / "每科分别计",
    }
}

words! {
    /// Against what a cap is held when a family already has prepaid hours.
    CapBase {
        /// Only what is charged now.
        Charge = "charge" / "仅计本次收费",
        /// What is not yet taught, together with what is charged now.
        Outstanding = "outstanding" / "未消余额与本次合并计",
    }
}

words! {
    /// How the caps on time and on hours stand to each other.
    CapCombination {
        /// Every cap binds.
        All = "all" / "各项上限同时适用",
        /// Where both measures are present only the shorter may be used; every cap binds too.
        Shorter = "shorter" / "两种方式从短",
    }
}

words! {
    /// For which categories a rule holds.
    Categories {
        /// School subjects only.
        Subject = "subject" / "学科类",
        /// All but school subjects.
        NonSubject = "non_subject" / "非学科类",
        /// All.
        All = "all" / "学科类与非学科类",
    }
}

impl Categories {
    /// Does the rule hold for this category?
    pub const fn cover(self, category: Category) -> bool {
        match self {
            Categories::Subject => category.is_subject(),
            Categories::NonSubject => !category.is_subject(),
            Categories::All => true,
        }
    }
}

words! {
    /// What counts as a prepaid fee.
    FeeItem {
        /// Training service fees.
        Tuition = "tuition" / "培训服务费",
        /// Textbooks.
        Books = "books" / "教材费",
        /// Materials.
        Materials = "materials" / "资料费",
        /// Boarding.
        Boarding = "boarding" / "住宿费",
    }
}

words! {
    /// What becomes of cash.
    CashRule {
        /// It may be taken and must be brought into the dedicated account in full.
        BringIn = "bring_in" / "现金须全额归集至专户",
        /// It may not be taken.
        Forbidden = "forbidden" / "不得收取现金",
    }
}

words! {
    /// Through what a course is bought.
    PurchaseChannel {
        /// Any way that ends in the dedicated account.
        Any = "any" / "不限渠道，入专户即可",
        /// Only the platform of the locality.
        Platform = "platform" / "只能通过监管平台",
    }
}

words! {
    /// Who may not sell prepaid courses.
    BarredSeller {
        /// A judgment defaulter (失信被执行人).
        JudgmentDefaulter = "judgment_defaulter" / "失信被执行人",
        /// On the list of abnormal operations (经营异常名录).
        AbnormalList = "abnormal_list" / "列入经营异常名录",
        /// Deregistration is under way.
        Deregistering = "deregistering" / "正在办理注销",
    }
}

word_values! {
    CapUnit = "charge or subject";
    CapBase = "charge or outstanding";
    CapCombination = "all or shorter";
    Categories = "subject, non_subject or all";
    FeeItem = "tuition, books, materials or boarding";
    CashRule = "bring_in or forbidden";
    PurchaseChannel = "any or platform";
    BarredSeller = "judgment_defaulter, abnormal_list or deregistering";
}

record_values! {
    /// A cap on class hours.
    HoursCap {
        /// Most class hours.
        hours: ClassHours,
        /// Counted of what.
        per: CapUnit,
    }
    /// A cap on money.
    AmountCap {
        /// Most money, fen.
        fen: Fen,
        /// For which categories.
        categories: Categories,
    }
    /// How early the next fee may be taken. Where both ways are given, the first suits charging by
    /// period and either suits charging by hours.
    EarliestCharge [check = earliest_charge] {
        /// No earlier than this before the new class begins.
        before_class: Option<DayCount>,
        /// By hours: only when no more hours than these are left.
        hours_left_max: Option<ClassHours>,
    }
    /// Caps on general prepaid vouchers.
    VoucherCaps {
        /// A voucher in a name, issued by a legal person, fen.
        named_legal_person_fen: Fen,
        /// A voucher in a name, issued by another, fen.
        named_other_fen: Fen,
        /// A voucher without a name, issued by a legal person, fen.
        unnamed_legal_person_fen: Fen,
        /// A voucher without a name, issued by another, fen.
        unnamed_other_fen: Fen,
        /// Months that the issuer must have existed.
        issuer_age_months_min: u16,
    }
}

fn earliest_charge(rule: &EarliestCharge) -> Result<(), Fault> {
    match rule {
        EarliestCharge { before_class: None, hours_left_max: None } => Err(Fault::Type),
        _ => Ok(()),
    }
}
