//! Plain sentences: what an entry says, for a reader who has only the entry. Chinese first.

use std::fmt::Write;

use kernel::{ClassHours, Fen};

use super::{
    ApplicationDecision, Body, ConfirmedBy, ConsentedBy, DaySealed, DisputeDecision, LotPart, Party, hours_text,
    postings::parts_fen,
};

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

fn list<T: Copy>(items: impl IntoIterator<Item = T>, word: impl Fn(T) -> &'static str, between: &str) -> String {
    let mut out = String::new();
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push_str(between);
        }
        out.push_str(word(item));
    }
    out
}

fn total(parts: &[LotPart]) -> (String, String) {
    let hours = ClassHours::try_sum(parts.iter().map(|p| p.hours)).map(|h| h.to_string()).unwrap_or_default();
    let fen = parts_fen(parts).map(Fen::to_yuan).unwrap_or_default();
    (hours, fen)
}

const fn party_en(party: Party) -> &'static str {
    match party {
        Party::Institution => "the institution",
        Party::Guardian => "the guardian",
    }
}

fn sealed(d: &DaySealed) -> (String, String) {
    let [custody, prepaid, disputed, refund, payable] =
        [d.custody_fen, d.prepaid_fen, d.disputed_fen, d.refund_fen, d.payable_fen].map(Fen::to_yuan);
    let hours = hours_text(d.hours_left_hundredths);
    (
        format!(
            "{} 日终封存：合同 {} 份，剩余 {hours} 课时；托管 {custody}，其中预付 {prepaid}、争议冻结 {disputed}、应退 {refund}、应付机构 {payable}。",
            d.sealed_on, d.contracts
        ),
        format!(
            "Day {} is sealed: {} contracts with {hours} class hours left; {custody} in custody, of it {prepaid} prepaid, {disputed} disputed, {refund} to be refunded, {payable} payable to the institution.",
            d.sealed_on, d.contracts
        ),
    )
}

impl Body {
    /// What it says, in one sentence of each language. Ids are given in full so that they can be
    /// compared with other papers.
    pub fn describe(&self) -> Sentence {
        let (zh, en) = match self {
            Body::LedgerOpened(d) => (
                format!("账本开立：行政区划 {}，检查点来源 {}。", d.region, d.origin),
                format!("The ledger of region {} is opened; its checkpoints come from {}.", d.region, d.origin),
            ),
            Body::PolicyAdopted(d) => (
                format!("行政区划 {} 的一版规则自 {} 起生效。", d.region, d.effective_on),
                format!("A version of the rules of region {} takes effect on {}.", d.region, d.effective_on),
            ),
            Body::TemplateAdopted(d) => (
                format!("行政区划 {} 的一版合同范本自 {} 起生效，哈希 {}。", d.region, d.effective_on, d.template),
                format!(
                    "A version of the model contract of region {} takes effect on {}; its hash is {}.",
                    d.region, d.effective_on, d.template
                ),
            ),
            Body::InstitutionRegistered(d) => (
                format!(
                    "登记培训机构：统一社会信用代码 {}，{}类，{}，{}。",
                    d.credit_code,
                    d.category.zh(),
                    list(d.modes.iter(), |m| m.zh(), "、"),
                    list(d.stages.iter(), |s| s.zh(), "、"),
                ),
                format!(
                    "An institution is registered: credit code {}, category {}, {}, stages {}.",
                    d.credit_code,
                    d.category,
                    list(d.modes.iter(), |m| m.as_str(), ", "),
                    list(d.stages.iter(), |s| s.as_str(), ", "),
                ),
            ),
            Body::ApplicationSubmitted(d) => (
                format!("机构提交{}申请 {}，附材料 {} 份。", d.kind.zh(), d.application, d.documents.len()),
                format!(
                    "The institution submits application {} ({}), with {} documents.",
                    d.application,
                    d.kind,
                    d.documents.len()
                ),
            ),
            Body::ApplicationAccepted(d) => (
                format!("申请 {} 已受理。", d.application),
                format!("Application {} is accepted for examination.", d.application),
            ),
            Body::ApplicationDecided(d) => (
                format!("申请 {}：{}。", d.application, d.decision.zh()),
                format!(
                    "Application {} is {}.",
                    d.application,
                    match d.decision {
                        ApplicationDecision::Grant => "granted",
                        ApplicationDecision::Refuse => "refused",
                    }
                ),
            ),
            Body::LicenceGranted(d) => (
                format!(
                    "颁发办学许可 {}（许可证号 {}）：{}类，{}，{}，有效期 {} 至 {}。",
                    d.licence,
                    d.licence_number,
                    d.category.zh(),
                    list(d.modes.iter(), |m| m.zh(), "、"),
                    list(d.stages.iter(), |s| s.zh(), "、"),
                    d.valid_from_on,
                    d.valid_until_on
                ),
                format!(
                    "Licence {} (number {}) is granted: category {}, {}, stages {}, valid from {} to {}.",
                    d.licence,
                    d.licence_number,
                    d.category,
                    list(d.modes.iter(), |m| m.as_str(), ", "),
                    list(d.stages.iter(), |s| s.as_str(), ", "),
                    d.valid_from_on,
                    d.valid_until_on
                ),
            ),
            Body::LicenceSuspended(d) => {
                (format!("办学许可 {} 暂停。", d.licence), format!("Licence {} is suspended.", d.licence))
            }
            Body::LicenceReinstated(d) => {
                (format!("办学许可 {} 恢复。", d.licence), format!("Licence {} is reinstated.", d.licence))
            }
            Body::LicenceRevocationProposed(d) => (
                format!("拟吊销办学许可 {}（事由 {}），拟自 {} 起。", d.licence, d.reason_code, d.effective_on),
                format!(
                    "Revocation of licence {} is proposed (reason {}), from {}.",
                    d.licence, d.reason_code, d.effective_on
                ),
            ),
            Body::LicenceRevoked(d) => (
                format!("吊销办学许可 {}（事由 {}），自 {} 起。", d.licence, d.reason_code, d.effective_on),
                format!("Licence {} is revoked (reason {}) from {}.", d.licence, d.reason_code, d.effective_on),
            ),
            Body::LicenceEnded(d) => (
                format!("办学许可 {} 终止：{}。", d.licence, d.cause.zh()),
                format!("Licence {} ends: {}.", d.licence, d.cause),
            ),
            Body::ApplicationCorrectionAsked(d) => d.sentence(),
            Body::ApplicationCorrected(d) => d.sentence(),
            Body::ApplicationSiteChecked(d) => d.sentence(),
            Body::ApplicationReviewed(d) => d.sentence(),
            Body::ApplicationEnded(d) => d.sentence(),
            Body::LicenceExtended(d) => d.sentence(),
            Body::LicenceMeasureTaken(d) => d.sentence(),
            Body::LicenceMeasureLifted(d) => d.sentence(),
            Body::LicenceInspected(d) => d.sentence(),
            Body::LicenceRevocationStep(d) => d.sentence(),
            Body::LicenceClosing(d) => d.sentence(),
            Body::LicenceDeregistered(d) => d.sentence(),
            Body::NoticeGiven(d) => d.sentence(),
            Body::RecordChanged(d) => d.sentence(),
            Body::ListingStepTaken(d) => d.sentence(),
            Body::PointsChanged(d) => d.sentence(),
            Body::InstitutionGraded(d) => d.sentence(),
            Body::ListsPublished(d) => d.sentence(),
            Body::LessonCheckedIn(d) => d.sentence(),
            Body::DisputeArgued(d) => d.sentence(),
            Body::SubjectErased(d) => d.sentence(),
            Body::BankStatementRecorded(d) => d.sentence(),
            Body::BankLineSuspended(d) => d.sentence(),
            Body::SuspenseCleared(d) => d.sentence(),
            Body::Reconciled(d) => d.sentence(),
            Body::SettlementApproved(d) => d.sentence(),
            Body::SettlementFailed(d) => d.sentence(),
            Body::SettlementReturned(d) => d.sentence(),
            Body::RefundReturned(d) => d.sentence(),
            Body::DepositPaid(d) => d.sentence(),
            Body::DepositLocked(d) => d.sentence(),
            Body::DepositReleased(d) => d.sentence(),
            Body::DepositClaimed(d) => d.sentence(),
            Body::InterestCredited(d) => d.sentence(),
            Body::InterestAllotted(d) => d.sentence(),
            Body::ListingChanged(d) => (
                format!("机构名单变动：{}，{} 公布。", d.list.zh(), d.published_on),
                format!("The institution's listing is now: {}, published on {}.", d.list, d.published_on),
            ),
            Body::CoursePublished(d) => (
                format!(
                    "公布课程 {}：{}课时，每课时 {} 分钟，价款 {}，{} 至 {}。",
                    d.course,
                    d.hours,
                    d.minutes_per_hour,
                    d.price_fen.to_yuan(),
                    d.starts_on,
                    d.ends_on
                ),
                format!(
                    "Course {} is published: {} class hours of {} minutes for {}, from {} to {}.",
                    d.course,
                    d.hours,
                    d.minutes_per_hour,
                    d.price_fen.to_yuan(),
                    d.starts_on,
                    d.ends_on
                ),
            ),
            Body::ContractSignatureGiven(d) => (
                format!("合同 {}：{}已签署（文本摘要 {}）。", d.contract, d.party.zh(), d.document),
                format!("Contract {}: {} signed (document digest {}).", d.contract, party_en(d.party), d.document),
            ),
            Body::ContractSigned(d) => {
                let mut zh = format!("合同 {} 签订（文本摘要 {}）：", d.contract, d.document);
                let mut en = format!("Contract {} binds (document digest {}): ", d.contract, d.document);
                for lot in &d.lots {
                    let _ = write!(zh, "{}课时", lot.paid_hours);
                    let _ = write!(en, "{} class hours", lot.paid_hours);
                    if !lot.gift_hours.is_zero() {
                        let _ = write!(zh, "另赠 {} 课时", lot.gift_hours);
                        let _ = write!(en, " and {} free", lot.gift_hours);
                    }
                    let _ = write!(zh, "，价款 {}；", lot.price_fen.to_yuan());
                    let _ = write!(en, " for {}; ", lot.price_fen.to_yuan());
                }
                let _ = write!(zh, "授课 {} 至 {}。", d.first_lesson_on, d.last_lesson_on);
                let _ = write!(en, "lessons from {} to {}.", d.first_lesson_on, d.last_lesson_on);
                (zh, en)
            }
            Body::FeePaid(d) => (
                format!(
                    "合同 {}：{}（{}）已缴入托管账户，到账时间 {}。",
                    d.contract,
                    d.amount_fen.to_yuan(),
                    d.method.zh(),
                    d.paid_at
                ),
                format!(
                    "Contract {}: {} ({}) was paid into the custody account at {}.",
                    d.contract,
                    d.amount_fen.to_yuan(),
                    d.method,
                    d.paid_at
                ),
            ),
            Body::LessonClaimed(d) => (
                format!("合同 {}：机构登记 {} 上课 {} 课时（消课 {}）。", d.contract, d.held_on, d.hours, d.lesson),
                format!(
                    "Contract {}: the institution claims a lesson of {} class hours on {} (lesson {}).",
                    d.contract, d.hours, d.held_on, d.lesson
                ),
            ),
            Body::LessonConfirmed(d) => {
                let (hours, fen) = total(&d.lots);
                let by = match d.by {
                    ConfirmedBy::Guardian => "by the guardian",
                    ConfirmedBy::Silence => "by silence",
                    ConfirmedBy::CheckIn => "by the check-in",
                };
                (
                    format!("合同 {}：消课 {} {}，{hours} 课时，{fen} 归机构。", d.contract, d.lesson, d.by.zh()),
                    format!(
                        "Contract {}: lesson {} is confirmed {by}; {hours} class hours, {fen} earned.",
                        d.contract, d.lesson
                    ),
                )
            }
            Body::LessonDisputed(d) => {
                let (hours, fen) = total(&d.lots);
                (
                    format!(
                        "合同 {}：家长对消课 {} 提出异议（{}），{hours} 课时，{fen} 冻结。",
                        d.contract,
                        d.lesson,
                        d.reason.zh()
                    ),
                    format!(
                        "Contract {}: lesson {} is disputed ({}); {hours} class hours, {fen} frozen.",
                        d.contract, d.lesson, d.reason
                    ),
                )
            }
            Body::DisputeDecided(d) => {
                let (hours, fen) = total(&d.lots);
                let outcome = match d.decision {
                    DisputeDecision::Institution => "for the institution",
                    DisputeDecision::Family => "for the family",
                };
                (
                    format!(
                        "合同 {}：消课 {} 的异议裁决为{}，涉及 {hours} 课时，{fen}。",
                        d.contract,
                        d.lesson,
                        d.decision.zh()
                    ),
                    format!(
                        "Contract {}: the dispute about lesson {} is decided {outcome}; {hours} class hours, {fen}.",
                        d.contract, d.lesson
                    ),
                )
            }
            Body::RefundRequested(d) => {
                let (hours, fen) = total(&d.lots);
                (
                    format!("合同 {}：申请退费 {}，{hours} 课时，{fen}（{}）。", d.contract, d.refund, d.cause.zh()),
                    format!(
                        "Contract {}: refund {} is requested; {hours} class hours, {fen} (cause: {}).",
                        d.contract, d.refund, d.cause
                    ),
                )
            }
            Body::RefundConsented(d) => {
                let (hours, fen) = total(&d.lots);
                let by = match d.by {
                    ConsentedBy::Institution => "by the institution",
                    ConsentedBy::Silence => "by silence",
                    ConsentedBy::Regulator => "by order of the regulator",
                    ConsentedBy::Law => "by law, without anybody's consent",
                };
                (
                    format!("合同 {}：退费 {} {}，退回 {hours} 课时，{fen}。", d.contract, d.refund, d.by.zh()),
                    format!("Contract {}: refund {} is agreed {by}; {hours} class hours, {fen}.", d.contract, d.refund),
                )
            }
            Body::ContractTransferred(d) => (
                format!("合同 {}：转让给监护人 {}（学员 {}）。", d.contract, d.guardian, d.pupil),
                format!("Contract {} is handed to guardian {} (pupil {}).", d.contract, d.guardian, d.pupil),
            ),
            Body::ContractEnded(d) => (
                format!(
                    "合同 {} 由{}解除：{}；托管之外由机构另行退还 {}。",
                    d.contract,
                    d.by.zh(),
                    d.ground.zh(),
                    d.outside_escrow_fen.to_yuan()
                ),
                format!(
                    "Contract {} is ended by the {}: {}; beside escrow the institution gives back {}.",
                    d.contract,
                    d.by,
                    d.ground,
                    d.outside_escrow_fen.to_yuan()
                ),
            ),
            Body::RefundPaid(d) => (
                format!("合同 {}：退费 {} 已付 {}。", d.contract, d.refund, d.amount_fen.to_yuan()),
                format!("Contract {}: refund {} of {} is paid.", d.contract, d.refund, d.amount_fen.to_yuan()),
            ),
            Body::SettlementOrdered(d) => (
                format!("向机构结算 {}（指令 {}）。", d.amount_fen.to_yuan(), d.settlement),
                format!("Settlement {} of {} to the institution is ordered.", d.settlement, d.amount_fen.to_yuan()),
            ),
            Body::SettlementPaid(d) => (
                format!("结算 {} 已拨付 {}。", d.settlement, d.amount_fen.to_yuan()),
                format!("Settlement {} of {} is paid to the institution.", d.settlement, d.amount_fen.to_yuan()),
            ),
            Body::HoldPlaced(d) => (
                format!("机构资金冻结 {}（{}）。", d.hold, d.cause.zh()),
                format!("Releases to the institution are held, {} (cause: {}).", d.hold, d.cause),
            ),
            Body::HoldReleased(d) => (format!("解除冻结 {}。", d.hold), format!("Hold {} is released.", d.hold)),
            Body::RefundObjected(d) => d.sentence(),
            Body::RefundDecided(d) => d.sentence(),
            Body::RefundWithdrawn(d) => d.sentence(),
            Body::ContractFrozen(d) => d.sentence(),
            Body::ContractUnfrozen(d) => d.sentence(),
            Body::InspectionRecorded(d) => d.sentence(),
            Body::AlertRaised(d) => d.sentence(),
            Body::AlertStepTaken(d) => d.sentence(),
            Body::ClosurePacked(d) => d.sentence(),
            Body::DaySealed(d) => sealed(d),
        };
        Sentence { zh, en }
    }
}
