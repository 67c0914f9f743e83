//! Short names for the values of [`crate::wire`], as request and answer bodies use them.

use crate::wire::{self, Count, Line, Money, Paragraph, Text};

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $type:ty;)*) => {
        $($(#[$doc])* pub type $name = $type;)*
    };
}

names! {
    /// An institution's id.
    InstitutionId = Text<kernel::InstitutionId>;
    /// An application's id.
    ApplicationId = Text<kernel::ApplicationId>;
    /// A licence's id.
    LicenceId = Text<kernel::LicenceId>;
    /// A listing's id.
    ListingId = Text<kernel::ListingId>;
    /// A course's id.
    CourseId = Text<kernel::CourseId>;
    /// A contract's id.
    ContractId = Text<kernel::ContractId>;
    /// A lot's id.
    LotId = Text<kernel::LotId>;
    /// A payment's id.
    PaymentId = Text<kernel::PaymentId>;
    /// A lesson's id.
    LessonId = Text<kernel::LessonId>;
    /// A transfer's id.
    TransferId = Text<kernel::TransferId>;
    /// A refund's id.
    RefundId = Text<kernel::RefundId>;
    /// A settlement's id.
    SettlementId = Text<kernel::SettlementId>;
    /// A bank statement's id.
    BankStatementId = Text<kernel::BankStatementId>;
    /// A bank line's id.
    BankLineId = Text<kernel::BankLineId>;
    /// An alert's id.
    AlertId = Text<kernel::AlertId>;
    /// An inspection's id.
    InspectionId = Text<kernel::InspectionId>;
    /// A closure's id.
    ClosureId = Text<kernel::ClosureId>;
    /// A run's id.
    RunId = Text<kernel::RunId>;
    /// Id of an offer to take pupils over.
    TransferOfferId = Text<kernel::TransferOfferId>;
    /// Id of a bar on a person's teaching.
    StaffBarId = Text<kernel::StaffBarId>;
    /// A rule of early warning.
    AlertRule = Text<escrow::warning::Rule>;
    /// How pressing an alert is.
    AlertLevel = Text<escrow::AlertLevel>;
    /// Where an alert stands.
    AlertState = Text<escrow::AlertState>;
    /// What an inspection found.
    InspectionFinding = Text<escrow::InspectionFinding>;
    /// A hold's id.
    HoldId = Text<kernel::HoldId>;
    /// A policy version's id.
    PolicyVersionId = Text<kernel::PolicyVersionId>;
    /// A contract template's id.
    ContractTemplateId = Text<kernel::ContractTemplateId>;
    /// State of a policy version.
    PolicyVersionState = Text<app::policies::PolicyVersionState>;
    /// A decision on a policy version.
    PolicyDecision = Text<app::policies::PolicyDecision>;
    /// What a simulated draft would have changed.
    SimulatedEffect = Text<app::simulation::SimulatedEffect>;
    /// A person's id within a ledger.
    SubjectId = Text<kernel::SubjectId>;
    /// A session's id.
    SessionId = Text<kernel::SessionId>;
    /// An API key's id.
    ApiKeyId = Text<kernel::ApiKeyId>;
    /// A delegation's id.
    DelegationId = Text<kernel::DelegationId>;
    /// Id of a reading of a family's record.
    ReadingId = Text<kernel::ReadingId>;
    /// A class's id.
    ClassId = Text<kernel::ClassId>;
    /// Id of a session of a class.
    ClassSessionId = Text<kernel::ClassSessionId>;
    /// A check-in's id.
    CheckInId = Text<kernel::CheckInId>;
    /// Id of a file of lessons.
    LessonImportId = Text<kernel::LessonImportId>;
    /// A code that is shown in a room.
    CheckInCode = Text<wire::CheckInCode>;
    /// A day of the week, 1 for Monday.
    Weekday = Count<1, 7>;
    /// What a party holds to in a dispute.
    DisputeStance = Text<ledger::DisputeStance>;
    /// A notice's id.
    NoticeId = Text<kernel::NoticeId>;
    /// A webhook's id.
    WebhookId = Text<kernel::WebhookId>;
    /// What a notice is about.
    Topic = Text<app::outbox::Topic>;
    /// Where a notice stands.
    NoticeState = Text<app::outbox::NoticeState>;
    /// A mail address.
    MailAddress = Text<wire::MailAddress>;
    /// An address that is posted to.
    PostUrl = Line<8, 500>;
    /// On which ground records are erased.
    ErasureGround = Text<ledger::ErasureGround>;
    /// An action of the access table.
    Action = Text<access::Action>;
    /// For whom a second factor is asked.
    SecondFactorMode = Text<app::identity::SecondFactorMode>;
    /// A user's id.
    UserId = Text<kernel::UserId>;
    /// A ledger's id.
    LedgerId = Text<kernel::LedgerId>;
    /// A division code.
    RegionCode = Text<kernel::RegionCode>;
    /// A credit code.
    CreditCode = Text<kernel::CreditCode>;
    /// A calendar day.
    Day = Text<kernel::Day>;
    /// An instant in the canonical spelling.
    Instant = Text<kernel::Instant>;
    /// An instant in any RFC 3339 spelling.
    AnyInstant = Text<wire::AnyInstant>;
    /// Class hours.
    ClassHours = Text<kernel::ClassHours>;
    /// A percentage.
    Percent = Text<kernel::Percent>;
    /// A time of day.
    TimeOfDay = Text<kernel::TimeOfDay>;
    /// Area of a price table.
    Area = Text<policy::types::Area>;
    /// How a fee is paid, in a check.
    PaymentForm = Text<contract::PaymentForm>;
    /// Class hours above zero.
    SomeHours = Text<wire::SomeHours>;
    /// A hash.
    Hash = Text<ledger::Hash>;
    /// A code.
    Code = Text<ledger::Code>;
    /// A page's cursor.
    Cursor = Text<app::read::Cursor>;
    /// A page's size.
    PageLimit = Text<wire::PageLimit>;
    /// A whole number as text: entry numbers and sizes.
    Seq = Text<u64>;
    /// Yes or no in a query string.
    Flag = Text<bool>;
    /// Category of training.
    Category = Text<kernel::Category>;
    /// Mode of training.
    Mode = Text<kernel::Mode>;
    /// School stage.
    Stage = Text<kernel::Stage>;
    /// Department of a regulator.
    Department = Text<access::Department>;
    /// Duty of a regulator's officer.
    Duty = Text<access::Duty>;
    /// Post in an institution.
    Post = Text<access::Post>;
    /// Role of a user.
    RoleKind = Text<access::RoleKind>;
    /// Kind of application.
    ApplicationKind = Text<registry::ApplicationKind>;
    /// Why an application ended without a decision.
    ApplicationEndCause = Text<registry::ApplicationEndCause>;
    /// What a site check found.
    SiteCheckResult = Text<registry::SiteCheckResult>;
    /// A measure short of suspension.
    LicenceMeasure = Text<registry::LicenceMeasure>;
    /// Result of an annual inspection.
    InspectionGrade = Text<registry::InspectionGrade>;
    /// A step of a revocation.
    RevocationStep = Text<registry::RevocationStep>;
    /// A step after a listing.
    ListingStep = Text<registry::ListingStep>;
    /// A part of an institution's record.
    RecordPart = Text<ledger::RecordPart>;
    /// A part of the record by its id.
    RecordItemId = Text<kernel::RecordItemId>;
    /// State of an application.
    ApplicationState = Text<registry::ApplicationState>;
    /// Decision on an application.
    Decision = Text<registry::Decision>;
    /// State of an institution.
    InstitutionState = Text<registry::InstitutionState>;
    /// State of a licence.
    LicenceState = Text<registry::LicenceState>;
    /// A list.
    ListKind = Text<registry::ListKind>;
    /// Ground on which a contract is ended.
    ContractEndGround = Text<ledger::ContractEndGround>;
    /// State of a contract.
    ContractState = Text<contract::ContractState>;
    /// Party of a contract.
    Party = Text<contract::Party>;
    /// Which account of an institution at its bank.
    BankAccountKind = Text<escrow::bank::AccountKind>;
    /// Which way money went.
    BankDirection = Text<escrow::bank::Direction>;
    /// What the bank says a line is.
    BankLineKind = Text<escrow::bank::LineKind>;
    /// State of a bank line.
    BankLineState = Text<escrow::bank::LineState>;
    /// Result of a reconciliation.
    ReconciliationResult = Text<escrow::bank::ReconciliationResult>;
    /// Cause of a hold.
    HoldCause = Text<escrow::HoldCause>;
    /// State of a hold.
    HoldState = Text<escrow::HoldState>;
    /// State of a lesson.
    LessonState = Text<escrow::LessonState>;
    /// Cause of a refund.
    RefundCause = Text<escrow::RefundCause>;
    /// State of a refund.
    RefundState = Text<escrow::RefundState>;
    /// On which ground an institution objects to a refund.
    RefundObjection = Text<escrow::RefundObjection>;
    /// How far a hold reaches.
    HoldScope = Text<escrow::HoldScope>;
    /// State of a settlement.
    SettlementState = Text<escrow::SettlementState>;
    /// How a payment was made.
    PaymentMethod = Text<ledger::PaymentMethod>;
    /// Why a lesson is disputed.
    DisputeReason = Text<ledger::DisputeReason>;
    /// For whom a dispute is decided.
    DisputeDecision = Text<ledger::DisputeDecision>;
    /// Why a witness did not cosign.
    WitnessTrouble = Text<app::witnesses::WitnessTrouble>;
    /// A price or payment, fen.
    Positive = Money<1>;
    /// An amount that may be zero, fen.
    NonNegative = Money<0>;
    /// Length of a class hour, minutes.
    Minutes = Count<1, 600>;
    /// Pupils in a class.
    ClassSize = Count<1, 10000>;
    /// Days that the parties agree on.
    Days = Count<0, 3650>;
    /// A name.
    Name = Line<1, 100>;
    /// An address.
    Address = Line<1, 200>;
    /// A short text: school, grade, relation.
    Short = Line<1, 60>;
    /// A phone number.
    Phone = Line<3, 30>;
    /// Number of an identity document.
    IdNumber = Line<6, 30>;
    /// Number printed on a licence.
    LicenceNumber = Text<ledger::Line>;
    /// A bank's reference.
    BankReference = Line<1, 200>;
    /// Name to log in with.
    Username = Line<3, 60>;
    /// The text of a policy version, TOML.
    PolicyText = Paragraph<100000>;
    /// Reasons, cause, basis.
    Reasons = Paragraph<4000>;
    /// Supplementary terms of a contract.
    Terms = Paragraph<20000>;
    /// Value of a blank of the model contract.
    Value = Line<1, 400>;
    /// Text of a clause.
    Clause = Line<1, 4000>;
    /// Length of a deadline.
    DeadlineCount = Text<wire::DeadlineCount>;
    /// Unit of a deadline.
    DeadlineUnit = Text<crate::dto::policies::DeadlineUnit>;
}
