//! The entry that seals a day of an institution.

use kernel::{Day, Fen};

use crate::hash::Hash;
use crate::wire::record;

record! {
    /// The books of the institution are closed for a day: totals, and a root that binds every
    /// contract. States what all its entries before this one leave.
    DaySealed {
        contracts: u64 = "contracts signed so far",
        contracts_root: Hash = "root of the tree of sums over them",
        custody_fen: Fen = "bank:custody without interest and suspense",
        disputed_fen: Fen = "sum of the disputed accounts",
        hours_left_hundredths: u64 = "sum of the hours left of all contracts, in hundredths",
        payable_fen: Fen = "payable",
        prepaid_fen: Fen = "sum of the prepaid accounts",
        refund_fen: Fen = "sum of the refund accounts",
        sealed_on: Day = "the day, over when it is sealed",
    }
}

impl DaySealed {
    /// Does the custody account cover what is owed, and is nothing negative?
    pub(super) fn adds_up(&self) -> bool {
        let owed = [self.prepaid_fen, self.disputed_fen, self.refund_fen, self.payable_fen];
        owed.iter().all(|fen| !fen.is_negative()) && Fen::try_sum(owed) == Ok(self.custody_fen)
    }
}

/// Hundredths of an hour as hours: `17.5`.
pub fn hours_text(hundredths: u64) -> String {
    let (whole, part) = (hundredths / 100, hundredths % 100);
    match (part / 10, part % 10) {
        (0, 0) => whole.to_string(),
        (tenths, 0) => format!("{whole}.{tenths}"),
        _ => format!("{whole}.{part:02}"),
    }
}
