//! The posting rule: which accounts an entry moves, computed from its data and nothing else.

use std::fmt;
use std::str::FromStr;

use kernel::{ContractId, Fen, fen::FenError};

use super::{Body, DisputeDecision, LotPart};

/// An account of one institution. The bank account is an asset, positive when it grows; the others
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
}

/// The text names no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an account")]
pub struct AccountError;

impl Account {
    /// An asset, or else a liability?
    pub const fn is_asset(self) -> bool {
        matches!(self, Account::BankCustody)
    }

    /// The contract that it belongs to.
    pub const fn contract(self) -> Option<ContractId> {
        match self {
            Account::Prepaid(contract) | Account::Disputed(contract) | Account::Refund(contract) => Some(contract),
            Account::BankCustody | Account::Payable => None,
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
        }
    }
}

impl FromStr for Account {
    type Err = AccountError;
    fn from_str(s: &str) -> Result<Self, AccountError> {
        let contract = |s: &str| s.parse().map_err(|_| AccountError);
        match s.split_once(':') {
            Some(("bank", "custody")) => Ok(Account::BankCustody),
            Some(("prepaid", id)) => contract(id).map(Account::Prepaid),
            Some(("disputed", id)) => contract(id).map(Account::Disputed),
            Some(("refund", id)) => contract(id).map(Account::Refund),
            None if s == "payable" => Ok(Account::Payable),
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
            | Body::RefundRequested(_)
            | Body::ContractEnded(_)
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
