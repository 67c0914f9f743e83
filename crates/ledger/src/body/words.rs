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
        /// Another name.
        ChangeName = "change_name" / "名称变更",
        /// Another address.
        ChangeSite = "change_site" / "办学地址变更",
        /// Another promoter.
        ChangePromoter = "change_promoter" / "举办者变更",
        /// Another legal representative.
        ChangeRepresentative = "change_representative" / "法定代表人变更",
        /// Other capital.
        ChangeCapital = "change_capital" / "开办资金变更",
        /// A branch.
        Branch = "branch" / "设立分支机构",
    }
}

words! {
    /// Why an application ended without a decision (申请终结原因).
    ApplicationEndCause {
        /// Taken back.
        Withdrawn = "withdrawn" / "申请人撤回",
        /// Not corrected in time.
        NotCorrected = "not_corrected" / "逾期未补正",
        /// Not accepted.
        NotAccepted = "not_accepted" / "不予受理",
    }
}

words! {
    /// What a site check found (现场核查结果).
    SiteCheckResult {
        /// Fit.
        Passed = "passed" / "核查合格",
        /// Not fit.
        Failed = "failed" / "核查不合格",
    }
}

words! {
    /// What the regulator orders short of suspension (监管措施).
    LicenceMeasure {
        /// A warning.
        Warning = "warning" / "警告",
        /// To put things right.
        Rectification = "rectification" / "责令改正",
        /// No new pupils.
        EnrolmentSuspension = "enrolment_suspension" / "停止招生",
    }
}

words! {
    /// Result of the annual inspection (年检结论).
    InspectionGrade {
        /// Qualified.
        Qualified = "qualified" / "合格",
        /// Qualified in the main.
        BasicallyQualified = "basically_qualified" / "基本合格",
        /// Not qualified.
        Unqualified = "unqualified" / "不合格",
    }
}

words! {
    /// A step between the proposal of a revocation and its decision (吊销程序).
    RevocationStep {
        /// The institution asks to be heard.
        HearingAsked = "hearing_asked" / "申请听证",
        /// It does not ask to be heard.
        HearingWaived = "hearing_waived" / "放弃听证",
        /// The day of the hearing is told.
        HearingSet = "hearing_set" / "告知听证日期",
        /// The hearing was held.
        HearingHeld = "hearing_held" / "举行听证",
        /// The proposal is dropped.
        Dropped = "dropped" / "撤回吊销建议",
    }
}

words! {
    /// What families are told (告知家长的事项).
    NoticeKind {
        /// A change of who controls the institution, or of its name or place, is applied for.
        ChangePending = "change_pending" / "重大变更办理中",
        /// That change was decided or ended.
        ChangeOver = "change_over" / "重大变更办结",
        /// The institution is about to close.
        Closing = "closing" / "即将终止办学",
        /// No new pupils.
        EnrolmentSuspended = "enrolment_suspended" / "暂停招生",
        /// Suspended.
        Suspended = "suspended" / "暂停办学",
        /// Revocation decided.
        Revoked = "revoked" / "许可证已吊销",
        /// Expired.
        Expired = "expired" / "许可证已到期",
    }
}

words! {
    /// A part of an institution's record (机构档案项目).
    RecordPart {
        /// Names, legal form, promoter, representative, capital.
        Profile = "profile" / "基本信息",
        /// Who controls it.
        Controller = "controller" / "实际控制人",
        /// An address.
        Site = "site" / "办学场所",
        /// A room.
        Room = "room" / "教室",
        /// A bank account.
        Account = "account" / "银行账户",
        /// A person of the staff.
        Staff = "staff" / "从业人员",
    }
}

words! {
    /// What happened to a part of the record (档案变动).
    RecordChange {
        /// It is there, as its record says.
        Set = "set" / "登记",
        /// It is there no more.
        Removed = "removed" / "注销",
    }
}

words! {
    /// A step after a listing (名单后续程序).
    ListingStep {
        /// The institution objects.
        Objected = "objected" / "提出异议",
        /// The objection is upheld.
        ObjectionUpheld = "objection_upheld" / "异议成立",
        /// The objection is rejected.
        ObjectionRejected = "objection_rejected" / "异议不成立",
        /// The institution asks for repair.
        RepairAsked = "repair_asked" / "申请信用修复",
        /// The repair is accepted.
        RepairAccepted = "repair_accepted" / "同意修复",
        /// The repair is refused.
        RepairRefused = "repair_refused" / "不予修复",
        /// Its term has passed.
        Expired = "expired" / "列入期限届满",
    }
}

words! {
    /// What happens to points (记分变动).
    PointsChange {
        /// Scored.
        Scored = "scored" / "记分",
        /// Cancelled after rectification.
        Cancelled = "cancelled" / "销分",
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
        /// Its term is over.
        Expired = "expired" / "有效期届满",
        /// The holder gave it back.
        Surrendered = "surrendered" / "交回许可证",
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
        /// The pupil's side checked in at the session, where that is enough.
        CheckIn = "check_in" / "签到确认",
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
        /// Nobody's consent is needed.
        Law = "law" / "依法无须同意",
    }
}

words! {
    /// On which ground a contract was ended (合同解除事由).
    ContractEndGround {
        /// Withdrawn within days of payment.
        CoolingOff = "cooling_off" / "冷静期内撤回",
        /// Withdrawn on days for which full refund is agreed.
        AgreedFullRefund = "agreed_full_refund" / "约定的全额退费期内撤回",
        /// Withdrawn before the first lesson.
        BeforeFirstLesson = "before_first_lesson" / "开课前撤回",
        /// The family does not go on.
        Early = "early" / "家长提前解除",
        /// The institution broke the contract.
        InstitutionBreach = "institution_breach" / "机构违约",
        /// The pupil's health.
        Health = "health" / "学员健康原因",
        /// Force majeure.
        ForceMajeure = "force_majeure" / "不可抗力",
        /// The fee is not paid.
        PaymentOverdue = "payment_overdue" / "逾期缴费",
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
        /// A change of control is under way.
        ControlChange = "control_change" / "控制权变更",
        /// It is feared to run away.
        SuspectedFlight = "suspected_flight" / "疑似卷款跑路",
        /// An order on the whole custody account: refunds wait too.
        Account = "account" / "托管账户冻结",
    }
}

words! {
    /// On which ground an institution objects to a refund (异议理由).
    RefundObjection {
        /// More hours were taught than it says.
        HoursTaught = "hours_taught" / "已消课时有误",
        /// The sum is not what the contract gives.
        Amount = "amount" / "退费金额有误",
        /// The reason is not on the institution's side.
        Cause = "cause" / "退费责任有误",
        /// It was paid back already.
        AlreadyPaid = "already_paid" / "已另行退费",
        /// The contract says otherwise.
        Terms = "terms" / "不符合合同约定",
    }
}

words! {
    /// What officers found at a site (检查结论).
    InspectionFinding {
        /// Nothing wrong.
        InOrder = "in_order" / "未发现问题",
        /// Things to mend.
        Problems = "problems" / "存在问题",
        /// Nobody there, doors closed.
        SiteClosed = "site_closed" / "场所关闭",
        /// Teaching without a licence.
        Unlicensed = "unlicensed" / "无证办学",
        /// Families were told to pay to an account that is not the registered one.
        PayeeMismatch = "payee_mismatch" / "收款账户不符",
    }
}

words! {
    /// How pressing an alert is (预警级别).
    AlertLevel {
        /// To be known.
        Notice = "notice" / "提示",
        /// To be explained.
        Yellow = "yellow" / "黄色",
        /// To be acted on.
        Red = "red" / "红色",
    }
}

words! {
    /// What is done about an alert (预警处置).
    AlertStep {
        /// An officer has seen it.
        Acknowledged = "acknowledged" / "接收",
        /// The institution explained it.
        Explained = "explained" / "说明",
        /// It went to the next level.
        Escalated = "escalated" / "升级",
        /// It is over.
        Closed = "closed" / "办结",
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
    AlertLevel,
    AlertStep,
    ApplicationDecision,
    ApplicationEndCause,
    ApplicationKind,
    Category,
    ConfirmedBy,
    ConsentedBy,
    ContractEndGround,
    DisputeDecision,
    DisputeReason,
    HoldCause,
    InspectionFinding,
    InspectionGrade,
    LicenceEndCause,
    LicenceMeasure,
    ListKind,
    ListingStep,
    Mode,
    NoticeKind,
    Party,
    PaymentMethod,
    PointsChange,
    RecordChange,
    RecordPart,
    RefundCause,
    RefundObjection,
    RevocationStep,
    SiteCheckResult,
    Stage,
);
