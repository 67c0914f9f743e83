//! The closed lists of words that entries use, beside those of the kernel.

use kernel::words;

use crate::wire::word_value;

words! {
    /// What an application asks for (申请种类).
    ApplicationKind {
        /// A first licence.
        New = "new" / "新设",
        /// The same again for another term.
        Renewal = "renewal" / "延续",
        /// Another scope, site or person.
        Change = "change" / "变更",
        /// From a school subject to another category.
        Conversion = "conversion" / "转型",
        /// To stop.
        Closure = "closure" / "终止办学",
    }
}

words! {
    /// How an application was decided (许可决定).
    ApplicationDecision {
        /// Yes.
        Grant = "grant" / "准予许可",
        /// No.
        Refuse = "refuse" / "不予许可",
    }
}

words! {
    /// Why a licence ended without being revoked (许可终止原因).
    LicenceEndCause {
        /// A renewed one took its place.
        Renewed = "renewed" / "延续换证",
        /// A changed one took its place.
        Changed = "changed" / "变更换证",
        /// One of another category took its place.
        Converted = "converted" / "转型换证",
        /// The institution stopped.
        Closed = "closed" / "终止办学",
    }
}

words! {
    /// The public list that an institution stands on (名单).
    ListKind {
        /// May teach (白名单).
        White = "white" / "白名单",
        /// Must not be dealt with (黑名单).
        Black = "black" / "黑名单",
        /// Warned (警示).
        Warning = "warning" / "预警名单",
        /// Putting things right (整改).
        Rectifying = "rectifying" / "整改名单",
        /// On no list.
        None = "none" / "未列入",
    }
}

words! {
    /// Which side of a contract (合同当事人).
    Party {
        /// The institution (甲方).
        Institution = "institution" / "培训机构",
        /// The guardian of the pupil (乙方).
        Guardian = "guardian" / "监护人",
    }
}

words! {
    /// How a payment reached the custody account (缴费方式).
    PaymentMethod {
        /// From a bank account.
        BankTransfer = "bank_transfer" / "银行转账",
        /// By card.
        Card = "card" / "银行卡",
        /// Through a payment institution.
        ThirdParty = "third_party" / "第三方支付",
        /// In cash at the bank's counter.
        Cash = "cash" / "现金",
        /// In digital yuan.
        DigitalYuan = "digital_yuan" / "数字人民币",
    }
}

words! {
    /// Who confirmed a lesson (消课确认方式).
    ConfirmedBy {
        /// The guardian said so.
        Guardian = "guardian" / "家长确认",
        /// The guardian's time to answer passed.
        Silence = "silence" / "逾期视为确认",
    }
}

words! {
    /// Why a lesson is disputed (异议原因).
    DisputeReason {
        /// It was not held.
        NotHeld = "not_held" / "未开课",
        /// The pupil was not there.
        Absent = "absent" / "学员未到",
        /// The hours are wrong.
        WrongHours = "wrong_hours" / "课时有误",
        /// It was not what was agreed.
        Quality = "quality" / "教学质量",
        /// Something else.
        Other = "other" / "其他",
    }
}

words! {
    /// For whom a dispute was decided (异议裁决).
    DisputeDecision {
        /// The lesson counts.
        Institution = "institution" / "支持机构",
        /// The lesson does not count.
        Family = "family" / "支持家长",
    }
}

words! {
    /// On whose side the reason of a refund lies (退费原因).
    RefundCause {
        /// The institution's.
        Institution = "institution" / "机构原因",
        /// The family's.
        Consumer = "consumer" / "消费者原因",
        /// Nobody's.
        Neither = "neither" / "双方均无过错",
    }
}

words! {
    /// Who agreed to a refund (退费同意方式).
    ConsentedBy {
        /// The institution said so.
        Institution = "institution" / "机构同意",
        /// The institution's time to answer passed.
        Silence = "silence" / "逾期视为同意",
        /// The regulator ordered it.
        Regulator = "regulator" / "监管部门决定",
    }
}

words! {
    /// Why money is held back from an institution (冻结原因).
    HoldCause {
        /// Its licence is suspended.
        Suspension = "suspension" / "许可证暂停",
        /// Its licence is revoked.
        Revocation = "revocation" / "许可证吊销",
        /// An order of the regulator.
        Order = "order" / "监管决定",
    }
}

words! {
    /// In which role a user acted (操作人角色).
    ActorRole {
        /// An officer of a regulator.
        Regulator = "regulator" / "监管人员",
        /// Staff of an institution.
        Institution = "institution" / "机构人员",
        /// A pupil's guardian.
        Guardian = "guardian" / "家长",
        /// Staff of the custody bank.
        Bank = "bank" / "托管银行",
        /// An auditor.
        Auditor = "auditor" / "审计人员",
        /// The administrator.
        Admin = "admin" / "管理员",
    }
}

use kernel::{Category, Mode, Stage};

word_value!(
    ApplicationDecision,
    ApplicationKind,
    Category,
    ConfirmedBy,
    ConsentedBy,
    DisputeDecision,
    DisputeReason,
    HoldCause,
    LicenceEndCause,
    ListKind,
    Mode,
    Party,
    PaymentMethod,
    RefundCause,
    Stage,
);
