//! What an entry says: the closed list of types, their members, and what follows from each alone
//! (its scope, whether it may carry a commitment). The posting rule is in `postings`, the ranges
//! in `check`, plain sentences in `describe`.

mod bank;
mod check;
mod describe;
mod describe_bank;
mod desk;
mod evidence;
mod fees;
mod postings;
mod privacy;
mod registry;
mod seals;
mod watch;
mod words;

use kernel::ContractId;

pub use bank::*;
pub use describe::Sentence;
pub use desk::*;
pub use evidence::*;
pub use fees::*;
pub use postings::{Account, AccountError, Posting, parts_fen};
pub use privacy::*;
pub use registry::*;
pub use seals::*;
pub use watch::*;
pub use words::*;

use crate::wire::{Cursor, Fault, Field, Record};

/// Version of every entry type, the `_v` of the envelope.
pub const VERSION: &str = "1";

/// What a type's `commit` binds, if it may carry one.
type Commit = Option<(&'static str, &'static str)>;

macro_rules! entry_types {
    ($($variant:ident = $word:literal / $zh:literal / $en:literal / $scope:ident / $commit:expr),* $(,)?) => {
        /// The closed list of entry types.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntryType { $(#[doc = $en] $variant),* }

        impl EntryType {
            /// All, in the order of the specification.
            pub const ALL: &'static [EntryType] = &[$(EntryType::$variant),*];
            /// The `_t` of the envelope.
            pub const fn as_str(self) -> &'static str {
                match self { $(EntryType::$variant => $word),* }
            }
            /// Chinese name.
            pub const fn zh(self) -> &'static str {
                match self { $(EntryType::$variant => $zh),* }
            }
            /// English name.
            pub const fn en(self) -> &'static str {
                match self { $(EntryType::$variant => $en),* }
            }
            /// What it concerns.
            pub const fn scope(self) -> Scope {
                match self { $(EntryType::$variant => Scope::$scope),* }
            }
            /// What its `commit` binds (Chinese, English); `None` when it must not have one.
            pub const fn commit(self) -> Commit {
                match self { $(EntryType::$variant => $commit),* }
            }
            /// Its members in the order of their bytes.
            pub const fn fields(self) -> &'static [Field] {
                match self { $(EntryType::$variant => <$variant as Record>::FIELDS),* }
            }
        }

        impl std::fmt::Display for EntryType {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for EntryType {
            type Err = kernel::category::WordError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                match s { $($word => Ok(EntryType::$variant),)* _ => Err(kernel::category::WordError) }
            }
        }

        /// What an entry says.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Body { $(#[doc = $en] $variant($variant)),* }

        impl Body {
            /// Its type.
            pub const fn entry_type(&self) -> EntryType {
                match self { $(Body::$variant(_) => EntryType::$variant),* }
            }
            /// Appends the canonical bytes of the envelope's `data`.
            pub fn write_data(&self, out: &mut Vec<u8>) {
                match self { $(Body::$variant(data) => data.write_record(out)),* }
            }
            pub(crate) fn read_data(entry_type: EntryType, cursor: &mut Cursor<'_>) -> Result<Body, Fault> {
                match entry_type { $(EntryType::$variant => Record::read_record(cursor).map(Body::$variant)),* }
            }
        }

        $(impl From<$variant> for Body {
            fn from(data: $variant) -> Body {
                Body::$variant(data)
            }
        })*
    };
}

/// What an entry type concerns, and so which chains it is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The ledger as a whole: the three institution members are absent.
    Ledger,
    /// One institution: they are present.
    Institution,
    /// A contract of one institution: `data` has `contract` and `contract_seq` too.
    Contract,
}

entry_types! {
    LedgerOpened = "ledger_opened" / "账本开立" / "ledger opened" / Ledger / None,
    PolicyAdopted = "policy_adopted" / "规则版本生效" / "policy adopted" / Ledger / None,
    TemplateAdopted = "template_adopted" / "合同范本版本生效" / "template adopted" / Ledger / None,
    InstitutionRegistered = "institution_registered" / "机构登记" / "institution registered" / Institution
        / Some(("机构档案", "profile")),
    ApplicationSubmitted = "application_submitted" / "申请提交" / "application submitted" / Institution
        / Some(("申请内容", "what is asked for")),
    ApplicationAccepted = "application_accepted" / "申请受理" / "application accepted" / Institution / None,
    ApplicationDecided = "application_decided" / "许可决定" / "application decided" / Institution
        / Some(("理由", "reason")),
    LicenceGranted = "licence_granted" / "颁发许可" / "licence granted" / Institution / None,
    LicenceSuspended = "licence_suspended" / "许可暂停" / "licence suspended" / Institution
        / Some(("理由", "reason")),
    LicenceReinstated = "licence_reinstated" / "许可恢复" / "licence reinstated" / Institution
        / Some(("理由", "reason")),
    LicenceRevocationProposed = "licence_revocation_proposed" / "拟吊销许可" / "licence revocation proposed"
        / Institution / Some(("依据", "basis")),
    LicenceRevoked = "licence_revoked" / "吊销许可" / "licence revoked" / Institution / Some(("依据", "basis")),
    LicenceEnded = "licence_ended" / "许可终止" / "licence ended" / Institution / None,
    ListingChanged = "listing_changed" / "名单变动" / "listing changed" / Institution
        / Some(("原因与依据", "cause and basis")),
    CoursePublished = "course_published" / "课程公布" / "course published" / Institution / Some(("课程名称", "name")),
    ContractSignatureGiven = "contract_signature_given" / "合同一方签署" / "contract signature given" / Contract / None,
    ContractSigned = "contract_signed" / "合同签订" / "contract signed" / Contract / None,
    FeePaid = "fee_paid" / "缴费入托管" / "fee paid" / Contract / None,
    LessonClaimed = "lesson_claimed" / "登记消课" / "lesson claimed" / Contract / None,
    LessonConfirmed = "lesson_confirmed" / "确认消课" / "lesson confirmed" / Contract / None,
    LessonDisputed = "lesson_disputed" / "消课异议" / "lesson disputed" / Contract / None,
    DisputeDecided = "dispute_decided" / "异议裁决" / "dispute decided" / Contract / Some(("理由", "reason")),
    RefundRequested = "refund_requested" / "申请退费" / "refund requested" / Contract / Some(("理由", "reason")),
    RefundConsented = "refund_consented" / "同意退费" / "refund consented" / Contract / None,
    ContractEnded = "contract_ended" / "合同解除" / "contract ended" / Contract / Some(("理由", "reason")),
    ContractTransferred = "contract_transferred" / "合同转让" / "contract transferred" / Contract
        / Some(("转让通知", "notice")),
    RefundPaid = "refund_paid" / "退费到账" / "refund paid" / Contract / None,
    SettlementOrdered = "settlement_ordered" / "结算指令" / "settlement ordered" / Institution / None,
    SettlementPaid = "settlement_paid" / "结算拨付" / "settlement paid" / Institution / None,
    HoldPlaced = "hold_placed" / "资金冻结" / "hold placed" / Institution / Some(("理由", "reason")),
    HoldReleased = "hold_released" / "解除冻结" / "hold released" / Institution / None,
    DaySealed = "day_sealed" / "日终封存" / "day sealed" / Institution / None,
    ApplicationCorrectionAsked = "application_correction_asked" / "告知补正" / "corrections asked for" / Institution
        / Some(("补正内容", "what to correct")),
    ApplicationCorrected = "application_corrected" / "申请补正" / "application corrected" / Institution
        / None,
    ApplicationSiteChecked = "application_site_checked" / "现场核查" / "site checked" / Institution
        / Some(("核查情况", "findings")),
    ApplicationReviewed = "application_reviewed" / "审查意见" / "application reviewed" / Institution
        / Some(("审查意见", "opinion")),
    ApplicationEnded = "application_ended" / "申请终结" / "application ended" / Institution
        / Some(("理由", "reason")),
    LicenceExtended = "licence_extended" / "许可延续" / "licence extended" / Institution
        / None,
    LicenceMeasureTaken = "licence_measure_taken" / "监管措施" / "measure taken" / Institution
        / Some(("依据", "basis")),
    LicenceMeasureLifted = "licence_measure_lifted" / "解除措施" / "measure lifted" / Institution
        / Some(("理由", "reason")),
    LicenceInspected = "licence_inspected" / "年度检查" / "annual inspection" / Institution
        / Some(("检查情况", "findings")),
    LicenceRevocationStep = "licence_revocation_step" / "吊销程序" / "step of a revocation" / Institution
        / Some(("内容", "what was said")),
    LicenceClosing = "licence_closing" / "进入终止程序" / "licence closing" / Institution
        / None,
    LicenceDeregistered = "licence_deregistered" / "注销许可" / "licence deregistered" / Institution
        / Some(("理由", "reason")),
    NoticeGiven = "notice_given" / "告知家长" / "families told" / Institution
        / None,
    RecordChanged = "record_changed" / "档案变动" / "record changed" / Institution
        / Some(("档案内容", "the part of the record")),
    ListingStepTaken = "listing_step_taken" / "名单后续程序" / "step after a listing" / Institution
        / Some(("内容", "what was said")),
    PointsChanged = "points_changed" / "记分变动" / "points changed" / Institution
        / Some(("事实", "facts")),
    InstitutionGraded = "institution_graded" / "机构评级" / "institution graded" / Institution
        / Some(("评分指标", "indicators")),
    ListsPublished = "lists_published" / "名单公布" / "lists published" / Ledger
        / None,
    RefundObjected = "refund_objected" / "退费异议" / "refund objected to" / Contract / Some(("异议内容", "objection")),
    RefundDecided = "refund_decided" / "退费异议裁决" / "objection to a refund decided" / Contract
        / Some(("理由", "reason")),
    RefundWithdrawn = "refund_withdrawn" / "撤回退费申请" / "refund withdrawn" / Contract / None,
    ContractFrozen = "contract_frozen" / "合同资金冻结" / "contract frozen" / Contract / Some(("理由", "reason")),
    ContractUnfrozen = "contract_unfrozen" / "合同资金解冻" / "contract unfrozen" / Contract / None,
    InspectionRecorded = "inspection_recorded" / "检查记录" / "inspection recorded" / Institution
        / Some(("检查情况", "findings")),
    AlertRaised = "alert_raised" / "预警" / "alert raised" / Institution / None,
    AlertStepTaken = "alert_step_taken" / "预警处置" / "step about an alert" / Institution
        / Some(("处置内容", "what was said")),
    ClosurePacked = "closure_packed" / "关停清算包" / "closure pack made" / Institution / None,
    LessonCheckedIn = "lesson_checked_in" / "签到" / "lesson checked in" / Contract / None,
    DisputeArgued = "dispute_argued" / "异议举证" / "dispute argued" / Contract / Some(("陈述", "statement")),
    SubjectErased = "subject_erased" / "个人信息删除" / "personal data erased" / Ledger / None,
    BankStatementRecorded = "bank_statement_recorded" / "银行对账单入账" / "bank statement recorded" / Institution
        / None,
    BankLineSuspended = "bank_line_suspended" / "银行流水挂账" / "bank line suspended" / Institution
        / None,
    SuspenseCleared = "suspense_cleared" / "挂账销账" / "suspense cleared" / Institution
        / Some(("理由", "reason")),
    Reconciled = "reconciled" / "日终对账" / "reconciled" / Institution
        / None,
    SettlementApproved = "settlement_approved" / "结算审核同意" / "settlement approved" / Institution
        / None,
    SettlementFailed = "settlement_failed" / "结算未能拨付" / "settlement failed" / Institution
        / Some(("理由", "reason")),
    SettlementReturned = "settlement_returned" / "结算退回" / "settlement returned" / Institution
        / Some(("理由", "reason")),
    RefundReturned = "refund_returned" / "退费被退回" / "refund returned" / Contract
        / Some(("理由", "reason")),
    DepositPaid = "deposit_paid" / "缴存保证金" / "deposit paid" / Institution
        / None,
    DepositLocked = "deposit_locked" / "保证金锁定变动" / "deposit locked or unlocked" / Institution
        / Some(("理由", "reason")),
    DepositReleased = "deposit_released" / "退还保证金" / "deposit released" / Institution
        / None,
    DepositClaimed = "deposit_claimed" / "动用保证金" / "deposit claimed" / Institution
        / Some(("决定依据", "decision")),
    InterestCredited = "interest_credited" / "利息入账" / "interest credited" / Institution
        / None,
    InterestAllotted = "interest_allotted" / "利息分配" / "interest allotted" / Contract
        / None,
}

impl Body {
    /// The contract that it concerns, and its number within that contract (from 1).
    pub const fn contract(&self) -> Option<(ContractId, u64)> {
        match self {
            Body::ContractSignatureGiven(d) => Some((d.contract, d.contract_seq)),
            Body::ContractSigned(d) => Some((d.contract, d.contract_seq)),
            Body::FeePaid(d) => Some((d.contract, d.contract_seq)),
            Body::LessonClaimed(d) => Some((d.contract, d.contract_seq)),
            Body::LessonConfirmed(d) => Some((d.contract, d.contract_seq)),
            Body::LessonDisputed(d) => Some((d.contract, d.contract_seq)),
            Body::DisputeDecided(d) => Some((d.contract, d.contract_seq)),
            Body::RefundRequested(d) => Some((d.contract, d.contract_seq)),
            Body::RefundConsented(d) => Some((d.contract, d.contract_seq)),
            Body::RefundPaid(d) => Some((d.contract, d.contract_seq)),
            Body::ContractEnded(d) => Some((d.contract, d.contract_seq)),
            Body::ContractTransferred(d) => Some((d.contract, d.contract_seq)),
            Body::LessonCheckedIn(d) => Some((d.contract, d.contract_seq)),
            Body::DisputeArgued(d) => Some((d.contract, d.contract_seq)),
            Body::RefundReturned(d) => Some((d.contract, d.contract_seq)),
            Body::InterestAllotted(d) => Some((d.contract, d.contract_seq)),
            Body::RefundObjected(d) => Some((d.contract, d.contract_seq)),
            Body::RefundDecided(d) => Some((d.contract, d.contract_seq)),
            Body::RefundWithdrawn(d) => Some((d.contract, d.contract_seq)),
            Body::ContractFrozen(d) => Some((d.contract, d.contract_seq)),
            Body::ContractUnfrozen(d) => Some((d.contract, d.contract_seq)),
            Body::LedgerOpened(_)
            | Body::PolicyAdopted(_)
            | Body::TemplateAdopted(_)
            | Body::InstitutionRegistered(_)
            | Body::ApplicationSubmitted(_)
            | Body::ApplicationAccepted(_)
            | Body::ApplicationDecided(_)
            | Body::LicenceGranted(_)
            | Body::LicenceSuspended(_)
            | Body::LicenceReinstated(_)
            | Body::LicenceRevocationProposed(_)
            | Body::LicenceRevoked(_)
            | Body::LicenceEnded(_)
            | Body::ListingChanged(_)
            | Body::CoursePublished(_)
            | Body::SettlementOrdered(_)
            | Body::SettlementPaid(_)
            | Body::HoldPlaced(_)
            | Body::HoldReleased(_)
            | Body::DaySealed(_)
            | Body::ApplicationCorrectionAsked(_)
            | Body::ApplicationCorrected(_)
            | Body::ApplicationSiteChecked(_)
            | Body::ApplicationReviewed(_)
            | Body::ApplicationEnded(_)
            | Body::LicenceExtended(_)
            | Body::LicenceMeasureTaken(_)
            | Body::LicenceMeasureLifted(_)
            | Body::LicenceInspected(_)
            | Body::LicenceRevocationStep(_)
            | Body::LicenceClosing(_)
            | Body::LicenceDeregistered(_)
            | Body::NoticeGiven(_)
            | Body::RecordChanged(_)
            | Body::ListingStepTaken(_)
            | Body::PointsChanged(_)
            | Body::InstitutionGraded(_)
            | Body::ListsPublished(_)
            | Body::BankStatementRecorded(_)
            | Body::BankLineSuspended(_)
            | Body::SuspenseCleared(_)
            | Body::Reconciled(_)
            | Body::SettlementApproved(_)
            | Body::SettlementFailed(_)
            | Body::SettlementReturned(_)
            | Body::DepositPaid(_)
            | Body::DepositLocked(_)
            | Body::DepositReleased(_)
            | Body::DepositClaimed(_)
            | Body::InterestCredited(_)
            | Body::InspectionRecorded(_)
            | Body::AlertRaised(_)
            | Body::AlertStepTaken(_)
            | Body::ClosurePacked(_)
            | Body::SubjectErased(_) => None,
        }
    }
}

/// The objects that stand in lists, by the kind that names them in [`Field::kind`].
pub const OBJECTS: &[(&str, &[Field])] = &[
    ("document", SubmittedDocument::FIELDS),
    ("lot_hours", LotHours::FIELDS),
    ("lot_money", LotMoney::FIELDS),
    ("lot_part", LotPart::FIELDS),
    ("lot_sold", LotSold::FIELDS),
];
