//! A type per id, so that a contract cannot be mistaken for a lesson. Values are UUIDs (version 7
//! in production), made by the server and handed down; the only text is lower-case hyphenated.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is not a lower-case hyphenated UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id (a lower-case UUID)")]
pub struct IdError;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// From a UUID made or stored elsewhere.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }
            /// The UUID, for a row or an answer.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(s: &str) -> Result<Self, IdError> {
                let uuid = Uuid::try_parse(s).map_err(|_| IdError)?;
                // One spelling only: the same id must always have the same bytes in an entry.
                let mut buffer = Uuid::encode_buffer();
                if uuid.hyphenated().encode_lower(&mut buffer) == s { Ok(Self(uuid)) } else { Err(IdError) }
            }
        }
    )*};
}

ids! {
    /// An institution (校外培训机构).
    InstitutionId,
    /// An application for a licence (办学许可申请).
    ApplicationId,
    /// A licence (办学许可证).
    LicenceId,
    /// An entry of an institution on a list (黑白名单).
    ListingId,
    /// A course in an institution's catalogue (培训课程).
    CourseId,
    /// A training service contract (培训服务合同).
    ContractId,
    /// A purchase lot within a contract: hours bought at one price.
    LotId,
    /// A payment into escrow.
    PaymentId,
    /// A lesson claimed by the institution (消课).
    LessonId,
    /// A refund (退费).
    RefundId,
    /// A settlement of earned money to the institution (结算).
    SettlementId,
    /// A hold on releases (冻结).
    HoldId,
    /// An alert of early warning (预警).
    AlertId,
    /// A contract handed to another family (合同转让).
    TransferId,
    /// An inspection of a site (检查).
    InspectionId,
    /// The closure of a failed institution (关停).
    ClosureId,
    /// A long piece of work that can be resumed (批量任务).
    RunId,
    /// An offer to take over pupils of a failed institution (承接意向).
    TransferOfferId,
    /// A bar on a person's teaching (从业人员黑名单条目).
    StaffBarId,
    /// A statement of a bank account (银行对账单).
    BankStatementId,
    /// A line of a bank statement (银行流水).
    BankLineId,
    /// A version of a region's parameters (政策版本).
    PolicyVersionId,
    /// A version of the model contract's text.
    ContractTemplateId,
    /// A part of an institution's record: a site, a room, an account, a person of its staff.
    RecordItemId,
    /// A natural person, pseudonymous within one ledger.
    SubjectId,
    /// A user of the system.
    UserId,
    /// A login session.
    SessionId,
    /// An API key.
    ApiKeyId,
    /// Duties of one officer lent to another.
    DelegationId,
    /// A reading of a family's record.
    ReadingId,
    /// A class of a course (班).
    ClassId,
    /// A session of a class: one lesson of all its pupils (课次).
    ClassSessionId,
    /// A check-in of a pupil's side at a session (签到).
    CheckInId,
    /// A notice in the outbox (通知).
    NoticeId,
    /// An address that another program is told at.
    WebhookId,
    /// A file of lessons that is being taken over.
    LessonImportId,
}

/// A ledger: one jurisdiction that supervises fees. Its id is the region code, with `-2`, `-3` …
/// when a region starts a new ledger. 6 to 16 characters of `[0-9-]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerId(String);

impl LedgerId {
    /// The first ledger of a region.
    pub fn first_of(region: crate::RegionCode) -> LedgerId {
        LedgerId(region.to_string())
    }
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LedgerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LedgerId {
    type Err = IdError;
    fn from_str(s: &str) -> Result<Self, IdError> {
        let (region, number) = s.split_once('-').map_or((s, None), |(r, n)| (r, Some(n)));
        let number_ok = number.is_none_or(|n| n.len() <= 9 && crate::text::canonical_u64(n).is_some_and(|n| n >= 2));
        if number_ok && region.parse::<crate::RegionCode>().is_ok() { Ok(LedgerId(s.to_owned())) } else { Err(IdError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let text = "0190b7e2-7b5c-7c00-8000-00000000002a";
        assert_eq!(text.parse::<ContractId>().unwrap().to_string(), text);
        for bad in [
            "",
            "0190B7E2-7b5c-7c00-8000-00000000002a",
            "0190b7e27b5c7c00800000000000002a",
            "{0190b7e2-7b5c-7c00-8000-00000000002a}",
        ] {
            assert_eq!(bad.parse::<ContractId>(), Err(IdError), "{bad}");
        }
    }

    #[test]
    fn ledger_ids() {
        for good in ["330502", "330502-2", "110000-17"] {
            assert_eq!(good.parse::<LedgerId>().unwrap().as_str(), good);
        }
        for bad in ["", "33050", "990000", "330502-", "330502-1", "330502-02", "330502-2/../x"] {
            assert_eq!(bad.parse::<LedgerId>(), Err(IdError), "{bad}");
        }
    }
}
