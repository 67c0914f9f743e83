//! The posting rule: which accounts an entry moves, computed from its data and nothing else.

use std::fmt;
use std::str::FromStr;

use kernel::{ContractId, Fen, fen::FenError};

use super::{BankDirection, Body, DisputeDecision, LotPart};

/// An account of one institution. The bank accounts are assets, positive when they grow; the others
/// are liabilities, negative when they grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Money at the custody bank: `bank:custody`.
    BankCustody,
    /// Owed to the family for lessons not yet taken: `prepaid:<contract>`.
    Prepaid(ContractId),
    /// Frozen by a dispute: `disputed:<contract>`.
    Disputed(ContractId),
    /// Agreed refund not yet paid: `refund:<contract>`.
    Refund(ContractId),
    /// Earned by the institution and not yet paid out: `payable`.
    Payable,
    /// The risk deposit at the bank: `bank:deposit`.
    BankDeposit,
    /// Risk deposit owed back to the institution: `deposit`.
    Deposit,
    /// Interest that is nobody's yet: `interest`.
    Interest,
    /// Lines of bank statements that nothing explains yet: `suspense`. Negative when more went out
    /// than came in.
    Suspense,
}

/// The text names no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an account")]
pub struct AccountError;

impl Account {
    /// An asset, or else a liability?
    pub const fn is_asset(self) -> bool {
        matches!(self, Account::BankCustody | Account::BankDeposit)
    }

    /// Must it never be less than nothing?
    pub const fn is_never_negative(self) -> bool {
        !matches!(self, Account::Suspense)
    }

    /// Of the risk deposit, not of what is in custody?
    pub const fn is_of_deposit(self) -> bool {
        matches!(self, Account::BankDeposit | Account::Deposit)
    }

    /// The contract that it belongs to.
    pub const fn contract(self) -> Option<ContractId> {
        match self {
            Account::Prepaid(contract) | Account::Disputed(contract) | Account::Refund(contract) => Some(contract),
            Account::BankCustody
            | Account::Payable
            | Account::BankDeposit
            | Account::Deposit
            | Account::Interest
            | Account::Suspense => None,
        }
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::BankCustody => f.write_str("bank:custody"),
            Account::Prepaid(contract) => write!(f, "prepaid:{contract}"),
            Account::Disputed(contract) => write!(f, "disputed:{contract}"),
            Account::Refund(contract) => write!(f, "refund:{contract}"),
            Account::Payable => f.write_str("payable"),
            Account::BankDeposit => f.write_str("bank:deposit"),
            Account::Deposit => f.write_str("deposit"),
            Account::Interest => f.write_str("interest"),
            Account::Suspense => f.write_str("suspense"),
        }
    }
}

impl FromStr for Account {
    type Err = AccountError;
    fn from_str(s: &str) -> Result<Self, AccountError> {
        let contract = |s: &str| s.parse().map_err(|_| AccountError);
        match s.split_once(':') {
            Some(("bank", "custody")) => Ok(Account::BankCustody),
            Some(("bank", "deposit")) => Ok(Account::BankDeposit),
            Some(("prepaid", id)) => contract(id).map(Account::Prepaid),
            Some(("disputed", id)) => contract(id).map(Account::Disputed),
            Some(("refund", id)) => contract(id).map(Account::Refund),
            None if s == "payable" => Ok(Account::Payable),
            None if s == "deposit" => Ok(Account::Deposit),
            None if s == "interest" => Ok(Account::Interest),
            None if s == "suspense" => Ok(Account::Suspense),
            _ => Err(AccountError),
        }
    }
}

/// One line of an entry: an account and what is added to it, in fen, debit positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// Debit positive, credit negative; never zero.
    pub fen: Fen,
}

/// The value of lot parts.
///
/// # Errors
/// [`FenError::Overflow`].
pub fn parts_fen(parts: &[LotPart]) -> Result<Fen, FenError> {
    Fen::try_sum(parts.iter().map(|part| part.fen))
}

/// The move of a line that is explained by nothing yet.
const fn suspended(fen: Fen, direction: BankDirection) -> (Fen, Account, Account) {
    match direction {
        BankDirection::Credit => (fen, Account::BankCustody, Account::Suspense),
        BankDirection::Debit => (fen, Account::Suspense, Account::BankCustody),
    }
}

impl Body {
    /// Amount, account debited and account credited; `None` when the type posts nothing.
    fn movement(&self) -> Result<Option<(Fen, Account, Account)>, FenError> {
        Ok(Some(match self {
            Body::FeePaid(d) => (d.amount_fen, Account::BankCustody, Account::Prepaid(d.contract)),
            Body::LessonConfirmed(d) => (parts_fen(&d.lots)?, Account::Prepaid(d.contract), Account::Payable),
            Body::LessonDisputed(d) => {
                (parts_fen(&d.lots)?, Account::Prepaid(d.contract), Account::Disputed(d.contract))
            }
            Body::DisputeDecided(d) => {
                let to = match d.decision {
                    DisputeDecision::Institution => Account::Payable,
                    DisputeDecision::Family => Account::Prepaid(d.contract),
                };
                (parts_fen(&d.lots)?, Account::Disputed(d.contract), to)
            }
            Body::RefundConsented(d) => {
                (parts_fen(&d.lots)?, Account::Prepaid(d.contract), Account::Refund(d.contract))
            }
            Body::RefundPaid(d) => (d.amount_fen, Account::Refund(d.contract), Account::BankCustody),
            Body::SettlementPaid(d) => (d.amount_fen, Account::Payable, Account::BankCustody),
            Body::SettlementReturned(d) => (d.amount_fen, Account::BankCustody, Account::Payable),
            Body::RefundReturned(d) => (d.amount_fen, Account::BankCustody, Account::Refund(d.contract)),
            Body::BankLineSuspended(d) => suspended(d.amount_fen, d.direction),
            Body::SuspenseCleared(d) => {
                let (fen, debit, credit) = suspended(d.amount_fen, d.direction);
                (fen, credit, debit)
            }
            Body::DepositPaid(d) => (d.amount_fen, Account::BankDeposit, Account::Deposit),
            Body::DepositReleased(d) => (d.amount_fen, Account::Deposit, Account::BankDeposit),
            Body::DepositClaimed(d) => (d.amount_fen, Account::Deposit, Account::BankDeposit),
            Body::InterestCredited(d) => (d.amount_fen, Account::BankCustody, Account::Interest),
            Body::InterestAllotted(d) => (d.amount_fen, Account::Interest, Account::Refund(d.contract)),
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
            | Body::ContractSignatureGiven(_)
            | Body::ContractSigned(_)
            | Body::LessonClaimed(_)
            | Body::LessonCheckedIn(_)
            | Body::DisputeArgued(_)
            | Body::RefundRequested(_)
            | Body::ContractEnded(_)
            | Body::ContractTransferred(_)
            | Body::SettlementOrdered(_)
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
            | Body::Reconciled(_)
            | Body::SettlementApproved(_)
            | Body::SettlementFailed(_)
            | Body::DepositLocked(_)
            | Body::RefundObjected(_)
            | Body::RefundDecided(_)
            | Body::RefundWithdrawn(_)
            | Body::ContractFrozen(_)
            | Body::ContractUnfrozen(_)
            | Body::InspectionRecorded(_)
            | Body::AlertRaised(_)
            | Body::AlertStepTaken(_)
            | Body::ClosurePacked(_)
            | Body::SubjectErased(_) => return Ok(None),
        }))
    }

    /// The postings that an entry with this body has: debit first, then credit, sum zero; none
    /// when the amount is zero.
    ///
    /// # Errors
    /// [`FenError::Overflow`] when lot parts do not fit; [`Body::check`] refuses those.
    pub fn postings(&self) -> Result<Vec<Posting>, FenError> {
        Ok(match self.movement()? {
            Some((fen, debit, credit)) if fen != Fen::ZERO => {
                vec![Posting { account: debit, fen }, Posting { account: credit, fen: fen.checked_neg()? }]
            }
            _ => Vec::new(),
        })
    }
}
