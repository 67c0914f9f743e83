//! The life of a prepaid fee: payment, lesson, release, dispute, refund, settlement, hold.
//! Pure: accounts and a command go in; parts of hours and money, or a refusal, come out.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod account;
pub mod bank;
pub mod hold;
pub mod interest;
pub mod lesson;
pub mod lot;
pub mod matching;
pub mod refund;
pub mod release;
pub mod reserve;
pub mod settlement;
pub mod warning;
pub mod watch;

pub use account::Account;
pub use contract::RefundCause;
pub use hold::{Hold, HoldCause, HoldScope, HoldState};
pub use lesson::{CheckIn, Lesson, LessonCommand, LessonState};
pub use lot::{Lot, LotHours, Part};
pub use refund::{Refund, RefundCommand, RefundObjection, RefundState};
pub use settlement::{Settlement, SettlementCommand, SettlementState};
pub use watch::{Alert, AlertLevel, AlertState, AlertStep, Closure, Inspection, InspectionFinding};

/// Why an escrow computation is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EscrowError {
    /// More hours than are left.
    #[error("{actual} hours asked, {limit} left")]
    HoursRemaining {
        /// Hours left.
        limit: kernel::ClassHours,
        /// Hours asked.
        actual: kernel::ClassHours,
    },
    /// The hours are not paid for yet.
    #[error("hours worth {actual} fen, {limit} fen in escrow for them")]
    NotPaid {
        /// In escrow for these hours, fen.
        limit: kernel::Fen,
        /// Needed, fen.
        actual: kernel::Fen,
    },
    /// A payment above the price.
    #[error("payment of {actual} fen, {limit} fen of the price are unpaid")]
    AbovePrice {
        /// Unpaid, fen.
        limit: kernel::Fen,
        /// Paid now, fen.
        actual: kernel::Fen,
    },
    /// A part names a lot that the contract does not have.
    #[error("lot {lot} is not of this contract")]
    UnknownLot {
        /// The lot named.
        lot: kernel::LotId,
    },
    /// Money arithmetic.
    #[error(transparent)]
    Fen(#[from] kernel::fen::FenError),
    /// Hour arithmetic.
    #[error(transparent)]
    Hours(#[from] kernel::class_hours::ClassHoursError),
}
