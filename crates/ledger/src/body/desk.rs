//! Entries of the regulator's desk: the steps of an application, what is ordered of a licence, the
//! record of an institution, lists and points. No money.

use kernel::{ApplicationId, Day, LicenceId, ListingId, RecordItemId, UserId};

use super::registry::SubmittedDocument;
use super::words::{
    ApplicationDecision, ApplicationEndCause, InspectionGrade, LicenceMeasure, ListingStep, NoticeKind, PointsChange,
    RecordChange, RecordPart, RevocationStep, SiteCheckResult,
};
use crate::hash::Hash;
use crate::wire::{Code, record};

record! {
    /// The one notice that asks for corrections; the clock stands still. `commit`: what is to be corrected.
    ApplicationCorrectionAsked {
        application: ApplicationId = "the application",
        correct_by_on: Option<Day> = "last day for the corrections",
    }
}

record! {
    /// The corrections are handed in.
    ApplicationCorrected {
        accept_by_on: Option<Day> = "last day for acceptance",
        application: ApplicationId = "the application",
        documents: Vec<SubmittedDocument> = "documents handed in",
    }
}

record! {
    /// Two officers looked at the place. `commit`: what they found.
    ApplicationSiteChecked {
        application: ApplicationId = "the application",
        checked_on: Day = "day of the check",
        documents: Vec<SubmittedDocument> = "minutes and pictures",
        result: SiteCheckResult = "what was found",
        second_officer: UserId = "who was there beside the actor",
    }
}

record! {
    /// An officer advises on the decision. `commit`: the opinion.
    ApplicationReviewed {
        advice: ApplicationDecision = "the advice",
        application: ApplicationId = "the application",
    }
}

record! {
    /// The application ends without a decision. `commit`: the reason.
    ApplicationEnded {
        application: ApplicationId = "the application",
        cause: ApplicationEndCause = "why",
    }
}

record! {
    /// A licence holds longer: its renewal is granted by law where nothing was decided in time.
    LicenceExtended {
        application: ApplicationId = "the application that was not decided",
        licence: LicenceId = "the licence",
        valid_until_on: Day = "its new last day",
    }
}

record! {
    /// The regulator warns, orders to rectify, or stops enrolment. `commit`: the basis.
    LicenceMeasureTaken {
        licence: LicenceId = "the licence",
        measure: LicenceMeasure = "what is ordered",
        reason_code: Code = "reason by its code",
        until_on: Option<Day> = "last day to comply, or of the measure",
    }
}

record! {
    /// A measure is lifted. `commit`: the reason.
    LicenceMeasureLifted {
        licence: LicenceId = "the licence",
        measure: LicenceMeasure = "what is lifted",
    }
}

record! {
    /// The annual inspection of a licence. `commit`: the findings.
    LicenceInspected {
        grade: InspectionGrade = "its result",
        licence: LicenceId = "the licence",
        public_until_on: Option<Day> = "last day of the public notice",
        rectify_by_on: Option<Day> = "last day to put things right",
        year: u32 = "the year inspected",
    }
}

record! {
    /// A step between the proposal of a revocation and its decision. `commit`: what was said.
    LicenceRevocationStep {
        held_on: Option<Day> = "day of the hearing",
        licence: LicenceId = "the licence",
        step: RevocationStep = "the step",
    }
}

record! {
    /// The holder is about to close: nothing new is sold, families are refunded first.
    LicenceClosing {
        application: ApplicationId = "the application to close",
        close_from_on: Option<Day> = "first day on which it may close",
        licence: LicenceId = "the licence",
    }
}

record! {
    /// A licence that ended or was revoked is struck from the register.
    LicenceDeregistered {
        licence: LicenceId = "the licence",
    }
}

record! {
    /// Families of the institution are told.
    NoticeGiven {
        application: Option<ApplicationId> = "the application that it is about",
        kind: NoticeKind = "of what",
        licence: Option<LicenceId> = "the licence that it is about",
    }
}

record! {
    /// A part of the institution's record changes. `commit`: the part as it is from now on.
    RecordChanged {
        change: RecordChange = "what happened to it",
        item: RecordItemId = "which one",
        part: RecordPart = "of what kind",
    }
}

record! {
    /// A step after a listing. `commit`: what was said.
    ListingStepTaken {
        listing: ListingId = "the listing",
        step: ListingStep = "the step",
    }
}

record! {
    /// Points of the institution's account of conduct. `commit`: the facts.
    PointsChanged {
        cause_code: Code = "cause by its code",
        change: PointsChange = "scored or cancelled",
        item: RecordItemId = "the score that it is about",
        points: u32 = "how many",
    }
}

record! {
    /// The institution is graded on a scale of its place. `commit`: the indicators.
    InstitutionGraded {
        grade: Code = "the grade",
        scale: Code = "the scale",
        year: u32 = "the year graded",
    }
}

record! {
    /// All lists of the ledger as they stood at the end of a day.
    ListsPublished {
        listed: u64 = "institutions on a list",
        lists_on: Day = "the day",
        lists_root: Hash = "root of the tree of listed institutions",
        through_seq: u64 = "last entry that is counted",
    }
}

/// Chinese and English.
type Two = (String, String);

impl ApplicationCorrectionAsked {
    pub(super) fn sentence(&self) -> Two {
        let by = |word: &str| self.correct_by_on.map_or(String::new(), |day| format!("{word}{day}"));
        (
            format!("申请 {} 一次性告知补正{}。", self.application, by("，期限至 ")),
            format!("Corrections of application {} are asked for{}.", self.application, by(", by ")),
        )
    }
}

impl ApplicationCorrected {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("申请 {} 已补正，附材料 {} 份。", self.application, self.documents.len()),
            format!("Application {} is corrected, with {} documents.", self.application, self.documents.len()),
        )
    }
}

impl ApplicationSiteChecked {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("申请 {} 于 {} 现场核查：{}。", self.application, self.checked_on, self.result.zh()),
            format!(
                "The site of application {} was checked on {}: {}.",
                self.application, self.checked_on, self.result
            ),
        )
    }
}

impl ApplicationReviewed {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("申请 {} 审查意见：{}。", self.application, self.advice.zh()),
            format!("The advice on application {} is: {}.", self.application, self.advice),
        )
    }
}

impl ApplicationEnded {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("申请 {} 终结：{}。", self.application, self.cause.zh()),
            format!("Application {} ends without a decision: {}.", self.application, self.cause),
        )
    }
}

impl LicenceExtended {
    pub(super) fn sentence(&self) -> Two {
        (
            format!(
                "延续申请 {} 届满前未作决定，视为准予延续；办学许可 {} 有效期延至 {}。",
                self.application, self.licence, self.valid_until_on
            ),
            format!(
                "Renewal application {} was not decided in time and is granted by law; licence {} holds until {}.",
                self.application, self.licence, self.valid_until_on
            ),
        )
    }
}

impl LicenceMeasureTaken {
    pub(super) fn sentence(&self) -> Two {
        let by = |word: &str| self.until_on.map_or(String::new(), |day| format!("{word}{day}"));
        (
            format!("对办学许可 {} {}（事由 {}）{}。", self.licence, self.measure.zh(), self.reason_code, by("，至 ")),
            format!(
                "Measure against licence {}: {} (reason {}){}.",
                self.licence,
                self.measure,
                self.reason_code,
                by(", until ")
            ),
        )
    }
}

impl LicenceMeasureLifted {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("解除对办学许可 {} 的{}。", self.licence, self.measure.zh()),
            format!("Measure against licence {} is lifted: {}.", self.licence, self.measure),
        )
    }
}

impl LicenceInspected {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("办学许可 {} {} 年度检查：{}。", self.licence, self.year, self.grade.zh()),
            format!("Annual inspection {} of licence {}: {}.", self.year, self.licence, self.grade),
        )
    }
}

impl LicenceRevocationStep {
    pub(super) fn sentence(&self) -> Two {
        let on = |word: &str| self.held_on.map_or(String::new(), |day| format!("{word}{day}"));
        (
            format!("办学许可 {} 吊销程序：{}{}。", self.licence, self.step.zh(), on("，")),
            format!("Revocation of licence {}: {}{}.", self.licence, self.step, on(", ")),
        )
    }
}

impl LicenceClosing {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("办学许可 {} 进入终止程序：停止招生，先退学员费用。", self.licence),
            format!(
                "The holder of licence {} is closing: nothing new is sold, families are refunded first.",
                self.licence
            ),
        )
    }
}

impl LicenceDeregistered {
    pub(super) fn sentence(&self) -> Two {
        (format!("注销办学许可 {}。", self.licence), format!("Licence {} is struck from the register.", self.licence))
    }
}

impl NoticeGiven {
    pub(super) fn sentence(&self) -> Two {
        (format!("告知家长：{}。", self.kind.zh()), format!("Families are told: {}.", self.kind))
    }
}

impl RecordChanged {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("机构档案：{}（{}）{}。", self.part.zh(), self.item, self.change.zh()),
            format!("The institution's record: {} {} is {}.", self.part, self.item, self.change),
        )
    }
}

impl ListingStepTaken {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("名单记录 {}：{}。", self.listing, self.step.zh()),
            format!("Listing {}: {}.", self.listing, self.step),
        )
    }
}

impl PointsChanged {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("{} {} 分（事由 {}）。", self.change.zh(), self.points, self.cause_code),
            format!("{} points are {} (cause {}).", self.points, self.change, self.cause_code),
        )
    }
}

impl InstitutionGraded {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("{} 年度评级（{}）：{}。", self.year, self.scale, self.grade),
            format!("Graded {} for {} on the scale {}.", self.grade, self.year, self.scale),
        )
    }
}

impl ListsPublished {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("公布 {} 日终名单：{} 家，根 {}。", self.lists_on, self.listed, self.lists_root),
            format!(
                "The lists of {} are published: {} institutions, root {}.",
                self.lists_on, self.listed, self.lists_root
            ),
        )
    }
}
