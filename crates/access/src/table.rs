//! The table. Read it from top to bottom: every action, and everyone who may do it. What is not
//! here is refused.

use crate::Action as A;
use crate::{Department, Duty, Post};

/// Who, of all users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anybody, signed in or not.
    Public,
    /// Anybody signed in.
    SignedIn,
    /// A regulator of one of these departments with one of these duties.
    Regulator(&'static [Department], &'static [Duty]),
    /// Somebody of an institution in one of these posts.
    Institution(&'static [Post]),
    /// A guardian.
    Guardian,
    /// The custody bank.
    Bank,
    /// An auditor.
    Auditor,
    /// The administrator.
    Admin,
}

/// How far a grant reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No target needed, or any.
    Anywhere,
    /// The target's region is exactly one's own: only who supervises a county acts in it.
    OwnRegion,
    /// The target's region is one's own or below it.
    RegionAndBelow,
    /// The target is one's own institution or a contract of it.
    OwnInstitution,
    /// The target is a contract to which one is party.
    OwnContract,
}

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// For whom.
    pub who: Who,
    /// How far.
    pub reach: Reach,
}

const fn grant(who: Who, reach: Reach) -> Grant {
    Grant { who, reach }
}

/// The departments that license and decide; which one is competent for a category differs by
/// province and is not restricted further.
const LICENSING: &[Department] = &[Department::Education, Department::Science, Department::Culture, Department::Sports];
/// Consumer disputes and money are also the business of market supervision.
const CONSUMER: &[Department] =
    &[Department::Education, Department::Science, Department::Culture, Department::Sports, Department::Market];

const PUBLIC: Grant = grant(Who::Public, Reach::Anywhere);
const SIGNED_IN: Grant = grant(Who::SignedIn, Reach::Anywhere);
const ADMIN: Grant = grant(Who::Admin, Reach::Anywhere);
/// A licensing department's officer, in its own county.
const OFFICER: Grant = grant(Who::Regulator(LICENSING, &[Duty::Officer]), Reach::OwnRegion);
/// A licensing department's approver, in its own county.
const APPROVER: Grant = grant(Who::Regulator(LICENSING, &[Duty::Approver]), Reach::OwnRegion);
/// Either duty of a licensing department or market supervision, in its own county.
const MEDIATOR: Grant = grant(Who::Regulator(CONSUMER, Duty::ALL), Reach::OwnRegion);
/// Any officer of any department may stop money in its own county; lifting it takes an approver.
const ANY_OFFICER: Grant = grant(Who::Regulator(Department::ALL, &[Duty::Officer]), Reach::OwnRegion);
const ANY_APPROVER: Grant = grant(Who::Regulator(Department::ALL, &[Duty::Approver]), Reach::OwnRegion);
/// Every regulator of the county itself, not those above it: for texts full of personal data.
const COUNTY: Grant = grant(Who::Regulator(Department::ALL, Duty::ALL), Reach::OwnRegion);
/// Every regulator reads its region and all below.
const REGULATOR: Grant = grant(Who::Regulator(Department::ALL, Duty::ALL), Reach::RegionAndBelow);
const AUDITOR: Grant = grant(Who::Auditor, Reach::RegionAndBelow);
const BANK: Grant = grant(Who::Bank, Reach::RegionAndBelow);
/// Who may bind the institution.
const STAFF: Grant = grant(Who::Institution(&[Post::Owner, Post::Staff]), Reach::OwnInstitution);
/// Who answers for the institution.
const OWNER: Grant = grant(Who::Institution(&[Post::Owner]), Reach::OwnInstitution);
/// Everybody of the institution.
const TEACHER: Grant = grant(Who::Institution(Post::ALL), Reach::OwnInstitution);
const GUARDIAN: Grant = grant(Who::Guardian, Reach::OwnContract);

/// Every action and its grants, in the order of [`Action::ALL`](crate::Action::ALL).
pub const TABLE: &[(A, &[Grant])] = &[
    (A::SessionOpen, &[PUBLIC]),
    (A::SessionClose, &[SIGNED_IN]),
    (A::MeRead, &[SIGNED_IN]),
    (A::SelfManage, &[SIGNED_IN]),
    (A::ApiKeyManage, &[SIGNED_IN]),
    (A::OwnDataRead, &[SIGNED_IN]),
    // A county's officers make the accounts of its institutions and families, an owner those of its
    // own staff; everything else is the administrator's.
    (A::UserManage, &[ADMIN, OFFICER, OWNER]),
    (A::IdentityLink, &[ADMIN]),
    (A::DelegationGrant, &[COUNTY]),
    (A::Health, &[PUBLIC]),
    (A::PolicyRead, &[PUBLIC]),
    (A::PolicyDraft, &[OFFICER]),
    // That it is another person than the one who drafted is a rule (policy.approval_two_persons).
    (A::PolicyDecide, &[APPROVER]),
    (A::PolicyDraftRead, &[REGULATOR, AUDITOR]),
    (A::PolicySimulate, &[OFFICER, APPROVER]),
    (A::TemplateDraft, &[OFFICER]),
    // That it is another person than the one who loaded it is a rule (contract.template_approval_two_persons).
    (A::TemplateDecide, &[APPROVER]),
    (A::TemplateRead, &[PUBLIC]),
    (A::Calculator, &[PUBLIC]),
    // registry
    (A::RegistryImport, &[OFFICER]),
    (A::InstitutionRegister, &[OFFICER]),
    (A::InstitutionRead, &[PUBLIC]),
    (A::InstitutionReadFull, &[TEACHER, REGULATOR, AUDITOR, BANK]),
    (A::RecordChange, &[STAFF, OFFICER]),
    (A::RecordRead, &[STAFF, REGULATOR, AUDITOR]),
    (A::ControlGraphRead, &[REGULATOR, AUDITOR]),
    (A::StaffBar, &[APPROVER]),
    (A::StaffBarRead, &[REGULATOR]),
    (A::FileUpload, &[STAFF, OFFICER]),
    (A::FileRead, &[STAFF, REGULATOR, AUDITOR]),
    // The counter of the authority enters what is handed in on paper.
    (A::ApplicationSubmit, &[STAFF, OFFICER]),
    (A::ApplicationAccept, &[OFFICER]),
    (A::ApplicationCorrect, &[STAFF, OFFICER]),
    (A::ApplicationExamine, &[OFFICER]),
    (A::ApplicationQueueRead, &[REGULATOR, AUDITOR]),
    // That it is another person than those who worked on it is a rule (licence.decision_two_persons).
    (A::ApplicationDecide, &[APPROVER]),
    (A::LicenceRead, &[PUBLIC]),
    (A::LicenceSuspend, &[APPROVER]),
    (A::LicenceReinstate, &[APPROVER]),
    (A::LicenceMeasure, &[APPROVER]),
    (A::LicenceInspect, &[OFFICER]),
    (A::LicenceDeregister, &[APPROVER]),
    (A::HearingAnswer, &[STAFF, OFFICER]),
    (A::LicenceProposeRevocation, &[OFFICER, APPROVER]),
    // That it is another person than the one who proposed is a rule (licence.revocation_two_persons).
    (A::LicenceRevoke, &[APPROVER]),
    (A::ListingDecide, &[APPROVER]),
    (A::ListingAnswer, &[STAFF, OFFICER]),
    (A::PointsGive, &[OFFICER]),
    (A::ListRead, &[PUBLIC]),
    // contract
    (A::CourseDraft, &[STAFF]),
    (A::CoursePublish, &[STAFF]),
    (A::CourseRead, &[PUBLIC]),
    (A::ContractDraft, &[STAFF]),
    (A::ContractRead, &[GUARDIAN, TEACHER, REGULATOR, AUDITOR]),
    (A::DocumentRead, &[GUARDIAN, STAFF, COUNTY, AUDITOR]),
    (A::ContractSignInstitution, &[STAFF]),
    (A::ContractSignGuardian, &[GUARDIAN]),
    (A::ContractWithdraw, &[GUARDIAN]),
    // Which grounds are whose is a rule (contract.termination_ground).
    (A::ContractTerminate, &[GUARDIAN, STAFF]),
    (A::ContractTransfer, &[GUARDIAN]),
    // escrow
    (A::PaymentRecord, &[STAFF, BANK]),
    (A::LessonClaim, &[TEACHER]),
    (A::LessonConfirm, &[GUARDIAN]),
    (A::LessonDispute, &[GUARDIAN]),
    (A::ClassManage, &[STAFF]),
    (A::ClassRead, &[TEACHER, REGULATOR, AUDITOR]),
    (A::ClassCodeShow, &[TEACHER]),
    (A::LessonCheckIn, &[GUARDIAN]),
    (A::DisputeArgue, &[GUARDIAN, STAFF]),
    (A::DisputeRead, &[GUARDIAN, STAFF, MEDIATOR, AUDITOR]),
    (A::LessonFiguresRead, &[STAFF, REGULATOR, AUDITOR]),
    (A::DisputeDecide, &[MEDIATOR]),
    (A::RefundQuote, &[GUARDIAN, STAFF, REGULATOR]),
    (A::RefundRequest, &[GUARDIAN]),
    // The authority consents in the place of an institution that can no longer act; `app` checks it.
    (A::RefundObject, &[STAFF]),
    (A::RefundDecide, &[MEDIATOR]),
    (A::RefundWithdraw, &[GUARDIAN]),
    (A::RefundQueueRead, &[STAFF, REGULATOR, AUDITOR]),
    (A::RefundRun, &[ANY_APPROVER]),
    (A::ClosurePack, &[ANY_APPROVER]),
    (A::ClosureRead, &[REGULATOR, AUDITOR]),
    (A::TransferOffer, &[STAFF]),
    (A::TransferOfferRead, &[PUBLIC]),
    (A::TransferAccept, &[GUARDIAN]),
    (A::InspectionRecord, &[ANY_OFFICER]),
    (A::InspectionRead, &[STAFF, REGULATOR, AUDITOR]),
    (A::AlertRead, &[STAFF, REGULATOR, AUDITOR]),
    (A::AlertHandle, &[ANY_OFFICER]),
    (A::AlertExplain, &[STAFF]),
    (A::JobRead, &[ADMIN, REGULATOR, AUDITOR]),
    (A::RefundConsent, &[STAFF, MEDIATOR]),
    (A::RefundPayout, &[BANK]),
    (A::SettlementOrder, &[STAFF]),
    (A::SettlementPayout, &[BANK]),
    // That it is needed at all is a rule of the place (escrow.settlement_reviewed).
    (A::SettlementApprove, &[APPROVER]),
    (A::PaymentOrderRead, &[STAFF, REGULATOR, AUDITOR, BANK]),
    // The bank alone: an institution never hands in its own statement.
    (A::BankStatementImport, &[BANK]),
    (A::BankStatementRead, &[REGULATOR, AUDITOR, BANK]),
    (A::BankLineMatch, &[BANK, ANY_OFFICER]),
    (A::ReconciliationRead, &[PUBLIC]),
    // Whose it is the rules of the place say; to compute and book it takes no discretion.
    (A::InterestAllot, &[BANK, ANY_OFFICER]),
    (A::DepositRecord, &[BANK]),
    (A::DepositLock, &[OFFICER]),
    (A::DepositRelease, &[APPROVER]),
    (A::HoldPlace, &[ANY_OFFICER]),
    (A::HoldRelease, &[ANY_APPROVER]),
    // audit
    (A::BalancesRead, &[STAFF, REGULATOR, AUDITOR, BANK]),
    (A::StatementRead, &[GUARDIAN, STAFF, REGULATOR, AUDITOR]),
    (A::EntriesRead, &[GUARDIAN, STAFF, REGULATOR, AUDITOR]),
    (A::ReceiptRead, &[GUARDIAN, STAFF, REGULATOR, AUDITOR, BANK]),
    (A::LedgerRead, &[PUBLIC]),
    (A::ProofRead, &[PUBLIC]),
    (A::AccessLogRead, &[AUDITOR]),
    (A::RetentionRead, &[COUNTY, AUDITOR]),
    (A::PersonErase, &[APPROVER]),
    (A::WebhookManage, &[STAFF, COUNTY]),
    (A::OutboxRead, &[STAFF, COUNTY, ADMIN]),
    (A::OutboxRetry, &[STAFF, COUNTY, ADMIN]),
    (A::ExportRead, &[AUDITOR]),
    // Reads everything and writes nothing.
    (A::LedgerVerify, &[AUDITOR]),
    (A::ReceiptCheck, &[PUBLIC]),
];

/// Actions for which a second factor is asked, where the installation asks for one: what cannot be
/// taken back. Rules for everybody, a licence taken away, money let go, records destroyed.
pub const SECOND_FACTOR: &[A] = &[
    A::PolicyDecide,
    A::LicenceRevoke,
    A::RefundPayout,
    A::RefundRun,
    A::ClosurePack,
    A::SettlementPayout,
    A::HoldRelease,
    A::PersonErase,
];
