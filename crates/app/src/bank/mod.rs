//! The custody bank in daily use: its statements come in and are matched, what nothing explains is
//! suspended, and each day what is owed is held against what the bank holds.

mod booking;
mod camt;
mod clocks;
mod csv_file;
mod deposit;
mod file;
mod import;
mod interest;
mod moved;
mod movements;
mod orders;
mod read;

pub use clocks::BankClockRun;
pub(crate) use clocks::notices;
pub use deposit::DepositStanding;
pub use file::{FILE_BYTES_MAX, FileLine, FileStatement, StatementFault, read as read_file};
pub use import::Imported;
pub use interest::InterestLine;
pub use moved::Moved;
pub(crate) use moved::load;
pub use orders::{Payee, PayingAccount, PaymentOrder, pain_001, rows as order_rows};
pub use read::{LineView, MatchAsked, ReconciliationView};
pub use store::{BankLineFilter, Statement};
